"""What a subscription is suspended for, where no column tells it: a batch knows its own orders."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.agreement.test_batch import asked, contents
from tests.executors.billed import judging, table

from lapse.executors.lowered.pipeline import sorted_rows
from lapse.executors.row_by_row import Rows
from lapse.inputs.also import Also
from lapse.inputs.reading import Export
from lapse.nightly import run
from lapse.runs.export import AnyExport

CATALOGUE = """
catalogue: test
cascade: [market]
tracks: {dunning: {anchor: past_due_since}, access: {anchor: suspended_on}}
actions:
  suspend: {harm: access, sets: {status: suspended, suspended_on: today, suspended_for: debt}}
  block: {harm: access, sets: {status: suspended, suspended_on: today, suspended_for: fraud}}
  reactivate: {sets: {status: active}}
"""
RULES = """
layer: Base
rules:
  suspend: {track: dunning, step: 1, when: {days_past_due: {gt: 10}, disputed: no}, do: suspend}
  block: {track: dunning, step: 2, when: {days_past_due: {gt: 10}, disputed: yes}, do: block}
  reactivate:
    track: access
    step: 1
    when: {status: suspended, suspended_for: debt, past_due_since: {present: no}}
    do: reactivate
"""
COLUMNS = ("subscription_id", "status", "disputed", "past_due_since")
FIRST = """
in_time   active no  2026-11-01
too_late  active no  2026-11-01
fraud     active yes 2026-11-01
not_ours  active no  -
"""
PAID = """
in_time  suspended no  -
fraud    suspended yes -
not_ours suspended no  -
unclear  -         no  -
"""
LATER = "too_late suspended no -\n"
NIGHTS = {"2026-11-20": FIRST, "2026-11-27": PAID, "2026-11-28": PAID + LATER}


def test_only_what_we_suspended_for_debt_not_long_before_is_lifted(tmp_path: Path) -> None:
    book = judging(tmp_path, CATALOGUE, (RULES,)).scopes.book
    left: list[int] = []

    def sorter(opened: AnyExport, *past: Any) -> Rows:  # noqa: ANN401
        assert isinstance(opened, Export)
        found = sorted_rows(opened, *past)
        left.append(len(list(found.records())))
        return found

    for night, rows in NIGHTS.items():
        (export,) = table(tmp_path / f"{night}.csv", COLUMNS, rows)
        single = asked(book, night, tmp_path / "rows", Path(export), Also())
        run(single)
        run(replace(single, out=tmp_path / "batch", sorter=sorter))
    assert contents(tmp_path / "batch") == contents(tmp_path / "rows")
    assert left == [0, 0, 0]
    lifted = [
        [row["subscription_id"] for row in csv.DictReader(text.splitlines())]
        for name, text in contents(tmp_path / "batch").items()
        if name.endswith("actions.csv") and not name.startswith("2026-11-20")
    ]
    # On the second night the latest order about its status is no suspension.
    assert lifted == [["in_time"], []]
