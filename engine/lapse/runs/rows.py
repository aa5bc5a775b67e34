"""Decisions as rows of the outputs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lapse.model.days import Moment
from lapse.model.decision import Action, Candidate, Decision, Held
from lapse.model.facts import Missing, Value, show
from lapse.model.money import PLACES, Money
from lapse.model.record import Stray
from lapse.model.sightings import Seen
from lapse.model.subscription import Subscription
from lapse.model.tables import Cells
from lapse.runs.export import Rejection

PARTNER, PROVIDER = "partner", "provider"
AMOUNTS = ("debt", "monthly_amount", "commitment_left")
LIST_MARK = "; "

Because = Callable[[Candidate], str]


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A subscription at the moment judged; `because` explains why a candidate acts."""

    subscription: Subscription
    moment: Moment
    because: Because

    def text(self, fact: str) -> str:
        """A fact as a cell; blank if it is unknown or absent."""
        value = self.subscription.fact(fact)
        return "" if isinstance(value, Missing) else show(value)

    def amount(self, name: str) -> Money | None:
        value = self.subscription.at(name, self.moment)
        return value if isinstance(value, Money) else None

    def amount_text(self, name: str) -> str:
        """An amount to four places, and its currency if not the row's; blank if unknown."""
        money = self.amount(name)
        if money is None:
            return ""
        differs = money.currency is not None and money.currency != self.text("currency")
        return f"{money.amount.quantize(PLACES):f}" + (f" {money.currency}" if differs else "")


def action_cells(action: Action, judged: JudgedRow) -> Cells:
    """A row of `actions` or `provider`."""
    action_id = action.id(judged.subscription.id)
    return _cells(action.candidate, judged, action_id, action.first_given.isoformat())


def asked_cells(held: Held, judged: JudgedRow) -> Cells:
    """A row of `to_approve`; `first_given` is blank if the order was never given."""
    first = held.action.first_given
    action_id = held.action.id(judged.subscription.id)
    was_given = first < judged.moment.day
    return _cells(held.candidate, judged, action_id, first.isoformat() if was_given else "")


def held_cells(held: Held, judged: JudgedRow) -> Cells:
    """A row of `held`: the order, what holds it, until when, and what is missing."""
    until = held.until
    return (
        *asked_cells(held, judged),
        held.by,
        until.isoformat() if until else "",
        LIST_MARK.join(sorted(held.missing)),
    )


def undetermined_missing(decision: Decision) -> Mapping[str, frozenset[str]]:
    """The names missing for each undetermined rule, all its stages together."""
    missing: dict[str, frozenset[str]] = {}
    for rule in decision.undetermined:
        name = rule.rule.partition("@")[0]
        missing[name] = missing.get(name, frozenset()) | rule.missing
    return missing


def undetermined_cells(judged: JudgedRow, rule: str, missing: frozenset[str]) -> Cells:
    return judged.subscription.id, rule, LIST_MARK.join(sorted(missing))


def is_ours(candidate: Candidate) -> bool:
    """Whether the action is ours, and not one that the provider takes by itself."""
    assert candidate.rule.track is not None
    return not candidate.rule.track.is_provider


def _cells(candidate: Candidate, judged: JudgedRow, action_id: str, first_given: str) -> Cells:
    rule, today = candidate.rule, judged.moment.day
    assert rule.track is not None
    assert rule.action is not None
    return (
        action_id,
        judged.subscription.id,
        *(judged.text(f) for f in ("customer_id", "customer_name", "market", "program", "product")),
        rule.track.name,
        str(rule.step),
        rule.name,
        "" if candidate.stage is None else str(candidate.stage),
        rule.action,
        PARTNER if is_ours(candidate) else PROVIDER,
        candidate.anchor,
        rule.anchor,
        candidate.due_on.isoformat(),
        str((today - candidate.due_on).days),
        first_given,
        today.isoformat(),
        judged.because(candidate),
        rule.place.source,
        *(judged.amount_text(name) for name in AMOUNTS),
        judged.text("currency"),
        parameters_text(rule.parameters),
    )


def parameters_text(parameters: Mapping[str, Value]) -> str:
    """A rule's parameters as compact JSON with sorted keys; blank when it has none."""
    if not parameters:
        return ""
    plain = {
        name: value if isinstance(value, bool | int | str) else show(value)
        for name, value in parameters.items()
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def rejected_cells(rejected: Rejection) -> Cells:
    return (
        rejected.input,
        str(rejected.row),
        rejected.subscription_id or "",
        rejected.code,
        rejected.column or "",
        rejected.found or "",
    )


def stray_cells(stray: Stray) -> Cells:
    """A row of `unmatched`."""
    balance = stray.balance
    return (
        stray.input,
        str(stray.row),
        stray.gives,
        stray.subscription_id or "",
        stray.customer_id or "",
        stray.invoice_id or "",
        "" if stray.day is None else stray.day.isoformat(),
        "" if balance is None else f"{balance.amount.quantize(PLACES):f}",
        (balance.currency or "") if balance is not None else "",
        stray.near or "",
    )


def seen_cells(id_: str, seen: Seen, runs_every: int) -> Cells:
    """A row of `seen`."""
    days = (seen.first_day, seen.unbroken(runs_every), seen.last_seen)
    return id_, seen.status, *(day.isoformat() for day in days)
