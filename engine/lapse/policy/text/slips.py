"""Messages for frequent slips that make a file invalid YAML, chosen by yaml's own message.

yaml reports where its grammar broke off, which is often a line after the slip. Each entry of
`SLIPS` has words that both of yaml's scanners use, and the message for the author instead.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lapse.policy.text.lookalikes import Position, seen_in
from lapse.policy.text.problems import shown


@dataclass(frozen=True, slots=True)
class Fault:
    """Where reading broke off (`at`), and where the part that broke begins (`since`)."""

    problem: str
    context: str
    at: Position
    since: Position
    lines: tuple[str, ...]

    @property
    def line(self) -> str:
        return self.lines[self.at[0]] if self.at[0] < len(self.lines) else ""

    @property
    def is_of_plain_text(self) -> bool:
        """Whether yaml took the line for a key that goes on, and broke off below it."""
        return "find expected ':'" in self.problem

    @property
    def character(self) -> str:
        """The character that reading broke off at; empty at the end of a line."""
        return self.line[self.at[1] : self.at[1] + 1]


@dataclass(frozen=True, slots=True)
class Slip:
    """A frequent mistake; it is chosen where yaml's words contain its own and `fits` is true."""

    problem: str
    context: str
    message: str
    help: str
    is_at_start: bool = False
    fits: Callable[[Fault], bool] = lambda _: True


def explained(fault: Fault) -> tuple[str, str, Position]:
    """A message, a help text, and the position to show."""
    seen = seen_in(fault.lines, fault.since, fault.at)
    if seen is not None:
        return seen
    for slip in SLIPS:
        if slip.problem in fault.problem and slip.context in fault.context and slip.fits(fault):
            place = fault.since if slip.is_at_start else fault.at
            return slip.message, slip.help, place
    reason = fault.problem or "it breaks off here"
    return f"this is not valid YAML: {shown(reason)}", FALLBACK, fault.at


FALLBACK = "each line is `key: value`; entries of one group begin in one column"
_FIRST = "a text cannot begin with this character"
_QUOTES = "text that begins with `@`, `%`, a backtick or `*`, `&`, `!`, `|`, `>` needs quotes"
_LINE_UP = "entries of one group begin in the same column; indent with two spaces"


def _is_at_tab(fault: Fault) -> bool:
    return fault.character == "\t" or fault.line[: fault.at[1]].strip(" ").startswith("\t")


def _is_comparison(fault: Fault) -> bool:
    lines = (fault.lines[line][column:] for line, column in (fault.since, fault.at))
    return any(re.match(r"[>!]=? *[\w$]", rest) for rest in lines)


def _lacks_dash(fault: Fault) -> bool:
    """Whether a line begins in the column of the dashes of the list above it."""
    number, column = fault.since if fault.is_of_plain_text else fault.at
    above = (line for line in reversed(fault.lines[:number]) if line.strip())
    is_deeper = (line for line in above if not line.startswith(" " * (column + 1)))
    return next(is_deeper, "")[column:].startswith("- ")


def _has_colon_before(fault: Fault) -> bool:
    return ": " in fault.line[: fault.at[1]]


def _lacks_colon_above(fault: Fault) -> bool:
    above = [line for line in fault.lines[: fault.at[0]] if line.strip()]
    last = above[-1].split(" #")[0].rstrip() if above else ": "
    return ": " not in last and not last.endswith(":")


def _breaks_a_group(fault: Fault) -> bool:
    return any(
        words in fault.problem
        for words in ("expected key", "expected <block end>", "'-' indicator")
    )


def _begins_with_bracket(fault: Fault) -> bool:
    value = fault.line.partition(": ")[2].lstrip() or fault.line.strip().removeprefix("- ")
    return value.startswith(("{", "["))


def _begins_with_quote(fault: Fault) -> bool:
    value = fault.line.partition(": ")[2].lstrip() or fault.line.strip().removeprefix("- ")
    return value.startswith(("'", '"')) or fault.line[: fault.at[1]].count('"') % 2 == 1


_COMPARISON = "a comparison is no value"
_HOW_COMPARED = "write `days_past_due: {gt: 14}`; the words are `gt`, `gte`, `lt`, `lte`, `ne`"
_NO_DASH = "this line lacks the `- ` of the list above it"
_DASHES = "each entry of a list begins with `- `, all of them in one column"

