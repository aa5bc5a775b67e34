"""An explanation as text in 80 columns (what is done, why, why not, what is next) and as JSON."""

from collections.abc import Iterator
from typing import Any

from lapse.analysis.condition_view import ConditionView
from lapse.analysis.explain import Explanation, RuleView, TermView, held_text
from lapse.model.decision import Decision, NotCovered
from lapse.model.facts import UNKNOWN, show
from lapse.model.rule import TermEntry
from lapse.report.invoices import Moving, invoices_json, invoices_text, moving_names
from lapse.report.words import in_lines

MARKS = {True: "+", False: "-", None: "?"}


def explanation_text(explanation: Explanation, *, shows_all: bool = False) -> str:
    """The whole explanation; without `shows_all`, rules that do not hold are grouped by reason."""
    lines = [*_head(explanation)]
    decision = explanation.decision
    if isinstance(decision, NotCovered):
        lines += in_lines(f"not covered by the policies: {decision.because} ({decision.layer})")
        return "\n".join(lines)
    lines += ["", *_outcome(explanation, decision)]
    for line in invoices_text(explanation.situation.subscription):
        lines += in_lines(line, "", "    ") or [""]
    lines += _rules(explanation, shows_all=shows_all)
    lines += _terms(explanation, shows_all=shows_all)
    lines += ["", "Next, if nothing changes", *_coming(explanation)]
    return "\n".join(lines)


def _rules(explanation: Explanation, *, shows_all: bool) -> Iterator[str]:
    """Rules that hold or may hold, rules that time alone will make hold, and the rest by reason."""
    moving = moving_names(explanation.situation)
    shown = [rule for rule in explanation.rules if shows_all or rule.truth is not False]
    if shown:
        yield from ("", "Rules (+ holds, - does not, ? not known)")
    for rule in shown:
        yield from _rule(rule, moving)
    if shows_all:
        return
    waiting = [rule for rule in explanation.rules if rule.why_not and rule.why_not.flips_on]
    if waiting:
        yield from ("", "Not yet")
    for rule in waiting:
        assert rule.why_not is not None
        yield from in_lines(f"{rule.label}: {_leaf(rule.why_not, moving)}", "  ", "    ")
    yield from _standing(explanation)


def _standing(explanation: Explanation) -> Iterator[str]:
    """Rules that time alone will not make hold, grouped by the fact that has to change."""
    reasons: dict[str, dict[str, None]] = {}
    for rule in explanation.rules:
        why = rule.why_not
        if why is not None and why.flips_on is None:
            reason = f"{why.subject} is {why.actual}" if why.subject else f"{why.text} …"
            reasons.setdefault(reason, {})[rule.rule.name] = None
    if reasons:
        yield from ("", "Not while")
    for reason, names in sorted(reasons.items()):
        yield from in_lines(f"{reason}: {', '.join(names)}", "  ", "    ")


def _terms(explanation: Explanation, *, shows_all: bool) -> Iterator[str]:
    """The terms that the shown rules read."""
    near = {
        name
        for rule in explanation.rules
        if shows_all or rule.truth is not False or (rule.why_not and rule.why_not.flips_on)
        for name in rule.terms
    }
    terms = [term for term in explanation.terms if term.name in near]
    if terms:
        yield from ("", "Terms used")
    for term in terms:
        yield from _term(term)


def _head(explanation: Explanation) -> Iterator[str]:
    subscription = explanation.situation.subscription
    yield f"{subscription.id} on {explanation.situation.moment.day}"
    parts = []
    for name in ("customer_name", "customer_id", "product", "program", "market", "status"):
        value = subscription.fact(name)
        if value is not UNKNOWN:
            parts.append(f"{name} {show(value)}")
    yield from in_lines(", ".join(parts) or "nothing is known of its customer", "  ")


def _outcome(explanation: Explanation, decision: Decision) -> Iterator[str]:
    for action, reason in explanation.reasons:
        rule = action.candidate.rule
        who = " (the provider)" if rule.track and rule.track.is_provider else ""
        due = f"due {action.candidate.due_on}, first given {action.first_given}"
        yield f"{rule.action}{who}: {action.candidate.label}, {due}"
        yield from in_lines(reason, "  ")
        yield f"  rule at {rule.place.source}"
    for held in decision.held:
        yield from in_lines(f"{held.candidate.label} is {held_text(held)}", "", "  ")
    for rule_ in decision.undetermined:
        lacks = ", ".join(sorted(rule_.missing))
        yield from in_lines(f"undetermined: {rule_.rule}, for want of {lacks}", "", "  ")
    if not decision.actions and not decision.held and not decision.undetermined:
        yield "nothing is to be done"


