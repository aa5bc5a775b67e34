"""A lock on an open file; the system releases it when the process ends, however it ends.

A process id written into the file would not do, since the system reuses process ids.
"""

from contextlib import suppress
from importlib import import_module
from types import ModuleType


def _module(name: str) -> ModuleType | None:
    with suppress(ImportError):
        return import_module(name)
    return None


_UNIX, _WINDOWS = _module("fcntl"), _module("msvcrt")


def hold(file: int) -> None:
    """Takes the lock; raises `BlockingIOError` if another process has it.

    Does nothing on a system without locks, such as a browser's: it has only one process.
    """
    if _UNIX:
        _UNIX.flock(file, _UNIX.LOCK_EX | _UNIX.LOCK_NB)
    elif _WINDOWS:
        try:
            _WINDOWS.locking(file, _WINDOWS.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error
