"""One night's rows decided, counted and written, and what stands beside the decisions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from lapse.decide.because import because
from lapse.decide.forecast import Decide
from lapse.decide.known import Known
from lapse.model.decision import NotCovered
from lapse.model.profile import Gives
from lapse.model.rule import Rulebook
from lapse.model.sightings import Seen
from lapse.model.tables import Cells
from lapse.runs.approvals import Approvals
from lapse.runs.export import Export
from lapse.runs.outputs import Outputs
from lapse.runs.resting import rests_on
from lapse.runs.rows import Judged, rejected_cells, stray_cells
from lapse.runs.tally import Tally


@dataclass(frozen=True, slots=True)
class Night:
    """Decides row by row; every row of every output is written here."""

    decide: Decide
    approvals: Approvals
    tally: Tally
    outputs: Outputs

    def decide_row(self, row: Known) -> None:
        situation = row.situation
        if row.seen is not None:
            id_, book = situation.subscription.id, situation.force.book
            self.outputs.write("seen", seen_cells(id_, row.seen, book))
        approved = self.approvals.on(situation.moment.day)
        decision = self.decide(situation, row.orders, approved)
        if isinstance(decision, NotCovered):
            self.tally.leave_out(decision)
            return
        self.tally.rest(rests_on(decision, situation.rules, row.assumed, situation.force.book))
        why = partial(because, situation=situation)
        judged = Judged(situation.subscription, situation.moment, why)
        for name, cells in self.tally.rows(decision, judged, row.orders):
            self.outputs.write(name, cells)

    def carry(self, unmet: Iterable[tuple[str, Seen]], book: Rulebook, day: date) -> None:
        """Keeps what was seen of those whose status nobody could read tonight."""
        for id_, seen in unmet:
            if seen.is_carried(day):
                self.outputs.write("seen", seen_cells(id_, seen, book))

    def tell_of(self, export: Export) -> None:
        """What the inputs come to beside decisions; complete once every record was decided."""
        for rejected in export.rejected():
            if rejected.gives == Gives.SUBSCRIPTIONS:
                self.tally.reject(rejected.input, rejected.row, rejected.code)
            else:
                self.tally.reject_elsewhere(rejected.input)
            self.outputs.write("rejected", rejected_cells(rejected))
        for cells in self.tally.customers.rows():
            self.outputs.write("customers", cells)
        for stray in export.strays():
            self.outputs.write("unmatched", stray_cells(stray))
        for owner_and_id in export.kept_holds():
            self.outputs.write("holds", owner_and_id)


def seen_cells(id_: str, seen: Seen, book: Rulebook) -> Cells:
    days = (seen.first_day, seen.unbroken(book.catalogue.runs_every), seen.last_seen)
    return id_, seen.status, *(day.isoformat() for day in days)
