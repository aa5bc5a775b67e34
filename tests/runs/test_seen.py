"""Since when and for what a subscription is suspended, where no column says."""

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.runs.test_history import rewritten

from lapse.decide.seen import facts_seen, known_facts
from lapse.model.decision import Given
from lapse.model.facts import ABSENT, UNKNOWN, Value
from lapse.model.sightings import Seen, sighting

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.runs.conftest import Nights

    from lapse.model.rule import Rulebook

FIRST = date(2026, 11, 17)


def order(rule: str, action: str, given: date, track: str = "dunning") -> Given:
    return Given(track, "2026-11-01", rule, None, 2, action, given, given, given)


SUSPEND = order("suspend", "suspend", date(2026, 11, 16))
COLUMNS = "subscription_id,program,status,past_due_since,debt,currency,term_end,disputed\n"
OWING = f"{COLUMNS}S1,legacy,active,2026-11-01,1200,NOK,2027-01-31,no"
PAID = f"{COLUMNS}S1,legacy,suspended,,,NOK,2027-01-31,no"


def export(status: str, *columns: str) -> str:
    names = ("subscription_id", "program", "status", "debt", "past_due_since", "term_end")
    header = ",".join([*names, *(column.split("=")[0] for column in columns)])
    cells = ["S1", "legacy", status, "", "", "", *(column.split("=")[1] for column in columns)]
    return f"{header}\n{','.join(cells)}"


def first_days(nights: "Nights", *days: tuple[str, str]) -> list[str]:
    """The first day that each night's `seen` tells, blank where it has no row."""
    found = []
    for day, status in days:
        nights.run(day, export(status))
        rows = nights.table(day, "seen")
        found.append(rows[0]["first_day"][-2:] if rows else "")
    return found


def test_the_first_day_stays_while_every_run_sees_the_status(nights: "Nights") -> None:
    found = first_days(
        nights,
        ("2026-11-10", "suspended"),
        ("2026-11-12", "suspended"),
        ("2026-11-19", "suspended"),
    )
    assert found == ["10", "10", "10"]


def test_another_status_between_starts_anew(nights: "Nights") -> None:
    found = first_days(
        nights,
        ("2026-11-10", "suspended"),
        ("2026-11-11", "active"),
        ("2026-11-12", "suspended"),
        ("2026-11-13", "cancelled"),
    )
    assert found == ["10", "", "12", "13"]


@pytest.mark.parametrize(
    "night",
    [
        export("suspended").replace("S1", "S2"),
        export(""),
        export("paused"),
        "subscription_id\nS1",
    ],
)
def test_a_night_that_reads_no_status_ends_nothing(nights: "Nights", night: str) -> None:
    """Not in the export, blank, rejected, without the column."""
    nights.run("2026-11-10", export("suspended"))
    nights.run("2026-11-11", night)
    carried = next(row for row in nights.table("2026-11-11", "seen") if "S1" in row.values())
    assert (carried["first_day"], carried["last_seen"]) == ("2026-11-10", "2026-11-10")
    nights.run("2026-11-12", export("suspended"))
    assert nights.column("2026-11-12", "seen", "first_day")[0] == "2026-11-10"
    nights.run("2026-11-13", export("active"))
    assert nights.column("2026-11-13", "seen", "subscription_id") in ([], ["S2"])


@pytest.mark.parametrize(
    ("again", "first_day", "unbroken_since"),
    [
        ("2026-11-17", "2026-11-10", "2026-11-10"),
        ("2026-11-18", "2026-11-10", "2026-11-18"),
        ("2026-12-10", "2026-11-10", "2026-12-10"),
        ("2026-12-11", "2026-12-11", "2026-12-11"),
    ],
)
def test_a_gap_breaks_what_removes_data_counts_by_and_a_long_one_the_row(
    nights: "Nights", again: str, first_day: str, unbroken_since: str
) -> None:
    nights.run("2026-11-10", export("suspended"))
    nights.run(again, export("suspended"))
    (row,) = nights.table(again, "seen")
    assert (row["first_day"], row["unbroken_since"]) == (first_day, unbroken_since)


def test_what_is_carried_is_dropped_after_30_days(nights: "Nights") -> None:
    for day in ("2026-11-10", "2026-12-09", "2026-12-10", "2026-12-11"):
        nights.run(day, export("suspended" if day == "2026-11-10" else ""))
    assert nights.column("2026-12-10", "seen", "subscription_id") == ["S1"]
    assert nights.table("2026-12-11", "seen") == []


