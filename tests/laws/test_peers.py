"""Edge cases from bug reports of other systems, by their numbers in the list of peers."""

import time
from datetime import date, timedelta

import pytest
from tests.ladder import ACTIONS, REACTIVATE, REMIND, SUSPEND
from tests.laws.nights import Nights, holds, rulebook

from lapse.model.days import Moment, add_months
from lapse.policy.in_force import Scopes

POLICY = """\
# catalogue.yaml
catalogue: peers
cascade: [market, customer]
tracks: {dunning: {anchor: past_due_since}, renewal: {anchor: term_end}}
terms:
  notice_days: {type: days list, pinned_to: past_due_since}
  grace_days: {type: days, pinned_to: past_due_since}
  retention_days: {type: days, pinned_to: suspended_on}
  debt_tolerance: {type: money}
"""
POLICY += ACTIONS
POLICY += """\
  delete:
    harm: data
    sets: {status: deleted, deleted_on: today}
    only_if: {days_suspended: {gt: $retention_days}}
# base.yaml
layer: Base
terms:
  time_zone: UTC
  notice_days: [1, 5, 8]
  grace_days: [{value: 10}, {from: 2026-12-01, value: 3}]
  retention_days: [{value: 30}, {from: 2026-12-01, value: 10}]
  debt_tolerance: {other: 0}
rules:
"""
POLICY += REMIND + SUSPEND + REACTIVATE
POLICY += """\
  warn:
    track: dunning
    step: 3
    anchor: suspended_on
    when: {status: suspended, suspended_for: debt, days_suspended: {gte: 5}}
    do: notify
  delete:
    track: dunning
    step: 4
    anchor: suspended_on
    when: {status: suspended, suspended_for: debt, days_suspended: {gt: $retention_days}}
    after: {last_step: 7}
    do: delete
  hold:
    when: {days_until_hold_ends: {gte: 0}}
    forbid: [suspend, delete]
  over:
    track: renewal
    step: 1
    when: {status: active, days_since_term_end: {gt: 0}}
    do: notify
# norway.yaml
layer: Norway
applies_to: {market: "NO"}
terms: {time_zone: Europe/Oslo}
# new_zealand.yaml
layer: New Zealand
applies_to: {market: NZ}
terms: {time_zone: Pacific/Auckland}
# united_states.yaml
layer: United States
applies_to: {market: US}
terms: {time_zone: America/Los_Angeles}
# no_grace.yaml
layer: No grace
applies_to: {customer: HASTY}
terms: {grace_days: 0, notice_days: [-2]}
"""
OWING = {"status": "active", "past_due_since": "2026-11-01", "debt": "100 NOK"}
SUSPENDED = {
    "status": "suspended",
    "suspended_on": "2026-10-01",
    "suspended_for": "debt",
    "past_due_since": "2026-09-01",
    "debt": "100 NOK",
}


ACTIVE = {"status": "active"}
WAITING = {"status": "suspended", "suspended_on": "2026-11-01", "suspended_for": "debt"}


def november(*days: int) -> list[str]:
    return [date(2026, 11, day).isoformat() for day in days]


