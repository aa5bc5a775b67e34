"""Amounts of money: decimal with four places, never a float, never added across currencies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PLACES = Decimal("0.0001")
CENTS = Decimal("0.01")

# 14 digits before the point: with four places an amount fits DECIMAL(18, 4) everywhere.
_AMOUNT = re.compile(r"[+-]?\d{1,14}(\.\d+)?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency; null when the currency is not known (zero needs none)."""

    amount: Decimal
    currency: str | None = None

    @property
    def is_zero(self) -> bool:
        return self.amount == 0

    def __str__(self) -> str:
        shown = f"{self.amount.quantize(CENTS, ROUND_HALF_UP):f}"
        return f"{shown} {self.currency}" if self.currency else shown


@dataclass(frozen=True, slots=True)
class MoneyTable:
    """A money term's value: an amount for each currency, and maybe one for all `other` ones."""

    amounts: Mapping[str, Decimal]
    other: Decimal | None = None

    def amount_in(self, currency: str | None) -> Decimal | None:
        """The amount for a currency; null when there is none, or no currency is given."""
        if currency is None:
            return None
        return self.amounts.get(currency, self.other)

    def every_amount(self) -> tuple[Decimal, ...]:
        """Every amount it has for any currency; empty when some currency has none."""
        return () if self.other is None else (*self.amounts.values(), self.other)

    def __str__(self) -> str:
        named = [str(Money(amount, code)) for code, amount in sorted(self.amounts.items())]
        if self.other is not None:
            named.append(f"{Money(self.other)} other")
        return ", ".join(named)


def parse_amount(text: str) -> Decimal | None:
    """A decimal with at most 14 digits and four places, or null; no exponent, comma or spaces.

    >>> parse_amount("1200.5"), parse_amount("1,200")
    (Decimal('1200.5000'), None)
    """
    if not text.isascii() or not _AMOUNT.fullmatch(text):
        return None
    amount = Decimal(text)
    rounded = amount.quantize(PLACES, ROUND_HALF_UP)
    return rounded if rounded == amount else None


def parse_money(text: str) -> Money | None:
    """An amount with or without a currency, such as `1200 NOK` or `1200.50`; null for other text.

    >>> parse_money("1200 NOK")
    Money(amount=Decimal('1200.0000'), currency='NOK')
    """
    number, _, currency = text.strip().partition(" ")
    amount = parse_amount(number)
    currency = currency.strip()
    if amount is None or (currency and not _CURRENCY.fullmatch(currency)):
        return None
    return Money(amount, currency or None)
