"""Inputs that DuckDB cannot read exactly, rewritten as plain CSV with row numbers and flaws.

Each row keeps its number in the input. A row that cannot be split into cells keeps only its ids,
with the code and text of its flaw; the statement that rejects bad cells rejects it, too.
"""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from io import StringIO
from pathlib import Path
from typing import BinaryIO

from lapse.inputs.files import refusal
from lapse.inputs.formats.delimited import BrokenQuotesError, FileRecord, records
from lapse.inputs.plain_copy import PlainCopy
from lapse.scratch import room_for

ROW, FLAW, COLUMN, FOUND, REST = "#row", "#flaw", "#column", "#found", "#rest"
BETWEEN = "\x1f"
"""The separator of cells that are joined into one text."""
MOST_FOUND = 200
MOST_BYTES = 2_000_000
"""The longest line that DuckDB reads."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """The cells of one data row by column, in lower case, or what is wrong with the row."""

    cells: Mapping[str, str]
    flaw: str = ""
    column: str = ""
    found: str = ""


class _Writer:
    """Writes numbered rows, with a column for each of `names`; too long a row keeps only `kept`."""

    def __init__(self, file: BinaryIO, names: Sequence[str], kept: Collection[str]) -> None:
        self.rows = 0
        self._file, self._names, self._kept, self._line = file, names, kept, StringIO()
        self._csv = csv.writer(self._line, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._file.write(self._text((ROW, FLAW, COLUMN, FOUND, *names)))

    def write(self, row: FileRow) -> None:
        self.rows += 1
        try:
            line = self._cells(row)
        except UnicodeEncodeError:
            line = self._cells(self._without_cells(row, "bad-encoding"))
        if len(line) > MOST_BYTES:
            line = self._cells(self._without_cells(row, "bad-row"))
        self._file.write(line)

    def _cells(self, row: FileRow) -> bytes:
        flaw = (str(self.rows), row.flaw, row.column, row.found[:MOST_FOUND])
        return self._text((*flaw, *(row.cells.get(name, "") for name in self._names)))

    def _text(self, cells: tuple[str, ...]) -> bytes:
        self._line.seek(0)
        self._line.truncate()
        self._csv.writerow(cells)
        return self._line.getvalue().encode()

    def _without_cells(self, row: FileRow, flaw: str) -> FileRow:
        kept = {name: _sound(row.cells.get(name, "")) for name in self._kept}
        return FileRow(kept, flaw, found=_sound(row.found or next(iter(kept.values()), "")))


def _sound(text: str) -> str:
    return text[:MOST_FOUND].encode(errors="replace").decode()


def rewrite(
    rows: Iterable[FileRow], names: Sequence[str], copy: Path, kept: Collection[str] = ()
) -> int:
    """Writes all rows, with a column for each of `names`; returns the number of rows.

    Only the columns `kept` of a row that is too long are written.
    """
    with room_for("a copy of an export"), copy.open("wb") as file:
        writer = _Writer(file, names, kept)
        for row in rows:
            writer.write(row)
        return writer.rows


def delimited_rows(
    source: PlainCopy, delimiter: str, columns: Sequence[str], wanted: Collection[str]
) -> Iterator[FileRow]:
    """The rows below the header of delimited text, with the columns wanted."""
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        read = records(file, delimiter)
        next(read)
        try:
            for record in read:
                yield _row(record, columns, wanted)
        except BrokenQuotesError as broken:
            raise refusal(
                "bad-quotes",
                "has broken quotes in so many lines that none can be relied on",
                source.input.name,
                broken.line,
            ) from None


def _row(record: FileRecord, columns: Sequence[str], wanted: Collection[str]) -> FileRow:
    """The cells of a record; a record with too many or too few cells is rejected as a whole."""
    if record.cells is not None and len(record.cells) == len(columns):
        return FileRow(cells_of(columns, record.cells, wanted))
    return FileRow({}, "bad-row", found=record.text.rstrip("\r\n"))


def cells_of(
    columns: Sequence[str], cells: Iterable[str], wanted: Collection[str]
) -> Mapping[str, str]:
    """The cells of the columns wanted, and a digest of all the others."""
    named = list(zip(columns, cells, strict=False))
    row = {name: cell for name, cell in named if name in wanted}
    if REST in wanted:
        row[REST] = rest_of(cell for name, cell in named if name not in wanted)
    return row


def rest_of(cells: Iterable[str]) -> str:
    """A digest of the cells that are not read; it is equal for rows where these are equal."""
    text = BETWEEN.join(cells).encode("utf-8", "surrogatepass")
    # MD5, which DuckDB has too: a row gets one digest whichever way it is read.
    return md5(text, usedforsecurity=False).hexdigest()
