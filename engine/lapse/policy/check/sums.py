"""Checks of sums that are below 0 or bring harm forward, and of days before a due date."""

from collections.abc import Iterable, Iterator

from lapse.model.condition import Condition, Leaf, Literal, Stage, Stages, Sum, leaves
from lapse.model.facts import Value
from lapse.model.place import Place, Problem, Severity
from lapse.model.rule import Rule, TermEntry
from lapse.policy.check.meetings import Meetings

PAST_DUE = "days_past_due"


def check_minus(meetings: Meetings) -> Iterator[Problem]:
    """`minus-on-harm`: a number subtracted from a term would bring harm forward unnoticed."""
    book = meetings.book
    for rule in book.every_rule():
        # Floors are checked on the term alone, and a sum would go below them.
        if rule.is_forbid or book.is_harmful(rule):
            what = f"the forbid `{rule.name}`" if rule.is_forbid else f"`{rule.name}`, which harms"
            yield from _minus_tests(rule.when, what)
            for part in _minuses(rule.stages):
                yield _minus(part, what, rule.place)
    for action in book.catalogue.actions.values():
        if action.harm is not None and action.only_if is not None:
            yield from _minus_tests(action.only_if, f"`only_if` of `{action.name}`")


def check_below_zero(meetings: Meetings) -> Iterator[Problem]:
    """`sum-below-zero`: for some value of a term a test is always false, or a stage is left out."""
    for index, layer in meetings.deciding():
        for rule in layer.rules.values():
            if not isinstance(rule, Rule):
                continue
            for part in _minuses(rule.stages):
                yield from _below_zero(part, [part.number], rule.place, index, meetings)
            for leaf in leaves(rule.when):
                operand = leaf.operand
                if isinstance(operand, Sum) and operand.sign < 0:
                    numbers = _numbers(operand, rule, index, meetings)
                    yield from _below_zero(operand, numbers, leaf.place, index, meetings)


def check_past_due(meetings: Meetings) -> Iterator[Problem]:
    """`before-the-due-date`: a rule expects a bill to be past due on its due date or before."""
    for index, layer in meetings.deciding():
        for rule in layer.rules.values():
            if not isinstance(rule, Rule):
                continue
            for leaf in leaves(rule.when):
                if leaf.subject.name == PAST_DUE:
                    yield from _before_due(leaf, rule, index, meetings)


def _minuses(stages: Stages | None) -> Iterator[Sum]:
    for part in stages.parts if stages else ():
        if isinstance(part, Sum) and part.sign < 0:
            yield part


def _minus_tests(condition: Condition, what: str) -> Iterator[Problem]:
    for leaf in leaves(condition):
        if isinstance(leaf.operand, Sum) and leaf.operand.sign < 0:
            yield _minus(leaf.operand, what, leaf.place)


def _minus(part: Sum, what: str, place: Place) -> Problem:
    return Problem(
        "minus-on-harm",
        f"`{part}` takes days away in {what}",
        place,
        help="give it a term of its own, so that its floor and its history count",
    )


def _entries(name: str, index: int, meetings: Meetings) -> Iterator[TermEntry]:
    """The values that a term may have where a layer applies."""
    for other in meetings.with_all_met(index):
        yield from meetings.layer(other).terms.get(name, ())


def _values(name: str, index: int, meetings: Meetings) -> Iterable[Value]:
    return (entry.value for entry in _entries(name, index, meetings))


def _numbers(operand: Sum, rule: Rule, index: int, meetings: Meetings) -> tuple[int | Stage, ...]:
    """The numbers that a sum subtracts: its own, or each stage."""
    if not isinstance(operand.number, Stage):
        return (operand.number,)
    if rule.stages is None:
        return ()
    return rule.stages.every_value(lambda name: _values(name, index, meetings))


def _below_zero(
    part: Sum,
    numbers: Iterable[int | Stage],
    place: Place,
    index: int,
    meetings: Meetings,
) -> Iterator[Problem]:
    """At most one problem for a sum, about the value of its term that goes furthest below 0."""
    most = max((number for number in numbers if isinstance(number, int)), default=0)
    too_low = [
        (day, entry.place)
        for entry in _entries(part.term.name, index, meetings)
        for day in (entry.value if isinstance(entry.value, tuple) else (entry.value,))
        if isinstance(day, int) and day < most
    ]
    if too_low:
        day, also = min(too_low)
        yield Problem(
            "sum-below-zero",
            f"`{part}` is less than 0 where `{part.term}` is {day}, and counts for nothing there",
            place,
            help=f"take away at most {day}, or give this rule another term",
            severity=Severity.WARNING,
            also=also,
        )


def _before_due(leaf: Leaf, rule: Rule, index: int, meetings: Meetings) -> Iterator[Problem]:
    if isinstance(leaf.operand, Literal) and isinstance(leaf.operand.value, int):
        if leaf.operand.value < 0:
            yield _too_early(leaf.operand.value, leaf.place)
    elif leaf.operand is Stage.VALUE and rule.stages is not None:
        for part in rule.stages.parts:
            if isinstance(part, int):
                yield from (_too_early(day, leaf.place) for day in (part,) if day <= 0)
                continue
            for entry in _entries(part.term.name, index, meetings):
                early = [day for day in _stages_of(part, entry.value) if day <= 0]
                if early:
                    yield _too_early(min(early), entry.place, leaf.place)


def _stages_of(part: Sum, value: Value) -> tuple[int, ...]:
    return Stages((part,)).values(lambda _: value) or ()


def _too_early(day: int, place: Place, also: Place | None = None) -> Problem:
    return Problem(
        "before-the-due-date",
        f"`{PAST_DUE}` is never {day} by invoices: a bill is past due from the day after it is due",
        place,
        help="before the due date and on it count `days_until_next_due: {lte: $stage, gte: 0}`, "
        "with `anchor: next_due_on`",
        severity=Severity.WARNING,
        also=also,
    )
