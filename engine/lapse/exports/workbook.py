"""Workbooks of Excel, read by calamine: the first sheet with a cell in it, as text.

Whole numbers come without a point, days and instants as ISO, errors such as `#N/A` as their text.
Formulas count by the value that was saved with them.
"""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from lapse.exports.inputs import InputError, refusal
from lapse.exports.plain import MOST_RATIO, MOST_UNPACKED, Plain

MOST_ROWS = 1_048_576
"""Rows of one sheet, by Excel's own limit."""
_SMALL = 64 * 2**20


def sheet_rows(source: Plain) -> Iterator[tuple[str, ...]]:
    """The rows of a workbook, the header first; blank rows before, between and behind are none."""
    name = source.input.name
    _refuse_bombs(source)
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  needed for XLSX only

    try:
        with CalamineWorkbook.from_path(str(source.path.resolve())) as book:
            sheets = [
                sheet for sheet in map(book.get_sheet_by_name, book.sheet_names) if sheet.height
            ]
            if not sheets:
                raise refusal("empty-input", "holds no sheet with a cell in it", name)
            rows = (tuple(map(_text, row)) for row in sheets[0].iter_rows())
            yield from (row for row in rows if any(row))
    except CalamineError as error:
        raise _unreadable(name, str(error)) from None


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else f"{cell!r}"
        case datetime():
            is_day = cell.time() == time()
            return cell.date().isoformat() if is_day else cell.isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell).strip()


def _refuse_bombs(source: Plain) -> None:
    """Refuses what is no workbook, and what would unpack to far more than it takes here."""
    name = source.input.name
    try:
        with zipfile.ZipFile(source.path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _unreadable(name, str(error)) from None
    most = min(MOST_UNPACKED, max(_SMALL, source.path.stat().st_size * MOST_RATIO))
    if unpacked > most:
        raise refusal("too-large", f"unpacks to more than {most // 2**20} MiB", name)


def _unreadable(name: str, why: str) -> InputError:
    help_ = "open it in Excel and save it as a workbook without a password, or as CSV"
    first = why.partition("\n")[0].lower()
    return refusal("bad-workbook", f"is no workbook that can be read: {first}", name, help_=help_)
