"""What-if of what a catalogue asks before data is removed: evidence and approval."""

from dataclasses import replace
from datetime import date

from tests.analysis.questions import CATALOGUE, OWING, TODAY, ask, row, told

from lapse.analysis.what_if.pieces import Piece
from lapse.decide.known import RecordAndPast
from lapse.model.sightings import Seen

LOCK = "{days_suspended: {gt: $retention_days}}"
LOCKED = CATALOGUE.replace(
    LOCK, "{days_suspended: {gt: $retention_days}, days_unbroken: {gt: $retention_days}}"
)
LOCKED_TODAY = {**TODAY, "catalogue.yaml": LOCKED}


def suspended() -> RecordAndPast:
    """Seen suspended in October, and not for the eight days before the first day asked about."""
    one = row({**OWING, "status": "suspended", "past_due_since": "2026-09-01"})
    columns = {n: value for n, value in one.record.facts.items() if n != "suspended_on"}
    columns["suspended_for"] = "debt"
    first, last = date(2026, 9, 20), date(2026, 10, 24)
    return RecordAndPast(
        replace(one.record, facts=columns), (), Seen("suspended", first, last, first)
    )


def test_runs_further_apart_are_an_edit_of_their_own() -> None:
    other = {**LOCKED_TODAY, "catalogue.yaml": LOCKED + "runs_every: 9\n"}
    found = ask(other, (suspended(),), today=LOCKED_TODAY)
    assert told(found) == ["sooner delete 2026-12-03 -> 2026-11-02 harsher"]
    (edit,) = found.differences[0].causes["dunning"].edits
    assert (edit.path.piece, str(edit)) == (Piece.RUNS_EVERY, "runs_every (runs_every): 7 -> 9")


def test_asking_for_approval_is_an_edit_that_changes_nothing_by_itself() -> None:
    other = {
        **LOCKED_TODAY,
        "catalogue.yaml": LOCKED.replace("harm: data", "approval: yes\n    harm: data"),
    }
    found = ask(other, (suspended(),), today=LOCKED_TODAY)
    assert told(found) == []
    (edit,) = found.edits
    assert str(edit) == "delete (declared action): approval no -> approval yes"
