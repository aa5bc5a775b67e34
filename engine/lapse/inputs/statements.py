"""The SQL that reads every input: text, then typed facts, then a code for bad rows.

A row is rejected once: for its flaw, else for a missing cell that it needs, else for a duplicate
id, else for its first bad cell in the order of the columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from lapse.inputs.formats.copy import COLUMN, FLAW, MOST_FOUND, ROW
from lapse.inputs.formats.parquet import FLAWS
from lapse.inputs.plain_copy import DAMAGED
from lapse.inputs.sources import Source
from lapse.inputs.typed import CODES, cell_of, text_of, typed
from lapse.model.ids import GUID_FORM
from lapse.model.tables import currency_of, value_columns
from lapse.sql.expressions import (
    aliased,
    all_of,
    blank,
    cases,
    column,
    is_null,
    is_there,
    query,
    sql,
)
from lapse.sql.steps import Steps

CODE, ID_HASH, DELIMITERS = "#code", "#id", "#delimiters"
NUMBER = "#number"
"""The number of a row in the table of what was read, from 0."""
ID = "subscription_id"


@dataclass(frozen=True, slots=True)
class Extra:
    """A column of a statement beside the facts, computed over the columns of the input."""

    name: str
    value: exp.Expr


def accepted(source: Source, duplicates: str | None, kept: str | None = None) -> exp.Select:
    """The typed facts of every row that is not rejected, in the order of the file.

    They are read from the table `kept`, with what `judged` gives, or from the source.
    """
    facts = _columns(source)
    if kept is None:
        rows = _judged(source, duplicates)
        return query(
            'SELECT $facts FROM $rows AS judged WHERE "#code" IS NULL', facts=facts, rows=rows
        )
    sound = query('SELECT $facts FROM $kept AS kept WHERE NOT "#is_bad"', facts=facts, kept=kept)
    if duplicates is not None and source.shape.key in source.cells:
        is_twice = _is_twice(column(str(source.shape.key)), duplicates)
        sound = sound.where(sql("NOT coalesce($twice, FALSE)", twice=is_twice), copy=False)
    return sound


def among(rows: exp.Select, ids: str | None) -> exp.Select:
    """Those of some rows whose id is in a table; all of them without a table."""
    if ids is None:
        return rows
    is_one = sql('"subscription_id" IN (SELECT "subscription_id" FROM $ids)', ids=ids)
    return query("SELECT * FROM $rows AS rows WHERE $is_one", rows=rows, is_one=is_one)


def rejected(source: Source, duplicates: str | None) -> exp.Select:
    """Row, id, code, fact or column, and text of every row that is rejected, in order."""
    texts = [(sql('"#at" = $fact', fact=fact), column(text_of(fact))) for fact in source.cells]
    return query(
        """SELECT "#row", coalesce($id, ''), "#code", coalesce("#at", ''),
            left(coalesce("#found", $text, ''), $most)
        FROM $rows AS judged WHERE "#code" IS NOT NULL""",
        id=column(text_of(ID)) if ID in source.cells else "",
        text=cases(texts),
        most=MOST_FOUND,
        rows=_judged(source, duplicates, numbered=True),
    )


def bad_texts(
    source: Source, duplicates: str | None, facts: Sequence[str], *, numbered: bool = False
) -> exp.Select:
    """These facts of every rejected row as text; null where there is no column.

    If `numbered`, the row number and the code of the rejection follow them.
    """
    texts = [
        _trimmed(source, fact) if fact in source.cells else sql("CAST(NULL AS text)")
        for fact in facts
    ]
    return query(
        'SELECT $shown FROM $rows AS judged WHERE "#code" IS NOT NULL',
        shown=[*texts, *([column(ROW), column(CODE)] if numbered else [])],
        rows=_judged(source, duplicates, numbered=numbered),
    )


def judged(source: Source, extras: Sequence[Extra] = ()) -> exp.Select:
    """The typed facts and the extras of every row, before them what is found of it.

    That is a hash of its key, whether it is bad, and the number of delimiters within its cells.
    """
    key, hashed = source.shape.key, sql("NULL")
    if key is not None and key in source.cells:
        id_ = column(text_of(key))
        hashed = sql("CASE WHEN $id IS NOT NULL THEN hash($same) END", id=id_, same=same_id(id_))
    return query(
        """SELECT CAST($hashed AS ubigint) AS "#id", "#code" IS NOT NULL AS "#is_bad",
            CAST("#delimiters" AS uinteger) AS "#delimiters", $more
        FROM $rows AS judged""",
        hashed=hashed,
        more=[*_columns(source), *(column(extra.name) for extra in extras)],
        rows=_judged(source, None, extras=extras),
    )


def _columns(source: Source) -> list[exp.Expr]:
    """The columns of the typed facts."""
    specs = source.shape.table.columns
    return [column(name) for fact in source.cells for name in value_columns(specs[fact])]


def suspects(source: Source, hashes: str) -> exp.Select:
    """The keys whose hash is in the table `hashes`."""
    assert source.shape.key is not None
    return query(
        """SELECT $key AS "subscription_id" FROM $rows AS typed
        WHERE hash($key) IN (SELECT "#id" FROM $hashes)""",
        key=same_id(column(text_of(source.shape.key))),
        rows=_typed(source),
        hashes=hashes,
    )


def repeated(source: Source) -> exp.Select:
    """The keys that more than one row has, found by the keys themselves."""
    return query(
        """SELECT "subscription_id" FROM (
            SELECT $key AS "subscription_id" FROM $rows AS typed
        ) AS keys
        WHERE "subscription_id" IS NOT NULL GROUP BY "subscription_id" HAVING count(*) > 1""",
        key=same_id(column(text_of(str(source.shape.key)))),
        rows=_typed(source),
    )


def same_id(text: exp.Expr) -> exp.Expr:
    """An id in the form for comparing: the letter case of GUIDs does not count."""
    return sql(
        """CASE WHEN strlen($text) IN (36, 38) AND regexp_full_match($text, $guid)
            THEN lower($text) ELSE $text END""",
        text=text,
        guid=GUID_FORM,
    )


def _as_text(source: Source, *, numbered: bool = False, extras: Sequence[Extra] = ()) -> exp.Select:
    """Each fact's cell, with the flaw and number of the row, before typing."""
    raw, is_trimmed = source.raw, _is_trimmed(source)
    shown: list[exp.Expr] = []
    for fact, cell in source.cells.items():
        # Copied, here and below: a statement takes the trees put into it, and a source has several.
        text = cell.text.copy()
        shown.append(aliased(blank(text) if is_trimmed else text, cell_of(fact)))
        if cell.is_unread is not None:
            shown.append(aliased(cell.is_unread.copy(), _unread_of(fact)))
    flaws = raw.flaws or dict.fromkeys(FLAWS, sql("CAST(NULL AS text)"))
    shown += [aliased(flaws[name].copy(), name) for name in FLAWS]
    shown.append(aliased(raw.delimiters.copy() if raw.delimiters else 0, DELIMITERS))
    if numbered:
        shown.append(aliased(raw.row.copy() if raw.row else sql("row_number() OVER ()"), ROW))
    shown += [aliased(extra.value.copy(), extra.name) for extra in extras]
    return query("SELECT $shown FROM $table", shown=shown, table=raw.table.copy())


