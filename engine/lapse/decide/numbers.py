"""The numbers of days that counters are compared with."""

from lapse.decide.situation import Situation
from lapse.model.condition import Choices, Leaf, Literal, Name, NameKind, Sum
from lapse.model.facts import Value
from lapse.policy.in_force import InForce


def compared_numbers(leaf: Leaf, situation: Situation) -> set[int]:
    """The numbers of days that a counter is compared with on any day."""
    if isinstance(leaf.operand, Name) and leaf.operand.kind is not NameKind.TERM:
        return whole_numbers(situation.subscription.fact(leaf.operand.name))
    return declared_numbers(leaf, situation.force)


def whole_numbers(value: Value) -> set[int]:
    if isinstance(value, tuple):
        return set(value)
    # In Python a bool is an int.
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()


def declared_numbers(leaf: Leaf, force: InForce) -> set[int]:
    """The numbers that the policies compare with; those of facts are the subscription's."""
    match leaf.operand:
        case Literal(value):
            return whole_numbers(value)
        case Choices(values):
            return {number for value in values for number in whole_numbers(value)}
        case Name(name, NameKind.TERM):
            return {n for entry in force.entries(name) for n in whole_numbers(entry.value)}
        case Sum(Name(name)):
            sums = (leaf.operand.of(entry.value) for entry in force.entries(name))
            return {number for total in sums for number in whole_numbers(total)}
        case _:
            return set()
