"""What a name can stand for in a formula: a plain value, an amount, or a table of amounts.

Everything is a whole number to the solver: a day its ordinal, an instant its second, a text or
choice its code, a flag 0 or 1, an amount of money ten thousand times itself (four places).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import assert_never

from lapse.model.facts import ABSENT, Known, Missing
from lapse.model.money import PLACES, Money, MoneyTable
from lapse.proofs.formulas import Formula, Number, disj, either, neg

NO_CURRENCY = 0
FIRST_OTHER = 1_000_000
"""Codes from here on stand for texts that no policy names."""
SECONDS = 86_400
ONE = int(1 / PLACES)


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that is no money; absent and unknown are never both true."""

    value: Number
    absent: Formula = False
    unknown: Formula = False

    @property
    def known(self) -> Formula:
        return neg(disj((self.absent, self.unknown)))


@dataclass(frozen=True, slots=True)
class Cash:
    """An amount and the code of its currency."""

    amount: Number
    currency: Number
    absent: Formula = False
    unknown: Formula = False

    @property
    def known(self) -> Formula:
        return neg(disj((self.absent, self.unknown)))


@dataclass(frozen=True, slots=True)
class Amounts:
    """A money term's amounts by the codes of their currencies, and one for all `other` ones."""

    by_currency: tuple[tuple[Number, int], ...]
    other: int | None = None
    absent: Formula = False
    unknown: Formula = False

    def amount_in(self, currency: Number) -> tuple[Formula, Number]:
        """Whether there is an amount in a currency, and which."""
        named = [currency == code for code, _ in self.by_currency]
        is_any = () if self.other is None else (currency != NO_CURRENCY,)
        amount: Number = self.other or 0
        for test, (_, of_it) in zip(named, self.by_currency, strict=True):
            amount = either(test, of_it, amount)
        return disj((*named, *is_any)), amount


Symbol = Plain | Cash | Amounts
NOT_KNOWN = Plain(0, unknown=True)
NOT_THERE = Plain(0, absent=True)


@dataclass(slots=True)
class Codes:
    """A whole number for each text, the same for equal texts; 0 stands for no text."""

    of: dict[str, int] = field(default_factory=dict)

    def code(self, text: str) -> int:
        return self.of.setdefault(text, len(self.of) + 1)

    def text(self, code: int, spare: Iterable[str]) -> str:
        """The text of a code; one that no policy names takes the next of `spare`."""
        if code < FIRST_OTHER:
            return next(text for text, own in self.of.items() if own == code)
        free = [text for text in spare if text not in self.of]
        number = code - FIRST_OTHER
        return free[number] if number < len(free) else f"other-{number + 1}"

    def symbol(self, value: Known | Missing) -> Symbol:
        """A constant."""
        match value:
            case Missing():
                return NOT_THERE if value is ABSENT else NOT_KNOWN
            case Money():
                code = NO_CURRENCY if value.currency is None else self.code(value.currency)
                return Cash(scaled(value.amount), code)
            case MoneyTable():
                named = ((self.code(c), scaled(a)) for c, a in value.amounts.items())
                return Amounts(tuple(named), None if value.other is None else scaled(value.other))
            case tuple():
                return NOT_KNOWN  # a list of days is only ever walked through, by `for_each`
            case str() | int() | date():
                return Plain(self.number(value))
            case _:
                assert_never(value)

    def number(self, value: str | int | date) -> int:
        if isinstance(value, str):
            return self.code(value)
        if isinstance(value, datetime):
            at = value.astimezone(UTC)
            second = at.hour * 3600 + at.minute * 60 + at.second
            return at.toordinal() * SECONDS + second
        return value.toordinal() if isinstance(value, date) else int(value)


def scaled(amount: object) -> int:
    return int(amount / PLACES)  # type: ignore[operator]
