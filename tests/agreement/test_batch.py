"""A run in batches writes the folders that a run row by row writes, byte for byte.

Worlds are written as exports of some more rows, most of them with fewer reasons to act. What SQL
does not say of a row (`unsaid`) is left to the reference, and so is not tried.
"""

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.agreement.populations import Cells, Rows, ledger
from tests.agreement.trials import thinned
from tests.agreement.worlds import COLUMNS, World, world

from lapse.decide.known import Judging
from lapse.executors.direct import direct_executor
from lapse.executors.lowered.batch import Batch
from lapse.executors.lowered.kept_statements import FILE, Kept
from lapse.executors.lowered.pipeline import ALONE, FEWEST, Beside, sort_rows, sorted_rows
from lapse.executors.row_by_row import Rows as Sorted
from lapse.inputs.also import Also
from lapse.inputs.reading import Export, open_exports
from lapse.model.days import parse_as_of
from lapse.model.rule import Rulebook
from lapse.nightly import Ending, RunOptions, run
from lapse.policy.load import load
from lapse.runs.export import AnyExport

FIRST = int(os.environ.get("LAPSE_FIRST_WORLD", "112"))
"""In these worlds is one in which rows left out once were of a class."""
WORLDS = int(os.environ.get("LAPSE_BATCHES", "12"))
EACH = 4
FIXTURES = Path(__file__).parents[2] / "fixtures"
NIGHTS, BILLED = 3, 30
"""Only of so many rows are there invoices: with more, every customer has too many for SQL."""
ROWS = int(os.environ.get("LAPSE_ROWS", "30"))
CALM: Mapping[str, str | None] = {
    "status": "active",
    "debt": "0",
    "past_due_since": None,
    "request": None,
    "trial": "no",
    "unpaid_invoices": "0",
    "hold_until": None,
}
INVOICES = (
    *("invoice_id", "subscription_id", "customer_id"),
    *("due_date", "balance", "currency", "status"),
)
HOLDS = ("subscription_id", "customer_id", "hold_until", "owner")

