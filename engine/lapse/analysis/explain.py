"""Why, why not, since when and what next, for one subscription on one day.

What became of each rule comes from the decision, the truth of each part of its condition from the
reference. If the executor judges a condition differently, that is a bug, raised as `Disagreement`.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lapse.analysis.condition_view import ConditionView, condition_view, in_the_way, shown
from lapse.decide.because import because
from lapse.decide.forecast import Decide, Life
from lapse.decide.known import KnownRow
from lapse.decide.reference import Judge
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.executors.jumps import Jumps
from lapse.model.comparing import Truth
from lapse.model.condition import Name, NameKind, names
from lapse.model.decision import (
    EVERYTHING,
    Action,
    Became,
    Decision,
    Given,
    GivesWay,
    Held,
    Hold,
    MayNotApply,
    NotCovered,
    NothingToDo,
    Served,
    Undetermined,
    label,
)
from lapse.model.facts import UNKNOWN, ValueType
from lapse.model.rule import Rule, TermEntry, terms_read
from lapse.policy.in_force import Scopes

NEXT_ACTIONS = 8
LOOK_AHEAD_DAYS = 400


class Disagreement(Exception):  # noqa: N818  it names what happened, not a kind of error
    """The executor and the reference judge one condition differently: a bug in the engine."""


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule or stage, its truth and what became of it; `why_not` is what keeps it from holding."""

    label: str
    rule: Rule
    truth: Truth
    outcome: str
    condition: ConditionView | None
    why_not: ConditionView | None = None
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TermView:
    """A term used, the entry that sets it, and the less specific entries that are overridden."""

    name: str
    value: str
    entry: TermEntry | None
    shadowed: tuple[TermEntry, ...]
    pinned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """An action that will come if nothing changes."""

    day: date
    action: Action


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that `lapse explain` shows, in that order."""

    situation: Situation
    decision: Decision | NotCovered
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[Action, str], ...]
    rules: tuple[RuleView, ...]
    terms: tuple[TermView, ...]
    coming: tuple[Coming, ...]


def explain(
    known: KnownRow,
    scopes: Scopes,
    decide: Decide,
    judge: Judge,
    *,
    approved: Container[str] = EVERYTHING,
) -> Explanation:
    """The explanation of one subscription's decision at a moment.

    The coming actions are foreseen as if every approval were given.
    """
    situation, history = known.situation, known.orders
    decision = decide(situation, history, approved)
    if isinstance(decision, NotCovered):
        return Explanation(situation, decision, (), (), (), (), ())
    rules = tuple(_rule_views(situation, decision, judge))
    return Explanation(
        situation,
        decision,
        _facts_used(situation),
        tuple((a, because(a.candidate, situation)) for a in decision.actions),
        rules,
        tuple(_terms_used(situation)),
        tuple(_coming(situation, history, scopes, decide, decision)),
    )


def _rule_views(situation: Situation, decision: Decision, judge: Judge) -> Iterator[RuleView]:
    for rule, stage, became in decision.verdicts:
        name, outcome = label(rule.name, stage), outcome_text(rule, became)
        if not is_judged(rule, stage, became):
            yield RuleView(name, rule, None, outcome, None)
            continue
        holds = agreed_truth(rule, stage, situation, judge)
        view = condition_view(rule.condition(stage), situation)
        why_not = in_the_way(view) if holds is False else None
        yield RuleView(name, rule, holds, outcome, view, why_not, terms_read(rule))


def is_judged(rule: Rule, stage: int | None, became: Became) -> bool:
    """Whether a rule surely applies and its stages are known; only then is its condition judged."""
    return not isinstance(became, MayNotApply) and (stage is None) == (rule.stages is None)


def agreed_truth(rule: Rule, stage: int | None, situation: Situation, judge: Judge) -> Truth:
    """The truth of a rule's condition, on which the executor and the reference must agree."""
    condition = rule.condition(stage)
    found, expected = judge(condition, situation), truth(condition, situation)
    if found is not expected:
        where = f"{label(rule.name, stage)} at {rule.place}"
        raise Disagreement(f"{where}: the executor says {found}, the reference {expected}")
    return found


def outcome_text(rule: Rule, became: Became) -> str:
    """What became of a rule or stage, in words."""
    match became:
        case NothingToDo.FALSE:
            return "does not hold"
        case NothingToDo.SHOWN:
            return "the facts already show it"
        case Action():
            return "acts"
        case Held():
            return held_text(became)
        case GivesWay(to=to):
            why = "a higher step" if became.is_to_a_higher_step else "a later stage"
            waits = f", which is {held_text(to)}" if isinstance(to, Held) else ""
            return f"gives way to {to.candidate.label}, {why}{waits}"
        case Served(by=by):
            order = "" if became.is_by_itself else f" by {label(by.rule, by.stage)}"
            return f"served{order}: given on {by.first_given}"
        case Undetermined(missing=missing):
            return f"undetermined: {', '.join(sorted(missing))} unknown"
        case MayNotApply(missing):
            return f"may not apply here: {', '.join(sorted(missing))} unknown"
        case Hold():
            actions = ", ".join(sorted(rule.forbids))
            return "unknown: it forbids, to be safe" if became.missing else f"forbids {actions}"


def held_text(held: Held) -> str:
    """Such as `held: hold until 2026-12-01; no working day`; a last day only where it is known."""
    reasons = []
    for reason in held.reasons:
        until = f" until {reason.until}" if reason.until else ""
        lacks = f" ({', '.join(sorted(reason.missing))} unknown)" if reason.missing else ""
        reasons.append(f"{reason.words}{until}{lacks}")
    return "held: " + "; ".join(reasons)


def _facts_used(situation: Situation) -> tuple[tuple[str, str], ...]:
    """The facts and counters in the conditions of the rules in force, with their values."""
    used: dict[str, str] = {}
    for entry in situation.rules():
        for name in names(entry.rule.when):
            if name.kind is not NameKind.TERM:
                used[name.name] = shown(name, situation)
    return tuple(sorted(used.items()))


def _terms_used(situation: Situation) -> Iterator[TermView]:
    rules = situation.rules()
    used = {name for entry in rules for name in terms_read(entry.rule)}
    for name in sorted(used):
        in_force = situation.term(name)
        pin = situation.force.book.catalogue.terms[name].pinned_to
        pinned = situation.subscription.fact(pin) if pin else UNKNOWN
        value = shown(Name(name, NameKind.TERM, ValueType.TEXT), situation)
        day = pinned if isinstance(pinned, date) else None
        yield TermView(name, value, in_force.entry, in_force.shadowed, day)


def _coming(
    situation: Situation,
    history: tuple[Given, ...],
    scopes: Scopes,
    decide: Decide,
    decision: Decision,
) -> Iterator[Coming]:
    """The next actions if nothing changes, without those that today's decision already has.

    An action that only waits for approval today counts as approved, so it is listed for today.
    """
    today, acts = situation.moment.day, {action.id("") for action in decision.actions}
    life, until = Life(situation.subscription, history), today + timedelta(days=LOOK_AHEAD_DAYS)
    count = 0
    for judged in Jumps(scopes, decide).judged(life, situation, until):
        day = judged.situation.moment.day
        if isinstance(judged.decision, NotCovered):
            continue
        for action in judged.decision.actions:
            if day > today or action.id("") not in acts:
                yield Coming(day, action)
                count += 1
        if count >= NEXT_ACTIONS:
            return
