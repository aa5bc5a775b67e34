"""The rows of an export decided, counted and written: each by itself, or many by one."""

from dataclasses import dataclass
from functools import partial

from lapse.decide.because import because
from lapse.decide.forecast import Decide
from lapse.decide.known import KnownRow
from lapse.executors.row_by_row import Rows
from lapse.model.decision import Decision, NotCovered
from lapse.runs.approvals import Approvals
from lapse.runs.outputs import Outputs
from lapse.runs.resting import rests_on
from lapse.runs.rows import JudgedRow, seen_cells
from lapse.runs.tally import Tally


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decides one row at a time, and counts and writes the result."""

    decide: Decide
    approvals: Approvals
    tally: Tally
    outputs: Outputs
    rows: Rows

    def count(self) -> None:
        """Counts the rows that order nothing, and those that are left out."""
        for layer, number in self.rows.left_out():
            self.tally.leave_out(NotCovered(layer.because, layer.name), number)
        for group in self.rows.groups():
            self.tally.add_group(group)
        for cells in self.rows.seen():
            self.outputs.write("seen", cells)

    def decide_row(self, row: KnownRow) -> None:
        situation = row.situation
        id_, book = situation.subscription.id, situation.force.book
        if row.seen is not None:
            self.outputs.write("seen", seen_cells(id_, row.seen, book.catalogue.runs_every))
        approved = self.approvals.on(situation.moment.day)
        decision = self.decide(self.rows.narrowed(situation), row.orders, approved)
        if isinstance(decision, NotCovered):
            self.tally.leave_out(decision)
            return
        why = partial(because, situation=situation)
        judged = JudgedRow(situation.subscription, situation.moment, why)
        if id_ in self.rows.alike:
            self._count_alike(decision, judged)
            return
        self.tally.rest(rests_on(decision, situation.rules, row.assumed, book))
        for name, cells in self.tally.rows(decision, judged, row.orders):
            self.outputs.write(name, cells)

    def _count_alike(self, decision: Decision, judged: JudgedRow) -> None:
        """Counts and writes, for all rows of a class, what is undetermined in one of them."""
        example = judged.subscription.id
        if decision.actions or decision.held:
            raise AssertionError(f"SQL says of {example} that no rule is true, the reference does")
        alike = self.tally.alike(decision, judged, self.rows.alike[example])
        for id_ in self.rows.ids_like(example) if alike else ():
            for _, *cells in alike:
                self.outputs.write("undetermined", (id_, *cells))