def _is_trimmed(source: Source) -> bool:
    """Whether cells have no spaces around them: a profile trims what it reads."""
    return source.shape.profile is not None


def _trimmed(source: Source, fact: str) -> exp.Expr:
    """The trimmed cell of a fact, also where it was read without trimming; null where blank."""
    cell, text = column(cell_of(fact)), column(text_of(fact))
    if _is_trimmed(source):
        return cell
    is_read = is_there(column(fact))
    return sql(
        "coalesce($text, CASE WHEN $read THEN $cell END)", text=text, read=is_read, cell=cell
    )


def _unread_of(fact: str) -> str:
    """The column that is true where a cell has a word that no map has."""
    return f"{fact}#unread"


def _typed(source: Source, *, numbered: bool = False, extras: Sequence[Extra] = ()) -> exp.Select:
    values: list[exp.Expr] = []
    steps, specs, is_trimmed = Steps(), source.shape.table.columns, _is_trimmed(source)
    for fact, cell in source.cells.items():
        # A word that no map has is told of as text; texts with a dictionary are read once each.
        has_plain = cell.is_unread is None and not source.has_dictionaries
        found = typed(
            column(cell_of(fact)), specs[fact], steps, is_trimmed=is_trimmed, has_plain=has_plain
        )
        read = found.value
        if cell.is_unread is not None:
            unread = column(_unread_of(fact))
            read = sql("CASE WHEN NOT $unread THEN $read END", unread=unread, read=read)
        values += [aliased(found.text, text_of(fact)), aliased(read, fact)]
        if found.currency is not None:
            values.append(aliased(found.currency, currency_of(fact)))
    cells = _as_text(source, numbered=numbered, extras=extras).subquery("cells", copy=False)
    return query("SELECT *, $values FROM $cells", values=values, cells=steps.over(cells))


