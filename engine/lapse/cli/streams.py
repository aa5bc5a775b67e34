"""Standard output and error, made safe to print to.

The exit code says what a command did, whoever reads an output and whatever the disk behind it does.
So it is no failure when a reader closes the output early, as `| head` does.
"""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from lapse.model.place import LapseError, reason
from lapse.report.printable import printable


class OutputLostError(LapseError):
    """The standard output cannot be written to."""


def open_streams() -> None:
    """Discards the text of closed outputs, and escapes characters that an output cannot encode."""
    for name, kind in (("stdout", Told), ("stderr", Aside)):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  open to the end
            setattr(sys, name, nowhere)
        elif type(stream) is TextIOWrapper:  # not one that a test reads from
            shown = kind(
                stream.buffer,
                stream.encoding,
                "backslashreplace",  # surrogates in names that are not UTF-8 have no encoding
                line_buffering=stream.line_buffering,
                write_through=stream.write_through,
            )
            setattr(sys, name, shown)


class Safe(str):
    """A text whose control characters are ours: all others in it are escaped already."""

    __slots__ = ()


class Told(TextIOWrapper):
    """Standard output; on a terminal, control characters are escaped, as they may be an export's.

    When its reader closes it, the rest is discarded and the command goes on.
    """

    def write(self, text: str) -> int:
        shown = printable(text) if self.isatty() and not isinstance(text, Safe) else text
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
    """Standard error; when it cannot be written to, nobody can be told: the rest is discarded."""

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
    """Discards what is still to be printed; else Python would fail on it again when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
