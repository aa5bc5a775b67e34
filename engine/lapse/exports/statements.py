"""The statements that every input is read with: text, then typed facts, then a code for bad rows.

A row is rejected once: for its flaw, else for its id, else for its first bad cell in the order of
the columns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import ErrorLevel, exp

from lapse.exports.columns import ID, currency_of, value_columns
from lapse.exports.formats import FLAWS, Source
from lapse.exports.plain import DAMAGED
from lapse.exports.rewrite import COLUMN, FLAW, FOUND, MOST_FOUND, ROW
from lapse.exports.typed import (
    CODES,
    call,
    cast,
    column,
    is_null,
    is_there,
    literal,
    number,
    text_of,
    trimmed,
    typed,
)
from lapse.facts import FactSpec

DUPLICATES = "duplicates"
CODE, AT, ID_HASH, IS_BAD, DELIMITERS = "#code", "#at", "#id", "#is_bad", "#delimiters"
Facts = Mapping[str, FactSpec]


def render(statement: exp.Expr) -> str:
    return statement.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE, copy=False)


def accepted(source: Source, facts: Facts, *, has_duplicates: bool) -> exp.Select:
    """The typed facts of every row that is not rejected, in the order of the file."""
    columns = [column(name) for fact in source.cells for name in value_columns(facts[fact])]
    rows = _judged(source, facts, has_duplicates=has_duplicates).subquery("judged", copy=False)
    is_sound = is_null(column(CODE))
    return exp.select(*columns, copy=False).from_(rows, copy=False).where(is_sound, copy=False)


def rejected(source: Source, facts: Facts, *, has_duplicates: bool) -> exp.Select:
    """Row, id, code, column and text of every row that is rejected, in the order of the file."""
    judged = _judged(source, facts, has_duplicates=has_duplicates, numbered=True)
    found = exp.case()
    for fact in source.cells:
        found = found.when(
            exp.EQ(this=column(AT), expression=literal(fact)), column(text_of(fact)), copy=False
        )
    text = call("coalesce", column(FOUND), found, literal(""))
    shown = [
        column(ROW),
        call("coalesce", column(text_of(ID)), literal("")),
        column(CODE),
        call("coalesce", column(AT), literal("")),
        call("left", text, number(MOST_FOUND)),
    ]
    is_bad = is_there(column(CODE))
    rows = judged.subquery("judged", copy=False)
    return exp.select(*shown, copy=False).from_(rows, copy=False).where(is_bad, copy=False)


def checked(source: Source, facts: Facts) -> exp.Select:
    """For each row a hash of its id, whether it is bad, and the delimiters within its cells."""
    rows = _judged(source, facts, has_duplicates=False).subquery("judged", copy=False)
    id_ = column(text_of(ID))
    return exp.select(
        exp.case().when(is_there(id_), call("hash", id_.copy())).as_(ID_HASH, quoted=True),
        is_there(column(CODE)).as_(IS_BAD, quoted=True),
        cast(column(DELIMITERS), "uinteger").as_(DELIMITERS, quoted=True),
        copy=False,
    ).from_(rows, copy=False)


def suspects(source: Source, hashes: str) -> exp.Select:
    """The ids whose hash stands in the table `hashes`."""
    rows = _as_text(source, numbered=False).subquery("cells", copy=False)
    known = exp.select(column(ID_HASH)).from_(hashes)
    hashed = exp.In(this=call("hash", column(text_of(ID))), query=known.subquery(copy=False))
    select = exp.select(column(text_of(ID)).as_(ID, quoted=True), copy=False)
    return select.from_(rows, copy=False).where(hashed, copy=False)


def _as_text(source: Source, *, numbered: bool) -> exp.Select:
    cells = [
        trimmed(cell.copy()).as_(text_of(fact), quoted=True) for fact, cell in source.cells.items()
    ]
    flaws = [
        (source.flaws[name].copy() if source.flaws else cast(exp.Null(), "text")).as_(
            name, quoted=True
        )
        for name in FLAWS
    ]
    inside = (source.delimiters.copy() if source.delimiters else number(0)).as_(
        DELIMITERS, quoted=True
    )
    counted = source.row.copy() if source.row else exp.Window(this=exp.RowNumber())
    row = [counted.as_(ROW, quoted=True)] if numbered else []
    select = exp.select(*cells, *flaws, inside, *row, copy=False)
    return select.from_(source.table.copy(), copy=False)


def _typed(source: Source, facts: Facts, *, numbered: bool) -> exp.Select:
    values: list[exp.Expr] = [exp.Star()]
    for fact in source.cells:
        value = typed(column(text_of(fact)), facts[fact])
        values.append(value.value.as_(fact, quoted=True))
        if value.currency is not None:
            values.append(value.currency.as_(currency_of(fact), quoted=True))
    text = _as_text(source, numbered=numbered).subquery("cells", copy=False)
    return exp.select(*values, copy=False).from_(text, copy=False)


def _judged(
    source: Source, facts: Facts, *, has_duplicates: bool, numbered: bool = False
) -> exp.Select:
    """Every row with its code and the column it is rejected for; both null for a sound row."""
    code, at = exp.case(), exp.case()
    for fault in _faults(source, facts, has_duplicates=has_duplicates):
        code = code.when(fault.condition, fault.code, copy=False)
        at = at.when(fault.condition.copy(), fault.column, copy=False)
    rows = _typed(source, facts, numbered=numbered).subquery("typed", copy=False)
    named = (code.as_(CODE, quoted=True), at.as_(AT, quoted=True))
    return exp.select(exp.Star(), *named, copy=False).from_(rows, copy=False)


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a row is rejected; the first that holds counts."""

    condition: exp.Expr
    code: exp.Expr
    column: exp.Expr


def _faults(source: Source, facts: Facts, *, has_duplicates: bool) -> Iterator[_Fault]:
    if source.flaws:
        yield _Fault(is_there(column(FLAW)), column(FLAW), column(COLUMN))
    id_ = column(text_of(ID))
    yield _Fault(is_null(id_), literal("missing-id"), literal(ID))
    if has_duplicates:
        known = exp.select(column(ID)).from_(DUPLICATES).subquery(copy=False)
        yield _Fault(exp.In(this=id_.copy(), query=known), literal("duplicate-id"), literal(ID))
    for fact in source.cells:
        text = column(text_of(fact))
        if source.plain.is_damaged:
            is_damaged = call("contains", text.copy(), literal(DAMAGED))
            yield _Fault(is_damaged, literal("bad-encoding"), literal(fact))
        unread = exp.and_(is_there(text), is_null(column(fact)), copy=False)
        yield _Fault(unread, literal(CODES[facts[fact].type]), literal(fact))
