"""What an input shows before it is read: the names of its columns, by which its kind is told."""

from collections.abc import Iterable
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from lapse.inputs.files import Format
from lapse.inputs.formats.delimited import Header, header_of, refuse_too_many
from lapse.inputs.formats.json_rows import paths_of
from lapse.inputs.formats.parquet import parquet_scan
from lapse.inputs.formats.workbook import sheet_rows
from lapse.inputs.plain_copy import Plain
from lapse.sql.expressions import query, render

MOST_PEEKED = 100
"""Objects of a JSON file by whose keys its kind is told."""


@dataclass(frozen=True, slots=True)
class Look:
    """The columns of an input as spelled there, without spaces around; in JSON the paths met.

    Delimited text has a header, too.
    """

    plain: Plain
    names: tuple[str, ...]
    header: Header | None = None

    @property
    def lower(self) -> frozenset[str]:
        return frozenset(name.lower() for name in self.names)


def look(connection: DuckDBPyConnection, plain: Plain, rows: Iterable[str]) -> Look:
    """The columns of an input; `rows` are the keys under which pages may keep their rows."""
    match plain.input.format:
        case Format.DELIMITED | Format.TABBED:
            header = header_of(plain)
            return Look(plain, header.names, header)
        case Format.JSON | Format.JSON_LINES:
            return Look(plain, paths_of(plain, tuple(rows), MOST_PEEKED))
        case Format.PARQUET:
            return _table(plain, _parquet_names(connection, plain))
        case Format.WORKBOOK:
            return _table(plain, next(sheet_rows(plain), ()))


def _table(plain: Plain, names: Iterable[str]) -> Look:
    found = tuple(name.strip() for name in names)
    refuse_too_many(len(found), plain.input.name)
    return Look(plain, found)


def _parquet_names(connection: DuckDBPyConnection, source: Plain) -> list[str]:
    """The columns as the file names them: DuckDB renames a second one of the same name."""
    scan = parquet_scan(source.path, "parquet_schema")
    nodes = connection.execute(
        render(query("SELECT name, num_children FROM $scan", scan=scan))
    ).fetchall()
    names: list[str] = []
    below = 0
    for name, children in nodes[1:]:
        if not below:
            names.append(name)
        below += (children or 0) - (1 if below else 0)
    return names
