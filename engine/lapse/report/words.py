"""Phrases that several reports share (counts, amounts, actions), and the wrapping of lines."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from textwrap import wrap

from lapse.model.money import CENTS
from lapse.model.rule import Harm
from lapse.report.printable import printable

# The width that a terminal, a mail and a ticket show without breaking lines.
WIDTH = 80
SOON = timedelta(days=7)
HURTS = (Harm.ACCESS, Harm.DATA)
"""The kinds of harm that first sentences count, in this order."""
FACTS = ("customer_id", "customer_name", "market", "program", "product")
"""The facts about a subscription in the rows of a forecast and of a what-if."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 customer`, `2 customers`, `2,150 customers`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def amount_text(amount: Decimal, currency: str) -> str:
    """`212,400 NOK`; cents are shown only if there are any."""
    shown = f"{amount:,.0f}" if amount == amount.to_integral() else f"{amount.quantize(CENTS):,}"
    return f"{shown} {currency}".rstrip()


def joined(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = [*parts] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def happens(action: str, harm: Harm | None, number: int) -> str:
    """What an action does to a number of customers: `is suspended`, `are suspended`."""
    if action in ACTIONS:
        one, several = ACTIONS[action]
    elif harm is not None:
        one, several = (f"{words} (`{action}`)" for words in HARMS[harm])
    else:
        one, several = f"gets `{action}`", f"get `{action}`"
    return one if number == 1 else several


def how_soon(hit: int, soon: int) -> str:
    """`, 3 of them within a week`: `soon` of `hit` customers; blank if there are none."""
    if not soon:
        return ""
    if hit == 1:
        return ", within a week"
    return f", {'all' if soon == hit else f'{soon:,}'} of them within a week"


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
    """A text in lines of at most 80 columns on a terminal; longer words are broken.

    >>> wrapped("株式会社 " * 9)[0]
    '  株式会社 株式会社 株式会社 株式会社 株式会社 株式会社 株式会社 株式会社'
    """
    shown = printable(text)
    # `wrap` counts characters, but wide characters take two columns.
    if shown.isascii():
        return wrap(
            shown, WIDTH, initial_indent=indent, subsequent_indent=further, break_on_hyphens=False
        )
    from rich.console import Console  # noqa: PLC0415  slow to import
    from rich.text import Text  # noqa: PLC0415

    width = WIDTH - max(len(indent), len(further))
    lines = Text(shown.replace("\n", " ")).wrap(Console(width=width), width, overflow="fold")
    return [(further if n else indent) + line.plain.rstrip() for n, line in enumerate(lines)]


def in_lines(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """A text in lines of 80 characters; longer words stay whole, so that a path can be copied."""
    return wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