@pytest.mark.parametrize(
    ("nights_", "since"),
    [
        (["2026-11-03", "2026-11-08", "2026-11-10"], "2026-11-03"),
        (["2026-11-02", "2026-11-10"], "2026-11-10"),
        (["2026-11-01", "2026-11-03", "2026-11-10"], "2026-11-01"),
    ],
)
def test_a_folder_without_unbroken_days_tells_them_by_its_neighbours(
    nights: "Nights", nights_: list[str], since: str
) -> None:
    for day in nights_:
        nights.run(day, export("suspended"))
    rewritten(nights.out / nights_[-1], "seen", dropping="unbroken_since last_seen")
    nights.run("2026-11-11", export("suspended"))
    (row,) = nights.table("2026-11-11", "seen")
    assert (row["first_day"], row["unbroken_since"]) == (nights_[0], since)


def test_the_second_run_of_a_day_goes_on_from_the_first(nights: "Nights") -> None:
    nights.run("2026-11-10", export("suspended"))
    nights.run("2026-11-11", export("active"))
    nights.run("2026-11-11", export("suspended"), is_again=True)
    assert nights.column("2026-11-11.2", "seen", "first_day") == ["2026-11-11"]


def row(status: str, first_day: date) -> Seen:
    return Seen(status, first_day, FIRST, first_day)


def test_the_first_day_is_the_markets_day() -> None:
    assert sighting("suspended", None, FIRST, 7) == row("suspended", FIRST)
    before = row("suspended", date(2026, 11, 1))
    assert sighting("suspended", before, FIRST, 7) == before
    assert sighting("deleted", before, FIRST, 7) == row("deleted", FIRST)
    assert sighting("active", before, FIRST, 7) is None
    assert sighting(UNKNOWN, before, FIRST, 7) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("suspended", {"suspended_on": FIRST, "cancelled_on": ABSENT, "deleted_on": ABSENT}),
        ("cancelled", {"suspended_on": ABSENT, "cancelled_on": FIRST, "deleted_on": ABSENT}),
        ("deleted", {"suspended_on": ABSENT, "cancelled_on": ABSENT, "deleted_on": FIRST}),
        ("expired", {"suspended_on": ABSENT, "cancelled_on": ABSENT, "deleted_on": ABSENT}),
        ("active", {"suspended_on": ABSENT, "cancelled_on": ABSENT, "deleted_on": ABSENT}),
        (UNKNOWN, {}),
    ],
)
def test_days_come_from_what_was_seen(
    book: "Rulebook", status: Value, expected: dict[str, Value]
) -> None:
    found = facts_seen({"status": status}, sighting(status, None, FIRST, 7), (), book)
    found.pop("suspended_for", None)
    since = {"active": ABSENT, UNKNOWN: UNKNOWN}.get(status, FIRST)
    assert found == {**expected, "unbroken_since": since}


COLUMN, EARLIER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("facts", "since"),
    [
        ({"suspended_on": COLUMN}, COLUMN),
        ({"suspended_on": COLUMN, "unbroken_since": EARLIER}, EARLIER),
        ({"suspended_on": UNKNOWN, "unbroken_since": UNKNOWN}, FIRST),
        ({"cancelled_on": COLUMN}, FIRST),
        ({"status": "expired", "suspended_on": COLUMN}, FIRST),
        ({"status": "active", "unbroken_since": COLUMN}, ABSENT),
        ({"status": UNKNOWN, "unbroken_since": COLUMN}, UNKNOWN),
    ],
)
def test_a_column_tells_since_when_a_status_lasts_before_what_was_seen(
    book: "Rulebook", facts: dict[str, Value], since: Value
) -> None:
    facts = {"status": "suspended", **facts}
    now = sighting(facts["status"], None, FIRST, 7)
    assert facts_seen(facts, now, (), book)["unbroken_since"] == since


def test_nobody_saw_what_is_assumed(book: "Rulebook") -> None:
    """A status or its day that is assumed removes no data, and no break in it would show."""
    facts: dict[str, Value] = {"status": "suspended", "suspended_on": COLUMN}
    own = frozenset({"suspended_on"})
    assert facts_seen(facts, None, (), book, own)["unbroken_since"] is UNKNOWN
    seen = row("suspended", FIRST)
    assert facts_seen(facts, seen, (), book, own)["unbroken_since"] == FIRST
    found = facts_seen({"status": "suspended"}, None, (SUSPEND,), book, frozenset({"status"}))
    assert found == {
        "unbroken_since": UNKNOWN,
        "suspended_on": UNKNOWN,
        "cancelled_on": ABSENT,
        "deleted_on": ABSENT,
        "suspended_for": UNKNOWN,
    }


