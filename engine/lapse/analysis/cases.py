"""Runs cases as timelines: decides each day or instant in order, and carries its actions out.

Facts that a case does not set are blank; a scope key that it does not set matches no layer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from lapse.decide.forecast import Decide, facts_set, situation_of, zone_of
from lapse.decide.situation import Situation
from lapse.model.days import ONE_DAY, AsOf, moment_in, utc_day
from lapse.model.decision import Decision, Given, NotCovered, anchor_text, clock, recorded
from lapse.model.facts import ABSENT, STATUS, UNBROKEN, Missing, Value
from lapse.model.invoices import NEXT_DUE, NEXT_DUE_ON
from lapse.model.place import Place
from lapse.model.subscription import (
    DERIVED_WHEN_BLANK,
    Subscription,
    fact_of_key,
    settled,
    subscription,
    unbroken_since,
)
from lapse.policy.in_force import Scopes
from lapse.policy.reading.cases import Case, Expectation, ExpectedKind

Watch = Callable[[Situation, Decision], None]
"""Called with each decision of a case, so that coverage can count."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which a case did not come out as expected."""

    message: str
    place: Place


@dataclass(frozen=True, slots=True)
class CaseResult:
    case: Case
    mismatches: tuple[Mismatch, ...]

    @property
    def is_passed(self) -> bool:
        return not self.mismatches


@dataclass(frozen=True, slots=True)
class Point:
    """A day or instant of a timeline, its civil day, and the labels that came out, by kind."""

    at: AsOf
    day: date
    outcomes: Mapping[ExpectedKind, tuple[str, ...]] = field(default_factory=dict)


def run_case(case: Case, scopes: Scopes, decide: Decide, watch: Watch | None = None) -> CaseResult:
    """Decides a case's timeline, day by day, and compares it with what the case expects."""
    known = dict(case.given)
    history = tuple(given_before(case, scopes))
    applied: set[AsOf] = set()
    judged: list[Point] = []
    for at, day in _points(case, scopes):
        for moment, facts in case.then:
            if moment not in applied and _has_come(moment, at, day):
                applied.add(moment)
                known.update(facts)
                if STATUS in facts and UNBROKEN not in facts:
                    known.pop(UNBROKEN, None)  # it follows from the new status
        current = case_subscription(known, scopes)
        situation = situation_of(current, scopes, at)
        decision = decide(situation, history)
        if isinstance(decision, NotCovered):
            judged.append(Point(at, day))
            continue
        for action in decision.actions:
            known.update(facts_set(action.candidate.rule, decision.day))
        for name in DERIVED_WHEN_BLANK:
            if known.get(name) is ABSENT:
                del known[name]
        history = recorded(history, decision.actions, decision.day)
        judged.append(Point(at, day, _outcomes(decision, case.track)))
        if watch is not None:
            watch(situation, decision)
    return CaseResult(case, tuple(_mismatches(case, judged)))


def case_subscription(known: Mapping[str, Value], scopes: Scopes) -> Subscription:
    """The subscription of a case: blanks get their meaning, missing scope keys are absent.

    If it sets no `unbroken_since`, a status has lasted since its own date, such as `suspended_on`.
    """
    words = scopes.book.words
    keys = {fact_of_key(key) for key in scopes.book.catalogue.cascade}
    values: dict[str, Value | None] = {
        **dict.fromkeys(words.facts),
        **dict.fromkeys(keys, ABSENT),
        "subscription_id": "case",
        **known,
    }
    for name in (NEXT_DUE_ON, NEXT_DUE):
        # If a case does not set them they follow from the debt, as for an export without columns.
        if name not in known:
            del values[name]
    facts = settled(values, words)
    return subscription({**facts, UNBROKEN: unbroken_since(facts, None, words)}, words)


def given_before(case: Case, scopes: Scopes) -> Iterator[Given]:
    """The orders of `before`, each by its rule as it was in force on its day."""
    subscription, book = case_subscription(case.given, scopes), scopes.book
    for run, (at, orders) in enumerate(case.before):
        day = utc_day(at)
        for order in orders:
            name, _, stage = order.label.partition("@")
            there = (entry.rule for entry in scopes.of(subscription).rules(day))
            rule = next(r for r in (*there, *book.every_rule()) if r.name == name and r.track)
            assert rule.track is not None
            # A bill that falls due and one that is past due are one anchor, so either fact will do.
            facts = [rule.anchor, *(f for f in book.words.facts if clock(f) == clock(rule.anchor))]
            days = [subscription.fact(fact) for fact in facts]
            yield Given(
                track=rule.track.name,
                anchor=anchor_text(next((d for d in days if not isinstance(d, Missing)), days[0])),
                rule=name,
                stage=int(stage) if stage else None,
                step=rule.step,
                action=str(rule.action),
                due_on=day,
                first_given=day,
                last_given=day,
                anchor_of=rule.anchor,
                last_run=run,
            )


