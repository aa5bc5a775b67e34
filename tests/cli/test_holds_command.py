"""Holds through whole nights: what they stop, what lets go of them, and what people are told."""

import csv
import json
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from tests.cli.conftest import Ran

from lapse.cli import main

Lapse = Callable[[str], Ran]

EXPORT = """\
subscription_id,customer_id,market,status,past_due_since,debt,currency
S-10,C-10,NO,active,2026-11-01,100,NOK
S-20,C-20,NO,active,2026-11-01,100,NOK
"""
HOLD = "subscription_id,customer_id,hold_until,reason\n"
BEFORE, DAY = "2026-11-10", "2026-11-14"
FIRST_LINE = (
    "1 hold names nobody in the exports and may be anybody's: correct it, or say that it is"
)


@pytest.fixture
def nights(lapse: Lapse, workplace: Path) -> Iterator[Path]:
    """A night before the one judged, on which both were reminded and are due to be suspended."""
    (workplace / "export.csv").write_text(EXPORT, encoding="utf-8")
    assert lapse(f"run export.csv --as-of {BEFORE}").code == 0
    yield workplace
    shutil.rmtree(workplace / "runs")


def suspended(workplace: Path, folder: str = DAY) -> list[str]:
    return [row["subscription_id"] for row in table(workplace, "actions", folder)]


