"""Small CSV files from people and tools: receipts, and what was done before `lapse` came."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.batch.cells import unguarded
from lapse.batch.failures import HistoryError
from lapse.place import Place, did_you_mean, reason

if TYPE_CHECKING:
    import _csv


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's cells by column, without surrounding blanks; a blank cell is empty text."""

    cells: Mapping[str, str]
    place: Place

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def table(file: Path, required: Collection[str]) -> Iterator[TableRow]:
    """The rows of a file that has at least some columns."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            yield from _rows(csv.reader(opened, strict=True), file, required)
    except OSError as error:
        raise HistoryError(f"`{file}` cannot be read: {reason(error)}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise HistoryError(f"`{file}` is no CSV in UTF-8: {error}") from error


def _rows(reader: "_csv.Reader", file: Path, required: Collection[str]) -> Iterator[TableRow]:
    header = [name.strip() for name in next(reader, [])]
    for name in required:
        if name not in header:
            near = did_you_mean(name, header)
            hint = f"; {near}" if near else ""
            raise HistoryError(f"`{file}` has no column `{name}`{hint}")
    line = reader.line_num + 1
    for cells in reader:
        named = dict(zip(header, (unguarded(cell).strip() for cell in cells), strict=False))
        if any(named.values()):
            yield TableRow(named, Place(str(file), line))
        line = reader.line_num + 1
