"""What SQL says of every rule that acts, and which rows of a batch come to the same.

A rule is true, false or unknown in a row, as in the specification's step 2. Rows in which no rule
is true order nothing and hold nothing: what remains is which rules are undetermined, and for want
of what. That follows from what is unknown in a row, its `signature`, and from nothing else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lapse.decide.reference import REQUEST
from lapse.executors.lowered.columns import (
    lacks_column,
    rule_column,
    stage_column,
)
from lapse.executors.lowered.conditions import Row
from lapse.executors.lowered.names import Names
from lapse.executors.lowered.scopes import Lexicon
from lapse.model.condition import Condition, Leaf, NameKind, Sum, is_staged, names
from lapse.model.facts import ValueType
from lapse.model.rule import Rule
from lapse.model.subscription import parts_of
from lapse.model.tables import currency_of
from lapse.sql.expressions import any_of, cases, column, is_null, is_there, sql
from lapse.sql.steps import Steps

BITS = 62
"""Flags in one whole number of 64 bits, which also has a sign."""


@dataclass(slots=True)
class Truths:
    """The truth of every rule that acts, as columns over rows with what is in force."""

    lexicon: Lexicon
    cells: Names
    steps: Steps = field(default_factory=Steps)
    _leaves: dict[str, exp.Expr] = field(default_factory=dict)
    """The column of each leaf: many rules share theirs."""
    _columns: list[exp.Column] = field(default_factory=list)

    def of_rules(self) -> list[exp.Expr]:
        """For each rule, by its number: TRUE, FALSE, or NULL where that is not known."""
        return [self._named(self._of(n, rule)) for n, rule in enumerate(self.lexicon.rules)]

    def _of(self, number: int, rule: Rule) -> exp.Expr:
        exists = column(rule_column(number))
        if rule.stages is None:
            said, unknown = self._row(None).says(rule.when), [is_null(exists)]
        else:
            said = any_of([*self._staged(rule)] or [exp.false()])
            lists = [self.cells(term).value for term in rule.stages.names()]
            unknown = [is_null(value) for value in (exists, *lists)]
        # Where nobody knows whether a rule exists, or which stages it has, it is undetermined even
        # if its condition is false.
        return cases([(sql("NOT $it", it=exists), False), (any_of(unknown), None)], said)

    def _staged(self, rule: Rule) -> Iterator[exp.Expr]:
        """The condition of each stage that some list has; FALSE where the row's list is shorter."""
        assert rule.stages is not None
        for part in rule.stages.parts:
            for stage, is_one in self._stages(part):
                yield cases([(is_one, self._row(stage).says(rule.when))], exp.false())

    def _stages(self, part: int | Sum) -> Iterator[tuple[exp.Expr, exp.Expr]]:
        """The value of each stage of a part, and whether a row has it."""
        if isinstance(part, int):
            yield exp.convert(part), exp.true()
            return
        term = part.term.name
        is_list = self.lexicon.type_of(term) is ValueType.DAYS_LIST
        places = range(self.lexicon.longest(term)) if is_list else ()
        listed: list[exp.Expr] = [column(stage_column(term, place)) for place in places]
        for day in listed or [self.cells(part.term).value]:
            assert isinstance(part.number, int)
            if not part.number:
                yield day, is_there(day)
                continue
            # A list may name days before a date; a sum never counts past one.
            stage = sql("$day + $more", day=day, more=part.sign * part.number)
            yield stage, sql("$stage >= 0", stage=stage)

    def _row(self, stage: exp.Expr | None) -> Row:
        own = "" if stage is None else stage.sql()

        def kept(condition: Condition, say: Callable[[Condition], exp.Expr]) -> exp.Expr:
            if not isinstance(condition, Leaf):
                return self._named(say(condition))
            key = repr((condition.subject, condition.operator, condition.operand))
            key += own if is_staged(condition) else ""
            if key not in self._leaves:
                self._leaves[key] = self._named(say(condition))
            return self._leaves[key]

        return Row(self.cells, self.cells.currency, stage, kept)

    def _named(self, said: exp.Expr) -> exp.Expr:
        """A column for what is said of a rule, or of a part of its condition."""
        named = self.steps.named(said)
        if isinstance(named, exp.Column):
            self._columns.append(named)
        return named

    def state(self, rules: Sequence[exp.Expr]) -> exp.Expr:
        """TRUE where some rule is true or a request waits; NULL where some rule is unknown."""
        return any_of([is_there(column(REQUEST)), *rules])

    def not_false(self, rules: Sequence[exp.Expr]) -> list[exp.Expr]:
        """The numbers of the rules that are true or unknown, as bits of whole numbers."""
        flags = [sql("coalesce($rule, TRUE)", rule=rule) for rule in rules]
        return [_packed(flags[first : first + BITS]) for first in range(0, len(flags), BITS)]

    def signature(self) -> list[exp.Expr]:
        """What decides which rules are undetermined, and which names they lack, in a row."""
        flags = [is_null(said) for said in self._columns]
        flags += [is_null(column(fact)) for fact in self._facts()]
        packed = [_packed(flags[first : first + BITS]) for first in range(0, len(flags), BITS)]
        lacks = [column(lacks_column(number)) for number in range(len(self.lexicon.shapes))]
        known = [sql("coalesce($it, -1)", it=lack) for lack in lacks]
        known += [sql("coalesce($it, '')", it=column(name)) for name in self._currencies()]
        return [*packed, *known]

    def _facts(self) -> list[str]:
        """Every fact that some rule reads, also through counters, derived facts and pins."""
        words, terms = self.cells.words, self.lexicon.book.catalogue.terms
        facts = {"status"}
        for rule in self.lexicon.rules:
            read = [n for n in names(rule.when) if n.kind is not NameKind.TERM]
            facts |= {part for name in read for part in parts_of(name.name, words)}
        pins = (terms[term].pinned_to for term in self.lexicon.terms if term in terms)
        return sorted(facts | {pin for pin in pins if pin is not None})

    def _currencies(self) -> list[str]:
        specs = self.cells.words.facts
        amounts = [fact for fact in self._facts() if specs[fact].type is ValueType.MONEY]
        return ["currency", *map(currency_of, amounts)]


def _packed(flags: Sequence[exp.Expr]) -> exp.Expr:
    """Flags as the bits of one whole number."""
    bits = [cases([(flag, 1 << place)], exp.convert(0)) for place, flag in enumerate(flags)]
    total = bits[0]
    for bit in bits[1:]:
        total = sql("$total + $bit", total=total, bit=bit)
    return total
