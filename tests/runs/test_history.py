"""What earlier nights gave decides what this night gives; nights that are missing lose nothing."""

import csv
import json
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lapse.model.decision import Given
from lapse.nightly import Ending
from lapse.runs.failures import HistoryError
from lapse.runs.history import opened
from lapse.runs.past import past
from lapse.runs.private_files import digest_of
from lapse.runs.results.outputs import OutputFormat

if TYPE_CHECKING:
    from tests.runs.conftest import Nights

HEADER = (
    "subscription_id,program,status,suspended_on,suspended_for,"
    "past_due_since,debt,currency,term_end,disputed"
)
DEBTOR = "S1,legacy,active,,,2026-11-01,1200,NOK,2027-01-31,no"
PAID = "S1,legacy,suspended,2026-11-17,debt,2026-11-01,0,NOK,2027-01-31,no"
ENDED = "S2,legacy,active,,,,,NOK,2026-10-10,no"


def export(*rows: str) -> str:
    return "\n".join([HEADER, *rows])


def orders(nights: "Nights", day: date, id_: str = "S1") -> tuple[Given, ...]:
    with opened(past(nights.out, day, 1)) as history:
        return history.given([id_]).get(id_, ())


def given_on(nights: "Nights", days: Iterable[str], row: str = DEBTOR) -> list[str]:
    """Every action given on some nights, each with its day."""
    found = []
    for day in days:
        nights.run(day, export(row))
        found += [f"{day[-2:]} {id_.split(':')[1]}" for id_ in nights.ids(day)]
    return found


def test_a_reminder_is_given_once(nights: "Nights") -> None:
    every_night = [f"2026-11-{day:02d}" for day in range(1, 15)]
    assert given_on(nights, every_night) == ["02 remind@1", "08 remind@7"]


def test_a_missed_night_loses_nothing_and_repeats_nothing(nights: "Nights") -> None:
    some_nights = ["2026-11-04", "2026-11-05", "2026-11-11", "2026-11-12"]
    assert given_on(nights, some_nights) == ["04 remind@1", "11 remind@7"]


def test_an_order_without_effect_is_given_again_with_its_first_day(nights: "Nights") -> None:
    nights_ = ["2026-11-08", "2026-11-16", "2026-11-17", "2026-11-19"]
    assert given_on(nights, nights_)[1:] == ["16 suspend", "17 suspend", "19 suspend"]
    (row,) = nights.table("2026-11-19", "actions")
    assert (row["action_id"], row["first_given"]) == ("S1:suspend:2026-11-01", "2026-11-16")
    assert nights.told("2026-11-19")["by_action"] == [{"action": "suspend", "new": 0, "again": 1}]
    assert nights.told("2026-11-16")["by_action"] == [{"action": "suspend", "new": 1, "again": 0}]


def test_an_order_after_another_was_undone_is_a_new_one(nights: "Nights") -> None:
    given_on(nights, ["2026-11-08", "2026-11-16"])
    given_on(nights, ["2026-11-18"], PAID)
    given_on(nights, ["2026-11-20", "2026-11-21"])
    assert nights.ids("2026-11-20") == ["S1:suspend:2026-11-01#2"]
    (row,) = nights.table("2026-11-21", "actions")
    assert (row["action_id"], row["first_given"]) == ("S1:suspend:2026-11-01#2", "2026-11-20")
    numbers = {
        (g.rule, g.number, g.first_given.day, g.last_given.day)
        for g in orders(nights, date(2026, 11, 22))
    }
    assert numbers == {
        ("remind", 1, 8, 8),
        ("suspend", 1, 16, 16),
        ("reactivate", 1, 18, 18),
        ("suspend", 2, 20, 21),
    }


def test_the_provider_is_remembered_too(nights: "Nights") -> None:
    nights.run("2026-11-10", export(ENDED))
    (order,) = orders(nights, date(2026, 11, 11), "S2")
    assert order == Given(
        track="provider",
        anchor="2026-10-10",
        rule="ends",
        stage=None,
        step=1,
        action="cancel",
        due_on=date(2026, 10, 11),
        first_given=date(2026, 11, 10),
        last_given=date(2026, 11, 10),
        anchor_of="term_end",
    )


def test_later_folders_are_no_history(nights: "Nights") -> None:
    given_on(nights, ["2026-11-20"])
    shown = nights.run("2026-11-10", export(DEBTOR), is_preview=True)
    assert [row["action_id"] for row in shown.actions] == ["S1:remind@7:2026-11-01"]


@pytest.mark.parametrize("format_", OutputFormat)
@pytest.mark.parametrize("is_sorted", [False, True])
def test_every_format_is_remembered_alike(
    nights: "Nights", format_: OutputFormat, *, is_sorted: bool
) -> None:
    strange = "'=S\u200b1"
    row = DEBTOR.replace("S1", strange)
    for day in ("2026-11-08", "2026-11-16", "2026-11-17"):
        nights.run(day, export(row, ENDED), format=format_, is_sorted=is_sorted)
    found = orders(nights, date(2026, 11, 18), strange)
    assert [(g.rule, g.stage, g.first_given.day, g.last_given.day) for g in found] == [
        ("remind", 7, 8, 8),
        ("suspend", None, 16, 17),
    ]


