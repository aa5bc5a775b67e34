"""What a run means for each customer: actions, holds, and money with each subscription once.

An invoice for all subscriptions of a customer counts once, so sums of debts are sums of customers.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from heapq import nsmallest

from lapse.model.invoices import OF_SUBSCRIPTION, Owed, Sums
from lapse.model.money import Money
from lapse.model.tables import Cells
from lapse.runs.rows import AMOUNTS, LIST_MARK, JudgedRow

LARGEST = 5
DEBT, MONTHLY = "debt", "monthly_amount"
ACTED_ON = " acted on"


Amounts = Mapping[str, Decimal]
"""Amounts by currency; blank is one that is not known."""

ZERO = Decimal(0)


@dataclass(slots=True)
class Debts:
    """Sums of the balances that count, credits included; a credit lowers what its customer owes.

    Where subscriptions are judged on different days, the shared balances are those of the latest.
    """

    own: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    acted_on: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    shared: Sums = field(default_factory=dict)
    day: date = date.min
    is_any_acted_on: bool = False
    currencies: set[str] = field(default_factory=set)

    def add(self, owed: Owed, day: date, currency: str, *, is_acted_on: bool) -> None:
        """Counts one subscription; `currency` is the row's, or blank."""
        self.currencies |= {currency} - {""}
        for named, amount in owed.own.items():
            self.own[named or ""] += amount
            if is_acted_on:
                self.acted_on[named or ""] += amount
        if owed.shared and day > self.day:
            self.shared, self.day = owed.shared, day
        self.is_any_acted_on |= is_acted_on

    def owed(self) -> Amounts:
        """What all its subscriptions owe together; never less than nothing."""
        shared = self._shared()
        return {
            currency: max(ZERO, self.own.get(currency, ZERO) + shared.get(currency, ZERO))
            for currency in self.own.keys() | shared.keys()
        }

    def owed_acted_on(self) -> Amounts:
        """What those with an action of ours owe, of all that is owed."""
        acted_on = defaultdict(Decimal, self.acted_on)
        for currency, amount in self._shared().items() if self.is_any_acted_on else ():
            acted_on[currency] += amount
        return {
            currency: max(ZERO, min(owed, acted_on[currency]))
            for currency, owed in self.owed().items()
        }

    def _shared(self) -> Amounts:
        """The shared balances; of those in the currency of their subscriptions, if it is one."""
        only = next(iter(self.currencies)) if len(self.currencies) == 1 else ""
        amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
        for named, amount in self.shared.items():
            amounts[only if named == OF_SUBSCRIPTION else named or ""] += amount
        return amounts


@dataclass(slots=True)
class Customer:
    """Sums over a customer's subscriptions; money by amount and currency.

    What is owed stands in `money` where columns tell it, in `debts` where invoices do.
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
                # Of a debt by invoices only its currency stands here: nothing owed reads 0.
                amount = Decimal(0) if what == DEBT and owed is not None else money.amount
                self.money[key] = self.money.get(key, Decimal(0)) + amount

    def sums(self, name: str) -> Amounts:
        """The sum of an amount in each currency."""
        amounts = {currency: money for (of, currency), money in self.money.items() if of == name}
        for currency, amount in self.debts.owed().items() if self.debts and name == DEBT else ():
            if currency or amount:
                amounts[currency] = amounts.get(currency, Decimal(0)) + amount
        return amounts

    @property
    def owed(self) -> Amounts:
        """What is owed, in each currency in which anything is."""
        return {currency: amount for currency, amount in self.sums(DEBT).items() if amount > 0}

    @property
    def is_told(self) -> bool:
        return bool(self.actions or self.held or self.owed)

    def text(self, name: str) -> str:
        """`1200.00 NOK; 30.00 EUR`, by currency."""
        return LIST_MARK.join(
            str(Money(amount, currency or None))
            for currency, amount in sorted(self.sums(name).items())
        )


@dataclass(frozen=True, slots=True)
class MoneySum:
    """Money in one currency, each subscription and each invoice once.

    `debt` is that of all subscriptions decided, the others are of those with an action of ours.
    """

    currency: str
    debt: Decimal
    debt_acted_on: Decimal
    monthly_acted_on: Decimal


@dataclass(frozen=True, slots=True)
class LargeDebt:
    """One of the largest debts in a currency."""

    currency: str
    customer_id: str
    customer_name: str
    debt: Decimal
    actions: int
    held: int


class Customers:
    """Every customer of a run; subscriptions whose customer is not known stand by name."""

    def __init__(self) -> None:
        self.in_several_currencies = 0
        self._found: dict[tuple[str, str], Customer] = {}
        self._money: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def add(self, judged: JudgedRow, actions: int, held: int) -> None:
        """Counts one subscription."""
        id_, name = judged.text("customer_id"), judged.text("customer_name")
        customer = self._found.setdefault((id_, "" if id_ else name), Customer())
        # The least of its names: results depend on no order of rows.
        customer.name = min(filter(None, (customer.name, name)), default="")
        customer.markets |= {judged.text("market")} - {""}
        customer.subscriptions += 1
        customer.actions += actions
        customer.held += held
        customer.add_money(judged, is_acted_on=actions > 0)
        self._add_money(judged, is_acted_on=actions > 0)

    def _add_money(self, judged: JudgedRow, *, is_acted_on: bool) -> None:
        """Counts what is of one subscription alone; debts by invoices are their customer's."""
        owed = judged.subscription.owed
        self.in_several_currencies += owed is not None and owed.is_in_several_currencies
        for name in (DEBT, MONTHLY) if owed is None else (MONTHLY,):
            money = judged.amount(name)
            if money is not None and not money.is_zero:
                currency = money.currency or ""
                self._money[currency, name] += money.amount
                if is_acted_on:
                    self._money[currency, name + ACTED_ON] += money.amount

    def money(self) -> tuple[MoneySum, ...]:
        """The sums of a run, by currency."""
        sums = self._money.copy()
        for debts in (customer.debts for customer in self._found.values()):
            owed, acted_on = (debts.owed(), debts.owed_acted_on()) if debts else ({}, {})
            for name, amounts in ((DEBT, owed), (DEBT + ACTED_ON, acted_on)):
                for currency, amount in amounts.items():
                    if amount:
                        sums[currency, name] += amount
        told = DEBT, DEBT + ACTED_ON, MONTHLY + ACTED_ON
        return tuple(
            MoneySum(currency, *(sums.get((currency, name), Decimal(0)) for name in told))
            for currency in sorted({currency for currency, _ in sums})
        )

    def rows(self) -> Iterator[Cells]:
        """Those with an action of ours, a hold or a debt, by id."""
        for (id_, _), customer in sorted(self._found.items(), key=lambda item: item[0]):
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

    def largest(self) -> tuple[LargeDebt, ...]:
        """The largest debts of each currency, the largest first."""
        debts = [
            LargeDebt(currency, id_, customer.name, debt, customer.actions, customer.held)
            for (id_, _), customer in self._found.items()
            for currency, debt in customer.owed.items()
        ]
        return tuple(
            large
            for currency in sorted({debt.currency for debt in debts})
            for large in nsmallest(
                LARGEST,
                (debt for debt in debts if debt.currency == currency),
                key=lambda large: (-large.debt, large.customer_id, large.customer_name),
            )
        )
