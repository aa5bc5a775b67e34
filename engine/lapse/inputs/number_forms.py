"""Vendors' ways of writing numbers, as the plain decimal that facts are read from.

A text in no known form stays as it is: the typed reading then rejects it, and says what it found.
Amounts are never floats: they are divided as whole numbers. Importing this module costs the import
of sqlglot.
"""

from enum import Enum, auto

from sqlglot import exp

from lapse.inputs.steps import Steps, unless
from lapse.inputs.typed import (
    SPACES,
    blank,
    call,
    cast,
    is_there,
    literal,
    matches,
    number,
    try_cast,
    when,
)

_GAP = rf"[{SPACES}]*"
_GUARDED = rf"""(?s)^'([-+=@0-9].*)$|^="{_GAP}([^"]*?){_GAP}"$"""
_BARE = r"(?s)[!-&(-<>-~](.*[!-~])?"
"""Most cells: they begin with no space, apostrophe or `=`, and end with no space."""
_DIGITS = r"\d{1,10}"
_WHOLE = r"[+-]?\d+(\.0+)?"
_FRACTION = r"[+-]?\d+\.\d+.*"
_PLAIN = r"[+-]?\d+(\.\d+)?"
_AMOUNT = r"[+-]?\d{1,14}(\.\d{1,4})?"
_WHOLE_AMOUNT = r"[+-]?\d{1,14}"
_NO_COMMA = " (a point, where decimals have a comma)"
_SCALED = r"[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}"
_SCALED_COMMA = _SCALED.replace(r"\.", ",")
_MARKS = (r"\.", " ", "'", r"\x{2019}", r"\x{A0}", r"\x{202F}")
"""What stands between thousands where decimals have a comma; in one number always the same."""
_THOUSANDS = f"[{''.join(_MARKS)}]"
_GROUPED = "|".join(rf"\d{{1,3}}({mark}\d{{3}})+" for mark in _MARKS)
_POINTED = r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"
_COMMAED = rf"[+-]?({_GROUPED}|\d+)(,\d+)?"
_WITH_COMMA = rf"[+-]?({_GROUPED}|\d+),\d+"
_MINUS_BEHIND = r"\d[^-]*-"
_DECIMAL = "decimal(27,10)"
_PARTS_OF_ONE = 10**6
"""Of the ten places an amount is read with, those beyond the four it keeps."""
_UNIT = 10**4
MOST_MONTHS = 120
"""The longest time that an amount may be for."""


class Decimals(Enum):
    """What stands before the decimals.

    Where a format has numbers of its own, they come with a point: there a comma counts where it is.
    """

    POINT = auto()
    COMMA = auto()
    EITHER = auto()


def unguarded(cell: exp.Expr) -> exp.Expr:
    """A cell without spaces around, and without the guard that keeps Excel from reading it."""
    bare = call("trim", cell.copy(), literal(SPACES))
    taken = call("regexp_replace", bare, literal(_GUARDED), literal(r"\1\2"))
    return blank(when(matches(cell, _BARE), cell.copy()).else_(taken, copy=False))


def whole_text(text: exp.Expr, decimals: Decimals, steps: Steps) -> exp.Expr:
    """A whole number: `25.0` and `25` are the same, and so is `1,234` where a comma marks that."""
    is_plain = steps.named(matches(text, _DIGITS))
    plain = steps.named(unless(is_plain, decimal_text(text, decimals)))
    shown = call("split_part", plain.copy(), literal("."), number(1))
    return when(matches(plain, _WHOLE), shown).else_(text.copy(), copy=False)


def amount_text(
    text: exp.Expr, months: exp.Expr | None, decimals: Decimals, steps: Steps
) -> exp.Expr:
    """An amount with at most four places, rounded half away from zero; divided by `months`.

    Without a number of months to divide by, there is no amount.
    """
    simple = matches(text, _WHOLE_AMOUNT if decimals is Decimals.COMMA else _AMOUNT)
    if months is None:
        is_simple = steps.named(simple)
        plain = steps.named(unless(is_simple, decimal_text(text, decimals)))
        rounded = _divided(plain, number(1), steps)
        return when(is_simple.copy(), text.copy()).else_(rounded, copy=False)
    given = steps.named(when(matches(months, r"\d{1,3}"), try_cast(months, "bigint")))
    is_sound = exp.Between(this=given.copy(), low=number(1), high=number(MOST_MONTHS))
    count = steps.named(when(is_sound, given.copy()))
    is_one = exp.EQ(this=count.copy(), expression=number(1))
    is_simple = steps.named(exp.and_(is_one, simple, copy=False))
    plain = steps.named(unless(is_simple, decimal_text(text, decimals)))
    found = when(is_simple.copy(), text.copy())
    return found.when(is_there(count), _divided(plain, count, steps), copy=False)


def decimal_text(text: exp.Expr, decimals: Decimals) -> exp.Expr:
    """A number with a point before its decimals and no other mark."""
    turned = call("concat", literal("-"), call("rtrim", text.copy(), literal("-")))
    signed = when(matches(text, _MINUS_BEHIND), turned).else_(text.copy(), copy=False)
    if decimals is Decimals.POINT:
        pattern, bare = _POINTED, call("replace", signed.copy(), literal(","), literal(""))
    else:
        pattern = _COMMAED if decimals is Decimals.COMMA else _WITH_COMMA
        joined = call(
            "regexp_replace", signed.copy(), literal(_THOUSANDS), literal(""), literal("g")
        )
        bare = call("replace", joined, literal(","), literal("."))
    is_comma = decimals is Decimals.COMMA
    scaled = _SCALED_COMMA if is_comma else _SCALED
    pointed = call("replace", signed.copy(), literal(","), literal("."))
    read = cast(try_cast(pointed if is_comma else signed, _DECIMAL), "text")
    unscaled = call("coalesce", read, text.copy())
    found = exp.case()
    found = found.when(matches(signed, pattern), bare, copy=False)
    found = found.when(matches(signed, scaled), unscaled, copy=False)
    if is_comma:
        refused = call("concat", text.copy(), literal(_NO_COMMA))
        found = found.when(matches(signed, _FRACTION), refused, copy=False)
    return found.else_(signed.copy(), copy=False)


def _divided(plain: exp.Expr, months: exp.Expr, steps: Steps) -> exp.Expr:
    """A decimal divided by whole months, by whole numbers only."""
    value = try_cast(plain, _DECIMAL)
    units = cast(exp.Mul(this=value, expression=number(_UNIT * _PARTS_OF_ONE)), "hugeint")
    size = steps.named(call("abs", units))
    parts = exp.Mul(this=months.copy(), expression=number(_PARTS_OF_ONE))
    doubled = exp.Add(this=exp.Mul(this=number(2), expression=size), expression=parts)
    half = exp.Mul(this=number(2), expression=exp.Paren(this=parts.copy()))
    divided = exp.IntDiv(this=exp.Paren(this=doubled), expression=exp.Paren(this=half))
    quotient = steps.named(divided)
    rest = exp.Mod(this=quotient.copy(), expression=number(_UNIT))
    places = call("lpad", cast(rest, "text"), number(4), literal("0"))
    whole = cast(exp.IntDiv(this=quotient.copy(), expression=number(_UNIT)), "text")
    sign = when(call("starts_with", plain.copy(), literal("-")), literal("-")).else_(literal(""))
    shown = call("concat", sign, whole, literal("."), places)
    is_number = exp.and_(matches(plain, _PLAIN), is_there(quotient), copy=False)
    return when(is_number, shown).else_(plain.copy(), copy=False)
