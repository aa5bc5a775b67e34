"""What cannot be undone waits for somebody's leave, one order at a time."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from tests.laws.nights import rulebook
from tests.runs.conftest import Nights

from lapse.nightly import Ending
from lapse.report.summary import summary_text
from lapse.runs.approving import Leave, approve
from lapse.runs.failures import HistoryError, RefusedError
from lapse.runs.past import past
from lapse.runs.reported import Reported
from lapse.runs.results.outputs import OutputFormat

POLICY = """\
# catalogue.yaml
catalogue: leave
cascade: [market]
tracks: {dunning: {anchor: suspended_on}}
actions:
  notify: {}
  reactivate: {sets: {status: active, suspended_on: none}}
  delete:
    harm: data
    approval: yes
    sets: {status: deleted, deleted_on: today}
    only_if: {days_unbroken: {gt: 3}, disputed: no}
limits: {delete: 1}
# base.yaml
layer: Base
terms: {time_zone: UTC}
rules:
  warn: {track: dunning, step: 1, when: {status: suspended, days_suspended: {gte: 1}}, do: notify}
  delete: {track: dunning, step: 2, when: {status: suspended, days_suspended: {gt: 3}}, do: delete}
  reactivate: {track: dunning, step: 3, when: {status: suspended, debt: {lte: 0}}, do: reactivate}
