"""A customer's debts from invoices, which subscriptions may share: each invoice counts once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lapse.model.invoices import OF_SUBSCRIPTION, Owed, Sums

ZERO = Decimal(0)


@dataclass(slots=True)
class Debts:
    """A customer's balances from invoices, by currency; credits are negative, and lower the debt.

    `own` sums the invoices of single subscriptions, `shared` those for all of them together, as of
    the latest day judged. `runs.results.customers` says the same in SQL.
    """

    own: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    shared: Sums = field(default_factory=dict)
    day: date = date.min
    currencies: set[str] = field(default_factory=set)

    def add(self, owed: Owed, day: date, currency: str) -> None:
        """Adds one subscription; `currency` is that of its row, or blank."""
        self.currencies |= {currency} - {""}
        for named, amount in owed.own.items():
            self.own[named or ""] += amount
        if owed.shared and day > self.day:
            self.shared, self.day = owed.shared, day

    def owed(self) -> Mapping[str, Decimal]:
        """The debt of all subscriptions together, by currency; 0 where credits exceed it."""
        only = next(iter(self.currencies)) if len(self.currencies) == 1 else ""
        sums = self.own.copy()
        for named, amount in self.shared.items():
            sums[only if named == OF_SUBSCRIPTION else named or ""] += amount
        return {currency: max(ZERO, amount) for currency, amount in sums.items()}