SLIPS = (
    Slip("", "block scalar", _COMPARISON, _HOW_COMPARED, is_at_start=True, fits=_is_comparison),
    Slip("cannot start any token", "", _COMPARISON, _HOW_COMPARED, fits=_is_comparison),
    Slip(
        "cannot start any token",
        "",
        "a tab stands where spaces belong",
        "indent with spaces: two for each level",
        fits=_is_at_tab,
    ),
    Slip("tab", "", "a tab stands where spaces belong", "indent with spaces: two for each level"),
    Slip("cannot start any token", "", _FIRST, _QUOTES),
    Slip("directive", "", _FIRST, _QUOTES),
    Slip("alphabetic or numeric", "", _FIRST, _QUOTES, is_at_start=True),
    Slip("", "directive", _FIRST, _QUOTES, is_at_start=True),
    Slip("", "block scalar", _FIRST, _QUOTES, is_at_start=True),
    Slip("", "scanning a tag", _FIRST, _QUOTES, is_at_start=True),
    Slip("tag handle", "", _FIRST, _QUOTES, is_at_start=True),
    Slip("", "scanning an alias", _FIRST, _QUOTES, is_at_start=True),
    Slip("", "scanning an anchor", _FIRST, _QUOTES, is_at_start=True),
    Slip(
        "mapping values are not allowed",
        "",
        "a second `: ` stands in one line",
        "a mapping needs braces, `when: {status: active}`, and a text with `: ` needs quotes",
        fits=_has_colon_before,
    ),
    Slip(
        "mapping values are not allowed",
        "",
        "the line above has no `: `",
        "each line is `key: value`, with a space after the colon",
        fits=_lacks_colon_above,
    ),
    Slip("mapping values are not allowed", "", "this line is indented too deep", _LINE_UP),
    Slip("find expected ':'", "", _NO_DASH, _DASHES, is_at_start=True, fits=_lacks_dash),
    Slip(
        "could not find expected ':'",
        "",
        "this line has no `: `",
        "each line is `key: value`, with a space after the colon",
        is_at_start=True,
    ),
    Slip(
        "",
        "quoted scalar",
        "a backslash in double quotes begins an escape that does not exist",
        "use single quotes, or write the backslash twice",
        fits=lambda fault: "escape" in fault.problem or "hexdecimal" in fault.problem,
    ),
    Slip(
        "",
        "quoted scalar",
        "this quote is never closed",
        "close it; an apostrophe inside single quotes is written twice",
        is_at_start=True,
    ),
    Slip(
        "",
        "flow sequence",
        "this `[` is never closed, or a comma is missing after it",
        "write `[1, 7, 12]`",
        is_at_start=True,
    ),
    Slip(
        "",
        "flow mapping",
        "this `{` is never closed, or a comma is missing after it",
        "write `{key: value, key: value}`; text that begins with `{` needs quotes",
        is_at_start=True,
    ),
    Slip(
        "",
        "flow node",
        "a bracket is never closed",
        "write `[1, 7, 12]` or `{key: value}`",
    ),
    Slip(
        "sequence entries are not allowed",
        "",
        "a list cannot begin here",
        "begin it on the next line, or write `[a, b]`",
    ),
    Slip(
        "",
        "",
        "this text goes on after its closing quote",
        "put one pair of quotes around all of it: `'` or `\"`, whichever is not in it",
        fits=lambda fault: _breaks_a_group(fault) and _begins_with_quote(fault),
    ),
    Slip(
        "",
        "",
        "this text goes on after its closing bracket",
        "text that begins with `{` or `[` needs quotes",
        fits=lambda fault: _breaks_a_group(fault) and _begins_with_bracket(fault),
    ),
    Slip(
        "", "", _NO_DASH, _DASHES, fits=lambda fault: _breaks_a_group(fault) and _lacks_dash(fault)
    ),
    Slip("did not find expected key", "", "this line fits into no group above it", _LINE_UP),
    Slip("expected <block end>", "", "this line fits into no group above it", _LINE_UP),
    Slip("expected '-' indicator", "", "this line fits into no group above it", _LINE_UP),
    Slip("did not find expected <document start>", "", "the line above has no `: `", FALLBACK),
)
