"""Which rules may act in a row: a cheap test, since in most rows of a batch none does.

Of each rule those parts of its condition are tested that few rows should pass, at its widest stage
and without comparisons of money. A rule that fails one is false, whatever is not known. What passes
is then judged in full (`truths`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lapse.decide.reference import REQUEST
from lapse.executors.lowered.words.columns import may_exist_column, rule_column
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
from lapse.sql.expressions import all_of, any_of, column, is_null, sql
from lapse.sql.steps import Steps

_WIDEST = {
    **dict.fromkeys((Operator.LT, Operator.LTE), "greatest($stages)"),
    **dict.fromkeys((Operator.GT, Operator.GTE), "least($stages)"),
}
"""The stage at which a comparison holds if it does at any."""
FEW = 0.05
"""The share of rows that should pass: a further part costs more than judging rows in vain."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Tests over rows with what is in force, none of them ever null; parts are named in `steps`."""

    lexicon: Lexicon
    cells: Names
    units: Sequence[Unit]
    steps: Steps = field(default_factory=Steps)
    _columns: dict[str, exp.Expr] = field(default_factory=dict)
    """The column of each part: many rules share theirs."""

    def may_act(self) -> exp.Expr:
        """False only where every rule is false."""
        alike: dict[tuple[exp.Expr, ...], list[int]] = {}
        for number in range(len(self.lexicon.rules)):
            alike.setdefault(tuple(self._few(number)), []).append(number)
        # Parts first: DuckDB computes the rest only where they are true.
        passing = [all_of([*parts, self._may_exist(rules)]) for parts, rules in alike.items()]
        return any_of([exp.false(), *passing, *self._open()])

    def passing(self) -> list[exp.Expr]:
        """For each rule, by its number: false only where all its units are."""
        open_ = self.steps.named(any_of([exp.false(), *self._open()]))

        def passes(number: int) -> exp.Expr:
            every = all_of([exp.true(), *(self._said(it, number) for it in self._parts(number))])
            return all_of([self._may_exist([number]), any_of([every, open_])])

        return [passes(number) for number in range(len(self.lexicon.rules))]

    def _few(self, number: int) -> Iterator[exp.Expr]:
        """The parts of a rule's condition that the fewest rows should pass, until it is few."""
        share = 1.0
        for part in sorted(self._parts(number), key=self._share):
            if share > FEW:
                share *= self._share(part)
                yield self._said(part, number)

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
        if not isinstance(part, Leaf):
            return self._tested(part)
        stages = self.lexicon.rules[number].stages if is_staged(part) else None
        key = repr((part.subject, part.operator, part.operand, stages))
        if key not in self._columns:
            self._columns[key] = self._tested(part, number)
        return self._columns[key]

    def _tested(self, part: Condition, number: int | None = None) -> exp.Expr:
        widest: exp.Expr = exp.Null()
        if isinstance(part, Leaf) and is_staged(part):
            own = (unit.stage for unit in self.units if unit.of == number)
            stages = [stage for stage in own if stage is not None]
            widest = sql(_WIDEST[part.operator], stages=stages)
        said = Row(self.cells, self.cells.currency, widest).says(part)
        return self.steps.named(_unless_false(said))

    def _open(self) -> Iterator[exp.Expr]:
        """Where nobody knows whether a rule exists, or which stages it has."""
        for number, shape in enumerate(self.lexicon.shapes):
            if shape.rules:
                yield _unless_false(column(may_exist_column(number)))
        lists: dict[Name, list[int]] = {}
        for number, rule in enumerate(self.lexicon.rules):
            for name in rule.stages.names() if rule.stages else ():
                lists.setdefault(name, []).append(number)
        for name, rules in lists.items():
            yield all_of([is_null(self.cells(name).value), self._may_exist(rules)])

    def _may_exist(self, rules: Sequence[int]) -> exp.Expr:
        return any_of(_unless_false(column(rule_column(number))) for number in rules)


def _has_widest(part: Condition) -> bool:
    """Whether a part reads no stage, or only compares with it."""
    if isinstance(part, Leaf) and part.operand is Stage.VALUE:
        return part.operator in _WIDEST
    return not any(map(is_staged, leaves(part)))


def _values(leaf: Leaf) -> Sequence[object]:
    match leaf.operand:
        case Literal(value):
            return (value,)
        case Choices(values):
            return values
        case _:
            return ()


def _is_money(part: Condition) -> bool:
    return isinstance(part, Leaf) and part.subject.type is ValueType.MONEY


def _unless_false(said: exp.Expr) -> exp.Expr:
    return sql("coalesce($said, TRUE)", said=said)
