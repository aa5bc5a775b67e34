"""Reads small CSV files from people and tools: receipts, approvals, actions from before `lapse`.

A file saved by a spreadsheet may have a byte order mark, and semicolons as delimiters where a comma
is the decimal sign.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from lapse.model.place import Place, Problem, did_you_mean, is_utf8
from lapse.runs.cells import unguarded
from lapse.runs.failures import HistoryError, reading

DELIMITERS = (",", ";", "\t")
MOST_SHOWN = 60
"""The most characters kept of a column's name; ours are all shorter."""
_IN_UTF_8 = "save it as CSV in UTF-8"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's cells by column, without surrounding blanks; a blank cell is empty text."""

    cells: Mapping[str, str]
    place: Place

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def table(file: Path, required: Sequence[str]) -> list[TableRow]:
    """The rows of a file with at least the `required` columns; any problem is a `HistoryError`."""
    # Bytes that are not UTF-8 are kept, so that one error lists all rows that have some.
    with reading(file), file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as it:
        lines = it.read()
    header, delimiter = _header(lines, file, required)
    rows = list(_rows(lines, delimiter, file, header))
    problems = tuple(row for row in rows if isinstance(row, Problem))
    if problems:
        raise _refused(problems)
    return [row for row in rows if isinstance(row, TableRow)]


def _header(lines: str, file: Path, required: Sequence[str]) -> tuple[list[str], str]:
    """The names in the first line, in lower case, and the delimiter between them."""
    first, place = StringIO(lines, newline="").readline(), Place(str(file), 1)
    if not is_utf8(first):
        raise _refused([Problem("bad-encoding", "this is not UTF-8", place, _IN_UTF_8)])
    named = {
        sign: [name.strip().strip('"').lower()[:MOST_SHOWN] for name in first.split(sign)]
        for sign in DELIMITERS
    }
    delimiter = max(DELIMITERS, key=lambda sign: len({*required} & {*named[sign]}))
    names = named[delimiter]
    missing = [name for name in required if name not in names]
    twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if missing:
        message = f"there is no column {', '.join(f'`{name}`' for name in missing)}"
        help_ = did_you_mean(missing[0], filter(None, names))
        raise _refused([Problem("missing-column", message, place, help_)])
    if twice:
        raise _refused([Problem("duplicate-column", f"`{twice[0]}` stands twice", place)])
    return names, delimiter


def _rows(
    lines: str, delimiter: str, file: Path, header: Sequence[str]
) -> Iterator[TableRow | Problem]:
    """The rows below the header that are not blank, or a problem for each that cannot be read."""
    reader = csv.reader(StringIO(lines, newline=""), strict=True, delimiter=delimiter)
    next(reader)
    while True:
        place = Place(str(file), reader.line_num + 1)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Problem("bad-row", f"this is no row of CSV: {error}", place)
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        yield _row(cells, header, place)


def _row(cells: Sequence[str], header: Sequence[str], place: Place) -> TableRow | Problem:
    if not all(map(is_utf8, cells)):
        return Problem("bad-encoding", "this is not UTF-8", place, _IN_UTF_8)
    if len(cells) != len(header):
        message = f"the header has {len(header)} cells, and this row {len(cells)}"
        return Problem("bad-row", message, place)
    named = zip(header, (unguarded(cell).strip() for cell in cells), strict=True)
    return TableRow(dict(named), place)


def _refused(problems: Sequence[Problem]) -> HistoryError:
    told = "; ".join(f"{each.place.source}: {each.message}" for each in problems)
    return HistoryError(told, tuple(problems))
