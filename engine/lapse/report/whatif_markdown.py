"""A what-if as Markdown for a comment on a pull request."""

import re
from collections.abc import Iterable, Iterator, Sequence

from lapse.analysis.what_if.change import Direction
from lapse.analysis.what_if.compare import Difference
from lapse.analysis.what_if.result import WhatIf
from lapse.analysis.what_if.totals import BY_FACT
from lapse.report.printable import printable
from lapse.report.sentence import first_sentence
from lapse.report.whatif import (
    causes_of,
    counts_table,
    in_flight_lines,
    line_of,
    money_text,
    named,
    not_compared,
    subscriptions,
    totals_table,
    unknown_lines,
)
from lapse.report.words import counted

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$:])")
_SETS_APART = str.maketrans({"&": "&amp;", "@": "@\u200b", "#": "#\u200b"})
"""Keeps GitHub from mentioning users and linking issues; the text looks the same."""


def whatif_markdown(whatif: WhatIf, most: int) -> str:
    """The first sentence, crossed limits, edits, counts, and who is worse or better off."""
    lines = [f"**{escaped(first_sentence(whatif))}**", ""]
    if whatif.crossed:
        lines += ["### Limits crossed", "", *_list(whatif.crossed), ""]
    lines += [f"Until {whatif.until}, if nothing else changes; judged on {whatif.day}.", ""]
    if whatif.edits:
        lines += ["### What differs in the policies", "", *_list(_edits(whatif)), ""]
    for is_ours, title in ((True, "Changes"), (False, "Changes in what the provider does")):
        table = counts_table(whatif, is_ours=is_ours)
        lines += [f"### {title}", "", *_table(table), ""] if table else []
    for direction, title in ((Direction.HARSHER, "Worse off"), (Direction.GENTLER, "Better off")):
        who = list(_who(whatif, direction, most))
        lines += [f"### {title}", "", *who, ""] if who else []
    for by in BY_FACT:
        table = totals_table(whatif.totals, by)
        lines += [f"### By {by}", "", *_table(table, texts=2), ""] if len(table) > 1 else []
    notes = [*not_compared(whatif), *in_flight_lines(whatif.in_flight)]
    notes += unknown_lines(whatif.not_known)
    lines += ["### Also", "", *_list(notes), ""] if notes else []
    return "\n".join(lines).rstrip() + "\n"


def escaped(text: str) -> str:
    r"""Text on one line that Markdown shows unchanged, without a link or mention.

    >>> print(escaped("<b>A|B & C"))
    \<b\>A\|B &amp; C
    """
    one_line = " ".join(printable(text).split()).translate(_SETS_APART)
    return _SPECIAL.sub(r"\\\1", one_line).replace("www.", "www\u200b.")


def _edits(whatif: WhatIf) -> Iterator[str]:
    yield from (f"{edit}" + (f" ({edit.sources})" if edit.sources else "") for edit in whatif.edits)


def _who(whatif: WhatIf, direction: Direction, most: int) -> Iterator[str]:
    every = subscriptions(whatif, direction)
    if not every:
        return
    # GitHub limits a comment to 65,536 characters.
    rows = [_row(whatif, each, direction) for each in every[:most]]
    yield from _table([["subscription", "what", "money", "by"], *rows], texts=4)
    if len(every) > most:
        yield ""
        yield f"and {counted(len(every) - most, 'more subscription')}"


def _row(whatif: WhatIf, difference: Difference, direction: Direction) -> list[str]:
    changes = [each for each in difference.differing if each.direction is direction]
    causes = causes_of(difference, direction) if len(whatif.edits) > 1 else whatif.edits
    return [
        named(difference),
        "; ".join(line_of(change) for change in changes),
        money_text(changes[0].latest.money),
        "; ".join(str(edit) for edit in causes),
    ]


def _list(texts: Iterable[str]) -> Iterator[str]:
    yield from (f"* {escaped(text)}" for text in texts)


def _table(rows: Sequence[Sequence[str]], texts: int = 1) -> Iterator[str]:
    """A table whose first `texts` columns are text and the others numbers."""
    header, *body = rows
    yield "| " + " | ".join(escaped(cell) for cell in header) + " |"
    marks = ("---" if index < texts else "---:" for index in range(len(header)))
    yield "| " + " | ".join(marks) + " |"
    for row in body:
        yield "| " + " | ".join(escaped(cell) for cell in row) + " |"
