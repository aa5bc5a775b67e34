"""The days on which entries of a policy count, as spans; overlaps and differences of spans."""

from collections.abc import Iterable, Iterator
from datetime import date

from lapse.model.days import ONE_DAY
from lapse.model.facts import show
from lapse.model.rule import ALWAYS, RuleEntry, Span, TermEntry


def overlap(one: Span, other: Span) -> Span | None:
    """The days that both contain; null when there are none.

    >>> overlap(Span(date(2026, 1, 1)), Span(None, date(2026, 3, 31)))
    Span(first=datetime.date(2026, 1, 1), last=datetime.date(2026, 3, 31))
    """
    first = max((day for day in (one.first, other.first) if day), default=None)
    last = min((day for day in (one.last, other.last) if day), default=None)
    return None if first and last and last < first else Span(first, last)


def without(span: Span, taken: Span) -> Iterator[Span]:
    """The parts of a span outside the days taken.

    >>> list(without(ALWAYS, Span(date(2026, 1, 1))))
    [Span(first=None, last=datetime.date(2025, 12, 31))]
    """
    common = overlap(span, taken)
    if common is None:
        yield span
        return
    if common.first and common.first != span.first:
        yield Span(span.first, common.first - ONE_DAY)
    if common.last and common.last != span.last:
        yield Span(common.last + ONE_DAY, span.last)


def left_over(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The parts of spans outside all the days taken."""
    left = list(spans)
    for each in taken:
        left = [rest for span in left for rest in without(span, each)]
    return left


def counting(entries: Iterable[TermEntry]) -> list[tuple[TermEntry, Span]]:
    """The days on which each entry of a list may count: it is in force, and no later one hides it.

    The latest `from` counts. An entry with an override hides no other, since it may expire.
    """
    counted: list[tuple[TermEntry, Span]] = []
    hidden: list[Span] = []
    for entry in sorted(entries, key=lambda entry: entry.span.first or date.min, reverse=True):
        counted += [(entry, span) for span in left_over([entry.span], hidden)]
        if entry.override is None:
            hidden.append(entry.span)
    return counted


def rule_span(entry: RuleEntry) -> Span | None:
    """The days on which a rule, or its switching off, exists; null when there are none."""
    until = ALWAYS if entry.override is None else Span(None, entry.override.expires)
    return overlap(entry.span, until)


def span_text(span: Span) -> str:
    """Days as a message names them.

    >>> span_text(Span(date(2026, 1, 1), date(2026, 3, 31)))
    'from 2026-01-01 to 2026-03-31'
    """
    if span.first and span.first == span.last:
        return f"on {show(span.first)}"
    first = f"from {show(span.first)}" if span.first else ""
    last = f"{'to' if first else 'until'} {show(span.last)}" if span.last else ""
    return " ".join(part for part in (first, last) if part) or "on every day"
