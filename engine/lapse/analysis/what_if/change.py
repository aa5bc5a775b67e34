"""Compares two futures of one subscription: which actions are added, removed, moved or kept.

Each action is matched with at most one of the other future. These matches are tried in turn, within
a track: the same order (rule, stage, anchor, number), the same rule and stage on the same day, the
same rule, the same action on the same day, the same action (and step, if it sets no fact), and any
action on the same day. The last is the same rule or action in another track. So changes add up to
the difference of the two calendars, and swapping the two futures reverses each change.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lapse.analysis.futures import Foreseen, Future
from lapse.analysis.what_if.edits import Edit
from lapse.model.decision import Action
from lapse.model.rule import ActionSpec, Harm

Actions = Mapping[str, ActionSpec]


class Kind(StrEnum):
    """How an action differs between two futures; each action has exactly one kind."""

    ADDED = "added"
    REMOVED = "removed"
    SOONER = "sooner"
    LATER = "later"
    CHANGED = "changed"
    KEPT = "kept"


class Direction(StrEnum):
    """What a change means for the customer."""

    HARSHER = "harsher"
    GENTLER = "gentler"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Cause:
    """A minimal set of edits that, undone together, bring today's outcome back.

    If edits cannot be undone one by one, it is all those that may affect the subscription.
    `or_else` are further edits, each of which alone, undone, brings today's outcome back too.
    """

    edits: tuple[Edit, ...] = ()
    or_else: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An action in one or both futures; `days` is how much later it comes, negative if sooner."""

    kind: Kind
    direction: Direction
    old: Foreseen | None
    new: Foreseen | None

    @property
    def is_change(self) -> bool:
        return self.kind is not Kind.KEPT

    @property
    def latest(self) -> Foreseen:
        """The action in the new future, or in the old one if it is removed."""
        action = self.new or self.old
        assert action is not None
        return action

    @property
    def days(self) -> int | None:
        if self.old is None or self.new is None:
            return None
        return (self.new.day - self.old.day).days


def changes(old: Future, new: Future, weigh: "Weigh") -> tuple[Change, ...]:
    """The changes of all actions of two futures, kept ones too, by day and track."""
    pairs = matched(old.foreseen, new.foreseen)
    every = [_change(*pair, weigh) for pair in pairs]
    return tuple(sorted((_with_its_harm(each, every) for each in every), key=_order))


def _with_its_harm(change: Change, others: Iterable[Change]) -> Change:
    """The change; neutral if it lifts harm, and harm is added (or removed) along with it."""
    lifting = {Kind.ADDED: Direction.GENTLER, Kind.REMOVED: Direction.HARSHER}
    opposite = {Kind.ADDED: Direction.HARSHER, Kind.REMOVED: Direction.GENTLER}
    if lifting.get(change.kind) is not change.direction:
        return change
    is_both = any(
        other.kind is change.kind and other.direction is opposite[change.kind] for other in others
    )
    return replace(change, direction=Direction.NEUTRAL) if is_both else change


def by_track(future: Future) -> dict[str, list[Foreseen]]:
    tracks: dict[str, list[Foreseen]] = {}
    for each in future.foreseen:
        tracks.setdefault(each.track.name, []).append(each)
    return tracks


def _order(change: Change) -> tuple[object, ...]:
    latest = change.latest
    return latest.day, latest.track.index, latest.track.name, latest.label, change.kind


Pair = tuple[Foreseen | None, Foreseen | None]
Key = Callable[[Foreseen], Hashable]

WITHIN_A_TRACK: tuple[Key, ...] = (
    lambda each: (each.label, each.action.candidate.anchor, each.action.number),
    lambda each: (each.label, each.day),
    lambda each: each.rule.name,
    lambda each: (each.name, each.day),
    # A notice of another step is a different one; an action that sets facts is the same on any.
    lambda each: each.name if each.rule.sets else (each.name, each.rule.step),
    lambda each: each.day,
)
ACROSS_TRACKS: tuple[Key, ...] = (
    lambda each: (each.label, each.day),
    lambda each: (each.name, each.day, each.is_ours),
    lambda each: (each.rule.name, each.is_ours),
)
"""Keys by which two actions match, the surest first; a renamed track needs the second list."""


def matched(old: Iterable[Foreseen], new: Iterable[Foreseen]) -> Iterator[Pair]:
    """Each action once: in a pair of old and new, or beside null if it has no match."""
    left, right = list(old), list(new)
    for key in (*(_with_track(key) for key in WITHIN_A_TRACK), *ACROSS_TRACKS):
        waiting: defaultdict[Hashable, list[Foreseen]] = defaultdict(list)
        for each in right:
            waiting[key(each)].append(each)
        alone = []
        for each in left:
            if waiting[key(each)]:
                yield each, waiting[key(each)].pop(0)
            else:
                alone.append(each)
        left, right = alone, [each for unmatched in waiting.values() for each in unmatched]
        right.sort(key=lambda each: (each.day, each.track.index))
    yield from ((each, None) for each in left)
    yield from ((None, each) for each in right)


def _with_track(key: Key) -> Key:
    return lambda each: (each.track.name, key(each))


def _change(old: Foreseen | None, new: Foreseen | None, weigh: "Weigh") -> Change:
    kind = _kind(old, new)
    weights = (weigh.old(old) if old else 0, weigh.new(new) if new else 0)
    return Change(kind, _direction(kind, *weights), old, new)


def _kind(old: Foreseen | None, new: Foreseen | None) -> Kind:
    if old is None:
        return Kind.ADDED
    if new is None:
        return Kind.REMOVED
    if old.day != new.day:
        return Kind.SOONER if new.day < old.day else Kind.LATER
    return Kind.KEPT if old.outcome == new.outcome else Kind.CHANGED


def _direction(kind: Kind, before: int, after: int) -> Direction:
    """Harsher if the weight rises, gentler if it falls; if it is equal, sooner harm is harsher."""
    difference = after - before
    if kind in {Kind.SOONER, Kind.LATER} and not difference:
        difference = after if kind is Kind.SOONER else -after
    if kind is Kind.KEPT or not difference:
        return Direction.NEUTRAL
    return Direction.HARSHER if difference > 0 else Direction.GENTLER


HARMS = {Harm.MONEY: 1, Harm.ACCESS: 2, Harm.DATA: 3}
LIFTS = -1
REQUESTED_ON = "requested_on"


@dataclass(frozen=True, slots=True)
class Weigh:
    """Weighs how hard actions are on the customer, each side's by its own catalogue."""

    before: Actions
    after: Actions

    def old(self, foreseen: Foreseen) -> int:
        return weight(foreseen, self.before)

    def new(self, foreseen: Foreseen) -> int:
        return weight(foreseen, self.after)


def weight(foreseen: Foreseen, actions: Actions) -> int:
    """How hard an action is on the customer; negative if it lifts what another has done.

    It is 0 for an answer to the customer's own request.
    """
    if foreseen.track.anchor == REQUESTED_ON:
        return 0
    harm = actions[foreseen.name].harm
    if harm is not None:
        return HARMS[harm]
    return LIFTS if _lifts(foreseen.action, actions) else 0


def _lifts(action: Action, actions: Actions) -> bool:
    """Whether it undoes a fact: an action that takes access or data sets it to another value."""
    sets = action.candidate.rule.sets
    return any(
        name in spec.sets and spec.sets[name] != value
        for spec in actions.values()
        if spec.harm in {Harm.ACCESS, Harm.DATA}
        for name, value in sets.items()
    )
