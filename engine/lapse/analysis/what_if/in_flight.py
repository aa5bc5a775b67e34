"""Which subscriptions keep old values of terms although the policies have changed.

A clock that runs keeps the pinned terms with which it started. A subscription keeps an old value
if the pinned value is that of today's policies, an edit would give another value on some day, and
some action reads the term or would change without the pin.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from lapse.analysis.futures import Foresight, Future
from lapse.analysis.what_if.change import Change, Weigh, changes
from lapse.analysis.what_if.pieces import Piece
from lapse.analysis.what_if.versions import Versions
from lapse.decide.known import RecordAndPast
from lapse.model.facts import Missing
from lapse.model.rule import CLOCK_TERMS, Rulebook, terms_read
from lapse.model.subscription import civil_day


@dataclass(frozen=True, slots=True)
class InFlight:
    """A subscription that keeps old values; `pins` has each term with the fact that pins it.

    `until` is the last day of an action whose rule reads them; null if there is none. `unpinned`
    has all actions, compared with a future in which the values of each day count.
    """

    future: Future
    pins: Mapping[str, str]
    until: date | None
    unpinned: tuple[Change, ...]


class Pinned:
    """Finds, row by row, which subscriptions keep old values of terms changed and pinned."""

    def __init__(self, versions: Versions, old: Foresight, new: Foresight) -> None:
        after = versions.after.catalogue.actions
        self._weigh = Weigh(after, after)
        self._old = old
        self._new = new
        self._pinned = pinned_terms(versions)
        self._loose = new.under(without_pins(versions.after, self._pinned))

    def in_flight(self, row: RecordAndPast, future: Future) -> InFlight | None:
        """The subscription if it keeps old values; `future` is under the changed policies."""
        pins = {name: pin for name, pin in self._pinned.items() if self._keeps(future, name, pin)}
        if not pins:
            return None
        resting = [each.day for each in future.foreseen if pins.keys() & terms_read(each.rule)]
        loose = self._loose.future(row)
        unpinned = changes(future, loose, self._weigh)
        if not resting and not any(change.is_change for change in unpinned):
            return None
        return InFlight(future, pins, max(resting, default=None), unpinned)

    def _keeps(self, future: Future, name: str, pin: str) -> bool:
        pinned = future.subscription.fact(pin)
        if isinstance(pinned, Missing):
            return False
        today, fixed = future.first.moment.day, civil_day(pinned)
        before = self._old.scopes.of(future.subscription)
        after = self._new.scopes.of(future.subscription)
        kept = after.term(name, fixed, today).value
        if isinstance(kept, Missing) or before.term(name, fixed, today).value != kept:
            return False
        days = {today, *(d for d in after.term_days(name) if today < d <= self._new.until)}
        return any(
            after.term(name, day, day).value != kept
            and after.term(name, day, day).value != before.term(name, day, day).value
            for day in days
        )


def pinned_terms(versions: Versions) -> Mapping[str, str]:
    """The terms that were changed and are pinned, with the fact that pins each; no clock terms."""
    changed = {edit.path.name for edit in versions.edits if edit.path.piece is Piece.TERM}
    return {
        spec.name: spec.pinned_to
        for spec in versions.after.catalogue.terms.values()
        if spec.name in changed and spec.pinned_to and spec.name not in CLOCK_TERMS
    }


def without_pins(book: Rulebook, terms: Mapping[str, str]) -> Rulebook:
    """The rulebook with some terms not pinned, so that the value of each day counts."""
    specs = {
        name: replace(spec, pinned_to=None) if name in terms else spec
        for name, spec in book.catalogue.terms.items()
    }
    return replace(book, catalogue=replace(book.catalogue, terms=specs))
