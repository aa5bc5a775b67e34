"""Why, why not, since when and what next, for one subscription on one day.

The verdict of each rule is the executor's; the leaves are the reference's. Where the two differ
the bug is ours, and `Disagreement` says so.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lapse.because import because
from lapse.condition import Name, NameKind, names
from lapse.condition_view import ConditionView, condition_view, in_the_way, shown
from lapse.decide.forecast import Decide, Life
from lapse.decide.jumps import Jumps
from lapse.decide.reference import Judge
from lapse.decide.truth import Situation, Truth, truth
from lapse.decision import EVERYTHING, Action, Decision, Given, Held, NotCovered, label
from lapse.facts import UNKNOWN, ValueType
from lapse.policy.in_force import Scopes
from lapse.rule import Rule, TermEntry, terms_read
from lapse.situations import Known

NEXT_ACTIONS = 8
LOOK_AHEAD_DAYS = 400


class Disagreement(Exception):  # noqa: N818  it names what happened, not a kind of error
    """The executor and the reference judge one condition differently: a bug of ours."""


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule or stage: its truth, what came of it, and, when false, the nearest leaf that fails."""

    label: str
    rule: Rule
    verdict: Truth
    outcome: str
    condition: ConditionView | None
    why_not: ConditionView | None = None
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TermView:
    """A term used, the entry that set it, and the less specific entries it shadows."""

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
    """Everything that `lapse explain` shows, in the order it shows it."""

    situation: Situation
    decision: Decision | NotCovered
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[Action, str], ...]
    rules: tuple[RuleView, ...]
    terms: tuple[TermView, ...]
    coming: tuple[Coming, ...]


def explain(
    known: Known,
    scopes: Scopes,
    decide: Decide,
    judge: Judge,
    *,
    approved: Container[str] = EVERYTHING,
) -> Explanation:
    """The explanation of one subscription's decision at a moment.

    What comes next takes it that whatever is asked for is approved.
    """
    situation, history = known.situation, known.orders
    decision = decide(situation, history, approved)
    if isinstance(decision, NotCovered):
        return Explanation(situation, decision, (), (), (), (), ())
    rules = tuple(_rule_views(situation, history, decision, judge))
    return Explanation(
        situation,
        decision,
        _facts_used(situation),
        tuple((a, because(a.candidate, situation)) for a in decision.actions),
        rules,
        tuple(_terms_used(situation)),
        tuple(_coming(situation, history, scopes, decide, decision)),
    )


def _rule_views(
    situation: Situation, history: tuple[Given, ...], decision: Decision, judge: Judge
) -> Iterator[RuleView]:
    for entry in situation.rules():
        rule = entry.rule
        if entry.missing:
            lacks = ", ".join(sorted(entry.missing))
            yield RuleView(rule.name, rule, None, f"may not apply here: {lacks} unknown", None)
            continue
        for stage in stages_known(rule, situation):
            verdict = agreed_verdict(rule, stage, situation, judge)
            view = condition_view(rule.condition(stage), situation)
            name = label(rule.name, stage)
            outcome = _outcome(rule, stage, verdict, decision, history)
            why_not = in_the_way(view) if verdict is False else None
            yield RuleView(name, rule, verdict, outcome, view, why_not, terms_read(rule))


def agreed_verdict(rule: Rule, stage: int | None, situation: Situation, judge: Judge) -> Truth:
    """The executor's verdict on a rule, which must be the reference's."""
    condition = rule.condition(stage)
    verdict, expected = judge(condition, situation), truth(condition, situation)
    if verdict is not expected:
        where = f"{label(rule.name, stage)} at {rule.place}"
        raise Disagreement(f"{where}: the executor says {verdict}, the reference {expected}")
    return verdict


def stages_known(rule: Rule, situation: Situation) -> tuple[int | None, ...]:
    """A rule's stages as on the day judged; none where the list is not known."""
    if rule.stages is None:
        return (None,)
    return rule.stages.values(lambda name: situation.term(name).value) or ()


def _outcome(
    rule: Rule, stage: int | None, verdict: Truth, decision: Decision, history: tuple[Given, ...]
) -> str:
    """What came of a rule or stage, in words."""
    name = label(rule.name, stage)
    held = next((h for h in decision.held if h.candidate.label == name), None)
    if held is not None:
        return held_text(held)
    for rule_ in decision.undetermined:
        if rule_.rule == name:
            return f"undetermined: {', '.join(sorted(rule_.missing))} unknown"
    if verdict is not True:
        return "does not hold" if verdict is False else "unknown: it forbids, to be safe"
    if rule.is_forbid:
        return "forbids " + ", ".join(sorted(rule.forbids))
    if any(action.candidate.label == name for action in decision.actions):
        return "acts"
    given = [g for g in history if g.rule == rule.name and g.stage == stage]
    if given and not rule.sets:
        return f"served: given on {max(g.first_given for g in given)}"
    higher = [
        action.candidate.label
        for action in decision.actions
        if action.candidate.rule.track == rule.track
    ]
    if higher:
        return f"gives way to {higher[0]}"
    return "the facts already show it" if rule.sets else "served by a later step"


def held_text(held: Held) -> str:
    """`held: hold until 2026-12-01; no working day`, each reason with its last day where known."""
    reasons = []
    for reason in held.reasons:
        until = f" until {reason.until}" if reason.until else ""
        lacks = f" ({', '.join(sorted(reason.missing))} unknown)" if reason.missing else ""
        reasons.append(f"{reason.words}{until}{lacks}")
    return "held: " + "; ".join(reasons)


def _facts_used(situation: Situation) -> tuple[tuple[str, str], ...]:
    """The facts and counters that the rules in force read, and their values."""
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
        found = situation.term(name)
        pin = situation.force.book.catalogue.terms[name].pinned_to
        pinned = situation.subscription.fact(pin) if pin else UNKNOWN
        value = shown(Name(name, NameKind.TERM, ValueType.TEXT), situation)
        day = pinned if isinstance(pinned, date) else None
        yield TermView(name, value, found.entry, found.shadowed, day)


def _coming(
    situation: Situation,
    history: tuple[Given, ...],
    scopes: Scopes,
    decide: Decide,
    decision: Decision,
) -> Iterator[Coming]:
    """The next actions if nothing changes, those of the day judged left out.

    What waits for leave today comes as soon as somebody gives it, so it comes first.
    """
    today, acts = situation.moment.day, {action.id("") for action in decision.actions}
    life, until = Life(situation.subscription, history), today + timedelta(days=LOOK_AHEAD_DAYS)
    found = 0
    for judged in Jumps(scopes, decide).judged(life, situation, until):
        day = judged.situation.moment.day
        if isinstance(judged.decision, NotCovered):
            continue
        for action in judged.decision.actions:
            if day > today or action.id("") not in acts:
                yield Coming(day, action)
                found += 1
        if found >= NEXT_ACTIONS:
            return
