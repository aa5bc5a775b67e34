"""Reads JSON that an earlier command wrote; refuses every other shape.

A person may have edited it, and a disk may have cut it off.
"""

import re
from typing import TypeVar

T = TypeVar("T")

_PATH = re.compile(r"`\$\.?([^`]*\w[^`]*)`$")


class ShapeError(Exception):
    """The JSON is not as it was written; the message says where."""


def decoded(content: bytes) -> dict[str, object]:
    """The JSON object in a file; it may be nested."""
    return _read(content, dict[str, object])


def texts(line: bytes) -> list[str]:
    """The list of texts in a line of JSON."""
    return _read(line, list[str])


def shaped(found: object, kind: type[T]) -> T:
    """Decoded JSON as a dataclass of ours; keys that it does not have are ignored."""
    import msgspec  # noqa: PLC0415  slow to import

    try:
        return msgspec.convert(found, kind)
    except (msgspec.MsgspecError, ArithmeticError) as error:
        raise ShapeError(_where(error)) from error


def _read(content: bytes, kind: type[T]) -> T:
    import msgspec  # noqa: PLC0415

    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ShapeError(_where(error)) from error


def _where(error: Exception) -> str:
    match = _PATH.search(str(error))
    return f"broken at `{match.group(1)}`" if match and match.group(1) else "broken"
