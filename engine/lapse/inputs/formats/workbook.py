"""Workbooks of Excel, read by calamine: the first visible sheet that has a cell, as text.

Whole numbers come without a point, others as Excel shows them, days and instants as ISO, and errors
such as `#N/A` as their text. A formula gives the value that was saved with it.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

from lapse.inputs.files import InputError, refusal
from lapse.inputs.formats.json_text import plain_number
from lapse.inputs.plain_copy import MOST_UNPACKED, PlainCopy, most_unpacked
from lapse.scratch import stand_in

MOST_CELLS = 2**26
"""Cells in the smallest rectangle around those of a sheet, for which calamine takes memory: 64
columns of as many rows as Excel has. Without enough memory calamine ends the process."""
ANY_CELLS = 2**23
"""Cells allowed in a file of any size: a stray cell in the last row stretches eight columns to so
many. A file of 1,749 bytes with 67 million took 2.2 GB and 47 s."""
CELLS_A_BYTE = 4
"""Cells for each byte of a larger file: Excel writes the place of each, two bytes at least."""
MOST_TEXT = 2**29
"""Characters in all cells: a file stores a text once, and calamine copies it into each cell."""
ANY_TEXT, TEXT_A_BYTE = 2**27, 64
"""As with cells. A file of 180 KB, a long text in each of 16,000 rows, took 630 MB and 20 s."""
_CHUNK = 2**20
# Not every whole number beyond it is a float.
_EXACT = 2**53
_DIGITS = 15
"""Digits of a number that Excel shows; any more come from rounding of floats."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    ParseError,
)
"""Errors from archives that are damaged, encrypted or packed in other ways, and from bad XML."""
MOST_TAG = 2**16
"""Bytes of one tag."""
_NAME = rb"""\s+(?!r[\s=])[^\s=>/"']+\s*=\s*(?:"[^"]*"|'[^']*')"""
_PLACE = rb"""\s+r\s*=\s*["']([A-Za-z]*)([0-9]*)["']"""
_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?(row|c)(?=[\s/>])(?:%b)*(?:%b)?" % (_NAME, _PLACE))
_LAST = re.compile(rb"<(?:[^\s<>/]*\Z|(?:[^\s<>/:]+:)?(?:row|c)\s)")
"""A tag that may go on in the next piece."""
_ERROR = re.compile(rb"""(<(?:[^\s<>/:]+:)?c\s(?:[^<>]*?\s)?t\s*=\s*["'])e(["'])""")
_BARE_FORMULA = re.compile(
    rb"<(?:/(?:[^\s<>/:]+:)?f\s*|(?:[^\s<>/:]+:)?f(?:\s[^<>]*)?/)>\s*</(?:[^\s<>/:]+:)?c\s*>"
)
"""A cell that ends after its formula, without a value."""
_SHARED = re.compile(rb"<(?:[^\s<>/:]+:)?si[\s/>]")
_LONGEST_END = 200
"""Bytes of a piece that are looked at again with the next one."""
_CELL, _NOWHERE = b"c", b""
_LETTERS = 26


def sheet_rows(source: PlainCopy) -> Iterator[tuple[str, ...]]:
    """The rows of a workbook, the header first; blank rows anywhere are skipped."""
    name = source.input.name
    path = _safe(source)
    # Openpyxl is fifteen times slower, and reads formulas without a saved value as blanks.
    from python_calamine import (  # noqa: PLC0415  needed for XLSX only
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            # A hidden sheet, which nobody sees in the workbook, decides nothing.
            shown = (s.name for s in book.sheets_metadata if s.visible is SheetVisibleEnum.Visible)
            sheets = map(book.get_sheet_by_name, shown)
            filled = next((sheet.iter_rows() for sheet in sheets if sheet.height), None)
            rows = (tuple(map(_text, row)) for row in filled or ())
            yield from (row for row in rows if any(row))
    except (CalamineError, OverflowError) as error:
        raise _unreadable(name, str(error)) from None
    except BaseException as error:  # all else, Ctrl-C too, is handed on as it is
        # A panic of calamine, as over a duration of -1e300 days, is not an `Exception`.
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable(name, str(error)) from None
    if filled is None:
        raise refusal("empty-input", "shows no sheet with a cell in it", name)


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            is_exact = cell.is_integer() and abs(cell) <= _EXACT
            return str(int(cell)) if is_exact else plain_number(f"{cell:.{_DIGITS}g}")
        case datetime():
            is_day = cell.time() == time()
            return cell.date().isoformat() if is_day else cell.isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell).strip()


def _safe(source: PlainCopy) -> Path:
    """The path of a workbook that calamine may read; refused when that would take too much memory.

    Calamine reads errors as blanks, so they become texts in a copy. The path ends in `.xlsx`, so
    that calamine reads it as nothing else.
    """
    name, path = source.input.name, source.path.with_suffix(".xlsx")
    most = min(MOST_UNPACKED, most_unpacked(source.path.stat().st_size))
    if path.exists():
        return path
    try:
        with zipfile.ZipFile(source.path) as packed:
            if sum(part.file_size for part in packed.infolist()) > most:
                raise refusal("too-large", f"unpacks to more than {most // 2**20} MiB", name)
            size = source.path.stat().st_size
            cells = min(MOST_CELLS, max(ANY_CELLS, size * CELLS_A_BYTE))
            extents: dict[zipfile.ZipInfo, _Extent] = {}
            for part in packed.infolist():
                extents[part] = _extent(packed, part, cells)
                if extents[part].cells > cells:
                    raise _stretched(name, cells)
            _refuse(packed, extents, name, min(MOST_TEXT, max(ANY_TEXT, size * TEXT_A_BYTE)))
            if any(extent.has_errors for extent in extents.values()):
                _write_errors_as_texts(packed, path)
            else:
                stand_in(path, source.path.resolve())
    except _BROKEN as error:
        raise _unreadable(name, str(error)) from None
    return path


