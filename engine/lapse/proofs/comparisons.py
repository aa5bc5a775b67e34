"""Tests of two symbols: what `model.comparing` says of two values, for all values at once."""

from lapse.model.comparing import COMPARISONS
from lapse.model.condition import Choices, Leaf, Literal, Operator, Sum
from lapse.proofs.formulas import (
    Formula,
    Kleene,
    Number,
    any_of,
    conj,
    disj,
    either,
    neg,
    not_of,
)
from lapse.proofs.symbols import NO_CURRENCY, Amounts, Cash, Codes, Plain, Symbol

Pair = tuple[Formula, Formula]
"""Whether two amounts can be compared, and whether the test of them is true."""


def leaf_kleene(leaf: Leaf, left: Symbol, right: Symbol, currency: Number, codes: Codes) -> Kleene:
    """The truth of a leaf whose sides are these; a list is read from the leaf."""
    if isinstance(leaf.operand, Choices):
        each = (codes.symbol(value) for value in leaf.operand.values)
        is_one = any_of(_compared(Operator.EQ, left, choice, currency) for choice in each)
        return is_one if leaf.operator is Operator.IN else not_of(is_one)
    if leaf.operator in {Operator.KNOWN, Operator.PRESENT}:
        wanted = leaf.operand == Literal(value=True)
        return _asked_of(left, leaf.operator, wanted=wanted)
    found = _compared(leaf.operator, left, right, currency)
    if isinstance(leaf.operand, Sum) and isinstance(right, Plain):
        # A sum below 0 is no number of days: nothing that is known compares with it.
        missing = (left.absent, left.unknown, right.absent, right.unknown)
        return found.within(disj((*missing, right.value >= 0)))
    return found


def _asked_of(left: Symbol, test: Operator, *, wanted: bool) -> Kleene:
    if test is Operator.KNOWN:
        return Kleene(neg(left.unknown) if wanted else left.unknown)
    there = neg(disj((left.absent, left.unknown)))
    return Kleene(there if wanted else left.absent, left.unknown)


def _compared(test: Operator, left: Symbol, right: Symbol, currency: Number) -> Kleene:
    absent = disj((left.absent, right.absent))
    if isinstance(left, Plain) and isinstance(right, Plain):
        pair: Pair = (True, COMPARISONS[test](left.value, right.value))
    elif isinstance(left, Plain) or isinstance(right, Plain):
        pair = (False, False)  # a money term without a value: only that it is unknown counts
    else:
        pair = _amounts(test, left, right, currency)
    both = conj((neg(absent), neg(left.unknown), neg(right.unknown), pair[0]))
    by_absence = absent if test is Operator.NE else False
    true = disj((by_absence, conj((both, pair[1]))))
    return Kleene(true, neg(disj((absent, both))))


def _amounts(test: Operator, left: Cash | Amounts, right: Cash | Amounts, currency: Number) -> Pair:
    """Amounts compare in one currency only: that of an amount, else the subscription's."""
    compare = COMPARISONS[test]
    if isinstance(left, Cash) and isinstance(right, Cash):
        is_nothing = conj((right.amount == 0, right.currency == NO_CURRENCY))
        is_one = conj((left.currency != NO_CURRENCY, left.currency == right.currency))
        return disj((is_nothing, is_one)), compare(left.amount, right.amount)
    if isinstance(left, Amounts) and isinstance(right, Amounts):
        (has, amount), (also, other) = left.amount_in(currency), right.amount_in(currency)
        return conj((has, also)), compare(amount, other)
    if isinstance(left, Amounts):
        assert isinstance(right, Cash)
        has, amount = left.amount_in(_either_of(right, currency))
        return conj((has, _fits(right, currency))), compare(amount, right.amount)
    assert isinstance(right, Amounts)
    is_nothing = conj((left.amount == 0, left.currency == NO_CURRENCY))
    in_any, is_true = _zero_of_any(test, right)
    has, amount = right.amount_in(_either_of(left, currency))
    known = either(is_nothing, in_any, conj((has, _fits(left, currency))))
    return known, either(is_nothing, is_true, compare(left.amount, amount))


def _zero_of_any(test: Operator, table: Amounts) -> Pair:
    """A zero in no currency is a zero in any: known where all that it may meet agree."""
    if table.other is None:
        return False, False
    every = {COMPARISONS[test](0, amount) for _, amount in table.by_currency}
    every.add(COMPARISONS[test](0, table.other))
    return len(every) == 1, True in every


def _either_of(cash: Cash, currency: Number) -> Number:
    return either(cash.currency != NO_CURRENCY, cash.currency, currency)


def _fits(cash: Cash, currency: Number) -> Formula:
    """Whether an amount counts in the currency that both are compared in."""
    return disj((cash.amount == 0, cash.currency != NO_CURRENCY, currency == NO_CURRENCY))
