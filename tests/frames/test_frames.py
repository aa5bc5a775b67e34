"""Decisions of frames are those of a run, in a frame of the same kind."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import lapse
from lapse.executors.direct import direct_executor
from lapse.inputs.also import Also
from lapse.inputs.reading import open_exports
from lapse.nightly import RunOptions, run
from lapse.policy.load import load

ROOT = Path(__file__).parents[2]
NIGHTS = ROOT / "fixtures/nights"
POLICIES = ROOT / "policies"
OUTPUTS = {"actions": "action", "provider": "provider", "held": "held"}
Rows = list[dict[str, Any]]


def as_relation(frame: pl.DataFrame) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().from_arrow(frame.to_arrow())


KINDS: Mapping[str, tuple[Callable[[pl.DataFrame], Any], Callable[[Any], Rows]]] = {
    "polars": (lambda frame: frame, lambda told: told.rows(named=True)),
    "arrow": (lambda frame: frame.to_arrow(), lambda told: told.to_pylist()),
    "duckdb": (as_relation, lambda told: told.to_arrow_table().to_pylist()),
    "pandas": (
        lambda frame: pd.DataFrame(frame.to_dict(as_series=False)),
        lambda told: told.astype(object).where(told.notna(), None).to_dict("records"),
    ),
}


@pytest.fixture(autouse=True)
def _calm() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read(name: str, day: str = "2026-11-23") -> pl.DataFrame:
    return pl.read_csv(NIGHTS / day / f"{name}.csv", infer_schema=False)


def plain(rows: Rows) -> Rows:
    """Rows of any kind alike: instants at midnight are days."""

    def cell(value: object) -> object:
        return value.date() if isinstance(value, datetime) else value

    told = ({name: cell(value) for name, value in row.items()} for row in rows)
    return sorted(told, key=lambda row: repr(list(row.values())))


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_is_decided_as_its_kind(kind: str) -> None:
    made, rows_of = KINDS[kind]
    facts = pl.read_csv(ROOT / "fixtures/subscriptions.csv", infer_schema=False)
    given = made(facts)
    told = lapse.decisions(given, policies=POLICIES, as_of="2026-11-23")
    assert type(told) is type(given)
    expected = lapse.decisions(facts, policies=POLICIES, as_of=date(2026, 11, 23))
    assert expected.height > 400
    assert plain(rows_of(told)) == plain(expected.rows(named=True))


def test_decisions_are_those_of_a_run(tmp_path: Path) -> None:
    """With history, invoices and holds: a second night."""
    book = load(POLICIES).book
    assert book is not None
    given: dict[str, Rows] = {}
    for day in ("2026-11-23", "2026-11-24"):
        invoices, holds = str(NIGHTS / day / "invoices.csv"), str(NIGHTS / "holds.csv")
        if day == "2026-11-24":
            told = lapse.decisions(
                read("subscriptions", day),
                policies=POLICIES,
                as_of=day,
                history=tmp_path,
                invoices=read("invoices", day),
                holds=pl.read_csv(holds, infer_schema=False),
            )
            for row in told.rows(named=True):
                given.setdefault(row.pop("decision"), []).append(row)
        options = RunOptions(
            exports=(str(NIGHTS / day / "subscriptions.csv"),),
            reader=partial(
                open_exports, also=Also((invoices,), (holds,), as_of=date.fromisoformat(day))
            ),
            book=book,
            decide=direct_executor(),
            as_of=date.fromisoformat(day),
            out=tmp_path,
            is_over_limit=True,
        )
        run(options)
    for output, decision in OUTPUTS.items():
        written = pl.read_csv(tmp_path / f"2026-11-24/{output}.csv", infer_schema=False)
        shown = [
            {name: None if cell is None else str(cell) for name, cell in row.items()}
            for row in given.get(decision, [])
        ]
        expected = [
            {name: cell or None for name, cell in row.items()} for row in written.rows(named=True)
        ]
        names = written.columns
        cut = [{name: unquoted(row[name]) for name in names} for row in shown]
        assert plain(cut) == plain([{n: unquoted(row[n]) for n in names} for row in expected])
    assert given["action"]


def unquoted(cell: str | None) -> str | None:
    """A cell without the guard against spreadsheets, which only files have."""
    return None if cell is None else cell.removeprefix("'")


TYPED: Mapping[str, list[Any]] = {
    "subscription_id": ["S1", "S2", "S3", "S3", "S5"],
    "program": ["legacy"] * 5,
    "market": ["NO"] * 5,
    "status": ["active", "active", "active", "active", "gone"],
    "past_due_since": [date(2026, 11, 1), date(2026, 11, 20), None, None, None],
    "debt": [Decimal("1200.50"), Decimal("80.0000"), None, None, None],
    "currency": ["NOK"] * 5,
    "seats": [25, None, 3, 3, 1],
    "unit_price": [10.5, 1e-3, None, None, 2.0],
    "auto_renew": [True, False, None, None, True],
    "cancellable_until": [datetime(2026, 11, 29, 1, 30, 0, 250, tzinfo=UTC), *[None] * 4],
}


def test_typed_columns_say_what_texts_say() -> None:
    texts = {
        name: [None if cell is None else as_text(cell) for cell in cells]
        for name, cells in TYPED.items()
    }
    told, expected = (
        lapse.decisions(pa.table(each), policies=POLICIES, as_of="2026-11-23").to_pylist()
        for each in (TYPED, texts)
    )
    assert plain(told) == plain(expected)
    lost = [
        (row["subscription_id"], row["because"]) for row in told if row["decision"] == "rejected"
    ]
    assert sorted(lost) == [
        ("S3", "duplicate-id subscription_id S3"),
        ("S3", "duplicate-id subscription_id S3"),
        ("S5", "bad-choice status gone"),
    ]


def as_text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.isoformat().replace("+00:00", "Z")
    return f"{cell:f}" if isinstance(cell, float | Decimal) else str(cell)


def test_what_no_column_gives_is_a_warning_until_it_is_assumed() -> None:
    facts = pl.DataFrame({"subscription_id": ["S1"], "status": ["active"], "program": ["legacy"]})
    with pytest.warns(UserWarning, match=r"no column gives .*`vip` \(1\): so many subscriptions"):
        lapse.decisions(facts, policies=POLICIES, as_of="2026-11-23")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        lapse.decisions(facts, policies=POLICIES, as_of="2026-11-23", assume={"vip": False})
    assert not any("`vip`" in str(each.message) for each in told)


class OfConnect:
    columns = ("subscription_id",)


OfConnect.__module__ = "pyspark.sql.connect.dataframe"
FACTS = pl.DataFrame({"subscription_id": ["S1"], "status": ["active"]})
WRONG: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "no frame": (
        {"facts": "export.csv"},
        "facts are a DuckDB relation, an Arrow table, or a frame",
    ),
    "a lazy frame": ({"facts": FACTS.lazy()}, "collected first: `facts.collect()`"),
    "Spark Connect": ({"facts": OfConnect()}, "a frame of Spark Connect is not read yet"),
    "no day": ({"as_of": "tomorrow"}, "as_of: `tomorrow` is no day such as 2026-11-23"),
    "a local instant": ({"as_of": datetime(2026, 11, 23)}, "an instant with a time zone"),  # noqa: DTZ001
    "an unknown fact": ({"assume": {"disputd": False}}, "did you mean `disputed`"),
    "no policies": ({"policies": "nowhere"}, "nothing was decided\n\nnowhere"),
    "another table": ({"facts": pl.DataFrame({"seats": [1]})}, "has no column `subscription_id`"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_told(wrong: str) -> None:
    given, expected = WRONG[wrong]
    right = {"facts": FACTS, "policies": POLICIES, "as_of": "2026-11-23"}
    with pytest.raises(lapse.LapseError) as caught:
        lapse.decisions(**{**right, **given})
    assert expected in str(caught.value)