def _points(case: Case, scopes: Scopes) -> Iterator[tuple[AsOf, date]]:
    """The days to judge, in order; a day with instants in the case is judged at those instead."""
    zone = zone_of(scopes.of(case_subscription(case.given, scopes)))
    instants: dict[date, set[datetime]] = {}
    for moment, _ in (*case.expect, *case.then):
        if isinstance(moment, datetime):
            instants.setdefault(moment_in(moment, zone).day, set()).add(moment)
    day = case.first
    while day <= case.until:
        for at in sorted(instants[day]) if day in instants else (day,):
            yield at, day
        day += ONE_DAY


def _has_come(moment: AsOf, at: AsOf, day: date) -> bool:
    if not isinstance(moment, datetime):
        return moment <= day
    return moment <= at if isinstance(at, datetime) else moment.date() < day


def _outcomes(decision: Decision, track: str | None) -> dict[ExpectedKind, tuple[str, ...]]:
    """The labels of a decision by kind; actions only of the case's track, if it names one."""
    acts = [
        action.candidate.label
        for action in decision.actions
        if track is None or track == _track(action.candidate.rule.track)
    ]
    return {
        ExpectedKind.ACTS: tuple(acts),
        ExpectedKind.HELD: tuple(held.candidate.label for held in decision.held),
        ExpectedKind.UNDETERMINED: tuple(rule.rule for rule in decision.undetermined),
    }


def _track(track: object) -> str:
    return getattr(track, "name", "")


def _mismatches(case: Case, judged: list[Point]) -> Iterator[Mismatch]:
    expected = {moment: list(items) for moment, items in case.expect}
    for moment, items in expected.items():
        for item in items:
            points = _found(moment, judged, set(expected))
            if not any(_names(item, label) for point in points for label in _labels(point, item)):
                yield Mismatch(_not_found(item, moment, points, judged), item.place)
    for point in judged:
        key = point.at if point.at in expected else point.day
        wanted = [e.label for e in expected.get(key, ()) if e.kind is ExpectedKind.ACTS]
        for label in point.outcomes.get(ExpectedKind.ACTS, ()):
            if label not in wanted:
                yield Mismatch(f"`{label}` on {_text(point.at)} was not expected", case.place)


def _found(moment: AsOf, judged: list[Point], named: set[AsOf]) -> list[Point]:
    """The points for a moment: that instant, or that day without the instants in `named`."""
    if isinstance(moment, datetime):
        return [point for point in judged if point.at == moment]
    return [
        point
        for point in judged
        if point.day == moment and (point.at == moment or point.at not in named)
    ]


def _labels(point: Point, item: Expectation) -> tuple[str, ...]:
    return point.outcomes.get(item.kind, ())


def _names(item: Expectation, label: str) -> bool:
    """Whether an expectation matches a label; for held and undetermined, the stage is optional."""
    is_rule = item.kind is not ExpectedKind.ACTS and label.partition("@")[0] == item.label
    return label == item.label or is_rule


def _not_found(item: Expectation, moment: AsOf, found: list[Point], judged: list[Point]) -> str:
    """The message: what was expected, what came instead, and the other days on which it came."""
    what = {
        ExpectedKind.ACTS: f"`{item.label}`",
        ExpectedKind.HELD: f"`{item.label}` to be held",
        ExpectedKind.UNDETERMINED: f"`{item.label}` to be undetermined",
    }[item.kind]
    instead = [
        f"`{label}`" if kind is ExpectedKind.ACTS else f"`{label}` {kind.value}"
        for point in found
        for kind, labels in point.outcomes.items()
        for label in labels
        if kind is ExpectedKind.ACTS or _names(item, label)
    ]
    elsewhere = [
        _text(point.at)
        for point in judged
        if any(_names(item, label) for label in _labels(point, item))
    ]
    came = ", ".join(instead) or "nothing"
    when = f"; it came on {', '.join(elsewhere[:3])}" if elsewhere else "; it never came"
    return f"expected {what} on {_text(moment)}, found {came}{when}"


def _text(at: AsOf) -> str:
    return at.isoformat().replace("+00:00", "Z")
