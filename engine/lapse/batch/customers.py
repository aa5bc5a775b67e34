"""What a run means for each customer: actions, holds, and money with each subscription once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import nsmallest

from lapse.batch.columns import Cells
from lapse.batch.rows import AMOUNTS, LIST_MARK, Judged
from lapse.money import Money

LARGEST = 5


@dataclass(slots=True)
class Customer:
    """Sums over a customer's subscriptions; money by amount and currency."""

    name: str = ""
    markets: set[str] = field(default_factory=set)
    subscriptions: int = 0
    actions: int = 0
    held: int = 0
    money: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    @property
    def debts(self) -> dict[str, Decimal]:
        """What is owed, in each currency in which anything is."""
        return {
            currency: amount
            for (name, currency), amount in self.money.items()
            if name == "debt" and amount > 0
        }

    @property
    def is_told(self) -> bool:
        return bool(self.actions or self.held or self.debts)

    def text(self, name: str) -> str:
        """`1200.00 NOK; 30.00 EUR`, by currency."""
        sums = sorted(
            (currency, money) for (of, currency), money in self.money.items() if of == name
        )
        return LIST_MARK.join(str(Money(amount, currency or None)) for currency, amount in sums)


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
        self._found: dict[tuple[str, str], Customer] = {}

    def add(self, judged: Judged, actions: int, held: int) -> None:
        """Counts one subscription."""
        id_, name = judged.text("customer_id"), judged.text("customer_name")
        customer = self._found.setdefault((id_, "" if id_ else name), Customer())
        customer.name = min(filter(None, (customer.name, name)), default="")
        customer.markets |= {judged.text("market")} - {""}
        customer.subscriptions += 1
        customer.actions += actions
        customer.held += held
        for what in AMOUNTS:
            money = judged.amount(what)
            if money is not None and (money.currency or not money.is_zero):
                key = what, money.currency or ""
                customer.money[key] = customer.money.get(key, Decimal(0)) + money.amount

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
            for currency, debt in customer.debts.items()
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
