"""Vendors' ways of writing numbers, as the plain decimal that facts are read from.

A text in no known form stays as it is: the typed reading then rejects it, and says what it found.
Amounts are never floats: they are divided as whole numbers. Importing this module costs the import
of sqlglot.
"""

from enum import Enum, auto

from sqlglot import exp

from lapse.inputs.typed import SPACES
from lapse.sql.expressions import cases, matches, sql
from lapse.sql.steps import Steps, unless

_GAP = rf"[{SPACES}]*"
# Reconciliation files are said to have Excel's guard, an apostrophe before a number
# (github.com/ggsurkov/csp-recon-analyzer).
_GUARDED = rf"""(?s)^'([-+=@0-9].*)$|^="{_GAP}([^"]*?){_GAP}"$"""
_BARE = r"(?s)[!-&(-<>-~](.*[!-~])?"
"""Most cells: they begin with no space, apostrophe or `=`, and end with no space."""
_DIGITS = r"\d{1,10}"
_FRACTION = r"[+-]?\d+\.\d+.*"
_AMOUNT = r"[+-]?\d{1,14}(\.\d{1,4})?"
_WHOLE_AMOUNT = r"[+-]?\d{1,14}"
_NO_COMMA = " (a point, where decimals have a comma)"
# Zero is said to come as `0E-20` in the same files.
_SCALED = r"[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}"
# DuckDB 1.5.5 rounds digit by digit, so that 6E-32 as a decimal of ten places is 1E-10.
_TINY = r"[+-]?(\d([.,]\d+)?[eE]-(1[2-9]|[2-9]\d)|\d{1,14}([.,]\d+)?[eE]-(2[6-9]|[3-9]\d))"
_SCALED_COMMA = _SCALED.replace(r"\.", ",")
_MARKS = (r"\.", " ", "'", r"\x{2019}", r"\x{A0}", r"\x{202F}")
"""Marks between thousands where decimals have a comma; one number uses only one of them."""
_THOUSANDS = f"[{''.join(_MARKS)}]"
_GROUPED = "|".join(rf"\d{{1,3}}({mark}\d{{3}})+" for mark in _MARKS)
_POINTED = r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?"
_COMMAED = rf"[+-]?({_GROUPED}|\d+)(,\d+)?"
_WITH_COMMA = rf"[+-]?({_GROUPED}|\d+),\d+"
_PARTS_OF_ONE = 10**6
"""Amounts are read with ten decimal places and keep four; this is for the other six."""
_UNIT = 10**4
MOST_MONTHS = 120
"""The most months that an amount may cover."""


class Decimals(Enum):
    """The mark before the decimals.

    Formats with a number type give a point, so a comma then counts only by where it stands.
    """

    POINT = auto()
    COMMA = auto()
    EITHER = auto()


def unguarded(cell: exp.Expr) -> exp.Expr:
    """A cell without spaces around it, and without the guard that stops Excel converting it."""
    return sql(
        r"""nullif(CASE WHEN regexp_full_match($cell, $bare) THEN $cell
            ELSE regexp_replace(trim($cell, $spaces), $guarded, '\1\2') END, '')""",
        cell=cell,
        bare=_BARE,
        spaces=SPACES,
        guarded=_GUARDED,
    )


def whole_text(text: exp.Expr, decimals: Decimals, steps: Steps) -> exp.Expr:
    """A whole number: `25.0` and `25` are the same, and so is `1,234` where a comma marks that."""
    is_plain = steps.named(matches(text, _DIGITS))
    return sql(
        r"""CASE WHEN regexp_full_match($plain, '[+-]?\d+(\.0+)?') THEN split_part($plain, '.', 1)
            ELSE $text END""",
        plain=steps.named(unless(is_plain, decimal_text(text, decimals))),
        text=text,
    )


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
        return cases([(is_simple, text)], _divided(plain, sql("1"), steps))
    given = steps.sql(
        r"CASE WHEN regexp_full_match($months, '\d{1,3}') THEN try_cast($months AS bigint) END",
        months=months,
    )
    count = steps.sql(
        "CASE WHEN $given BETWEEN 1 AND $most THEN $given END", given=given, most=MOST_MONTHS
    )
    is_simple = steps.sql("$count = 1 AND $simple", count=count, simple=simple)
    plain = steps.named(unless(is_simple, decimal_text(text, decimals)))
    return sql(
        "CASE WHEN $is_simple THEN $text WHEN $count IS NOT NULL THEN $divided END",
        is_simple=is_simple,
        text=text,
        count=count,
        divided=_divided(plain, count, steps),
    )