CHUNKS = [range(first, first + EACH) for first in range(FIRST, FIRST + WORLDS, EACH)]


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_a_batch_writes_what_single_rows_write(seeds: range, tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    for seed in seeds:
        assert_same_folders(world(seed), tmp_path / str(seed), partial(sorted_and_counted, kinds))
    # Were all rows left to be decided one by one, nothing would be tried here.
    assert kinds["nothing"] + kinds["unsure"] > EACH, kinds
    assert kinds["acts"] > kinds["unsaid"], kinds


def assert_same_folders(found: World, folder: Path, sorter: Callable[..., Sorted]) -> None:
    book = load(found.write(folder / "policies")).book
    if book is None:
        return
    book = thinned(book, Random(f"rules of {found.seed}"))  # noqa: S311
    inputs = [written(found, night, folder / f"night{night}") for night in range(NIGHTS)]
    for (export, also), night in zip(inputs, found.nights, strict=False):
        options = asked(book, night.as_of, folder / "rows", export, also)
        # Later nights take the texts of statements that the first one kept.
        kept = Kept(folder / "batch")
        keeping = partial(sorter, beside=Beside(kept=kept))
        for each in (options, replace(options, out=kept.out, sorter=keeping)):
            assert run(each).ending in {Ending.PUBLISHED, Ending.UNCHANGED}
        kept.write()
    batch, rows = (contents(folder / name) for name in ("batch", "rows"))
    assert batch.keys() == rows.keys()
    for name, text in rows.items():
        assert batch[name].splitlines() == text.splitlines(), f"world {found.seed}, {name}"


def sorted_and_counted(
    kinds: Counter[str],
    export: AnyExport,
    *judging_and_past: Any,  # noqa: ANN401
    beside: Beside = ALONE,
) -> Sorted:
    assert isinstance(export, Export)
    found = sorted_rows(export, *judging_and_past, beside=beside)
    counted = """
        SELECT CASE WHEN row_id IS NULL OR kind = 'left' THEN kind ELSE 'unsaid' END, count(*)
        FROM (
            SELECT "#row", coalesce(verdicts.kind, sorted_rows.kind) AS kind
            FROM sorted_rows LEFT JOIN verdicts USING ("#row")
        )
        LEFT JOIN (SELECT DISTINCT row_id FROM unsaid) ON row_id = "#row"
        GROUP BY ALL
    """
    kinds.update(dict(export.connection.execute(counted).fetchall()))
    return found


def asked(book: Rulebook, as_of: str, out: Path, export: Path, also: Also) -> RunOptions:
    at = parse_as_of(as_of)
    assert at is not None
    return RunOptions(
        exports=(str(export),),
        reader=partial(open_exports, also=also),
        book=book,
        decide=direct_executor(),
        as_of=at,
        out=out,
        is_sorted=True,
        is_again=True,
        is_over_limit=True,
    )


def written(found: World, night: int, folder: Path) -> tuple[Path, Also]:
    """The export of a night, and in some worlds invoices or holds beside it."""
    folder.mkdir()
    draw = Random(f"export {night // 2} of {found.seed}")  # noqa: S311
    columns = [name for name in COLUMNS if name in found.rows[0]]
    rows = list(population(found, draw, frozenset(columns)))
    cells: list[list[str]] = [[row.get(name) or "" for name in columns] for row in rows]
    table(folder / "export.csv", columns, cells)
    invoices: tuple[str, ...] = ()
    if found.seed % 3 == 1:
        bills = [bill for row in rows[:BILLED:3] for bill in bills_of(draw, found, row)]
        table(folder / "invoices.csv", INVOICES, bills)
        invoices = (str(folder / "invoices.csv"),)
    holds: tuple[str, ...] = ()
    if found.seed % 4 == 2:
        ends = Rows(draw, base_of(found), frozenset())
        kept = [[str(row["subscription_id"]), "", ends.near(), "Kari"] for row in rows[::9]]
        kept.append(["", rows[3].get("customer_id") or "C9", ends.near(), ""])
        table(folder / "holds.csv", HOLDS, kept)
        holds = (str(folder / "holds.csv"),)
    as_of = parse_as_of(found.nights[night].as_of)
    assert as_of is not None
    return folder / "export.csv", Also(invoices, holds, as_of=as_of)


def population(found: World, draw: Random, columns: frozenset[str]) -> Iterator[Cells]:
    rows = Rows(draw, base_of(found), columns)
    yield from found.rows
    for number in range(len(found.rows), ROWS):
        row = dict(rows.row(number))
        calm = dict(CALM) if draw.random() < 0.8 else {}
        if draw.random() < 0.6:
            calm |= dict.fromkeys(("term_end", "requested_on", "reviewed_on", "purchased_on"))
        row |= {name: cell for name, cell in calm.items() if name in row}
        yield row


def bills_of(draw: Random, found: World, row: Cells) -> Iterator[list[str]]:
    bills = ledger(draw, base_of(found))
    for line in bills.lines if bills else ():
        id_, due, balance, currency, status, *shared = line.split()
        owner = ["", row.get("customer_id") or "C1"] if shared else [row["subscription_id"], ""]
        yield [
            f"{row['subscription_id']}-{id_}",
            *owner,
            due,
            balance,
            {"~": "subscription", "-": ""}.get(currency, currency),
            status,
        ]


def base_of(found: World) -> date:
    return date.fromisoformat(found.nights[0].as_of[:10])


def table(file: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([columns, *rows])


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILE)
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in files}


