"""Cells of text typed by the fact catalogue, in SQL.

`facts.parse_fact` is the specification: for every text and fact, both give the same value or
refuse it. A row is rejected for its first bad cell; an empty cell is null and never bad.
Importing this module costs the import of sqlglot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from lapse.model.days import FIRST_DAY, LAST_DAY, NEVER
from lapse.model.facts import FLAGS, MOST, FactSpec, ValueType
from lapse.sql.expressions import sql

SPACES = "".join(chr(point) for point in range(0x3001) if chr(point).isspace())
"""All that Python's `strip` removes, none above U+3000; SQL's `trim` removes only the space."""

CODES: Mapping[ValueType, str] = {
    ValueType.TEXT: "bad-code",
    ValueType.CHOICE: "bad-choice",
    ValueType.FLAG: "bad-flag",
    ValueType.COUNT: "bad-number",
    ValueType.DAYS: "bad-number",
    ValueType.MONTHS: "bad-number",
    ValueType.DAYS_LIST: "bad-number",
    ValueType.MONEY: "bad-money",
    ValueType.DATE: "bad-date",
    ValueType.INSTANT: "bad-instant",
}

_NO_SPACES = "(?s)[!-~](.*[!-~])?"
_MONEY = rf"[+-]?\d{{1,14}}(\.\d{{1,4}}0*)?( [{SPACES}]*[A-Z]{{3}})?"
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_HOUR = r"([01]\d|2[0-3])"
# Microsoft writes none to seven digits of a second, and `Z`, `+00:00` or nothing behind them.
ISO_TIME = rf"{ISO_HOUR}:[0-5]\d(:[0-5]\d(\.\d{{1,9}})?)?"
ISO_ZONE = rf"(Z|[+-]{ISO_HOUR}:?[0-5]\d)"
_INSTANT = rf"{ISO_DAY}[T ]{ISO_TIME}{ISO_ZONE}"
_OFFSET = r"[+-]\d\d:?\d\d$"
_ZONE = rf"(Z|{_OFFSET})$"
_DOTTED = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
_WHOLE = r"-?\d{1,10}"


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell's typed value, null when it cannot be read; for money, the amount and its currency."""

    value: exp.Expr
    currency: exp.Expr | None = None


def trimmed(cell: exp.Expr) -> exp.Expr:
    """The cell without spaces around it; null when nothing is left.

    Most cells need no trimming, which is slow for so many kinds of space.
    """
    return sql(
        """nullif(
            CASE WHEN regexp_full_match($cell, $bare) THEN $cell ELSE trim($cell, $spaces) END, ''
        )""",
        cell=cell,
        bare=_NO_SPACES,
        spaces=SPACES,
    )


def typed(cell: exp.Expr, spec: FactSpec) -> Typed:
    """A trimmed cell read as its fact; see `facts.parse_value`."""
    match spec.type:
        case ValueType.TEXT:
            return Typed(_text(cell, spec.pattern))
        case ValueType.CHOICE:
            return Typed(_choice(cell, spec.choices))
        case ValueType.FLAG:
            return Typed(_flag(cell))
        case ValueType.COUNT | ValueType.DAYS | ValueType.MONTHS:
            return Typed(_whole(cell, MOST[spec.type]))
        case ValueType.DAYS_LIST:
            return Typed(_days_list(cell))
        case ValueType.MONEY:
            return _money(cell)
        case ValueType.DATE:
            return Typed(_date(cell))
        case ValueType.INSTANT:
            return Typed(_instant(cell))


def text_of(fact: str) -> str:
    """The column that holds a fact's cell as text, trimmed."""
    return f"{fact}#text"


def _text(cell: exp.Expr, pattern: str | None) -> exp.Expr:
    if pattern is None:
        return cell
    return sql(
        """CASE WHEN strlen($cell) = length($cell) AND regexp_full_match(upper($cell), $pattern)
            THEN upper($cell) END""",
        cell=cell,
        pattern=pattern,
    )


