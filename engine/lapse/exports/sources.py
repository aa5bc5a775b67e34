"""What DuckDB needs to be told, or to be given instead, to read an input exactly."""

from dataclasses import dataclass, field
from pathlib import Path

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.exports.columns import ID
from lapse.exports.formats import Source, parquet_scan, rewritten, typed_columns
from lapse.exports.header import (
    MOST_COLUMNS,
    Columns,
    Header,
    columns_of,
    facts_by_name,
    require_id,
)
from lapse.exports.inputs import refusal
from lapse.exports.objects import rows_of
from lapse.exports.plain import Plain
from lapse.exports.rewrite import delimited_rows, rewrite
from lapse.exports.statements import render
from lapse.facts import Vocabulary

MOST_ROWS = 200_000_000
"""Rows of one Parquet file, which may take next to no room there."""


def repaired(source: Plain, header: Header) -> Source:
    """Delimited text of which DuckDB cannot read every record."""
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


def objects(source: Plain, words: Vocabulary) -> Source:
    """JSON, with a column for each fact that some object has."""
    keys, copy = _Keys(facts_by_name(words), source.input.name), _copy_of(source)
    facts = tuple(words.facts)
    count = rewrite(rows_of(source, keys.fact_of), facts, copy)
    if count and not keys.seen:
        raise refusal("bad-json", "holds no JSON object with a key", source.input.name)
    columns = keys.columns() if count else Columns((ID,), ())
    require_id(columns, source.input.name)
    return rewritten(source, columns, facts, copy)


def parquet(connection: DuckDBPyConnection, source: Plain, words: Vocabulary) -> Source:
    """A Parquet file by its own description of its columns."""
    rows = exp.select("sum(num_rows)").from_(parquet_scan(source.path, "parquet_file_metadata"))
    (count,) = connection.execute(render(rows)).fetchall()[0]
    if count > MOST_ROWS:
        raise refusal("too-large", f"has more than {MOST_ROWS} rows", source.input.name)
    columns = columns_of(_parquet_names(connection, source), words, source.input.name)
    scan = exp.select("*").from_(parquet_scan(source.path))
    described = connection.execute(f"DESCRIBE {render(scan)}").fetchall()
    return typed_columns(source, columns, [(name, type_) for name, type_, *_ in described])


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
