"""What a batch asks of its export."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.executors.billed import judging as rulebook

from lapse.decide.known import Judging
from lapse.executors.lowered.batch import Batch
from lapse.executors.lowered.pipeline import sort_rows, sorted_rows
from lapse.executors.row_by_row import EveryRow
from lapse.inputs.files import InputError
from lapse.inputs.reading import Export, open_exports
from lapse.policy.in_force import Scopes
from lapse.policy.load import load
from lapse.runs.approvals import Approvals
from lapse.runs.history import History
from lapse.runs.results.tally import Tally
from lapse.scratch import ScratchError

FORBID = """
rules:
  owing: {when: {debt: {gt: 1 NOK}}, forbid: [notify], because: "owes"}
"""
POLICIES = Path(__file__).parents[2] / "policies"


@pytest.fixture(scope="module")
def judging() -> Judging:
    book = load(POLICIES).book
    assert book is not None
    return Judging(Scopes(book), date(2026, 11, 23), book.catalogue.assumed)


def opened(file: Path, rows: int, judging: Judging) -> Export:
    cells = "".join(f"S{number},nce,active,0\n" for number in range(rows))
    file.write_text("subscription_id,program,status,debt\n" + cells, encoding="utf-8")
    return open_exports([str(file)], judging.scopes.book.words)


def told(batch: Batch) -> tuple[Tally, dict[str, list[tuple[Any, ...]]]]:
    """What a batch counts, and the rows of its relations."""
    tally, connection = Tally(frozenset()), batch.export.connection
    batch.count(tally)
    queries = batch.queries()
    return tally, {name: connection.execute(query).fetchall() for name, query in queries.items()}


def test_few_rows_are_decided_one_by_one(tmp_path: Path, judging: Judging) -> None:
    with opened(tmp_path / "export.csv", 1_999, judging) as export:
        assert isinstance(sort_rows(export, judging, History(None, ()), Approvals()), EveryRow)


def test_of_many_rows_alike_one_is_decided(tmp_path: Path, judging: Judging) -> None:
    with opened(tmp_path / "export.csv", 2_000, judging) as export:
        found = sort_rows(export, judging, History(None, ()), Approvals())
        assert isinstance(found, Batch)
        assert not list(found.records())
        tally, rows = told(found)
        assert tally.decided == 2_000
        assert len(found.classes) == 1
        assert tally.undetermined == len(found.classes[1].missing) * 2_000
        assert len({id_ for id_, *_ in rows["undetermined"]}) == 2_000
        assert not rows["accounts"]


@pytest.mark.parametrize("forbid", ["", FORBID])
def test_a_policy_set_without_rules_that_act_decides_nothing(forbid: str, tmp_path: Path) -> None:
    bare = "layer: Base\nterms: {debt_tolerance: {NOK: 100, EUR: 10, other: 0}}\n" + forbid
    by = rulebook(tmp_path, layers=(bare,))
    with opened(tmp_path / "export.csv", 3, by) as export:
        found = sorted_rows(export, by, History(None, ()), Approvals())
        tally, rows = told(found)
        assert not any(rows.values())
        assert tally.decided == 3


def test_no_room_for_the_rows_is_told(tmp_path: Path, judging: Judging) -> None:
    with opened(tmp_path / "export.csv", 10, judging) as export:
        (export.scratch / "sorted_rows.parquet").mkdir()
        with pytest.raises(ScratchError, match="no room for the rows that are read"):
            sorted_rows(export, judging, History(None, ()), Approvals())


def test_an_export_changed_while_it_is_sorted_is_refused(tmp_path: Path, judging: Judging) -> None:
    file = tmp_path / "export.csv"
    with opened(file, 10, judging) as export:
        file.write_text("subscription_id,program,status,debt\nS1,nce,active\n", encoding="utf-8")
        os.utime(file, (0, 0))
        with pytest.raises(InputError, match="changed while it was read"):
            sorted_rows(export, judging, History(None, ()), Approvals())
