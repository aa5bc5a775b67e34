"""Checks of terms without a value: on days between two entries, or everywhere."""

from collections.abc import Iterator
from datetime import date

from lapse.model.condition import Condition, NameKind, leaves, name_read
from lapse.model.place import Place, Problem, Severity
from lapse.model.rule import CALENDAR_TERM, Layer, Rule, Span, TermEntry
from lapse.policy.check.meetings import Meetings, lies_within
from lapse.policy.check.spans import left_over, span_text

TermRead = tuple[str, Place]
"""The name of a term and a place that reads it."""


def check_gaps(meetings: Meetings) -> Iterator[Problem]:
    """`gap`: days between two entries of a list on which nothing sets the term."""
    for index, layer in meetings.deciding():
        for name, entries in layer.terms.items():
            if len(entries) > 1:
                for gap in left_over(_gaps(entries), _sure_days(meetings, index, name)):
                    yield _gap(name, layer, gap)


def check_never_set(meetings: Meetings) -> Iterator[Problem]:
    """`term-never-set`: a rule reads a term that no layer sets, or none that applies with it.

    One problem for each term, at the first place that reads it.
    """
    set_somewhere = {name for _, layer in meetings.deciding() for name in layer.terms}
    nowhere: dict[str, Place] = {}
    not_here: dict[str, Place] = {}
    for name, place in _action_reads(meetings):
        if name not in set_somewhere:
            nowhere[name] = min(place, nowhere.get(name, place))
    for index, layer in meetings.deciding():
        for name, place in _layer_reads(layer):
            if name not in set_somewhere:
                nowhere[name] = min(place, nowhere.get(name, place))
            elif not _is_set_with(meetings, index, name):
                not_here[name] = min(place, not_here.get(name, place))
    for name, place in nowhere.items():
        yield _never_set(name, place, "no layer sets it", Severity.ERROR)
    for name, place in not_here.items():
        yield _never_set(
            name, place, "no layer that can apply together with this one sets it", Severity.WARNING
        )


def check_calendar(meetings: Meetings) -> Iterator[Problem]:
    """`calendar-never-set`: a rule acts on working days only, and no layer sets a calendar."""
    for index, layer in meetings.deciding():
        for rule in layer.rules.values():
            if isinstance(rule, Rule) and rule.is_business:
                if _is_set_with(meetings, index, CALENDAR_TERM):
                    continue
                yield Problem(
                    "calendar-never-set",
                    f"`{rule.name}` acts on working days only, and no layer sets a `calendar`",
                    rule.place,
                    help="set `calendar: none` (Monday to Friday) in the base layer, or a country "
                    'such as `calendar: "NO"` in that of a market',
                )


def _gap(name: str, layer: Layer, gap: Span) -> Problem:
    ending = [e for e in layer.terms[name] if e.span.last and gap.first and e.span.last < gap.first]
    before = max(ending, key=lambda entry: entry.span.last or date.max)
    starting = [
        e for e in layer.terms[name] if e.span.first and gap.last and gap.last < e.span.first
    ]
    after = min(starting, key=lambda entry: entry.span.first or date.min)
    return Problem(
        "gap",
        f"`{name}` has no value {span_text(gap)}: an entry ends before and the next begins after",
        before.place,
        help="let one of the two entries reach the other, or set the term in a less specific layer",
        severity=Severity.WARNING,
        also=after.place,
    )


def _gaps(entries: tuple[TermEntry, ...]) -> list[Span]:
    """The days after the first and before the last entry on which none is in force."""
    spans = [entry.span for entry in entries]
    first = min(span.first or date.min for span in spans)
    last = max(span.last or date.max for span in spans)
    return left_over([Span(first, last)], spans)


def _sure_days(meetings: Meetings, index: int, name: str) -> list[Span]:
    """The days on which a layer that applies wherever this one does sets a term."""
    scope = meetings.scopes[index]
    return [
        entry.span
        for other in meetings.below[index]
        if lies_within(scope, meetings.scopes[other])
        for entry in meetings.layer(other).terms.get(name, ())
    ]


def _is_set_with(meetings: Meetings, index: int, name: str) -> bool:
    return any(name in meetings.layer(other).terms for other in meetings.with_all_met(index))


def _never_set(name: str, place: Place, why: str, severity: Severity) -> Problem:
    return Problem(
        "term-never-set",
        f"`{name}` is read here, and {why}, so it is always unknown",
        place,
        help="give it a value in the base layer, or in a layer that applies wherever it is read",
        severity=severity,
    )


def _action_reads(meetings: Meetings) -> Iterator[TermRead]:
    for action in meetings.book.catalogue.actions.values():
        if action.only_if is not None:
            yield from _condition_reads(action.only_if)


def _layer_reads(layer: Layer) -> Iterator[TermRead]:
    """Every term that a layer's rules read, with the place of the test, else of the rule."""
    for rule in layer.rules.values():
        if isinstance(rule, Rule):
            yield from _condition_reads(rule.when)
            yield from ((name.name, rule.place) for name in rule.names_beside())


def _condition_reads(condition: Condition) -> Iterator[TermRead]:
    for leaf in leaves(condition):
        for name in (leaf.subject, name_read(leaf.operand)):
            if name is not None and name.kind is NameKind.TERM:
                yield name.name, leaf.place
