"""Compares two policy sets on the same subscriptions: the two futures of each, and what differs.

The future under the other policies is computed only if it can differ. If all that was read from
today's policies to foresee the first is the same in the others, both futures are the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from lapse.analysis.futures import Foresight, Future, Watched
from lapse.analysis.what_if.causes import Causes
from lapse.analysis.what_if.change import Cause, Change, Direction, changes
from lapse.analysis.what_if.same_future import SameFuture
from lapse.analysis.what_if.versions import Versions
from lapse.decide.known import RecordAndPast
from lapse.model.days import AsOf
from lapse.model.facts import Value
from lapse.model.rule import Rulebook


@dataclass(frozen=True, slots=True)
class Outlook:
    """The moment judged, the last day foreseen, and what is assumed on the command line.

    `progress` is called with the number of subscriptions done.
    """

    as_of: AsOf
    until: date
    assumed: Mapping[str, Value] = field(default_factory=dict)
    progress: Callable[[int], None] = lambda _: None

    def foresight(self, book: Rulebook) -> Foresight:
        return Foresight(book, self.as_of, self.until, self.assumed)


@dataclass(frozen=True, slots=True)
class Difference:
    """One subscription's two futures.

    `changes` has all of its actions, kept ones too; `causes` the cause of each differing track.
    """

    old: Future
    new: Future
    changes: tuple[Change, ...]
    causes: Mapping[str, Cause] = field(default_factory=dict)

    @property
    def future(self) -> Future:
        """The future whose first day has the facts to report, such as the customer."""
        return self.new

    @property
    def id(self) -> str:
        return self.new.id

    @property
    def differing(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.is_change)

    @property
    def direction(self) -> Direction:
        """The hardest direction among its changes."""
        directions = {change.direction for change in self.differing}
        order = (Direction.HARSHER, Direction.GENTLER)
        return next((each for each in order if each in directions), Direction.NEUTRAL)


class Comparer:
    """Compares row by row; causes are looked for only if `explains`."""

    def __init__(
        self, versions: Versions, old: Foresight, new: Foresight, *, explains: bool = True
    ) -> None:
        self._old = old
        self._new = new
        self._weigh = versions.weigh
        self._same = SameFuture(versions, new)
        self._causes = Causes(versions, new.under) if explains else None

    def difference(self, old_row: RecordAndPast, new_row: RecordAndPast) -> Difference:
        """The difference of one subscription; each row is as that side's profiles read it."""
        return self.following(self._old.watched(old_row), old_row, new_row)

    def following(
        self, watched: Watched, old_row: RecordAndPast, new_row: RecordAndPast
    ) -> Difference:
        """The difference from a future that was already foreseen under today's policies."""
        old = watched.future
        if old_row is new_row and self._same.is_sure(watched):
            return Difference(old, old, changes(old, old, self._weigh))
        also = self._new.watched(new_row)
        new, read = also.future, watched.terms | also.terms
        bare = Difference(old, new, changes(old, new, self._weigh))
        if self._causes is None or not bare.differing:
            return bare
        return replace(bare, causes=self._causes.of(new_row, old, new, bare.differing, read))


def differences(
    comparer: Comparer,
    old: Sequence[RecordAndPast],
    new: Sequence[RecordAndPast],
    progress: Callable[[int], None],
) -> Iterator[Difference]:
    """The difference of every subscription that both sides have read, by id."""
    before, after = ({row.id: row for row in rows} for rows in (old, new))
    for done, id_ in enumerate(sorted(before.keys() & after.keys()), start=1):
        one, other = before[id_], after[id_]
        # One object if both sides read the same: only then may the second future be skipped.
        yield comparer.difference(one, one if one == other else other)
        progress(done)
