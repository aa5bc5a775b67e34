"""Conditions as SQL: TRUE, FALSE or NULL for each row, as in `decide.truth` for its situation.

SQL's AND, OR and NOT are Kleene's. Its comparisons have no absence, which decides before anything
else: so each leaf whose sides can be absent tests that first. Importing this module imports
sqlglot, which is slow.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import LiteralString

from sqlglot import exp

from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    Not,
    Operator,
    Stage,
    Sum,
)
from lapse.model.facts import ABSENT, Known, Missing, Value
from lapse.model.money import Money, MoneyTable
from lapse.sql.expressions import all_of, any_of, cases, first_of, is_null, is_there, sql

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
COMPARED: Mapping[Operator, LiteralString] = {
    Operator.EQ: "$left = $right",
    Operator.NE: "$left <> $right",
    Operator.LT: "$left < $right",
    Operator.LTE: "$left <= $right",
    Operator.GT: "$left > $right",
    Operator.GTE: "$left >= $right",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A fact, counter or term as it stands in a row.

    `value` is null where it is absent or not known: days as whole numbers since 1970, instants as
    microseconds since then. `is_absent` is never null; without it the value cannot be absent.
    """

    value: exp.Expr
    is_absent: exp.Expr | None = None


@dataclass(frozen=True, slots=True)
class Amount(Cell):
    """An amount of money; its `currency` is null where that is not known."""

    currency: exp.Expr = field(default_factory=exp.Null)


@dataclass(frozen=True, slots=True)
class Amounts(Cell):
    """A money term: an amount for each currency that some layer names, and one for all others.

    `value` is not null where the term is known. An amount is null where the term has none.
    """

    named: Mapping[str, exp.Expr] = field(default_factory=dict)
    other: exp.Expr = field(default_factory=exp.Null)


Side = Amount | Amounts


@dataclass(frozen=True, slots=True)
class Row:
    """The values of the names of conditions in a row, and the currency of its subscription.

    `stage` is the value of `$stage`, where a stage of a rule is judged. `kept` may give a condition
    a column of its own; it calls what it is given to have the condition said.
    """

    cell: Callable[[Name], Cell]
    currency: exp.Expr
    stage: exp.Expr | None = None
    kept: Callable[[Condition, Callable[[Condition], exp.Expr]], exp.Expr] = lambda it, say: say(it)

    def says(self, condition: Condition) -> exp.Expr:
        """Whether a condition holds: TRUE, FALSE, or NULL where that is not known."""
        return self.kept(condition, self._says)

    def _says(self, condition: Condition) -> exp.Expr:
        match condition:
            case Leaf():
                return self._leaf(condition)
            case Not(part):
                return sql("NOT $part", part=self.says(part))
            case All(parts):
                return all_of(map(self.says, parts)) if parts else exp.true()
            case AnyOf(parts):
                return any_of(map(self.says, parts)) if parts else exp.false()

    def _leaf(self, leaf: Leaf) -> exp.Expr:
        left = self.cell(leaf.subject)
        match leaf.operator, leaf.operand:
            case Operator.KNOWN, Literal(wanted):
                known = any_of([is_there(left.value), *_absences(left)])
                return known if wanted is True else sql("NOT $known", known=known)
            case Operator.PRESENT, Literal(wanted):
                there = cases([(is_there(left.value), wanted is True)])
                return _unless_absent([left], there, is_so=wanted is False)
            case operator, Choices(values):
                return self._among(operator, left, [written(value) for value in values])
            case operator, Literal(value):
                return self._tested(operator, left, written(value))
            case operator, Name() as name:
                return self._tested(operator, left, self.cell(name))
            case operator, Stage():
                return self._tested(operator, left, Cell(self._days(Stage.VALUE)))
            case operator, Sum(term, sign, number):
                more = sql("$days * $sign", days=self._days(number), sign=sign)
                total = sql("$term + $more", term=self.cell(term).value, more=more)
                tested = self._tested(operator, left, Cell(total))
                # A sum below 0 is no number of days: compared with anything known it is false.
                is_none = sql("$left IS NOT NULL AND $total < 0", left=left.value, total=total)
                return cases([(is_none, False)], tested)
            case _:
                raise AssertionError(f"no such test at {leaf.place}")

    def _days(self, number: int | Stage) -> exp.Expr:
        if isinstance(number, int):
            return exp.convert(number)
        assert self.stage is not None, "a stage is judged where one is given"
        return self.stage

    def _among(self, operator: Operator, left: Cell, choices: Sequence[Cell]) -> exp.Expr:
        """Whether a value is among the choices, or with `not_in` is not."""
        if isinstance(left, Side):
            is_among = any_of([self._compared(Operator.EQ, left, each) for each in choices])
        else:
            is_among = sql("$left IN ($all)", left=left.value, all=[each.value for each in choices])
        is_none_of = operator is Operator.NOT_IN
        said = sql("NOT $found", found=is_among) if is_none_of else is_among
        return _unless_absent([left], said, is_so=is_none_of)

    def _tested(self, operator: Operator, left: Cell, right: Cell) -> exp.Expr:
        compared = self._compared(operator, left, right)
        return _unless_absent([left, right], compared, is_so=operator is Operator.NE)

    def _compared(self, operator: Operator, left: Cell, right: Cell) -> exp.Expr:
        """The two values compared; null where one is, or amounts have no common currency."""
        compare = COMPARED[operator]
        match left, right:
            case Amount(), Amount():
                own = sql(compare, left=left.value, right=right.value)
                is_same = sql("$one = $other", one=left.currency, other=right.currency)
                return cases([(_is_zero(right), own), (is_same, own)])
            case Amount(), Amounts():
                # A zero without a currency is zero in any: compared with each amount of the term.
                each = [sql(compare, left=left.value, right=one) for one in right.named.values()]
                each.append(sql(compare, left=left.value, right=right.other))
                none = sql("NOT $any", any=any_of(each))
                alike = cases([(all_of(each), True), (none, False)])
                return cases([(_is_zero(left), alike)], self._in_one(compare, left, right))
            case Amounts(), Amount() | Amounts():
                return self._in_one(compare, left, right)
            case _:
                return sql(compare, left=left.value, right=right.value)

    def _in_one(self, compare: LiteralString, left: Side, right: Side) -> exp.Expr:
        """Two sides compared in the currency that one of them has, else in the subscription's."""
        named = [side.currency for side in (left, right) if isinstance(side, Amount)]
        common = first_of([*named, self.currency])
        return sql(compare, left=amount_in(left, common), right=amount_in(right, common))


