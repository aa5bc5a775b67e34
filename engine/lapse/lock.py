"""The lock of an open file, which the system lifts with its process, however that ends.

A process id written into the file would be given to another process one day.
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
    """Takes the lock, or raises `BlockingIOError` where another process has it.

    A system that has neither kind, such as a browser's, has one process.
    """
    if _UNIX:
        _UNIX.flock(file, _UNIX.LOCK_EX | _UNIX.LOCK_NB)
    elif _WINDOWS:
        try:
            _WINDOWS.locking(file, _WINDOWS.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(*error.args) from error
