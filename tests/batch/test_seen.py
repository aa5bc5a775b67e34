"""Since when and for what a subscription is suspended, where no column says."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from lapse.batch.history import Seen
from lapse.batch.seen import facts_seen, known_facts, sighting
from lapse.decision import Given
from lapse.facts import ABSENT, UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.batch.conftest import Nights

    from lapse.rule import Rulebook

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
        ("2026-11-14", ""),
        ("2026-11-15", "cancelled"),
    )
    assert found == ["10", "", "12", "13", "", "15"]


def test_a_run_that_did_not_see_it_breaks_the_row(nights: "Nights") -> None:
    nights.run("2026-11-10", export("suspended"))
    nights.run("2026-11-11", export("suspended").replace("S1", "S2"))
    nights.run("2026-11-12", export("suspended"))
    assert nights.column("2026-11-12", "seen", "first_day") == ["2026-11-12"]


def test_the_second_run_of_a_day_goes_on_from_the_first(nights: "Nights") -> None:
    nights.run("2026-11-10", export("suspended"))
    nights.run("2026-11-11", export("active"))
    nights.run("2026-11-11", export("suspended"), is_again=True)
    assert nights.column("2026-11-11.2", "seen", "first_day") == ["2026-11-11"]


def test_the_first_day_is_the_markets_day() -> None:
    assert sighting("suspended", None, FIRST) == Seen("suspended", FIRST)
    before = Seen("suspended", date(2026, 11, 1))
    assert sighting("suspended", before, FIRST) == before
    assert sighting("deleted", before, FIRST) == Seen("deleted", FIRST)
    assert sighting("active", before, FIRST) is None
    assert sighting(UNKNOWN, before, FIRST) is None


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
    found = facts_seen({"status": status}, sighting(status, None, FIRST), (), book)
    found.pop("suspended_for", None)
    assert found == expected


def test_a_column_is_never_overruled(book: "Rulebook") -> None:
    facts: dict[str, Value] = {
        "status": "suspended",
        "suspended_on": UNKNOWN,
        "cancelled_on": ABSENT,
        "deleted_on": ABSENT,
        "suspended_for": "fraud",
    }
    assert facts_seen(facts, Seen("suspended", FIRST), (SUSPEND,), book) == {}


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
    seen = Seen("suspended", FIRST)
    assert facts_seen({"status": "suspended"}, seen, orders, book)["suspended_for"] == expected


def test_what_is_not_suspended_is_suspended_for_nothing(book: "Rulebook") -> None:
    assert facts_seen({"status": "active"}, None, (SUSPEND,), book)["suspended_for"] is ABSENT
    assert facts_seen({"status": UNKNOWN}, None, (SUSPEND,), book) == {}


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