def test_a_name_that_is_no_day_is_none_of_ours(nights: "Nights") -> None:
    nights.run("2026-11-08", export(DEBTOR))
    (nights.out / "notes").mkdir()
    (nights.out / "2026-11-09.1").mkdir()
    assert nights.run("2026-11-10", export(DEBTOR)).ending is Ending.PUBLISHED


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("actions.csv", "action_id\n", "was changed"),
        ("provider.csv", None, "no such file"),
        ("seen.csv", "", "was changed"),
        ("run.json", None, "no such file"),
        ("run.json", "{", "is no account of a run"),
        ("run.json", "[]", "is no account of a run"),
        ("run.json", '{"outputs": {"actions": {}}}', "is no account of a run"),
    ],
)
def test_a_broken_folder_is_never_passed_over(
    nights: "Nights", name: str, content: str | None, told: str
) -> None:
    nights.run("2026-11-08", export(DEBTOR))
    file = nights.out / "2026-11-08" / name
    file.unlink()
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(HistoryError, match=told):
        nights.run("2026-11-09", export(DEBTOR))
    assert nights.names() == {".lock", "2026-11-08"}


@pytest.mark.parametrize("name", ["2026-11-01", "2026-11-20", "2026-11-08.2"])
def test_a_folder_under_another_name_is_refused(nights: "Nights", name: str) -> None:
    nights.run("2026-11-08", export(DEBTOR))
    (nights.out / "2026-11-08").rename(nights.out / name)
    with pytest.raises(HistoryError, match=rf"{name}` holds the run of `2026-11-08`; give it its"):
        nights.run("2026-11-10", export(DEBTOR))


def test_a_row_written_by_hand_is_found(nights: "Nights") -> None:
    nights.run("2026-11-08", export(DEBTOR))
    file = nights.out / "2026-11-08" / "actions.csv"
    file.write_text(file.read_text("utf-8").replace("remind@7", "remind@9"), encoding="utf-8")
    with pytest.raises(HistoryError, match="put it back"):
        nights.run("2026-11-09", export(DEBTOR))


def test_the_fingerprint_depends_on_what_is_used(nights: "Nights") -> None:
    given_on(nights, ["2026-11-08", "2026-11-09", "2026-11-10"])
    day = date(2026, 11, 10)
    before = past(nights.out, day, 1).fingerprint
    shutil.rmtree(nights.out / "2026-11-10")
    assert past(nights.out, day, 1).fingerprint == before
    told = nights.out / "2026-11-09" / "run.json"
    told.write_text(json.dumps(json.loads(told.read_text("utf-8"))), encoding="utf-8")
    assert past(nights.out, day, 1).fingerprint != before


def test_a_folder_with_brackets_in_its_name_is_no_pattern(nights: "Nights") -> None:
    given_on(nights, ["2026-11-08"])
    odd = type(nights)(nights.out.with_name("run[s]"), nights.book)
    odd.run("2026-11-08", export(DEBTOR.replace("S1", "S9"), ENDED))
    assert given_on(odd, ["2026-11-09"]) == ["09 remind@7"]


def test_what_a_second_run_of_a_day_gave_comes_after_what_the_first_gave(nights: "Nights") -> None:
    paid = PAID.replace("2026-11-17", "2026-11-16").replace("2026-11-01", "")
    given_on(nights, ["2026-11-08", "2026-11-16"])
    nights.run("2026-11-16", export(paid), is_again=True)
    assert nights.ids("2026-11-16.2") == ["S1:reactivate:2026-11-16"]
    assert given_on(nights, ["2026-11-17", "2026-11-18"]) == ["17 suspend", "18 suspend"]
    (row,) = nights.table("2026-11-18", "actions")
    assert (row["action_id"], row["first_given"]) == ("S1:suspend:2026-11-01#2", "2026-11-17")


def test_a_folder_of_an_earlier_version_is_still_history(nights: "Nights") -> None:
    given_on(nights, ["2026-11-08"])
    rewritten(nights.out / "2026-11-08", "actions", dropping="anchor_of")
    (order,) = orders(nights, date(2026, 11, 9))
    assert (order.rule, order.stage, order.anchor_of) == ("remind", 7, "")
    assert given_on(nights, ["2026-11-09", "2026-11-16"]) == ["16 suspend"]


def rewritten(folder: Path, name: str, *, dropping: str) -> None:
    """A folder as an earlier version wrote it, with one output's columns, other outputs and all."""
    file = folder / f"{name}.csv"
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    kept = [column for column in rows[0] if column not in dropping.split()]
    with file.open("w", encoding="utf-8", newline="") as opened_:
        writer = csv.DictWriter(opened_, kept, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    told = json.loads((folder / "run.json").read_text("utf-8"))
    told["outputs"][name]["digest"] = digest_of(file)
    (folder / "to_approve.csv").unlink(missing_ok=True)
    del told["outputs"]["to_approve"], told["number"], told["to_approve"]
    (folder / "run.json").write_text(json.dumps(told), encoding="utf-8")
