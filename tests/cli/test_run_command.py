"""`lapse run` as its operator meets it: results, exit codes, and nothing half-written."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Ran

Lapse = Callable[[str], Ran]
RUN = "run export.csv --as-of 2026-11-23 --out out"


def given(folder: str, name: str = "actions") -> list[dict[str, str]]:
    with Path("out", folder, f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_actions_carry_their_reason_and_source(lapse: Lapse) -> None:
    ran = lapse(RUN)
    assert ran.code == 0, ran.err
    rows = {row["subscription_id"]: row for row in given("2026-11-23")}
    assert rows["A"]["action_id"] == "A:remind@7:2026-11-10"
    assert rows["A"]["because"] == "13 days past due"
    assert rows["A"]["source"] == "policies/base.yaml:5"
    assert rows["B"]["action_id"] == "B:remind@1:2026-11-20"
    assert "13 days past due" in ran.out
    assert "written to out/2026-11-23" in ran.out


def test_too_little_memory_is_told_with_the_option_that_allows_more(lapse: Lapse) -> None:
    ran = lapse(f"{RUN} --memory-limit 1MB")
    assert ran.code == 3
    assert "this takes more than the 1MB of memory allowed: " in ran.err
    assert "; `--memory-limit` allows more for the rows" in ran.err
    assert not list(Path("out").glob("2026*"))


def test_held_rows_name_what_holds_them_and_until_when(lapse: Lapse) -> None:
    lapse(RUN)
    held = {row["subscription_id"]: row for row in given("2026-11-23", "held")}
    assert held["A"]["held_by"] == "after"
    assert "C" not in held  # its market is unknown, so its grace is: 10 or 14 days
    undetermined = given("2026-11-23", "undetermined")
    assert {(row["subscription_id"], row["rule"], row["missing"]) for row in undetermined} == {
        ("C", "suspend", "market")
    }


def test_the_next_night_goes_on_where_the_last_one_ended(lapse: Lapse) -> None:
    lapse(RUN)
    ran = lapse("run export.csv --as-of 2026-11-25 --out out")
    assert ran.code == 0, ran.err
    assert [row["action_id"] for row in given("2026-11-25")] == ["A:suspend:2026-11-10"]


def test_the_same_day_with_the_same_inputs_is_left_as_it_is(lapse: Lapse) -> None:
    lapse(RUN)
    before = Path("out/2026-11-23/actions.csv").stat().st_mtime_ns
    ran = lapse(RUN)
    assert ran.code == 0
    assert "was there already" in ran.out
    assert Path("out/2026-11-23/actions.csv").stat().st_mtime_ns == before


def test_the_same_day_with_another_export_is_refused(lapse: Lapse) -> None:
    lapse(RUN)
    export = Path("export.csv")
    export.write_text(export.read_text().replace("100.00", "200.00"), encoding="utf-8")
    ran = lapse(RUN)
    assert ran.code == 4
    assert "--again" in ran.err
    again = lapse(RUN + " --again")
    assert again.code == 0
    assert given("2026-11-23.2") == []


def test_a_crossed_limit_publishes_nothing(lapse: Lapse) -> None:
    rows = "".join(f"X{n},C9,NO,active,2026-11-01,2026-01-01,5.00,NOK\n" for n in range(3))
    Path("export.csv").write_text(
        "subscription_id,customer_id,market,status,past_due_since,hold_until,debt,currency\n"
        + rows,
        encoding="utf-8",
    )
    assert lapse(RUN.replace("11-23", "11-20")).code == 0  # reminders only
    ran = lapse(RUN)
    assert ran.code == 4
    assert "suspend" in ran.err
    assert not Path("out/2026-11-23").exists()
    assert lapse(RUN + " --over-limit").code == 0
    assert len(given("2026-11-23")) == 3


def test_a_preview_shows_and_writes_nothing(lapse: Lapse) -> None:
    ran = lapse(RUN + " --preview")
    assert ran.code == 0
    assert "notify A: remind@7" in ran.out
    assert not Path("out").exists()


def test_rejected_rows_are_located_and_the_rest_is_decided(lapse: Lapse) -> None:
    with Path("export.csv").open("a", encoding="utf-8") as file:
        file.write("E,C4,NO,active,2026-13-01,,,\n")
    ran = lapse(RUN)
    assert ran.code == 1
    (row,) = given("2026-11-23", "rejected")
    assert (row["subscription_id"], row["code"], row["column"], row["found"]) == (
        "E",
        "bad-date",
        "past_due_since",
        "2026-13-01",
    )
    counts = json.loads(Path("out/2026-11-23/run.json").read_text())["counts"]
    assert counts["read"] == counts["decided"] + counts["rejected"] + counts["not_covered"] == 5


def test_a_wrong_policy_decides_nothing_and_is_shown(lapse: Lapse) -> None:
    layer = Path("policies/norway.yaml")
    layer.write_text(layer.read_text().replace("grace_days", "grace_day"), encoding="utf-8")
    ran = lapse(RUN)
    assert ran.code == 3
    assert "policies/norway.yaml:4:9: error[unknown-term]" in ran.err
    assert "did you mean `grace_days`?" in ran.err
    assert not Path("out").exists()


def test_a_missing_export_is_said_plainly(lapse: Lapse) -> None:
    ran = lapse("run nowhere.csv --as-of 2026-11-23 --out out")
    assert ran.code == 3
    assert "nowhere.csv" in ran.err
    assert "Traceback" not in ran.err


def test_a_fact_without_a_column_is_listed_once_with_its_assumption(lapse: Lapse) -> None:
    Path("export.csv").write_text(
        "subscription_id,market,status,past_due_since\nA,NO,active,2026-11-01\n", encoding="utf-8"
    )
    lapse(RUN.replace("11-23", "11-12"))
    ran = lapse(RUN)
    assert "--assume hold_until=none" in ran.out
    (held,) = given("2026-11-23", "held")
    assert (held["held_by"], held["missing"]) == ("hold", "hold_until")
    ran = lapse(RUN + " --again --assume hold_until=none")
    assert [row["action"] for row in given("2026-11-23.2")] == ["suspend"], ran.err


def test_an_unknown_assumption_is_taught(lapse: Lapse) -> None:
    ran = lapse(RUN + " --assume hold_untill=none")
    assert ran.code == 3
    assert "did you mean `hold_until`?" in ran.err


@pytest.mark.parametrize("said", ["debt=100", "past_due_since=2026-11-01", "unpaid_invoices=1"])
def test_who_owes_cannot_be_assumed(lapse: Lapse, said: str) -> None:
    ran = lapse(f"{RUN} --assume {said}")
    assert ran.code == 2
    assert f"`{said.partition('=')[0]}` can only be assumed 0 or none: who owes is told" in ran.err
    assert not Path("out").exists()


@pytest.mark.parametrize(
    "said", ["debt=0", "debt=none", "past_due_since=none", "unpaid_invoices=0", "debt=unknown"]
)
def test_that_nobody_owes_can_be_assumed(lapse: Lapse, said: str) -> None:
    assert lapse(f"{RUN} --preview --assume {said}").code == 0


GUARDS = "guards: {subscriptions_missing: 5 %, ahead_of_clock: 1}\n"


def test_a_guard_stops_the_run_and_despite_lifts_just_that_one(lapse: Lapse) -> None:
    with Path("policies/catalogue.yaml").open("a", encoding="utf-8") as file:
        file.write(GUARDS)
    assert lapse(RUN).code == 0
    export = Path("export.csv")
    export.write_text("\n".join(export.read_text().splitlines()[:3]) + "\n", encoding="utf-8")
    run = RUN.replace("11-23", "11-24")
    ran = lapse(run)
    assert (ran.code, ran.out) == (4, "")
    assert "  subscriptions_missing: 2 subscriptions, 4 on 2026-11-23; missing" in ran.err
    assert "--despite subscriptions_missing" in ran.err
    assert not Path("out/2026-11-24").exists()
    shown = lapse(f"{run} --preview")
    assert shown.code == 0
    assert "a run would publish nothing:\n  subscriptions_missing: 2 " in shown.out
    assert json.loads(lapse(f"{run} --preview --format json").out)["stops"][0]["lifted_by"]
    lifted = lapse(f"{run} --despite subscriptions_missing")
    assert lifted.code == 0
    assert "Let through\n  subscriptions_missing: 2 subscriptions, 4 on" in lifted.out


def test_a_guard_that_is_none_is_taught(lapse: Lapse) -> None:
    ran = lapse(f"{RUN} --despite ahead_of_clok")
    assert ran.code == 2
    assert "there is no guard `ahead_of_clok`; did you mean `ahead_of_clock`?" in ran.err


def test_a_day_that_has_not_come_is_ahead_of_the_clock(lapse: Lapse) -> None:
    with Path("policies/catalogue.yaml").open("a", encoding="utf-8") as file:
        file.write(GUARDS)
    run = "run export.csv --as-of 2999-01-01 --out out"
    ran = lapse(run)
    assert ran.code == 4
    assert "  ahead_of_clock: 2999-01-01 is " in ran.err
    assert lapse(f"{run} --despite ahead_of_clock --over-limit").code == 0


def test_a_day_before_the_newest_runs_is_refused(lapse: Lapse) -> None:
    lapse(RUN)
    ran = lapse(RUN.replace("11-23", "11-20") + " --over-limit --again")
    assert ran.code == 4
    assert "2026-11-20 is before the newest run, `out/2026-11-23`" in ran.err
    shown = lapse(RUN.replace("11-23", "11-20") + " --preview")
    assert shown.code == 0
    assert "2026-11-20 is before the newest run" in shown.out


def test_json_tells_the_same_counts(lapse: Lapse) -> None:
    told = json.loads(lapse(RUN + " --format json").out)
    assert (told["ending"], told["read"], told["actions"]) == ("published", 4, 3)


def test_the_reference_writes_what_durable_writes(lapse: Lapse) -> None:
    lapse(RUN + " --sort")
    lapse(RUN.replace("--out out", "--out other") + " --sort --executor reference")
    for name in ("actions", "held", "undetermined", "provider", "customers"):
        one, other = (Path(out, "2026-11-23", f"{name}.csv") for out in ("out", "other"))
        assert one.read_text() == other.read_text()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_stopped_leaves_nothing_half_written(
    workplace: Path, sent: signal.Signals
) -> None:
    with Path("export.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"N{n},C1,NO,active,2026-11-10,,100.00,NOK\n" for n in range(50_000))
    line = [sys.executable, "-m", "lapse", *RUN.split()]
    with subprocess.Popen(line, cwd=workplace, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 60
        while not list(Path().glob("out/.*.partial/actions.csv")) and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(sent)
        err = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert err == "\nlapse: interrupted; nothing half-written was left\n"
    assert not Path("out").exists()
