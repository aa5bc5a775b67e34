"""What people see on a terminal: errors, problems, and text made safe to show."""

import json
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from lapse import __version__
from lapse.model.place import Problem, having
from lapse.report.printable import printable


def say_error(message: str) -> None:
    print(f"lapse: {printable(message)}", file=sys.stderr)


def say_problems(problems: Iterable[Problem], sources: Mapping[str, Sequence[str]]) -> None:
    from lapse.report.problems import render

    listed = tuple(problems)
    if listed:
        print(render(listed, sources, colour=has_colour(sys.stderr)), end="", file=sys.stderr)


def say_notes(error: BaseException) -> None:
    """What was done before something failed, and stands."""
    for note in getattr(error, "__notes__", ()):
        say(note)


def say(text: str) -> None:
    """Something beside the result."""
    print(printable(text), file=sys.stderr)


def say_bug(error: Exception) -> None:
    """The traceback, and how to report it."""
    traceback.print_exception(error)
    published = "" if getattr(error, "__notes__", ()) else " Nothing was published."
    print(
        f"\nlapse {__version__}: this is a bug of ours, not of your files.{published}"
        "\nPlease report it with the lines above and, if you may share them, the policy set"
        "\nand one row that shows it.",
        file=sys.stderr,
    )


@contextmanager
def telling(done: str) -> Iterator[None]:
    """Prints what was done; a failure to do so says that it was done all the same."""
    with having(done):
        yield
        sys.stdout.flush()


def print_json(content: object) -> None:
    """JSON in which names read as they are, and nothing drives a terminal or turns its text."""
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str)
    print(re.sub(r"[^\n -~]", _shown, text))


def _shown(found: re.Match[str]) -> str:
    """A character, or its escape in JSON; outside of strings all characters are plain."""
    character = found.group()
    return character if character.isprintable() else json.dumps(character)[1:-1]


def has_colour(stream: object) -> bool:
    is_terminal = getattr(stream, "isatty", lambda: False)()
    return bool(is_terminal) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
