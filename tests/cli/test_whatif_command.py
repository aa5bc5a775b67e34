"""`lapse what-if`: the answer, its forms, its gates, and the plan that a run carries out."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import BASE, EXPORT, NORWAY, Ran

Lapse = Callable[[str], Ran]
ASK = "what-if export.csv --as-of 2026-11-23 --until 2027-01-31 --out out"


@pytest.fixture
def other(workplace: Path) -> Path:
    """Policies under which Norway has 20 days of grace in place of 10."""
    shutil.copytree(workplace / "policies", workplace / "other")
    (workplace / "other/norway.yaml").write_text(NORWAY.replace("10", "20"), encoding="utf-8")
    return workplace / "other"


def asked(lapse: Lapse, more: str, code: int = 0) -> str:
    ran = lapse(f"{ASK} {more}")
    assert ran.code == code, ran.err
    return ran.out


@pytest.mark.usefixtures("other")
def test_the_first_sentence_answers(lapse: Lapse) -> None:
    text = asked(lapse, "--against other")
    assert text.splitlines()[0] == (
        "1 customer is suspended later, and nobody sooner; 100 NOK of debt gets more"
    )
    assert (
        "grace_days of Norway: 10 -> 20\n    policies/norway.yaml:4 -> other/norway.yaml:4" in text
    )
    assert "A (C1)\n    suspend 2026-12-01, 6 days later than 2026-11-25\n    100 NOK owed" in text
    assert max(len(line) for line in text.splitlines()) <= 80


@pytest.mark.usefixtures("other")
def test_json_holds_every_change_with_both_dates_money_and_cause(lapse: Lapse) -> None:
    found = json.loads(asked(lapse, "--against other --format json"))
    assert found["compared"] == 4
    moved = [change for change in found["changes"] if change["kind"] != "kept"]
    assert [(c["subscription_id"], c["kind"], c["days"], c["direction"]) for c in moved] == [
        ("A", "later", 6, "gentler")
    ]
    assert (moved[0]["old"]["day"], moved[0]["new"]["day"]) == ("2026-11-25", "2026-12-01")
    assert moved[0]["new"]["debt"] == "100.0000 NOK"
    (cause,) = moved[0]["causes"]
    assert cause["old"] == {"text": "10", "at": "policies/norway.yaml:4"}
    assert cause["new"] == {"text": "20", "at": "other/norway.yaml:4"}
    markets = [t for t in found["totals"] if t["by"] == "market"]
    assert [(t["value"], t["direction"], t["subscriptions"]) for t in markets] == [
        ("NO", "gentler", 1)
    ]


@pytest.mark.usefixtures("other")
def test_csv_and_markdown(lapse: Lapse) -> None:
    (row,) = csv.DictReader(io.StringIO(asked(lapse, "--against other --format csv")))
    assert (row["kind"], row["old_day"], row["new_day"]) == ("later", "2026-11-25", "2026-12-01")
    markdown = asked(lapse, "--against other --format markdown")
    assert markdown.startswith("**1 customer is suspended later, and nobody sooner;")
    assert "| suspend | - | 1 | - | - | - | 1 |" in markdown


@pytest.mark.usefixtures("other")
def test_names_cannot_write_markdown(lapse: Lapse) -> None:
    text = Path("export.csv").read_text(encoding="utf-8").replace("A,C1", "A,[x](http://e.vil)|@al")
    Path("export.csv").write_text(text, encoding="utf-8")
    markdown = asked(lapse, "--against other --format markdown")
    assert "\\[x\\](http\\://e.vil)\\|@\u200bal" in markdown


@pytest.mark.usefixtures("other")
def test_text_fits_a_terminal_whatever_names_and_amounts_are(lapse: Lapse) -> None:
    text = EXPORT.replace("A,C1", "A,\x1b[31m" + "Å" * 90).replace("100.00", "99999999999999.99")
    Path("export.csv").write_text(text, encoding="utf-8")
    shown = asked(lapse, "--against other --show 99")
    assert "\x1b" not in shown
    assert "99,999,999,999,999.99 NOK owed" in shown
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_a_quick_question_is_asked_of_todays_policies(lapse: Lapse) -> None:
    found = json.loads(asked(lapse, "--set grace_days=20 --where market=NO --format json"))
    assert [c["days"] for c in found["changes"] if c["kind"] == "later"] == [6]
    assert Path("policies/norway.yaml").read_text(encoding="utf-8") == NORWAY


def test_what_a_quick_question_leaves_is_told(lapse: Lapse) -> None:
    ran = lapse(f"{ASK} --set grace_days=30")
    assert ran.err == (
        "`grace_days` is set for narrower scopes, which keep their value: policies/norway.yaml:4; "
        "--where reaches them\n"
    )


def test_a_sweep_is_a_table(lapse: Lapse) -> None:
    text = asked(lapse, "--sweep grace_days=13..15 --where market=SE")
    assert text.splitlines()[0].startswith(
        "Against today's grace_days of 14, 13 makes 1 worse off and 15 makes 1"
    )
    rows = [line.split() for line in text.splitlines() if re.match(r" +\d", line)]
    assert [row[0] for row in rows] == ["13", "14", "15"]
    steps = json.loads(asked(lapse, "--sweep grace_days=13..15 --where market=SE --format json"))
    assert [step["is_today"] for step in steps["steps"]] == [False, True, False]


def test_a_crossed_limit_is_named_and_gates(lapse: Lapse) -> None:
    worse = "--set grace_days=0 --where market=SE"
    asked(lapse, f"{worse} --limit suspend=1")
    ran = lapse(f"{ASK} {worse} --limit suspend=0 --limit debt.SEK=49.99 --limit debt.NOK=0")
    assert ran.code == 4
    assert ran.err == (
        "lapse: a limit is crossed: suspend=0: 1 are worse off by `suspend`; "
        "debt.SEK=49.99: 50.00 SEK of those worse off\n"
    )
    assert "Limits crossed" in ran.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--against policies --where market=NO", "--where goes with --set or --sweep"),
        ("--set grace_days=1 --save plan.json", "--save goes with --against"),
        ("--sweep grace_days=1..2 --limit delete=0", "--limit goes with --against or --set"),
        ("--sweep grace_days=1..2 --format csv", "a sweep is shown as text or json"),
        ("", "one of the arguments --against --set --sweep is required"),
        ("--set grace_days=1 --against other", "not allowed with argument"),
    ],
)
def test_what_does_not_go_together_is_misuse(lapse: Lapse, options: str, message: str) -> None:
    ran = lapse(f"{ASK} {options}")
    assert ran.code == 2
    assert message in ran.err


def test_wrong_policies_are_told_with_their_place(lapse: Lapse, other: Path) -> None:
    (other / "norway.yaml").write_text(NORWAY.replace("grace_days", "grace_day"), encoding="utf-8")
    ran = lapse(f"{ASK} --against other")
    assert ran.code == 3
    assert "other/norway.yaml:4:9: error[unknown-term]" in ran.err
    assert "the policies in `other` have errors" in ran.err


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_revision_is_compared_without_touching_the_work_tree(
    lapse: Lapse, workplace: Path
) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", *who, *words], cwd=workplace, check=True, capture_output=True)  # noqa: S607

    git("init", "-b", "main")
    git("add", "policies")
    git("commit", "-m", "today")
    (workplace / "policies/norway.yaml").write_text(NORWAY.replace("10", "20"), encoding="utf-8")
    text = asked(lapse, "--policies git:main --against policies")
    assert "main:policies/norway.yaml:4 -> policies/norway.yaml:4" in text
    back = asked(lapse, "--against git:main")
    assert back.startswith("1 customer is suspended sooner, within a week;")
    missing = lapse(f"{ASK} --against git:mian")
    assert (missing.code, missing.err) == (
        3,
        "lapse: there is no revision `mian`; did you mean `main`?\n",
    )


@pytest.mark.usefixtures("other")
def test_a_plan_is_carried_out_as_it_was_computed(lapse: Lapse) -> None:
    asked(lapse, "--against other --save plan.json")
    plan = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    assert plan["says"].startswith("1 customer is suspended later")
    assert Path("plan.json").stat().st_mode & 0o777 == 0o600
    ran = lapse("run export.csv --policies other --out out --plan plan.json")
    assert ran.code == 0, ran.err
    with Path("out/2026-11-23/actions.csv").open(encoding="utf-8", newline="") as file:
        assert sorted(row["action_id"] for row in csv.DictReader(file)) == plan["actions"]
    again = lapse("run export.csv --policies other --out out --plan plan.json")
    assert again.code == 0
    assert "was there already" in again.out


COMPARED = (
    "the policies are not what `plan.json` was computed from; these are those it was held against"
)
DAYS = (
    "the day judged is not what `plan.json` was computed from; it is for 2026-11-23, not 2026-11-24"
)
STALE = "is not what `plan.json` was computed from; make the plan anew and look at it"


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (
            "",
            "--policies policies",
            COMPARED,
        ),
        ("policies", "--policies other", f"the policies {STALE.replace('is', 'are', 1)}"),
        (
            "export",
            "--policies other",
            f"the exports, invoices or holds {STALE.replace('is', 'are', 1)}",
        ),
        ("history", "--policies other", f"the history {STALE}"),
        ("", "--policies other --as-of 2026-11-24", DAYS),
        ("", "--policies other --assume vip=no", f"what is assumed {STALE}"),
    ],
)
def test_a_stale_plan_is_refused_in_words(
    lapse: Lapse, change: str, line: str, message: str
) -> None:
    asked(lapse, "--against other --save plan.json --assume disputed=no")
    if change == "policies":
        Path("other/new.yaml").write_text("layer: New\n", encoding="utf-8")
    elif change == "export":
        Path("export.csv").write_text(EXPORT + "E,C9,SE,active,,,,\n", encoding="utf-8")
    elif change == "history":
        lapse("run export.csv --as-of 2026-11-20 --out out")
    assume = "" if "--assume" in line else "--assume disputed=no"
    ran = lapse(
        f"run export.csv --out out --plan plan.json {line} {assume}".replace("vip", "trial")
    )
    assert (ran.code, ran.err) == (4, f"lapse: nothing was published: {message}\n")
    assert not Path("out/2026-11-23").exists()
    assert not Path("out/2026-11-24").exists()


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"kind": "lapse plan"}', "\x00", "[" * 9000])
def test_what_is_no_plan_is_told(lapse: Lapse, content: str) -> None:
    Path("plan.json").write_text(content, encoding="utf-8")
    ran = lapse("run export.csv --out out --plan plan.json")
    assert ran.code == 3
    assert ran.err == ("lapse: `plan.json` is no plan; `lapse what-if … --save FILE` writes one\n")


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("other", "--save: `other` is a folder; name a file in it"),
        (".", "--save: `.` is a folder; name a file in it"),
        ("no/plan.json", "--save: there is no folder `no`; make it first"),
        ("export.csv", "--save: `export.csv` is there, and is no plan; name another file"),
        ("/dev/full", "--save: `/dev/full` is there, and is no plan; name another file"),
        ("link.json", "--save: `link.json` is there, and is no plan; name another file"),
    ],
)
def test_a_plan_is_written_over_nothing_but_a_plan(lapse: Lapse, target: str, message: str) -> None:
    Path("link.json").symlink_to("export.csv")
    ran = lapse(f"{ASK} --against other --save {target}")
    assert (ran.code, ran.err, ran.out) == (2, f"lapse: {message}\n", "")
    assert Path("export.csv").read_text(encoding="utf-8") == EXPORT


@pytest.mark.usefixtures("other")
def test_a_plan_is_written_over_a_plan(lapse: Lapse) -> None:
    asked(lapse, "--against other --save plan.json")
    asked(lapse, "--against policies --save plan.json")
    assert json.loads(Path("plan.json").read_text(encoding="utf-8"))["says"].startswith("Nothing")


def test_a_crossed_limit_writes_no_plan_and_says_so(lapse: Lapse, other: Path) -> None:
    (other / "norway.yaml").write_text(NORWAY.replace("10", "0"), encoding="utf-8")
    (other / "base.yaml").write_text(
        BASE.replace("grace_days: 14", "grace_days: 0"), encoding="utf-8"
    )
    ran = lapse(f"{ASK} --against other --limit suspend=0 --save plan.json")
    assert ran.code == 4
    assert ran.err.endswith("; no plan was written\n")
    assert not Path("plan.json").exists()


def test_rows_that_only_one_side_reads_are_not_compared(lapse: Lapse, other: Path) -> None:
    """Their export has a column that the other catalogue takes for a number."""
    catalogue = (other / "catalogue.yaml").read_text(encoding="utf-8")
    facts = catalogue.replace("terms:", "facts: {level: {type: count}}\nterms:", 1)
    (other / "catalogue.yaml").write_text(facts, encoding="utf-8")
    header, *lines = EXPORT.splitlines()
    levels = "\n".join(
        [f"{header},level", *(f"{line},{'x' * (n == 0)}" for n, line in enumerate(lines))]
    )
    Path("export.csv").write_text(levels + "\n", encoding="utf-8")
    ran = lapse(f"{ASK} --against other")
    assert ran.code == 1
    assert "1 row rejected under `other`, and not foreseen" in ran.err
    told = " ".join(ran.out.split())
    assert (
        "1 subscription is read under today's policies only, and rejected under the others: A"
        in told
    )
    found = json.loads(lapse(f"{ASK} --against other --format json").out)
    assert found["read_under_todays_only"] == ["A"]
    assert found["compared"] == 3
    assert {change["kind"] for change in found["changes"]} == {"later", "kept"} - {"later"}


def test_a_column_that_only_the_other_catalogue_knows_is_read_for_it(
    lapse: Lapse, other: Path
) -> None:
    """Blank for A, for whom a shorter grace counts; a high level keeps B from being suspended."""
    catalogue = (other / "catalogue.yaml").read_text(encoding="utf-8")
    facts = catalogue.replace("terms:", "facts: {level: {type: count, blank: none}}\nterms:", 1)
    (other / "catalogue.yaml").write_text(facts, encoding="utf-8")
    forbid = "\n  high: {when: {level: {gt: 5}}, forbid: suspend}\n"
    (other / "base.yaml").write_text(BASE + forbid, encoding="utf-8")
    header, *lines = EXPORT.splitlines()
    levels = ["", "9", "", ""]
    rows = [f"{line},{level}" for line, level in zip(lines, levels, strict=True)]
    Path("export.csv").write_text("\n".join([f"{header},level", *rows]), encoding="utf-8")
    found = json.loads(asked(lapse, "--against other --format json"))
    causes = {
        change["subscription_id"]: [edit["name"] for edit in change["causes"]]
        for change in found["changes"]
        if change["kind"] != "kept"
    }
    assert causes == {"A": ["grace_days"], "B": ["high"]}


def test_a_scope_with_nobody_in_it_is_told(lapse: Lapse) -> None:
    ran = lapse(f"{ASK} --set grace_days=3 --where market=DK")
    assert ran.code == 0
    assert "no subscription compared is in the scope market=DK\n" in ran.err


def test_names_that_an_output_cannot_show_are_escaped(workplace: Path) -> None:
    text = EXPORT.replace("A,C1", "A,Bjørk")
    (workplace / "export.csv").write_text(text, encoding="utf-8")
    line = f"{ASK} --set grace_days=30 --where market=NO".split()
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run(
        [sys.executable, "-m", "lapse", *line],
        cwd=workplace,
        capture_output=True,
        env=environment,
        check=True,
    )
    assert b"A (Bj\\xf8rk)" in ran.stdout


def test_closed_outputs_are_no_bug(workplace: Path) -> None:
    line = f"{sys.executable} -m lapse {ASK} --set grace_days=30 --where market=NO"
    for closed in (">&-", "2>&-"):
        ran = subprocess.run(["sh", "-c", f"{line} {closed}"], cwd=workplace, check=False)  # noqa: S607
        assert ran.returncode == 0
