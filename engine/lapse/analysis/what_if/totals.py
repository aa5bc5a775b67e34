"""Totals of a comparison: subscriptions, customers and money, by market, product and more.

A subscription's money counts once, as of the day of its first change in the direction counted.
Balances that a customer's subscriptions share count once for the customer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lapse.analysis.futures import Foreseen
from lapse.analysis.what_if.change import Change, Direction
from lapse.analysis.what_if.compare import Difference
from lapse.analysis.what_if.customer_debts import Debts
from lapse.runs.rows import AMOUNTS

DEBT = "debt"
ALL, ACTION = "all", "action"
BY_FACT = ("market", "program", "product")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Sums of money in one currency; `currency` is blank if it is not known."""

    currency: str
    debt: Decimal
    monthly_amount: Decimal
    commitment_left: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """The subscriptions of one group that change in one direction; the hardest if in several.

    They are grouped by `by` (`all`, `action` or a fact); `value` is blank for all or not known.
    """

    by: str
    value: str
    direction: Direction
    subscriptions: int
    customers: int
    money: tuple[Amounts, ...]


@dataclass(slots=True)
class Adding:
    """Running sums over subscriptions, each added once; `debts` are by customer."""

    subscriptions: int = 0
    customers: set[str] = field(default_factory=set)
    money: defaultdict[tuple[str, str], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    debts: defaultdict[str, Debts] = field(default_factory=lambda: defaultdict(Debts))

    def add(self, difference: Difference, foreseen: Foreseen) -> None:
        self.subscriptions += 1
        customer = difference.future.customer
        self.customers.add(customer)
        for name in AMOUNTS:
            money = foreseen.money.get(name)
            if money is not None and not (name == DEBT and foreseen.owed is not None):
                self.money[money.currency or "", name] += money.amount
        if foreseen.owed is not None:
            currency = difference.future.text("currency")
            self.debts[customer].add(foreseen.owed, foreseen.day, currency)

    def amounts(self) -> tuple[Amounts, ...]:
        sums = self.money.copy()
        for debts in self.debts.values():
            for currency, amount in debts.owed().items():
                sums[currency, DEBT] += amount
        currencies = sorted({currency for (currency, _), amount in sums.items() if amount})
        return tuple(
            Amounts(currency, *(sums.get((currency, name), ZERO) for name in AMOUNTS))
            for currency in currencies
        )


def totals(differences: Iterable[Difference]) -> tuple[Total, ...]:
    """Totals for all subscriptions, each market, program and product, and each action.

    A group has one total for each direction that occurs in it.
    """
    sums: defaultdict[tuple[str, str, Direction], Adding] = defaultdict(Adding)
    for difference in differences:
        for by, value, changes in _groups(difference):
            direction, first = first_of_hardest(changes)
            sums[by, value, direction].add(difference, first.latest)
    order = (ALL, *BY_FACT, ACTION)
    return tuple(
        Total(*key, group.subscriptions, len(group.customers), group.amounts())
        for key, group in sorted(
            sums.items(), key=lambda item: (order.index(item[0][0]), *item[0][1:])
        )
    )


def _groups(difference: Difference) -> Iterator[tuple[str, str, list[Change]]]:
    changes = list(difference.differing)
    if not changes:
        return
    yield ALL, "", changes
    for fact in BY_FACT:
        yield fact, difference.future.text(fact), changes
    for action in {change.latest.name for change in changes}:
        yield ACTION, action, [change for change in changes if change.latest.name == action]


def first_of_hardest(changes: Iterable[Change]) -> tuple[Direction, Change]:
    """The hardest direction of some changes, and the first change in that direction."""
    ordered = sorted(changes, key=lambda change: (_hardest(change), first_day(change)))
    return ordered[0].direction, ordered[0]


def _hardest(change: Change) -> int:
    return (Direction.HARSHER, Direction.GENTLER, Direction.NEUTRAL).index(change.direction)


def first_day(change: Change) -> date:
    """The earlier of a change's days, old and new."""
    return min(each.day for each in (change.old, change.new) if each)
