"""A what-if as JSON: every change, including those that are `kept`."""

from typing import Any

from lapse.analysis.futures import Foreseen, NotKnown
from lapse.analysis.what_if.change import Change
from lapse.analysis.what_if.compare import Difference
from lapse.analysis.what_if.edits import Edit, Version
from lapse.analysis.what_if.in_flight import InFlight
from lapse.analysis.what_if.pieces import NO_START
from lapse.analysis.what_if.result import WhatIf, is_newly_covered
from lapse.analysis.what_if.sweep import Sweep
from lapse.analysis.what_if.totals import Total
from lapse.model.facts import Value, show
from lapse.model.money import PLACES, Money
from lapse.model.rule import Rule, Today
from lapse.report.sentence import first_sentence

FACTS = ("customer_id", "customer_name", "market", "program", "product", "currency")


def whatif_json(whatif: WhatIf) -> dict[str, Any]:
    """Days are ISO dates, money is text with its currency, and a missing value is null."""
    return {
        "sentence": first_sentence(whatif),
        "day": whatif.day.isoformat(),
        "until": whatif.until.isoformat(),
        "compared": whatif.compared,
        "edits": [edit_json(edit) for edit in whatif.edits],
        "counts": [
            {"by": "partner" if ours else "provider", "action": name, "kind": kind, "count": count}
            for (ours, name, kind), count in sorted(whatif.counts().items())
        ],
        "totals": [total_json(total) for total in whatif.totals],
        "changes": [
            change_json(difference, change)
            for difference in whatif.differences
            for change in difference.changes
        ],
        "covered_by_one_only": [each.id for each in whatif.differing if is_newly_covered(each)],
        "in_flight": [in_flight_json(each) for each in whatif.in_flight],
        "read_under_todays_only": list(whatif.only_today),
        "read_under_the_other_only": list(whatif.only_other),
        "not_known": not_known_json(whatif.not_known),
        "crossed": list(whatif.crossed),
    }


def change_json(difference: Difference, change: Change) -> dict[str, Any]:
    cause = difference.causes.get(change.latest.track.name) if change.is_change else None
    return {
        "subscription_id": difference.id,
        **{name: difference.future.text(name) or None for name in FACTS},
        "track": change.latest.track.name,
        "kind": change.kind,
        "direction": change.direction,
        "days": change.days,
        "by": "partner" if change.latest.is_ours else "provider",
        "action": change.latest.name,
        "old": foreseen_json(difference.id, change.old),
        "new": foreseen_json(difference.id, change.new),
        "causes": [edit_json(edit) for edit in cause.edits] if cause else [],
        "or_else": [edit_json(edit) for edit in cause.or_else] if cause else [],
    }


def foreseen_json(subscription_id: str, foreseen: Foreseen | None) -> dict[str, Any] | None:
    if foreseen is None:
        return None
    return {
        "day": foreseen.day.isoformat(),
        "action_id": foreseen.action.id(subscription_id),
        "action": foreseen.name,
        "rule": foreseen.rule.name,
        "stage": foreseen.stage,
        "step": foreseen.rule.step,
        "anchor": foreseen.action.candidate.anchor,
        "due_on": foreseen.action.candidate.due_on.isoformat(),
        **rule_json(foreseen.rule),
        "because": foreseen.because,
        "source": foreseen.rule.place.source,
        **{name: money_json(money) for name, money in foreseen.money.items()},
    }


def rule_json(rule: Rule) -> dict[str, Any]:
    """What an order of a rule sets, and what it hands on."""
    return {
        "sets": {name: _set_text(value) for name, value in sorted(rule.sets.items())},
        "with": {name: show(value) for name, value in sorted(rule.parameters.items())},
    }


def _set_text(value: Value | Today) -> str:
    return value.value if isinstance(value, Today) else show(value)


def money_json(money: Money) -> str:
    return f"{money.amount.quantize(PLACES):f} {money.currency or ''}".rstrip()


def edit_json(edit: Edit) -> dict[str, Any]:
    return {
        "piece": edit.path.piece,
        "layer": edit.path.layer or None,
        "name": edit.path.name,
        "from": None if edit.path.start == NO_START else edit.path.start.isoformat(),
        "old": _version(edit.old),
        "new": _version(edit.new),
    }


def _version(version: Version | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {"text": version.text, "at": version.place.source if version.place else None}


def total_json(total: Total) -> dict[str, Any]:
    return {
        "by": total.by,
        "value": total.value or None,
        "direction": total.direction,
        "subscriptions": total.subscriptions,
        "customers": total.customers,
        "money": [
            {
                "currency": each.currency or None,
                **{
                    name: f"{getattr(each, name).quantize(PLACES):f}"
                    for name in ("debt", "monthly_amount", "commitment_left")
                },
            }
            for each in total.money
        ],
    }


def in_flight_json(found: InFlight) -> dict[str, Any]:
    return {
        "subscription_id": found.future.id,
        "pinned_to": dict(found.pins),
        "until": found.until.isoformat() if found.until else None,
        "without_pins": [
            {
                "kind": change.kind,
                "direction": change.direction,
                "action": change.latest.name,
                "days": change.days,
                "old": change.old.day.isoformat() if change.old else None,
                "new": change.new.day.isoformat() if change.new else None,
            }
            for change in found.unpinned
            if change.is_change
        ],
    }


def not_known_json(found: NotKnown) -> dict[str, Any]:
    return {
        "subscriptions": found.subscriptions,
        "missing": dict(found.counts),
        "assume": dict(found.assume),
    }


def sweep_json(sweep: Sweep) -> dict[str, Any]:
    return {
        "term": sweep.name,
        "today": show(sweep.today),
        "day": sweep.day.isoformat(),
        "until": sweep.until.isoformat(),
        "compared": sweep.compared,
        "not_known": not_known_json(sweep.not_known),
        "steps": [
            {
                "value": step.value,
                "is_today": step.is_today,
                "subscriptions": dict(sorted(step.harm.items())),
                "first": step.first.isoformat() if step.first else None,
                "days": step.days,
                "totals": [total_json(total) for total in step.totals],
            }
            for step in sweep.steps
        ],
    }
