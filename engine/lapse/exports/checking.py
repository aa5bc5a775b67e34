"""Every input read through once before any row is handed on.

So it is known how many rows there are, which ids stand twice, and that each file can be read to
its end. The heavy half of `reading`: importing it costs the imports of sqlglot and duckdb.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.exports.columns import ID
from lapse.exports.formats import Source, delimited
from lapse.exports.header import Header, header_of
from lapse.exports.inputs import Format, collected, reason, refusal
from lapse.exports.plain import Plain, occurrences
from lapse.exports.sources import objects, parquet, repaired
from lapse.exports.statements import DUPLICATES, ID_HASH, checked, render, suspects
from lapse.facts import Vocabulary

IDS_AT_ONCE = 2_000_000
"""Ids compared in one pass, in about 150 MB."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An input that can be read to its end; `bad` counts the rows bad by themselves."""

    source: Source
    rows: int
    bad: int


def check(
    connection: DuckDBPyConnection, sources: Sequence[Plain], words: Vocabulary
) -> tuple[Checked, ...]:
    """All inputs as DuckDB reads them, those that are not well formed rewritten first."""
    connection.execute(f'CREATE TABLE seen ("{ID_HASH}" UBIGINT)')
    return tuple(collected(partial(_checked, connection, source, words) for source in sources))


def find_duplicates(connection: DuckDBPyConnection, inputs: Sequence[Checked]) -> bool:
    """Whether some id stands twice; those that do are in the table of duplicates.

    Hashes are compared slice by slice, so that memory stays bounded; then the ids themselves.
    """
    connection.execute(f'CREATE TABLE twice ("{ID_HASH}" UBIGINT)')
    slices = 1 + sum(item.rows for item in inputs) // IDS_AT_ONCE
    for part in range(slices):
        connection.execute(
            f'INSERT INTO twice SELECT "{ID_HASH}" FROM seen '  # noqa: S608  no text of users
            f'WHERE "{ID_HASH}" % $slices::UBIGINT = $part GROUP BY 1 HAVING count(*) > 1',
            {"slices": slices, "part": part},
        )
    connection.execute("DROP TABLE seen")
    connection.execute(f'CREATE TABLE suspects ("{ID}" VARCHAR)')
    if not _count(connection, "twice"):
        return False
    for item in inputs:
        with reading(item.source.plain):
            found = suspects(item.source, "twice")
            connection.execute(render(exp.insert(found, "suspects", copy=False)))
    connection.execute(
        f'CREATE TABLE {DUPLICATES} AS SELECT "{ID}" FROM suspects GROUP BY 1 HAVING count(*) > 1'  # noqa: S608
    )
    return _count(connection, DUPLICATES) > 0


def _count(connection: DuckDBPyConnection, table: str) -> int:
    (count,) = connection.table(table).aggregate("count(*)").fetchall()[0]
    return int(count)


@contextmanager
def reading(source: Plain) -> Iterator[None]:
    """What DuckDB and the system refuse, as refusals of the input."""
    try:
        yield
    except OSError as error:
        raise refusal("unreadable", f"cannot be read: {reason(error)}", source.input.name) from None
    except duckdb.Error as error:
        raise refusal("unreadable", f"cannot be read: {_told(error)}", source.input.name) from None


def _told(error: duckdb.Error) -> str:
    """The first line of what DuckDB says, without its own words for errors and private names."""
    first = str(error).partition("\n")[0]
    return re.sub(r"^[A-Za-z ]+ Error: |[Ff]ile '[^']*\.(plain|rewritten)' ?", "", first).strip()


def _checked(connection: DuckDBPyConnection, source: Plain, words: Vocabulary) -> Checked:
    with reading(source):
        match source.input.format:
            case Format.PARQUET:
                return _sound(connection, parquet(connection, source, words), words)
            case Format.JSON | Format.JSON_LINES:
                return _sound(connection, objects(source, words), words)
            case Format.DELIMITED | Format.TABBED:
                header = header_of(source, words)
                fast = _well_formed(connection, source, header, words)
                return fast or _sound(connection, repaired(source, header), words)


def _sound(connection: DuckDBPyConnection, source: Source, words: Vocabulary) -> Checked:
    """An input that DuckDB is known to read exactly."""
    passed = _passed(connection, source, words)
    _remember(connection)
    return passed.checked


@dataclass(frozen=True, slots=True)
class _Passed:
    checked: Checked
    delimiters: int


def _passed(connection: DuckDBPyConnection, source: Source, words: Vocabulary) -> _Passed:
    """Read to its end once, into the table `batch`, and its ids added to those seen."""
    statement = exp.Create(
        this=exp.to_table("batch"),
        kind="TABLE",
        replace=True,
        expression=checked(source, words.facts),
    )
    connection.execute(render(statement))
    counted = connection.execute(
        'SELECT count(*), count(*) FILTER ("#is_bad"), coalesce(sum("#delimiters"), 0) FROM batch'
    ).fetchall()
    rows, bad, delimiters = counted[0]
    return _Passed(Checked(source, rows, bad), int(delimiters))


def _remember(connection: DuckDBPyConnection) -> None:
    connection.execute(
        f'INSERT INTO seen SELECT "{ID_HASH}" FROM batch WHERE "{ID_HASH}" IS NOT NULL'  # noqa: S608
    )


def _well_formed(
    connection: DuckDBPyConnection, source: Plain, header: Header, words: Vocabulary
) -> Checked | None:
    """The file as DuckDB reads it by itself; null when it cannot, or dropped a cell.

    It takes blank lines for rows where there is one column, and for headers. It drops an empty
    cell too many at a row's end, which may hide that the row is shifted; so the delimiters must add
    up: between cells, within cells, and in the header.
    """
    columns = header.columns
    if not header.is_first_line or len(columns.facts) == 1:
        return None
    try:
        passed = _passed(connection, delimited(source, columns, header.delimiter), words)
    except duckdb.Error:
        return None
    between = passed.checked.rows * (len(columns.facts) - 1)
    total = occurrences(source.path, header.delimiter)
    if total != between + passed.delimiters + header.text.count(header.delimiter):
        return None
    _remember(connection)
    return passed.checked
