"""Which rules may act in a row: a cheap test, since in most rows of a batch none does.

Of each rule those parts of its condition are tested that few rows should pass, at its widest stage
and without comparisons of money. A rule that fails one is false, whatever is not known. What passes
is then judged in full (`truths`).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lapse.decide.reference import REQUEST
from lapse.executors.lowered.words.columns import may_exist_column
from lapse.executors.lowered.words.conditions import Row
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.units import Unit
from lapse.model.condition import (
    All,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    Operator,
    Stage,
    is_staged,
    leaves,
)
from lapse.model.facts import ACTIVE, STATUS, ValueType
from lapse.sql.expressions import all_of, any_of, column, is_null, negated, sql
from lapse.sql.steps import Steps

_WIDEST = {
    **dict.fromkeys((Operator.LT, Operator.LTE), "greatest($stages)"),
    **dict.fromkeys((Operator.GT, Operator.GTE), "least($stages)"),
}
"""The stage at which a comparison holds if it does at any."""
_HELD_WITHOUT = {Operator.NE, Operator.NOT_IN, Operator.KNOWN, Operator.PRESENT}
"""The tests that hold, or may, of what is absent."""
FEW = 0.05
"""The share of rows that should pass: a further part costs more than judging rows in vain."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Tests over rows with what is in force; parts that many rules share are named in `steps`."""

    lexicon: Lexicon
    cells: Names
    units: Sequence[Unit]
    steps: Steps = field(default_factory=Steps)
    _columns: dict[str, exp.Expr] = field(default_factory=dict)
    """The column of each part: many rules share theirs."""

    def is_nothing(self) -> exp.Expr:
        """True only where every rule is false, and otherwise false or null.

        Rules are told together by the part that stops most rows, and these by what it tests.
        """
        by_first: dict[tuple[str, ...], list[_Alike]] = {}
        for alike in self._alike():
            by_first.setdefault(alike.keys[:1], []).append(alike)
        by_subject: dict[Name | None, list[list[_Alike]]] = {}
        for group in by_first.values():
            by_subject.setdefault(_subject(group[0].parts), []).append(group)
        tests = [self._of_subject(*each) for each in by_subject.items()]
        # Of parts that are false, and not of rules that may act: as a filter DuckDB computes
        # the next part only where those before it leave it open.
        return all_of(map(negated, (*tests, *self._open())))

    def _alike(self) -> Iterator["_Alike"]:
        """The rules that are tested in the same way."""
        rules: dict[tuple[str, ...], list[int]] = {}
        for number in range(len(self.lexicon.rules)):
            keys = tuple(self._key(part, number) for part in self._few(number))
            rules.setdefault(keys, []).append(number)
        for keys, every in rules.items():
            yield _Alike(keys, tuple(self._few(every[0])), every)

    def _of_subject(self, subject: Name | None, groups: Sequence[Sequence["_Alike"]]) -> exp.Expr:
        """Whether some rule may act of those whose first parts test the same name."""
        found = any_of(map(self._of_first, groups))
        if subject is None:
            return found
        cell, firsts = self.cells(subject), (group[0].parts[0] for group in groups)
        if cell.is_absent is not None:
            return sql("NOT $absent AND $found", absent=cell.is_absent, found=found)
        if subject.name == STATUS and not any(ACTIVE in _values(first) for first in firsts):
            return sql("$it <> $active AND $found", it=cell.value, active=ACTIVE, found=found)
        return found

    def _of_first(self, group: Sequence["_Alike"]) -> exp.Expr:
        """Whether some rule may act of those with the same first part."""
        rest = [
            all_of([self._may_exist(it.rules), *self._every_tested(it, it.parts[1:])])
            for it in group
        ]
        return all_of([*self._every_tested(group[0], group[0].parts[:1]), any_of(rest)])

    def _every_tested(self, alike: "_Alike", parts: Sequence[Condition]) -> Iterator[exp.Expr]:
        return (self._tested(part, alike.rules[0]) for part in parts)

    def passing(self) -> list[exp.Expr]:
        """For each rule, by its number: false only where all its units are, and never null."""
        open_ = self.steps.named(any_of(self._open()))

        def passes(number: int) -> exp.Expr:
            every = all_of(self._said(it, number) for it in self._parts(number))
            said = all_of([self._may_exist([number]), any_of([every, open_])])
            return sql("coalesce($said, TRUE)", said=said)

        return [passes(number) for number in range(len(self.lexicon.rules))]

    def _few(self, number: int) -> Iterator[Condition]:
        """The parts of a rule's condition that the fewest rows should pass, until it is few."""
        share = 1.0
        for part in sorted(self._parts(number), key=self._share):
            if share > FEW:
                share *= self._share(part)
                yield part

    def _parts(self, number: int) -> list[Condition]:
        when = self.lexicon.rules[number].when
        parts = when.parts if isinstance(when, All) else (when,)
        return [part for part in parts if not _is_money(part) and _has_widest(part)]

    def _share(self, part: Condition) -> float:
        """Roughly which share of an estate's rows a part may pass."""
        if not isinstance(part, Leaf):
            return 0.4
        name, values = part.subject.name, _values(part)
        counter = self.cells.words.counters.get(name)
        match part.operator:
            case Operator.EQ | Operator.IN if name == REQUEST:
                return 0.01
            case Operator.EQ | Operator.IN if name == STATUS:
                return 0.9 if ACTIVE in values else 0.05
            case Operator.GT | Operator.GTE if counter and counter.sign < 0:
                return 0.9
            case operator if operator in _WIDEST:
                return 0.1 if counter else 0.3
            case _:
                return 0.5

    def _said(self, part: Condition, number: int) -> exp.Expr:
        key = self._key(part, number)
        if key not in self._columns:
            self._columns[key] = self.steps.named(self._tested(part, number))
        return self._columns[key]

    def _key(self, part: Condition, number: int) -> str:
        """Equal for parts that say the same, but for those with parts of their own."""
        if not isinstance(part, Leaf):
            return str(id(part))
        stages = self.lexicon.rules[number].stages if is_staged(part) else None
        return repr((part.subject, part.operator, part.operand, stages))

    def _tested(self, part: Condition, number: int) -> exp.Expr:
        widest: exp.Expr = exp.Null()
        if isinstance(part, Leaf) and is_staged(part):
            own = (unit.stage for unit in self.units if unit.of == number)
            stages = [stage for stage in own if stage is not None]
            widest = sql(_WIDEST[part.operator], stages=stages)
        return Row(self.cells, self.cells.currency, widest).says(part)

    def _open(self) -> Iterator[exp.Expr]:
        """Where nobody knows whether a rule exists, or which stages it has."""
        for number, shape in enumerate(self.lexicon.shapes):
            if shape.rules:
                yield column(may_exist_column(number))
        lists: dict[Name, list[int]] = {}
        for number, rule in enumerate(self.lexicon.rules):
            for name in rule.stages.names() if rule.stages else ():
                lists.setdefault(name, []).append(number)
        for name, rules in lists.items():
            yield all_of([is_null(self.cells(name).value), self._may_exist(rules)])

    def _may_exist(self, rules: Collection[int]) -> exp.Expr:
        return self.cells.terms.may_exist(rules)


@dataclass(frozen=True, slots=True)
class _Alike:
    """Rules of which the same parts are tested, in this order; parts of one key say the same."""

    keys: tuple[str, ...]
    parts: tuple[Condition, ...]
    rules: Sequence[int]


def _subject(parts: Sequence[Condition]) -> Name | None:
    """What the first part tests; null where it may hold of what is absent."""
    match parts:
        case (Leaf(subject=subject, operator=operator), *_) if operator not in _HELD_WITHOUT:
            return subject
        case _:
            return None


def _has_widest(part: Condition) -> bool:
    """Whether a part reads no stage, or only compares with it."""
    if isinstance(part, Leaf) and part.operand is Stage.VALUE:
        return part.operator in _WIDEST
    return not any(map(is_staged, leaves(part)))


def _values(part: Condition) -> Sequence[object]:
    match part:
        case Leaf(operand=Literal(value)):
            return (value,)
        case Leaf(operand=Choices(values)):
            return values
        case _:
            return ()


def _is_money(part: Condition) -> bool:
    return isinstance(part, Leaf) and part.subject.type is ValueType.MONEY
