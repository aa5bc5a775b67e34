"""Values of a fact that are enough to try: between them no test of it changes."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

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
"""For each ordered type except money: some value, and the distance to the next one."""


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
            values: list[Value] = [ABSENT, UNKNOWN]
            for value in (any_value, *named):
                values += [value - step, value, value + step]  # type: ignore[operator, list-item]
            return values


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
    """The amount of a money value in a currency; null when it has none."""
    match value:
        case MoneyTable():
            return value.amount_in(currency)
        case Money():
            is_plain_zero = value.is_zero and value.currency is None
            return value.amount if is_plain_zero or value.currency == currency else None
        case _:
            return None
