"""Turns decisions into rows of the outputs, and counts them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lapse.model.decision import APPROVAL, Action, Decision, Given, NotCovered
from lapse.model.facts import Vocabulary
from lapse.model.invoices import FACTS_OWED
from lapse.model.record import Joining
from lapse.model.tables import Cells
from lapse.runs.customers import Customers
from lapse.runs.groups import Group, Untold
from lapse.runs.resting import Rest
from lapse.runs.rows import (
    JudgedRow,
    action_cells,
    asked_cells,
    held_cells,
    is_ours,
    undetermined_cells,
    undetermined_missing,
)
from lapse.runs.summary import (
    ActionCount,
    HeldCount,
    MissingFact,
    NotCoveredCount,
    RestingCount,
    Summary,
    assumption,
)

OutputRow = tuple[str, Cells]
"""An output's name and a row for it."""


@dataclass(slots=True)
class LackCount:
    rules: Counter[str] = field(default_factory=Counter)
    subscriptions: int = 0
    held: int = 0


class OrderCount(NamedTuple):
    """Rows of an output with what is ordered or held; `held_by` is blank for what is ordered."""

    output: str
    action: str
    held_by: str
    is_again: bool
    rows: int


class HeldLacks(NamedTuple):
    """Rows with what is missing for each of their held orders, and for undetermined rules."""

    undetermined: frozenset[str]
    held: tuple[frozenset[str], ...]
    rows: int
    has_ledger: bool


