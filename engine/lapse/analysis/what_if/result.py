"""A whole comparison: every subscription's difference, and the totals."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lapse.analysis.futures import NotKnown, not_known
from lapse.analysis.population import Population
from lapse.analysis.what_if.change import Change, Kind
from lapse.analysis.what_if.compare import Comparer, Difference, Outlook, differences
from lapse.analysis.what_if.edits import Edit
from lapse.analysis.what_if.in_flight import InFlight, Pinned
from lapse.analysis.what_if.limits import Limit, crossed
from lapse.analysis.what_if.totals import Total, totals
from lapse.analysis.what_if.versions import Versions
from lapse.model.days import utc_day
from lapse.model.rule import ActionSpec


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What changes from today's policies to others, from the day judged to `until`.

    `not_known` counts what is missing under either policy set. Subscriptions that only one side's
    policies and profiles can read are not compared: `only_today` and `only_other` have their ids.
    """

    day: date
    until: date
    actions: Mapping[str, ActionSpec]
    edits: tuple[Edit, ...]
    differences: tuple[Difference, ...]
    totals: tuple[Total, ...]
    in_flight: tuple[InFlight, ...]
    not_known: NotKnown
    only_today: tuple[str, ...] = ()
    only_other: tuple[str, ...] = ()
    crossed: tuple[str, ...] = ()

    @property
    def compared(self) -> int:
        return len(self.differences)

    @property
    def differing(self) -> tuple[Difference, ...]:
        return tuple(each for each in self.differences if each.differing or is_newly_covered(each))

    @property
    def changes(self) -> tuple[tuple[Difference, Change], ...]:
        """Every change, without kept actions, by day and subscription."""
        pairs = [(each, change) for each in self.differences for change in each.differing]
        return tuple(sorted(pairs, key=lambda pair: (pair[1].latest.day, pair[0].id)))

    def counts(self) -> Counter[tuple[bool, str, Kind]]:
        """Counts by whether the action is ours, its name and the kind of change, kept ones too."""
        return Counter(
            (change.latest.is_ours, change.latest.name, change.kind)
            for each in self.differences
            for change in each.changes
        )


def with_both_sides(edits: Iterable[Edit], found: Iterable[Difference]) -> tuple[Edit, ...]:
    """The edits; if only one side has an edit, the other is filled in from a cause, if any."""
    shown = {
        edit: edit
        for difference in found
        for cause in difference.causes.values()
        for edit in cause.edits
    }
    return tuple(shown.get(edit, edit) for edit in edits)


def is_newly_covered(difference: Difference) -> bool:
    """Whether exactly one of the two policy sets covers the subscription."""
    return (difference.old.left_out is None) is not (difference.new.left_out is None)


def what_if(
    versions: Versions,
    asked: Outlook,
    today: Population,
    other: Population,
    limits: Iterable[Limit] = (),
) -> WhatIf:
    """Compares all subscriptions; `other` is the population that the other profiles read."""
    old, new = asked.foresight(versions.before), asked.foresight(versions.after)
    comparer, pinned = Comparer(versions, old, new), Pinned(versions, old, new)
    rows = {row.id: row for row in other.rows}
    compared: list[Difference] = []
    in_flight: list[InFlight] = []
    for difference in differences(comparer, today.rows, other.rows, asked.progress):
        compared.append(difference)
        keeping = pinned.in_flight(rows[difference.id], difference.new)
        in_flight += [keeping] if keeping else []
    sums = totals(compared)
    unknown = (each.old.unknown | each.new.unknown for each in compared)
    before = {row.id for row in today.rows}
    return WhatIf(
        utc_day(asked.as_of),
        asked.until,
        versions.actions,
        with_both_sides(versions.edits, compared),
        tuple(compared),
        sums,
        tuple(in_flight),
        not_known(unknown, versions.after.words, today.read.lacking & other.read.lacking),
        tuple(sorted(before - rows.keys())),
        tuple(sorted(rows.keys() - before)),
        tuple(crossed(limits, sums, len(compared))),
    )
