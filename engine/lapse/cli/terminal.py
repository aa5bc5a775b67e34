"""What people see on a terminal: errors, problems, and text made safe to show."""

import os
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence

from lapse import __version__
from lapse.place import Problem
from lapse.report.printable import printable

__all__ = ["has_colour", "printable", "say_bug", "say_error", "say_problems"]


def say_error(message: str) -> None:
    print(f"lapse: {printable(message)}", file=sys.stderr)


def say_problems(problems: Iterable[Problem], sources: Mapping[str, Sequence[str]]) -> None:
    from lapse.report.problems import render

    found = tuple(problems)
    if found:
        print(render(found, sources, colour=has_colour(sys.stderr)), end="", file=sys.stderr)


def say_bug() -> None:
    """The traceback, and how to report it."""
    traceback.print_exc()
    print(
        f"\nlapse {__version__}: this is a bug of ours, not of your files. Nothing was published."
        "\nPlease report it with the lines above and, if you may share them, the policy set"
        "\nand one row that shows it.",
        file=sys.stderr,
    )


def has_colour(stream: object) -> bool:
    is_terminal = getattr(stream, "isatty", lambda: False)()
    return bool(is_terminal) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
