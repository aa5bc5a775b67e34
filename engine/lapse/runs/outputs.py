"""The files of one run: CSV, JSON lines or Parquet, in the order of the rows or sorted.

CSV and JSON lines are written as the rows come. Sorted outputs and Parquet are first written as
drafts of JSON lines, which DuckDB then converts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from lapse.model.tables import LAYOUTS, CellKind, Cells, Layout
from lapse.runs.cells import Fingerprint, csv_header, csv_line, encoded, json_line
from lapse.runs.failures import OutputError
from lapse.runs.private_files import FILE_MODE, PrivateFile, digest_of, sync
from lapse.sql.sandbox import database, failing_as, pattern

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

# Rows in memory at once: more are no faster, and fewer need more calls of DuckDB.
FETCHED = 5000
DECIDED = ("actions", "to_approve")
_ACTION = LAYOUTS["actions"].names.index("action")


class OutputFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Written:
    """An output as run.json describes it; `digest` is of the file, `fingerprint` of its rows."""

    rows: int
    fingerprint: str
    file: str = ""
    digest: str = ""


class Outputs(Protocol):
    """Where a run's rows go."""

    def write(self, name: str, cells: Cells) -> None: ...


class Shown:
    """Keeps the first orders of each action; passes all rows on to `written`, null in a preview."""

    def __init__(self, most: int, written: Outputs | None = None) -> None:
        self._kept: dict[tuple[str, str], list[Cells]] = {}
        self._most = most
        self._written = written

    def write(self, name: str, cells: Cells) -> None:
        if name in DECIDED:
            kept = self._kept.setdefault((name, cells[_ACTION]), [])
            if len(kept) < self._most:
                kept.append(cells)
        if self._written is not None:
            self._written.write(name, cells)

    def orders(self, name: str) -> tuple[Mapping[str, str], ...]:
        """The rows kept of an output, grouped by action, each with its cells by column."""
        kept = (rows for (output, _), rows in sorted(self._kept.items()) if output == name)
        columns = LAYOUTS[name].names
        return tuple(dict(zip(columns, cells, strict=True)) for rows in kept for cells in rows)


@dataclass(frozen=True, slots=True)
class Noted:
    """Passes rows on, and keeps the ids of the orders decided, approved or not."""

    outputs: Outputs
    ids: list[str] = field(default_factory=list)

    def write(self, name: str, cells: Cells) -> None:
        if name in DECIDED:
            self.ids.append(cells[0])
        self.outputs.write(name, cells)


class Files:
    """Writes outputs into a folder; they are incomplete until `finish`."""

    def __init__(self, folder: Path, format_: OutputFormat, *, is_sorted: bool) -> None:
        self._fingerprints = {name: Fingerprint() for name in LAYOUTS}
        self.folder = folder
        self.format = format_
        self.is_sorted = is_sorted
        self._has_drafts = is_sorted or format_ is OutputFormat.PARQUET
        self._open: dict[str, LineFile] = {}
        for name, layout in LAYOUTS.items():
            path = self._draft(name) if self._has_drafts else self._file(name)
            lines = OutputFormat.JSONL if self._has_drafts else format_
            self._open[name] = LineFile(path, lines, layout, called=self._file(name))

    def write(self, name: str, cells: Cells) -> None:
        self._fingerprints[name].add(cells)
        self._open[name].write(cells)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.abandon()

    def finish(self) -> dict[str, Written]:
        """Completes every file; returns what was written, by output."""
        digests = {name: file.close() for name, file in self._open.items()}
        if self._has_drafts:
            with database([self.folder]) as connection:
                digests = {name: self._turned(name, connection) for name in LAYOUTS}
        sync(self.folder)
        return {
            name: Written(counted.rows, str(counted), self._file(name).name, digests[name])
            for name, counted in self._fingerprints.items()
        }

    def _turned(self, name: str, connection: "DuckDBPyConnection") -> str:
        """Makes an output from its draft, and returns its digest."""
        draft, target, layout = self._draft(name), self._file(name), LAYOUTS[name]
        with failing_as(OutputError, f"`{target}` cannot be written"):
            rows = draft_relation(connection, draft, layout, is_sorted=self.is_sorted)
            if self.format is OutputFormat.PARQUET:
                digest = _parquet(rows, target)
            else:
                digest = _lines(rows, target, self.format, layout)
        draft.unlink()
        return digest

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.{self.format}"

    def _draft(self, name: str) -> Path:
        return self.folder / f".{name}.draft"


class LineFile:
    """A file of CSV or JSON lines."""

    def __init__(
        self, path: Path, format_: OutputFormat, layout: Layout, *, called: Path | None = None
    ) -> None:
        self._file = PrivateFile(path, called=called)
        self._line = csv_line if format_ is OutputFormat.CSV else json_line
        self._layout = layout
        if format_ is OutputFormat.CSV:
            self._file.write(encoded(csv_header(layout) + "\n"))

    def write(self, cells: Cells) -> None:
        self._file.write(encoded(self._line(cells, self._layout) + "\n"))

    def close(self) -> str:
        """Completes the file and returns its digest."""
        self._file.close()
        return self._file.digest

    def abandon(self) -> None:
        self._file.abandon()


OUTPUT_TYPES = {
    CellKind.WHOLE: "BIGINT",
    CellKind.DATE: "DATE",
    CellKind.TEXT: "VARCHAR",
    CellKind.OURS: "VARCHAR",
}


def draft_relation(
    connection: "DuckDBPyConnection", draft: Path, layout: Layout, *, is_sorted: bool
) -> "DuckDBPyRelation":
    """A draft's rows with their declared types."""
    types = {column.name: OUTPUT_TYPES[column.kind] for column in layout.columns}
    rows = connection.read_json(pattern(draft), columns=types, format="newline_delimited")
    if is_sorted:
        others = (name for name in layout.names if name not in layout.sort_by)
        return rows.order(", ".join(f'"{name}"' for name in (*layout.sort_by, *others)))
    return rows


def _parquet(rows: "DuckDBPyRelation", target: Path) -> str:
    rows.write_parquet(str(target.absolute()), compression="zstd")
    # DuckDB creates the file with the mode that the umask leaves.
    target.chmod(FILE_MODE)
    sync(target)
    return digest_of(target)


def _lines(rows: "DuckDBPyRelation", target: Path, format_: OutputFormat, layout: Layout) -> str:
    file = LineFile(target, format_, layout)
    try:
        for cells in fetched(rows):
            file.write(cells)
        return file.close()
    finally:
        file.abandon()


def fetched(rows: "DuckDBPyRelation") -> Iterator[Cells]:
    """Rows as cells, a few thousand in memory at a time."""
    while block := rows.fetchmany(FETCHED):
        for row in block:
            yield tuple("" if value is None else str(value) for value in row)
