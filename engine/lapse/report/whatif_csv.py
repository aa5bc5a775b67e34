"""The changes of a what-if as CSV: a row for each change that is not `kept`."""

from collections.abc import Iterator

from lapse.analysis.what_if.change import Change
from lapse.analysis.what_if.compare import Difference
from lapse.analysis.what_if.result import WhatIf
from lapse.model.money import PLACES
from lapse.model.tables import CellKind, Cells, Column, Layout
from lapse.report.words import FACTS
from lapse.runs.cells import csv_header, csv_line
from lapse.runs.rows import AMOUNTS, PARTNER, PROVIDER

CHANGES = Layout(
    (
        Column("subscription_id"),
        *(Column(name) for name in FACTS),
        Column("track"),
        Column("kind", CellKind.OURS),
        Column("direction", CellKind.OURS),
        Column("action"),
        Column("by", CellKind.OURS),
        Column("old_rule"),
        Column("new_rule"),
        Column("old_day", CellKind.DATE),
        Column("new_day", CellKind.DATE),
        Column("days", CellKind.OURS),
        *(Column(name, CellKind.OURS) for name in AMOUNTS),
        Column("currency", CellKind.OURS),
        Column("causes"),
    ),
    ("subscription_id", "track"),
)


def whatif_csv(whatif: WhatIf) -> Iterator[str]:
    """The header, then a line for each change, sorted by subscription and day."""
    yield csv_header(CHANGES)
    for difference in whatif.differences:
        for change in difference.differing:
            yield csv_line(_cells(difference, change), CHANGES)


def _cells(difference: Difference, change: Change) -> Cells:
    old, new, latest = change.old, change.new, change.latest
    cause = difference.causes.get(latest.track.name)
    money = [latest.money.get(name) for name in AMOUNTS]
    currencies = {each.currency for each in money if each and each.currency}
    return (
        difference.id,
        *(difference.future.text(name) for name in FACTS),
        latest.track.name,
        change.kind,
        change.direction,
        latest.name,
        PARTNER if latest.is_ours else PROVIDER,
        old.label if old else "",
        new.label if new else "",
        old.day.isoformat() if old else "",
        new.day.isoformat() if new else "",
        "" if change.days is None else str(change.days),
        *("" if each is None else f"{each.amount.quantize(PLACES):f}" for each in money),
        currencies.pop() if len(currencies) == 1 else difference.future.text("currency"),
        "; ".join(str(edit) for edit in cause.edits) if cause else "",
    )
