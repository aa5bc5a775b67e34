"""The units of a rulebook: every rule that acts, and every stage that its list can have.

A row has a unit where its list is long enough. Units are in the order of rules and of stages.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from lapse.executors.lowered.words.columns import rule_column, stage_column
from lapse.executors.lowered.words.conditions import Cell
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.model.condition import Name, Sum
from lapse.model.facts import ValueType
from lapse.model.rule import Rule
from lapse.sql.expressions import all_of, any_of, cases, column, is_null, is_there, sql


@dataclass(frozen=True, slots=True)
class Unit:
    """A rule, by its number, or one of its stages: the value, and whether a row has it."""

    number: int
    of: int
    rule: Rule
    stage: exp.Expr | None = None
    is_had: exp.Expr | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """`cell` gives the value of a name in a row."""

    lexicon: Lexicon
    cell: Callable[[Name], Cell]

    def every(self) -> tuple[Unit, ...]:
        found: list[Unit] = []
        for of, rule in enumerate(self.lexicon.rules):
            if rule.stages is None:
                found.append(Unit(len(found), of, rule))
                continue
            for part in rule.stages.parts:
                for stage, is_had in self._stages(part):
                    found.append(Unit(len(found), of, rule, stage, is_had))
        return tuple(found)

    def _stages(self, part: int | Sum) -> Iterator[tuple[exp.Expr, exp.Expr]]:
        """The value of each stage of a part, and whether a row has it."""
        if isinstance(part, int):
            yield exp.convert(part), exp.true()
            return
        term = part.term.name
        days = [self.cell(part.term).value]
        if self.lexicon.type_of(term) is ValueType.DAYS_LIST:
            # Of a list that is empty in all layers one place stays, for where the rule is open.
            places = range(max(self.lexicon.longest(term), 1))
            days = [column(stage_column(term, place)) for place in places]
        for day in days:
            assert isinstance(part.number, int)
            if not part.number:
                yield day, is_there(day)
                continue
            # A list may name days before a date; a sum never counts past one.
            stage = sql("$day + $more", day=day, more=part.sign * part.number)
            yield stage, sql("coalesce($stage >= 0, FALSE)", stage=stage)

    def is_open(self, of: int) -> exp.Expr:
        """Where nobody knows whether a rule exists, or which stages it has."""
        exists, stages = column(rule_column(of)), self.lexicon.rules[of].stages
        lists = [self.cell(term).value for term in stages.names()] if stages else []
        unknown = any_of([is_null(value) for value in (exists, *lists)])
        return all_of([unknown, sql("coalesce($exists, TRUE)", exists=exists)])

    def says(self, unit: Unit, said: exp.Expr, is_open: exp.Expr) -> exp.Expr:
        """The truth of a unit whose condition says so: NULL where its rule is open."""
        is_there = [column(rule_column(unit.of)), *([unit.is_had] if unit.is_had else [])]
        # An open rule is undetermined even if its condition is false.
        return cases([(is_open, None)], all_of([*is_there, said]))