"""
LEAVE = Leave("kari", date(2026, 9, 10), date(2026, 9, 11))
HEADER = "subscription_id,status,suspended_on,debt,currency,disputed\n"
S1, S2 = "S1:delete:2026-09-01", "S2:delete:2026-09-01"


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path / "runs", rulebook(POLICY))


def export(*ids: str, disputed: str = "no", since: str = "2026-09-01") -> str:
    return HEADER + "\n".join(f"{id_},suspended,{since},9,EUR,{disputed}" for id_ in ids)


def approved(nights: Nights, lines: Sequence[str], leave: Leave = LEAVE) -> Reported:
    file = nights.out.with_name("leave.csv")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return approve(nights.out, file, leave)


def cut(nights: Nights, folder: str, *ids: str) -> list[str]:
    """The lines of `to_approve` that are about some orders, after its header."""
    header, *rows = (nights.out / folder / "to_approve.csv").read_text("utf-8").splitlines()
    return [header, *(row for row in rows if row.startswith(ids))]


def test_an_order_waits_until_it_is_approved(nights: Nights) -> None:
    summary = nights.run("2026-09-05", export("S1", "S2", "S3")).summary
    assert nights.column("2026-09-05", "actions", "action") == ["notify"] * 3
    assert nights.column("2026-09-05", "held", "held_by") == ["approval"] * 3
    assert nights.ids("2026-09-05", "to_approve") == [S1, S2, S1.replace("S1", "S3")]
    told = " ".join(summary_text(summary).split())
    assert "3 orders wait in `to_approve` for nothing else" in told
    assert "`lapse history approve FILE`" in told
    assert approved(nights, cut(nights, "2026-09-05", S2)).count == 1
    nights.run("2026-09-06", export("S1", "S2", "S3"))
    assert nights.ids("2026-09-06") == [S2]
    assert S2 not in nights.ids("2026-09-06", "to_approve")


def test_what_waits_crosses_no_limit_and_what_is_approved_does(nights: Nights) -> None:
    assert nights.run("2026-09-05", export("S1", "S2")).ending is Ending.PUBLISHED
    approved(nights, cut(nights, "2026-09-05", S1, S2))
    assert nights.run("2026-09-06", export("S1", "S2")).ending is Ending.OVER_LIMIT


def test_only_what_is_held_for_nothing_else_is_to_approve(nights: Nights) -> None:
    nights.run("2026-09-05", export("S1", disputed="yes"))
    assert nights.column("2026-09-05", "held", "held_by") == ["only_if; approval"]
    assert nights.table("2026-09-05", "to_approve") == []


@pytest.mark.parametrize(
    ("night", "is_given"),
    [("2026-09-07", True), ("2026-10-06", True), ("2026-10-07", False), ("2026-09-05", False)],
)
def test_an_approval_counts_from_its_day_through_30_days(
    nights: Nights, night: str, *, is_given: bool
) -> None:
    nights.run("2026-09-05", export("S1"))
    late = Leave("kari", date(2026, 10, 1), date(2026, 10, 2))
    assert not approved(nights, ["action_id,day", f"{S1},2026-09-06"], late).problems
    nights.run(night, export("S1"), is_again=True)
    folder = night if night != "2026-09-05" else "2026-09-05.2"
    assert (S1 in nights.ids(folder)) is is_given
    assert (S1 in nights.ids(folder, "to_approve")) is not is_given


def test_a_new_order_needs_leave_of_its_own(nights: Nights) -> None:
    nights.run("2026-09-05", export("S1"))
    approved(nights, ["action_id", S1])
    nights.run("2026-09-10", export("S1"))
    nights.run("2026-09-11", export("S1").replace(",9,", ",0,"))
    nights.run("2026-09-12", export("S1"))
    assert "S1:reactivate:2026-09-01" in nights.ids("2026-09-11")
    assert nights.ids("2026-09-12") == []
    assert nights.ids("2026-09-12", "to_approve") == [f"{S1}#2"]


def test_an_order_without_effect_is_given_again_while_it_is_approved(nights: Nights) -> None:
    nights.run("2026-09-05", export("S1"))
    approved(nights, cut(nights, "2026-09-05", S1))
    for night in ("2026-09-06", "2026-09-07"):
        nights.run(night, export("S1"))
        assert S1 in nights.ids(night)


def test_what_is_served_is_not_asked_for_again(tmp_path: Path) -> None:
    policy = POLICY.replace("    sets: {status: deleted, deleted_on: today}\n", "")
    nights = Nights(tmp_path / "runs", rulebook(policy))
    nights.run("2026-09-05", export("S1"))
    approved(nights, cut(nights, "2026-09-05", S1))
    nights.run("2026-09-06", export("S1"))
    nights.run("2026-10-20", export("S1"))
    assert nights.ids("2026-09-06") == [S1]
    assert nights.ids("2026-10-20") == nights.ids("2026-10-20", "to_approve") == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["action_id", "S9:delete:2026-09-01"], "no run put `S9:delete:2026-09-01` into"),
        (["action_id", "S1:warn:2026-09-01"], "no run put `S1:warn:2026-09-01` into"),
        (["action_id,day", f"{S1},"], "`day` is ``, which is no day such as 2026-11-23"),
        (["action_id,day", f"{S1},5 Sept"], "`day` is `5 Sept`, which is no day such"),
        (["action_id,as_of", f"{S1},"], "`as_of` is ``, which is no day such as 2026-11-23"),
        (["action_id,day", f"{S1},2999-12-31"], f"`{S1}` cannot be approved on 2999-12-31"),
        (["action_id,day", f"{S1},2026-09-04"], f"`{S1}` cannot be approved on 2026-09-04"),
    ],
)
def test_with_one_problem_nothing_is_kept(nights: Nights, lines: list[str], message: str) -> None:
    nights.run("2026-09-05", export("S1", "S2"))
    commas = "," * lines[0].count(",")
    found = approved(nights, [*lines, f"{S2}{commas}".replace(",", ",2026-09-05")])
    (problem,) = found.problems
    assert problem.message.startswith(message)
    assert problem.place.line == 2
    assert not (nights.out / "receipts").exists()


def test_who_approves_and_when_may_be_left_out(nights: Nights) -> None:
    nights.run("2026-09-05", export("S1", "S2"))
    assert approved(nights, ["action_id,approved_by", f"{S1},ola", f"{S2},"]).count == 2
    kept = past(nights.out, date(2026, 9, 11), 1).approvals.entries
    assert {(e.action_id, e.approved_by, str(e.day)) for e in kept} == {
        (S1, "ola", "2026-09-10"),
        (S2, "kari", "2026-09-10"),
    }


def test_approvals_are_history(nights: Nights) -> None:
    nights.run("2026-09-05", export("S1"))
    nights.run("2026-09-06", export("S1"))
    approved(nights, cut(nights, "2026-09-05", S1))
    with pytest.raises(RefusedError, match="other history"):
        nights.run("2026-09-06", export("S1"))
    nights.run("2026-09-06", export("S1"), is_again=True)
    assert nights.ids("2026-09-06.2") == [S1]


def test_a_preview_knows_what_is_approved(nights: Nights) -> None:
    nights.run("2026-09-05", export("S1"))
    approved(nights, cut(nights, "2026-09-05", S1))
    shown = nights.run("2026-09-06", export("S1"), is_preview=True)
    assert [row["action_id"] for row in shown.actions] == [S1]


def test_a_broken_approval_is_never_passed_over(nights: Nights) -> None:
    nights.run("2026-09-05", export("S1"))
    receipt = approved(nights, cut(nights, "2026-09-05", S1)).receipt
    assert receipt is not None
    assert receipt.name == "000001.approved.jsonl"
    receipt.write_text(receipt.read_text("utf-8").replace("2026-09-05", "soon"), encoding="utf-8")
    with pytest.raises(HistoryError, match="is broken in line 1; put it back"):
        nights.run("2026-09-06", export("S1"))


@pytest.mark.parametrize("format_", OutputFormat)
def test_a_folder_of_any_format_tells_what_it_asked_for(
    nights: Nights, format_: OutputFormat
) -> None:
    nights.run("2026-09-05", export("S1"), format=format_)
    assert approved(nights, ["action_id", S1]).count == 1
