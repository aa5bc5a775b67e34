"""The actions, holds and money of each customer in a run; each subscription counts once.

An invoice shared by a customer's subscriptions counts once, so debts are summed by customer.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from heapq import merge
from itertools import groupby
from operator import itemgetter

from lapse.model.invoices import OF_SUBSCRIPTION, Owed, Sums
from lapse.model.money import Money
from lapse.model.tables import Cells
from lapse.runs.groups import Group, Untold
from lapse.runs.rows import AMOUNTS, LIST_MARK, JudgedRow

LARGEST = 5
DEBT, MONTHLY = "debt", "monthly_amount"
ACTED_ON = " acted on"


Amounts = Mapping[str, Decimal]
"""Amounts by currency; a blank currency is an unknown one."""

ZERO = Decimal(0)


@dataclass(slots=True)
class Debts:
    """A customer's balances from invoices, by currency; credits are negative, and lower the debt.

    `own` sums the invoices of single subscriptions, `acted_on` only of those we act on.
    `shared` sums the invoices for all subscriptions together, as of the latest day judged.
    """

    own: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    acted_on: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    shared: Sums = field(default_factory=dict)
    day: date = date.min
    is_any_acted_on: bool = False
    currencies: set[str] = field(default_factory=set)

    def add(self, owed: Owed, day: date, currency: str, *, is_acted_on: bool) -> None:
        """Adds one subscription; `currency` is that of its row, or blank."""
        self.currencies |= {currency} - {""}
        for named, amount in owed.own.items():
            self.own[named or ""] += amount
            if is_acted_on:
                self.acted_on[named or ""] += amount
        if owed.shared and day > self.day:
            self.shared, self.day = owed.shared, day
        self.is_any_acted_on |= is_acted_on

    def owed(self) -> Amounts:
        """The debt of all subscriptions together, by currency; 0 where credits exceed it."""
        shared = self._shared()
        return {
            currency: max(ZERO, self.own.get(currency, ZERO) + shared.get(currency, ZERO))
            for currency in self.own.keys() | shared.keys()
        }

    def owed_acted_on(self) -> Amounts:
        """`owed` of subscriptions with an action of ours, with all shared debt if there are any."""
        acted_on = defaultdict(Decimal, self.acted_on)
        for currency, amount in self._shared().items() if self.is_any_acted_on else ():
            acted_on[currency] += amount
        return {
            currency: max(ZERO, min(owed, acted_on[currency]))
            for currency, owed in self.owed().items()
        }

    def _shared(self) -> Amounts:
        """The shared balances; `OF_SUBSCRIPTION` becomes the rows' only currency, or else blank."""
        only = next(iter(self.currencies)) if len(self.currencies) == 1 else ""
        amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
        for named, amount in self.shared.items():
            amounts[only if named == OF_SUBSCRIPTION else named or ""] += amount
        return amounts


@dataclass(slots=True)
class Customer:
    """Sums over a customer's subscriptions; `money` is by an amount's name and currency.

    Debts from columns are in `money`, debts from invoices in `debts`.
    """

    name: str = ""
    markets: set[str] = field(default_factory=set)
    subscriptions: int = 0
    actions: int = 0
    held: int = 0
    money: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    debts: Debts | None = None

    def add_money(self, judged: JudgedRow, *, is_acted_on: bool) -> None:
        owed = judged.subscription.owed
        if owed is not None:
            self.debts = self.debts or Debts()
            day, currency = judged.moment.day, judged.text("currency")
            self.debts.add(owed, day, currency, is_acted_on=is_acted_on)
        for what in AMOUNTS:
            money = judged.amount(what)
            if money is not None and (money.currency or not money.is_zero):
                key = what, money.currency or ""
                # A debt from invoices adds only its currency, so that nothing owed is shown as 0.
                amount = Decimal(0) if what == DEBT and owed is not None else money.amount
                self.money[key] = self.money.get(key, Decimal(0)) + amount

    def add_group(self, group: Group) -> None:
        """Counts rows as they are counted one by one."""
        self.name = min(filter(None, (self.name, group.customer_name)), default="")
        self.markets |= {group.market} - {""}
        self.subscriptions += group.rows
        self.actions += group.actions
        self.held += group.held
        if group.owed is not None:
            self.debts = self.debts or Debts()
            self.debts.add(group.owed, group.day, group.currency, is_acted_on=group.is_acted_on)
        for what, each in group.sums.items():
            if each.telling:
                is_by_invoices = what == DEBT and group.owed is not None
                total = ZERO if is_by_invoices else each.total or ZERO
                key = what, each.currency
                self.money[key] = self.money.get(key, ZERO) + total

    def sums(self, name: str) -> Amounts:
        """The sums of the amount with this name, by currency."""
        amounts = {currency: money for (of, currency), money in self.money.items() if of == name}
        for currency, amount in self.debts.owed().items() if self.debts and name == DEBT else ():
            if currency or amount:
                amounts[currency] = amounts.get(currency, Decimal(0)) + amount
        return amounts

    @property
    def owed(self) -> Amounts:
        """The debts by currency, only those above 0."""
        return {currency: amount for currency, amount in self.sums(DEBT).items() if amount > 0}

    @property
    def is_told(self) -> bool:
        return bool(self.actions or self.held or self.owed)

    def text(self, name: str) -> str:
        """The sums of an amount as text, such as `30.00 EUR; 1200.00 NOK`, sorted by currency."""
        return LIST_MARK.join(
            str(Money(amount, currency or None))
            for currency, amount in sorted(self.sums(name).items())
        )


