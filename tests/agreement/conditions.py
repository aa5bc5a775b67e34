"""Conditions of generated rules, as YAML text: tests near the edges that the populations have."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.agreement.words import Words

DAYS = (0, 1, 2, 3, 5, 7, 14)
"""Thresholds; the dates of a population lie this far from the nights, give or take a day."""

AMOUNTS = ("0", "50", "100", "100.01", "1200")
ORDERINGS = ("lt", "lte", "gt", "gte")
MARKET_COUNTERS = ("days_past_due", "days_suspended", "days_since_reviewed_on")
OTHER_COUNTERS = (
    "days_until_term_end",
    "days_since_term_start",
    "days_since_purchase",
    "days_until_hold_ends",
    "days_until_reviewed_on",
    "days_until_cancellation_closes",
    "days_since_term_end",
    "days_cancelled",
)
DAY_TERMS = ("grace_days", "retention_days", "wait_days")
DATE_FACTS = ("past_due_since", "term_end", "term_start", "hold_until", "reviewed_on")


@dataclass(frozen=True, slots=True)
class Leaves:
    """Draws single tests; `has_stage` offers `$stage`, `may_ask_known` the test of that name."""

    draw: Random
    base: date
    words: Words
    has_stage: bool = False
    may_ask_known: bool = False
    may_subtract: bool = False

    def leaf(self) -> tuple[str, str]:
        """A name and its test."""
        kinds: list[Callable[[], tuple[str, str]]] = [
            *[self.counter] * 6,
            *[self.flag] * 3,
            *[self.choice] * 3,
            *[self.money] * 3,
            self.day,
            *[self.number] * 2,
            self.text,
            self.term,
            *[self.presence] * 3,
        ]
        if self.may_ask_known:
            kinds += [self.known] * 3
        return self.draw.choice(kinds)()

    def counter(self) -> tuple[str, str]:
        draw = self.draw
        name = draw.choice(MARKET_COUNTERS if draw.random() < 0.6 else OTHER_COUNTERS)
        total = self.words.total(has_stage=self.has_stage, is_harmless=self.may_subtract)
        if total is not None:
            return name, f"{{{draw.choice((*ORDERINGS, 'ne'))}: {total}}}"
        if self.has_stage and draw.random() < 0.3:
            return name, f"{{{draw.choice(('gt', 'gte'))}: $stage}}"
        match draw.randrange(10):
            case 0:
                return name, str(draw.choice(DAYS))
            case 1:
                return name, f"[{', '.join(map(str, draw.sample(DAYS, 3)))}]"
            case 2:
                return name, f"{{ne: {draw.choice(DAYS)}}}"
            case 3:
                return name, f"{{not_in: [{', '.join(map(str, draw.sample(DAYS, 2)))}]}}"
            case 4:
                low = draw.choice(DAYS)
                return name, f"{{gte: {low}, lte: {low + draw.choice(DAYS)}}}"
            case 5:
                return name, f"{{{draw.choice(ORDERINGS)}: $patience}}"
            case 6 | 7:
                return name, f"{{{draw.choice(ORDERINGS)}: ${draw.choice(DAY_TERMS)}}}"
            case _:
                return name, f"{{{draw.choice(('gt', 'gte', 'gt', 'gte', 'lte'))}: {self.days()}}}"

    def flag(self) -> tuple[str, str]:
        draw = self.draw
        name = draw.choice(("disputed", "trial", "vip", "auto_renew", *["cancellation_open"] * 5))
        operand = draw.choice(("yes", "no", "no", "{ne: yes}", "$auto_renew"))
        return name, "no" if operand == f"${name}" else operand

    def choice(self) -> tuple[str, str]:
        return self.draw.choice(
            (
                ("status", "active"),
                ("status", "suspended"),
                ("status", "[active, suspended]"),
                ("status", "{not_in: [deleted, cancelled]}"),
                ("status", "{ne: deleted}"),
                ("at_term_end", "{ne: cancel}"),
                ("at_term_end", "[renew, cancel]"),
                ("suspended_for", "debt"),
                ("suspended_for", "{not_in: [fraud, customer]}"),
                ("billing_cycle", "{ne: annual}"),
                ("tier", "[gold, silver]"),
                ("billing_cycle", "[monthly, none]"),
                ("billing_cycle", "{not_in: [annual, triennial]}"),
                ("tier", "{ne: gold}"),
                ("tier", "{not_in: [bronze, silver]}"),
                ("request", "reduce_seats"),
            )
        )

    def money(self) -> tuple[str, str]:
        draw = self.draw
        derived = ("monthly_amount", "next_monthly_amount", "commitment_left")
        name = draw.choice(("debt", "debt", "debt", "credit", *derived))
        operator = draw.choice((*ORDERINGS, *ORDERINGS, "ne"))
        operand = draw.choice(
            (
                "$debt_tolerance",
                "$debt_tolerance",
                "$debt_tolerance",
                "0",
                "100 NOK",
                f"{draw.choice(AMOUNTS[1:])} {draw.choice(('NOK', 'EUR'))}",
                "$credit",
                "$monthly_amount",
                "$next_monthly_amount",
                "$commitment_left",
                "99999999999999.9999 NOK",
            )
        )
        if operand[1:] == name:
            operand = "0"
        return name, f"{{{operator}: {operand}}}"

    def day(self) -> tuple[str, str]:
        draw = self.draw
        if draw.random() < 0.2:
            instant = f"{self.base.isoformat()}T{draw.choice(('00:30:00Z', '22:30:00+01:00'))}"
            return "cancellable_until", f"{{{draw.choice(ORDERINGS)}: {instant}}}"
        name = draw.choice(DATE_FACTS)
        near = self.base + timedelta(days=draw.choice((-14, -7, -1, 0, 1)))
        others = [f"${fact}" for fact in DATE_FACTS if fact != name]
        operand = draw.choice(("$cutoff", near.isoformat(), draw.choice(others)))
        return name, f"{{{draw.choice((*ORDERINGS, 'ne'))}: {operand}}}"

    def number(self) -> tuple[str, str]:
        return self.draw.choice(
            (
                ("seats", "{lt: $seat_minimum}"),
                ("seats", "{gte: $min_seats}"),
                ("seats", "{gt: 1}"),
                ("seats", "[1, 5, 25]"),
                ("min_seats", "[5, 7]"),
                ("seats_floor", "{gte: 5}"),
                ("seats_floor", "{lt: $seat_minimum}"),
                ("seats", "{gt: $seats_floor}"),
                ("unpaid_invoices", "{lte: 1}"),
                ("commitment_months", "{gt: $shortest_months}"),
                ("commitment_months", "{ne: 12}"),
            )
        )

    def text(self) -> tuple[str, str]:
        return self.draw.choice(
            (
                ("market", '"NO"'),
                ("market", "{not_in: [FR, US]}"),
                ("region", "{ne: dach}"),
                ("region", "nordics"),
                ("segment", "$house"),
                ("segment", "{ne: $house}"),
                ("product", "[P1, P2]"),
                ("customer_id", "{ne: C1}"),
                ("customer_id", f"[{', '.join(f'C{number}' for number in range(2, 40))}]"),
            )
        )

    def term(self) -> tuple[str, str]:
        return self.draw.choice(
            (
                ("is_strict", "no"),
                ("is_strict", "{ne: yes}"),
                ("plan", "{ne: b}"),
                ("plan", "[a, b]"),
                ("grace_days", "{gt: 2}"),
                ("wait_days", "{lt: $grace_days}"),
                ("cutoff", f"{{lte: {self.base.isoformat()}}}"),
            )
        )

    def presence(self) -> tuple[str, str]:
        name = self.draw.choice(
            (
                "past_due_since",
                "hold_until",
                "tier",
                "patience",
                "patience",
                "auto_renew",
                "request",
            )
        )
        return name, f"{{present: {self.draw.choice(('yes', 'yes', 'no'))}}}"

    def known(self) -> tuple[str, str]:
        name = self.draw.choice(("seats", "min_seats", "unit_price", "term_end", "auto_renew"))
        return name, f"{{known: {self.draw.choice(('yes', 'no'))}}}"

    def days(self) -> int:
        return self.draw.choice(DAYS)


def condition(leaves: Leaves, *fixed: tuple[str, str], extra: int = 1) -> str:
    """A condition as YAML: tests that are given, and some drawn ones, maybe nested."""
    draw = leaves.draw
    parts = list(fixed)
    for _ in range(extra):
        match draw.randrange(7) if draw.random() < 0.95 else 9:
            case 9:
                parts.append(("all", _wide(leaves)))
            case 0:
                parts.append(("any", _either(leaves)))
            case 1:
                parts.append(("not", f"{{{_pair(leaves.leaf())}}}"))
            case 2:
                parts.append(("all", f"[{{{_pair(leaves.leaf())}}}, {{any: {_either(leaves)}}}]"))
            case _:
                parts.append(leaves.leaf())
    return mapping(parts)


def mapping(parts: list[tuple[str, str]]) -> str:
    """A flow mapping; a key that comes again goes under `all`."""
    first: dict[str, str] = {}
    again: list[str] = []
    for key, test in parts:
        if key in first or key == "all":
            again.append(f"{{{key}: {test}}}")
        else:
            first[key] = test
    if again:
        first["all"] = f"[{', '.join(again)}]"
    return f"{{{', '.join(f'{key}: {test}' for key, test in first.items())}}}"


def _either(leaves: Leaves) -> str:
    return f"[{{{_pair(leaves.leaf())}}}, {{{_pair(leaves.leaf())}}}]"


def _wide(leaves: Leaves) -> str:
    """More branches than one rule of an engine takes: every choice of one test from each part."""
    sizes = (4, 3, 3)
    parts = [[f"{{{_pair(leaves.leaf())}}}" for _ in range(size)] for size in sizes]
    either = [f"{{any: [{', '.join(part)}]}}" for part in parts]
    return f"[{', '.join(either)}]"


def _pair(leaf: tuple[str, str]) -> str:
    return f"{leaf[0]}: {leaf[1]}"
