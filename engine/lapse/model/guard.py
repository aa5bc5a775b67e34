"""What stops a run: a catalogue's `guards` of inputs and clock, and `limits` of its actions."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Guard(StrEnum):
    """The guards; each has this name in the catalogue, on the command line and in `run.json`."""

    SUBSCRIPTIONS_MISSING = "subscriptions_missing"
    INVOICES_MISSING = "invoices_missing"
    HOLDS_MISSING = "holds_missing"
    REJECTED = "rejected"
    UNMATCHED = "unmatched"
    SAME_INPUTS = "same_inputs"
    DAYS_SINCE_LAST_RUN = "days_since_last_run"
    OLDER_THAN = "older_than"
    AHEAD_OF_CLOCK = "ahead_of_clock"

    @property
    def is_share(self) -> bool:
        """Whether it is written as a percentage; the others are whole days."""
        return self in _SHARES


_SHARES = frozenset(
    {
        Guard.SUBSCRIPTIONS_MISSING,
        Guard.INVOICES_MISSING,
        Guard.HOLDS_MISSING,
        Guard.REJECTED,
        Guard.UNMATCHED,
    }
)


@dataclass(frozen=True, slots=True)
class Limit:
    """The most a run may do of one action: a count, or a percentage of the rows decided."""

    action: str
    most: Decimal
    is_share: bool
