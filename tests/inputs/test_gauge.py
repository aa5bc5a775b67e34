"""Inputs in numbers: what a run keeps of them for the next to be guarded by."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from lapse.inputs.gauge import Gauge
from lapse.inputs.reading import Also, open_exports
from lapse.model.facts import vocabulary
from lapse.model.record import Intake, Part

T = TypeVar("T")
SUBSCRIPTIONS = """\
subscription_id,customer_id,market,status,seats
S1,C1,NO,active,1
S2,C1,NO,active,2
S3,C2,se,active,3
S4,C3,,active,4
S5,C3,NO,active,many
S6,C3,NOWHERE,active,1
5AB50005-0000-4000-8000-00000000000F,C3,DK,active,1
"""
INVOICES = """\
invoice_id,subscription_id,customer_id,due_date,balance,currency,status
I1,S1,,2026-11-01,10,NOK,open
I2,,C2,2026-11-01,10,NOK,open
I3,S9,,2026-11-01,10,NOK,open
I4,S9,,2026-11-01,10,NOK,paid
I5,S1,,some day,10,NOK,open
I6,S5,,2026-11-01,10,NOK,open
"""
HOLDS = """\
subscription_id,customer_id,hold_until
S1,,2026-11-20
S2,,2026-11-20
,C2,9999-12-31
"""


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("s", SUBSCRIPTIONS), ("i", INVOICES), ("h", HOLDS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def gauged(ask: Callable[[Gauge], T], also: Also | None = None, *names: str) -> T:
    with open_exports(names or ("s.csv",), vocabulary(), also) as export:
        return ask(export.gauge)


EVERYTHING = Also(invoices=("i.csv",), holds=("h.csv",))


@pytest.mark.usefixtures("inputs")
def test_one_export_alone_is_counted_by_market_and_by_what_is_rejected() -> None:
    found = gauged(Gauge.intake)
    assert (found.subscriptions, found.markets) == (7, {"DK": 1, "NO": 3, "SE": 1})
    assert (found.invoices, found.holds, found.unmatched) == (None, None, {})
    assert found.rejected == {"subscriptions": Part(2, 7)}


@pytest.mark.usefixtures("inputs")
def test_invoices_and_holds_are_counted_with_what_names_nobody() -> None:
    found = gauged(Gauge.intake, EVERYTHING)
    assert (found.subscriptions, found.markets) == (7, {"DK": 1, "NO": 3, "SE": 1})
    assert found.invoices == 6
    assert found.holds == {"": 1, "2026-11-20": 2}
    assert found.rejected["invoices"] == Part(1, 6)
    assert found.unmatched == {"invoices": Part(1, 4), "holds": Part(0, 3)}


def test_a_rejected_row_that_another_export_tells_of_counts_once(inputs: Path) -> None:
    text = "subscription_id,market,auto_renew\nS1,NO,yes\nS2,NO,perhaps\nS7,NO,perhaps\n"
    (inputs / "more.csv").write_text(text, encoding="utf-8")
    found = gauged(Gauge.intake, None, "s.csv", "more.csv")
    assert found.markets == {"DK": 1, "NO": 4, "SE": 1}


def test_a_hold_counts_through_its_last_day_and_one_without_end_always() -> None:
    found = Intake(0, {}, None, {"": 1, "2026-11-20": 2, "2026-12-01": 4}, {}, {}, "")
    days = (date(2026, 11, 20), date(2026, 11, 21), date(2999, 1, 1))
    assert [found.holds_on(day) for day in days] == [7, 5, 1]


def test_the_digest_is_of_bytes_whatever_their_names_and_without_holds(inputs: Path) -> None:
    first = gauged(Gauge.intake, EVERYTHING).digest
    (inputs / "h.csv").write_text(HOLDS.replace("S2", "S3"), encoding="utf-8")
    (inputs / "s.csv").rename(inputs / "other.csv")
    assert gauged(Gauge.intake, EVERYTHING, "other.csv").digest == first
    (inputs / "i.csv").write_text(INVOICES + "\n", encoding="utf-8")
    assert gauged(Gauge.intake, EVERYTHING, "other.csv").digest != first


@pytest.mark.parametrize("also", [None, EVERYTHING])
@pytest.mark.usefixtures("inputs")
def test_absent_is_who_stands_in_no_row_not_even_in_a_rejected_one(also: Also | None) -> None:
    guid = "5ab50005-0000-4000-8000-00000000000f"
    asked = ["S9", "S1", "S5", "S0", guid]
    assert gauged(lambda gauge: gauge.absent(asked), also) == ["S9", "S0"]


def test_a_file_is_as_old_as_it_was_last_written_to(inputs: Path) -> None:
    then = datetime(2026, 11, 20, 23, 59, tzinfo=UTC).timestamp()
    os.utime(inputs / "s.csv", (then, then))
    found = gauged(lambda gauge: gauge.changed_on(), EVERYTHING)
    assert found == {"s.csv": date(2026, 11, 20)}
