"""Publishes a run's folder by one rename: whole or not at all.

Everything is written into a hidden folder beside the others, flushed to the disk and renamed. The
writer holds the lock of `OUT`. What a killed command left behind is removed by the next one.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from lapse.lock import hold
from lapse.runs.failures import OutputError, writing
from lapse.runs.private_files import (
    FILE_MODE,
    FOLDER_MODE,
    PARTIAL,
    make_private_folder,
    sync,
    take_back,
)

LOCK = ".lock"
_OPENED = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)  # on Windows few may make links


@contextmanager
def exclusive(out: Path) -> Iterator[None]:
    """Holds the lock of `OUT`, and removes what an earlier command left unfinished.

    Makes `OUT` if it is missing, and removes it again if nothing was put into it.
    """
    made = make_private_folder(out)
    with writing(out):
        lock = _lock(out)
    try:
        with writing(out):
            for leftover in out.glob(f".*.{PARTIAL}"):
                _remove(leftover)
        yield
    finally:
        _take_back(out, made)
        os.close(lock)
        if os.name == "nt":  # Windows removes no open file; elsewhere another may hold it
            _take_back(out, made)


def _lock(out: Path) -> int:
    """Opens and locks the lock file; tries again if another command removed it meanwhile."""
    while True:
        lock = os.open(out / LOCK, _OPENED, FILE_MODE)
        try:
            hold(lock)
        except BlockingIOError as error:
            os.close(lock)
            busy = f"another run is writing into `{out}`; wait until it is done"
            raise OutputError(busy) from error
        if os.fstat(lock).st_nlink:
            return lock
        os.close(lock)


def _remove(leftover: Path) -> None:
    """Removes a run's partial folder, or the partial file of a plan that was saved here."""
    if leftover.is_dir() and not leftover.is_symlink():
        shutil.rmtree(leftover)
    else:
        leftover.unlink()


def _take_back(out: Path, made: Sequence[Path]) -> None:
    """Removes the folders made for `OUT` if it has nothing but the lock file."""
    with suppress(OSError):
        if made and [path.name for path in out.iterdir()] == [LOCK]:
            (out / LOCK).unlink()
            take_back(made)


@contextmanager
def partial_folder(out: Path, name: str) -> Iterator[Path]:
    """A hidden folder to write into; it is removed at the end unless it was published.

    An error names the final folder instead, with a note if that was published before the error.
    """
    folder, target = out / f".{name}.{os.getpid()}.{PARTIAL}", out / name
    was_there = target.exists()
    with writing(target):
        folder.mkdir(FOLDER_MODE)
    try:
        yield folder
    except BaseException as error:  # also Ctrl-C, which may come just after the rename
        if isinstance(error, OutputError):
            told = str(error).replace(str(folder.absolute()), str(target))
            error.args = (told.replace(str(folder), str(target)),)
        if target.exists() and not was_there:
            error.add_note(published(target))
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def published(folder: Path) -> str:
    return f"`{folder}` was published, and is whole"


def appear(folder: Path, out: Path, name: str) -> Path:
    """Publishes a complete folder under its name."""
    target = out / name
    # Before the rename: after a crash no day's folder may be incomplete.
    sync(folder)
    with writing(target):
        folder.rename(target)
    sync(out)
    return target
