"""Reads the outputs of earlier runs, also of versions that had fewer columns."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.model.tables import CellKind, Column, Layout
from lapse.runs.cells import FORMULA, GUARDED_BEHIND
from lapse.runs.failures import reading
from lapse.runs.results.outputs import OutputFormat
from lapse.runs.results.relations import TYPES, types_of
from lapse.sql.sandbox import pattern

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

MACROS = r"""
CREATE MACRO unguarded_behind(cell) AS
    regexp_replace(cell, getvariable('guarded_behind'), '\1\2', 'g');
CREATE MACRO unguarded_before(cell) AS
    CASE WHEN starts_with(cell, '''') AND regexp_matches(cell[2:], getvariable('formula'))
         THEN cell[2:] ELSE cell END;
CREATE MACRO unguarded(cell) AS unguarded_before(unguarded_behind(cell));
"""


def prepare(connection: "DuckDBPyConnection") -> None:
    """Prepares a connection for `output_relation`."""
    connection.execute(MACROS)
    connection.execute("SET VARIABLE formula = ?", [FORMULA])
    connection.execute("SET VARIABLE guarded_behind = ?", [GUARDED_BEHIND])


def output_relation(
    connection: "DuckDBPyConnection", file: Path, format_: OutputFormat, layout: Layout
) -> "DuckDBPyRelation":
    """The rows of an output as they were before they were formatted, with their types.

    A column that did not exist yet in the version that wrote it is null.
    """
    types = dict(types_of(layout.columns))
    match format_:
        case OutputFormat.PARQUET:
            rows = connection.read_parquet(pattern(file))
            return rows.project(
                ", ".join(_column(c, rows.columns, _as_it_is) for c in layout.columns)
            )
        case OutputFormat.JSONL:
            return connection.read_json(pattern(file), columns=types, format="newline_delimited")
        case OutputFormat.CSV:
            return _csv(connection, [file], header(file), layout)


def csv_outputs(
    connection: "DuckDBPyConnection", files: Sequence[Path], header_: Sequence[str], layout: Layout
) -> "DuckDBPyRelation":
    """The rows of outputs in CSV with the same header, and of each its file, as `filename`."""
    return _csv(connection, files, header_, layout, "filename")


def header(file: Path) -> tuple[str, ...]:
    """The columns of a CSV output; their names are never quoted."""
    with reading(file), file.open(encoding="utf-8") as lines:
        return tuple(next(lines, "").rstrip("\n").split(","))


def _csv(
    connection: "DuckDBPyConnection",
    files: Sequence[Path],
    header_: Sequence[str],
    layout: Layout,
    *more: str,
) -> "DuckDBPyRelation":
    rows = connection.read_csv(
        [pattern(file) for file in files],  # type: ignore[arg-type]  # the stub knows no lists
        columns=dict.fromkeys(header_, "VARCHAR"),
        auto_detect=False,
        header=True,
        delimiter=",",
        quotechar='"',
        escapechar='"',
        parallel=False,
        filename=True,
    )
    return rows.project(
        ", ".join((*(_column(c, header_, _from_csv) for c in layout.columns), *more))
    )


def _column(column: Column, there: Collection[str], read: Callable[[Column], str]) -> str:
    sql = read(column) if column.name in there else f"CAST(NULL AS {TYPES[column.kind]})"
    return f'{sql} AS "{column.name}"'


def _as_it_is(column: Column) -> str:
    return f'"{column.name}"'


def _from_csv(column: Column) -> str:
    name = f'"{column.name}"'
    return (
        f"unguarded({name})"
        if column.kind is CellKind.TEXT
        else f"CAST({name} AS {TYPES[column.kind]})"
    )