class Tally:
    """Turns decisions into rows and counts them; `lacking` are the facts without any column."""

    def __init__(self, lacking: frozenset[str]) -> None:
        self.customers = Customers()
        self.decided = 0
        self._lacking = lacking
        self._given: Counter[tuple[str, bool]] = Counter()
        self._provider: Counter[str] = Counter()
        self._held: Counter[tuple[str, str]] = Counter()
        self._to_approve = 0
        self._undetermined = 0
        self._not_covered: Counter[tuple[str, str]] = Counter()
        self._rejected: Counter[str] = Counter()
        self._rejected_rows: set[tuple[str, int]] = set()
        self._rejected_elsewhere: Counter[str] = Counter()
        self._lacks: dict[str, LackCount] = {}
        self._resting: Counter[Rest] = Counter()

    def leave_out(self, reason: NotCovered, rows: int = 1) -> None:
        self._not_covered[reason.layer, reason.because] += rows

    def customer_rows(self, groups: Iterator[Group]) -> Iterator[Cells]:
        """The rows of `customers`; counts the decided rows of groups, as `Customers.rows` wants.

        `add_orders` and `alike` count what becomes of their rules.
        """

        def counted() -> Iterator[Group]:
            for group in groups:
                self.decided += group.rows
                yield group

        return self.customers.rows(counted())

    def add_untold(self, untold: Untold) -> None:
        self.decided += untold.rows
        self.customers.add_untold(untold)

    def alike(self, decision: Decision, judged: JudgedRow, rows: int) -> list[Cells]:
        """Counts rows in which the same rules are undetermined, for the same lacks, as in one.

        Returns the rows of `undetermined` for that one.
        """
        return [cells for _, cells in self._undetermined_rows(decision, judged, rows)]

    def add_orders(self, counted: OrderCount) -> None:
        match counted.output:
            case "actions":
                self._given[counted.action, counted.is_again] += counted.rows
            case "provider":
                self._provider[counted.action] += counted.rows
            case _:
                self._held[counted.action, counted.held_by] += counted.rows
                self._to_approve += counted.rows if counted.held_by == APPROVAL else 0

    def add_lacks(self, found: HeldLacks) -> None:
        """Counts held orders that miss facts without a column; `alike` counts the rest."""
        lacking = self._lacking - frozenset(FACTS_OWED if found.has_ledger else ())
        for missing in found.held:
            for fact in missing & lacking:
                self._lacks.setdefault(fact, LackCount()).held += found.rows
        held = frozenset(name for missing in found.held for name in missing)
        for fact in (held - found.undetermined) & lacking:
            self._lacks[fact].subscriptions += found.rows

    def reject(self, input_: str, row: int, code: str) -> None:
        """Counts a cell that rejects a row about a subscription; a row may have several."""
        self._rejected[code] += 1
        self._rejected_rows.add((input_, row))

    def reject_elsewhere(self, input_: str) -> None:
        """Counts a rejected row about something else: an invoice, a hold, a customer."""
        self._rejected_elsewhere[input_] += 1

    def rest(self, found: Iterable[Rest]) -> None:
        """Counts orders that rest on assumed facts."""
        self._resting.update(found)

    def rows(
        self, decision: Decision, judged: JudgedRow, history: Iterable[Given]
    ) -> list[OutputRow]:
        """The output rows of one subscription's decision, which it also counts."""
        self.decided += 1
        given = {(g.track, g.anchor, g.rule, g.stage, g.number) for g in history}
        rows = [
            self._action(action, judged, is_again=_key(action) in given)
            for action in decision.actions
        ]
        ours = sum(name == "actions" for name, _ in rows)
        rows += self._undetermined_rows(decision, judged)
        held_of_ours = 0
        for held in decision.held:
            rule = held.candidate.rule
            self._held[str(rule.action), held.by] += 1
            held_of_ours += is_ours(held.candidate)
            rows.append(("held", held_cells(held, judged)))
            if held.by == APPROVAL:
                self._to_approve += 1
                rows.append(("to_approve", asked_cells(held, judged)))
        self.customers.add(judged, ours, held_of_ours)
        return rows

    def _action(self, action: Action, judged: JudgedRow, *, is_again: bool) -> OutputRow:
        name = str(action.candidate.rule.action)
        if is_ours(action.candidate):
            self._given[name, is_again] += 1
            return "actions", action_cells(action, judged)
        self._provider[name] += 1
        return "provider", action_cells(action, judged)

    def _undetermined_rows(
        self, decision: Decision, judged: JudgedRow, times: int = 1
    ) -> list[OutputRow]:
        """A row for each undetermined rule that misses other facts than those without a column."""
        rows: list[OutputRow] = []
        lacked: set[str] = set()
        lacking = self._lacking
        # With a ledger, debts are missing for this subscription only: `--assume` would not help.
        if judged.subscription.ledger is not None:
            lacking -= frozenset(FACTS_OWED)
        for rule, missing in sorted(undetermined_missing(decision).items()):
            self._undetermined += times
            for fact in missing & lacking:
                lacked.add(fact)
                self._lacks.setdefault(fact, LackCount()).rules[rule] += times
            if not missing <= lacking:
                rows.append(("undetermined", undetermined_cells(judged, rule, missing)))
        for held in decision.held:
            for fact in held.missing & lacking:
                lacked.add(fact)
                self._lacks.setdefault(fact, LackCount()).held += 1
        for fact in lacked:
            self._lacks[fact].subscriptions += times
        return rows

    def summary(self, read: int, words: Vocabulary, joining: Joining | None = None) -> Summary:
        return Summary(
            read=read,
            decided=self.decided,
            rejected=len(self._rejected_rows),
            not_covered=self._not_covered.total(),
            actions=self._given.total(),
            provider=self._provider.total(),
            held=self._held.total(),
            undetermined=self._undetermined,
            by_action=tuple(
                ActionCount(name, self._given[name, False], self._given[name, True])
                for name in sorted({name for name, _ in self._given})
            ),
            provider_by_action=dict(sorted(self._provider.items())),
            held_by=tuple(HeldCount(*key, n) for key, n in sorted(self._held.items())),
            rejected_by_code=dict(sorted(self._rejected.items())),
            not_covered_by=tuple(
                NotCoveredCount(*key, n) for key, n in sorted(self._not_covered.items())
            ),
            missing_facts=tuple(self._missing_facts(words)),
            money=self.customers.money(),
            largest_debts=self.customers.largest(),
            in_several_currencies=self.customers.in_several_currencies,
            rejected_elsewhere=dict(sorted(self._rejected_elsewhere.items())),
            joining=joining or Joining(),
            to_approve=self._to_approve,
            resting=tuple(
                RestingCount(rest.fact, rest.value, rest.action, n)
                for rest, n in sorted(self._resting.items())
            ),
        )

    def _missing_facts(self, words: Vocabulary) -> Iterator[MissingFact]:
        for fact, lack in sorted(self._lacks.items()):
            rules = dict(sorted(lack.rules.items()))
            option = assumption(words.facts[fact])
            yield MissingFact(fact, rules, lack.subscriptions, lack.held, option)


def _key(action: Action) -> tuple[str, str, str, int | None, int]:
    candidate = action.candidate
    assert candidate.rule.track is not None
    track, rule = candidate.rule.track.name, candidate.rule.name
    return track, candidate.anchor, rule, candidate.stage, action.number
