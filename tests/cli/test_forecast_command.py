"""`lapse forecast`: the calendar as people, programs and spreadsheets read it."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from tests.cli.conftest import Ran

Lapse = Callable[[str], Ran]
FORECAST = "forecast export.csv --as-of 2026-11-23 --until 2027-01-31 --out out"


def test_each_action_stands_on_its_day(lapse: Lapse) -> None:
    ran = lapse(f"{FORECAST} --format json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    days = [(a["subscription_id"], a["day"], a["rule"], a["stage"]) for a in found["actions"]]
    assert days == [
        ("A", "2026-11-23", "remind", 7),
        ("B", "2026-11-23", "remind", 1),
        ("C", "2026-11-23", "remind", 7),
        ("A", "2026-11-25", "suspend", None),
        ("B", "2026-11-27", "remind", 7),
        ("B", "2026-12-05", "suspend", None),
    ]
    assert found["not_known"] == {"subscriptions": 1, "missing": {"market": 1}, "assume": {}}
    assert found["sentence"] == (
        "If nothing changes until 2027-01-31, 1 customer is suspended, within a week."
    )


def test_counts_are_by_week_market_and_action(lapse: Lapse) -> None:
    found = json.loads(lapse(f"{FORECAST} --format json").out)
    suspends = [c for c in found["counts"] if c["action"] == "suspend"]
    assert suspends == [
        {"by": "partner", "week": "2026-11-23", "market": "NO", "action": "suspend", "count": 1},
        {"by": "partner", "week": "2026-11-30", "market": "SE", "action": "suspend", "count": 1},
    ]
    assert sum(c["count"] for c in found["counts"]) == len(found["actions"])


def test_the_first_day_is_what_a_run_gives(lapse: Lapse) -> None:
    """And once it has run, what it gave is history: the next day's forecast repeats nothing."""
    first = json.loads(lapse(f"{FORECAST} --format json").out)["actions"]
    lapse("run export.csv --as-of 2026-11-23 --out out")
    with Path("out/2026-11-23/actions.csv").open(encoding="utf-8", newline="") as file:
        given = {row["action_id"] for row in csv.DictReader(file)}
    assert given == {a["action_id"] for a in first if a["day"] == "2026-11-23"}
    later = lapse(FORECAST.replace("2026-11-23", "2026-11-24") + " --format json")
    ids = [a["action_id"] for a in json.loads(later.out)["actions"]]
    assert ids == [a["action_id"] for a in first if a["day"] > "2026-11-23"]


def test_text_fits_a_terminal(lapse: Lapse) -> None:
    long = "Ærlig " * 30 + "株式会社 \x1b[31m"
    text = Path("export.csv").read_text(encoding="utf-8").splitlines()
    named = [f"{text[0]},customer_name", *(f"{line},{long}" for line in text[1:])]
    Path("export.csv").write_text("\n".join(named) + "\n", encoding="utf-8")
    ran = lapse(f"{FORECAST} --show 99")
    assert ran.code == 0, ran.err
    assert "\x1b" not in ran.out
    assert max(_width(line) for line in ran.out.splitlines()) <= 80
    for title in ("Ours, by week", "Ours, by market", "Ours, the harshest first"):
        assert f"\n{title}\n" in ran.out


def _width(line: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


def test_a_spreadsheet_runs_no_formula_of_it(lapse: Lapse) -> None:
    text = Path("export.csv").read_text(encoding="utf-8")
    Path("export.csv").write_text(text.replace("A,C1", "A,=1+1"), encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(lapse(f"{FORECAST} --format csv").out)))
    assert {row["customer_id"] for row in rows if row["subscription_id"] == "A"} == {"'=1+1"}
    assert [row["day"] for row in rows] == sorted(row["day"] for row in rows)


def test_a_rejected_row_is_a_finding(lapse: Lapse) -> None:
    text = Path("export.csv").read_text(encoding="utf-8")
    Path("export.csv").write_text(text.replace("2026-11-20", "soon"), encoding="utf-8")
    ran = lapse(FORECAST)
    assert ran.code == 1
    assert "3 subscriptions foreseen." in ran.out
    assert ran.err == (
        "1 row rejected under `policies`, and not foreseen; `lapse run --preview` tells why\n"
    )
    found = json.loads(lapse(f"{FORECAST} --format json").out)
    assert found["rejected"] == {"subscriptions": 1, "other_lists": 0}


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("2026-11-22", "--until: 2026-11-22 is before the day judged, 2026-11-23"),
        ("2090-01-01", "--until: 2090-01-01 is more than 3660 days after 2026-11-23"),
    ],
)
def test_a_last_day_that_cannot_be_is_misuse(lapse: Lapse, until: str, message: str) -> None:
    ran = lapse(FORECAST.replace("2027-01-31", until))
    assert (ran.code, ran.err) == (2, f"lapse: {message}\n")


def test_only_a_scope_is_foreseen(lapse: Lapse) -> None:
    every = json.loads(lapse(f"{FORECAST} --format json").out)
    norway = json.loads(lapse(f"{FORECAST} --where market=NO --format json").out)
    assert norway["actions"] == [each for each in every["actions"] if each["market"] == "NO"]
    assert 0 < norway["subscriptions"] < every["subscriptions"]
    nobody = lapse(f"{FORECAST} --where market=FI")
    assert nobody.err == "no subscription is in the scope market=FI\n"
    assert lapse(f"{FORECAST} --where market=NO --save plan.json").code == 2


def test_what_harms_is_listed_first(lapse: Lapse) -> None:
    listed = lapse(f"{FORECAST} --show 3").out.partition("Ours, the harshest first\n")[2]
    days = [line for line in listed.splitlines() if line.startswith("  2026")]
    assert [line.split()[:2] for line in days] == [
        ["2026-11-25", "suspend"],
        ["2026-12-05", "suspend"],
        ["2026-11-23", "notify"],
    ]
