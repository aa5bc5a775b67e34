"""The statements that every input is read with: text, then typed facts, then a code for bad rows.

A row is rejected once: for its flaw, else for what it is about, else for its first bad cell in the
order of the columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from lapse.inputs.formats.copy import COLUMN, FLAW, FOUND, MOST_FOUND, ROW
from lapse.inputs.formats.parquet import FLAWS
from lapse.inputs.plain_copy import DAMAGED
from lapse.inputs.sources import Source
from lapse.inputs.sql_columns import currency_of, value_columns
from lapse.inputs.typed import (
    CODES,
    blank,
    call,
    cast,
    column,
    is_null,
    is_there,
    literal,
    matches,
    number,
    text_of,
    trimmed,
    typed,
    when,
)
from lapse.model.ids import GUID_FORM

CODE, AT, ID_HASH, IS_BAD, DELIMITERS = "#code", "#at", "#id", "#is_bad", "#delimiters"
ID = "subscription_id"
_LENGTHS_OF_A_GUID = (36, 38)


@dataclass(frozen=True, slots=True)
class Extra:
    """A column of a statement beside the facts, computed over the columns of the input."""

    name: str
    value: exp.Expr


def accepted(source: Source, duplicates: str | None) -> exp.Select:
    """The typed facts of every row that is not rejected, in the order of the file."""
    specs = source.shape.table.columns
    columns = [column(name) for fact in source.cells for name in value_columns(specs[fact])]
    rows = _judged(source, duplicates).subquery("judged", copy=False)
    is_sound = is_null(column(CODE))
    return exp.select(*columns, copy=False).from_(rows, copy=False).where(is_sound, copy=False)


def rejected(source: Source, duplicates: str | None) -> exp.Select:
    """Row, id, code, fact or column, and text of every row that is rejected, in order."""
    found = exp.case()
    for fact in source.cells:
        found = found.when(
            exp.EQ(this=column(AT), expression=literal(fact)), column(text_of(fact)), copy=False
        )
    text = call("coalesce", column(FOUND), found, literal(""))
    id_ = column(text_of(ID)) if ID in source.cells else literal("")
    shown = [
        column(ROW),
        call("coalesce", id_, literal("")),
        column(CODE),
        call("coalesce", column(AT), literal("")),
        call("left", text, number(MOST_FOUND)),
    ]
    return _bad(source, duplicates, shown, numbered=True)


def bad_texts(
    source: Source, duplicates: str | None, facts: Sequence[str], *, numbered: bool = False
) -> exp.Select:
    """Of every row that is rejected, these facts as text; null where there is no column.

    Numbered, its number and the code it is rejected for stand behind them.
    """
    texts = [
        column(text_of(fact)) if fact in source.cells else cast(exp.Null(), "text")
        for fact in facts
    ]
    origin = [column(ROW), column(CODE)] if numbered else []
    return _bad(source, duplicates, [*texts, *origin], numbered=numbered)


def _bad(
    source: Source, duplicates: str | None, shown: Sequence[exp.Expr], *, numbered: bool = False
) -> exp.Select:
    judged = _judged(source, duplicates, numbered=numbered)
    is_bad = is_there(column(CODE))
    rows = judged.subquery("judged", copy=False)
    return exp.select(*shown, copy=False).from_(rows, copy=False).where(is_bad, copy=False)


def checked(source: Source) -> exp.Select:
    """For each row a hash of its key, whether it is bad, and the delimiters within its cells."""
    return _checked(source, ())


def _checked(source: Source, extras: Sequence[Extra]) -> exp.Select:
    rows = _judged(source, None, extras=extras).subquery("judged", copy=False)
    key = source.shape.key
    hashed: exp.Expr = exp.Null()
    if key is not None and key in source.cells:
        id_ = column(text_of(key))
        hashed = exp.case().when(is_there(id_), call("hash", same_id(id_)))
    return exp.select(
        cast(hashed, "ubigint").as_(ID_HASH, quoted=True),
        is_there(column(CODE)).as_(IS_BAD, quoted=True),
        cast(column(DELIMITERS), "uinteger").as_(DELIMITERS, quoted=True),
        copy=False,
    ).from_(rows, copy=False)


def judged(source: Source, extras: Sequence[Extra]) -> exp.Select:
    """As `checked`, with the typed facts and more of every row."""
    specs = source.shape.table.columns
    names = [name for fact in source.cells for name in value_columns(specs[fact])]
    names += [extra.name for extra in extras]
    return _checked(source, extras).select(*map(column, names), copy=False)


def suspects(source: Source, hashes: str) -> exp.Select:
    """The keys whose hash stands in the table `hashes`."""
    assert source.shape.key is not None
    rows = _as_text(source).subquery("cells", copy=False)
    key = same_id(column(text_of(source.shape.key)))
    known = exp.select(column(ID_HASH)).from_(hashes)
    hashed = exp.In(this=call("hash", key.copy()), query=known.subquery(copy=False))
    select = exp.select(key.as_(ID, quoted=True), copy=False)
    return select.from_(rows, copy=False).where(hashed, copy=False)


def same_id(text: exp.Expr) -> exp.Expr:
    """An id by which to compare: GUIDs are the same in small and capital letters."""
    lengths = [number(length) for length in _LENGTHS_OF_A_GUID]
    may_be = exp.In(this=call("strlen", text.copy()), expressions=lengths)
    is_guid = exp.and_(may_be, matches(text, GUID_FORM), copy=False)
    return when(is_guid, call("lower", text.copy())).else_(text.copy(), copy=False)


def _as_text(source: Source, *, numbered: bool = False, extras: Sequence[Extra] = ()) -> exp.Select:
    raw, is_bare = source.raw, source.shape.profile is not None
    cells: list[exp.Expr] = []
    for fact, cell in source.cells.items():
        text = blank(cell.text.copy()) if is_bare else trimmed(cell.text.copy())
        cells.append(text.as_(text_of(fact), quoted=True))
        if cell.is_unread is not None:
            cells.append(cell.is_unread.copy().as_(_unread_of(fact), quoted=True))
    flaws = [
        (raw.flaws[name].copy() if raw.flaws else cast(exp.Null(), "text")).as_(name, quoted=True)
        for name in FLAWS
    ]
    inside = (raw.delimiters.copy() if raw.delimiters else number(0)).as_(DELIMITERS, quoted=True)
    counted = raw.row.copy() if raw.row else exp.Window(this=exp.RowNumber())
    row = [counted.as_(ROW, quoted=True)] if numbered else []
    more = [extra.value.copy().as_(extra.name, quoted=True) for extra in extras]
    select = exp.select(*cells, *flaws, inside, *row, *more, copy=False)
    return select.from_(raw.table.copy(), copy=False)


def _unread_of(fact: str) -> str:
    """The column that tells a word that no map has."""
    return f"{fact}#unread"


def _typed(source: Source, *, numbered: bool, extras: Sequence[Extra]) -> exp.Select:
    values: list[exp.Expr] = [exp.Star()]
    for fact, cell in source.cells.items():
        value = typed(column(text_of(fact)), source.shape.table.columns[fact])
        read = value.value
        if cell.is_unread is not None:
            read = when(exp.Not(this=column(_unread_of(fact))), read)
        values.append(read.as_(fact, quoted=True))
        if value.currency is not None:
            values.append(value.currency.as_(currency_of(fact), quoted=True))
    text = _as_text(source, numbered=numbered, extras=extras).subquery("cells", copy=False)
    return exp.select(*values, copy=False).from_(text, copy=False)


def _judged(
    source: Source,
    duplicates: str | None,
    *,
    numbered: bool = False,
    extras: Sequence[Extra] = (),
) -> exp.Select:
    """Every row with its code and the column it is rejected for; both null for a sound row."""
    code, at = exp.case(), exp.case()
    for fault in _faults(source, duplicates):
        code = code.when(fault.condition, fault.code, copy=False)
        at = at.when(fault.condition.copy(), fault.column, copy=False)
    rows = _typed(source, numbered=numbered, extras=extras).subquery("typed", copy=False)
    named = (code.as_(CODE, quoted=True), at.as_(AT, quoted=True))
    return exp.select(exp.Star(), *named, copy=False).from_(rows, copy=False)


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a row is rejected; the first that holds counts."""

    condition: exp.Expr
    code: exp.Expr
    column: exp.Expr


