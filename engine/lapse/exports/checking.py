"""Every input read through once before any row is handed on.

So it is known how many rows there are, which ids stand twice, and that each file can be read to
its end. The heavy half of `reading`: importing it costs the imports of sqlglot and duckdb.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.exports.columns import ID
from lapse.exports.formats import Source, delimited, parquet, parquet_scan, rewritten
from lapse.exports.header import (
    MOST_COLUMNS,
    Columns,
    Header,
    columns_of,
    facts_by_name,
    header_of,
    require_id,
)
from lapse.exports.inputs import Format, collected, reason, refusal
from lapse.exports.objects import rows_of
from lapse.exports.plain import Plain, occurrences
from lapse.exports.rewrite import delimited_rows, rewrite
from lapse.exports.statements import DUPLICATES, ID_HASH, checked, render, suspects
from lapse.facts import Vocabulary

IDS_AT_ONCE = 2_000_000
"""Ids compared in one pass, in about 150 MB."""
MOST_ROWS = 200_000_000
"""Rows of one Parquet file, which may take next to no room there."""


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
                return _sound(connection, _parquet(connection, source, words), words)
            case Format.JSON | Format.JSON_LINES:
                return _sound(connection, _objects(source, words), words)
            case Format.DELIMITED | Format.TABBED:
                header = header_of(source, words)
                fast = _well_formed(connection, source, header, words)
                return fast or _sound(connection, _repaired(source, header), words)


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

    It takes blank lines for rows where there is one column. It drops an empty cell too many at a
    row's end, which may hide that the row is shifted; so the delimiters must add up: between
    cells, within cells, and in the header.
    """
    columns = header.columns
    if len(columns.facts) == 1:
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


def _repaired(source: Plain, header: Header) -> Source:
    columns, copy = header.columns, _copy_of(source)
    rewrite(delimited_rows(source, header.delimiter, columns.facts), columns.known, copy)
    return rewritten(source, columns, columns.known, copy)


def _copy_of(source: Plain) -> Path:
    return source.path.with_suffix(".rewritten")


@dataclass(slots=True)
class _Keys:
    """The keys met so far, in the order of their first appearance."""

    by_name: dict[str, str]
    file: str
    seen: dict[str, str | None] = field(default_factory=dict)

    def fact_of(self, key: str) -> str | None:
        if key not in self.seen:
            if len(self.seen) >= MOST_COLUMNS:
                raise refusal("too-many-columns", f"has more than {MOST_COLUMNS} keys", self.file)
            self.seen[key] = self.by_name.get(key.strip().lower())
        return self.seen[key]

    def columns(self) -> Columns:
        facts = tuple(dict.fromkeys(fact for fact in self.seen.values() if fact is not None))
        unknown = tuple(key for key, fact in self.seen.items() if fact is None)
        return Columns(facts, unknown)


def _objects(source: Plain, words: Vocabulary) -> Source:
    keys, copy = _Keys(facts_by_name(words), source.input.name), _copy_of(source)
    facts = tuple(words.facts)
    count = rewrite(rows_of(source, keys.fact_of), facts, copy)
    if count and not keys.seen:
        raise refusal("bad-json", "holds no JSON object with a key", source.input.name)
    columns = keys.columns() if count else Columns((ID,), ())
    require_id(columns, source.input.name)
    return rewritten(source, columns, facts, copy)


def _parquet(connection: DuckDBPyConnection, source: Plain, words: Vocabulary) -> Source:
    rows = exp.select("sum(num_rows)").from_(parquet_scan(source.path, "parquet_file_metadata"))
    (count,) = connection.execute(render(rows)).fetchall()[0]
    if count > MOST_ROWS:
        raise refusal("too-large", f"has more than {MOST_ROWS} rows", source.input.name)
    columns = columns_of(_parquet_names(connection, source), words, source.input.name)
    scan = exp.select("*").from_(parquet_scan(source.path))
    described = connection.execute(f"DESCRIBE {render(scan)}").fetchall()
    return parquet(source, columns, [(name, type_) for name, type_, *_ in described])


def _parquet_names(connection: DuckDBPyConnection, source: Plain) -> list[str]:
    """The columns as the file names them: DuckDB renames a second one of the same name."""
    scan = parquet_scan(source.path, "parquet_schema")
    nodes = connection.execute(render(exp.select("name", "num_children").from_(scan))).fetchall()
    names: list[str] = []
    below = 0
    for name, children in nodes[1:]:
        if not below:
            names.append(name)
        below += (children or 0) - (1 if below else 0)
    return names
