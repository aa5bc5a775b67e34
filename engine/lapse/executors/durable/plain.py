"""Values for an engine that compares only whole numbers and texts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from hashlib import sha256
from typing import cast

from lapse.model.comparing import comparable_pairs
from lapse.model.facts import ABSENT, Known, Missing, Value
from lapse.model.money import Money, MoneyTable

LARGEST = 2**63 - 1
"""Larger numbers saturate, so that different ones would be equal."""
LONGEST_TEXT = 200
"""Longer texts are compared by their digest: the engine keeps lengths in 16 bits."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

EngineValue = int | str
"""One field always holds the same one of the two types, since to the engine `5 == "5"`."""

# A number, since durable_rules fails every test of what is missing, `$neq` too, while `$ex` is
# true for null.
IS_ABSENT, IS_KNOWN, IS_UNKNOWN = 0, 1, 2


class AmountSide(Enum):
    """An amount of a money comparison; its right side may have several amounts."""

    LEFT = auto()
    LOWEST = auto()
    HIGHEST = auto()
    NEAREST = auto()
    FARTHEST = auto()


def plain(value: Value) -> EngineValue:
    """A value other than money as the engine compares it: whole numbers and marked texts.

    >>> plain(date(1970, 1, 2)), plain(value=True), plain("NO")
    (719164, 1, '=NO')
    """
    match value:
        case int():
            return int(value)
        # Before `date`, which a datetime is, too.
        case datetime():
            return (value - EPOCH) // MICROSECOND
        case date():
            return value.toordinal()
        case str():
            if len(value) <= LONGEST_TEXT:
                # Marked, since to durable_rules `""` equals every number and `"5"` equals 5.
                return f"={value}"
            return "#" + sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
        case tuple():
            return "=" + ",".join(str(number) for number in value)
        case Money() | MoneyTable() | Missing():
            raise AssertionError("money is compared by its amounts, what is missing not at all")


def standing(value: Value) -> int:
    """What `Standing` holds for a value."""
    if isinstance(value, Missing):
        return IS_ABSENT if value is ABSENT else IS_UNKNOWN
    return IS_KNOWN


def sides(left: Known, right: Known, currency: str | None) -> dict[AmountSide, int]:
    """The sides of a money comparison; empty where it cannot be made."""
    pairs = cast("list[tuple[Decimal, Decimal]]", comparable_pairs(left, right, currency))
    if not pairs:
        return {}
    own, others = pairs[0][0], [pair[1] for pair in pairs]
    by_distance = sorted(others, key=lambda other: abs(other - own))
    amounts = {
        AmountSide.LEFT: own,
        AmountSide.LOWEST: min(others),
        AmountSide.HIGHEST: max(others),
        AmountSide.NEAREST: by_distance[0],
        AmountSide.FARTHEST: by_distance[-1],
    }
    return dict(zip(amounts, whole(list(amounts.values())), strict=True))


def whole(amounts: Sequence[Decimal]) -> list[int]:
    """Amounts as ten-thousandths; as their ranks where one of them does not fit.

    >>> whole([Decimal("1.5"), Decimal("1e20"), Decimal("1.5")])
    [0, 1, 0]
    """
    # Whole, since the engine has no decimals: `1e-07` and `1e+20` are error 204.
    scaled = [amount.scaleb(4) for amount in amounts]
    if all(abs(number) <= LARGEST and number == int(number) for number in scaled):
        return [int(number) for number in scaled]
    ranks = sorted(set(amounts))
    return [ranks.index(amount) for amount in amounts]
