"""The days on which a dated term has its value of the day judged, and what it is beside them.

The table of a dated term tells this, too, so that conditions can be judged on other days.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from lapse.executors.lowered.words.conditions import held
from lapse.sql.small_tables import Cell

FIRST, LAST = -1_000_000, 2_000_000
"""Days since 1970 before and after all others."""
Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of days with the cells of one value: from its first day, until the day after it."""

    since: int
    until: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Beside:
    """The days before those with the value of the day judged, or after them: as far as one value.

    The columns of what a term has there are those of the term under names of their own. All bounds
    are null where there are no such days.
    """

    name: str
    bound: str
    end: int

    def column(self, name: str) -> str:
        return f"{name} {self.name}"

    def near(self, term: str) -> str:
        """The bound of the days with the value of the day judged."""
        return f"term {term} {self.bound}"

    def far(self, term: str) -> str:
        """The bound of the days beside these with one value."""
        return f"term {term} {self.bound} {self.name}"

    def pinned(self, term: str) -> str:
        """The bound of the days judged with its value where a term is pinned to some day."""
        return f"term {term} {self.bound} as pinned"


BEFORE, AFTER = Beside("before", "since", FIRST), Beside("after", "until", LAST)


def types_beside(term: str, types: Mapping[str, str], *, is_pinned: bool) -> dict[str, str]:
    """The columns that the table of a dated term has besides those of its value."""
    found: dict[str, str] = {}
    for beside in (BEFORE, AFTER):
        found |= {beside.column(name): type_ for name, type_ in types.items()}
        found |= dict.fromkeys((beside.near(term), beside.far(term)), "BIGINT")
    pinned = (BEFORE.pinned(term), AFTER.pinned(term)) if is_pinned else ()
    return found | dict.fromkeys(pinned, "BIGINT")


def cells_beside(runs: Sequence[Run], judged: int) -> Iterator[Cell]:
    """The cells of the columns before the days with the value of the day judged, and after them."""
    nothing = Run(FIRST, LAST, (None,) * len(runs[0].cells))
    at = next(place for place, run in enumerate(runs) if judged < run.until)
    before, own, after = [nothing, *runs, nothing][at : at + 3]
    yield from (*before.cells, _bound(own.since), _bound(before.since))
    yield from (*after.cells, _bound(own.until), _bound(after.until))


def bounds_as_pinned(runs: Sequence[Run], judged: int) -> Iterator[Cell]:
    own = next(run for run in runs if judged < run.until)
    yield from (_bound(own.since), _bound(own.until))


def runs_of(days: Iterable[date], cells: Callable[[date], Cells]) -> list[Run]:
    """All days in stretches with the same cells; they change on some of `days` only."""
    found = []
    for same, group in groupby(stretches(days), lambda stretch: cells(day_of(stretch[0]))):
        every = list(group)
        found.append(Run(every[0][0], every[-1][1], same))
    return found


def stretches(days: Iterable[date]) -> list[tuple[int, int]]:
    """All days cut at some; the day after each stretch is the first of the next."""
    return list(pairwise(sorted({FIRST, LAST, *(int(held(day)) for day in days)})))


def day_of(number: int) -> date:
    return date.min if number == FIRST else date.fromordinal(number + date(1970, 1, 1).toordinal())


def _bound(day: int) -> int | None:
    return None if day in (FIRST, LAST) else day