def test_a_night_whose_status_is_assumed_carries_what_was_seen(nights: "Nights") -> None:
    nights.run("2026-11-10", export("suspended"))
    without = "subscription_id,program,debt,past_due_since,term_end\nS1,legacy,,,"
    for day, status in (("2026-11-12", "suspended"), ("2026-11-13", "active")):
        nights.run(day, without, assumed={"status": status})
        (kept,) = nights.table(day, "seen")
        assert (kept["first_day"], kept["last_seen"]) == ("2026-11-10", "2026-11-10")


def test_a_column_is_never_overruled(book: "Rulebook") -> None:
    facts: dict[str, Value] = {
        "status": "suspended",
        "suspended_on": UNKNOWN,
        "cancelled_on": ABSENT,
        "deleted_on": ABSENT,
        "suspended_for": "fraud",
    }
    assert facts_seen(facts, row("suspended", FIRST), (SUSPEND,), book).keys() == {"unbroken_since"}


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ((), UNKNOWN),
        ((SUSPEND,), "debt"),
        ((order("suspend", "suspend", date(2026, 11, 17)),), "debt"),
        ((order("suspend", "suspend", date(2026, 11, 10)),), "debt"),
        ((order("suspend", "suspend", date(2026, 11, 9)),), UNKNOWN),
        ((order("suspend", "suspend", date(2026, 11, 18)),), UNKNOWN),
        ((SUSPEND, order("reactivate", "reactivate", date(2026, 11, 15))), "debt"),
        ((SUSPEND, order("reactivate", "reactivate", date(2026, 11, 17))), UNKNOWN),
        ((SUSPEND, order("remind", "notify", date(2026, 11, 17))), "debt"),
        ((SUSPEND, order("ends", "cancel", date(2026, 11, 17), "provider")), "debt"),
        ((order("was_renamed", "suspend", date(2026, 11, 16)),), "debt"),
    ],
)
def test_for_debt_is_what_our_latest_order_suspended(
    book: "Rulebook", orders: tuple[Given, ...], expected: Value
) -> None:
    seen = row("suspended", FIRST)
    assert facts_seen({"status": "suspended"}, seen, orders, book)["suspended_for"] == expected


def test_what_is_not_suspended_is_suspended_for_nothing(book: "Rulebook") -> None:
    assert facts_seen({"status": "active"}, None, (SUSPEND,), book)["suspended_for"] is ABSENT
    assert "suspended_for" not in facts_seen({"status": UNKNOWN}, None, (SUSPEND,), book)


def test_our_suspension_is_lifted_when_the_debt_is_paid(nights: "Nights") -> None:
    for day in ("2026-11-08", "2026-11-16"):
        nights.run(day, OWING)
    nights.run("2026-11-18", OWING.replace("active", "suspended"))
    nights.run("2026-11-19", PAID)
    assert nights.ids("2026-11-18") == []
    assert nights.ids("2026-11-19") == ["S1:reactivate:2026-11-18"]


def test_our_suspension_for_something_else_is_not_lifted_by_payment(
    nights_with: "Callable[[str, str], Nights]",
) -> None:
    fraud = "    do: suspend\n    sets: {status: suspended, suspended_for: fraud}\n"
    nights = nights_with("    do: suspend\n", fraud)
    for day in ("2026-11-08", "2026-11-16"):
        nights.run(day, OWING)
    assert "S1:suspend:2026-11-01" in nights.ids("2026-11-16")
    nights.run("2026-11-18", OWING.replace("active", "suspended"))
    nights.run("2026-11-19", PAID)
    assert nights.ids("2026-11-19") == []


def test_a_suspension_of_others_stays_undetermined(nights: "Nights") -> None:
    nights.run("2026-11-18", export("suspended"))
    summary = nights.run("2026-11-19", export("suspended")).summary
    assert summary.actions == 0
    (fact,) = (fact for fact in summary.missing_facts if fact.fact == "suspended_for")
    assert fact.rules == {"reactivate": 1}


def test_an_assumption_about_a_status_counts_only_in_it(book: "Rulebook") -> None:
    assumed: dict[str, Value] = {"suspended_for": "debt", "trial": False}
    suspended = known_facts({"status": "suspended"}, assumed, book.words)
    active = known_facts({"status": "active", "trial": True}, assumed, book.words)
    assert suspended["suspended_for"] == "debt"
    assert active["suspended_for"] is ABSENT
    assert (suspended["trial"], active["trial"]) == (False, True)


def test_blanks_are_settled_by_an_assumed_status(book: "Rulebook") -> None:
    facts = known_facts({"suspended_on": None}, {"status": "active"}, book.words)
    assert facts["suspended_on"] is ABSENT
