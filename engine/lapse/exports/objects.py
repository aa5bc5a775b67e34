"""JSON objects as rows of text: numbers as plain decimals, null as blank, flags as true or false.

An array is read piece by piece and must be sound JSON; of JSON lines, a broken line loses itself.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TextIO

from lapse.exports.delimited import MOST_LINE, cut_lines
from lapse.exports.inputs import Format, refusal
from lapse.exports.plain import Plain
from lapse.exports.rewrite import Row

_BLANKS = " \t\r\n"
_MOST_DIGITS = 40


class _Object(dict[str, object]):
    """A JSON object that knows whether a key stood in it twice."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.is_ambiguous = len(self) < len(pairs)


class BrokenJsonError(Exception):
    """The text is no JSON array; `line` counts from 1."""

    def __init__(self, why: str, line: int) -> None:
        self.why, self.line = why, line
        super().__init__(f"{why} in line {line}")


def plain_number(text: str) -> str:
    """A JSON number without exponent and idle zeros.

    >>> plain_number("25.0"), plain_number("1.2E3"), plain_number("0E-20")
    ('25', '1200', '0')
    """
    value = Decimal(text)
    if value.is_zero():
        return "0"
    if abs(value.adjusted()) > _MOST_DIGITS or len(value.as_tuple().digits) > _MOST_DIGITS:
        return text
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Object, parse_float=plain_number, parse_int=str, parse_constant=str
)


def rows_of(source: Plain, fact_of: Callable[[str], str | None]) -> Iterator[Row]:
    """Each object as a row of its facts; `fact_of` names the fact that a key gives."""
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        if source.input.format is Format.JSON_LINES:
            for line in cut_lines(file):
                if line.strip():
                    yield _row(_value(line), line.rstrip("\r\n"), fact_of)
            return
        try:
            for value, text in _items(file):
                yield _row(value, text, fact_of)
        except BrokenJsonError as broken:
            raise refusal("bad-json", broken.why, source.input.name, broken.line) from None


def _value(line: str) -> object:
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError):
        return None


def _row(value: object, text: str, fact_of: Callable[[str], str | None]) -> Row:
    """An object as a row; other values, and an object with a key or fact twice, are no row."""
    if not isinstance(value, _Object) or value.is_ambiguous:
        return Row({}, "bad-row", found=text)
    cells: dict[str, str] = {}
    nested: list[tuple[str, str]] = []
    for key, cell in value.items():
        fact = fact_of(key)
        if fact is None:
            continue
        if fact in cells:
            return Row({}, "bad-row", fact, text)
        cells[fact] = _text(cell)
        if isinstance(cell, list | dict):
            nested.append((fact, _shown(cell)))
    return Row(cells, "bad-cell", *nested[0]) if nested else Row(cells)


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case str():
            return cell
        case _:
            return ""


def _shown(cell: object) -> str:
    try:
        return json.dumps(cell, ensure_ascii=False)
    except RecursionError:
        return ""


@dataclass(slots=True)
class _Feed:
    """A window over a text that is read as far as it is needed."""

    file: TextIO
    text: str = ""
    at: int = 0
    line: int = 1

    def more(self) -> bool:
        """Read on, and forget what was passed."""
        self.line += self.text.count("\n", 0, self.at)
        piece = self.file.read(MOST_LINE // 2)
        self.text, self.at = self.text[self.at :] + piece, 0
        return bool(piece)

    def next(self) -> str:
        """The next character that is not blank, which stays; nothing at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _BLANKS:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def broken(self, why: str) -> BrokenJsonError:
        return BrokenJsonError(why, self.line + self.text.count("\n", 0, self.at))


def _items(file: TextIO) -> Iterator[tuple[object, str]]:
    feed = _Feed(file)
    if feed.next() != "[":
        raise feed.broken("is no JSON array of objects")
    feed.at += 1
    if feed.next() == "]":
        feed.at += 1
    else:
        yield from _members(feed)
    if feed.next():
        raise feed.broken("goes on after the end of its JSON array")


def _members(feed: _Feed) -> Iterator[tuple[object, str]]:
    while True:
        feed.next()
        value, end = _decode(feed)
        yield value, feed.text[feed.at : end]
        feed.at = end
        mark = feed.next()
        if mark not in {",", "]"}:
            raise feed.broken("is no sound JSON" if mark else "ends within its JSON array")
        feed.at += 1
        if mark == "]":
            return


def _decode(feed: _Feed) -> tuple[object, int]:
    """The value that starts here and where it ends, reading on while it may be cut off."""
    while True:
        try:
            return _DECODER.raw_decode(feed.text, feed.at)
        except json.JSONDecodeError as error:
            if len(feed.text) - feed.at <= MOST_LINE and feed.more():
                continue
            feed.at = min(error.pos, len(feed.text))
            raise feed.broken("is no sound JSON, or ends too early") from None
        except RecursionError:
            raise feed.broken("is nested too deeply") from None
