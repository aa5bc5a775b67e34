"""The table of decisions and the lists beside it: their columns, and what their rows are sorted by.

A decision is a row of `actions`, `provider`, `held` or `undetermined`, made by whichever executor;
`as_of` is the day judged. Cells are text, blank for what is not known or not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

Cells = tuple[str, ...]


class Kind(Enum):
    """What a cell holds: words of others, which a spreadsheet must not run, or words of ours."""

    TEXT = auto()
    OURS = auto()
    WHOLE = auto()
    DATE = auto()


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Layout:
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

LAYOUTS: Mapping[str, Layout] = {
    "actions": Layout(ACTION, ("subscription_id", "track")),
    "provider": Layout(ACTION, ("subscription_id", "track")),
    "held": Layout(HELD, ("subscription_id", "track")),
    "to_approve": Layout(ACTION, ("subscription_id", "track")),
    "undetermined": Layout(UNDETERMINED, ("subscription_id",)),
    "rejected": Layout(REJECTED, ("input", "row")),
    "customers": Layout(CUSTOMERS, ("customer_id",)),
    "unmatched": Layout(UNMATCHED, ("input", "row")),
    "holds": Layout(HOLDS, ("owner", "id", "subscription_id")),
    "seen": Layout(SEEN, ("subscription_id",)),
}
