"""Reads values with several parts: money by currency, lists of days."""

import re
from decimal import Decimal
from itertools import pairwise

from lapse.model.facts import ValueType, parse_value
from lapse.model.money import MoneyTable, parse_amount, parse_money
from lapse.policy.text.nodes import Mapping, Node, Scalar, Sequence
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import described, written

OTHER = "other"
MOST_DAYS = 100
_CURRENCY = re.compile("[A-Z]{3}")


def money_table(node: Node, problems: Problems) -> MoneyTable | None:
    """An amount for each currency, and maybe one for all others; a bare zero is zero in all."""
    match node:
        case Mapping():
            return _by_currency(node, problems)
        case Scalar():
            return _one_amount(node, problems)
        case Sequence():
            message = "an amount of money cannot be a list"
            problems.add("wrong-shape", message, node.place, "write `{NOK: 100, other: 0}`")
            return None


def with_point(text: str) -> str | None:
    """A number with a comma, as much of the world writes it, as one with a point; else null.

    >>> with_point("1.000,50"), with_point("25,50"), with_point("1,000")
    ('1000.50', '25.50', None)
    """
    # A single comma before three digits may be either: whether it is, its author has to say.
    is_one = re.fullmatch(r"\d{1,3}(?:[. ']?\d{3})*,\d{1,2}|\d+,\d{4}", text)
    return re.sub("[. ']", "", text).replace(",", ".") if is_one else None


def has_comma(node: Mapping, problems: Problems) -> bool:
    """Whether a number with a comma came apart in braces, `{NOK: 25,50}`; a problem if it did."""
    for (_, value), (key, rest) in pairwise(node.entries):
        is_cut = isinstance(value, Scalar) and value.text.isdecimal() and key.text.isdecimal()
        if is_cut and isinstance(value, Scalar) and isinstance(rest, Scalar) and rest.is_blank:
            number = f"{value.text}.{key.text}"
            message = f"a comma ends a value in braces: this reads {shown(value.text)}"
            problems.add("bad-value", message, value.place, f"write `{number}`, with a point")
            return True
    return False


def is_currency(word: str) -> bool:
    return word == OTHER or _CURRENCY.fullmatch(word) is not None


def _by_currency(node: Mapping, problems: Problems) -> MoneyTable | None:
    amounts: dict[str, Decimal] = {}
    if has_comma(node, problems):
        return None
    if not node.entries:
        help_ = "write `{NOK: 100, other: 0}`"
        problems.add("wrong-shape", "this table of amounts is empty", node.place, help_)
    for key, value in node.entries:
        amount = _amount(value, problems)
        if not is_currency(key.text):
            help_ = "write a currency such as `NOK`, in capitals, or `other` for all others"
            problems.add("bad-currency", f"{shown(key.text)} is no currency", key.place, help_)
        elif amount is not None:
            amounts[key.text] = amount
    other = amounts.pop(OTHER, None)
    return MoneyTable(amounts, other) if amounts or other is not None else None


def _amount(node: Node, problems: Problems) -> Decimal | None:
    scalar = written(node, "an amount", problems)
    if scalar is None:
        return None
    amount = parse_amount(scalar.text.strip())
    if amount is not None and amount >= 0:
        return amount
    pointed = with_point(scalar.text.strip())
    help_ = f"write `{pointed or '1200.50'}`: the number alone, with a point"
    problems.add("bad-value", f"{shown(scalar.text)} is no amount", scalar.place, help_)
    return None


def _one_amount(scalar: Scalar, problems: Problems) -> MoneyTable | None:
    if written(scalar, "an amount of money", problems) is None:
        return None
    word = scalar.text.strip()
    money = parse_money(word)
    if money is None or money.amount < 0:
        help_ = "write an amount for each currency: `{NOK: 100, other: 0}`"
        problems.add("bad-value", f"{shown(word)} is no amount of money", scalar.place, help_)
    elif money.currency:
        return MoneyTable({money.currency: money.amount})
    elif money.is_zero:
        return MoneyTable({}, money.amount)
    else:
        help_ = f"money is per currency: write `{{NOK: {word}, other: 0}}`"
        message = f"{shown(word)} lacks a currency"
        problems.add("money-without-currency", message, scalar.place, help_)
    return None


def days_list(node: Node, problems: Problems) -> tuple[int, ...] | None:
    """Distinct whole numbers in the order written; days before a date are negative."""
    if not isinstance(node, Sequence):
        help_ = "write a list such as `[1, 7, 12]`, also of one"
        message = f"a list of days belongs here, not {described(node)}"
        problems.add("wrong-shape", message, node.place, help_)
        return None
    if len(node.items) > MOST_DAYS:
        message = f"this list has {len(node.items)} days"
        problems.add("list-too-long", message, node.place, f"name at most {MOST_DAYS}")
        return None
    days: list[int] = []
    for item in node.items:
        number = _day_number(item, problems)
        if number in days:
            message = f"day {number} stands in the list twice"
            problems.add("duplicate-value", message, item.place, "keep one of them")
        elif number is not None:
            days.append(number)
    return tuple(days)


def _day_number(node: Node, problems: Problems) -> int | None:
    scalar = written(node, "a number of days", problems)
    if scalar is None:
        return None
    number = parse_value(scalar.text, ValueType.DAYS)
    if isinstance(number, int):
        return number
    help_ = "write whole days such as `14`, without a unit"
    problems.add("bad-value", f"{shown(scalar.text)} is not a number of days", scalar.place, help_)
    return None
