"""Two futures of one subscription held against each other: what is added, removed, moved or kept.

Each action of today finds its like in the other future at most once. Within a track that is the
same order (rule, stage and anchor) first, then the same rule and stage on the same day, the same
rule in turn, the same action on the same day, the same action in turn (of one that changes no fact,
also the same step), and what else happens that day; last comes the same in another track. So
changes add up to the difference of the two calendars, and reversed they swap.
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
    """How an action of one future stands in the other; there are no further kinds."""

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
    """Edits without which the outcome is today's; none of them can be left out.

    `or_else` are further edits each of which alone, undone, brings today's outcome back, too.
    """

    edits: tuple[Edit, ...] = ()
    or_else: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One action of one or both futures; `days` are gained (later) or, negative, lost (sooner)."""

    kind: Kind
    direction: Direction
    old: Foreseen | None
    new: Foreseen | None

    @property
    def is_change(self) -> bool:
        return self.kind is not Kind.KEPT

    @property
    def latest(self) -> Foreseen:
        """The action as it will be; as it is today where it will be no more."""
        action = self.new or self.old
        assert action is not None
        return action

    @property
    def days(self) -> int | None:
        if self.old is None or self.new is None:
            return None
        return (self.new.day - self.old.day).days


def changes(old: Future, new: Future, weigh: "Weigh") -> tuple[Change, ...]:
    """Every action of two futures, by day and track."""
    pairs = matched(old.foreseen, new.foreseen)
    every = [_change(*pair, weigh) for pair in pairs]
    return tuple(sorted((_with_its_harm(each, every) for each in every), key=_order))


def _with_its_harm(change: Change, others: Iterable[Change]) -> Change:
    """What only lifts harm that comes or goes with it makes nothing harder or easier."""
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
    # A notice of another step is another notice; what sets facts is the same on any step.
    lambda each: each.name if each.rule.sets else (each.name, each.rule.step),
    lambda each: each.day,
)
ACROSS_TRACKS: tuple[Key, ...] = (
    lambda each: (each.label, each.day),
    lambda each: (each.name, each.day, each.is_ours),
    lambda each: (each.rule.name, each.is_ours),
)
"""By what two actions are taken for the same, the surest first; a track may have been renamed."""


def matched(old: Iterable[Foreseen], new: Iterable[Foreseen]) -> Iterator[Pair]:
    """Each action once: with its like, or alone."""
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
    """By how much harder what comes is; where it is as hard, by whether it comes sooner."""
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
    """How hard actions are on the customer, by the catalogue of each side."""

    before: Actions
    after: Actions

    def old(self, foreseen: Foreseen) -> int:
        return weight(foreseen, self.before)

    def new(self, foreseen: Foreseen) -> int:
        return weight(foreseen, self.after)


def weight(foreseen: Foreseen, actions: Actions) -> int:
    """How hard an action is on the customer; negative where it lifts what another has done.

    An answer to what the customer asks for is neither.
    """
    if foreseen.track.anchor == REQUESTED_ON:
        return 0
    harm = actions[foreseen.name].harm
    if harm is not None:
        return HARMS[harm]
    return LIFTS if _lifts(foreseen.action, actions) else 0


def _lifts(action: Action, actions: Actions) -> bool:
    """Whether it sets a fact otherwise than an action does that takes access or data."""
    sets = action.candidate.rule.sets
    return any(
        name in spec.sets and spec.sets[name] != value
        for spec in actions.values()
        if spec.harm in {Harm.ACCESS, Harm.DATA}
        for name, value in sets.items()
    )
