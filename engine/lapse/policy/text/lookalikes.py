"""Slips that yaml cannot name, found in the lines themselves: what looks like something else.

Lines are read this way only once something is wrong, since in a text all of it may stand.
"""

import re
import unicodedata
from collections.abc import Sequence

Position = tuple[int, int]
"""Line and column, from 0."""
Told = tuple[str, str, Position]
"""A message, a help text, and the position to show."""

# All of Unicode's space separators but the space (category Zs); word processors type the first.
_SPACE = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_ODD_SPACE = re.compile(_SPACE)
_SPACE_IN_PLACE = re.compile(rf"^ *(?:- *)?(?:[\w-]+:)?({_SPACE})")
_MARKER = re.compile("(<{7}|>{7}) ")
# Where a value begins: after a key, a dash, a bracket or a comma.
_VALUE = r"(?:^|: |- |[\[{,])[ ]*"
_CURLY = re.compile(_VALUE + "([\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb])")
_STRAIGHT = re.compile(_VALUE + "([\"'])")
_IN_CURLY = re.compile("[\u201c\u201d\u201e\u2018\u2019\u201a](.+)[\u201c\u201d\u2018\u2019]")


def odd_space(text: str) -> str | None:
    """What to know about a character in a text that looks like a space and is none."""
    found = _ODD_SPACE.search(text)
    if found is None:
        return None
    odd = _named(found.group())
    return f"{odd} stands in it, which only looks like a space: type a space in its place"


def _named(character: str) -> str:
    name = unicodedata.name(character).lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def without_curly_quotes(text: str) -> str | None:
    """What stands between typographic quotes; null where there are none around a text."""
    found = _IN_CURLY.fullmatch(text)
    return found.group(1) if found else None


def seen_in(lines: Sequence[str], since: Position, at: Position) -> Told | None:
    """What in the lines explains that reading broke off at a position, if anything is known to."""
    return (
        _merge_marker(lines[: at[0] + 1])
        or _space(lines[: at[0] + 1])
        or _unclosed_quote(lines, at)
        or _curly_quote(lines, since, at)
    )


def _merge_marker(lines: Sequence[str]) -> Told | None:
    for number, line in enumerate(lines):
        if _MARKER.match(line):
            help_ = "keep one of them; delete the other, and the lines with these signs"
            return (
                "an unresolved merge: two versions meet here, and nobody chose",
                help_,
                (number, 0),
            )
    return None


def _space(lines: Sequence[str]) -> Told | None:
    for number, line in enumerate(lines):
        found = _SPACE_IN_PLACE.match(line)
        if found:
            message = f"{_named(found.group(1))} stands where a space belongs"
            help_ = "it looks the same: delete it and type a space"
            return message, help_, (number, found.start(1))
    return None


def _curly_quote(lines: Sequence[str], since: Position, at: Position) -> Told | None:
    for number in range(since[0], at[0] + 1):
        found = _CURLY.search(lines[number]) if number < len(lines) else None
        if found:
            message = f"`{found.group(1)}` is a letter here, and no quote"
            return message, 'put straight quotes around the text: `"`', (number, found.start(1))
    return None


def _unclosed_quote(lines: Sequence[str], at: Position) -> Told | None:
    """A quoted text over several lines that ends just before reading broke off.

    Then its own end was forgotten, and what was taken for it opens the next text.
    """
    opened: Position | None = None
    begun, ended, quote = at, at, ""
    for number, line in enumerate(lines[: at[0] + 1]):
        column = 0
        while column < len(line) and (number, column) < at:
            if opened is None:
                found = _STRAIGHT.search(line, column)
                if found is None:
                    break
                opened, quote = (number, found.start(1)), found.group(1)
                column = found.end()
                continue
            if line[column] == quote:
                if line[column + 1 : column + 2] == "'" == quote:
                    column += 1
                else:
                    begun, ended, opened = opened, (number, column), None
            column += 2 if line[column] == "\\" and quote == '"' else 1
    between = lines[at[0]][ended[1] + 1 : at[1]] if at[0] < len(lines) else "x"
    if opened is not None or begun[0] == ended[0] or ended[0] != at[0] or between.strip():
        return None
    return "this quote is never closed", "close it where the text ends", begun
