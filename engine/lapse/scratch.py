"""Private temporary folders for customers' data.

A process removes its folder when it ends. If it was killed, the next process that needs such a
folder removes it. A folder is in use while its lock is held.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import gettempdir, mkdtemp

from lapse.lock import hold
from lapse.model.place import LapseError, is_utf8, reason

PREFIX = "lapse-scratch-"
_OURS = re.compile(re.escape(PREFIX) + r"\w{8}")
"""The names that `mkdtemp` makes; a folder with another name may be somebody's own."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ScratchError(LapseError):
    """There is no usable temporary folder, or no room in it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; TMPDIR names another temporary folder")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private folder that is removed when the block ends."""
    try:
        if not is_utf8(gettempdir()):  # DuckDB opens no other path
            raise ScratchError(f"the temporary folder `{gettempdir()}` is not UTF-8")
        _clear_left()
        folder, lock = _new()
    except OSError as error:
        raise ScratchError(f"no temporary folder can be made: {reason(error)}") from error
    try:
        yield folder
    finally:
        _remove(folder, lock)


def stand_in(path: Path, file: Path) -> None:
    """Makes `path` a link to `file`, or a copy of it where links need a privilege (Windows)."""
    try:
        path.symlink_to(file)
    except OSError:
        copyfile(file, path)


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """Reports a full temporary folder as `ScratchError`, not as an error of the file being read."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise no_room(what, reason(error)) from error
        raise


def no_room(what: str, why: str) -> ScratchError:
    return ScratchError(f"the temporary folder `{gettempdir()}` has no room for {what}: {why}")


def _new() -> tuple[Path, int]:
    """A new folder, and the descriptor of the open file with its lock."""
    while True:
        folder = Path(mkdtemp(prefix=PREFIX))
        with suppress(FileNotFoundError):  # another process found it unlocked, and removed it
            lock = _lock_of(folder)
            try:
                hold(lock)
            except BlockingIOError:  # another process found it unlocked, and removes it
                pass
            except OSError:  # a file system without locks, on which `_clear` removes nothing
                return folder, lock
            else:
                if folder.exists():
                    return folder, lock
            os.close(lock)


def _clear_left() -> None:
    """Removes those of our folders that no process has locked."""
    for folder in Path(gettempdir()).iterdir():
        if _OURS.fullmatch(folder.name):
            with suppress(OSError):
                _clear(folder)


def _clear(folder: Path) -> None:
    if not _is_ours_alone(folder.lstat()):
        return
    lock = _lock_of(folder)
    try:
        hold(lock)
    except OSError:
        os.close(lock)
    else:
        _remove(folder, lock)


def _is_ours_alone(found: os.stat_result) -> bool:
    """Whether it is a folder that only this user may enter; Windows keeps users' folders apart."""
    who_may = found.st_uid, stat.S_IMODE(found.st_mode)
    is_ours = not hasattr(os, "geteuid") or who_may == (os.geteuid(), stat.S_IRWXU)
    return is_ours and stat.S_ISDIR(found.st_mode)


def _lock_of(folder: Path) -> int:
    """Opens what is to be locked: the folder, or on Windows, which opens none, a file in it."""
    if hasattr(os, "O_DIRECTORY"):
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    return os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)


def _remove(folder: Path, lock: int) -> None:
    """Removes a folder and releases its lock; tries twice, as Windows removes no open file."""
    rmtree(folder, ignore_errors=True)
    os.close(lock)
    rmtree(folder, ignore_errors=True)
