"""The calendar of an estate: every order from the day judged on, if nothing changes.

It is a relation, `foreseen`, whoever foresaw: lives in batches, or the reference one by one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from lapse.analysis.futures import NotKnown
from lapse.executors.lowered.lives.foreseen_rows import FORESEEN
from lapse.model.money import Money
from lapse.model.rule import ActionSpec, Harm, Rule
from lapse.model.tables import currency_of
from lapse.runs.rows import AMOUNTS
from lapse.sql.named_tables import Tables
from lapse.sql.sandbox import literal


@dataclass(frozen=True, slots=True)
class Count:
    """How often an action comes in a week (its Monday) and market, blank if not known."""

    is_ours: bool
    week: date
    market: str
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class Hit:
    """How many customers an action of ours hits, and how many of them within some days."""

    action: str
    customers: int
    soon: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An order of the calendar: a row of `foreseen`, and the rule that gives it."""

    cells: Mapping[str, Any]
    rule: Rule

    @property
    def day(self) -> date:
        day: date = self.cells["day"]
        return day

    @property
    def money(self) -> Mapping[str, Money]:
        """The amounts known on that day, by fact."""
        found: dict[str, Decimal | None] = {name: self.cells[name] for name in AMOUNTS}
        return {
            name: Money(amount, self.cells[currency_of(name)] or None)
            for name, amount in found.items()
            if amount is not None
        }


@dataclass(frozen=True, slots=True)
class Calendar:
    """The relation `foreseen` in some tables; `left_out` subscriptions are not covered.

    `rules` has the rules by where they stand, and by name.
    """

    day: date
    until: date
    actions: Mapping[str, ActionSpec]
    rules: Mapping[tuple[str, str], Rule] = field(repr=False)
    tables: Tables = field(repr=False)
    subscriptions: int
    left_out: int
    not_known: NotKnown

    def entries(self) -> Iterator[Entry]:
        """Every order, by day, subscription and track."""
        return self._entries(_ENTRIES)

    def ours(self, most: int) -> list[Entry]:
        """The first ones of our own: by the harm that they do, then as all others."""
        harms = {name: spec.harm for name, spec in self.actions.items()}
        ordered = [name for harm in HARDEST for name in harms if harms[name] is harm]
        rank = " ".join(f"WHEN {literal(name)} THEN {n}" for n, name in enumerate(ordered))
        harm = f"CASE action {rank} ELSE {len(ordered)} END" if ordered else "0"
        return list(self._entries(f"{_OURS} ORDER BY {harm}, {_ORDER} LIMIT {most}"))

    def count_ours(self) -> int:
        ((count,),) = self.tables.found("SELECT count(*) FROM foreseen WHERE is_ours")
        return int(count)

    def counts(self) -> tuple[Count, ...]:
        return tuple(Count(*row) for row in self.tables.found(_COUNTS))

    def hits(self, within: timedelta) -> list[Hit]:
        """The customers that each action of ours hits, by the action's name."""
        soon = (self.day + within).isoformat()
        return [Hit(*row) for row in self.tables.found(_hits(soon))]

    def orders_of_the_first_day(self) -> list[str]:
        """The ids of our orders on each subscription's first day, sorted."""
        return [id_ for (id_,) in self.tables.found(_FIRST)]

    def _entries(self, query: str) -> Iterator[Entry]:
        for rows in self.tables.blocks(query):
            for row in rows:
                cells = dict(zip(FORESEEN, row, strict=True))
                yield Entry(cells, self.rules[cells["source"], cells["rule"]])


_CELLS = ", ".join(f'"{name}"' for name in FORESEEN)
HARDEST = (Harm.DATA, Harm.ACCESS, Harm.MONEY)
_ORDER = "day, subscription_id, track_index"
_ENTRIES = f"SELECT {_CELLS} FROM foreseen ORDER BY {_ORDER}"  # noqa: S608  names of ours
_OURS = f"SELECT {_CELLS} FROM foreseen WHERE is_ours"  # noqa: S608  names of ours
_COUNTS = """
SELECT is_ours, CAST(date_trunc('week', day) AS DATE) AS week, market, action, count(*)
FROM foreseen GROUP BY ALL
ORDER BY is_ours DESC, week, market, action
"""
_FIRST = "SELECT action_id FROM foreseen WHERE is_ours AND is_first_day ORDER BY 1"


def _hits(soon: str) -> str:
    # Whose customer is not known is one by itself; no id of a customer begins with a blank.
    return f"""
        SELECT action, count(DISTINCT customer), count(DISTINCT customer) FILTER (day <= '{soon}')
        FROM (
            SELECT action, day,
                coalesce(nullif(customer_id, ''), ' ' || subscription_id) AS customer
            FROM foreseen WHERE is_ours
        )
        GROUP BY action ORDER BY action
    """  # noqa: S608  a day of ours
