"""Delimited text by the rules of RFC 4180: the header's delimiter, and records one by one.

DuckDB reads whatever is well formed. This reader finds the header, and reads files in which some
record is not well formed, so that only that record is lost. Beyond the RFC: any line end
counts, blank lines are skipped, spaces around quotes are ignored, and a quote inside an unquoted
cell is text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TextIO

from lapse.inputs.files import Format, refusal
from lapse.inputs.plain_copy import PlainCopy

DELIMITERS = (",", ";", "\t", "|")
MOST_LINE = 2_000_000
"""Characters of one record; DuckDB's own limit, in bytes."""
MOST_LINES = 1_000
"""Lines of one record; a longer one lacks a closing quote."""
MOST_REPAIRS = 10_000
_SPACES = " "


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The cells of one record, or its text when it cannot be split into cells."""

    line: int
    cells: tuple[str, ...] | None
    text: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A quote is open at the end of the text."""


class BrokenQuotesError(Exception):
    """So many records have broken quotes that nothing read here can be relied on."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"broken quotes in line {line}")


def delimiter_of(header: str) -> str:
    """The delimiter that occurs most often outside quotes; a comma when none does.

    >>> delimiter_of('subscription_id;"name, of customer, in full";status')
    ';'
    """
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def split_cells(text: str, delimiter: str) -> tuple[str, ...] | Unfinished | None:
    r"""The cells of a record without its line end; null when a quote is misplaced.

    >>> split_cells('a,"b ""c"", d",', ",")
    ('a', 'b "c", d', '')
    """
    if '"' not in text:
        return tuple(text.split(delimiter))
    cells: list[str] = []
    at = 0
    while True:
        quote = _skip_spaces(text, at)
        if text[quote : quote + 1] != '"':
            end = text.find(delimiter, at)
            cells.append(text[at:] if end < 0 else text[at:end])
        else:
            closing = _closing(text, quote)
            if closing < 0:
                return Unfinished()
            cells.append(text[quote + 1 : closing].replace('""', '"'))
            end = _skip_spaces(text, closing + 1)
            if end < len(text) and text[end] != delimiter:
                return None
            end = -1 if end == len(text) else end
        if end < 0:
            return tuple(cells)
        at = end + 1


def _skip_spaces(text: str, at: int) -> int:
    while text[at : at + 1] == _SPACES:
        at += 1
    return at


def _closing(text: str, quote: int) -> int:
    """Where the quoted cell that opens at `quote` closes, or -1."""
    at = text.find('"', quote + 1)
    while at >= 0 and text[at + 1 : at + 2] == '"':
        at = text.find('"', at + 2)
    return at


@dataclass(slots=True)
class _Lines:
    """Physical lines; those read last can be given back."""

    unread: Iterator[str]
    waiting: list[str] = field(default_factory=list)
    number: int = 0

    def next(self) -> str | None:
        """The next line with its end, cut when it is too long; null at the end."""
        line = self.waiting.pop() if self.waiting else self._read()
        if line is not None:
            self.number += 1
        return line

    def _read(self) -> str | None:
        return next(self.unread, None)

    def give_back(self, lines: list[str]) -> None:
        self.waiting += reversed(lines)
        self.number -= len(lines)


def cut_lines(file: TextIO) -> Iterator[str]:
    """The lines of a file opened with `newline=""`; a line that is too long is cut."""
    while line := file.readline(MOST_LINE + 1):
        if len(line) > MOST_LINE and line[-1] not in "\r\n":
            while (more := file.readline(MOST_LINE)) and more[-1] not in "\r\n":
                pass
        yield line


def records(file: TextIO, delimiter: str) -> Iterator[FileRecord]:
    """Every record of a file opened with `newline=""`."""
    lines = _Lines(cut_lines(file))
    repairs = 0
    while (first := lines.next()) is not None:
        if not first.strip() and delimiter not in first:
            continue
        line = lines.number
        record = _record(first, lines, delimiter)
        if record.cells is None:
            repairs += 1
            if repairs > MOST_REPAIRS:
                raise BrokenQuotesError(line)
        yield record


def _record(first: str, lines: _Lines, delimiter: str) -> FileRecord:
    """One record; when its quotes do not close, only its first line is lost."""
    number, taken, text = lines.number, [first], first
    while len(text) <= MOST_LINE and len(taken) <= MOST_LINES:
        cells = split_cells(text.rstrip("\r\n") if _is_last(text) else text, delimiter)
        if not isinstance(cells, Unfinished):
            if cells is None:
                break
            return FileRecord(number, cells, text)
        more = lines.next()
        if more is None:
            break
        taken.append(more)
        text += more
    lines.give_back(taken[1:])
    return FileRecord(number, None, first)


def _is_last(text: str) -> bool:
    return text[-1:] in {"\r", "\n"}


MOST_COLUMNS = 5_000


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file as spelled there, without spaces around them."""

    names: tuple[str, ...]
    delimiter: str
    text: str
    is_first_line: bool


def header_of(source: PlainCopy) -> Header:
    """The header of delimited text."""
    name = source.input.name
    tab = "\t" if source.input.format is Format.TABBED else None
    # Reconciliation files are said to begin with a byte order mark.
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        line = next((line for line in cut_lines(file) if line.strip()), "")
        delimiter = tab or delimiter_of(line)
        file.seek(0)
        first = next(records(file, delimiter), None)
    if first is None:
        raise refusal("empty-input", "holds only blank lines", name)
    if first.cells is None:
        raise refusal("not-a-table", "its first line is no header of a table", name, first.line)
    is_first_line = first.line == 1 and not {"\r", "\n"} & set(first.text.rstrip("\r\n"))
    names = tuple(cell.strip() for cell in first.cells)
    refuse_too_many(len(names), name)
    return Header(names, delimiter, first.text, is_first_line)


def refuse_too_many(columns: int, file: str) -> None:
    if columns > MOST_COLUMNS:
        raise refusal("too-many-columns", f"has more than {MOST_COLUMNS} columns", file)
