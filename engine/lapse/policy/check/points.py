"""Values of a fact between which no test of it changes, and what a test says of each."""

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from lapse.model.condition import Operator
from lapse.model.days import FIRST_DAY, ONE_DAY
from lapse.model.facts import ABSENT, UNKNOWN, Value, ValueType
from lapse.model.money import PLACES, Money, MoneyTable

NO_TEXT = "\0"
"""A text, and a currency, that no policy names."""

Ordered = int | date
NEIGHBOURS: Mapping[ValueType, tuple[Ordered, int | timedelta]] = {
    ValueType.COUNT: (0, 1),
    ValueType.DAYS: (0, 1),
    ValueType.MONTHS: (0, 1),
    ValueType.DATE: (FIRST_DAY, ONE_DAY),
    ValueType.INSTANT: (datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)),
}
"""For each ordered type any value, and the distance to the next one."""

COMPARISONS: Mapping[Operator, Callable[[object, object], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,  # type: ignore[dict-item]
    Operator.LTE: operator.le,  # type: ignore[dict-item]
    Operator.GT: operator.gt,  # type: ignore[dict-item]
    Operator.GTE: operator.ge,  # type: ignore[dict-item]
}


def points(type_: ValueType, choices: tuple[str, ...], named: list[Value]) -> list[Value]:
    """Absence, unknown, the values named, their neighbours, and one that is not named."""
    match type_:
        case ValueType.FLAG:
            return [ABSENT, UNKNOWN, True, False]
        case ValueType.TEXT | ValueType.CHOICE | ValueType.DAYS_LIST:
            return [ABSENT, UNKNOWN, *choices] if choices else [ABSENT, UNKNOWN, NO_TEXT, *named]
        case ValueType.MONEY:
            return [ABSENT, UNKNOWN, *_money_points(named)]
        case _:
            any_value, step = NEIGHBOURS[type_]
            found: list[Value] = [ABSENT, UNKNOWN]
            for value in (any_value, *named):
                found += [value - step, value, value + step]  # type: ignore[operator, list-item]
            return found


def holds(test: Operator, left: Value, right: Value) -> bool | None:
    """What a test of two plain sides says, as conditions are evaluated; None is unknown."""
    if test is Operator.KNOWN:
        return (left is not UNKNOWN) == right
    if test is Operator.PRESENT:
        return None if left is UNKNOWN else (left is not ABSENT) == right
    if left is ABSENT or right is ABSENT:
        return test in {Operator.NE, Operator.NOT_IN}
    if left is UNKNOWN or right is UNKNOWN:
        return None
    if isinstance(left, Money):
        amount = _amount(right, left.currency)
        return None if amount is None else COMPARISONS[test](left.amount, amount)
    return COMPARISONS[test](left, right)


def is_among(left: Value, choices: tuple[Value, ...]) -> bool | None:
    """Whether a value is one of some; None is unknown."""
    found = [holds(Operator.EQ, left, choice) for choice in choices]
    return True if True in found else None if None in found else False


def _money_points(named: list[Value]) -> Iterator[Money]:
    """Amounts around those named, in each currency named and in one that is not."""
    currencies = {NO_TEXT}
    for value in named:
        if isinstance(value, MoneyTable):
            currencies |= value.amounts.keys()
        elif isinstance(value, Money) and value.currency is not None:
            currencies.add(value.currency)
    for currency in currencies:
        near = [_amount(value, currency) for value in named]
        for amount in (Decimal(0), *(a for a in near if a is not None)):
            for point in (amount - PLACES, amount, amount + PLACES):
                yield Money(point, currency)


def _amount(value: Value, currency: str | None) -> Decimal | None:
    """What a money value is in a currency; null when it does not say."""
    match value:
        case MoneyTable():
            return value.amount_in(currency)
        case Money():
            is_plain_zero = value.is_zero and value.currency is None
            return value.amount if is_plain_zero or value.currency == currency else None
        case _:
            return None
