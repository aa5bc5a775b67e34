"""Rows of sightings: the status that runs saw of a subscription that is not active.

A row ends when the status is seen to differ, also when it is active. A night without a readable
status (no run, not in the export, rejected, unknown) ends no row: the last sighting counts for 30
days. A status seen again after that begins a new row.

Between two sightings somebody may have reactivated and suspended again. So a row also has the day
since which no two neighbours in it lie further apart than `runs_every`. What removes data counts
from that day, and a warning from the row's first day.
"""

from dataclasses import dataclass
from datetime import date

from lapse.model.facts import ACTIVE, Value
from lapse.model.rule import CARRIED_DAYS


@dataclass(frozen=True, slots=True)
class Seen:
    """A row up to its latest sighting; days are the market's.

    `unbroken_since` is null in folders of earlier versions, in which any night without a sighting
    broke a row. `nights` are then the days of the runs there were, the latest first.
    """

    status: str
    first_day: date
    last_seen: date
    unbroken_since: date | None = None
    nights: tuple[date, ...] = ()

    def is_carried(self, day: date) -> bool:
        """Whether the row still counts on a day."""
        return (day - self.last_seen).days <= CARRIED_DAYS

    def unbroken(self, runs_every: int) -> date:
        """The first day since which no two neighbours lie more than `runs_every` days apart."""
        if self.unbroken_since is not None:
            return self.unbroken_since
        since = self.last_seen
        for night in self.nights:
            if night < self.first_day or (since - night).days > runs_every:
                break
            since = night
        return since


def sighting(status: Value, before: Seen | None, day: date, runs_every: int) -> Seen | None:
    """The row after a night that read a status; null when it is active or not known."""
    if not isinstance(status, str) or status == ACTIVE:
        return None
    if before is None or before.status != status or not before.is_carried(day):
        return Seen(status, day, day, day)
    # A gap ends no row, but in it somebody may have paid and been let in again.
    is_near = (day - before.last_seen).days <= runs_every
    return Seen(status, before.first_day, day, before.unbroken(runs_every) if is_near else day)
