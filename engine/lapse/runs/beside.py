"""The outputs of a run beside its decisions: rejected rows, strays, holds, sightings."""

from collections.abc import Iterable
from datetime import date

from lapse.model.profile import Gives
from lapse.model.sightings import Seen
from lapse.runs.export import AnyExport
from lapse.runs.outputs import Outputs
from lapse.runs.rows import rejected_cells, seen_cells, stray_cells
from lapse.runs.tally import Tally


def tell_inputs(export: AnyExport, tally: Tally, outputs: Outputs) -> None:
    """After all records: writes strays and holds; writes and counts rejected rows."""
    for rejected in export.rejected():
        if rejected.gives == Gives.SUBSCRIPTIONS:
            tally.reject(rejected.input, rejected.row, rejected.code)
        else:
            tally.reject_elsewhere(rejected.input)
        outputs.write("rejected", rejected_cells(rejected))
    for stray in export.strays():
        outputs.write("unmatched", stray_cells(stray))
    for owner_and_id in export.kept_holds():
        outputs.write("holds", owner_and_id)


def carry_on(
    unmet: Iterable[tuple[str, Seen]], day: date, runs_every: int, outputs: Outputs
) -> None:
    """Writes sightings of subscriptions without a readable status tonight, while they count."""
    for id_, seen in unmet:
        if seen.is_carried(day):
            outputs.write("seen", seen_cells(id_, seen, runs_every))
