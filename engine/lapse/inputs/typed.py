"""Cells of text typed by the fact catalogue, in SQL.

`facts.parse_fact` is the specification: for every text and fact, both give the same value or
refuse it. A row is rejected for its first bad cell; an empty cell is null and never bad.
Importing this module costs the import of sqlglot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import ErrorLevel, exp

from lapse.model.days import FIRST_DAY, LAST_DAY, NEVER
from lapse.model.facts import FLAGS, MOST, FactSpec, ValueType

SPACES = "".join(chr(point) for point in range(0x3001) if chr(point).isspace())
"""None lies beyond. What Python's `strip` takes off; SQL's own trim knows the space only."""

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
_DATE = r"\d{4}-\d{2}-\d{2}"
_HOUR = r"([01]\d|2[0-3])"
_INSTANT = rf"{_DATE}[T ]{_HOUR}:[0-5]\d(:[0-5]\d(\.\d{{1,9}})?)?(Z|[+-]{_HOUR}:?[0-5]\d)"
_OFFSET = r"[+-]\d\d:?\d\d$"
_ZONE = rf"(Z|{_OFFSET})$"
_DOTTED = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
_WHOLE = r"-?\d{1,10}"


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell's typed value, null when it cannot be read; of money, the amount and the currency."""

    value: exp.Expr
    currency: exp.Expr | None = None


def render(statement: exp.Expr) -> str:
    return statement.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE, copy=False)


def column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def literal(text: str) -> exp.Literal:
    return exp.Literal.string(text)


def number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def cast(value: exp.Expr, type_: str) -> exp.Cast:
    """The value as a type of DuckDB; an error when it is none."""
    return exp.Cast(this=value.copy(), to=exp.DataType.build(type_, dialect="duckdb"))


def try_cast(value: exp.Expr, type_: str) -> exp.TryCast:
    """The value as a type of DuckDB, null when it is none."""
    return exp.TryCast(this=value.copy(), to=exp.DataType.build(type_, dialect="duckdb"))


def is_null(value: exp.Expr) -> exp.Is:
    return exp.Is(this=value.copy(), expression=exp.Null())


def is_there(value: exp.Expr) -> exp.Not:
    return exp.Not(this=is_null(value))


def blank(cell: exp.Expr) -> exp.Expr:
    """The cell, null when it is empty."""
    return exp.Nullif(this=cell, expression=literal(""))


def trimmed(cell: exp.Expr) -> exp.Expr:
    """The cell without spaces around it; null when nothing is left.

    Most cells need no trimming, which is slow for so many kinds of space.
    """
    stripped = call("trim", cell.copy(), literal(SPACES))
    return blank(when(matches(cell, _NO_SPACES), cell).else_(stripped, copy=False))


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


def when(condition: exp.Expr, value: exp.Expr) -> exp.Case:
    return exp.case().when(condition, value, copy=False)


def matches(cell: exp.Expr, pattern: str) -> exp.Expr:
    return call("regexp_full_match", cell.copy(), literal(pattern))


def _is_ascii(cell: exp.Expr) -> exp.Expr:
    return exp.EQ(this=call("strlen", cell.copy()), expression=call("length", cell.copy()))


def _one_of(cell: exp.Expr, words: Sequence[str]) -> exp.In:
    return exp.In(this=cell.copy(), expressions=[literal(word) for word in words])


def _text(cell: exp.Expr, pattern: str | None) -> exp.Expr:
    if pattern is None:
        return cell
    upper = call("upper", cell.copy())
    return when(exp.and_(_is_ascii(cell), matches(upper, pattern), copy=False), upper)


def _choice(cell: exp.Expr, choices: Sequence[str]) -> exp.Expr:
    lower = _lower(cell)
    return when(_one_of(lower, choices), lower) if choices else exp.Null()


def _lower(cell: exp.Expr) -> exp.Expr:
    """As Python's `lower`; DuckDB's makes the dotted capital I a plain i."""
    return call("lower", call("replace", cell.copy(), literal(_DOTTED), literal(_DOTTED.lower())))


def _flag(cell: exp.Expr) -> exp.Expr:
    lower = _lower(cell)
    codes = exp.case()
    for value in (True, False):
        words = [word for word, meaning in FLAGS.items() if meaning is value]
        codes = codes.when(_one_of(lower, words), exp.Boolean(this=value), copy=False)
    return codes


def _whole(cell: exp.Expr, most: int) -> exp.Expr:
    value = try_cast(cell, "bigint")
    in_range = _between(value, number(0), number(most))
    return when(exp.and_(matches(cell, _WHOLE), in_range, copy=False), value.copy())


def _days_list(cell: exp.Expr) -> exp.Expr:
    spaces = rf"[{SPACES}]+"
    items = call("regexp_split_to_array", cell.copy(), literal(spaces))
    values = try_cast(items, "bigint[]")
    most = MOST[ValueType.DAYS]
    in_range = exp.and_(
        matches(cell, rf"{_WHOLE}({spaces}{_WHOLE})*"),
        exp.GTE(this=call("list_min", values), expression=number(-most)),
        exp.LTE(this=call("list_max", values.copy()), expression=number(most)),
        copy=False,
    )
    return when(in_range, values.copy())


def _money(cell: exp.Expr) -> Typed:
    amount = call("split_part", cell.copy(), literal(" "), number(1))
    has_currency = call("contains", cell.copy(), literal(" "))
    currency = when(has_currency, call("right", cell.copy(), number(3)))
    value = when(matches(cell, _MONEY), try_cast(amount, "decimal(18,4)"))
    return Typed(value, currency)


def _date(cell: exp.Expr) -> exp.Expr:
    """ISO dates compare as text as they do as dates; those of the year 9999 mean never."""
    in_range = exp.or_(
        _between(cell.copy(), literal(str(FIRST_DAY)), literal(str(LAST_DAY))),
        _between(cell.copy(), literal(f"{NEVER}-01-01"), literal(f"{NEVER}-12-31")),
        copy=False,
    )
    return when(exp.and_(matches(cell, _DATE), in_range, copy=False), try_cast(cell, "date"))


def _instant(cell: exp.Expr) -> exp.Expr:
    """The instant as a UTC timestamp without a zone, in microseconds; more digits are cut off."""
    instant = utc(cell)
    first = cast(literal(f"{FIRST_DAY} 00:00:00"), "timestamp")
    last = cast(literal(f"{LAST_DAY} 23:59:59.999999"), "timestamp")
    in_range = _between(instant, first, last)
    return when(exp.and_(matches(cell, _INSTANT), in_range, copy=False), instant.copy())


def utc(cell: exp.Expr) -> exp.Expr:
    """The UTC timestamp of an ISO instant with `Z` or an offset; null where there is none."""
    local = try_cast(call("regexp_replace", cell.copy(), literal(_ZONE), literal("")), "timestamp")
    offset = call("regexp_extract", cell.copy(), literal(_OFFSET))
    hours = try_cast(call("left", offset, number(3)), "bigint")
    sign, minutes = call("left", offset.copy(), number(1)), call("right", offset.copy(), number(2))
    ahead = exp.Add(
        this=exp.Mul(this=hours, expression=number(60)),
        expression=try_cast(call("concat", sign, minutes), "bigint"),
    )
    shifted = exp.Sub(this=local, expression=call("to_minutes", ahead))
    is_utc = exp.EQ(this=call("right", cell.copy(), number(1)), expression=literal("Z"))
    return when(is_utc, local.copy()).else_(shifted, copy=False)


def _between(value: exp.Expr, low: exp.Expr, high: exp.Expr) -> exp.Between:
    return exp.Between(this=value, low=low, high=high)
