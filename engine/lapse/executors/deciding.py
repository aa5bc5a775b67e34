"""Rows decided one by one: what becomes of each, counted and written."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from lapse.decide.because import because
from lapse.decide.forecast import Decide
from lapse.decide.known import KnownRow
from lapse.model.decision import Action, Decision, Given, NotCovered
from lapse.model.invoices import Owed
from lapse.runs.approvals import Approvals
from lapse.runs.resting import rests_on
from lapse.runs.results.relations import Drafts
from lapse.runs.results.tally import Lacking, Tally
from lapse.runs.rows import (
    AMOUNTS,
    JudgedRow,
    action_cells,
    held_cells,
    is_ours,
    seen_cells,
    undetermined_cells,
    undetermined_missing,
)


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decides one row at a time, and adds the result to relations and counts."""

    decide: Decide
    approvals: Approvals
    tally: Tally
    drafts: Drafts

    def decide_row(self, row: KnownRow) -> None:
        situation = row.situation
        id_, book = situation.subscription.id, situation.force.book
        if row.seen is not None:
            self.drafts.add("seen", *seen_cells(id_, row.seen, book.catalogue.runs_every))
        approved = self.approvals.on(situation.moment.day)
        decision = self.decide(situation, row.orders, approved)
        if isinstance(decision, NotCovered):
            self.tally.leave_out(decision)
            return
        self.tally.decided += 1
        self.tally.resting.update(rests_on(decision, situation.rules, row.assumed, book))
        why = partial(because, situation=situation)
        judged = JudgedRow(situation.subscription, situation.moment, why)
        self._orders(decision, judged, row.orders)
        self._undetermined(decision, judged)
        self._account(decision, judged)

    def _orders(self, decision: Decision, judged: JudgedRow, given: Iterable[Given]) -> None:
        before = {(g.track, g.anchor, g.rule, g.stage, g.number) for g in given}
        for action in decision.actions:
            output = "actions" if is_ours(action.candidate) else "provider"
            is_again = _key(action) in before
            self.drafts.order(output, action_cells(action, judged), is_again=is_again)
        for held in decision.held:
            self.drafts.order("held", held_cells(held, judged))

    def _undetermined(self, decision: Decision, judged: JudgedRow) -> None:
        has_ledger = judged.subscription.ledger is not None
        held = tuple(each.missing for each in decision.held)
        found = Lacking(undetermined_missing(decision), held, has_ledger)
        self.tally.lack(found)
        for rule, missing in self.tally.listed(found):
            self.drafts.add("undetermined", *undetermined_cells(judged, rule, missing))

    def _account(self, decision: Decision, judged: JudgedRow) -> None:
        owed, day = judged.subscription.owed, judged.moment.day.isoformat()
        actions = sum(is_ours(each.candidate) for each in decision.actions)
        held = sum(is_ours(each.candidate) for each in decision.held)
        money = [judged.amount(name) for name in AMOUNTS]
        self.drafts.add(
            "accounts",
            *(judged.text(n) for n in ("customer_id", "customer_name", "market", "currency")),
            *(actions, held, day),
            *(owed is not None, owed is not None and owed.is_in_several_currencies),
            *(None if each is None else f"{each.amount:f}" for each in money),
            *("" if each is None else each.currency or "" for each in money),
        )
        for currency, is_shared, amount in () if owed is None else _balances(owed):
            whose = (judged.text(name) for name in ("customer_id", "customer_name"))
            self.drafts.add("balances", *whose, day, actions > 0, is_shared, currency, amount)


def _balances(owed: Owed) -> Iterable[tuple[str, bool, str]]:
    for is_shared, sums in ((False, owed.own), (True, owed.shared)):
        for currency, amount in sums.items():
            yield currency or "", is_shared, f"{amount:f}"


def _key(action: Action) -> tuple[str, str, str, int | None, int]:
    candidate = action.candidate
    assert candidate.rule.track is not None
    track, rule = candidate.rule.track.name, candidate.rule.name
    return track, candidate.anchor, rule, candidate.stage, action.number
