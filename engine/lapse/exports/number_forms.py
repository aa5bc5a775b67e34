"""Vendors' ways of writing numbers, as the plain decimal that facts are read from.

A text in no known form stays as it is: the typed reading then rejects it, and says what it found.
Amounts are never floats: they are divided as whole numbers. Importing this module costs the import
of sqlglot.
"""

from enum import Enum, auto

from sqlglot import exp

from lapse.exports.steps import Steps
from lapse.exports.typed import (
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

_GUARDED = r"""(?s)^'([-+=@0-9].*)$|^="([^"]*)"$"""
_WHOLE = r"[+-]?\d+(\.0*)?"
_FRACTION = r"[+-]?\d+\.\d+"
_PLAIN = r"[+-]?\d+(\.\d+)?"
_AMOUNT = r"[+-]?\d{1,14}(\.\d{1,4})?"
_WHOLE_AMOUNT = r"[+-]?\d{1,14}"
_NO_COMMA = " (a point, where decimals have a comma)"
_SCALED = r"[+-]?\d+(\.\d+)?[eE][+-]?\d{1,3}"
_THOUSANDS = r"[. '\x{2019}\x{A0}\x{202F}]"
_POINTED = r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"
_COMMAED = rf"[+-]?(\d{{1,3}}({_THOUSANDS}\d{{3}})+|\d+)(,\d+)?"
_WITH_COMMA = rf"[+-]?(\d{{1,3}}({_THOUSANDS}\d{{3}})+|\d+),\d+"
_MINUS_BEHIND = r"\d.*-"
_DECIMAL = "decimal(27,10)"
_PARTS_OF_ONE = 10**6
"""Of the ten places an amount is read with, those beyond the four it keeps."""
_UNIT = 10**4


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
    return blank(call("regexp_replace", bare, literal(_GUARDED), literal(r"\1\2")))


def whole_text(text: exp.Expr, decimals: Decimals, steps: Steps) -> exp.Expr:
    """A whole number: `25.0` and `25` are the same, and so is `1,234` where a comma marks that."""
    plain = steps.named(decimal_text(text, decimals))
    shown = call("split_part", plain.copy(), literal("."), number(1))
    return when(matches(plain, _WHOLE), shown).else_(text.copy(), copy=False)


def amount_text(
    text: exp.Expr, months: exp.Expr | None, decimals: Decimals, steps: Steps
) -> exp.Expr:
    """An amount with at most four places, rounded half away from zero; divided by `months`.

    Without a number of months to divide by, there is no amount.
    """
    if months is None:
        rounded = _divided(steps.named(decimal_text(text, decimals)), number(1), steps)
        simple = _WHOLE_AMOUNT if decimals is Decimals.COMMA else _AMOUNT
        return when(matches(text, simple), text.copy()).else_(rounded, copy=False)
    count = steps.named(try_cast(months, "bigint"))
    divided = _divided(steps.named(decimal_text(text, decimals)), count, steps)
    return when(exp.GT(this=count.copy(), expression=number(0)), divided)


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
    unscaled = cast(try_cast(signed, _DECIMAL), "text")
    found = when(matches(signed, pattern), bare).when(matches(signed, _SCALED), unscaled)
    if decimals is Decimals.COMMA:
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
