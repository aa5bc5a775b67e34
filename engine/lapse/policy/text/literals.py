"""Reads a scalar's text as its declared type, and reports what does not fit."""

import re

from lapse.model.days import calendar_named
from lapse.model.facts import (
    ABSENT,
    FactSpec,
    Known,
    Missing,
    Value,
    ValueType,
    is_negative,
    parse_value,
)
from lapse.model.invoices import CODE_OR_ITS_OWN, OF_SUBSCRIPTION
from lapse.model.money import Money
from lapse.policy.reading.lexicon import Form, form_of
from lapse.policy.text.amounts import with_point
from lapse.policy.text.lookalikes import without_curly_quotes
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import DATE_HELP, day_meant, written

MISSING = {missing.value: missing for missing in Missing}

EXPECTED = {
    ValueType.TEXT: "a text",
    ValueType.CHOICE: "one of the choices",
    ValueType.FLAG: "`yes` or `no`",
    ValueType.COUNT: "a whole number",
    ValueType.DAYS: "a number of days",
    ValueType.MONTHS: "a number of months",
    ValueType.MONEY: "an amount of money",
    ValueType.DATE: "a date",
    ValueType.INSTANT: "an instant",
    ValueType.DAYS_LIST: "a list of days",
}
_WRITE = {
    ValueType.FLAG: "write `yes` or `no`",
    ValueType.COUNT: "write a whole number such as `25`, without a unit",
    ValueType.DAYS: "write whole days such as `14`, without a unit",
    ValueType.MONTHS: "write whole months such as `12`, without a unit",
    ValueType.MONEY: "write an amount with a point and its currency: `1200.50 NOK`",
    ValueType.DATE: DATE_HELP,
    ValueType.INSTANT: "write a day, a time and an offset: `2026-11-30T12:00:00Z`",
    ValueType.DAYS_LIST: "write a list such as `[1, 7, 12]`",
}
COUNTRY_CODE = "[A-Z]{2}"
_CODES = {
    COUNTRY_CODE: ("the code of a country", "write its two letters, such as `NO`"),
    "[A-Z]{3}": ("the code of a currency", "write its three letters, such as `NOK`"),
    CODE_OR_ITS_OWN: (
        "the code of a currency",
        f"write its three letters, such as `NOK`, or `{OF_SUBSCRIPTION.lower()}`: its own",
    ),
}
_NUMBER = re.compile(r"(\d{1,3}(?:[ _,']\d{3})+|\d{1,9}) ?([a-z]*)", re.ASCII)
_UNITS = {
    ValueType.COUNT: ("", "seat", "seats", "licence", "licences", "license", "licenses"),
    ValueType.DAYS: ("", "d", "day", "days"),
    ValueType.MONTHS: ("", "month", "months"),
}
CURRENCY_HELP = "name the currency: `{amount} NOK`"


def literal(node: Node, form: Form, problems: Problems) -> Known | None:
    """A literal of the declared type; null, with a problem, when it does not fit."""
    scalar = written(node, EXPECTED[form.type], problems)
    if scalar is None:
        return None
    word = scalar.text.strip()
    is_reference = word.startswith("$") and not scalar.is_quoted
    value = None if is_reference else parse_value(word, form.type, form.choices)
    if value is not None and form.pattern and isinstance(value, str):
        value = value.upper() if re.fullmatch(form.pattern, value.upper(), re.ASCII) else None
    if value is None or (is_negative(value) and not form.is_signed):
        _report(scalar, word, form, problems)
        return None
    if isinstance(value, Money) and not value.is_zero and value.currency is None:
        help_ = CURRENCY_HELP.format(amount=word)
        problems.add(
            "money-without-currency", f"{shown(word)} lacks a currency", scalar.place, help_
        )
        return None
    return value


def fact_literal(node: Node, form: Form, problems: Problems) -> Known | None:
    """A known value of a fact, to compare with or to set; `none` and `unknown` are problems."""
    if _missing(node, form) is None:
        return literal(node, form, problems)
    assert isinstance(node, Scalar)
    word = node.text.strip()
    test = "present" if word == ABSENT.value else "known"
    help_ = f"a condition tests it with `{{{test}: no}}`; a text of that name needs quotes"
    problems.add("missing-as-value", f"`{word}` is no value here", node.place, help_)
    return None


def given_value(node: Node, spec: FactSpec, problems: Problems) -> Value | None:
    """A fact's value, `none` or `unknown`."""
    form = form_of(spec)
    return _missing(node, form) or literal(node, form, problems)


def is_word(node: Node, word: str) -> bool:
    """Whether it is this word of the language and not a text in quotes."""
    return isinstance(node, Scalar) and not node.is_quoted and node.text.strip() == word


def _missing(node: Node, form: Form) -> Missing | None:
    for word, missing in MISSING.items():
        if is_word(node, word) and word not in form.choices:
            return missing
    return None


def _report(scalar: Scalar, word: str, form: Form, problems: Problems) -> None:
    if form.type is ValueType.CHOICE:
        near = problems.near(word.lower(), form.choices)
        problems.add("unknown-choice", f"{shown(word)} is none of the choices", scalar.place, near)
        return
    if is_negative(parse_value(word, form.type)):
        message = f"{shown(word)} is less than 0"
        help_ = f"{EXPECTED[form.type]} is 0 or more"
        problems.add("bad-value", message, scalar.place, help_)
        return
    expected = "a whole number" if form.type.is_number else EXPECTED[form.type]
    if form.pattern is not None:
        expected = _CODES[form.pattern][0]
    hint = _hint(word, form) or _WRITE.get(form.type)
    problems.add("bad-value", f"{shown(word)} is not {expected}", scalar.place, hint)


def _hint(word: str, form: Form) -> str | None:
    """How to correct this very text, where that can be guessed; else null."""
    if word.startswith("$"):
        return "write a value: `$` and a name may stand alone, in a test only"
    if bare := without_curly_quotes(word):
        return f"typographic quotes are letters here: write `{bare}`"
    if form.type is ValueType.DATE:
        return day_meant(word)
    country = calendar_named(word) if form.pattern == COUNTRY_CODE else None
    if country and "/" not in country:
        return f"did you mean `{country}`?"
    if form.pattern is not None:
        return _CODES[form.pattern][1]
    pointed = with_point(word.partition(" ")[0])
    if form.type is ValueType.MONEY and pointed is not None:
        return f"write `{' '.join((pointed, *word.split()[1:]))}`, with a point"
    digits = re.sub(r"[\s_,']", "", word)
    number = _NUMBER.fullmatch(word.lower())
    if number and number.group(2) in _UNITS.get(form.type, ()):
        plain = re.sub(r"\D", "", number.group(1))
        return f"write `{plain}`" if parse_value(plain, form.type) is not None else None
    if form.type is ValueType.MONEY and (money := re.fullmatch(r"([A-Z]{3})(\d[\d.]*)", digits)):
        return f"write `{money.group(2)} {money.group(1)}`"
    if form.type is ValueType.FLAG and word.lower() in {"on", "off", "y", "n", "none"}:
        return f"write `{'yes' if word.lower() in {'on', 'y'} else 'no'}`"
    return None


def whole(node: Node, what: str, problems: Problems, least: int = 0) -> int | None:
    """A whole number, at least `least`; null, with a problem, when it is none."""
    scalar = written(node, what, problems)
    if scalar is None:
        return None
    number = parse_value(scalar.text, ValueType.DAYS)
    if isinstance(number, int) and number >= least:
        return number
    message = f"{what} must be a whole number, not {shown(scalar.text)}"
    problems.add("bad-value", message, scalar.place, f"write a number from {least} on")
    return None
