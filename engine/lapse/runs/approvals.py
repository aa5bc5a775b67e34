"""Leave that somebody gave for orders which cannot be undone.

An approval names an order by its id and counts on 30 days from its own. An order given anew is
another one (`#2`), for which it does not count.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from lapse.model.days import ONE_DAY, parse_date
from lapse.runs.receipts import ReceiptKind, broken, lines_of, receipts

COUNTS = timedelta(days=30)
"""After its day: who gave leave in spring did not look at what is true in autumn."""


@dataclass(frozen=True, slots=True, order=True)
class Approval:
    action_id: str
    approved_by: str
    day: date


@dataclass(frozen=True, slots=True)
class Approvals:
    """Every approval that may count, by the orders they name."""

    entries: frozenset[Approval] = frozenset()
    _days: dict[str, list[date]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        for entry in self.entries:
            self._days.setdefault(entry.action_id, []).append(entry.day)

    def on(self, day: date) -> Container[str]:
        """The ids of the orders approved on a day, the market's."""
        return _On(self._days, day)


@dataclass(frozen=True, slots=True)
class _On:
    days: dict[str, list[date]]
    day: date

    def __contains__(self, action_id: object) -> bool:
        days = self.days.get(str(action_id), ())
        return any(day <= self.day <= day + COUNTS for day in days)


def approvals(out: Path, day: date) -> Approvals:
    """What may count for a run on a UTC day, of which a market's is at most one day off."""
    entries = (
        entry
        for path, outcome in receipts(out)
        if outcome is ReceiptKind.APPROVED
        for entry in approvals_in(path)
    )
    first, last = day - COUNTS - ONE_DAY, day + ONE_DAY
    return Approvals(frozenset(entry for entry in entries if first <= entry.day <= last))


def approvals_in(path: Path) -> list[Approval]:
    entries = []
    for number, (action_id, approved_by, text) in enumerate(lines_of(path, fields=3), start=1):
        day = parse_date(text)
        if day is None:
            raise broken(path, number)
        entries.append(Approval(action_id, approved_by, day))
    return entries