def hourly(first: str, hours: int) -> list[str]:
    start = time.strptime(first, "%Y-%m-%dT%H:%MZ")
    day = date(start.tm_year, start.tm_mon, start.tm_mday)
    found = []
    for hour in range(start.tm_hour, start.tm_hour + hours):
        moved = day + timedelta(days=hour // 24)
        found.append(f"{moved.isoformat()}T{hour % 24:02}:{start.tm_min:02}Z")
    return found


def test_01_paying_the_older_invoice_moves_every_later_stage() -> None:
    """The ladder starts again from the younger one's due date, and no warning is skipped."""
    nights = Nights(POLICY, ACTIVE, invoices="A 2026-11-01 100 NOK\nB 2026-11-08 100 NOK")
    assert nights.runs(november(*range(1, 12))) == {
        "2026-11-02": ["s:remind@1:2026-11-01"],
        "2026-11-06": ["s:remind@5:2026-11-01"],
        "2026-11-09": ["s:remind@8:2026-11-01"],
    }
    nights.invoices = "A 2026-11-01 0 NOK paid\nB 2026-11-08 100 NOK"
    assert nights.runs(november(*range(12, 20))) == {
        "2026-11-12": ["s:remind@1:2026-11-08"],
        "2026-11-13": ["s:remind@5:2026-11-08"],
        "2026-11-16": ["s:remind@8:2026-11-08"],
        "2026-11-19": ["s:suspend:2026-11-08"],
    }


def test_02_a_late_run_warns_before_it_harms() -> None:
    """Past every threshold at once: the latest reminder, and suspension its notice later.

    cases:
      - name: the first run comes two months late
        given: {status: active, past_due_since: 2026-09-01, debt: 100 NOK}
        from: 2026-11-01
        until: 2026-11-03
        expect: {2026-11-01: [remind@8, {held: suspend}], 2026-11-03: suspend}
    """
    holds(test_02_a_late_run_warns_before_it_harms, POLICY)


def test_03_after_an_outage_one_reminder_not_a_burst() -> None:
    nights = Nights(POLICY, OWING)
    assert nights.runs(november(2, 10, 11, 12, 13)) == {
        "2026-11-02": ["s:remind@1:2026-11-01"],
        "2026-11-10": ["s:remind@8:2026-11-01"],
        "2026-11-12": ["s:suspend:2026-11-01"],
        "2026-11-13": ["s:suspend:2026-11-01"],
    }


def test_04_an_hourly_run_gives_each_notice_once() -> None:
    nights = Nights(POLICY, {**OWING, "market": "NO"})
    given = nights.runs(hourly("2026-11-01T20:30Z", 9 * 24))
    assert given == {
        "2026-11-01T23:30Z": ["s:remind@1:2026-11-01"],
        "2026-11-05T23:30Z": ["s:remind@5:2026-11-01"],
        "2026-11-08T23:30Z": ["s:remind@8:2026-11-01"],
    }


def test_05_the_same_order_has_the_same_id() -> None:
    """Given again because it had no effect, or asked for twice: one id tells that it is one."""
    first, second = Nights(POLICY, OWING), Nights(POLICY, OWING)
    assert first.run("2026-11-09") == second.run("2026-11-09") == ["s:remind@8:2026-11-01"]
    again = first.runs(november(12, 13, 14))
    assert set(map(tuple, again.values())) == {("s:suspend:2026-11-01",)}
    assert {given.first_given for given in first.history if given.rule == "suspend"} == {
        date(2026, 11, 12)
    }


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Honolulu"])
def test_06_the_zone_is_the_markets_never_the_machines(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        at = "2026-11-01T23:30:00Z"
        assert Nights(POLICY, {**OWING, "market": "NO"}).run(at) == ["s:remind@1:2026-11-01"]
        assert Nights(POLICY, {**OWING, "market": "US"}).run(at) == []
    finally:
        monkeypatch.undo()
        time.tzset()


def test_07_due_today_is_not_overdue_in_the_evening() -> None:
    nights = Nights(POLICY, {**OWING, "market": "US"})
    assert nights.run("2026-11-02T02:00:00Z") == []
    assert nights.run("2026-11-02T07:59:00Z") == []
    assert nights.run("2026-11-02T08:01:00Z") == ["s:remind@1:2026-11-01"]


def test_08_data_is_kept_to_the_local_end_of_its_last_day() -> None:
    nights = Nights(POLICY, {**SUSPENDED, "market": "US"})
    assert nights.run("2026-10-20") == ["s:warn:2026-10-01"]
    assert nights.run("2026-11-01T06:59:00Z") == []
    assert nights.run("2026-11-01T07:01:00Z") == ["s:delete:2026-10-01"]


def test_09_the_zone_of_one_leaks_into_no_other() -> None:
    at = "2026-11-01T23:30:00Z"
    markets = ("NO", "US", "NZ", "NO", "SE", "US")
    one_way = [Nights(POLICY, {**OWING, "market": m}).run(at) for m in markets]
    back = [Nights(POLICY, {**OWING, "market": m}).run(at) for m in reversed(markets)]
    assert one_way == back[::-1]
    assert [bool(ids) for ids in one_way] == [True, False, True, True, False, False]


def test_10_a_term_ends_on_the_providers_day_not_on_two() -> None:
    facts = {"status": "active", "term_end": "2026-11-30"}
    for market in ("NO", "US", "NZ"):
        nights = Nights(POLICY, {**facts, "market": market})
        assert nights.run("2026-11-30T23:59:00Z") == []
        assert nights.run("2026-12-01T00:01:00Z") == ["s:over:2026-11-30"]


@pytest.mark.parametrize(
    ("since", "before", "on"),
    [
        ("2026-03-26", "2026-03-30T21:59:00Z", "2026-03-30T22:01:00Z"),
        ("2026-10-22", "2026-10-26T22:59:00Z", "2026-10-26T23:01:00Z"),
    ],
)
def test_11_a_change_of_clocks_shifts_no_date(since: str, before: str, on: str) -> None:
    nights = Nights(POLICY, {**OWING, "market": "NO", "past_due_since": since})
    assert nights.run(before) == [f"s:remind@1:{since}"]
    assert nights.run(on) == [f"s:remind@5:{since}"]


def test_12_nothing_is_given_twice_around_midnight() -> None:
    """In Auckland midnight is at 11:00 UTC: one UTC day is two there, and two UTC days are one."""
    nights = Nights(POLICY, {**OWING, "market": "NZ"})
    given = nights.runs(hourly("2026-10-31T09:30Z", 72))
    assert given == {"2026-11-01T11:30Z": ["s:remind@1:2026-11-01"]}


def test_13_months_are_added_to_the_original_anchor() -> None:
    anchor = date(2026, 1, 31)
    found = [add_months(anchor, months) for months in (1, 2, 3)]
    assert found == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert _left("2026-01-31", 12, "2026-02-27") == 11
    assert _left("2026-01-31", 12, "2026-02-28") == 10
    assert _left("2026-01-31", 12, "2026-03-30") == 10
    assert _left("2026-01-31", 12, "2026-03-31") == 9


def test_14_bounds_of_a_period_are_the_anchor_and_n_months() -> None:
    assert _left("2024-01-30", 12, "2024-02-28") == 11
    assert _left("2024-01-30", 12, "2024-02-29") == 10
    assert _left("2024-01-30", 12, "2024-03-29") == 10
    assert _left("2024-01-30", 12, "2024-03-30") == 9


def _left(start: str, months: int, day: str) -> int:
    """How many bills of one krone each a commitment still has after a day."""
    facts = {
        "term_start": start,
        "commitment_months": str(months),
        "billing_cycle": "monthly",
        "seats": "1",
        "unit_price": "1 NOK",
    }
    scopes = Scopes(rulebook(POLICY))
    at = date.fromisoformat(day)
    value = Nights(POLICY, facts).subscription(scopes).at("commitment_left", Moment(at, at))
    return int(str(value).partition(".")[0])


def test_15_a_leap_day_comes_back() -> None:
    anchor = date(2024, 2, 29)
    assert add_months(anchor, 12) == date(2025, 2, 28)
    assert add_months(anchor, 48) == date(2028, 2, 29)
    scopes = Scopes(rulebook(POLICY))
    nights = Nights(POLICY, {"term_start": "2024-02-29", "commitment_months": "48"})
    assert nights.subscription(scopes).fact("term_end") == date(2028, 2, 28)


def test_16_the_end_of_a_month_is_no_mode_of_its_own() -> None:
    """A month after 30 June is 30 July; only an anchor on the 31st comes back to the 31st."""
    assert add_months(date(2026, 6, 30), 1) == date(2026, 7, 30)
    assert add_months(date(2026, 1, 31), 6) == date(2026, 7, 31)


def test_17_zero_days_are_a_value() -> None:
    """The layer for HASTY says 0 days of grace: over on day 1. A negative notice comes before.

    cases:
      - name: no grace at all
        given: {customer_id: HASTY, status: active, past_due_since: 2026-11-03, debt: 100 NOK}
        from: 2026-11-01
        until: 2026-11-04
        expect: {2026-11-01: remind@-2, 2026-11-04: suspend}
    """
    holds(test_17_zero_days_are_a_value, POLICY)


def test_17_no_value_is_not_zero() -> None:
    policy = POLICY.replace("grace_days: [{value: 10}, {from", "grace_days: [{from")
    nights = Nights(policy, {**OWING, "term_end": "2027-01-31"})
    assert nights.undetermined("2026-11-20") == {"suspend": frozenset({"grace_days"})}


def test_18_a_payment_of_the_same_day_comes_first() -> None:
    """Facts of a day are applied before it is judged.

    cases:
      - name: paid on the day of the suspension
        given: {customer_id: HASTY, status: active, past_due_since: 2026-11-03, debt: 100 NOK}
        from: 2026-11-01
        until: 2026-11-10
        then: {2026-11-04: {debt: 0 NOK}}
        expect: {2026-11-01: remind@-2}
    """
    holds(test_18_a_payment_of_the_same_day_comes_first, POLICY)


@pytest.mark.parametrize("paid", ["B 2026-11-03 100 NOK paid", "A 2026-11-04 -100 NOK"])
def test_18_an_invoice_paid_on_the_day_is_not_due(paid: str) -> None:
    """Settled, or by a credit of that day: with no grace at all nothing is suspended."""
    hasty = {**ACTIVE, "customer_id": "HASTY"}
    nights = Nights(POLICY, hasty, invoices="B 2026-11-03 100 NOK")
    assert nights.runs(november(2, 3)) == {}
    assert nights.held("2026-11-04") == {"suspend": "after"}
    nights.invoices = paid if "paid" in paid else f"B 2026-11-03 100 NOK\n{paid}"
    assert nights.held("2026-11-04") == {}
    assert nights.runs(november(*range(4, 20))) == {}


def test_19_who_has_paid_all_but_cents_is_not_suspended() -> None:
    """The balance tells, not a word like partly paid; what is tolerated is no debt."""
    policy = POLICY.replace("debt_tolerance: {other: 0}", "debt_tolerance: {NOK: 1, other: 0}")
    for left in ("A 2026-10-01 0 NOK open", "A 2026-10-01 1 NOK", "A 2026-10-01 0.40 NOK"):
        nights = Nights(policy, ACTIVE, invoices=left)
        assert nights.runs(november(*range(1, 30))) == {}
    assert Nights(policy, ACTIVE, invoices="A 2026-10-01 1.01 NOK").run("2026-11-01")
    nights = Nights(policy, WAITING, invoices="A 2026-10-01 0.40 NOK")
    assert nights.run("2026-11-02") == ["s:reactivate:2026-11-01"]


def test_19_cents_add_up() -> None:
    """Past due since the debt that was one too many, not since the first one tolerated."""
    policy = POLICY.replace("debt_tolerance: {other: 0}", "debt_tolerance: {NOK: 1, other: 0}")
    cents = "A 2026-10-01 0.60 NOK\nB 2026-11-03 0.40 NOK\nC 2026-11-05 0.10 NOK"
    nights = Nights(policy, ACTIVE, invoices=cents)
    assert nights.runs(november(*range(1, 8))) == {"2026-11-06": ["s:remind@1:2026-11-05"]}


def test_20_a_partly_paid_invoice_is_still_owed() -> None:
    """What is left goes on being reminded of, from the same due date, and is the debt."""
    nights = Nights(POLICY, ACTIVE, invoices="A 2026-11-01 100 NOK")
    assert nights.run("2026-11-02") == ["s:remind@1:2026-11-01"]
    nights.invoices = "A 2026-11-01 40 NOK"
    assert nights.runs(november(3, 6, 9, 12)) == {
        "2026-11-06": ["s:remind@5:2026-11-01"],
        "2026-11-09": ["s:remind@8:2026-11-01"],
        "2026-11-12": ["s:suspend:2026-11-01"],
    }
    assert nights.fact("debt", "2026-11-12") == "40.00 NOK"


def test_21_a_debt_is_settled_when_all_invoices_are() -> None:
    nights = Nights(POLICY, WAITING, invoices="A 2026-10-01 100 NOK\nB 2026-10-20 50 NOK")
    assert nights.run("2026-11-02") == []
    nights.invoices = "A 2026-10-01 100 NOK\nB 2026-10-20 50 NOK paid"
    assert nights.run("2026-11-03") == []
    assert nights.fact("unpaid_invoices", "2026-11-03") == "1"
    nights.invoices = "A 2026-10-01 100 NOK paid\nB 2026-10-20 50 NOK paid"
    assert nights.run("2026-11-04") == ["s:reactivate:2026-11-01"]


def test_22_a_credit_settles_on_the_day_it_is_booked() -> None:
    """It lifts the suspension on its own day, and the ladder of who was not suspended ends."""
    covered = "A 2026-10-15 100 NOK\nC 2026-11-04 -100 NOK"
    assert Nights(POLICY, WAITING, invoices=covered).runs(november(2, 3, 4)) == {
        "2026-11-04": ["s:reactivate:2026-11-01"]
    }
    nights = Nights(POLICY, ACTIVE, invoices="A 2026-11-01 100 NOK\nC 2026-11-05 -100 NOK")
    assert nights.runs(november(*range(1, 30))) == {"2026-11-02": ["s:remind@1:2026-11-01"]}


def test_23_an_invoice_open_again_counts_from_its_own_due_date() -> None:
    """As if it had never been paid; reversing that clears it.

    A restart from the day it came back would need that day as a fact, which no invoice has.
    """
    nights = Nights(POLICY, ACTIVE, invoices="A 2026-11-01 100 NOK")
    assert nights.runs(november(2, 6)) == {
        "2026-11-02": ["s:remind@1:2026-11-01"],
        "2026-11-06": ["s:remind@5:2026-11-01"],
    }
    nights.invoices = "A 2026-11-01 100 NOK paid"
    assert nights.runs(november(*range(7, 20))) == {}
    nights.invoices = "A 2026-11-01 100 NOK"
    assert nights.runs(november(20, 21)) == {
        "2026-11-20": ["s:suspend:2026-11-01"],
        "2026-11-21": ["s:suspend:2026-11-01"],
    }
    nights.invoices = "A 2026-11-01 100 NOK paid"
    assert nights.runs(november(22, 23)) == {}


@pytest.mark.parametrize("newer", ["draft", "open", "paid", "disputed", "void"])
def test_24_all_invoices_tell_not_the_latest(newer: str) -> None:
    """A newer one, in whatever state, hides no older debt, and is none before it is due."""
    late = f"A 2026-11-01 100 NOK\nB 2026-11-20 100 NOK {newer}"
    assert Nights(POLICY, ACTIVE, invoices=late).run("2026-11-06") == ["s:remind@5:2026-11-01"]
    paid = f"A 2026-11-01 100 NOK paid\nB 2026-11-20 100 NOK {newer}"
    assert Nights(POLICY, ACTIVE, invoices=paid).runs(november(*range(1, 21))) == {}


def test_25_a_payment_booked_late_counts_from_its_value_date() -> None:
    """Booked as a credit of its value date: a day judged again, or later, is judged by that.

    What is on its way and not yet booked is no fact of ours, and neither is the value date of a
    payment that only lowers a balance: a market allows for slow banks by its days of grace.
    """
    nights = Nights(POLICY, ACTIVE, invoices="A 2026-11-01 100 NOK")
    assert nights.runs(november(9, 12)) == {
        "2026-11-09": ["s:remind@8:2026-11-01"],
        "2026-11-12": ["s:suspend:2026-11-01"],
    }
    nights.invoices = "A 2026-11-01 100 NOK\nP 2026-11-11 -100 NOK"
    assert nights.run("2026-11-12") == []
    assert nights.run("2026-11-10") == []
    assert nights.fact("debt", "2026-11-10") == "100.00 NOK"
    assert nights.fact("debt", "2026-11-11") == "0.00 NOK"
    nights.invoices = "A 2026-11-01 100 NOK\nP 2026-11-14 -100 NOK"
    assert nights.runs(november(13, 14)) == {"2026-11-13": ["s:suspend:2026-11-01"]}


def test_26_a_ladder_begun_under_old_terms_ends_under_them() -> None:
    """From December grace is 3 days instead of 10; a debt of November keeps its 10.

    cases:
      - name: the debt began before the change
        given: {status: active, past_due_since: 2026-11-28, debt: 100 NOK}
        from: 2026-11-28
        until: 2026-12-09
        expect:
          2026-11-29: remind@1
          2026-12-03: remind@5
          2026-12-06: remind@8
          2026-12-09: suspend
      - name: the debt began after the change
        given: {status: active, past_due_since: 2026-12-01, debt: 100 NOK}
        from: 2026-12-01
        until: 2026-12-05
        expect: {2026-12-02: remind@1, 2026-12-05: suspend}
    """
    holds(test_26_a_ladder_begun_under_old_terms_ends_under_them, POLICY)


def test_26_a_stage_or_rule_that_is_gone_freezes_nothing() -> None:
    nights = Nights(POLICY, OWING)
    assert nights.run("2026-11-06") == ["s:remind@5:2026-11-01"]
    nights.policy = POLICY.replace("[1, 5, 8]", "[1, 9]").replace("remind:", "reminder:")
    assert nights.runs(november(7, 10, 12)) == {
        "2026-11-10": ["s:reminder@9:2026-11-01"],
        "2026-11-12": ["s:suspend:2026-11-01"],
    }


def test_27_a_shorter_retention_does_not_reach_back() -> None:
    """From December data is kept for 10 days instead of 30: not for who was suspended before.

    cases:
      - name: suspended under the longer retention
        given: {status: suspended, suspended_on: 2026-11-15, suspended_for: debt, debt: 100 NOK}
        from: 2026-11-15
        until: 2026-12-16
        expect: {2026-11-20: warn, 2026-12-16: delete}
      - name: suspended under the shorter one
        given: {status: suspended, suspended_on: 2026-12-01, suspended_for: debt, debt: 100 NOK}
        from: 2026-12-01
        until: 2026-12-13
        expect: {2026-12-06: warn, 2026-12-12: {held: delete}, 2026-12-13: delete}
    """
    holds(test_27_a_shorter_retention_does_not_reach_back, POLICY)


def test_28_suspension_and_deletion_are_never_one_run() -> None:
    """A year past due: each step keeps its distance from the one before.

    cases:
      - name: found a year too late
        given: {status: active, past_due_since: 2025-11-01, debt: 100 NOK}
        from: 2026-11-01
        until: 2026-12-05
        expect:
          2026-11-01: remind@8
          2026-11-03: suspend
          2026-11-08: warn
          2026-12-04: delete
      - name: suspended a year ago, and nobody was warned
        given: {status: suspended, suspended_on: 2025-11-01, suspended_for: debt, debt: 100 NOK}
        from: 2026-11-01
        until: 2026-11-08
        expect: {2026-11-01: [warn, {held: delete}], 2026-11-08: delete}
    """
    holds(test_28_suspension_and_deletion_are_never_one_run, POLICY)


def test_29_an_exemption_ends_and_no_other_suspension_is_lifted() -> None:
    """The hold's last day is still held; a payment lifts a suspension for debt only.

    cases:
      - name: the hold ends by itself
        given:
          {status: active, past_due_since: 2026-11-01, debt: 100 NOK, hold_until: 2026-11-20}
        from: 2026-11-19
        until: 2026-11-22
        expect:
          2026-11-19: [remind@8, {held: suspend}]
          2026-11-20: {held: suspend}
          2026-11-21: suspend
      - name: paid, but suspended by a person
        given: {status: suspended, suspended_on: 2026-11-01, suspended_for: customer, debt: 0 NOK}
        from: 2026-11-01
        until: 2026-11-20
        expect: {}
    """
    holds(test_29_an_exemption_ends_and_no_other_suspension_is_lifted, POLICY)


def test_30_expired_is_not_unpaid_and_partly_paid_is_not_paid() -> None:
    """An expired term is no debt; what lifts a suspension is that nothing is owed any more.

    cases:
      - name: the term is over and nothing was ever billed
        given: {status: active, term_end: 2026-10-31}
        from: 2026-11-01
        until: 2026-11-30
        expect: {2026-11-01: over}
      - name: one of two bills is paid, then the other
        given: {status: suspended, suspended_on: 2026-11-01, suspended_for: debt, debt: 200 NOK}
        from: 2026-11-01
        until: 2026-11-04
        then: {2026-11-02: {debt: 100 NOK}, 2026-11-04: {debt: 0 NOK}}
        expect: {2026-11-04: reactivate}
    """
    holds(test_30_expired_is_not_unpaid_and_partly_paid_is_not_paid, POLICY)


def test_30_without_an_invoice_nothing_is_owed_and_one_paid_of_two_lifts_nothing() -> None:
    """With invoices given, one that has none owes nothing, whatever a column says."""
    expired = {**OWING, "term_end": "2026-10-31"}
    assert Nights(POLICY, expired, invoices="").runs(november(*range(1, 30))) == {
        "2026-11-01": ["s:over:2026-10-31"]
    }
    nights = Nights(POLICY, WAITING, invoices="A 2026-10-01 100 NOK\nB 2026-10-20 50 NOK")
    for left in ("A 2026-10-01 100 NOK", "B 2026-10-20 50 NOK"):
        nights.invoices = left
        assert nights.run("2026-11-02") == []
    nights.invoices = ""
    assert nights.run("2026-11-02") == ["s:reactivate:2026-11-01"]
