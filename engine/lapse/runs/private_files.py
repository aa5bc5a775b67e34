"""Files and folders that only their owner can read, and that are flushed to the disk."""

import os
from collections.abc import Sequence
from contextlib import suppress
from glob import escape
from hashlib import sha256
from pathlib import Path

from lapse.runs.failures import writing

FILE_MODE = 0o600
FOLDER_MODE = 0o700
PARTIAL = "partial"
"""The suffix of files and folders that are not complete yet."""
_BUFFER = 1 << 20


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags, FILE_MODE)


class PrivateFile:
    """A new file, written once; its digest is the SHA-256 of all bytes written.

    Errors name it `called`, where it is to be renamed or converted to another file.
    """

    def __init__(self, path: Path, *, called: Path | None = None) -> None:
        self.path = path
        self._called = called or path
        self._digest = sha256()
        with writing(self._called):
            # With Python's `open`, not `os.open`, so that Windows translates no line ends.
            self._file = open(path, "xb", buffering=_BUFFER, opener=_opened)  # noqa: SIM115  `close`
            path.chmod(FILE_MODE)  # the umask may have removed bits

    def write(self, content: bytes) -> None:
        self._digest.update(content)
        with writing(self._called):
            self._file.write(content)

    def close(self) -> None:
        """Flushes to the disk and closes; a full disk is an error here at the latest."""
        with writing(self._called):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def abandon(self) -> None:
        """Closes the file; what is still in memory may be lost."""
        with suppress(OSError):
            self._file.close()

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def write_private(path: Path, content: bytes, *, called: Path | None = None) -> None:
    file = PrivateFile(path, called=called)
    try:
        file.write(content)
        file.close()
    finally:
        file.abandon()


def replace_private(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, by renaming a partial one; replaces an existing file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{PARTIAL}")
    try:
        with writing(path):
            for leftover in path.parent.glob(f".{escape(path.name)}.*.{PARTIAL}"):
                leftover.unlink()
        write_private(beside, content, called=path)
        with writing(path):
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def make_private_folder(path: Path) -> list[Path]:
    """Makes a folder and its missing parents; returns those made, the outermost first."""
    made: list[Path] = []
    with writing(path):
        whole = path.resolve()  # so that `new/../runs` makes no folder `new`
        try:
            for folder in [each for each in (whole, *whole.parents) if not each.exists()][::-1]:
                folder.mkdir(FOLDER_MODE)
                made.append(folder)
                folder.chmod(FOLDER_MODE)
        except OSError:
            take_back(made)
            raise
    return made


def take_back(made: Sequence[Path]) -> None:
    """Removes folders that were made, the deepest first, until one is not empty."""
    with suppress(OSError):
        for folder in reversed(made):
            folder.rmdir()


def sync(path: Path) -> None:
    """Flushes a file or folder to the disk; skips folders on Windows, which cannot open them."""
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":
        return
    with writing(path):
        opened = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def digest_of(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_BUFFER):
            digest.update(block)
    return digest.hexdigest()
