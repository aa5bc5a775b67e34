"""Temporary folders that only their owner reads and that outlive no process for long.

They hold customers' data. Who ends, however it ends, removes its own; what a killed process left
goes with the next one that needs such a folder. Which are in use is told by a lock on the folder
itself: the system lifts it with its process, where a process id would be given to another one.
"""

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import gettempdir, mkdtemp

from lapse.model.place import LapseError, is_utf8, reason

PREFIX = "lapse-scratch-"
_OURS = re.compile(re.escape(PREFIX) + r"\w{8}")
"""As `mkdtemp` names them; a folder with a name of another form may be somebody's own."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_HOLD = fcntl.LOCK_EX | fcntl.LOCK_NB


class ScratchError(LapseError):
    """There is no temporary folder, or no room in it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; TMPDIR names another temporary folder")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private folder that is gone when the block ends."""
    try:
        if not is_utf8(gettempdir()):  # DuckDB opens no other
            raise ScratchError(f"the temporary folder `{gettempdir()}` is not UTF-8")
        _clear_left()
        folder, lock = _new()
    except OSError as error:
        raise ScratchError(f"no temporary folder can be made: {reason(error)}") from error
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)
        os.close(lock)


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """A temporary folder that is full, told as that and not as a fault of what is read."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise no_room(what, reason(error)) from error
        raise


def no_room(what: str, why: str) -> ScratchError:
    return ScratchError(f"the temporary folder `{gettempdir()}` has no room for {what}: {why}")


def _new() -> tuple[Path, int]:
    """A folder, and the open file that holds its lock."""
    while True:
        folder = Path(mkdtemp(prefix=PREFIX))
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, _HOLD)
        except BlockingIOError:  # another process found it before it was locked, and clears it
            os.close(lock)
            continue
        except OSError:  # a file system without locks, on which nobody clears anything either
            return folder, lock
        if folder.exists():
            return folder, lock
        os.close(lock)


def _clear_left() -> None:
    """Removes the folders of ours that no process holds."""
    for folder in Path(gettempdir()).iterdir():
        if _OURS.fullmatch(folder.name):
            with suppress(OSError):
                _clear(folder)


def _clear(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.fstat(lock)
        if (found.st_uid, stat.S_IMODE(found.st_mode)) == (os.geteuid(), stat.S_IRWXU):
            fcntl.flock(lock, _HOLD)
            rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
