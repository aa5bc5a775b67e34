"""Where something stands in a file, and what is wrong there.

A wrong policy or row is a value, never an exception: readers collect every problem and go on.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def source(self) -> str:
        """`file:line`, as actions name the rule that gave them."""
        return f"{self.file}:{self.line}"


MOST_NAMED = 12
"""At most so many known words are listed when none is near."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a policy file; `help` says what would work, `also` is a second place."""

    code: str
    message: str
    place: Place
    help: str | None = None
    severity: Severity = Severity.ERROR
    also: Place | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class LapseError(Exception):
    """Input, output or environment failed: nothing that the program itself did wrong.

    The text is for people; problems, where there are any, say where.
    """

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


def reason(error: OSError) -> str:
    """The system's reason for a failure, in lower case, to end a message with."""
    return (error.strerror or str(error) or "unknown reason").lower()


def is_utf8(text: str) -> bool:
    """Whether a name came as UTF-8; other bytes appear in it as halves of surrogate pairs."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


@contextmanager
def having(done: str) -> Iterator[None]:
    """Adds to an error within the block a note of what was done before it, which stays done."""
    try:
        yield
    except BaseException as error:  # also Ctrl-C: it is handed on as it is
        error.add_note(done)
        raise


class MisuseError(LapseError):
    """A command line that makes no sense: exit code 2."""


def problem_order(problem: Problem) -> tuple[Place, str, str]:
    """Problems are reported by place, then code, then message."""
    return problem.place, problem.code, problem.message


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A help text that names the known word nearest to `word`, or a few known words; else null.

    >>> did_you_mean("grace_day", ["grace_days", "retention_days"])
    'did you mean `grace_days`?'
    """
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    if near:
        return f"did you mean `{by_lower[near[0]]}`?"
    if 0 < len(by_lower) <= MOST_NAMED:
        return "known here: " + ", ".join(f"`{name}`" for name in sorted(by_lower.values()))
    return None
