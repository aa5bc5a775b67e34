"""A run's folder appears by one rename: whole or not at all.

Everything is written into a hidden folder beside the others, brought to the disk and renamed. Who
writes holds the lock of `OUT`; what a crashed run left behind is removed by the next.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lapse.batch.failures import OutputError, writing
from lapse.batch.files import FILE_MODE, FOLDER_MODE, make_private_folder, sync

LOCK = ".lock"
PARTIAL = "partial"


@contextmanager
def exclusive(out: Path) -> Iterator[None]:
    """Holds `OUT` alone, and clears away what an earlier run left unfinished."""
    make_private_folder(out)
    with writing(out):
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.open(out / LOCK, flags, FILE_MODE)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(
                f"another run is writing into `{out}`; wait until it is done"
            ) from error
        with writing(out):
            for leftover in out.glob(f".*.{PARTIAL}"):
                shutil.rmtree(leftover)
        yield
    finally:
        os.close(lock)


@contextmanager
def partial_folder(out: Path, name: str) -> Iterator[Path]:
    """A hidden folder to write into; whatever is still there at the end is removed."""
    folder = out / f".{name}.{os.getpid()}.{PARTIAL}"
    with writing(folder):
        folder.mkdir(FOLDER_MODE)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def appear(folder: Path, out: Path, name: str) -> Path:
    """Publishes a complete folder under its name."""
    target = out / name
    sync(folder)
    with writing(target):
        folder.rename(target)
    sync(out)
    return target
