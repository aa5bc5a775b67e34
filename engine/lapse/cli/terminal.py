"""Prints errors, problems and JSON, made safe to show on a terminal."""

import json
import os
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from lapse import __version__
from lapse.cli.streams import Safe
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
    """Prints what was done before an error and remains done."""
    for note in getattr(error, "__notes__", ()):
        say(note)


def say(text: str) -> None:
    """Prints a message to stderr, apart from the result."""
    print(printable(text), file=sys.stderr)


def say_bug(error: Exception) -> None:
    """Prints the traceback, and how to report the bug."""
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
    """Adds a note of what was done to any error raised in the block, which prints it."""
    with having(done):
        yield
        sys.stdout.flush()


def print_json(content: object) -> None:
    """Prints JSON in which letters of any script stay and invisible characters are escaped."""
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str)
    print(re.sub(r"[^\n -~]", _shown, text))


def _shown(found: re.Match[str]) -> str:
    """A character, or its JSON escape if it is not printable, which it can be only in a string."""
    character = found.group()
    return character if character.isprintable() else json.dumps(character)[1:-1]


def show_answer(text: str, sentence: str) -> None:
    """Prints a result; on a terminal its first sentence once more, as the last that is seen."""
    from lapse.report.words import wrapped

    shown = printable(text)
    if not sys.stdout.isatty():
        print(shown)
        return
    again = printable("\n".join(wrapped(sentence, "", "")))
    coloured = _coloured(shown) if has_colour(sys.stdout) else shown
    # Written and not printed: of what is printed `print` makes a plain text.
    sys.stdout.write(Safe(f"{coloured}\n\n{again}\n"))


_COLOURS = {r"^Worse off$|(?<=  )harsher(?=  )": "31", r"^Better off$|(?<=  )gentler(?=  )": "32"}
"""Red for titles and cells that tell of what is harsher, green for what is gentler."""


def _coloured(text: str) -> str:
    r"""The text with its colours.

    >>> _coloured("  NO      harsher          1")
    '  NO      \x1b[31mharsher\x1b[0m          1'
    """
    for words, code in _COLOURS.items():
        text = re.sub(words, f"\x1b[{code}m\\g<0>\x1b[0m", text, flags=re.MULTILINE)
    return text


def has_colour(stream: object) -> bool:
    is_terminal = getattr(stream, "isatty", lambda: False)()
    return bool(is_terminal) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
