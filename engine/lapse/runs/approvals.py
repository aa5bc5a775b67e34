"""Approvals that people gave for orders which cannot be undone.

An approval names an order by its id, and counts from its day until 30 days later. An order given
anew has another id (`#2`), so an earlier approval does not count for it.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from lapse.model.days import ONE_DAY, parse_date
from lapse.runs.receipts import ReceiptKind, broken, lines_of, receipts

COUNTS = timedelta(days=30)
"""How long an approval counts after its day: what was true in spring may be false in autumn."""


@dataclass(frozen=True, slots=True, order=True)
class Approval:
    action_id: str
    approved_by: str
    day: date


@dataclass(frozen=True, slots=True)
class Approvals:
    """The approvals that may count for a run."""

    entries: frozenset[Approval] = frozenset()
    _days: dict[str, list[date]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        for entry in self.entries:
            self._days.setdefault(entry.action_id, []).append(entry.day)

    def on(self, day: date) -> Container[str]:
        """The ids of the orders whose approval counts on a day, which is the market's."""
        return _On(self._days, day)


@dataclass(frozen=True, slots=True)
class _On:
    days: dict[str, list[date]]
    day: date

    def __contains__(self, action_id: object) -> bool:
        days = self.days.get(str(action_id), ())
        return any(day <= self.day <= day + COUNTS for day in days)


def approvals(out: Path, day: date) -> Approvals:
    """The approvals that may count for a run on a UTC day; a market's day may be one day off."""
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
