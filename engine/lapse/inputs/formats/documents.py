"""The rows of a JSON input, and the pages around them.

A document is an array of rows, one row, a page that keeps its rows in a list under a known key, or
an array of pages. It must be sound JSON. It is read piece by piece, so that memory holds no more
than a row, or the parts of a page around its rows. In JSON lines, only the broken line is lost.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from lapse.inputs.files import Format, refusal
from lapse.inputs.formats.delimited import MOST_LINE, cut_lines
from lapse.inputs.formats.json_text import (
    DECODER,
    MOST_VALUE,
    BrokenJsonError,
    Feed,
    LongValueError,
    json_object,
    normal,
)
from lapse.inputs.plain_copy import PlainCopy

_COMMA = "is no sound JSON: a comma is missing"
_KEY = "is no sound JSON: a key in double quotes is missing"
_MORE = "goes on after the end of its JSON"


@dataclass(frozen=True, slots=True)
class Item:
    """A value that should be a row, its text, and the number of its page."""

    value: object
    text: str
    page: int | None = None


def items(source: PlainCopy, rows: Iterable[str]) -> Iterator[Item]:
    """Every row; `rows` are the keys, in any case, under which a page keeps them."""
    if source.input.format is Format.JSON_LINES:
        return _lines(source)
    return (part for part in _parts(source, rows) if isinstance(part, Item))


def pages(source: PlainCopy, rows: Iterable[str]) -> Iterator[dict[str, object]]:
    """The parts of each page around its rows, in the order of the pages."""
    if source.input.format is Format.JSON_LINES:
        return iter(())
    return (part for part in _parts(source, rows) if isinstance(part, dict))


def _lines(source: PlainCopy) -> Iterator[Item]:
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        for line in cut_lines(file):
            if line.strip():
                text = line.rstrip("\r\n")
                yield Item(_value(text) if len(text) <= MOST_LINE else None, text)


def _value(line: str) -> object:
    try:
        return DECODER.decode(line)
    except (ValueError, RecursionError):
        return None


def _parts(source: PlainCopy, rows: Iterable[str]) -> Iterator[Item | dict[str, object]]:
    """The items; those of each page are followed by the parts of the page around them."""
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        try:
            yield from _Document(file, rows).parts()
        # Refused, never repaired: several of Microsoft's own samples are no sound JSON.
        except BrokenJsonError as broken:
            raise refusal("bad-json", broken.why, source.input.name, broken.line) from None


class _Document:
    def __init__(self, file: TextIO, rows: Iterable[str]) -> None:
        self._feed, self._rows, self._pages = Feed(file), {normal(key) for key in rows}, 0

    def parts(self) -> Iterator[Item | dict[str, object]]:
        feed = self._feed
        is_list = feed.next() == "["
        if is_list:
            yield from self._list(None)
        elif feed.next() == "{":
            yield from self._row_or_page()
        else:
            raise feed.broken("is no JSON: it begins with neither `[` nor `{`")
        if feed.next():
            raise feed.broken(
                _MORE if is_list else f"{_MORE}; lines of objects are read from .jsonl"
            )

    def _list(self, page: int | None) -> Iterator[Item | dict[str, object]]:
        """The members of a list; those of the outermost may be pages."""
        feed = self._feed
        feed.at += 1
        if feed.next() == "]":
            feed.at += 1
            return
        while True:
            if page is None and feed.next() == "{":
                yield from self._row_or_page()
            else:
                yield Item(*feed.value(), page)
            if feed.take(",]", _COMMA) == "]":
                return

    def _row_or_page(self) -> Iterator[Item | dict[str, object]]:
        """An object, read whole to see whether it is a page; one too long for a row is a page."""
        try:
            value, end = self._feed.peek()
        except LongValueError:
            if not self._rows:
                raise
            yield from self._page()
            return
        assert isinstance(value, dict)
        if any(self._keeps_rows(*pair) for pair in value.items()):
            yield from self._page()
        else:
            yield Item(value, self._feed.take_to(end))

    def _keeps_rows(self, key: str, value: object) -> bool:
        return isinstance(value, list) and normal(key) in self._rows

    def _page(self) -> Iterator[Item | dict[str, object]]:
        """The rows of a page in order, and last the parts of the page around them."""
        feed, start, size = self._feed, self._feed.place(), 0
        around: list[tuple[str, object]] = []
        kept: set[str] = set()
        mark = feed.take("{", _KEY)
        while mark != "}":
            key = self._key()
            if normal(key) in self._rows and feed.next() == "[":
                if normal(key) in kept:
                    raise feed.broken(f"has the key `{key}` twice in one page")
                kept.add(normal(key))
                yield from self._list(self._pages)
            else:
                value, text = feed.value()
                around.append((key, value))
                size += len(key) + len(text)
            mark = feed.take(",}", _COMMA)
            if size > MOST_VALUE or (mark == "}" and not kept):
                raise BrokenJsonError(f"has an object of more than {MOST_VALUE} characters", start)
        self._pages += 1
        yield json_object(around)

    def _key(self) -> str:
        if self._feed.next() != '"':
            raise self._feed.broken(_KEY)
        key, _ = self._feed.value()
        self._feed.take(":", "is no sound JSON: a colon is missing")
        return str(key)
