"""Standard output and error as a command may rely on them.

What a command did is told by its exit code, whoever reads and whatever the disk behind an output
does; so a reader who leaves, as `| head` does, is no failure.
"""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from lapse.model.place import LapseError, reason
from lapse.report.printable import printable


class OutputLostError(LapseError):
    """What was to be told cannot be written."""


def open_streams() -> None:
    """Closed outputs go nowhere; what an output cannot show is escaped."""
    for name, kind in (("stdout", Told), ("stderr", Aside)):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  to the end
            setattr(sys, name, nowhere)
        elif type(stream) is TextIOWrapper:  # not one that a test reads from
            shown = kind(
                stream.buffer,
                stream.encoding,
                "backslashreplace",  # names that are no UTF-8 have characters that no encoding has
                line_buffering=stream.line_buffering,
                write_through=stream.write_through,
            )
            setattr(sys, name, shown)


class Told(TextIOWrapper):
    """Standard output: whatever is printed, no export drives the terminal that shows it.

    When its reader leaves the rest goes nowhere, and the command goes on.
    """

    def write(self, text: str) -> int:
        shown = printable(text) if self.isatty() else text
        try:
            super().write(shown)
        except OSError as error:
            self._lost(error)
        return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._lost(error)
            super().flush()

    def _lost(self, error: OSError) -> None:
        drop(self)
        if not isinstance(error, BrokenPipeError):
            what = f"the standard output cannot be written to: {reason(error)}"
            raise OutputLostError(what) from error


class Aside(TextIOWrapper):
    """Standard error: nobody can be told that it is lost, so the rest goes nowhere."""

    def write(self, text: str) -> int:
        try:
            super().write(text)
        except OSError:
            drop(self)
        return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            drop(self)
            super().flush()


def drop(stream: TextIO) -> None:
    """What is still to be printed goes nowhere; Python would fail on it once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
