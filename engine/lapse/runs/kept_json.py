"""JSON that an earlier command kept, read back as what it was; all other shapes are refused.

Whoever may write into `OUT` may have edited it, and a disk may have cut it.
"""

import re
from typing import TypeVar

T = TypeVar("T")

_PATH = re.compile(r"`\$\.?([^`]*\w[^`]*)`$")


class ShapeError(Exception):
    """Something else than what was kept; the text says where."""


def decoded(content: bytes) -> dict[str, object]:
    """An object of JSON, as deep as it may be."""
    return _read(content, dict[str, object])


def texts(line: bytes) -> list[str]:
    """A list of texts."""
    return _read(line, list[str])


def shaped(found: object, kind: type[T]) -> T:
    """What was decoded, as a dataclass of ours; keys that it does not have are passed over."""
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
