"""Where a condition is evaluated: three-valued truth of one subscription's facts and terms.

Kleene's logic, with unknown as None. How two values compare is in `model.comparing`.
"""

from collections.abc import Iterator

from lapse.decide.situation import Situation
from lapse.model.comparing import Truth, said
from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    Not,
    Stage,
    Sum,
    name_read,
)
from lapse.model.facts import UNKNOWN, Value, ValueType
from lapse.model.money import Money, MoneyTable
from lapse.model.subscription import parts_of


def truth(condition: Condition, situation: Situation) -> Truth:
    """Whether a condition holds; None when that is not known."""
    match condition:
        case Leaf():
            return leaf_truth(condition, situation)
        case Not(part):
            inner = truth(part, situation)
            return None if inner is None else not inner
        case All(parts):
            truths = [truth(part, situation) for part in parts]
            return False if False in truths else None if None in truths else True
        case AnyOf(parts):
            truths = [truth(part, situation) for part in parts]
            return True if True in truths else None if None in truths else False


def missing(condition: Condition, situation: Situation) -> frozenset[str]:
    """The names whose lack makes a condition unknown; empty when it is known."""
    if truth(condition, situation) is not None:
        return frozenset()
    match condition:
        case Leaf():
            return leaf_missing(condition, situation)
        case Not(part):
            return missing(part, situation)
        case All(parts) | AnyOf(parts):
            return frozenset(name for part in parts for name in missing(part, situation))


def leaf_truth(leaf: Leaf, situation: Situation) -> Truth:
    currency = situation.currency if leaf.subject.type is ValueType.MONEY else None
    left, right = situation.value(leaf.subject), operand_value(leaf, situation)
    return said(leaf, left, right, currency)


def leaf_missing(leaf: Leaf, situation: Situation) -> frozenset[str]:
    """What an unknown leaf lacks: what is unknown, or what keeps two amounts from being compared.

    The latter is the currency where an amount has none, or where two terms depend on it.
    """
    operand = name_read(leaf.operand)
    sides = [leaf.subject, *([operand] if operand else [])]
    unknown = [name for name in sides if situation.value(name) is UNKNOWN]
    if unknown:
        return frozenset(lack for name in unknown for lack in situation.missing(name))
    values = [situation.value(name) for name in sides]
    if any(isinstance(value, Money) and value.currency is None for value in values):
        return frozenset({"currency"})
    pairs = zip(sides, values, strict=True)
    terms = {name.name: value for name, value in pairs if isinstance(value, MoneyTable)}
    if not terms:
        return frozenset(part for name in sides for part in _carriers(name.name, situation))
    if len(terms) == 1:
        return frozenset(terms)
    if situation.currency is None:
        return frozenset({"currency"})
    return frozenset(n for n, term in terms.items() if term.amount_in(situation.currency) is None)


def _carriers(name: str, situation: Situation) -> Iterator[str]:
    """The facts whose currency an amount has: its own, or the price it is computed from."""
    words = situation.subscription.vocabulary
    for part in parts_of(name, words):
        if words.facts[part].type is ValueType.MONEY:
            yield part


def operand_value(leaf: Leaf, situation: Situation) -> Value:
    """The value of a leaf's right side; unknown for a list, whose values the leaf itself holds."""
    match leaf.operand:
        case Literal(value):
            return value
        case Name():
            return situation.value(leaf.operand)
        case Sum(term):
            return leaf.operand.of(situation.value(term))
        case Choices():
            return UNKNOWN
        case Stage():
            message = f"unbound stage at {leaf.place}"
            raise AssertionError(message)