def decimal_text(text: exp.Expr, decimals: Decimals) -> exp.Expr:
    """A number with a point before its decimals and no other mark."""
    signed = sql(
        r"""CASE WHEN regexp_full_match($text, '\d[^-]*-') THEN concat('-', rtrim($text, '-'))
            ELSE $text END""",
        text=text,
    )
    is_comma = decimals is Decimals.COMMA
    pointed = sql("replace($signed, ',', '.')", signed=signed) if is_comma else signed
    unscaled = sql(
        """CASE WHEN regexp_full_match($signed, $tiny) THEN '0'
            ELSE coalesce(CAST(try_cast($pointed AS decimal(27, 10)) AS text), $text) END""",
        signed=signed,
        tiny=_TINY,
        pointed=pointed,
        text=text,
    )
    branches = [
        _ungrouped(signed, decimals),
        (matches(signed, _SCALED_COMMA if is_comma else _SCALED), unscaled),
    ]
    if is_comma:
        refused = sql("concat($text, $no_comma)", text=text, no_comma=_NO_COMMA)
        branches.append((matches(signed, _FRACTION), refused))
    return cases(branches, signed)


def _ungrouped(signed: exp.Expr, decimals: Decimals) -> tuple[exp.Expr, exp.Expr]:
    """Whether a number has a comma or marks between thousands; and the number without them."""
    if decimals is Decimals.POINT:
        return matches(signed, _POINTED), sql("replace($signed, ',', '')", signed=signed)
    bare = sql(
        "replace(regexp_replace($signed, $thousands, '', 'g'), ',', '.')",
        signed=signed,
        thousands=_THOUSANDS,
    )
    return matches(signed, _COMMAED if decimals is Decimals.COMMA else _WITH_COMMA), bare


def _divided(plain: exp.Expr, months: exp.Expr, steps: Steps) -> exp.Expr:
    """A decimal divided by whole months, in integer arithmetic only."""
    # As floats 0.00115 / 10 is below its half, and 16 digits are more than they hold.
    size = steps.sql(
        "abs(CAST(try_cast($plain AS decimal(27, 10)) * $parts AS hugeint))",
        plain=plain,
        parts=_UNIT * _PARTS_OF_ONE,
    )
    quotient = steps.sql(
        "(2 * $size + $months * $parts) // (2 * ($months * $parts))",
        size=size,
        months=months,
        parts=_PARTS_OF_ONE,
    )
    return sql(
        r"""CASE WHEN regexp_full_match($plain, '[+-]?\d+(\.\d+)?') AND $quotient IS NOT NULL
            THEN concat(
                CASE WHEN starts_with($plain, '-') THEN '-' ELSE '' END,
                CAST($quotient // $unit AS text), '.', lpad(CAST($quotient % $unit AS text), 4, '0')
            ) ELSE $plain END""",
        plain=plain,
        quotient=quotient,
        unit=_UNIT,
    )


def months_text(text: exp.Expr) -> exp.Expr:
    """`P1Y` and `P12M` as 12, any other text as it is."""
    return sql(
        r"""CASE WHEN regexp_full_match($text, 'P\d{1,3}[YM]') THEN CAST(
                try_cast(regexp_extract($text, '\d+') AS bigint)
                * CASE WHEN right($text, 1) = 'Y' THEN 12 ELSE 1 END AS text)
            ELSE $text END""",
        text=text,
    )
