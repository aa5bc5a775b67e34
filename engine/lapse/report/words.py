"""Words for people that several reports use: counts, amounts, actions."""

from collections.abc import Iterable
from decimal import Decimal
from textwrap import wrap

from lapse.money import CENTS
from lapse.rule import Harm

WIDTH = 80


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 customer`, `2 customers`, `2,150 customers`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def amount_text(amount: Decimal, currency: str) -> str:
    """`212,400 NOK`; cents where there are some."""
    shown = f"{amount:,.0f}" if amount == amount.to_integral() else f"{amount.quantize(CENTS):,}"
    return f"{shown} {currency}".rstrip()


def joined(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = [*parts] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def happens(action: str, harm: Harm | None, number: int) -> str:
    """What an action is to the customer, for one or several: `are suspended`."""
    if action in ACTIONS:
        one, several = ACTIONS[action]
    elif harm is not None:
        one, several = (f"{words} (`{action}`)" for words in HARMS[harm])
    else:
        one, several = f"gets `{action}`", f"get `{action}`"
    return one if number == 1 else several


ACTIONS = {
    "suspend": ("is suspended", "are suspended"),
    "delete": ("loses data", "lose data"),
    "cancel": ("is cancelled", "are cancelled"),
    "notify": ("is notified", "are notified"),
    "reactivate": ("is reactivated", "are reactivated"),
}
HARMS = {
    Harm.ACCESS: ("loses access", "lose access"),
    Harm.DATA: ("loses data", "lose data"),
    Harm.MONEY: ("pays", "pay"),
}


def wrapped(text: str, indent: str = "  ", further: str = "    ") -> list[str]:
    return wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
