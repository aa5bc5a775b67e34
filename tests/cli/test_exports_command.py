"""A partner's first hour: real exports with invoices and holds, in one command, and its mistakes.

`fixtures/exports/README.md` says what each file shows.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any, Protocol

import pytest
from tests.cli.conftest import BASE, CATALOGUE, Ran

from lapse.cli import main

ROOT = Path(__file__).parents[2]
SUBSCRIPTIONS = (
    "subscriptions-page.json subscriptions-list.json subscriptions-one.json "
    "subscriptions-pages.json.gz"
)
REST = "--invoices invoices.csv --holds holds.csv"
EVERYTHING = f"run {SUBSCRIPTIONS} customers.csv {REST}"
SMALL = f"run subscriptions-page.json customers.csv {REST}"
LIST = "run subscriptions-list.json"


class Lapse(Protocol):
    def __call__(self, line: str, policies: Path = ...) -> Ran: ...


@pytest.fixture
def lapse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Lapse:
    """Runs `lapse …` in a copy of `fixtures/exports`, with the shipped policies."""
    copytree(ROOT / "fixtures" / "exports", tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")

    def call(line: str, policies: Path = ROOT / "policies") -> Ran:
        try:
            code = main(completed(line, policies).split())
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return call


def completed(line: str, policies: Path = ROOT / "policies") -> str:
    command = line.split(maxsplit=1)[0]
    options = f" --policies {policies}"
    options += "" if command == "profiles" else " --as-of 2026-11-23"
    return line + options + (" --out out" if command == "run" else "")


def written() -> dict[str, Any]:
    text = Path("out/2026-11-23/run.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def given(name: str = "actions") -> list[dict[str, str]]:
    path = Path("out/2026-11-23", f"{name}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def flat(text: str) -> str:
    """Text whose lines were broken to fit."""
    return " ".join(text.split())


def of(number: int) -> str:
    return f"5ab5{number:04d}-0000-4000-8000-{number:012d}"


def test_everything_a_partner_has_goes_into_one_command(lapse: Lapse) -> None:
    ran = lapse(EVERYTHING)
    assert (ran.code, ran.err) == (0, "")
    assert "28 rows read: 26 decided, 0 rejected, 2 not covered" in ran.out
    read = flat(ran.out)
    for told in (
        "subscriptions-one.json: 1 row of",
        "by the profile partner-center-subscriptions",
        "customers.csv: 10 rows of customers",
        "invoices.csv: 14 rows of invoices",
        "holds.csv: 2 rows of holds",
    ):
        assert told in read
    summary = ran.out.partition("28 rows read")[2].partition("\nflag ")[0]
    assert all(len(line) <= 80 for line in summary.splitlines())
    assert {row["action"] for row in given()} <= {"notify", "flag"}
    assert {row["subscription_id"] for row in given()} >= {of(6), of(1)}
    owed = {row["subscription_id"]: row["debt"] for row in given() if row["track"] == "dunning"}
    assert owed[of(1)] == "7171.8800"


def test_nobody_is_suspended_who_is_on_hold_by_name_or_by_customer(lapse: Lapse) -> None:
    lapse(EVERYTHING + " --assume vip=no --assume legal_hold=no")
    acted = {row["subscription_id"] for row in given() if row["action"] == "suspend"}
    held = {row["subscription_id"] for row in given("held") if "hold" in row["held_by"].split("; ")}
    assert held
    assert not acted & held


def test_the_folder_tells_what_was_read_and_counts_add_up(lapse: Lapse) -> None:
    lapse(f"run {SUBSCRIPTIONS} analytics.json customers.csv {REST}")
    told = written()
    counts, joining = told["counts"], told["joining"]
    assert counts["read"] == counts["decided"] + counts["rejected"] + counts["not_covered"]
    inputs = {each["name"]: (each["profile"], each["gives"]) for each in joining["inputs"]}
    assert inputs["subscriptions-page.json"] == ("partner-center-subscriptions", "subscriptions")
    assert inputs["analytics.json"] == ("analytics-subscriptions", "subscriptions")
    assert inputs["invoices.csv"] == ("canonical", "invoices")
    of_subscriptions = [each for each in joining["inputs"] if each["gives"] == "subscriptions"]
    assert sum(each["rows"] for each in of_subscriptions) >= counts["read"]
    assert {"fact": "disputed", "value": "no"}.items() <= joining["assumed"][0].items()


def test_differences_are_counted_and_say_who_is_right(lapse: Lapse) -> None:
    ran = lapse(f"run {SUBSCRIPTIONS} nce-reconciliation.csv")
    (conflict,) = written()["joining"]["conflicts"]
    assert conflict == {
        "fact": "seats",
        "subscriptions": 1,
        "example": of(3),
        "first": "partner-center-subscriptions",
    }
    assert f"seats: 1 subscription with different values, such as {of(3)}" in flat(ran.out)


def test_the_same_day_with_the_same_inputs_is_left_as_it_is(lapse: Lapse) -> None:
    lapse(SMALL)
    before = Path("out/2026-11-23/run.json").read_bytes()
    ran = lapse(f"run customers.csv subscriptions-page.json {REST}")
    assert (ran.code, ran.err) == (0, "")
    assert "was there already, and is the same" in ran.out
    assert Path("out/2026-11-23/run.json").read_bytes() == before


@pytest.mark.parametrize("name", ["invoices.csv", "holds.csv"])
def test_the_same_day_with_anything_changed_is_refused(name: str, lapse: Lapse) -> None:
    lapse(SMALL)
    path = Path(name)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    ran = lapse(SMALL)
    assert ran.code == 4
    assert "`out/2026-11-23` was made with other inputs" in ran.err
    assert "--again" in ran.err


def test_a_profile_of_ones_own_is_given_by_its_file(lapse: Lapse) -> None:
    ran = lapse(LIST + " --invoices ledger.csv --profile my-ledger.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert "by the profile my-ledger" in flat(ran.out)
    own = written()["money"]
    Path("out").rename("other")
    lapse(LIST + " --invoices invoices.csv")
    assert written()["money"] == own


def test_a_profile_may_be_named_for_one_file(lapse: Lapse) -> None:
    ran = lapse(LIST + " --invoices ledger.csv --profile ledger.csv=my-ledger.yaml")
    assert (ran.code, ran.err) == (0, "")
    Path("out").rename("other")
    ran = lapse(LIST + " --profile subscriptions-list.json=partner-center-subscriptions")
    assert (ran.code, ran.err) == (0, "")


REFUSALS = {
    "run invoices.csv": (
        "invoices.csv:1:1: error[wrong-kind]: is a list of invoices",
        "give it as `--invoices invoices.csv`",
    ),
    "run holds.csv subscriptions-list.json": (
        "holds.csv:1:1: error[wrong-kind]: is a list of holds",
        "give it as `--holds holds.csv`",
    ),
    f"{LIST} --invoices subscriptions-page.json": (
        "is a list of subscriptions (profile `partner-center-subscriptions`), not of invoices",
        "give it without an option",
    ),
    f"{LIST} --invoices customers.csv": (
        "is a list of customers, not of invoices",
        "give it without an option",
    ),
    f"{LIST} --invoices holds.csv": (
        "is a list of holds, not of invoices",
        "give it as `--holds holds.csv`",
    ),
    f"{LIST} --holds invoices.csv": (
        "is a list of invoices, not of holds",
        "give it as `--invoices invoices.csv`",
    ),
    "run customers.csv": (
        "is a list of customers; no input lists subscriptions",
        "name an export of them, too",
    ),
    f"{LIST} --invoices microsofts-invoices.json": (
        "Microsoft's invoices to you",
        "the open items of your own accounting",
    ),
    "run odd.csv": (
        "odd.csv:1:1: error[missing-column]: has no column `subscription_id`, and no profile fits",
        "`lapse profiles` lists what is recognised; for other files write a profile",
    ),
    "run near.csv": (
        "has no column `subscription_id`",
        "for the profile `portal-subscriptions` it lacks the column `Reseller`",
    ),
    f"{LIST} --profile portal-subscription": (
        "there is no profile `portal-subscription`",
        "did you mean `portal-subscriptions`?",
    ),
    f"{LIST} --profile subscription-list.json=portal-subscriptions": (
        "is named in `--profile subscription-list.json=portal-subscriptions`, but is not read",
        "did you mean `subscriptions-list.json`?",
    ),
    f"{LIST} --profile subscriptions-list.json=canonical": (
        "has no column `subscription_id`",
        "the profile `partner-center-subscriptions` reads it, without `--profile`",
    ),
    f"{LIST} --profile nowhere.yaml": ("--profile", "there is no file `nowhere.yaml`"),
}


@pytest.mark.parametrize("line", REFUSALS)
def test_a_mistake_is_refused_with_what_would_have_worked(line: str, lapse: Lapse) -> None:
    Path("odd.csv").write_text("foo,bar\n1,2\n", encoding="utf-8")
    near = "Subscription ID,Subscription,Quantity,Status\n1,Mail,2,Active\n"
    Path("near.csv").write_text(near, encoding="utf-8")
    Path("own").mkdir()
    Path("own/catalogue.yaml").write_text(CATALOGUE, encoding="utf-8")
    Path("own/base.yaml").write_text(BASE, encoding="utf-8")
    ran = lapse(line, Path("own"))
    assert ran.code == 3
    assert ran.out == ""
    what, help_ = REFUSALS[line]
    assert what in ran.err
    assert help_ in ran.err
    assert not Path("out/2026-11-23").exists()


def test_the_thin_file_of_the_portal_settles_no_deadline_and_says_what_it_lacks(
    lapse: Lapse,
) -> None:
    ran = lapse("run portal-subscriptions.csv")
    assert (ran.code, ran.err) == (0, "")
    assert "4 rows read: 4 decided, 0 rejected" in ran.out
    assert given() == given("provider") == []
    missing = {each["fact"]: each for each in written()["missing_facts"]}
    assert missing["program"]["subscriptions"] == 4
    assert "--assume program=legacy|nce|azure|other" in flat(ran.out)
    ran = lapse("run portal-subscriptions.csv --again --assume program=nce --assume market=NO")
    told = flat(ran.out).partition("Not known in any input")[2]
    for fact in ("term_end", "auto_renew", "past_due_since"):
        assert f"{fact}: " in told


def test_a_thin_file_is_explained_in_words(lapse: Lapse) -> None:
    ran = lapse(f"explain portal-subscriptions.csv --subscription {of(3)}")
    assert (ran.code, ran.err) == (0, "")
    assert "unknown" in ran.out
    told = flat(lapse("profiles portal-subscriptions").out)
    assert "no dates here, so no deadline" in told
    assert "days_until_term_end" in told


def test_explain_shows_the_invoices_that_count(lapse: Lapse) -> None:
    line = EVERYTHING.replace("run", "explain", 1)
    ran = lapse(f"{line} --subscription {of(1)}")
    assert (ran.code, ran.err) == (0, "")
    assert "I-1001, due 2026-11-08: 7171.88 NOK left" in flat(ran.out)
    assert "I-1002" not in ran.out


def test_a_rejected_invoice_is_told_and_its_debtor_is_not_suspended(lapse: Lapse) -> None:
    path = Path("invoices.csv")
    text = path.read_text(encoding="utf-8").replace("2026-11-08,7171.88", "2026-11-38,7171.88")
    path.write_text(text, encoding="utf-8")
    ran = lapse(EVERYTHING)
    assert ran.code == 1
    assert "invoices.csv: 14 rows of invoices; 1 rejected" in flat(ran.out)
    (row,) = given("rejected")
    assert (row["input"], row["row"], row["code"]) == ("invoices.csv", "1", "bad-date")
    assert (row["column"], row["found"]) == ("due_date", "2026-11-38")
    assert not [each for each in given() if each["subscription_id"] == of(1)]
    assert written()["counts"]["read"] == 28


def test_a_reader_that_goes_away_is_no_trouble(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "lapse", *completed(EVERYTHING).split()]
    run[-1] = str(tmp_path / "out")
    with subprocess.Popen(
        run, cwd=ROOT / "fixtures" / "exports", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == b""
    assert tmp_path.joinpath("out/2026-11-23/run.json").exists()
