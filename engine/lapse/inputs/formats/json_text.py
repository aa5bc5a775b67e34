"""JSON as text: values read from a long text piece by piece, and written back compactly.

A number keeps its text, because a float would change it. An object with a key that occurs twice
becomes a `Twice`, because either of the two values could count.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TextIO

from lapse.inputs.formats.delimited import MOST_LINE

MOST_VALUE = MOST_LINE
"""Characters of one value that is read whole: a row, or a value beside the rows of a page."""
PIECE = MOST_VALUE // 2
"""Characters read at once."""
MOST_NESTED = 200
"""Levels of nesting that are written back; Python's own limit differs by version."""
_SPACES = re.compile(r"[ \t\r\n]*")
_MOST_DIGITS = 40
_TAIL = 3
"""A number that ends so near the end of a piece may go on in the next: `1`, `1.`, `1E-`."""


class Number(str):
    """A JSON number as it is written."""

    __slots__ = ()


class Twice(dict[str, object]):
    """A JSON object in which some key occurs twice."""

    __slots__ = ()


class BrokenJsonError(Exception):
    """The text is not sound JSON; `line` counts from 1."""

    def __init__(self, why: str, line: int) -> None:
        self.why, self.line = why, line
        super().__init__(f"{why} in line {line}")


class LongValueError(BrokenJsonError):
    """A value is longer than what is read whole; it may be sound."""


def plain_number(text: str) -> str:
    """A JSON number without exponent and needless zeros.

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


def json_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    return value if len(value) == len(pairs) else Twice(value)


def normal(key: str) -> str:
    """A key as written in a path."""
    # Microsoft's own samples write `Id` and `id`.
    return key.strip().lower()


# Not ijson: 200,000 open brackets kill it, and it lets duplicate keys pass.
DECODER = json.JSONDecoder(
    object_pairs_hook=json_object, parse_float=Number, parse_int=Number, parse_constant=str
)


def compact(value: object) -> str:
    """A value as JSON text without spaces; empty when it is nested too deeply.

    >>> compact(DECODER.decode('{"a": [1.50, null, "é"]}'))
    '{"a":[1.50,null,"é"]}'
    """
    try:
        return _compact(value, MOST_NESTED)
    except RecursionError:
        return ""


def _compact(value: object, levels: int) -> str:
    if not levels:
        raise RecursionError
    below = levels - 1
    match value:
        case Number():
            return str(value)
        case dict():
            inner = (
                f"{json.dumps(k, ensure_ascii=False)}:{_compact(v, below)}"
                for k, v in value.items()
            )
            return f"{{{','.join(inner)}}}"
        case list():
            return f"[{','.join([_compact(v, below) for v in value])}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


@dataclass(slots=True)
class Feed:
    """A window over a JSON text that is read as far as it is needed."""

    file: TextIO
    text: str = ""
    at: int = 0
    line: int = 1

    def next(self) -> str:
        """The next character that is not a space, not consumed; empty at the end."""
        while True:
            self.at = self._after_spaces(self.at)
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                return ""

    def take(self, marks: str, why: str) -> str:
        """Consumes and returns the next character, which must be one of `marks`."""
        mark = self.next()
        if not mark or mark not in marks:
            raise self.broken(why if mark else "ends too early")
        self.at += 1
        return mark

    def value(self) -> tuple[object, str]:
        """Consumes the value that starts here; returns it and its text."""
        value, end = self.peek()
        return value, self.take_to(end)

    def take_to(self, end: int) -> str:
        """Consumes and returns the text up to `end`."""
        text = self.text[self.at : end]
        self.at = end
        return text

    def peek(self) -> tuple[object, int]:
        """The value that starts here, not consumed, and where it ends."""
        self.next()
        while True:
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if self._is_short() and self._more():
                    continue
                raise self._unsound(error) from None
            except RecursionError:
                raise self.broken("is nested too deeply") from None
            if end > len(self.text) - _TAIL and self._more():
                continue
            return value, end

    def place(self) -> int:
        """The line of the next character."""
        return self.line + self.text.count("\n", 0, self.at)

    def broken(self, why: str, at: int | None = None) -> BrokenJsonError:
        return self._error(BrokenJsonError, why, self.at if at is None else at)

    def _after_spaces(self, at: int) -> int:
        spaces = _SPACES.match(self.text, at)
        assert spaces is not None
        return spaces.end()

    def _more(self) -> bool:
        """Reads on and drops what was consumed; false when nothing is left to read."""
        piece = self.file.read(PIECE)
        if piece:
            self.line += self.text.count("\n", 0, self.at)
            self.text, self.at = self.text[self.at :] + piece, 0
        return bool(piece)

    def _is_short(self) -> bool:
        return len(self.text) - self.at <= MOST_VALUE

    def _unsound(self, error: json.JSONDecodeError) -> BrokenJsonError:
        """The error with the line where the text stops being JSON; its end if it is cut off."""
        if not self._is_short():
            return self._error(
                LongValueError, f"has a value of more than {MOST_VALUE} characters", self.at
            )
        if error.pos >= len(self.text.rstrip()):
            return self.broken("is no sound JSON: it ends too early", len(self.text))
        at = error.pos
        if "trailing comma" in error.msg:  # Python 3.13 tells where that is, not what follows it
            at = self._after_spaces(at + 1)
        return self.broken(f"is no sound JSON: {_told(error.msg, self.text[at : at + 1])}", at)

    def _error(
        self, kind: Callable[[str, int], BrokenJsonError], why: str, at: int
    ) -> BrokenJsonError:
        return kind(why, self.line + self.text.count("\n", 0, at))


_EXPECTED = {
    "Expecting value": "a value is missing, or is in no quotes",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing",
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Unterminated string starting at": "this text does not end",
    "Invalid control character at": "a line or another control character breaks this text",
}
_MET = {"/": "it has no comments", "}": "a comma too many", "]": "a comma too many"}
"""Explanations of a character that stands where another is expected."""


def _told(what: str, met: str) -> str:
    if met in _MET and re.search("value|property|trailing comma", what):
        return _MET[met]
    return _EXPECTED.get(what, "an escape in this text is none")