def _judged(
    source: Source,
    duplicates: str | None,
    *,
    numbered: bool = False,
    extras: Sequence[Extra] = (),
) -> exp.Select:
    """Every row with its code and the column it is rejected for; both null for a sound row."""
    faults = list(_faults(source, duplicates))
    return query(
        'SELECT *, $code AS "#code", $at AS "#at" FROM $rows AS typed',
        code=cases((fault.condition, fault.code) for fault in faults),
        at=cases((fault.condition, fault.column) for fault in faults),
        rows=_typed(source, numbered=numbered, extras=extras),
    )


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a row is rejected; the first that holds counts."""

    condition: exp.Expr
    code: exp.Expr | str
    column: exp.Expr | str


def _faults(source: Source, duplicates: str | None) -> Iterator[_Fault]:
    table = source.shape.table
    if source.raw.flaws:
        yield _Fault(is_there(column(FLAW)), column(FLAW), column(COLUMN))
    yield from _blanks(source)
    if duplicates is not None and source.shape.key in source.cells:
        key = str(table.key)
        yield _Fault(_is_twice(column(text_of(key)), duplicates), "duplicate-id", key)
    for fact in source.cells:
        text = column(text_of(fact))
        if source.plain.is_damaged:
            is_damaged = sql("contains($text, $damaged)", text=text, damaged=DAMAGED)
            yield _Fault(is_damaged, "bad-encoding", fact)
        unread = sql("$text IS NOT NULL AND $value IS NULL", text=text, value=column(fact))
        yield _Fault(unread, CODES[table.columns[fact].type], fact)


def _is_twice(key: exp.Expr, duplicates: str) -> exp.Expr:
    return sql(
        '$id IN (SELECT "subscription_id" FROM $duplicates)', id=same_id(key), duplicates=duplicates
    )


def _blanks(source: Source) -> Iterator[_Fault]:
    """The faults of rows that lack the cells every row needs."""
    table = source.shape.table
    for fact in table.needed:
        if fact not in table.may_be_blank:
            code = "missing-id" if fact == table.key else "missing-cell"
            cell = column(text_of(fact))
            is_blank = sql("$text IS NULL AND $value IS NULL", text=cell, value=column(fact))
            yield _Fault(is_blank, code, fact)
    owners = [is_null(column(text_of(fact))) for fact in table.owners if fact in source.cells]
    if owners:
        yield _Fault(all_of(owners), "missing-id", table.owners[0])