def _is_zero(side: Amount) -> exp.Expr:
    """Whether an amount is a zero whose currency is not known."""
    return sql("$amount = 0 AND $currency IS NULL", amount=side.value, currency=side.currency)


def amount_in(side: Side, currency: exp.Expr) -> exp.Expr:
    """The amount of a side in a currency; null where that is not known."""
    if isinstance(side, Amount):
        is_in = sql("$own = $currency", own=side.currency, currency=currency)
        return cases([(any_of([sql("$it = 0", it=side.value), is_in]), side.value)])
    named = [(sql("$own = $it", own=currency, it=name), a) for name, a in side.named.items()]
    return cases([(is_null(currency), None), *named], side.other)


def _unless_absent(sides: Sequence[Cell], said: exp.Expr, *, is_so: bool) -> exp.Expr:
    """`said` where no side is absent, otherwise `is_so`."""
    absences = [absence for side in sides for absence in _absences(side)]
    if not absences:
        return said
    # Never a CASE, which DuckDB computes three times as slowly.
    absent = any_of(absences)
    return any_of([absent, said]) if is_so else all_of([sql("NOT $it", it=absent), said])


def _absences(side: Cell) -> list[exp.Expr]:
    return [] if side.is_absent is None else [side.is_absent]


def written(value: Value) -> Cell:
    """A value from a policy as a cell."""
    match value:
        case Missing():
            return Cell(exp.Null(), exp.true() if value is ABSENT else None)
        case Money(amount, currency):
            text = f"{amount:f}"
            exact = sql("CAST($text AS DECIMAL(18, 4))", text=text)
            return Amount(exact, None, exp.convert(currency))
        case MoneyTable():
            raise AssertionError("amounts of several currencies stand in terms alone")
        case _:
            return Cell(exp.convert(held(value)))


def held(value: Known) -> str | int:
    """A value other than money as a row holds it.

    >>> held(date(1970, 1, 2)), held((1, 7)), held(True), held("NO")
    (1, '1,7', True, 'NO')
    """
    match value:
        case datetime():
            return (value - EPOCH) // MICROSECOND
        case date():
            return (value - EPOCH.date()).days
        case tuple():
            return ",".join(map(str, value))
        case str() | int():
            return value
        case Money() | MoneyTable():
            raise AssertionError("money is an amount and a currency")
