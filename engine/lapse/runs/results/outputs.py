"""The files of one run: CSV, JSON lines or Parquet, in the order of the rows or sorted."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING

from lapse.model.decision import APPROVAL
from lapse.model.tables import LAYOUTS, Layout
from lapse.runs.cells import csv_header, encoded
from lapse.runs.private_files import PrivateFile, sync
from lapse.runs.results.customers import BY_CUSTOMER
from lapse.runs.results.relations import IN_PLACE
from lapse.runs.results.row_lines import csv_rows, digest, json_rows, typed_cell
from lapse.runs.summary import Summary
from lapse.sql.sandbox import literal, pattern, write_scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LINES = 5_000
"""The lines in memory at once: more are no faster, and fewer need more calls of DuckDB."""
_MODULUS = 1 << 256
"""The width of SHA-256: sums of digests stay as long as one digest."""


class OutputFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Written:
    """An output as run.json describes it; `digest` is of the file, `fingerprint` of its rows.

    A fingerprint is the sum of the rows' digests, in any order and format, and their number.
    """

    rows: int
    fingerprint: str
    file: str = ""
    digest: str = ""


def queries() -> Iterator[tuple[str, str, str]]:
    """The name of each output, the query for its rows, and their order where none is asked."""
    wanted = {
        "actions": "output = 'actions'",
        "provider": "output = 'provider'",
        "held": "output = 'held'",
        "to_approve": f"output = 'held' AND held_by = {literal(APPROVAL)}",
    }
    for name in LAYOUTS:
        of_orders = f"FROM decided_orders WHERE {wanted.get(name)}"
        query = of_orders if name in wanted else f"FROM decided_{name}"
        yield name, query, BY_CUSTOMER if name == "customers" else IN_PLACE


def empty_outputs(told: Summary, relations: frozenset[str]) -> frozenset[str]:
    """Outputs that have no rows, by the counts of a run and by its relations without rows."""
    counted = ("actions", "provider", "held", "to_approve")
    empty = {name for name in counted if not getattr(told, name)} | relations
    return frozenset(empty | ({"customers"} if "accounts" in relations else set()))


@dataclass(frozen=True, slots=True)
class Files:
    """Writes the outputs into `folder` from the relations of a connection.

    `scratch` is a folder that the connection may write.
    """

    connection: "DuckDBPyConnection"
    scratch: Path
    folder: Path
    format: OutputFormat
    is_sorted: bool = False

    def write(self, empty: frozenset[str]) -> dict[str, Written]:
        """Writes every output, and returns what was written; `empty` ones have no rows."""
        written = {
            name: self._write(name, query, order, is_empty=name in empty)
            for name, query, order in queries()
        }
        sync(self.folder)
        return written

    def _write(self, name: str, query: str, order: str, *, is_empty: bool) -> Written:
        path, layout = self.folder / f"{name}.{self.format}", LAYOUTS[name]
        file = PrivateFile(path)
        try:
            if self.format is OutputFormat.CSV:
                file.write(encoded(csv_header(layout) + "\n"))
            # Parquet without rows has its columns, too.
            has_rows = not is_empty or self.format is OutputFormat.PARQUET
            rows = total = 0
            order = f"ORDER BY {_sorted(layout) if self.is_sorted else order}"
            for each in self._told(query, order, layout, file) if has_rows else ():
                rows, total = rows + 1, total + int(each, 16)
            file.close()
        finally:
            file.abandon()
        return Written(rows, f"{total % _MODULUS:064x}-{rows}", path.name, file.digest)

    def _told(self, query: str, order: str, layout: Layout, file: PrivateFile) -> Iterator[str]:
        """Writes the rows, and returns their digests."""
        match self.format:
            case OutputFormat.CSV:
                return self._lines(f"{csv_rows(query, layout)} {order}", file)
            case OutputFormat.JSONL:
                return self._lines(f"{json_rows(query, layout)} {order}", file)
            case OutputFormat.PARQUET:
                return self._parquet(query, order, layout, file)

    def _lines(self, query: str, file: PrivateFile) -> Iterator[str]:
        rows = self.connection.execute(query)
        while block := rows.fetchmany(LINES):
            lines, digests = zip(*block, strict=True)
            file.write(encoded("\n".join(lines) + "\n"))
            yield from digests

    def _parquet(self, query: str, order: str, layout: Layout, file: PrivateFile) -> Iterator[str]:
        # The connection may not write into the folder itself.
        made = self.scratch / file.path.name
        columns = ", ".join(f'{typed_cell(each)} AS "{each.name}"' for each in layout.columns)
        rows = self.connection.sql(f"SELECT {columns} FROM ({query}) {order}")
        write_scratch(rows, made)
        try:
            with made.open("rb") as copied:
                copyfileobj(copied, file)
            again = f"FROM read_parquet({literal(pattern(made))})"
            digests = self.connection.execute(f"SELECT {digest(layout)} {again}")
            while block := digests.fetchmany(LINES):
                yield from (each for (each,) in block)
        finally:
            made.unlink()


def _sorted(layout: Layout) -> str:
    columns = {column.name: column for column in layout.columns}
    names = dict.fromkeys((*layout.sort_by, *columns))
    return ", ".join(typed_cell(columns[name]) for name in names)
