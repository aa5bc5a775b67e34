"""What runs saw of a subscription that is not active, night after night: a row of sightings.

A row ends when the status reads otherwise, active included. A night without a readable status (no
run, not in the export, rejected, unknown) ends nothing: what was seen last is carried for 30 days,
and a status seen again after that begins a row anew.

Between two sightings somebody may have reactivated and suspended again. So a row also tells since
when no two neighbours in it lie further apart than `runs_every`: what removes data counts from
there, and a warning from the row's first day.
"""

from dataclasses import dataclass
from datetime import date

from lapse.model.facts import ACTIVE, Value
from lapse.model.rule import CARRIED_DAYS


@dataclass(frozen=True, slots=True)
class Seen:
    """A row up to its latest sighting; days are the market's.

    `unbroken_since` is null in folders of earlier versions, which broke a row on any night that did
    not see it: `nights` are then the days of the runs there were, the latest first.
    """

    status: str
    first_day: date
    last_seen: date
    unbroken_since: date | None = None
    nights: tuple[date, ...] = ()

    def is_carried(self, day: date) -> bool:
        """Whether the row still stands on a day."""
        return (day - self.last_seen).days <= CARRIED_DAYS

    def unbroken(self, runs_every: int) -> date:
        """The first day since which no two neighbours lie further apart."""
        if self.unbroken_since is not None:
            return self.unbroken_since
        since = self.last_seen
        for night in self.nights:
            if night < self.first_day or (since - night).days > runs_every:
                break
            since = night
        return since


def sighting(status: Value, before: Seen | None, day: date, runs_every: int) -> Seen | None:
    """The row after a night that read a status; null where there is none to keep."""
    if not isinstance(status, str) or status == ACTIVE:
        return None
    if before is None or before.status != status or not before.is_carried(day):
        return Seen(status, day, day, day)
    # A gap ends no row, but in it somebody may have paid and been let in again.
    is_near = (day - before.last_seen).days <= runs_every
    return Seen(status, before.first_day, day, before.unbroken(runs_every) if is_near else day)