def _rule(view: RuleView, moving: Moving) -> Iterator[str]:
    track = f" [{view.rule.track.name} {view.rule.step}]" if view.rule.track else " [forbid]"
    yield from in_lines(f"{MARKS[view.truth]} {view.label}{track}: {view.outcome}", "", "    ")
    if view.why_not is not None:
        yield from in_lines(f"why not: {_leaf(view.why_not, moving)}", "    ", "      ")
    if view.condition is not None:
        yield from _condition(view.condition, 2, moving)


def _condition(view: ConditionView, depth: int, moving: Moving) -> Iterator[str]:
    indent = "  " * depth
    if not view.parts:
        yield from in_lines(f"{MARKS[view.truth]} {_leaf(view, moving)}", indent, indent + "    ")
        return
    yield f"{indent}{MARKS[view.truth]} {view.text}"
    for part in view.parts:
        yield from _condition(part, depth + 1, moving)


def _leaf(view: ConditionView, moving: Moving) -> str:
    """`days_past_due > grace_days: is 10, needed grace_days = 14; true from 2026-11-16`."""
    needed = f", needed {view.needed}" if view.truth is not True and " = " in view.needed else ""
    if view.truth is True and " = " in view.needed:
        needed = f", {view.needed}"
    turns = f"; true from {view.flips_on}" if view.flips_on else ""
    stays = ""
    if view.truth is False and not turns:
        day = moving.get(view.subject)
        stays = (
            f"; invoices may change it from {day} on" if day else "; time alone will not change it"
        )
    return f"{view.text}: is {view.actual}{needed}{turns}{stays}"


def _term(view: TermView) -> Iterator[str]:
    where = view.entry.place.source if view.entry else "no value in force"
    pinned = f" (its value of {view.pinned_on})" if view.pinned_on else ""
    yield from in_lines(f"{view.name} = {view.value}{pinned}: {where}", "  ", "    ")
    if view.entry and view.entry.source:
        yield from in_lines(f"source: {view.entry.source}", "    ", "    ")
    for entry in view.shadowed:
        yield from in_lines(f"shadows {show(entry.value)}: {entry.place.source}", "    ", "      ")


def _coming(explanation: Explanation) -> Iterator[str]:
    if not explanation.coming:
        yield "  nothing in the next 400 days"
    for coming in explanation.coming:
        rule = coming.action.candidate.rule
        who = " (the provider)" if rule.track and rule.track.is_provider else ""
        yield f"  {coming.day}  {rule.action}{who}: {coming.action.candidate.label}"


def explanation_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation as plain values; an unknown fact is `unknown`, an absent one `none`."""
    decision = explanation.decision
    subscription = explanation.situation.subscription
    if isinstance(decision, NotCovered):
        return {"subscription_id": subscription.id, "not_covered": decision.because}
    return {
        "subscription_id": subscription.id,
        "day": explanation.situation.moment.day.isoformat(),
        "facts": dict(explanation.facts),
        "invoices": invoices_json(subscription),
        "actions": [
            {
                "action_id": action.id(subscription.id),
                "rule": action.candidate.label,
                "action": action.candidate.rule.action,
                "due_on": action.candidate.due_on.isoformat(),
                "first_given": action.first_given.isoformat(),
                "because": reason,
                "source": action.candidate.rule.place.source,
            }
            for action, reason in explanation.reasons
        ],
        "held": [
            {"rule": held.candidate.label, "by": held.by, "until": _iso(held.until)}
            for held in decision.held
        ],
        "undetermined": [
            {"rule": rule.rule, "missing": sorted(rule.missing)} for rule in decision.undetermined
        ],
        "rules": [_rule_json(rule) for rule in explanation.rules],
        "terms": [_term_json(term) for term in explanation.terms],
        "next": [
            {"day": coming.day.isoformat(), "rule": coming.action.candidate.label}
            for coming in explanation.coming
        ],
    }


def _rule_json(view: RuleView) -> dict[str, Any]:
    return {
        "rule": view.label,
        "source": view.rule.place.source,
        "verdict": view.truth,
        "outcome": view.outcome,
        "why_not": _condition_json(view.why_not) if view.why_not else None,
        "condition": _condition_json(view.condition) if view.condition else None,
    }


def _condition_json(view: ConditionView) -> dict[str, Any]:
    if view.parts:
        parts = [_condition_json(part) for part in view.parts]
        return {"test": view.text, "truth": view.truth, "parts": parts}
    return {
        "test": view.text,
        "truth": view.truth,
        "actual": view.actual,
        "needed": view.needed,
        "true_from": _iso(view.flips_on),
    }


def _term_json(view: TermView) -> dict[str, Any]:
    def entry(found: TermEntry) -> dict[str, Any]:
        return {"value": show(found.value), "place": str(found.place), "source": found.source}

    return {
        "term": view.name,
        "value": view.value,
        "set_by": entry(view.entry) if view.entry else None,
        "shadows": [entry(shadowed) for shadowed in view.shadowed],
    }


def _iso(day: object) -> str | None:
    return None if day is None else str(day)
