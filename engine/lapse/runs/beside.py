"""The outputs of a run beside its decisions: rejected rows, strays, holds, sightings."""

from collections.abc import Iterable
from datetime import date

from lapse.model.sightings import Seen
from lapse.runs.export import AnyExport
from lapse.runs.results.relations import Drafts
from lapse.runs.rows import rejected_cells, seen_cells, stray_cells


def tell_inputs(export: AnyExport, drafts: Drafts) -> None:
    """Writes rejected rows, strays and holds, after all records."""
    for rejected in export.rejected():
        drafts.add("rejected", *rejected_cells(rejected), rejected.gives)
    for stray in export.strays():
        drafts.add("unmatched", *stray_cells(stray))
    for owner_and_id in export.kept_holds():
        drafts.add("holds", *owner_and_id)


def carry_on(unmet: Iterable[tuple[str, Seen]], day: date, runs_every: int, drafts: Drafts) -> None:
    """Writes sightings of subscriptions without a readable status tonight, while they count."""
    for id_, seen in unmet:
        if seen.is_carried(day):
            drafts.add("seen", *seen_cells(id_, seen, runs_every))
