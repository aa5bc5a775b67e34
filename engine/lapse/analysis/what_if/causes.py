"""Which edits cause the difference between a subscription's two futures, found by undoing edits.

A cause is a minimal set of edits that, undone together, bring today's outcome back. If it is one
edit and another one alone does the same, that is reported too: both were needed for the difference.
The cause of a track is part of the cause of its subscription.

An edit that only one side has replaces something: a market that gets a value of its own had
the value of a less specific layer before; one that loses its own has that value again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

from lapse.analysis.futures import Foresight, Future, Outcome
from lapse.analysis.what_if.change import Cause, Change, by_track
from lapse.analysis.what_if.edits import Edit, Version, alone
from lapse.analysis.what_if.pieces import Piece
from lapse.analysis.what_if.versions import Undone, Versions
from lapse.decide.known import RecordAndPast
from lapse.decide.situation import Situation
from lapse.model.facts import ABSENT, Missing
from lapse.model.rule import Rulebook
from lapse.model.subscription import civil_day

Outcomes = Mapping[str, frozenset[Outcome]]
"""The outcomes of a future, by name of track."""


@dataclass(slots=True)
class Causes:
    """Finds causes; makes the foresight of each rulebook with undone edits only once."""

    versions: Versions
    foresight: Callable[[Rulebook], Foresight]
    _foresights: dict[Undone, Foresight] = field(default_factory=dict)

    def of(
        self,
        row: RecordAndPast,
        old: Future,
        new: Future,
        differing: Sequence[Change],
        read: AbstractSet[str],
    ) -> Mapping[str, Cause]:
        """The cause of each track that differs; `read` are the terms read for either future."""
        wanted, every = outcomes(old), frozenset(self.versions.edits)
        trial = Trial(self, row, wanted, {frozenset(): outcomes(new), every: wanted})
        tracks = {change.latest.track.name for change in differing}
        near = tuple(edit for edit in self.versions.edits if may_touch(edit, old, new))
        if not self.versions.is_divisible:
            return dict.fromkeys(sorted(tracks), Cause(near))
        # Each try costs a forecast, so terms that no future has read are left for later.
        likely = [e for e in near if e.path.piece is not Piece.TERM or e.path.name in read]
        # Earlier orders are read with the rules of all layers: another scope's edit may matter.
        suspects = next(
            s for s in (likely, near, self.versions.edits) if trial.is_as_today(s, tracks)
        )
        least = trial.least(suspects, tracks)
        causes = {track: trial.cause(least, near, track) for track in sorted(tracks)}
        days = {track: _first_day(differing, track) for track in tracks}
        return {track: _with_both_sides(causes[track], old, new, days[track]) for track in causes}

    def future(self, row: RecordAndPast, undone: Undone) -> Future:
        if undone not in self._foresights:
            self._foresights[undone] = self.foresight(self.versions.without(undone))
        return self._foresights[undone].future(row)


@dataclass(slots=True)
class Trial:
    """One subscription under rulebooks in which some edits are undone; each is tried once."""

    causes: Causes
    row: RecordAndPast
    wanted: Outcomes
    known: dict[Undone, Outcomes]

    def least(self, edits: Iterable[Edit], tracks: Iterable[str]) -> tuple[Edit, ...]:
        """A minimal part of `edits` that, undone, brings today's outcome back in some tracks."""
        left = list(edits)
        for edit in tuple(left):
            without = [other for other in left if other is not edit]
            if self.is_as_today(without, tracks):
                left = without
        return tuple(left)

    def cause(self, least: tuple[Edit, ...], near: tuple[Edit, ...], track: str) -> Cause:
        """The cause of one track; `least` is the cause of all tracks together."""
        edits = self.least(least, (track,)) if len(least) > 1 else least
        others = () if len(edits) != 1 else (edit for edit in near if edit not in edits)
        return Cause(edits, tuple(edit for edit in others if self.is_as_today((edit,), (track,))))

    def is_as_today(self, undone: Iterable[Edit], tracks: Iterable[str]) -> bool:
        key = frozenset(undone)
        if key not in self.known:
            self.known[key] = outcomes(self.causes.future(self.row, key))
        outcome = self.known[key]
        return all(outcome.get(track) == self.wanted.get(track) for track in tracks)


def outcomes(future: Future) -> Outcomes:
    return {
        track: frozenset(each.outcome for each in foreseen)
        for track, foreseen in by_track(future).items()
    }


def may_touch(edit: Edit, *futures: Future) -> bool:
    """Whether an edit may affect a subscription: it has no layer, or one that may apply."""
    layers = (applied.layer.name for each in futures for applied in each.first.force.layers)
    return not edit.path.layer or edit.path.layer in layers


def _first_day(differing: Iterable[Change], track: str) -> date:
    """The first day on which a track differs."""
    mine = (change for change in differing if change.latest.track.name == track)
    return min(each.day for change in mine for each in (change.old, change.new) if each)


def _with_both_sides(cause: Cause, old: Future, new: Future, day: date) -> Cause:
    """A cause with both sides of each edit; `day` is the first that differs.

    A missing side becomes what is in force instead for the subscription; null if nothing is.
    """

    def with_both(edit: Edit) -> Edit:
        if edit.old is None:
            return replace(edit, old=_in_force(edit, old.first, day))
        if edit.new is None:
            return replace(edit, new=_in_force(edit, new.first, day))
        return edit

    return Cause(*(tuple(map(with_both, edits)) for edits in (cause.edits, cause.or_else)))


def _in_force(edit: Edit, situation: Situation, day: date) -> Version | None:
    """What is in force instead of an edit, on the pinned day or `day`, but not before its start."""
    piece, _, name, start = edit.path
    force = situation.force
    match piece:
        case Piece.TERM:
            entry = force.term(name, max(start, _pinned(name, situation) or day), day).entry
            return alone(entry) if entry else None
        case Piece.RULE:
            rules = (in_force.rule for in_force in force.rules(max(start, day)))
            return next((alone(rule) for rule in rules if rule.name == name), None)
        case _:
            return None


def _pinned(name: str, situation: Situation) -> date | None:
    """The day to which the subscription pins a term; null if there is none."""
    spec = situation.force.book.catalogue.terms.get(name)
    value = situation.subscription.fact(spec.pinned_to) if spec and spec.pinned_to else ABSENT
    return None if isinstance(value, Missing) else civil_day(value)
