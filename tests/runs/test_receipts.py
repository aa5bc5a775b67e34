"""Receipts: what reached nobody was not given; what was done before `lapse` came was."""

from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from lapse.nightly import Ending
from lapse.runs.approving import Leave, approve
from lapse.runs.failures import HistoryError, RefusedError
from lapse.runs.history import opened
from lapse.runs.importing import import_history
from lapse.runs.past import past
from lapse.runs.receipts import Entry, ReceiptKind, failed_entries
from lapse.runs.reported import Reported, report

if TYPE_CHECKING:
    from tests.runs.conftest import Nights

    from lapse.model.decision import Given

EXPORT = """
subscription_id,program,status,suspended_on,suspended_for,past_due_since,debt,currency,term_end,disputed
S1,legacy,active,,,2026-11-01,1200,NOK,2027-01-31,no
"""
SUSPEND, REMIND = "S1:suspend:2026-11-01", "S1:remind@7:2026-11-01"


def told(nights: "Nights", outcome: ReceiptKind, text: str) -> Reported:
    file = nights.out.with_name("receipt.csv")
    file.write_text(dedent(text).strip() + "\n", encoding="utf-8")
    return report(nights.out, outcome, file)


def order(nights: "Nights", rule: str) -> "Given | None":
    with opened(past(nights.out, date(2026, 12, 31), 1)) as history:
        return next((g for g in history.given(["S1"]).get("S1", ()) if g.rule == rule), None)


