"""The ladder of a bill that is never paid as an SVG, for light and dark pages."""

from collections.abc import Iterator
from datetime import date
from html import escape
from textwrap import wrap

from lapse.analysis.unpaid import Unpaid
from lapse.model.rule import Harm
from lapse.report.printable import printable
from lapse.report.unpaid import MARKS, Actions, dated, unpaid_sentence

WIDTH = 760
AXIS = 190
LINE, ROW = 20, 30
MOST_GAP = 36
"""The most that is added between two events for the days between them, a pixel for a day."""
SENTENCE, TEXT = 88, 66
"""The most characters in a line that fit beside the margins, in the widest usual typeface."""
COLOURS = {None: "notice", Harm.MONEY: "money", Harm.ACCESS: "access", Harm.DATA: "data"}
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328; }
.day { text-anchor: end; font-variant-numeric: tabular-nums; }
.quiet { fill: #59636e; } .title { font-weight: 600; }
.page { fill: #ffffff; } .axis { stroke: #8c959f; stroke-width: 2; }
.due { fill: #8c959f; } .notice { fill: #0969da; } .money { fill: #8250df; }
.access { fill: #bc4c00; } .data { fill: #cf222e; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; } .quiet { fill: #9198a1; } .page { fill: #0d1117; }
  .notice { fill: #4493f8; } .money { fill: #ab7df8; } .access { fill: #f0883e; }
  .data { fill: #f85149; }
}"""
CLASS_OF = {mark: COLOURS[harm] for harm, mark in MARKS.items()}


def unpaid_svg(unpaid: Unpaid, actions: Actions) -> str:
    """The sentence, then each day with its action, further apart where more days lie between."""
    sentence = unpaid_sentence(unpaid, actions)
    told = wrap(sentence, SENTENCE)
    lines = [_text(24, 32 + LINE * n, "title", text) for n, text in enumerate(told)]
    start = LINE * (len(told) + 1) + ROW
    y, last = start, unpaid.due
    body: list[str] = []
    for number, (day, mark, what) in enumerate(dated(unpaid, actions)):
        y += (ROW + min((day - last).days, MOST_GAP)) if number else 0
        last = day
        drawn = list(_event(unpaid, day, (mark, what), y))
        body += drawn
        y += LINE * (len(drawn) - 4)  # day, distance, dot and the first line are one row
    axis = f'<line class="axis" x1="{AXIS}" y1="{start - 5}" x2="{AXIS}" y2="{y - 5}"/>'
    height = y + ROW
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{_safe(sentence)}</title>",
            f"<style>{STYLE}\n</style>",
            f'<rect class="page" width="{WIDTH}" height="{height}"/>',
            *lines,
            axis,
            *body,
            "</svg>\n",
        ]
    )


def _event(unpaid: Unpaid, day: date, what: tuple[str, str], y: int) -> Iterator[str]:
    """The day, its distance from the due date, a dot, and a line of text or more."""
    mark, text = what
    yield _text(AXIS - 66, y, "day", f"{day:%a} {day}")
    yield _text(AXIS - 16, y, "day quiet", f"{(day - unpaid.due).days}")
    yield f'<circle class="{CLASS_OF.get(mark, "due")}" cx="{AXIS}" cy="{y - 5}" r="6"/>'
    for number, line in enumerate(wrap(text, TEXT)):
        yield _text(AXIS + 20, y + number * LINE, "", line)


def _text(x: int, y: int, kind: str, text: str) -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{_safe(text)}</text>'


def _safe(text: str) -> str:
    # XML forbids most control characters, escaped or not.
    return escape(printable(text))
