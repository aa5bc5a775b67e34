"""The truth of conditions as `truth.py` has it, but no more of a condition is read than decides it.

A forecast judges the same few rules on many days, and most fall at their first leaf.
"""

from lapse.condition import All, AnyOf, Condition, Leaf, Not
from lapse.decide.truth import Situation, Truth, leaf_truth


def lazily(condition: Condition, situation: Situation) -> Truth:
    """Whether a condition holds; None when that is not known."""
    match condition:
        case Leaf():
            return leaf_truth(condition, situation)
        case Not(part):
            inner = lazily(part, situation)
            return None if inner is None else not inner
        case All(parts):
            return _settled(parts, situation, by=False)
        case AnyOf(parts):
            return _settled(parts, situation, by=True)


def _settled(parts: tuple[Condition, ...], situation: Situation, *, by: bool) -> Truth:
    """The truth of parts one of which settles the whole; else they all agree, or it is unknown."""
    is_any_unknown = False
    for part in parts:
        verdict = lazily(part, situation)
        if verdict is by:
            return by
        is_any_unknown |= verdict is None
    return None if is_any_unknown else not by
