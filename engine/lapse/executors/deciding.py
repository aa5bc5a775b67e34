"""The rows of an export decided, counted and written: each by itself, or many by one."""

from dataclasses import dataclass
from functools import partial

from lapse.decide.because import because
from lapse.decide.forecast import Decide
from lapse.decide.known import KnownRow
from lapse.executors.row_by_row import Alike, Rows
from lapse.model.decision import NotCovered
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
        """Counts and writes all that is not decided row by row."""
        for layer, number in self.rows.left_out():
            self.tally.leave_out(NotCovered(layer.because, layer.name), number)
        for untold in self.rows.untold():
            self.tally.add_untold(untold)
        for counted in self.rows.counts():
            self.tally.add_orders(counted)
        for alike in self.rows.alike():
            self._count_alike(alike)
        for lacks in self.rows.lacks():
            self.tally.add_lacks(lacks)
        for rest, number in self.rows.resting():
            self.tally.rest([rest] * number)
        for name, cells in self.rows.orders():
            self.outputs.write(name, cells)
        for cells in self.rows.seen():
            self.outputs.write("seen", cells)

    def write_customers(self) -> None:
        """Once all rows are decided."""
        for cells in self.tally.customer_rows(self.rows.groups()):
            self.outputs.write("customers", cells)

    def decide_row(self, row: KnownRow) -> None:
        situation = row.situation
        id_, book = situation.subscription.id, situation.force.book
        if row.seen is not None:
            self.outputs.write("seen", seen_cells(id_, row.seen, book.catalogue.runs_every))
        approved = self.approvals.on(situation.moment.day)
        decision = self.decide(situation, row.orders, approved)
        if isinstance(decision, NotCovered):
            self.tally.leave_out(decision)
            return
        why = partial(because, situation=situation)
        judged = JudgedRow(situation.subscription, situation.moment, why)
        self.tally.rest(rests_on(decision, situation.rules, row.assumed, book))
        for name, cells in self.tally.rows(decision, judged, row.orders):
            self.outputs.write(name, cells)

    def _count_alike(self, alike: Alike) -> None:
        """Counts and writes, for all rows of a class, what is undetermined in one of them."""
        found = self.tally.alike(alike.decision, alike.example, alike.rows)
        for id_ in alike.ids() if found else ():
            for _, *cells in found:
                self.outputs.write("undetermined", (id_, *cells))