@dataclass(frozen=True, slots=True)
class MoneySum:
    """A run's money in one currency; each subscription and each invoice counts once.

    `debt` is of all subscriptions decided, the other amounts of those with an action of ours.
    """

    currency: str
    debt: Decimal
    debt_acted_on: Decimal
    monthly_acted_on: Decimal


@dataclass(frozen=True, slots=True)
class LargeDebt:
    """A customer's debt, one of the largest in its currency."""

    currency: str
    customer_id: str
    customer_name: str
    debt: Decimal
    actions: int
    held: int


Key = tuple[str, str]
"""A customer's id, or blank and its name."""


def key_of(id_: str, name: str) -> Key:
    return id_, "" if id_ else name


class Customers:
    """All customers of a run, by id; where the id is unknown, by name.

    The sums of a run are complete once all `rows` are read.
    """

    def __init__(self) -> None:
        self.in_several_currencies = 0
        self._found: dict[Key, Customer] = {}
        self._money: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._largest: dict[str, list[LargeDebt]] = {}

    def add(self, judged: JudgedRow, actions: int, held: int) -> None:
        """Adds one subscription; `actions` and `held` count its orders that are ours."""
        id_, name = judged.text("customer_id"), judged.text("customer_name")
        customer = self._found.setdefault(key_of(id_, name), Customer())
        # The alphabetically first of its names, so that the order of rows does not matter.
        customer.name = min(filter(None, (customer.name, name)), default="")
        customer.markets |= {judged.text("market")} - {""}
        customer.subscriptions += 1
        customer.actions += actions
        customer.held += held
        customer.add_money(judged, is_acted_on=actions > 0)
        self._add_money(judged, is_acted_on=actions > 0)

    def _add_money(self, judged: JudgedRow, *, is_acted_on: bool) -> None:
        """Adds a subscription's own amounts to the run's sums; `money` adds debts from invoices."""
        owed = judged.subscription.owed
        self.in_several_currencies += owed is not None and owed.is_in_several_currencies
        for name in (DEBT, MONTHLY) if owed is None else (MONTHLY,):
            money = judged.amount(name)
            if money is not None and not money.is_zero:
                currency = money.currency or ""
                self._money[currency, name] += money.amount
                if is_acted_on:
                    self._money[currency, name + ACTED_ON] += money.amount

    def add_untold(self, untold: Untold) -> None:
        """Counts rows of customers without a row of their own: a run tells of their currency."""
        if untold.is_any:
            self._money[untold.currency, MONTHLY] += ZERO

    def rows(self, groups: Iterator[Group]) -> Iterator[Cells]:
        """The rows of `customers`: those with an action of ours, a hold or a debt, sorted by id.

        `groups` are of further rows, those of a customer together, in the order of their keys.
        """
        # One customer at a time: a large estate has more of them than fit into memory.
        for (id_, _), customer in self._every(groups):
            self._sum_up(id_, customer)
            if customer.is_told:
                yield (
                    id_,
                    customer.name,
                    LIST_MARK.join(sorted(customer.markets)),
                    str(customer.subscriptions),
                    str(customer.actions),
                    str(customer.held),
                    *(customer.text(what) for what in AMOUNTS),
                )

    def _every(self, groups: Iterator[Group]) -> Iterator[tuple[Key, Customer]]:
        """All customers, in the order of their keys; none is kept."""
        added = ((key_of(each.customer_id, each.customer_name), each) for each in groups)
        found: Iterator[tuple[Key, Customer | Group]] = (
            (key, self._found[key]) for key in sorted(self._found)
        )
        for key, parts in groupby(merge(found, added, key=itemgetter(0)), key=itemgetter(0)):
            customer = self._found.pop(key, None) or Customer()
            for _, part in parts:
                if isinstance(part, Group):
                    customer.add_group(part)
                    self._add_money_of(part)
            yield key, customer

    def _add_money_of(self, group: Group) -> None:
        for what, each in group.sums.items():
            is_by_invoices = what == DEBT and group.owed is not None
            if each.not_zero and what in {DEBT, MONTHLY} and not is_by_invoices:
                self._money[each.currency, what] += each.total or ZERO
                if group.is_acted_on:
                    self._money[each.currency, what + ACTED_ON] += each.total or ZERO

    def _sum_up(self, id_: str, customer: Customer) -> None:
        """Adds a whole customer's debts to the sums of the run, and to the largest."""
        debts = customer.debts
        owed, acted_on = (debts.owed(), debts.owed_acted_on()) if debts else ({}, {})
        for name, amounts in ((DEBT, owed), (DEBT + ACTED_ON, acted_on)):
            for currency, amount in amounts.items():
                if amount:
                    self._money[currency, name] += amount
        for currency, amount in customer.owed.items():
            large = self._largest.setdefault(currency, [])
            debt = LargeDebt(currency, id_, customer.name, amount, customer.actions, customer.held)
            insort(large, debt, key=lambda it: (-it.debt, it.customer_id, it.customer_name))
            del large[LARGEST:]

    def money(self) -> tuple[MoneySum, ...]:
        """The sums of a run, by currency."""
        sums, told = self._money, (DEBT, DEBT + ACTED_ON, MONTHLY + ACTED_ON)
        return tuple(
            MoneySum(currency, *(sums.get((currency, name), ZERO) for name in told))
            for currency in sorted({currency for currency, _ in sums})
        )

    def largest(self) -> tuple[LargeDebt, ...]:
        """The largest debts by currency, the largest first in each."""
        return tuple(debt for _, large in sorted(self._largest.items()) for debt in large)
