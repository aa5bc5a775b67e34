"""A whole comparison: every subscription's difference, and what they come to together."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lapse.days import utc_day
from lapse.futures import Future
from lapse.population import Population
from lapse.rule import ActionSpec
from lapse.whatif.change import Change, Kind
from lapse.whatif.compare import Asked, Comparer, Difference, differences
from lapse.whatif.edits import Edit
from lapse.whatif.limits import Limit, crossed
from lapse.whatif.not_known import NotKnown, NotKnownTally
from lapse.whatif.pins import Keeper, Pins
from lapse.whatif.totals import Total, totals
from lapse.whatif.versions import Versions


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What changes from today's policies to others, from the day judged to `until`.

    `not_known` is about either policies.
    """

    day: date
    until: date
    actions: Mapping[str, ActionSpec]
    edits: tuple[Edit, ...]
    differences: tuple[Difference, ...]
    totals: tuple[Total, ...]
    keepers: tuple[Keeper, ...]
    not_known: NotKnown
    crossed: tuple[str, ...] = ()

    @property
    def compared(self) -> int:
        return len(self.differences)

    @property
    def differing(self) -> tuple[Difference, ...]:
        return tuple(each for each in self.differences if each.differing or is_newly_covered(each))

    @property
    def changes(self) -> tuple[tuple[Difference, Change], ...]:
        """Every change but what is kept, by day."""
        found = [(each, change) for each in self.differences for change in each.differing]
        return tuple(sorted(found, key=lambda pair: (pair[1].latest.day, pair[0].id)))

    def counts(self) -> Counter[tuple[bool, str, Kind]]:
        """Changes by whether the action is ours, its name and the kind, kept ones too."""
        return Counter(
            (change.latest.is_ours, change.latest.name, change.kind)
            for each in self.differences
            for change in each.changes
        )


def is_newly_covered(difference: Difference) -> bool:
    """Whether only one of the policies covers a subscription."""
    return _is_covered(difference.old) is not _is_covered(difference.new)


def _is_covered(future: Future | None) -> bool:
    return future is not None and future.left_out is None


def what_if(
    versions: Versions,
    asked: Asked,
    today: Population,
    other: Population,
    limits: Iterable[Limit] = (),
) -> WhatIf:
    """Compares all subscriptions; `other` is what the other policies' profiles read."""
    old, new = asked.foresight(versions.before), asked.foresight(versions.after)
    comparer, pins = Comparer(versions, old, new), Pins(versions, old, new)
    rows = {row.id: row for row in other.rows}
    found: list[Difference] = []
    keepers: list[Keeper] = []
    tally = NotKnownTally()
    for difference in differences(comparer, today.rows, other.rows, asked.progress):
        found.append(difference)
        tally.add(*(future for future in (difference.old, difference.new) if future))
        if difference.new is not None:
            keeper = pins.keeper(rows[difference.id], difference.new)
            keepers += [keeper] if keeper else []
    sums = totals(found)
    return WhatIf(
        utc_day(asked.as_of),
        asked.until,
        versions.actions,
        versions.edits,
        tuple(found),
        sums,
        tuple(keepers),
        tally.found(versions.after.words, today.lacking & other.lacking),
        tuple(crossed(limits, sums, len(found))),
    )
