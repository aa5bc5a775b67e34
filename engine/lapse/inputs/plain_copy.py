"""A plain copy of an input: uncompressed, valid UTF-8, without NUL.

An input that is plain already is linked, not copied. All later stages read only from the
private folder.
"""

import gzip
import hashlib
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_LE, getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from lapse.inputs.files import Format, Input, InputError, refusal
from lapse.model.place import reason
from lapse.scratch import room_for, stand_in

MOST_UNPACKED = 2 * 2**30
"""Bytes that a compressed input may unpack to."""
MOST_RATIO = 300
"""How often larger than its compressed form, where that is more than `_SMALL`: tables reach 100."""
_SMALL = 64 * 2**20
_CHUNK = 2**20
DAMAGED = "\N{REPLACEMENT CHARACTER}"
"""Replaces NUL and every byte that is not UTF-8; a cell with it rejects its row."""


@dataclass(frozen=True, slots=True)
class PlainCopy:
    """A readable form of an input; `is_damaged` when bytes had to be replaced by `DAMAGED`."""

    input: Input
    path: Path
    digest: str
    is_damaged: bool
    stamp: tuple[int, int]

    def is_changed(self) -> bool:
        """Whether the input is no longer what it was when it was first read."""
        return _stamp(self.input.path) != self.stamp


def plain(item: Input, folder: Path, number: int) -> PlainCopy:
    """The input as a file that needs no decoding; `folder` is private to this run."""
    try:
        stamp, digest = _stamp(item.path), _digest(item.path)
        path = _unpacked(item, folder / f"{number}.unpacked") if item.is_gzip else item.path
        if not path.stat().st_size:
            raise refusal("empty-input", "is empty", item.name)
        is_table = item.format in {Format.PARQUET, Format.WORKBOOK}
        encoding = "" if is_table else _encoding(path, item.name)
        copy = folder / f"{number}.plain"
        is_damaged = False
        is_plain = is_table or (encoding == "utf-8" and not _is_damaged(path))
        with room_for(item.name):
            if is_plain:
                stand_in(copy, path.resolve())
            else:
                is_damaged = _transcode(path, copy, encoding)
    except OSError as error:
        raise refusal("unreadable", f"cannot be read: {reason(error)}", item.name) from None
    return PlainCopy(item, copy, digest, is_damaged, stamp)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _chunks(file: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpacked(item: Input, copy: Path) -> Path:
    packed = item.path.stat().st_size
    most = min(MOST_UNPACKED, most_unpacked(packed))
    size = 0
    try:
        # Counted while unpacking: files come in several members, and gzip gives the size of one.
        with room_for(item.name), gzip.open(item.path) as source, copy.open("wb") as target:
            for chunk in _chunks(source):
                size += len(chunk)
                if size > most:
                    raise _too_large(item.name, most)
                target.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise refusal("bad-gzip", f"cannot be unpacked: {_why(error)}", item.name) from None
    return copy


def most_unpacked(packed: int) -> int:
    """The most bytes that a compressed file of this many bytes may unpack to."""
    return max(_SMALL, packed * MOST_RATIO)


def _too_large(name: str, most: int) -> InputError:
    return refusal(
        "too-large",
        f"unpacks to more than {most // 2**20} MiB",
        name,
        help_="unpack it yourself if it is meant to be that large",
    )


def _why(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "it ends too early"
    return (
        "it holds bytes that are no gzip"
        if isinstance(error, gzip.BadGzipFile)
        else "its bytes are damaged"
    )


def _encoding(path: Path, name: str) -> str:
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(BOM_UTF32_LE):
        raise refusal("bad-encoding", "is UTF-32; UTF-8 and UTF-16 are read", name)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start.removeprefix(BOM_UTF8).partition(b"\n")[0]:
        raise refusal("not-a-table", "is no text: its first line holds NUL bytes", name)
    return "utf-8"


def _is_damaged(path: Path) -> bool:
    decode = getincrementaldecoder("utf-8")().decode
    try:
        with path.open("rb") as file:
            for chunk in _chunks(file):
                if b"\0" in chunk:
                    return True
                decode(chunk)
        decode(b"", final=True)
    except UnicodeDecodeError:
        return True
    return False


def _transcode(path: Path, copy: Path, encoding: str) -> bool:
    """Write a UTF-8 copy; true when it holds replaced bytes."""
    decoder = getincrementaldecoder(encoding)(errors="replace")
    is_damaged = False
    with path.open("rb") as source, copy.open("wb") as target:
        for chunk in chain(_chunks(source), (b"",)):
            text = decoder.decode(chunk, final=not chunk).replace("\0", DAMAGED)
            is_damaged = is_damaged or DAMAGED in text
            target.write(text.encode())
    return is_damaged


def occurrences(path: Path, character: str) -> int:
    """How often an ASCII character occurs in a UTF-8 file."""
    wanted = character.encode()
    with path.open("rb") as file:
        return sum(chunk.count(wanted) for chunk in _chunks(file))


def ends_in_long_line(path: Path, most: int) -> bool:
    """Whether more than `most` bytes follow the last line end.

    DuckDB 1.5.5 drops such a line without a word when it fills its buffer of 32 MiB.
    """
    with path.open("rb") as file:
        if file.seek(0, SEEK_END) <= most:
            return False
        file.seek(-most - 1, SEEK_END)
        return not {*b"\r\n"} & {*file.read()}