def _choice(cell: exp.Expr, choices: Sequence[str]) -> exp.Expr:
    if not choices:
        return exp.Null()
    return sql("CASE WHEN $word IN ($choices) THEN $word END", word=_lower(cell), choices=choices)


def _lower(cell: exp.Expr) -> exp.Expr:
    """As Python's `lower`; DuckDB's makes the dotted capital I a plain i."""
    return sql("lower(replace($cell, $i, $j))", cell=cell, i=_DOTTED, j=_DOTTED.lower())


def _flag(cell: exp.Expr) -> exp.Expr:
    return sql(
        "CASE WHEN $word IN ($yes) THEN true WHEN $word IN ($no) THEN false END",
        word=_lower(cell),
        yes=[word for word, meaning in FLAGS.items() if meaning],
        no=[word for word, meaning in FLAGS.items() if not meaning],
    )


def _whole(cell: exp.Expr, most: int) -> exp.Expr:
    return sql(
        """CASE WHEN regexp_full_match($cell, $whole)
                AND try_cast($cell AS bigint) BETWEEN 0 AND $most
            THEN try_cast($cell AS bigint) END""",
        cell=cell,
        whole=_WHOLE,
        most=most,
    )


def _days_list(cell: exp.Expr) -> exp.Expr:
    gap, most = rf"[{SPACES}]+", MOST[ValueType.DAYS]
    days = sql("try_cast(regexp_split_to_array($cell, $gap) AS bigint[])", cell=cell, gap=gap)
    return sql(
        """CASE WHEN regexp_full_match($cell, $list)
                AND list_min($days) >= $least AND list_max($days) <= $most
            THEN $days END""",
        cell=cell,
        list=rf"{_WHOLE}({gap}{_WHOLE})*",
        days=days,
        least=-most,
        most=most,
    )


def _money(cell: exp.Expr) -> Typed:
    amount = sql(
        """CASE WHEN regexp_full_match($cell, $money)
            THEN try_cast(split_part($cell, ' ', 1) AS decimal(18, 4)) END""",
        cell=cell,
        money=_MONEY,
    )
    return Typed(amount, sql("CASE WHEN contains($cell, ' ') THEN right($cell, 3) END", cell=cell))


def _date(cell: exp.Expr) -> exp.Expr:
    """A date from ISO text; ISO dates sort as text in the order of dates. 9999 means never."""
    return sql(
        """CASE WHEN regexp_full_match($cell, $date)
                AND ($cell BETWEEN $first AND $last OR $cell BETWEEN $never AND $forever)
            THEN try_cast($cell AS date) END""",
        cell=cell,
        date=ISO_DAY,
        first=str(FIRST_DAY),
        last=str(LAST_DAY),
        never=f"{NEVER}-01-01",
        forever=f"{NEVER}-12-31",
    )


def _instant(cell: exp.Expr) -> exp.Expr:
    """The instant as a UTC timestamp without a zone, in microseconds; more digits are cut off."""
    return sql(
        """CASE WHEN regexp_full_match($cell, $shape)
                AND $instant BETWEEN CAST($first AS timestamp) AND CAST($last AS timestamp)
            THEN $instant END""",
        cell=cell,
        shape=_INSTANT,
        instant=utc(cell),
        first=f"{FIRST_DAY} 00:00:00",
        last=f"{LAST_DAY} 23:59:59.999999",
    )


def utc(cell: exp.Expr) -> exp.Expr:
    """The UTC timestamp of an ISO instant with `Z` or an offset; null where there is none."""
    return sql(
        """CASE WHEN right($cell, 1) = 'Z' THEN $local ELSE $local - to_minutes(
            try_cast(left($offset, 3) AS bigint) * 60
            + try_cast(concat(left($offset, 1), right($offset, 2)) AS bigint)
        ) END""",
        cell=cell,
        local=sql("try_cast(regexp_replace($cell, $zone, '') AS timestamp)", cell=cell, zone=_ZONE),
        offset=sql("regexp_extract($cell, $offset)", cell=cell, offset=_OFFSET),
    )
