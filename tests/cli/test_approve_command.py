"""`lapse history approve`: what a run put into `to_approve` goes out with the next."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import CATALOGUE, Ran

from lapse.cli import history

Lapse = Callable[[str], Ran]
ID = "A:suspend:2026-11-10"


@pytest.fixture
def asking(lapse: Lapse) -> Lapse:
    """Suspending waits for approval, and a run has asked for it."""
    catalogue = CATALOGUE.replace("{harm: access,", "{harm: access, approval: yes,")
    Path("policies/catalogue.yaml").write_text(catalogue, encoding="utf-8")
    lapse("run export.csv --as-of 2026-11-17")
    told = lapse("run export.csv --as-of 2026-11-24")
    assert told.code == 0, told.err
    assert "1 order waits in `to_approve`" in told.out
    return lapse


def test_to_approve_is_handed_in_as_it_is(asking: Lapse) -> None:
    told = asking("history approve runs/2026-11-24/to_approve.csv --by kari")
    assert (told.code, told.out) == (0, "1 order approved; the next run may give it\n")
    assert "kari" in Path("runs/receipts/000001.approved.jsonl").read_text("utf-8")
    asking("run export.csv --as-of 2026-11-25")
    assert ID in Path("runs/2026-11-25/actions.csv").read_text("utf-8")


def test_explain_tells_what_waits_and_what_is_approved(asking: Lapse) -> None:
    ask = "explain export.csv --subscription A --as-of 2026-11-25"
    told = asking(ask).out
    assert "nobody has approved it yet (approval)" in told
    assert "  2026-11-25  suspend: suspend\n" in told.split("Next, if nothing changes")[1]
    asking("history approve runs/2026-11-24/to_approve.csv --by kari")
    assert "nobody has approved it yet" not in asking(ask).out


def test_an_id_that_was_not_asked_for_is_a_located_problem(asking: Lapse) -> None:
    Path("leave.csv").write_text("action_id\nA:suspend:2026-11-11\n", encoding="utf-8")
    told = asking("history approve leave.csv --by kari")
    assert told.code == 1
    assert "leave.csv:2:1: error[not-asked-for]: no run put `A:suspend:2026-11-11`" in told.err
    assert not Path("runs/receipts").exists()


def test_who_is_logged_in_approves_unless_told(
    asking: Lapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ola")
    told = asking("history approve runs/2026-11-24/to_approve.csv --format json")
    assert json.loads(told.out) == {"approved": 1}
    assert "ola" in Path("runs/receipts/000001.approved.jsonl").read_text("utf-8")

    def nobody() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(history, "getuser", nobody)
    told = asking("history approve runs/2026-11-24/to_approve.csv")
    assert (told.code, "say it with `--by NAME`" in told.err) == (2, True)


def test_a_plan_counts_what_waits_for_approval(asking: Lapse) -> None:
    planned = asking("forecast export.csv --as-of 2026-11-25 --until 2026-11-30 --save plan.json")
    assert planned.code == 0, planned.err
    assert ID in json.loads(Path("plan.json").read_text("utf-8"))["actions"]
    told = asking("run export.csv --plan plan.json")
    assert told.code == 0, told.err
    assert ID in Path("runs/2026-11-25/to_approve.csv").read_text("utf-8")