def test_many_rows_of_the_shipped_set_are_a_batch(tmp_path: Path) -> None:
    """Every row of the fixtures again and again, under ids of their own; few are one by one."""
    lines = (FIXTURES / "subscriptions.csv").read_text("utf-8").splitlines()
    copies = -(-FEWEST // (len(lines) - 1))
    again = [f"{n}-{line}" for n in range(copies) for line in lines[1:]]
    export = tmp_path / "export.csv"
    export.write_text("\n".join([lines[0], *again]) + "\n", encoding="utf-8")
    book = load(FIXTURES.parent / "policies").book
    assert book is not None
    invoices, holds = (str(FIXTURES / f"{name}.csv") for name in ("invoices", "holds"))
    also = Also((invoices,), (holds,), as_of=date(2026, 11, 23))
    rows = asked(book, "2026-11-23", tmp_path / "rows", export, also)
    batch: list[Sorted] = []

    def sorter(opened: AnyExport, judging: Judging, *past: Any) -> Sorted:  # noqa: ANN401
        batch.append(sort_rows(opened, judging, *past))
        return batch[0]

    in_batch = replace(rows, out=tmp_path / "batch", sorter=sorter)
    # Three rows of the fixtures are for the reference, and so are their copies.
    for each, left in ((rows, None), (in_batch, 3 * copies)):
        result = run(each)
        assert (result.ending, result.left_over) == (Ending.PUBLISHED, left)
    assert isinstance(batch[0], Batch)
    assert contents(tmp_path / "batch") == contents(tmp_path / "rows")


LOCKED = """
catalogue: test
cascade: [market]
tracks: {dunning: {anchor: past_due_since}}
facts: {reviewed_on: {type: date, blank: none}}
actions:
  suspend:
    harm: access
    only_if: {any: [{suspended_for: debt}, {days_since_reviewed_on: {gte: 0}}]}
"""
SUSPENDING = """
layer: Base
terms: {time_zone: UTC, calendar: none}
rules: {suspend: {track: dunning, step: 1, when: {days_past_due: {gt: 1}}, do: suspend}}
"""


def written_both_ways(
    folder: Path, layer: str, columns: Sequence[str], lines: Sequence[Sequence[str]]
) -> dict[str, str]:
    """The files of a night under `LOCKED` and a layer, row by row; a batch writes the same."""
    for name, text in {"catalogue": LOCKED, "base": layer}.items():
        file = folder / f"policies/{name}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    book = load(folder / "policies").book
    assert book is not None
    export = folder / "export.csv"
    table(export, columns, lines)
    rows = asked(book, "2026-11-23", folder / "rows", export, Also(as_of=date(2026, 11, 23)))
    sorter = partial(sorted_and_counted, Counter())
    for each in (rows, replace(rows, out=folder / "batch", sorter=sorter)):
        assert run(each).ending is Ending.PUBLISHED
    found = contents(folder / "rows")
    assert contents(folder / "batch") == found
    return found


def column_of(found: Mapping[str, str], name: str, column: str) -> list[str]:
    return [row[column] for row in csv.DictReader(found[f"2026-11-23/{name}.csv"].splitlines())]


def test_what_may_be_open_is_closed_until_no_day(tmp_path: Path) -> None:
    """One row is closed until a day, one until nobody knows when, for want of a cell."""
    lines = [
        ["A", "active", "", "2026-11-01", "2026-12-01"],
        ["B", "suspended", "", "2026-11-01", "2026-12-01"],
    ]
    columns = ("subscription_id", "status", "suspended_for", "past_due_since", "reviewed_on")
    found = written_both_ways(tmp_path, SUSPENDING, columns, lines)
    assert column_of(found, "held", "held_until") == ["2026-11-30", ""]


COMPARED = """
layer: Base
terms: {time_zone: UTC, calendar: none}
rules:
  ends: {track: dunning, step: 1, when: {cancellation_open: $auto_renew}, do: suspend}
"""


def test_of_two_unknown_sides_both_are_told(tmp_path: Path) -> None:
    """Nobody knows on its last day whether a window is open, though its end is known."""
    rest = ["active", "", "2026-11-01", "2026-11-01"]
    lines = [
        ["A", *rest, "2026-11-20T12:00:00Z", ""],
        ["B", *rest, "2026-11-23T12:00:00Z", ""],
    ]
    columns = (
        *("subscription_id", "status", "suspended_for", "past_due_since", "reviewed_on"),
        *("cancellable_until", "auto_renew"),
    )
    found = written_both_ways(tmp_path, COMPARED, columns, lines)
    told = column_of(found, "undetermined", "missing")
    assert told == ["auto_renew", "auto_renew; cancellation_open"]