def _refuse(
    packed: zipfile.ZipFile, extents: Mapping[zipfile.ZipInfo, "_Extent"], name: str, most: int
) -> None:
    """Refuses formulas without a saved value, and more than `most` characters of text."""
    if any(extent.has_bare_formulas for extent in extents.values()):
        help_ = "open it in Excel and save it, which works them out"
        raise refusal("bad-workbook", "holds formulas without their values", name, help_=help_)
    lengths = [_lengths(packed, part) for part, extent in extents.items() if extent.has_texts]
    longest = max(map(max, filter(None, lengths)), default=0)
    if longest * sum(extent.met for extent in extents.values()) <= most:
        return
    texts = [max(each) for each in zip_longest(*lengths, fillvalue=0)]
    copied = (_copied(packed, part, texts) for part, extent in extents.items() if extent.met)
    if sum(copied) > most:
        what = f"holds more than {most} characters of text"
        raise refusal("too-large", what, name, help_="save it as CSV")


def _lengths(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[int]:
    """The lengths of the texts that cells share, in their order."""
    return [sum(map(len, each.itertext())) for each in _elements(packed, part, "si")]


def _copied(packed: zipfile.ZipFile, part: zipfile.ZipInfo, lengths: Sequence[int]) -> int:
    """The total length of the shared texts in all cells of a sheet."""
    shared = (cell for cell in _elements(packed, part, _CELL.decode()) if cell.get("t") == "s")
    numbers = (int("".join(cell.itertext())) for cell in shared)
    return sum(lengths[number] for number in numbers if 0 <= number < len(lengths))


def _elements(packed: zipfile.ZipFile, part: zipfile.ZipInfo, kind: str) -> Iterator[Element]:
    """All elements of a kind; each is cleared when the next one is asked for."""
    with packed.open(part) as file:
        for _, element in iterparse(file):  # noqa: S314  expat bounds what entities come to
            if element.tag.rpartition("}")[2] == kind:
                yield element
                element.clear()


def _pieces(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The text of a part, cut before tags of cells and rows."""
    rest = b""
    with packed.open(part) as file:
        while chunk := file.read(_CHUNK):
            text = rest + chunk
            start = text.rfind(b"<")
            end = start if start >= 0 and _LAST.match(text, start) else len(text)
            rest = text[end:]
            if len(rest) > MOST_TAG:
                message = "a tag in it does not end"
                raise ValueError(message)
            yield text[:end]
    yield rest


def _extent(packed: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> "_Extent":
    """What a part holds; the search ends when it holds more than `most` cells."""
    extent = _Extent()
    for piece in _pieces(packed, part):
        extent.add(piece)
        if extent.cells > most:
            break
    return extent


def _write_errors_as_texts(packed: zipfile.ZipFile, copy: Path) -> None:
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for part in packed.infolist():
            with target.open(part.filename, "w") as file:
                for piece in _pieces(packed, part):
                    file.write(_ERROR.sub(rb"\1str\2", piece))


@dataclass(slots=True)
class _Extent:
    """The columns and rows of a rectangle around all cells met.

    Cells give their place, as in `<c r="AB12">`; those without one follow the cell before.
    """

    columns: int = 0
    rows: int = 0
    unplaced: int = 0
    most_unplaced: int = 0
    unplaced_rows: int = 0
    met: int = 0
    has_errors: bool = False
    has_texts: bool = False
    has_bare_formulas: bool = False
    end: bytes = b""

    @property
    def cells(self) -> int:
        return (self.columns + self.most_unplaced) * (self.rows + self.unplaced_rows)

    def add(self, text: bytes) -> None:
        tags = _TAG.findall(text)
        self.met += sum(tag == _CELL for tag, *_ in tags)
        self.has_errors = self.has_errors or _ERROR.search(text) is not None
        self.has_texts = self.has_texts or _SHARED.search(text) is not None
        joined = self.end + text
        is_bare = _BARE_FORMULA.search(joined) is not None
        self.has_bare_formulas = self.has_bare_formulas or is_bare
        self.end = joined[-_LONGEST_END:]
        self.columns = max(self.columns, *map(_column, {each[1] for each in tags}), 0)
        self.rows = max(self.rows, *(int(each or 0) for each in {each[2] for each in tags}), 0)
        if any(each[2] == _NOWHERE for each in tags):
            self._add_unplaced(tags)

    def _add_unplaced(self, found: list[tuple[bytes, bytes, bytes]]) -> None:
        for tag, _, row in found:
            if tag != _CELL:
                self.unplaced = 0
                self.unplaced_rows += row == _NOWHERE
            elif row == _NOWHERE:
                self.unplaced += 1
                self.most_unplaced = max(self.most_unplaced, self.unplaced)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:9]:
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _stretched(name: str, most: int) -> InputError:
    what = f"has a sheet that stretches over more than {most} cells"
    help_ = "delete the rows and columns beyond the table, or save it as CSV"
    return refusal("too-large", what, name, help_=help_)


def _unreadable(name: str, why: str) -> InputError:
    help_ = "open it in Excel and save it as a workbook without a password, or as CSV"
    first = why.partition("\n")[0].lower()
    return refusal("bad-workbook", f"is no workbook that can be read: {first}", name, help_=help_)
