"""Guards compare tonight's inputs with those of earlier runs and with the clock.

A guard is crossed by more than its percentage or days. In a short list, one row is a large
percentage: so one row missing, rejected or unmatched crosses a guard only if it is the only row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from lapse.model.guard import Guard
from lapse.model.record import Intake, Part

MARKET_COUNTS_FROM = 100
"""From so many subscriptions on, a market is guarded; a smaller one may close in a night."""
MOST_LISTED = 3
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier run; its `intake` is null where its version did not record it."""

    day: date
    intake: Intake | None


@dataclass(frozen=True, slots=True)
class Tonight:
    """The day and inputs of this run, and the earlier runs to compare with, the newest last.

    `changed_on` has the UTC day on which each export was last modified. `clock` is today, or null.
    """

    day: date
    intake: Intake
    changed_on: Mapping[str, date]
    clock: date | None
    before: Sequence[Before]

    @property
    def last(self) -> Before | None:
        return self.before[-1] if self.before else None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A guard that is crossed, and the finding in words."""

    guard: Guard
    what: str

    def __str__(self) -> str:
        return f"{self.guard}: {self.what}"


def crossings(guards: Mapping[Guard, Decimal], tonight: Tonight) -> Iterator[Crossing]:
    """Each guard that is crossed, in the order of `Guard`."""
    for guard in Guard:
        if guard in guards:
            told = list(_CROSSED[guard](guards[guard], tonight))
            more = len(told) - MOST_LISTED
            told = told[:MOST_LISTED] + ([f"and {more} more"] if more > 0 else [])
            if told:
                yield Crossing(guard, "; ".join(told))


def _subscriptions(most: Decimal, tonight: Tonight) -> Iterator[str]:
    """Compares the total, and each large market: just one market's export may be missing."""
    for last, then in _compared(tonight):
        now = tonight.intake
        yield from _fewer("subscriptions", now.subscriptions, then.subscriptions, most, last)
        for market, count in then.markets.items():
            if count >= MARKET_COUNTS_FROM:
                what = f"subscriptions in {market}"
                yield from _fewer(what, now.markets.get(market, 0), count, most, last)


def _invoices(most: Decimal, tonight: Tonight) -> Iterator[str]:
    for last, then in _compared(tonight):
        yield from _fewer("invoices", tonight.intake.invoices, then.invoices, most, last)


def _holds(most: Decimal, tonight: Tonight) -> Iterator[str]:
    """Compares holds that are not over tonight, since one that ended meanwhile is not missing."""
    for last, then in _compared(tonight):
        now = tonight.intake.holds_on(tonight.day)
        what = f"holds that are not over on {tonight.day}"
        yield from _fewer(what, now, then.holds_on(tonight.day), most, last)


def _fewer(
    what: str, now: int | None, then: int | None, most: Decimal, last: Before
) -> Iterator[str]:
    """A finding if more than `most` percent of `then` are missing; a null `now` counts as 0."""
    gone = (then or 0) - (now or 0)
    is_one_of_several = gone == 1 and bool(now)
    if then and not is_one_of_several and gone * PERCENT > most * then:
        given = f"no {what} are given" if now is None else f"{now} {what}"
        yield f"{given}, {then} on {last.day}"


def _rejected(most: Decimal, tonight: Tonight) -> Iterator[str]:
    for last, then in _compared(tonight):
        grown = _grown(tonight.intake.rejected, then.rejected)
        yield from _more("are rejected", grown, most, last)


def _unmatched(most: Decimal, tonight: Tonight) -> Iterator[str]:
    """The share of unmatched rows counts as grown only as far as there are more such rows.

    When a direct debit pays half of all invoices, the share of unmatched ones grows although
    there are no more of them.
    """
    for last, then in _compared(tonight):
        grown = [
            replace(each, points=min(each.points, _share(each.more)))
            for each in _grown(tonight.intake.unmatched, then.unmatched)
        ]
        yield from _more("name nobody in the exports", grown, most, last)


@dataclass(frozen=True, slots=True)
class _Grown:
    """Rows of one kind of input, now and then; their share grew by `points` percentage points."""

    gives: str
    now: Part
    then: Part
    points: Decimal

    @property
    def more(self) -> Part:
        return Part(self.now.rows - self.then.rows, self.now.of)


def _grown(now: Mapping[str, Part], then: Mapping[str, Part]) -> Iterator[_Grown]:
    """The growth for each kind of input; 0 for a kind that the earlier run did not have."""
    for gives, part in now.items():
        before = then.get(gives, part)
        yield _Grown(gives, part, before, _share(part) - _share(before))


def _more(what: str, grown: Iterable[_Grown], most: Decimal, last: Before) -> Iterator[str]:
    for each in grown:
        gives, part, before = each.gives, each.now, each.then
        is_one_of_several = part.rows == 1 and part.of > 1
        if each.points > most and not is_one_of_several:
            shares = f"{_shown(part)} of the {gives} {what}"
            yield f"{shares}, {_shown(before)} on {last.day}"


def _same_inputs(most: Decimal, tonight: Tonight) -> Iterator[str]:
    for run in tonight.before:
        days = (tonight.day - run.day).days
        if run.intake and run.intake.digest == tonight.intake.digest and days > most:
            yield f"exports and invoices are byte for byte those of {run.day}, {_days(days)} ago"
            return


def _since_last_run(most: Decimal, tonight: Tonight) -> Iterator[str]:
    if tonight.last is not None:
        days = (tonight.day - tonight.last.day).days
        if days > most:
            yield f"the last run was for {tonight.last.day}, {_days(days)} ago"


def _older_than(most: Decimal, tonight: Tonight) -> Iterator[str]:
    for name, changed in sorted(tonight.changed_on.items()):
        days = (tonight.day - changed).days
        if days > most:
            yield f"`{name}` was last written on {changed}, {_days(days)} before {tonight.day}"


def _ahead_of_clock(most: Decimal, tonight: Tonight) -> Iterator[str]:
    if tonight.clock is not None:
        days = (tonight.day - tonight.clock).days
        if days > most:
            yield f"{tonight.day} is {_days(days)} after the clock's day, {tonight.clock}"


_CROSSED: Mapping[Guard, Callable[[Decimal, Tonight], Iterable[str]]] = {
    Guard.SUBSCRIPTIONS_MISSING: _subscriptions,
    Guard.INVOICES_MISSING: _invoices,
    Guard.HOLDS_MISSING: _holds,
    Guard.REJECTED: _rejected,
    Guard.UNMATCHED: _unmatched,
    Guard.SAME_INPUTS: _same_inputs,
    Guard.DAYS_SINCE_LAST_RUN: _since_last_run,
    Guard.OLDER_THAN: _older_than,
    Guard.AHEAD_OF_CLOCK: _ahead_of_clock,
}


def _compared(tonight: Tonight) -> Iterator[tuple[Before, Intake]]:
    """The last run and its recorded inputs; yields nothing if there are none."""
    last = tonight.last
    if last is not None and last.intake is not None:
        yield last, last.intake


def _share(part: Part) -> Decimal:
    return Decimal(part.rows * PERCENT) / part.of if part.of else Decimal(0)


def _shown(part: Part) -> str:
    return f"{_share(part):.1f} %"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
