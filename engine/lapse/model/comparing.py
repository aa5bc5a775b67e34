"""Tests of two values: true, false, or None where that is not known.

`known` and `present` ask about absence itself. For every other test an absent side decides first:
the test is false, but `ne` and `not_in` are true. Amounts compare only in one currency.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from lapse.model.condition import Choices, Leaf, Operator, Sum
from lapse.model.facts import ABSENT, UNKNOWN, Known, Missing, Value
from lapse.model.money import Money, MoneyTable

Truth = bool | None
Comparable = Known | Decimal
"""A plain value to compare; an amount is its decimal once both sides are in one currency."""

COMPARISONS: Mapping[Operator, Callable[[Comparable, Comparable], bool]] = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,  # type: ignore[dict-item]
    Operator.LTE: operator.le,  # type: ignore[dict-item]
    Operator.GT: operator.gt,  # type: ignore[dict-item]
    Operator.GTE: operator.ge,  # type: ignore[dict-item]
}


def said(leaf: Leaf, left: Value, right: Value, currency: str | None) -> Truth:
    """Whether a leaf is true, given the values of its sides; a list is read from the leaf.

    `currency` is the subscription's, null when it is not known. A test of a known value against a
    sum below 0 is false: such a sum is no number of days.
    """
    if isinstance(leaf.operand, Choices):
        is_one = is_among(left, leaf.operand.values, currency)
        return is_one if leaf.operator is Operator.IN or is_one is None else not is_one
    is_below_0 = isinstance(leaf.operand, Sum) and isinstance(right, int) and right < 0
    if is_below_0 and not isinstance(left, Missing):
        return False
    return compared(leaf.operator, left, right, currency)


def compared(test: Operator, left: Value, right: Value, currency: str | None) -> Truth:
    """Whether a test of two values is true.

    >>> compared(Operator.LT, 3, UNKNOWN, None), compared(Operator.NE, ABSENT, UNKNOWN, None)
    (None, True)
    """
    if test is Operator.KNOWN:
        return (left is not UNKNOWN) == right
    if test is Operator.PRESENT:
        return None if left is UNKNOWN else (left is not ABSENT) == right
    if left is ABSENT or right is ABSENT:
        return test is Operator.NE
    if isinstance(left, Missing) or isinstance(right, Missing):
        return None
    compare = COMPARISONS[test]
    results = {compare(*pair) for pair in comparable_pairs(left, right, currency)}
    return results.pop() if len(results) == 1 else None


def is_among(left: Value, choices: Iterable[Value], currency: str | None) -> Truth:
    """Whether a value is among `choices`; an absent value never is."""
    truths = [compared(Operator.EQ, left, choice, currency) for choice in choices]
    return True if True in truths else None if None in truths else False


def comparable_pairs(
    left: Known, right: Known, currency: str | None
) -> list[tuple[Comparable, Comparable]]:
    """The pairs of plain values to compare; none when the values cannot be compared.

    Only money can give none or several pairs, since amounts compare in one currency only. A zero
    without a known currency is zero in any, so it compares with each amount that a term may have.
    """
    if not isinstance(left, Money | MoneyTable) or not isinstance(right, Money | MoneyTable):
        return [(left, right)]
    if isinstance(left, Money) and isinstance(right, Money):
        if right.is_zero and right.currency is None:
            return [(left.amount, Decimal(0))]
        is_same = left.currency is not None and left.currency == right.currency
        return [(left.amount, right.amount)] if is_same else []
    if isinstance(left, Money) and left.is_zero and left.currency is None:
        assert isinstance(right, MoneyTable)
        return [(left.amount, amount) for amount in right.every_amount()]
    named = [side.currency for side in (left, right) if isinstance(side, Money)]
    common = next((each for each in named if each is not None), currency)
    amounts = _amount(left, common), _amount(right, common)
    return [] if amounts[0] is None or amounts[1] is None else [(amounts[0], amounts[1])]


def _amount(side: Money | MoneyTable, currency: str | None) -> Decimal | None:
    if isinstance(side, MoneyTable):
        return side.amount_in(currency)
    return side.amount if side.is_zero or side.currency == currency else None
