"""Generated subscriptions as cells of an export, with dates near every threshold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.agreement.conditions import AMOUNTS, DAYS

Cells = Mapping[str, str | None]
"""A row: fact and text; null is a blank cell, and a fact without an entry has no column."""


@dataclass(frozen=True, slots=True)
class LedgerText:
    """Invoices as lines `id due_date balance currency status`, those of its customer with `*`.

    The currency `~` is that of the subscription, `-` is none.
    """

    lines: tuple[str, ...]
    is_whole: bool


CHOSEN: Mapping[str, tuple[str | None, ...]] = {
    "customer_id": ("C1", "C2", "C3", "C4"),
    "product": ("P1", "P1", "P2", "P3", "P9"),
    "segment": ("S1", "S2", "S9"),
    "market": ("NO", "NO", "SE", "DE", "US", "FR", "JP"),
    "program": ("legacy", "legacy", "nce", "other", "azure"),
    "seats": ("0", "1", "4", "5", "25"),
    "min_seats": ("1", "5"),
    "seats_removable": ("0", "1", "5"),
    "unit_price": ("0", "10.50 NOK", "99.9999 EUR", "20"),
    "next_unit_price": ("0", "12 NOK", "20"),
    "currency": ("NOK", "NOK", "EUR", "USD", None, None),
    "billing_cycle": ("monthly", "annual", "none", "triennial"),
    "commitment_months": ("1", "12", "36"),
    "auto_renew": ("yes", "no"),
    "trial": ("no", "no", "no", "no", "yes"),
    "disputed": ("no", "no", "no", "no", "yes"),
    "vip": ("no", "no", "no", "no", "yes"),
    "at_term_end": (None, None, "renew", "cancel", "extend"),
    "tier": (None, "gold", "silver", "bronze"),
    "patience": ("0", "2", "5"),
    "credit": ("0", "100 NOK", "100", "50 EUR"),
    "unpaid_invoices": ("0", "1", "3"),
    "request": (None, None, "reduce_seats", "cancel", "add_seats"),
}
DATED: Mapping[str, float] = {
    "term_start": 0.9,
    "term_end": 0.8,
    "purchased_on": 0.8,
    "past_due_since": 0.85,
    "hold_until": 0.35,
    "reviewed_on": 0.6,
    "requested_on": 0.6,
}
"""How often each date stands in its cell."""

BLANKS = 0.06
SCOPE_BLANKS = 0.055
"""How often a cell that would hold something is blank; keys of the cascade less often."""

SCOPE_FACTS = frozenset({"customer_id", "product", "segment", "market", "program"})


@dataclass(frozen=True, slots=True)
class Rows:
    """Draws rows around a base day."""

    draw: Random
    base: date
    columns: frozenset[str]

    def row(self, number: int) -> Cells:
        draw = self.draw
        cells: dict[str, str | None] = {
            name: None if draw.random() < blanks_of(name) else draw.choice(values)
            for name, values in CHOSEN.items()
        }
        for name, chance in DATED.items():
            cells[name] = self.near() if draw.random() < chance else None
        cells["term_end"] = self.end_of_term()
        cells["cancellable_until"] = self.instant() if draw.random() < 0.75 else None
        cells["debt"] = self.debt()
        cells |= self.status()
        cells["subscription_id"] = f"s{number}"
        return {name: cell for name, cell in cells.items() if name in self.columns}

    def edit(self) -> Cells:
        """What changes in a row from one night to the next."""
        draw = self.draw
        changes: Cells = draw.choice(
            (
                {"debt": "0"},
                {"debt": self.debt(), "past_due_since": self.near()},
                {"hold_until": self.near()},
                {"disputed": "yes"},
                {"request": "reduce_seats", "requested_on": self.near()},
                self.status(),
                {"status": "active", "suspended_on": None, "suspended_for": None},
                {"market": draw.choice(("DE", "US", None))},
            )
        )
        return {name: cell for name, cell in changes.items() if name in self.columns}

    def status(self) -> Cells:
        """A status with the dates that belong to it, which are not always told."""
        draw = self.draw
        kind = draw.choice(("active",) * 9 + ("suspended",) * 7 + ("deleted", "cancelled", None))
        cells: dict[str, str | None] = {
            "status": kind,
            "suspended_on": None,
            "suspended_for": None,
            "cancelled_on": None,
            "deleted_on": None,
        }
        if kind in {"suspended", "cancelled", "deleted"} and draw.random() < 0.85:
            cells[f"{kind}_on"] = self.near()
        if kind == "suspended" and draw.random() < 0.85:
            cells["suspended_for"] = draw.choice(("debt", "debt", "debt", "customer", "fraud"))
        return cells

    def debt(self) -> str | None:
        draw = self.draw
        if draw.random() < 0.3:
            return draw.choice((None, "0", "0", "0", "0.00", "0 NOK", "99999999999999.9999"))
        currency = draw.choice(("", "", "", " NOK", " EUR"))
        return draw.choice((*AMOUNTS, "-20")) + currency

    def near(self) -> str:
        """A day on which some threshold is passed in one of the nights, or nearly."""
        draw = self.draw
        distance = draw.choice(DAYS) + draw.choice((-1, 0, 0, 1))
        if draw.random() < 0.8:
            distance = -distance
        return (self.base + timedelta(days=distance + draw.choice((0, 0, 1, 2, 4)))).isoformat()

    def end_of_term(self) -> str | None:
        if self.draw.random() < 0.2:
            return None
        distance = self.draw.choice((-14, -3, -2, -1, 0, 0, 1, 3, 5, 7, 14, 15))
        return (self.base + timedelta(days=distance)).isoformat()

    def instant(self) -> str:
        day = self.base + timedelta(days=self.draw.choice((0, 0, 0, 1, 1, 2, 3)))
        return f"{day.isoformat()}T{self.draw.choice(('00:00:00Z', '22:30:00Z', '12:00:00+02:00'))}"


def blanks_of(fact: str) -> float:
    return SCOPE_BLANKS if fact in SCOPE_FACTS else BLANKS


def ledger(draw: Random, base: date) -> LedgerText | None:
    """Invoices of one row that fall due before and between the nights; most rows have none."""
    if draw.random() < 0.6:
        return None
    currencies = draw.choice(
        (("NOK",), ("NOK", "NOK", "~"), ("~",), ("NOK", "-"), ("EUR",), ("NOK", "EUR"))
    )
    lines = []
    for number in range(draw.choice((0, 1, 1, 2, 3, 4, 5))):
        distance = draw.choice((*(-days for days in DAYS), -1, -1, 0, 0, 1, 2, 3))
        due_date = base + timedelta(days=distance)
        balance = draw.choice((*AMOUNTS[1:], "20", "50", "100", "-20", "-20", "-50"))
        status = draw.choice(("open",) * 7 + ("paid", "draft", "disputed"))
        mark = draw.choice(("", "", "*"))
        lines.append(f"I{number} {due_date} {balance} {draw.choice(currencies)} {status} {mark}")
    return LedgerText(tuple(lines), draw.random() < 0.9)
