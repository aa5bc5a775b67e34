"""Parquet, whose values are read as the text that a CSV file would hold."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from lapse.inputs import plain_copy as plain
from lapse.inputs import sources
from lapse.inputs.formats import parquet as formats
from lapse.model.money import Money
from lapse.model.place import Place

if TYPE_CHECKING:
    from tests.inputs.conftest import Read, Write


def parquet(path: Path, *rows: str) -> Path:
    duckdb.execute(f"COPY ({' UNION ALL '.join(f'SELECT {row}' for row in rows)}) TO '{path}'")
    return path


def test_values_are_read_without_loss(tmp_path: Path, read: "Read") -> None:
    path = parquet(
        tmp_path / "export.parquet",
        """'s-1' AS subscription_id, 25::DOUBLE AS seats, 12::TINYINT AS commitment_months,
        1200.50::DECIMAL(12, 4) AS debt, 0.1::DOUBLE AS unit_price, TRUE AS trial,
        DATE '2024-02-29' AS term_start, TIMESTAMP_NS '2024-03-01 00:00:00' AS term_end,
        TIMESTAMPTZ '2024-03-01 10:00:00.5+02:00' AS cancellable_until,
        'active'::ENUM('active') AS status, [1] AS ignored""",
    )
    assert read(path).rows == [
        {
            "subscription_id": "s-1",
            "seats": 25,
            "commitment_months": 12,
            "debt": Money(Decimal("1200.5")),
            "unit_price": Money(Decimal("0.1")),
            "trial": True,
            "term_start": date(2024, 2, 29),
            "term_end": date(2024, 3, 1),
            "cancellable_until": datetime(2024, 3, 1, 8, 0, 0, 500_000, tzinfo=UTC),
            "status": "active",
        }
    ]


BAD = {
    "2.5::DOUBLE AS seats": ("bad-number", "2.5"),
    "1e300::DOUBLE AS seats": ("bad-number", "1e+300"),
    "'nan'::DOUBLE AS debt": ("bad-money", "nan"),
    "1e-12::DOUBLE AS debt": ("bad-money", "1e-12"),
    "TIMESTAMP '2024-03-01 10:00:00' AS term_end": ("bad-date", "2024-03-01 10:00:00"),
    "TIMESTAMP '2024-03-01 10:00:00' AS cancellable_until": ("bad-instant", "2024-03-01 10:00:00"),
    "['a'] AS customer_name": ("bad-cell", "[a]"),
    "{'a': 1} AS customer_name": ("bad-cell", "{'a': 1}"),
    "'a'::BLOB AS customer_name": ("bad-cell", "a"),
}


@pytest.mark.parametrize("value", BAD)
def test_a_value_that_is_no_fact_rejects_its_row(value: str, tmp_path: Path, read: "Read") -> None:
    column = value.rpartition(" ")[2]
    rows = (f"'s-{n}' AS subscription_id, {value}" for n in (1, 2))
    path = parquet(tmp_path / "e.parquet", *rows, f"'s-3' AS subscription_id, NULL AS {column}")
    outcome = read(path)
    assert outcome.ids == ["s-3"]
    assert [(r.row, r.code, r.found) for r in outcome.rejected] == [
        (row, *BAD[value]) for row in (1, 2)
    ]


def test_the_same_column_twice_is_refused(tmp_path: Path, read: "Read") -> None:
    columns = "'s-1' AS subscription_id, {'a': 1} AS x, 'a' AS status, 'b' AS \"STATUS \""
    path = parquet(tmp_path / "export.parquet", columns)
    assert read(path).refused == ["same-column-twice"]


def test_a_nested_field_of_the_same_name_is_no_column(tmp_path: Path, read: "Read") -> None:
    columns = "{'status': 1, 'y': {'status': 2}} AS x, 's-1' AS subscription_id, 'active' AS status"
    path = parquet(tmp_path / "export.parquet", columns)
    assert read(path).rows == [{"subscription_id": "s-1", "status": "active"}]


@pytest.mark.parametrize("content", [b"PAR1", b"x" * 100, b"PAR1" + b"\7" * 100 + b"PAR1"])
def test_what_is_no_parquet_is_refused(content: bytes, write: "Write", read: "Read") -> None:
    (problem,) = read(write("export.parquet", content)).refusals
    assert problem.code == "unreadable"
    assert "plain" not in problem.message
    assert "Error" not in problem.message


def test_a_cut_parquet_is_refused(tmp_path: Path, write: "Write", read: "Read") -> None:
    whole = parquet(tmp_path / "whole.parquet", "'s-1' AS subscription_id").read_bytes()
    assert read(write("cut.parquet", whole[:-9])).refused == ["unreadable"]


def test_more_rows_than_any_export_has_are_refused(
    tmp_path: Path, read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_ROWS", 1)
    path = parquet(tmp_path / "e.parquet", *(f"'s-{n}' AS subscription_id" for n in (1, 2)))
    assert read(path).refused == ["too-large"]


def test_a_text_that_all_rows_repeat_rejects_them(tmp_path: Path, read: "Read") -> None:
    lengths = [formats.MOST_TEXT] * 3 + [formats.MOST_TEXT - 3]
    rows = (
        f"'s-{n}' AS subscription_id, repeat('x', {m}) AS product" for n, m in enumerate(lengths)
    )
    path = parquet(tmp_path / "e.parquet", *rows)
    outcome = read(path)
    assert outcome.ids == ["s-3"]
    assert [(r.row, r.subscription_id, r.code, r.column) for r in outcome.rejected] == [
        (n + 1, f"s-{n}", "bad-row", "") for n in range(3)
    ]
    assert {len(r.found) for r in outcome.rejected} == {200}


def test_what_unpacks_to_far_more_than_a_table_is_refused(
    tmp_path: Path, read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    path = parquet(tmp_path / "e.parquet", "'s-1' AS subscription_id, repeat('x', 9000000) AS x")
    monkeypatch.setattr(plain, "_SMALL", 2**20)
    monkeypatch.setattr(plain, "MOST_RATIO", 2)
    (problem,) = read(path).refusals
    assert (problem.code, problem.message, problem.place) == (
        "too-large",
        "unpacks to more than 1 MiB",
        Place(str(path), 1),
    )
    assert problem.help == "save it as CSV"


def test_lists_of_more_values_than_are_read_at_once_are_refused(
    tmp_path: Path, read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_LISTED", 99)
    path = parquet(tmp_path / "e.parquet", "'s-1' AS subscription_id, range(100) AS x")
    (problem,) = read(path).refusals
    assert problem.code == "too-large"
    assert problem.message == "has a column with lists of more than 99 values"
    assert problem.help == "leave that column out"
