"""The two tables of a run, declared once: facts in, decisions out; and the lists beside them.

*Facts*: a row for each subscription and a typed column for each fact; money has two. A null is
either a blank cell, whose meaning depends on the fact (`FactSpec.blank`), or a fact for which the
row's inputs have no column. The relation with the facts says beside them which of the two it is.

*Decisions*: rows of `actions`, `provider`, `held`, `to_approve` and `undetermined`, the same from
every executor. `as_of` is the day judged. Cells are text, blank for what is unknown or absent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from lapse.model.facts import FactSpec, ValueType

_T = ValueType
TYPES_OF_FACTS: Mapping[ValueType, str] = {
    _T.TEXT: "text",
    _T.CHOICE: "text",
    _T.FLAG: "boolean",
    _T.COUNT: "bigint",
    _T.DAYS: "bigint",
    _T.MONTHS: "bigint",
    _T.MONEY: "decimal(18,4)",
    _T.DATE: "date",
    _T.INSTANT: "timestamp",
    _T.DAYS_LIST: "bigint[]",
}
"""DuckDB's type for each type of fact; an instant is a UTC timestamp without a zone."""


def currency_of(fact: str) -> str:
    """The column that holds the currency of a money fact."""
    return f"{fact}.currency"


def value_columns(spec: FactSpec) -> tuple[str, ...]:
    is_money = spec.type is ValueType.MONEY
    return (spec.name, currency_of(spec.name)) if is_money else (spec.name,)


def typed_columns(spec: FactSpec) -> tuple[tuple[str, str], ...]:
    """The columns of a fact, each with its type."""
    types = (TYPES_OF_FACTS[spec.type], "text")
    return tuple(zip(value_columns(spec), types, strict=False))


Cells = tuple[str, ...]


class CellKind(Enum):
    """What a cell holds: others' text, which a spreadsheet must not run, our own, or a value."""

    TEXT = auto()
    OURS = auto()
    WHOLE = auto()
    DATE = auto()


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True)
class Layout:
    """An output's columns; when its rows are sorted, by `sort_by`, then by all other columns."""

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
    Column("step", CellKind.WHOLE),
    Column("rule"),
    Column("stage", CellKind.WHOLE),
    Column("action"),
    Column("by", CellKind.OURS),
    Column("anchor", CellKind.OURS),
    Column("anchor_of"),
    Column("due_on", CellKind.DATE),
    Column("days_late", CellKind.WHOLE),
    Column("first_given", CellKind.DATE),
    Column("as_of", CellKind.DATE),
    Column("because"),
    Column("source"),
    Column("debt", CellKind.OURS),
    Column("monthly_amount", CellKind.OURS),
    Column("commitment_left", CellKind.OURS),
    Column("currency", CellKind.OURS),
    Column("with", CellKind.OURS),
)
HELD = (*ACTION, Column("held_by"), Column("held_until", CellKind.DATE), Column("missing"))
UNDETERMINED = (Column("subscription_id"), Column("rule"), Column("missing"))
REJECTED = (
    Column("input"),
    Column("row", CellKind.WHOLE),
    Column("subscription_id"),
    Column("code"),
    Column("column"),
    Column("found"),
)
CUSTOMERS = (
    Column("customer_id"),
    Column("customer_name"),
    Column("market"),
    Column("subscriptions", CellKind.WHOLE),
    Column("actions", CellKind.WHOLE),
    Column("held", CellKind.WHOLE),
    Column("debt", CellKind.OURS),
    Column("monthly_amount", CellKind.OURS),
    Column("commitment_left", CellKind.OURS),
)
SEEN = (
    Column("subscription_id"),
    Column("status", CellKind.OURS),
    Column("first_day", CellKind.DATE),
    Column("unbroken_since", CellKind.DATE),
    Column("last_seen", CellKind.DATE),
)
UNMATCHED = (
    Column("input"),
    Column("row", CellKind.WHOLE),
    Column("gives", CellKind.OURS),
    Column("subscription_id"),
    Column("customer_id"),
    Column("invoice_id"),
    Column("day", CellKind.DATE),
    Column("balance", CellKind.OURS),
    Column("currency", CellKind.OURS),
    Column("near"),
)
HOLDS = (Column("owner", CellKind.OURS), Column("id"), Column("subscription_id"))

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
