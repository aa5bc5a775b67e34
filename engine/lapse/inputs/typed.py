"""Cells of text typed by the fact catalogue, in SQL.

`facts.parse_fact` is the specification: for every text and fact, both give the same value or
refuse it. A row is rejected for its first bad cell; an empty cell is null and never bad.
Importing this module costs the import of sqlglot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from lapse.model.days import FIRST_DAY, LAST_DAY, NEVER
from lapse.model.facts import FLAGS, MOST, FactSpec, ValueType
from lapse.sql.expressions import cases, cast, first_of, sql, try_cast
from lapse.sql.steps import Steps

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

_MONEY = rf"[+-]?\d{{1,14}}(\.\d{{1,4}}0*)?( [{SPACES}]*[A-Z]{{3}})?"
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
ISO_HOUR = r"([01]\d|2[0-3])"
# Microsoft writes none to seven digits of a second, and `Z`, `+00:00` or nothing behind them.
ISO_TIME = rf"{ISO_HOUR}:[0-5]\d(:[0-5]\d(\.\d{{1,9}})?)?"
ISO_ZONE = rf"(Z|[+-]{ISO_HOUR}:?[0-5]\d)"
_INSTANT = rf"{ISO_DAY}[T ]{ISO_TIME}{ISO_ZONE}"
_OFFSET = r"[+-]\d\d:?\d\d$"
_ZONE = rf"(Z|{_OFFSET})$"
_EXACT = "decimal(18, 4)"
_DOTTED = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
_WHOLE = r"-?\d{1,10}"
_MOST = 10**14 - 1
"""The largest whole number that `_MONEY` takes."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell's typed value, null when it cannot be read; for money, the amount and its currency.

    `text` is the trimmed cell; null where the cell is blank, or was read without trimming.
    """

    text: exp.Expr
    value: exp.Expr
    currency: exp.Expr | None = None


def trimmed(cell: exp.Expr) -> exp.Expr:
    """The cell without spaces around it; null when nothing is left.

    Most cells need no trimming, which is slow for so many kinds of space.
    """
    return sql(
        """CASE WHEN $cell BETWEEN '!' AND '~' AND substring($cell, -1) BETWEEN '!' AND '~'
            THEN $cell ELSE nullif(trim($cell, $spaces), '') END""",
        cell=cell,
        spaces=SPACES,
    )


def typed(
    cell: exp.Expr, spec: FactSpec, steps: Steps, *, is_trimmed: bool, has_plain: bool
) -> Typed:
    """A cell read as its fact, over a table with the columns of `steps`; see `facts.parse_value`.

    With `has_plain` first as most are written: without trimming and patterns, which are slow.
    """
    plain = _plain(cell, spec, steps) if has_plain else None
    if plain is None:
        text = cell if is_trimmed else steps.named(trimmed(cell))
        return _typed(text, spec)
    plain = steps.named(plain)
    text = sql(
        "CASE WHEN $cell IS NOT NULL AND $plain IS NULL THEN $text END",
        cell=cell,
        plain=plain,
        text=cell if is_trimmed else trimmed(cell),
    )
    other = _typed(steps.named(text), spec)
    return replace(other, value=first_of([plain, other.value]))


def _plain(cell: exp.Expr, spec: FactSpec, steps: Steps) -> exp.Expr | None:
    """What a cell says that is written as most are; null where it is written in any other way."""

    def same(type_: str) -> exp.Expr:
        value = steps.named(try_cast(cell, type_))
        return sql("CASE WHEN CAST($value AS text) = $cell THEN $value END", value=value, cell=cell)

    match spec.type:
        case ValueType.TEXT if spec.pattern is not None:
            # What fits is in capitals already, and has no spaces around it.
            is_code = sql("regexp_full_match($cell, $code)", cell=cell, code=spec.pattern)
            return cases([(is_code, cell)])
        case ValueType.CHOICE if spec.choices:
            return sql("CASE WHEN $cell IN ($all) THEN $cell END", cell=cell, all=spec.choices)
        case ValueType.FLAG:
            return _among_flags(cell)
        case ValueType.COUNT | ValueType.DAYS | ValueType.MONTHS:
            return _within(same("bigint"), cast(0, "bigint"), cast(MOST[spec.type], "bigint"))
        case ValueType.MONEY:
            whole = _within(same("bigint"), cast(-_MOST, "bigint"), cast(_MOST, "bigint"))
            return first_of([cast(each, _EXACT) for each in (same("decimal(16, 2)"), whole)])
        case ValueType.DATE:
            return _within(same("date"), *(cast(str(day), "date") for day in (FIRST_DAY, LAST_DAY)))
        case _:
            return None


def _within(value: exp.Expr, least: exp.Expr, most: exp.Expr) -> exp.Expr:
    is_within = sql("$value BETWEEN $least AND $most", value=value, least=least, most=most)
    return cases([(is_within, value)])


def _typed(text: exp.Expr, spec: FactSpec) -> Typed:
    """A trimmed cell read as its fact."""
    if spec.type is not ValueType.MONEY:
        return Typed(text, _value(text, spec))
    currency = sql("CASE WHEN contains($cell, ' ') THEN right($cell, 3) END", cell=text)
    return Typed(text, _value(text, spec), currency)


def _value(text: exp.Expr, spec: FactSpec) -> exp.Expr:
    match spec.type:
        case ValueType.TEXT:
            return _text(text, spec.pattern)
        case ValueType.CHOICE:
            return _choice(text, spec.choices)
        case ValueType.FLAG:
            return _among_flags(_lower(text))
        case ValueType.COUNT | ValueType.DAYS | ValueType.MONTHS:
            return _whole(text, MOST[spec.type])
        case ValueType.DAYS_LIST:
            return _days_list(text)
        case ValueType.MONEY:
            return _money(text)
        case ValueType.DATE:
            return _date(text)
        case ValueType.INSTANT:
            return _instant(text)


def cell_of(fact: str) -> str:
    """The column that holds a fact's cell as it stands."""
    return f"{fact}#cell"


def text_of(fact: str) -> str:
    """The column that holds `Typed.text` of a fact."""
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


def _among_flags(word: exp.Expr) -> exp.Expr:
    return sql(
        "CASE WHEN $word IN ($yes) THEN true WHEN $word IN ($no) THEN false END",
        word=word,
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


def _money(cell: exp.Expr) -> exp.Expr:
    return sql(
        """CASE WHEN regexp_full_match($cell, $money)
            THEN try_cast(split_part($cell, ' ', 1) AS decimal(18, 4)) END""",
        cell=cell,
        money=_MONEY,
    )


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