def _faults(source: Source, duplicates: str | None) -> Iterator[_Fault]:
    table = source.shape.table
    if source.raw.flaws:
        yield _Fault(is_there(column(FLAW)), column(FLAW), column(COLUMN))
    yield from _blanks(source)
    if duplicates is not None and source.shape.key in source.cells:
        known = exp.select(column(ID)).from_(duplicates).subquery(copy=False)
        is_twice = exp.In(this=same_id(column(text_of(str(table.key)))), query=known)
        yield _Fault(is_twice, literal("duplicate-id"), literal(str(table.key)))
    for fact in source.cells:
        text = column(text_of(fact))
        if source.plain.is_damaged:
            is_damaged = call("contains", text.copy(), literal(DAMAGED))
            yield _Fault(is_damaged, literal("bad-encoding"), literal(fact))
        unread = exp.and_(is_there(text), is_null(column(fact)), copy=False)
        yield _Fault(unread, literal(CODES[table.columns[fact].type]), literal(fact))


def _blanks(source: Source) -> Iterator[_Fault]:
    """What a row must say to be about anything."""
    table = source.shape.table
    for fact in table.needed:
        if fact not in table.may_be_blank:
            code = "missing-id" if fact == table.key else "missing-cell"
            yield _Fault(is_null(column(text_of(fact))), literal(code), literal(fact))
    owners = [is_null(column(text_of(fact))) for fact in table.owners if fact in source.cells]
    if owners:
        nobody = exp.and_(*owners, copy=False)
        yield _Fault(nobody, literal("missing-id"), literal(table.owners[0]))
