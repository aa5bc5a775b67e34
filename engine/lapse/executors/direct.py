"""The specification's steps, reading a condition only until it is decided.

A forecast judges the same few rules on many days, a run on many rows. Most are false by their
first leaf, which many share: in one situation a leaf is evaluated once, wherever it occurs.
"""

from collections.abc import Hashable
from functools import partial

from lapse.decide.forecast import Decide
from lapse.decide.reference import decide
from lapse.decide.situation import Situation
from lapse.decide.truth import leaf_truth
from lapse.executors.each_change import by_jumps
from lapse.model.comparing import Truth
from lapse.model.condition import All, AnyOf, Condition, Leaf, Not


def direct_executor() -> Decide:
    """An executor that decides as the reference does, in a third of its time; not thread-safe."""
    return partial(decide, judge=LazyJudge(), reach=by_jumps)


class LazyJudge:
    """Judges one situation after another; not thread-safe."""

    def __init__(self) -> None:
        self._situation: Situation | None = None
        self._verdicts: dict[int, Truth] = {}
        self._numbers: dict[Hashable, int] = {}
        self._leaves: dict[int, tuple[int, Leaf]] = {}

    def __call__(self, condition: Condition, situation: Situation) -> Truth:
        """Whether a condition holds; None when that is not known."""
        if situation is not self._situation:
            self._situation = situation
            self._verdicts.clear()
        return self._truth(condition, situation)

    def _truth(self, condition: Condition, situation: Situation) -> Truth:
        match condition:
            case Leaf():
                return self._leaf(condition, situation)
            case Not(part):
                inner = self._truth(part, situation)
                return None if inner is None else not inner
            case All(parts):
                return self._settled(parts, situation, by=False)
            case AnyOf(parts):
                return self._settled(parts, situation, by=True)

    def _settled(self, parts: tuple[Condition, ...], situation: Situation, *, by: bool) -> Truth:
        """`by` if any part has that truth; else None if one is unknown; else not `by`."""
        is_any_unknown = False
        for part in parts:
            verdict = self._truth(part, situation)
            if verdict is by:
                return by
            is_any_unknown |= verdict is None
        return None if is_any_unknown else not by

    def _leaf(self, leaf: Leaf, situation: Situation) -> Truth:
        known = self._leaves.get(id(leaf))
        number = self._number(leaf) if known is None else known[0]
        if number not in self._verdicts:
            self._verdicts[number] = leaf_truth(leaf, situation)
        return self._verdicts[number]

    def _number(self, leaf: Leaf) -> int:
        """One number for all leaves that test the same; the leaf is kept, so that its id is."""
        key: Hashable = leaf.subject, leaf.operator, leaf.operand
        try:
            number = self._numbers.setdefault(key, len(self._numbers))
        except TypeError:  # a table of money has no hash
            number = self._numbers.setdefault(("alone", id(leaf)), len(self._numbers))
        self._leaves[id(leaf)] = number, leaf
        return number