def test_a_reminder_that_reached_nobody_is_given_again(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    assert told(nights, ReceiptKind.FAILED, f"action_id\n{REMIND}").count == 1
    nights.run("2026-11-09", EXPORT)
    assert nights.ids("2026-11-09") == [REMIND]
    assert nights.column("2026-11-09", "actions", "first_given") == ["2026-11-09"]


def test_a_suspension_waits_for_a_reminder_that_arrived(nights: "Nights") -> None:
    nights.run("2026-11-15", EXPORT)
    told(nights, ReceiptKind.FAILED, f"action_id\n{REMIND}")
    nights.run("2026-11-17", EXPORT)
    assert nights.ids("2026-11-17") == [REMIND]


def test_done_changes_nothing(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    before = past(nights.out, date(2026, 11, 9), 1).fingerprint
    found = told(nights, ReceiptKind.DONE, f"action_id\n{REMIND}")
    assert found.receipt == nights.out / "receipts" / "000001.done.jsonl"
    assert past(nights.out, date(2026, 11, 9), 1).fingerprint == before
    nights.run("2026-11-09", EXPORT)
    assert nights.ids("2026-11-09") == []


def test_the_latest_receipt_counts(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    told(nights, ReceiptKind.FAILED, f"action_id\n{REMIND}")
    told(nights, ReceiptKind.DONE, f"action_id\n{REMIND}")
    nights.run("2026-11-09", EXPORT)
    assert nights.ids("2026-11-09") == []


@pytest.mark.parametrize(
    ("rows", "first", "last"),
    [
        ("action_id\nX", 16, 17),
        ("action_id,day\nX,2026-11-16", 17, 18),
        ("action_id,as_of\nX,2026-11-17", 16, 18),
        ("action_id,day\nX,2026-11-16\nX,2026-11-17", 18, 18),
        ("action_id,day\nX,2026-11-16\nX,2026-11-18", 17, 17),
    ],
)
def test_first_and_last_days_are_those_that_remain(
    nights: "Nights", rows: str, first: int, last: int
) -> None:
    for day in ("08", "16", "17", "18"):
        nights.run(f"2026-11-{day}", EXPORT)
    assert not told(nights, ReceiptKind.FAILED, rows.replace("X", SUSPEND)).problems
    found = order(nights, "suspend")
    assert found is not None
    assert (found.first_given.day, found.last_given.day) == (first, last)


@pytest.mark.parametrize(
    ("rows", "taken_back"),
    [
        ("action_id,day\nX,2026-11-16", "2026-11-16"),
        ("action_id,day\nX,2026-11-16.2", "2026-11-16.2"),
        ("action_id,as_of\nX,2026-11-16", "2026-11-16.2"),
        ("action_id,day,as_of\nX,2026-11-16,2026-11-17", "2026-11-16"),
        ("action_id\nX", "2026-11-17"),
    ],
)
def test_a_row_may_name_the_folder_or_the_day_judged(
    nights: "Nights", rows: str, taken_back: str
) -> None:
    for day in ("08", "16", "16", "17"):
        nights.run(f"2026-11-{day}", EXPORT, is_again=True)
    told(nights, ReceiptKind.FAILED, rows.replace("X", SUSPEND))
    assert failed_entries(nights.out) == {Entry(taken_back, SUSPEND)}


def test_an_order_of_which_nothing_arrived_was_not_given(nights: "Nights") -> None:
    for day in ("08", "16", "17"):
        nights.run(f"2026-11-{day}", EXPORT)
    rows = f"action_id,day\n{SUSPEND},2026-11-16\n{SUSPEND},2026-11-17"
    assert told(nights, ReceiptKind.FAILED, rows).count == 2
    assert order(nights, "suspend") is None


def test_reporting_twice_is_reporting_once(nights: "Nights") -> None:
    for day in ("08", "16", "17"):
        nights.run(f"2026-11-{day}", EXPORT)
    told(nights, ReceiptKind.FAILED, f"action_id\n{SUSPEND}")
    before = order(nights, "suspend")
    told(nights, ReceiptKind.FAILED, f"action_id\n{SUSPEND}\n{SUSPEND}")
    assert order(nights, "suspend") == before
    assert len(list((nights.out / "receipts").iterdir())) == 2


def test_a_receipt_for_a_later_day_is_no_history_for_an_earlier_one(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    nights.run("2026-11-16", EXPORT)
    told(nights, ReceiptKind.FAILED, f"action_id\n{SUSPEND}")
    assert nights.run("2026-11-16", EXPORT).ending is Ending.UNCHANGED


def test_rows_cut_out_of_actions_are_a_receipt(nights: "Nights") -> None:
    text = EXPORT.replace("S1", "=S1")
    nights.run("2026-11-08", text)
    actions = (nights.out / "2026-11-08" / "actions.csv").read_text("utf-8")
    assert "'=S1:remind@7" in actions
    assert told(nights, ReceiptKind.FAILED, actions).count == 1


def test_an_action_that_nobody_gave_is_a_problem_and_nothing_is_kept(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    rows = f"""
        action_id,day
        {REMIND},2026-11-08
        S9:suspend:2026-11-01,2026-11-08
        {REMIND},2026-11-07
    """
    found = told(nights, ReceiptKind.FAILED, rows)
    assert [(p.message, p.place.line, p.help) for p in found.problems] == [
        ("no run gave `S9:suspend:2026-11-01`", 3, None),
        (f"no run of `2026-11-07` gave `{REMIND}`", 4, "given by `2026-11-08`"),
    ]
    assert not (nights.out / "receipts").exists()


def test_a_file_without_ids_says_what_it_needs(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    with pytest.raises(HistoryError) as caught:
        told(nights, ReceiptKind.FAILED, f"actionid\n{REMIND}")
    (problem,) = caught.value.problems
    assert problem.message == "there is no column `action_id`"
    assert problem.help == "did you mean `actionid`?"


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_may_be_as_a_spreadsheet_saves_it(
    nights: "Nights", sign: str, end: str, mark: str
) -> None:
    nights.run("2026-11-08", EXPORT)
    lines = [f'"Action_ID"{sign}day', f"{REMIND}{sign}2026-11-08"]
    file = nights.out.parent / "told.csv"
    file.write_bytes((mark + end.join(lines)).encode())
    assert report(nights.out, ReceiptKind.FAILED, file) == Reported(
        1, (), nights.out / "receipts/000001.failed.jsonl"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ["1: missing-column: there is no column `action_id`"]),
        (b"5", ["1: missing-column: there is no column `action_id`"]),
        (b'[[["S1"]]]', ["1: missing-column: there is no column `action_id`"]),
        (b"[" * 200_000, ["1: missing-column: there is no column `action_id`"]),
        (b'{"action_id": "S1"}', ["1: missing-column: there is no column `action_id`"]),
        ("action_id\nS1".encode("utf-16"), ["1: bad-encoding: this is not UTF-8"]),
        (b"\x1f\x8baction_id", ["1: bad-encoding: this is not UTF-8"]),
        (b"action_id\nS\xe9\n\xff", [f"{n}: bad-encoding: this is not UTF-8" for n in (2, 3)]),
        (b"action_id,action_id\nS1,S1", ["1: duplicate-column: `action_id` stands twice"]),
        (b"action_id,day,day\nS1,,", ["1: duplicate-column: `day` stands twice"]),
        (
            b"action_id,day\nS1,2026-11-08,\n\nS1\n",
            [
                "2: bad-row: the header has 2 cells, and this row 3",
                "4: bad-row: the header has 2 cells, and this row 1",
            ],
        ),
        (b'action_id\n"S1', ["2: bad-row: this is no row of CSV: unexpected end of data"]),
        (
            b"action_id\n" + b"S" * 200_000,
            ["2: bad-row: this is no row of CSV: field larger than field limit (131072)"],
        ),
    ],
)
@pytest.mark.parametrize("outcome", ["failed", "done", "approve"])
def test_what_is_no_receipt_is_told_by_its_place_and_nothing_is_kept(
    nights: "Nights", content: bytes, told: list[str], outcome: str
) -> None:
    nights.run("2026-11-08", EXPORT)
    file = nights.out.parent / "told.csv"
    file.write_bytes(content)
    leave = Leave("me", date(2026, 11, 8), date(2026, 11, 8))
    kept = {"approve": lambda: approve(nights.out, file, leave)}
    with pytest.raises(HistoryError) as caught:
        kept.get(outcome, lambda: report(nights.out, ReceiptKind(outcome), file))()
    assert [f"{p.place.line}: {p.code}: {p.message}" for p in caught.value.problems] == told
    assert not (nights.out / "receipts").exists()


def test_receipts_go_on_beyond_six_digits(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    first = told(nights, ReceiptKind.FAILED, f"action_id\n{REMIND}").receipt
    assert first is not None
    first.rename(first.with_name("999999.failed.jsonl"))
    assert failed_entries(nights.out)
    later = told(nights, ReceiptKind.DONE, f"action_id\n{REMIND}").receipt
    assert later is not None
    assert later.name == "1000000.done.jsonl"
    assert not failed_entries(nights.out)


def test_a_row_without_an_id_is_told(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    (problem,) = told(nights, ReceiptKind.DONE, "action_id,day\n,2026-11-08\n").problems
    assert (problem.code, problem.message) == ("blank-cell", "`action_id` is blank")


def test_a_broken_receipt_is_never_passed_over(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    found = told(nights, ReceiptKind.FAILED, f"action_id\n{REMIND}")
    assert found.receipt is not None
    for broken in (
        b"[",
        b"[" * 200_000,
        b'["a"]',
        b"5",
        b'["2026-11-08", 5]',
        b"\xff",
        b'["", [[]]]',
    ):
        found.receipt.write_bytes(b'["2026-11-08", "' + REMIND.encode() + b'"]\n' + broken + b"\n")
        with pytest.raises(HistoryError, match="is broken in line 2; put it back as it was"):
            nights.run("2026-11-09", EXPORT)


NO_NUMBER = "no whole number of at most five digits"
IMPORT = """
subscription_id,track,anchor,rule,stage,step,action,due_on,day
S1,dunning,2026-11-01,remind,1,1,notify,2026-11-02,2026-11-02
S1,dunning,2026-11-01,remind,7,1,notify,,2026-11-09
S1,dunning,2026-11-01,remind,1,1,notify,2026-11-03,2026-11-09
"""


def imported(nights: "Nights", tmp_path: Path, text: str) -> tuple[str, ...]:
    """The folders made, or the messages of the problems."""
    file = tmp_path / "before.csv"
    file.write_text(text.strip() + "\n", encoding="utf-8")
    found = import_history(nights.out, file, nights.book, last_day=date(2026, 11, 20))
    return tuple(p.message for p in found.problems) or tuple(f.name for f in found.folders)


def test_what_was_done_before_is_not_done_again(nights: "Nights", tmp_path: Path) -> None:
    assert imported(nights, tmp_path, IMPORT) == ("2026-11-02", "2026-11-09")
    nights.run("2026-11-10", EXPORT)
    assert nights.ids("2026-11-10") == []
    nights.run("2026-11-16", EXPORT)
    assert nights.ids("2026-11-16") == [SUSPEND]
    with opened(past(nights.out, date(2026, 11, 10), 1)) as history:
        orders = history.given(["S1"])["S1"]
    found = {(g.stage, g.due_on.day, g.first_given.day, g.last_given.day) for g in orders}
    assert found == {(1, 3, 2, 9), (7, 9, 9, 9)}


def test_an_import_saw_no_export(nights: "Nights", tmp_path: Path) -> None:
    suspended = EXPORT.replace("suspended_on,suspended_for,", "").replace("active,,,", "suspended,")
    nights.run("2026-11-01", suspended)
    imported(nights, tmp_path, IMPORT)
    nights.run("2026-11-12", suspended)
    assert nights.column("2026-11-12", "seen", "first_day") == ["2026-11-01"]


def test_importing_the_same_again_changes_nothing(nights: "Nights", tmp_path: Path) -> None:
    imported(nights, tmp_path, IMPORT)
    header, *rows = IMPORT.strip().splitlines()
    assert imported(nights, tmp_path, "\n".join([header, *reversed(rows)])) == ()
    assert nights.names() == {".lock", "2026-11-02", "2026-11-09"}


def test_importing_something_else_for_a_day_is_refused(nights: "Nights", tmp_path: Path) -> None:
    imported(nights, tmp_path, IMPORT)
    with pytest.raises(HistoryError, match="2026-11-02"):
        imported(nights, tmp_path, IMPORT.replace("S1,dunning", "S2,dunning"))


def test_a_day_with_an_import_can_still_be_run(nights: "Nights", tmp_path: Path) -> None:
    imported(nights, tmp_path, IMPORT)
    with pytest.raises(RefusedError):
        nights.run("2026-11-09", EXPORT)
    assert nights.run("2026-11-09", EXPORT, is_again=True).summary.actions == 0
    assert "2026-11-09.2" in nights.names()


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "S1,dunning,2026-11-01,remind,7",
            ",dunning,2026-11-01,remind,7",
            "`subscription_id` is blank",
        ),
        ("remind,7,1,notify", "remind,7,1,notfy", "there is no action `notfy`"),
        ("dunning,2026-11-01,remind,7", "duning,2026-11-01,remind,7", "there is no track `duning`"),
        (
            "2026-11-09\nS1",
            "9.11.2026\nS1",
            "`day` is `9.11.2026`, which is no day such as 2026-11-23",
        ),
        ("remind,7,1,", "remind,7,,", f"`step` is ``, {NO_NUMBER}"),
        ("remind,7,1,", "remind,7,123456,", f"`step` is `123456`, {NO_NUMBER}"),
        ("remind,7,1,", f"remind,{'9' * 20},1,", f"`stage` is `{'9' * 20}`, {NO_NUMBER}"),
        ("remind,7,1,", "remind,\u0667,1,", f"`stage` is `\u0667`, {NO_NUMBER}"),
        ("remind,7,1,", "remnd,7,1,", "there is no rule `remnd` on the track `dunning`"),
        ("remind,7,1,", "ends,,1,", "there is no rule `ends` on the track `dunning`"),
        ("remind,7,1,", "remind,,1,", "`remind` has stages, and `stage` is ``"),
        ("remind,7,1,", "suspend,7,2,", "`suspend` has no stages, and `stage` is `7`"),
        ("2026-11-09\nS1", "2026-11-21\nS1", "`day` is `2026-11-21`, which is yet to come"),
        ("remind,7,1,", "remind,x,1,", f"`stage` is `x`, {NO_NUMBER}"),
        (
            "remind,7,1,notify,,",
            "remind,1,1,notify,,",
            "`S1:remind@1:2026-11-01` stands twice on 2026-11-09",
        ),
    ],
)
def test_a_row_that_cannot_be_is_a_problem_and_nothing_is_made(
    nights: "Nights", tmp_path: Path, right: str, wrong: str, message: str
) -> None:
    assert right in IMPORT
    assert imported(nights, tmp_path, IMPORT.replace(right, wrong)) == (message,)
    assert nights.names() <= {".lock"}


def test_a_rule_that_is_not_there_is_told_with_the_nearest(
    nights: "Nights", tmp_path: Path
) -> None:
    file = tmp_path / "before.csv"
    file.write_text(IMPORT.strip().replace("remind,7", "remnid,7"), encoding="utf-8")
    (problem,) = import_history(nights.out, file, nights.book, last_day=date(2026, 11, 20)).problems
    assert (problem.place.line, problem.help) == (3, "did you mean `remind`?")


@pytest.mark.parametrize("of", ["past_due_since", "suspended_on", ""])
def test_an_import_may_say_what_its_anchor_is_the_day_of(
    nights: "Nights", tmp_path: Path, of: str
) -> None:
    assert imported(nights, tmp_path, anchored(of)) == ("2026-11-02", "2026-11-09")
    nights.run("2026-11-10", EXPORT)
    is_other = of == "suspended_on"
    assert nights.ids("2026-11-10") == (["S1:remind@7:2026-11-01#2"] if is_other else [])


def test_an_anchor_is_the_day_of_a_date_fact(nights: "Nights", tmp_path: Path) -> None:
    told_ = imported(nights, tmp_path, anchored("sinc"))
    assert told_ == ("there is no date fact `sinc`",) * 3


def anchored(of: str) -> str:
    header, *rows = IMPORT.strip().splitlines()
    return "\n".join([f"{header},anchor_of", *(f"{row},{of}" for row in rows)])
