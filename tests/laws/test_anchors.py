"""An anchor is a date fact and its day; what a later run of one day gave comes after."""

from dataclasses import replace
from datetime import date

import pytest
from tests.laws.nights import Nights, rulebook

from lapse.decide.orders import Orders
from lapse.model.decision import Given

POLICY = """\
# catalogue.yaml
catalogue: anchors
cascade: [market]
tracks: {dunning: {anchor: past_due_since}, request: {anchor: requested_on}}
facts: {vip: {type: flag, blank: no}}
actions:
  notify: {}
  refuse: {}
  suspend: {harm: access, sets: {status: suspended, suspended_on: today, suspended_for: debt}}
  reactivate: {sets: {status: active, suspended_on: none, suspended_for: none}}
  delete: {harm: data, sets: {status: deleted, deleted_on: today}}
# base.yaml
layer: Base
terms: {time_zone: UTC}
rules:
  remind: {track: dunning, step: 1, when: {status: active, days_past_due: {gte: 2}}, do: notify}
  suspend:
    track: dunning
    step: 2
    when: {status: active, days_past_due: {gte: 4}, debt: {gt: 0}}
    do: suspend
  reactivate: {track: dunning, step: 3, when: {status: suspended, debt: {lte: 0}}, do: reactivate}
  warn:
    track: dunning
    step: 4
    anchor: suspended_on
    when: {status: suspended, days_suspended: {gte: 9}, segment: school}
    do: notify
  delete:
    track: dunning
    step: 5
    anchor: suspended_on
    when: {status: suspended, days_suspended: {gt: 12}}
    after: {first_step: 3}
    do: delete
  bought:
    track: request
    step: 1
    anchor: purchased_on
    when: {request: cancel, vip: yes}
    do: refuse
"""
SINCE = "2026-10-05"
OWES = {"status": "active", "past_due_since": SINCE, "debt": "50 EUR"}
SUSPENDED = {
    "status": "suspended",
    "past_due_since": SINCE,
    "suspended_on": SINCE,
    "debt": "50 EUR",
}


def given(rule: str, step: int, of: str, *, track: str = "dunning", on: str = SINCE) -> Given:
    day = date(2026, 10, 8)
    return Given(track, on, rule, None, step, "notify", day, day, day, anchor_of=of)


def test_a_reminder_of_a_debt_is_no_warning_of_a_suspension_of_the_same_day() -> None:
    nights = Nights(
        POLICY, {**SUSPENDED, "segment": "office"}, (given("remind", 1, "past_due_since"),)
    )
    assert nights.run("2026-11-20") == []
    assert nights.held("2026-11-20") == {"delete": "after"}
    warned = replace(nights, history=(given("warn", 4, "suspended_on"),))
    assert warned.run("2026-11-20") == [f"s:delete:{SINCE}"]


@pytest.mark.parametrize(
    ("rule", "is_warned"), [("remind", False), ("warn", True), ("gone", False)]
)
def test_an_order_that_does_not_tell_ran_from_what_starts_the_clock_of_its_rule(
    rule: str,
    is_warned: bool,  # noqa: FBT001
) -> None:
    nights = Nights(POLICY, SUSPENDED, (given(rule, 1, ""),))
    assert nights.run("2026-11-20") == ([f"s:delete:{SINCE}"] if is_warned else [])


def test_a_debt_and_a_suspension_of_one_day_have_ids_of_their_own() -> None:
    book = rulebook(POLICY)
    (rule,) = (rule for rule in book.every_rule() if rule.name == "warn")
    today = date(2026, 11, 20)
    other, same = given("warn", 4, "past_due_since"), given("warn", 4, "suspended_on")
    assert Orders((other,), book, today).order(rule, None, SINCE) == (2, today)
    assert Orders((same,), book, today).order(rule, None, SINCE) == (1, same.first_given)


def test_the_day_a_bill_falls_due_and_the_day_it_is_past_due_since_are_one_anchor() -> None:
    book = rulebook(POLICY)
    told = given("remind", 1, "next_due_on")
    assert list(Orders((told,), book, date(2026, 10, 9)).at("dunning", "past_due_since", SINCE))
    assert not list(Orders((told,), book, date(2026, 10, 9)).at("dunning", "suspended_on", SINCE))


def test_an_answer_from_another_clock_answers_no_request_of_that_day() -> None:
    asked = {"status": "active", "request": "cancel", "requested_on": SINCE}
    other = given("bought", 1, "purchased_on", track="request")
    assert "-" in Nights(POLICY, asked, (other,)).undetermined("2026-10-09")
    own = given("bought", 1, "requested_on", track="request")
    assert "-" not in Nights(POLICY, asked, (own,)).undetermined("2026-10-09")


def test_what_a_second_run_of_a_day_gave_comes_after_the_first() -> None:
    nights = Nights(POLICY, OWES)
    assert nights.run("2026-10-09T06:00:00Z") == [f"s:suspend:{SINCE}"]
    nights.facts = {**SUSPENDED, "suspended_on": "2026-10-09", "debt": "0 EUR"}
    assert nights.run("2026-10-09T18:00:00Z") == [f"s:reactivate:{SINCE}"]
    nights.facts = OWES
    assert nights.run("2026-10-10") == [f"s:suspend:{SINCE}#2"]
    assert nights.run("2026-10-11") == [f"s:suspend:{SINCE}#2"]


PROVIDER = (
    POLICY.replace("request: {anchor", "ends: {anchor: term_end, by: provider}, request: {anchor")
    .replace("  notify: {}\n", "  notify: {}\n  expire: {sets: {status: expired}}\n")
    .replace(
        "  bought:\n",
        "  stops: {track: ends, step: 1, when: {status: active, days_until_term_end: {lt: 0}},"
        " do: expire}\n  bought:\n",
    )
)


def test_what_the_provider_will_do_makes_no_new_order_of_ours() -> None:
    """It is foreseen night after night while the export still says active; only facts undo."""
    nights = Nights(PROVIDER, {**OWES, "term_end": "2026-10-08"})
    ours, theirs = f"s:suspend:{SINCE}", "s:stops:2026-10-08"
    for day in ("2026-10-09", "2026-10-10", "2026-10-11"):
        assert set(nights.run(day)) == {ours, theirs}
    nights.facts = {**SUSPENDED, "suspended_on": "2026-10-11", "debt": "0 EUR"}
    assert nights.run("2026-10-12") == ["s:reactivate:2026-10-05"]
    nights.facts = OWES
    assert nights.run("2026-10-13") == [f"{ours}#2"]