def table(workplace: Path, name: str, folder: str = DAY) -> list[dict[str, str]]:
    with (workplace / "runs" / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hold(workplace: Path, *rows: str) -> None:
    (workplace / "holds.csv").write_text(HOLD + "".join(f"{r}\n" for r in rows), encoding="utf-8")


RUN = f"run export.csv --holds holds.csv --as-of {DAY} --show 0"


def test_a_hold_with_a_typing_error_stops_all_harm_and_is_the_first_line(
    lapse: Lapse, nights: Path
) -> None:
    hold(nights, "S-11,,2026-12-31,plan")
    ran = lapse(RUN)
    assert (ran.code, suspended(nights)) == (0, [])
    assert ran.out.splitlines()[0] == f"{FIRST_LINE} nobody's: --ignore-hold S-11"
    assert "holds.csv:1:1: warning[unplaced-hold]" in ran.err
    held = table(nights, "held")
    assert {(row["subscription_id"], row["missing"]) for row in held} == {
        ("S-10", "hold_until"),
        ("S-20", "hold_until"),
    }
    told = json.loads((nights / "runs" / DAY / "run.json").read_text("utf-8"))["joining"]
    assert told["unplaced_holds"] == [
        {"rows": 1, "ids": ["S-11"], "ignore": ["--ignore-hold S-11"], "input": "holds.csv"}
    ]
    assert told["unmatched"] == [{"gives": "holds", "rows": 1}]


def test_the_option_that_the_first_line_names_lets_the_night_go_on(
    lapse: Lapse, nights: Path
) -> None:
    hold(nights, "S-11,,2026-12-31,plan", "S-20,,2026-12-31,plan", ",,2026-12-31,whose?")
    ran = lapse(RUN)
    options = ran.out.splitlines()[0].rpartition("nobody's: ")[2]
    assert options == "--ignore-hold S-11 --ignore-hold holds.csv:3"
    assert suspended(nights) == []
    assert lapse(f"{RUN} {options}").code == 4
    ran = lapse(f"{RUN} --again {options}")
    assert (suspended(nights, f"{DAY}.2"), ran.code) == (["S-10"], 1)
    assert "may be anybody's" not in ran.out + ran.err


@pytest.mark.parametrize("named", ["-x", "$(rm -rf /)", "a b;c", "it's", "--out=/"])
def test_the_option_is_safe_to_paste_whatever_the_id(
    named: str, lapse: Lapse, nights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hold(nights, f"{named},,2026-12-31,plan")
    options = lapse(RUN).out.splitlines()[0].rpartition("nobody's: ")[2]
    assert main([*RUN.split(), "--again", *shlex.split(options)]) == 0
    assert "may be anybody's" not in capsys.readouterr().out
    assert suspended(nights, f"{DAY}.2") == ["S-10", "S-20"]


def test_what_names_nobody_stands_in_an_output_of_its_own(lapse: Lapse, nights: Path) -> None:
    hold(nights, "s-20,C-20,2026-12-31,plan", "S-20,,2026-12-31,plan")
    (nights / "invoices.csv").write_text(
        "invoice_id,subscription_id,customer_id,due_date,balance,currency,status\n"
        "=1+1,,C-99,2026-11-01,12.5,NOK,open\nI-2,S-10,,2026-11-01,100,NOK,open\n",
        encoding="utf-8",
    )
    ran = lapse(f"{RUN} --invoices invoices.csv")
    assert "1 of the invoices names nobody in the exports, see `unmatched`" in ran.out
    assert "1 of the holds names nobody in the exports, see `unmatched`" in ran.out
    assert sorted(map(tuple, (row.values() for row in table(nights, "unmatched")))) == [
        ("holds.csv", "1", "holds", "s-20", "C-20", "", "2026-12-31", "", "", "S-20"),
        ("invoices.csv", "1", "invoices", "", "C-99", "'=1+1", "2026-11-01", "12.5000", "NOK", ""),
    ]
    assert {tuple(row.values()) for row in table(nights, "holds")} == {
        ("subscription", "S-20", "S-20"),
        ("subscription", "s-20", ""),
    }


def test_contradictions_are_told_and_what_they_left_open_is_named(
    lapse: Lapse, nights: Path
) -> None:
    (nights / "invoices.csv").write_text(
        "subscription_id,customer_id,due_date,balance,currency,status\n"
        "S-10,C-20,2026-11-01,100,NOK,open\n",
        encoding="utf-8",
    )
    ran = lapse(f"run export.csv --invoices invoices.csv --as-of {DAY} --show 0")
    text = " ".join(ran.out.split())
    assert (
        "1 of the invoices in the name of a customer who is not the subscription's, such as S-10"
        in text
    )
    missing = {row["subscription_id"]: row["missing"] for row in table(nights, "undetermined")}
    assert missing == {"S-10": "past_due_since", "S-20": "past_due_since"}
    told = json.loads((nights / "runs" / DAY / "run.json").read_text("utf-8"))["joining"]
    assert told["doubts"] == [
        {"gives": "invoices", "kind": "other-customer", "rows": 1, "example": "S-10"}
    ]


@pytest.mark.parametrize("named", ["S-20,", ",C-20"])
def test_a_hold_whose_subscription_has_left_freezes_nobody(
    named: str, lapse: Lapse, nights: Path
) -> None:
    """The night before gave `S-20` an order, which is enough to know it and its customer."""
    hold(nights, f"{named},2026-12-31,plan")
    (nights / "export.csv").write_text(EXPORT.rpartition("S-20")[0], encoding="utf-8")
    ran = lapse(RUN)
    assert (ran.code, suspended(nights)) == (0, ["S-10"])
    assert "may be anybody's" not in ran.out + ran.err


def test_a_hold_that_once_named_somebody_is_remembered_through_every_night(
    lapse: Lapse, nights: Path
) -> None:
    """`S-30` owes nothing and never gets an order: only its hold shows that it was there."""
    hold(nights, ",C-30,2026-12-31,plan")
    with_third = EXPORT + "S-30,C-30,NO,active,,0,NOK\n"
    (nights / "export.csv").write_text(with_third, encoding="utf-8")
    assert lapse("run export.csv --holds holds.csv --as-of 2026-11-11").code == 0
    (nights / "export.csv").write_text(EXPORT, encoding="utf-8")
    assert lapse("run export.csv --holds holds.csv --as-of 2026-11-12 --to jsonl").code == 0
    kept = (nights / "runs" / "2026-11-12" / "holds.jsonl").read_text("utf-8")
    assert json.loads(kept) == {"owner": "customer", "id": "C-30", "subscription_id": "S-30"}
    shutil.rmtree(nights / "runs" / "2026-11-11")
    assert "may be anybody's" not in lapse(RUN).out
    assert suspended(nights) == ["S-10", "S-20"]


def test_folders_from_before_holds_were_kept_are_history_still(lapse: Lapse, nights: Path) -> None:
    account = nights / "runs" / BEFORE / "run.json"
    content = json.loads(account.read_text("utf-8"))
    for name in ("holds", "unmatched"):
        del content["outputs"][name]
        (account.parent / f"{name}.csv").unlink()
    for name in ("doubts", "unplaced_holds"):
        del content["joining"][name]
    account.write_text(json.dumps(content), encoding="utf-8")
    assert lapse(f"run export.csv --as-of {BEFORE}").code == 0
    hold(nights, "S-11,,2026-12-31,plan")
    assert lapse(RUN).code == 0
    assert suspended(nights) == []


def test_a_changed_folder_is_refused_where_it_is_asked(lapse: Lapse, nights: Path) -> None:
    hold(nights, "S-11,,2026-12-31,plan")
    with (nights / "runs" / BEFORE / "actions.csv").open("a", encoding="utf-8") as file:
        file.write("more\n")
    ran = lapse(RUN)
    assert ran.code == 3
    assert "was changed after it was written" in ran.err


@pytest.mark.parametrize(
    "command",
    [
        f"forecast export.csv --as-of {DAY} --until 2026-12-20",
        f"explain export.csv --as-of {DAY} --subscription S-10",
        f"what-if export.csv --as-of {DAY} --until 2026-12-20 --set grace_days=5 --where market=NO",
        f"run export.csv --as-of {DAY} --preview",
    ],
)
def test_every_command_reads_holds_alike_and_says_what_may_be_anybodys(
    command: str, lapse: Lapse, nights: Path
) -> None:
    hold(nights, "S-11,,2026-12-31,plan")
    assert "--ignore-hold S-11" in lapse(f"{command} --holds holds.csv").err
    assert lapse(f"{command} --holds holds.csv --ignore-hold S-11").err == ""


def test_a_forecast_foresees_no_suspension_under_a_hold_that_may_be_anybodys(
    lapse: Lapse, nights: Path
) -> None:
    hold(nights, "S-11,,2026-11-20,plan")
    line = f"forecast export.csv --holds holds.csv --as-of {DAY} --until 2026-12-20 --format csv"
    assert "suspend" not in lapse(line).out
    assert "suspend" in lapse(f"{line} --ignore-hold S-11").out


def test_ignoring_what_needs_none_is_a_warning(lapse: Lapse, nights: Path) -> None:
    hold(nights, "S-20,,2026-12-31,plan")
    ran = lapse(f"{RUN} --ignore-hold S-20")
    assert (ran.code, suspended(nights)) == (0, ["S-10"])
    assert "holds.csv:1:1: warning[needless-ignore]: `--ignore-hold S-20`" in ran.err


def broken(named: str, random: Random) -> str:
    """An id with one thing wrong with it."""
    place = random.randrange(len(named))
    match random.randrange(5):
        case 0:
            return named.swapcase()
        case 1:
            return f"{named[:place]} {named[place:]}"
        case 2:
            return named[:place] + random.choice("3456789") + named[place + 1 :]
        case 3:
            return named[:place]
        case _:
            return named[:place] + random.choice("\u200b\u00e9-x,'=") + named[place:]


@pytest.mark.parametrize("seed", range(24))
def test_no_way_to_break_an_id_adds_harm(seed: int, lapse: Lapse, nights: Path) -> None:
    """Against the honest file, under which `S-20` is not suspended."""
    random = Random(seed)  # noqa: S311  no secret
    cells = ["S-20", "C-20"]
    kept = random.choice([(0,), (1,), (0, 1)])
    written = [cell if place in kept else "" for place, cell in enumerate(cells)]
    for place in random.sample(kept, random.randint(1, len(kept))):
        written[place] = broken(written[place], random)
    hold(nights, f"{written[0]},{written[1]},2026-12-31,plan")
    lapse(RUN)
    assert "S-20" not in suspended(nights), written
