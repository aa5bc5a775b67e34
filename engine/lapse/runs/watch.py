"""What may keep a run from publishing: guards, limits and later runs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from lapse.model.guard import Guard
from lapse.model.record import Intake
from lapse.model.rule import Catalogue
from lapse.runs.export import AnyExport
from lapse.runs.failures import BackdatedError
from lapse.runs.folders import trusted_folders
from lapse.runs.guards import Before, Crossing, Tonight, crossings
from lapse.runs.history import opened
from lapse.runs.past import Past
from lapse.runs.results.limits import MOST_NAMED, first_and_more

FOLLOWED_DAYS = 30
"""How long an order is followed; an older one is settled, or was given again since."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What keeps a run from publishing, and the option that lifts it; blank if none does."""

    what: str
    lifted_by: str = ""


@dataclass(frozen=True, slots=True)
class Guarded:
    """The numbers of the inputs, and the guards they cross."""

    intake: Intake
    crossed: tuple[Crossing, ...]

    @property
    def told(self) -> tuple[str, ...]:
        return tuple(str(each) for each in self.crossed)

    def stops(self, despite: frozenset[Guard]) -> tuple[Stop, ...]:
        """The crossed guards that are not in `despite`."""
        return tuple(
            Stop(str(each), f"--despite {each.guard}")
            for each in self.crossed
            if each.guard not in despite
        )


def guarded(
    catalogue: Catalogue, export: AnyExport, before: Past, day: date, clock: date | None
) -> Guarded:
    """Compares the inputs of a day with a catalogue's guards."""
    intake = export.gauge.intake()
    if not catalogue.guards:
        return Guarded(intake, ())
    runs = [Before(folder.day, folder.account.intake) for folder in before.runs]
    tonight = Tonight(day, intake, export.gauge.changed_on(), clock, runs)
    return Guarded(
        intake,
        tuple(
            replace(crossing, what=crossing.what + _who(export, before, day))
            if crossing.guard is Guard.SUBSCRIPTIONS_MISSING
            else crossing
            for crossing in crossings(catalogue.guards, tonight)
        ),
    )


def _who(export: AnyExport, before: Past, day: date) -> str:
    """The missing subscriptions with orders or sightings, in words; other ids are not kept."""
    with opened(before) as history:
        followed = history.followed(day - timedelta(days=FOLLOWED_DAYS))
    absent = export.gauge.absent(followed)
    if not absent:
        return ""
    them = first_and_more(absent[:MOST_NAMED], len(absent))
    return f"; missing with orders or sightings: {them}"


def refuse_backdated(out: Path, day: date) -> None:
    """Raises `BackdatedError` if the newest run is of a later day."""
    later = _later_run(out, day)
    if later is not None:
        raise BackdatedError(day, later)


def backdated(out: Path, day: date) -> Iterator[Stop]:
    """For a preview, a stop if the newest run is of a later day."""
    later = _later_run(out, day)
    if later is not None:
        yield Stop(f"{day} is before the newest run, `{later}`")


def _later_run(out: Path, day: date) -> Path | None:
    """The newest run's folder if it is of a later day; an import is no run."""
    newest = Past(tuple(trusted_folders(out))).last_run
    # The day would be decided as if the orders of later runs had not been given.
    return newest.path if newest is not None and day < newest.day else None


def over_limits(over: tuple[str, ...], *, is_lifted: bool) -> tuple[Stop, ...]:
    """A stop for each limit crossed; none if somebody lifts them."""
    return () if is_lifted else tuple(Stop(each, "--over-limit") for each in over)
