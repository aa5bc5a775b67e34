"""Errors in reading and writing the folders of runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from lapse.model.place import LapseError, reason


class OutputError(LapseError):
    """A result cannot be written."""


class HistoryError(LapseError):
    """What earlier runs wrote is missing, broken or changed."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an `OSError` in the block into an `OutputError` that names the path."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"`{path}` cannot be written: {reason(error)}") from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HistoryError(f"`{path}` cannot be read: {reason(error)}") from error


class RefusedError(LapseError):
    """The day was run before with another `Question`, and its actions may have been handed on."""

    def __init__(self, folder: Path, differs: tuple[str, ...], next_name: str) -> None:
        super().__init__(
            f"`{folder}` was made with other {' and '.join(differs)}, and its actions may have "
            f"been handed on; `--again` writes `{next_name}`, for which it is history"
        )
        self.folder = folder
        self.differs = differs


class BackdatedError(LapseError):
    """A later day was run already, and its orders and sightings would be ignored."""

    def __init__(self, day: date, newest: Path) -> None:
        super().__init__(
            f"nothing was published: {day} is before the newest run, `{newest}`; judge that day or "
            "a later one, or look at this one with --preview"
        )
