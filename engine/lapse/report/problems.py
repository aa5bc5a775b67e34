"""Problems as text, as JSON and as GitHub workflow commands."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from lapse.model.place import Place, Problem, Severity, problem_order

WIDTH = 100
"""The most columns that an excerpt of a source line takes."""
MARGIN = "  "
TAB_WIDTH = 8
AROUND = 2 * WIDTH
"""The most characters read on either side of a caret, as lines may be long with many problems.
It is more than `WIDTH` because some characters take no column."""
CUT = "…"

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33"}


def render(
    problems: Iterable[Problem], sources: Mapping[str, Sequence[str]], *, colour: bool = False
) -> str:
    """All problems sorted by place, each with its source line and a caret, then their number.

    `sources` has the lines of each file; for other files no source line is shown.
    """
    in_order = sorted(problems, key=problem_order)
    blocks = ["\n".join(_block(problem, sources, colour=colour)) for problem in in_order]
    return "\n\n".join([*blocks, tally(in_order)]) + "\n"


def as_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """One object for each problem; lines and columns count from 1."""
    return [
        {
            "code": problem.code,
            "severity": problem.severity.value,
            "message": problem.message,
            **_position(problem.place),
            "help": problem.help,
            "also": _position(problem.also) if problem.also else None,
        }
        for problem in sorted(problems, key=problem_order)
    ]


def as_github(problems: Iterable[Problem]) -> str:
    """Workflow commands that GitHub shows beside the lines of a pull request.

    Source: GitHub Actions, workflow commands; escapes as in actions/toolkit, core/command.ts.
    """
    return "".join(_command(problem) + "\n" for problem in sorted(problems, key=problem_order))


def tally(problems: Iterable[Problem]) -> str:
    """How many errors and warnings there are.

    >>> tally([Problem("gap", "", Place("a.yaml", 1), severity=Severity.WARNING)])
    '1 warning'
    """
    severities = [problem.severity for problem in problems]
    counts = ((severities.count(severity), severity.value) for severity in Severity)
    named = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count]
    return ", ".join(named) or "no problems"


def escaped(text: str) -> str:
    r"""A text in which characters that control a terminal or are invisible are escaped.

    >>> print(escaped("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    return "".join(_plain(character) for character in text)


def _block(
    problem: Problem, sources: Mapping[str, Sequence[str]], *, colour: bool
) -> Iterator[str]:
    place = _painted(escaped(str(problem.place)), "1", is_on=colour)
    kind = _painted(f"{problem.severity}[{problem.code}]", _COLOURS[problem.severity], is_on=colour)
    yield f"{place}: {kind}: {escaped(problem.message)}"
    lines = sources.get(problem.place.file, ())
    if 0 < problem.place.line <= len(lines):
        line, caret = _excerpt(lines[problem.place.line - 1], problem.place.column - 1)
        yield MARGIN + line
        yield MARGIN + caret[:-1] + _painted(caret[-1:], _COLOURS[problem.severity], is_on=colour)
    if problem.help:
        yield f"{MARGIN}= help: {escaped(problem.help)}"
    if problem.also:
        yield f"{MARGIN}= also: {escaped(str(problem.also))}"


def _excerpt(line: str, at: int) -> tuple[str, str]:
    """A source line and the caret line below it; a long line is cut around the position."""
    at = min(at, len(line))
    start, end = max(0, at - AROUND), at + AROUND
    cells = [c if c == "\t" else _plain(c) for c in line[start:end]]
    first, last = _window(list(map(_width, cells)), at - start, WIDTH - len(MARGIN))
    shown, before = cells[first:last], cells[first : at - start]
    lead = CUT if start + first else ""
    blank = "".join("\t" if cell == "\t" else " " * _width(cell) for cell in before)
    tail = CUT if start + last < len(line) else ""
    return lead + "".join(shown) + tail, " " * len(lead) + blank + "^"


def _window(widths: list[int], at: int, room: int) -> tuple[int, int]:
    """The start and end of the part that fits, with about a third of it before `at`."""
    until = [0, *accumulate(widths)]
    if until[-1] <= room:
        return 0, len(widths)
    room -= 2 * len(CUT)
    first = at
    while first > 0 and until[at] - until[first - 1] <= room // 3:
        first -= 1
    last = at
    while last < len(widths) and until[last + 1] - until[first] <= room:
        last += 1
    while first > 0 and until[last] - until[first - 1] <= room:
        first -= 1
    return first, last


def _plain(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def _width(cell: str) -> int:
    """The number of columns that a character or its escape takes on a terminal."""
    if cell == "\t":
        return TAB_WIDTH
    if cell.isascii():
        return len(cell)
    if unicodedata.combining(cell):
        return 0
    return 2 if unicodedata.east_asian_width(cell) in "WF" else 1


def _painted(text: str, code: str, *, is_on: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if is_on else text


def _position(place: Place) -> dict[str, object]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _command(problem: Problem) -> str:
    place = problem.place
    properties = {"file": place.file, "line": place.line, "col": place.column}
    named = ",".join(
        f"{key}={_property(str(value))}"
        for key, value in {**properties, "title": problem.code}.items()
    )
    text = problem.message if problem.help is None else f"{problem.message}\n{problem.help}"
    return f"::{problem.severity} {named}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
