"""Rows typed, rejected and counted, and what several files make together."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lapse.inputs import checking
from lapse.inputs.plain_copy import PlainCopy
from lapse.inputs.reading import AT_ONCE, InputError, Rejected, open_exports
from lapse.model.facts import BUILT_IN, FactSpec, ValueType, vocabulary
from lapse.model.money import Money

if TYPE_CHECKING:
    from tests.inputs.conftest import Read, Write

WORDS = vocabulary()


def test_each_cell_is_read_as_its_fact(write: "Write", read: "Read") -> None:
    path = write(
        "export.csv",
        "Subscription_ID, MARKET ,status,seats,debt,unit_price,trial,term_end,cancellable_until,x\n"
        "s-1, no ,Active,007,1200.5 NOK,30,YES,2024-02-29,2024-02-29T23:30:00.5-01:00,?\n"
        "s-2,,,,,,,,,\n",
    )
    known, blank = read(path).rows
    assert known == {
        "subscription_id": "s-1",
        "market": "NO",
        "status": "active",
        "seats": 7,
        "debt": Money(Decimal("1200.5000"), "NOK"),
        "unit_price": Money(Decimal("30.0000")),
        "trial": True,
        "term_end": date(2024, 2, 29),
        "cancellable_until": datetime(2024, 3, 1, 0, 30, 0, 500_000, tzinfo=UTC),
    }
    assert blank == dict.fromkeys(known) | {"subscription_id": "s-2"}


def test_facts_of_the_catalogue_are_read_too(write: "Write", read: "Read") -> None:
    own = (FactSpec("vip", ValueType.FLAG), FactSpec("reminders", ValueType.DAYS_LIST))
    path = write("export.csv", "subscription_id,vip,reminders\ns-1,1,3 -7\n")
    assert read(path, words=vocabulary(own)).rows == [
        {"subscription_id": "s-1", "vip": True, "reminders": (3, -7)}
    ]


BAD_CELLS = {
    "market": ("NOR", "bad-code"),
    "status": ("closed", "bad-choice"),
    "seats": ("1.5", "bad-number"),
    "commitment_months": ("1201", "bad-number"),
    "debt": ("1,200", "bad-money"),
    "auto_renew": ("maybe", "bad-flag"),
    "term_end": ("2023-02-29", "bad-date"),
    "cancellable_until": ("2024-01-01T10:00:00", "bad-instant"),
}


@pytest.mark.parametrize("column", BAD_CELLS)
def test_a_bad_cell_rejects_its_row(column: str, write: "Write", read: "Read") -> None:
    found, code = BAD_CELLS[column]
    path = write("export.csv", f'subscription_id,{column}\ns-1,\n s-2 ," {found} "\n')
    outcome = read(path)
    assert outcome.ids == ["s-1"]
    assert outcome.rejected == [Rejected(str(path), 2, "s-2", code, column, found)]


def test_the_first_bad_cell_in_the_order_of_columns_counts(write: "Write", read: "Read") -> None:
    rows = "seats,subscription_id,status\nmany,s-1,closed\n,s-2,closed\nmany,,active\n"
    rejected = read(write("export.csv", rows)).rejected
    assert [(r.row, r.code, r.column) for r in rejected] == [
        (1, "bad-number", "seats"),
        (2, "bad-choice", "status"),
        (3, "missing-id", "subscription_id"),
    ]


def test_what_was_found_is_cut(write: "Write", read: "Read") -> None:
    (rejected,) = read(write("e.csv", f"subscription_id,seats\ns-1,{'7' * 5000}\n")).rejected
    assert rejected.found == "7" * 200


def test_an_id_that_stands_twice_rejects_every_row_with_it(write: "Write", read: "Read") -> None:
    one = write("one.csv", "subscription_id,seats\ns-1,1\ns-2,2\n s-2 ,x\n")
    two = write("two.csv", "seats,subscription_id\n1,s-1\n1,s-3\n1,S-3\n")
    outcome = read(one, two)
    assert outcome.ids == ["s-3", "S-3"]
    assert [(Path(r.input).name, r.row, r.code, r.found) for r in outcome.rejected] == [
        ("one.csv", 1, "duplicate-id", "s-1"),
        ("one.csv", 2, "duplicate-id", "s-2"),
        ("one.csv", 3, "duplicate-id", "s-2"),
        ("two.csv", 1, "duplicate-id", "s-1"),
    ]


def test_duplicates_are_found_in_every_slice(
    write: "Write", read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "IDS_AT_ONCE", 10)
    ids = [f"s-{number % 90}" for number in range(100)]
    outcome = read(write("export.csv", "subscription_id,seats\n" + ",1\n".join(ids) + ",1\n"))
    assert len(outcome.rejected) == 20
    assert sorted(str(id_) for id_ in outcome.ids) == sorted(f"s-{n}" for n in range(10, 90))


def test_a_fact_without_a_column_is_no_key(write: "Write") -> None:
    one = write("one.csv", "subscription_id,status\ns-1,active\n")
    two = write("two.csv", "subscription_id,status,seats\ns-2,active,1\n")
    with open_exports([str(one), str(two)], WORDS) as export:
        assert [set(record.facts) for record in export.records()] == [
            {"subscription_id", "status"},
            {"subscription_id", "status", "seats"},
        ]
        assert export.columns == {
            str(one): {"subscription_id", "status"},
            str(two): {"subscription_id", "status", "seats"},
        }


def test_ignored_columns_are_named_and_near_misses_are_warned_of(write: "Write") -> None:
    path = write("export.csv", "subscription_id,Past due since,zzz,custmer_id,,\ns-1,,,,,\n")
    with open_exports([str(path)], WORDS) as export:
        assert export.unknown_columns == {str(path): ("Past due since", "zzz", "custmer_id")}
        assert [(p.code, p.is_error, p.help) for p in export.problems] == [
            (
                "unknown-column",
                False,
                "did you mean `past_due_since`? name it so, or map it in a profile",
            ),
            (
                "unknown-column",
                False,
                "did you mean `customer_id`? name it so, or map it in a profile",
            ),
        ]


def test_a_column_near_a_fact_that_has_one_is_not_warned_of(write: "Write") -> None:
    path = write("export.csv", "subscription_id,market,markets\ns-1,,\n")
    with open_exports([str(path)], WORDS) as export:
        assert (export.unknown_columns[str(path)], export.problems) == (("markets",), ())


def test_a_file_that_changes_before_it_is_merged_is_refused(
    write: "Write", monkeypatch: pytest.MonkeyPatch
) -> None:
    one = write("one.csv", "subscription_id,seats\ns-1,1\n")
    two = write("two.csv", "subscription_id,status\ns-1,active\n")
    monkeypatch.setattr(PlainCopy, "is_changed", lambda source: source.input.name == str(two))
    with pytest.raises(InputError, match="was changed while it was read"):
        open_exports([str(one), str(two)], WORDS)


def test_a_file_without_rows_is_warned_of(write: "Write") -> None:
    with open_exports([str(write("export.csv", "subscription_id,seats\n"))], WORDS) as export:
        assert [(p.code, p.is_error) for p in export.problems] == [("no-rows", False)]


def test_every_rejected_row_of_an_input_is_counted(write: "Write") -> None:
    path = write("export.csv", "subscription_id,seats\na,1\na,2\nb,3\nc,x\n")
    with open_exports([str(path)], WORDS) as export:
        assert [(each.rows, each.rejected) for each in export.joining.inputs] == [(4, 3)]
        assert len(list(export.rejected())) == 3


def test_an_empty_page_beside_others_is_one_of_them(write: "Write") -> None:
    empty = write("empty.json", '{"totalCount": 0, "items": []}')
    full = write("full.json", '{"items": [{"subscription_id": "s-1"}]}')
    with open_exports([str(empty), str(full)], WORDS) as export:
        assert [record.facts["subscription_id"] for record in export.records()] == ["s-1"]
        assert (export.read, len(export.groups)) == (1, 1)


def test_the_fingerprint_depends_on_bytes_alone(write: "Write") -> None:
    one = str(write("one.csv", "subscription_id\ns-1\n"))
    two = str(write("two.csv", "subscription_id\ns-2\n"))
    same = str(write("same.csv", "subscription_id\ns-2\n"))
    other = str(write("other.csv", "subscription_id\ns-2 \n"))

    def fingerprint(*names: str) -> str:
        with open_exports(names, WORDS) as export:
            return export.fingerprint

    assert fingerprint(one, two) == fingerprint(same, one)
    assert fingerprint(one, two) != fingerprint(one, other)
    assert fingerprint(one) != fingerprint(one, two)


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1])
def test_rows_keep_the_order_of_the_file(count: int, write: "Write", read: "Read") -> None:
    ids = [f"s-{number}" for number in range(count)]
    rows = "".join(f"{id_},1\n" for id_ in ids)
    assert read(write("export.csv", f"subscription_id,seats\n{rows}")).ids == ids


def test_row_numbers_hold_in_a_large_file_with_line_ends_in_cells(tmp_path: Path) -> None:
    """More than DuckDB reads in one piece, so that several threads start within quotes."""
    path, bad = tmp_path / "large.csv", {1, 77_777, 120_000}
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["subscription_id", "customer_name", "seats"])
        for row in range(1, 120_001):
            name = f'"Name"\n{row},"x",\n' + "filler\n" * (row % 97)
            writer.writerow([f"s-{row}", name, "bad" if row in bad else row])
    assert path.stat().st_size > 32 * 2**20
    with open_exports([str(path)], WORDS) as export:
        numbers = (record.facts["seats"] for record in export.records())
        assert all(a == b for a, b in zip(numbers, _without(bad), strict=True))
        assert {(r.row, r.subscription_id) for r in export.rejected()} == {
            (row, f"s-{row}") for row in bad
        }


def _without(bad: set[int]) -> list[int]:
    return [row for row in range(1, 120_001) if row not in bad]


def test_rows_and_rejections_can_be_read_side_by_side_and_again(write: "Write") -> None:
    lines = "".join(f"s-{n},{'x' if n % 2 else n}\n" for n in range(100))
    path = write("export.csv", f"subscription_id,seats\n{lines}")
    with open_exports([str(path)], WORDS) as export:
        pairs = list(zip(export.records(7), export.rejected(), strict=True))
        assert [(good.facts["seats"], bad.row) for good, bad in pairs] == [
            (n, n + 2) for n in range(0, 100, 2)
        ]
        assert len(list(export.records())) == 50


def test_a_file_that_changes_while_it_is_read_is_refused(write: "Write") -> None:
    path = write("export.csv", "subscription_id,seats\ns-1,1\n")
    with open_exports([str(path)], WORDS) as export:
        path.write_text("subscription_id,seats\ns-1,1\ns-2,2\n")
        with pytest.raises(InputError, match="changed while it was read"):
            list(export.records())


def test_every_fact_has_its_own_column(write: "Write", read: "Read") -> None:
    names = [spec.name for spec in BUILT_IN]
    (row,) = read(write("e.csv", f"{','.join(names)}\ns-1{',' * (len(names) - 1)}\n")).rows
    assert row == dict.fromkeys(names) | {"subscription_id": "s-1"}
