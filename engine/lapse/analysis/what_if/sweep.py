"""One term over a range of values: how actions, days and money at stake change with it."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lapse.analysis.futures import Future, NotKnown, not_known
from lapse.analysis.population import Population
from lapse.analysis.scope import scope_values
from lapse.analysis.what_if.change import Direction
from lapse.analysis.what_if.compare import Comparer, Difference, Outlook
from lapse.analysis.what_if.setting import SettingError, parse_setting, with_settings
from lapse.analysis.what_if.totals import Total, totals
from lapse.analysis.what_if.versions import Versions
from lapse.model.days import utc_day
from lapse.model.facts import Value
from lapse.model.rule import Harm, Rulebook
from lapse.policy.in_force import in_force

OPTION = "--sweep"
MOST_VALUES = 500
_RANGE = re.compile(r"(\w+) ?= ?(\d{1,6}) ?\.\. ?(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Range:
    """A term and the values it takes, from the lowest to the highest."""

    name: str
    values: range


@dataclass(frozen=True, slots=True)
class Step:
    """One value: what is foreseen under it, and what differs from today.

    `harm` counts subscriptions by action of ours that takes access or data. `days` sums by how
    much those in both futures come later (negative: sooner); `first` is the first day of any.
    """

    value: int
    is_today: bool
    harm: Mapping[str, int]
    days: int
    first: date | None
    totals: tuple[Total, ...]

    def subscriptions(self, direction: Direction) -> int:
        return sum(each.subscriptions for each in self.totals if each.direction is direction)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The result of each value; `today` is the value in force, if it is known."""

    name: str
    today: Value
    day: date
    until: date
    compared: int
    actions: tuple[str, ...]
    not_known: NotKnown
    steps: tuple[Step, ...]


def parse_range(text: str) -> Range:
    """Reads a range such as `grace_days=0..60`, both ends included."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise SettingError(f"{OPTION}: `{text}` is no range; write `grace_days=0..60`")
    first, last = int(match[2]), int(match[3])
    if last < first:
        raise SettingError(f"{OPTION} {text}: {last} is before {first}; swap them")
    if last - first >= MOST_VALUES:
        raise SettingError(f"{OPTION} {text}: these are more than {MOST_VALUES} values")
    return Range(match[1], range(first, last + 1))


def sweep(
    book: Rulebook,
    asked_range: Range,
    where: Mapping[str, str],
    asked: Outlook,
    people: Population,
) -> Sweep:
    """Compares every subscription's future under every value with that of today."""
    _refuse_no_number(asked_range.name, book)
    day = utc_day(asked.as_of)
    force = in_force(book, scope_values(where, book))
    today = force.term(asked_range.name, day, day).value
    old = asked.foresight(book)
    comparers: dict[int, Comparer] = {}
    for value in asked_range.values:
        setting = parse_setting(f"{asked_range.name}={value}", book, option=OPTION)
        changed = with_settings(book, (setting,), where, day)
        versions = Versions(book, changed)
        comparers[value] = Comparer(versions, old, asked.foresight(changed), explains=False)
    tallies = {value: ValueTally(book) for value in comparers}
    unknown: list[frozenset[str]] = []
    for done, row in enumerate(people.rows, start=1):
        watched = old.watched(row)
        unknown.append(watched.future.unknown)
        for value, comparer in comparers.items():
            tallies[value].add(comparer.following(watched, row, row))
        asked.progress(done)
    return Sweep(
        asked_range.name,
        today,
        day,
        asked.until,
        len(people.rows),
        tuple(sorted({name for tally in tallies.values() for name in tally.harm})),
        not_known(unknown, book.words, people.read.lacking),
        tuple(tally.step(value, is_today=value == today) for value, tally in tallies.items()),
    )


def _refuse_no_number(name: str, book: Rulebook) -> None:
    spec = book.catalogue.terms.get(name)
    if spec is not None and not spec.type.is_number:
        raise SettingError(f"{OPTION}: `{name}` is of type {spec.type}; only numbers have a range")


class ValueTally:
    """Adds up the result of one value, row by row; keeps only subscriptions that differ."""

    def __init__(self, book: Rulebook) -> None:
        self._harmful = {
            name
            for name, spec in book.catalogue.actions.items()
            if spec.harm in {Harm.ACCESS, Harm.DATA}
        }
        self._differing: list[Difference] = []
        self._days = 0
        self._first: date | None = None
        self.harm: Counter[str] = Counter()

    def add(self, difference: Difference) -> None:
        self._count(difference.future)
        if difference.differing:
            self._differing.append(difference)
        for change in difference.differing:
            if change.latest.is_ours and change.latest.name in self._harmful:
                self._days += change.days or 0

    def _count(self, future: Future) -> None:
        hits = [each for each in future.foreseen if each.is_ours and each.name in self._harmful]
        self.harm.update({each.name for each in hits})
        days = [each.day for each in hits]
        self._first = min([*days, *([self._first] if self._first else [])], default=None)

    def step(self, value: int, *, is_today: bool) -> Step:
        everything = tuple(each for each in totals(self._differing) if each.by == "all")
        return Step(value, is_today, dict(self.harm), self._days, self._first, everything)
