"""The calendar of a population: every action from the day judged on, if nothing changes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from lapse.analysis.futures import Foreseen, Future, NotKnown, not_known
from lapse.analysis.population import Population
from lapse.analysis.what_if.compare import Outlook
from lapse.model.days import utc_day
from lapse.model.rule import ActionSpec, Rulebook


@dataclass(frozen=True, slots=True)
class Count:
    """How often an action comes in a week (its Monday) and market, blank if not known."""

    is_ours: bool
    week: date
    market: str
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every subscription's future; `left_out` counts the subscriptions that are not covered."""

    day: date
    until: date
    actions: Mapping[str, ActionSpec]
    futures: tuple[Future, ...]
    not_known: NotKnown
    left_out: int

    @property
    def entries(self) -> list[tuple[Future, Foreseen]]:
        """Every action with its subscription's future, by day and subscription."""
        pairs = [(future, each) for future in self.futures for each in future.foreseen]
        return sorted(pairs, key=lambda pair: (pair[1].day, pair[0].id, pair[1].track.index))

    def counts(self) -> tuple[Count, ...]:
        numbers = Counter(
            (not each.is_ours, monday(each.day), future.text("market"), each.name)
            for future, each in self.entries
        )
        return tuple(
            Count(not is_theirs, week, market, action, number)
            for (is_theirs, week, market, action), number in sorted(numbers.items())
        )


def calendar(book: Rulebook, asked: Outlook, people: Population) -> Calendar:
    """The calendar of a population under one rulebook, up to the last day asked for."""
    foresight = asked.foresight(book)
    futures: list[Future] = []
    for done, row in enumerate(people.rows, start=1):
        futures.append(foresight.future(row))
        asked.progress(done)
    return Calendar(
        utc_day(asked.as_of),
        asked.until,
        book.catalogue.actions,
        tuple(futures),
        not_known((future.unknown for future in futures), book.words, people.lacking),
        sum(future.left_out is not None for future in futures),
    )


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
