"""What each output of a run holds: its columns, and what its rows are sorted by.

Cells are text, blank for what is not known or not there. `TEXT` holds words of others, which a
spreadsheet must not run; everything else is formatted by us.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

Cells = tuple[str, ...]


class Kind(Enum):
    TEXT = auto()
    OURS = auto()
    WHOLE = auto()
    DATE = auto()


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Shape:
    """An output's columns; sorted, its rows go by `sort_by`, then by all others, blanks last."""

    columns: tuple[Column, ...]
    sort_by: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


ACTION = (
    Column("action_id"),
    Column("subscription_id"),
    Column("customer_id"),
    Column("customer_name"),
    Column("market"),
    Column("program"),
    Column("product"),
    Column("track"),
    Column("step", Kind.WHOLE),
    Column("rule"),
    Column("stage", Kind.WHOLE),
    Column("action"),
    Column("by", Kind.OURS),
    Column("anchor", Kind.OURS),
    Column("anchor_of"),
    Column("due_on", Kind.DATE),
    Column("days_late", Kind.WHOLE),
    Column("first_given", Kind.DATE),
    Column("as_of", Kind.DATE),
    Column("because"),
    Column("source"),
    Column("debt", Kind.OURS),
    Column("monthly_amount", Kind.OURS),
    Column("commitment_left", Kind.OURS),
    Column("currency", Kind.OURS),
    Column("with", Kind.OURS),
)
HELD = (*ACTION, Column("held_by"), Column("held_until", Kind.DATE), Column("missing"))
UNDETERMINED = (Column("subscription_id"), Column("rule"), Column("missing"))
REJECTED = (
    Column("input"),
    Column("row", Kind.WHOLE),
    Column("subscription_id"),
    Column("code"),
    Column("column"),
    Column("found"),
)
CUSTOMERS = (
    Column("customer_id"),
    Column("customer_name"),
    Column("market"),
    Column("subscriptions", Kind.WHOLE),
    Column("actions", Kind.WHOLE),
    Column("held", Kind.WHOLE),
    Column("debt", Kind.OURS),
    Column("monthly_amount", Kind.OURS),
    Column("commitment_left", Kind.OURS),
)
SEEN = (
    Column("subscription_id"),
    Column("status", Kind.OURS),
    Column("first_day", Kind.DATE),
    Column("unbroken_since", Kind.DATE),
    Column("last_seen", Kind.DATE),
)
UNMATCHED = (
    Column("input"),
    Column("row", Kind.WHOLE),
    Column("gives", Kind.OURS),
    Column("subscription_id"),
    Column("customer_id"),
    Column("invoice_id"),
    Column("day", Kind.DATE),
    Column("balance", Kind.OURS),
    Column("currency", Kind.OURS),
    Column("near"),
)
HOLDS = (Column("owner", Kind.OURS), Column("id"), Column("subscription_id"))

SHAPES: Mapping[str, Shape] = {
    "actions": Shape(ACTION, ("subscription_id", "track")),
    "provider": Shape(ACTION, ("subscription_id", "track")),
    "held": Shape(HELD, ("subscription_id", "track")),
    "to_approve": Shape(ACTION, ("subscription_id", "track")),
    "undetermined": Shape(UNDETERMINED, ("subscription_id",)),
    "rejected": Shape(REJECTED, ("input", "row")),
    "customers": Shape(CUSTOMERS, ("customer_id",)),
    "unmatched": Shape(UNMATCHED, ("input", "row")),
    "holds": Shape(HOLDS, ("owner", "id", "subscription_id")),
    "seen": Shape(SEEN, ("subscription_id",)),
}
