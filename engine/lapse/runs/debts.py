"""What a customer owes by its invoices, over its subscriptions, those they share counted once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lapse.model.invoices import OF_SUBSCRIPTION, Owed, Sums

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
        found: defaultdict[str, Decimal] = defaultdict(Decimal)
        for named, amount in self.shared.items():
            found[only if named == OF_SUBSCRIPTION else named or ""] += amount
        return found
