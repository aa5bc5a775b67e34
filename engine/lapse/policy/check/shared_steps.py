"""Checks that rules on one step of a track exclude each other by their tests of one fact.

The first attempt is a proof for all subscriptions at once. Where terms or `$stage` decide, every
scope and day in which both rules exist is tried with the values that the terms have there.
"""

from collections.abc import Iterator
from itertools import combinations, product

from lapse.model.condition import Condition, is_staged, leaves
from lapse.model.facts import show
from lapse.model.place import Problem
from lapse.model.rule import Layer, Rule
from lapse.policy.check.keep_apart import (
    Subject,
    Valuation,
    are_apart,
    are_apart_by,
    subjects,
    terms_compared,
    terms_tested,
)
from lapse.policy.check.meetings import Meetings
from lapse.policy.check.valuations import Located, valuations

# With more combinations of terms the check reports that it cannot tell: it would take minutes.
MOST_VALUATIONS = 5_000
NOTHING = "no fact's tests keep them apart"
TOO_MANY = "there are too many scopes to prove that they exclude each other"

TrackStep = tuple[str, int]
"""A track and one of its steps."""


def check_shared_steps(meetings: Meetings) -> Iterator[Problem]:
    """`shared-step`: two rules of one step that may both act."""
    steps = {index: _steps(index, layer) for index, layer in meetings.deciding()}
    for index, mine in steps.items():
        for located in mine.values():
            for one, two in combinations(located, 2):
                yield from _check_pair(meetings, one, two)
        beside = (i for i in meetings.beside[index] if i < index)
        for other in (*beside, *meetings.below[index]):
            for step in mine.keys() & steps[other].keys():
                for one, two in product(mine[step], steps[other][step]):
                    yield from _check_pair(meetings, one, two)


def _steps(index: int, layer: Layer) -> dict[TrackStep, list[Located]]:
    steps: dict[TrackStep, list[Located]] = {}
    for rule in layer.rules.values():
        if isinstance(rule, Rule) and rule.track is not None:
            steps.setdefault((rule.track.name, rule.step), []).append((index, rule))
    return steps


def _check_pair(meetings: Meetings, one: Located, two: Located) -> Iterator[Problem]:
    rule, other = sorted((one[1], two[1]), key=lambda rule: rule.place, reverse=True)
    if rule.name == other.name:
        return
    why = _why_not_apart(meetings, one, two)
    if why is None:
        return
    assert rule.track is not None
    yield Problem(
        "shared-step",
        f"`{rule.name}` and `{other.name}` share step {rule.step} of track "
        f"`{rule.track.name}`, and {why}",
        rule.place,
        help="give one of them another step, or let both test one fact so that only one of them "
        "can hold, such as `vip: yes` and `vip: no`",
        also=other.place,
    )


def _why_not_apart(meetings: Meetings, one: Located, two: Located) -> str | None:
    """Why two rules may both act, in words for people; null when they never do."""
    catalogue = meetings.book.catalogue
    if are_apart(one[1].when, two[1].when, catalogue):
        return None
    together = valuations(meetings, one, two)
    if together is None:
        return TOO_MANY
    if next(together, None) is None:
        return None
    reasons = {NOTHING}
    for subject in subjects(one[1].when, two[1].when, catalogue):
        why = _why_not_apart_by(meetings, subject, one, two)
        if why is None:
            return None
        reasons.add(why)
    return max(reasons, key=lambda reason: (reason != NOTHING, reason != TOO_MANY, reason))


def _why_not_apart_by(
    meetings: Meetings, subject: Subject, one: Located, two: Located
) -> str | None:
    """Why the tests of one subject do not keep two rules apart; null when they do."""
    conditions = one[1].when, two[1].when
    compared, tested = terms_compared(subject, *conditions), terms_tested(*conditions)
    why = _why_not_where(meetings, subject, one, two, compared)
    if why is None or tested <= compared:
        return why
    # Values that make one of the rules false by themselves say nothing about the two.
    closer = _why_not_where(meetings, subject, one, two, compared | tested)
    return why if closer == TOO_MANY else closer


def _why_not_where(
    meetings: Meetings, subject: Subject, one: Located, two: Located, compared: frozenset[str]
) -> str | None:
    """Why a subject does not keep two rules apart in each scope and day, by some terms' values."""
    rules = one[1], two[1]
    staged = [rule.stages for rule in rules if rule.stages and _is_staged(subject, rule)]
    listed = {name.name for stages in staged for name in stages.names()}
    terms = compared | listed
    if not terms and not any(_is_staged(subject, rule) for rule in rules):
        return NOTHING
    all_valuations = valuations(meetings, one, two, sorted(terms))
    if all_valuations is None:
        return TOO_MANY
    tried: set[tuple[tuple[str, ...], bool]] = set()
    for valuation, ahead in all_valuations:
        shown, is_ahead = tuple(map(show, valuation.values())), subject.whole in ahead
        if (shown, is_ahead) in tried:
            continue
        tried.add((shown, is_ahead))
        if len(tried) > MOST_VALUATIONS:
            return TOO_MANY
        pairs = product(*(_conditions(subject, rule, valuation) for rule in rules))
        if not all(
            are_apart_by(subject, when, its, valuation, is_ahead=is_ahead) for when, its in pairs
        ):
            values = " and ".join(
                f"`{name}` is {text}" for name, text in zip(valuation, shown, strict=True)
            )
            return f"where {values} both can be true" if values else NOTHING
    return None


def _is_staged(subject: Subject, rule: Rule) -> bool:
    return any(is_staged(leaf) and subject.is_read_by(leaf) for leaf in leaves(rule.when))


def _conditions(subject: Subject, rule: Rule, valuation: Valuation) -> list[Condition]:
    """A rule's condition, one for each stage where the subject is compared with `$stage`.

    Where a term of `for_each` has no value there are no stages, and the rule does not act.
    """
    if rule.stages is None or not _is_staged(subject, rule):
        return [rule.when]
    return [rule.condition(stage) for stage in rule.stages.values(valuation.__getitem__) or ()]
