"""What a policy says beside thresholds: holds, sums, `within`, closing days, the next bill."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from tests.laws.nights import Nights, holds, rulebook

from lapse.decide.forecast import Life, forecast, situation_of
from lapse.decide.reference import decide
from lapse.executors.jumps import Jumps
from lapse.model.decision import Decision, NotCovered
from lapse.policy.in_force import Scopes

POLICY = """\
# catalogue.yaml
catalogue: language
cascade: [market, customer]
tracks: {dunning: {anchor: past_due_since}, care: {anchor: next_due_on}}
terms:
  grace_days: {type: days}
  notice_days: {type: days list}
  fresh_days: {type: days}
actions:
  notify: {}
  flag: {}
  suspend: {harm: access, sets: {status: suspended, suspended_on: today, suspended_for: debt}}
  reactivate: {sets: {status: active, suspended_on: none, suspended_for: none}}
# base.yaml
layer: Base
terms:
  time_zone: UTC
  calendar: {country: none, closed: [12-24, 2026-12-28]}
  grace_days: 10
  notice_days: [1, 5, 8]
  fresh_days: 20
rules:
  ahead:
    track: dunning
    step: 1
    anchor: next_due_on
    for_each: [7, 0]
    when: {status: active, days_until_next_due: {lte: $stage, gte: 0}, next_due: {gt: 0 NOK}}
    do: notify
  remind:
    track: dunning
    step: 2
    for_each: $notice_days
    when: {status: active, days_past_due: {gte: $stage}, debt: {gt: 0 NOK}}
    do: notify
  last_call:
    track: dunning
    step: 3
    when: {status: active, days_past_due: {gte: $grace_days - 1}, debt: {gt: 0 NOK}}
    do: flag
  suspend:
    track: dunning
    step: 4
    when: {status: active, days_past_due: {gt: $grace_days}, debt: {gt: 0 NOK}}
    days: business
    after: {last_step: 2, within: $fresh_days}
    do: suspend
  reactivate:
    track: dunning
    step: 5
    anchor: suspended_on
    when: {status: suspended, debt: {lte: 0 NOK}}
    do: reactivate
  on_hold:
    when: {days_until_hold_ends: {gte: 0}}
    forbid: [suspend]
# plan.yaml
layer: Payment plan
applies_to: {customer: PLAN}
hold: {until: 2026-12-10, because: "pays in three parts {agreed}"}
# counted.yaml
layer: Counted
applies_to: {customer: COUNTED}
rules:
  remind:
    replaces: true
    track: dunning
    step: 2
    for_each: [$grace_days - 7, $grace_days - 30, 3, $notice_days + 2]
    when: {status: active, days_past_due: {gte: $stage}, debt: {gt: 0 NOK}}
    do: notify
  last_call:
    replaces: true
    track: dunning
    step: 3
    for_each: [3, 20]
    when: {status: active, days_past_due: {gt: $grace_days - $stage}, debt: {gt: 0 NOK}}
    do: flag
"""
OWING = {"status": "active", "past_due_since": "2026-11-30", "debt": "100 NOK"}


def test_nobody_is_suspended_on_a_closing_day() -> None:
    """Christmas Eve is closed each year, the 28th in this one; between them lies a weekend.

    cases:
      - name: grace ends on Christmas Eve
        given: {status: active, past_due_since: 2026-12-13, debt: 100 NOK}
        from: 2026-12-23
        until: 2026-12-31
        expect: {2026-12-23: last_call, 2026-12-24: {held: suspend}, 2026-12-25: suspend}
      - name: the next day that is neither a weekend nor closed
        given: {status: active, past_due_since: 2026-12-15, debt: 100 NOK}
        from: 2026-12-23
        until: 2026-12-31
        expect:
          2026-12-23: remind@8
          2026-12-24: last_call
          2026-12-28: {held: suspend}
          2026-12-29: suspend
      - name: the closing day of 2026 is an ordinary Tuesday in 2027
        given: {status: active, past_due_since: 2027-12-17, debt: 100 NOK}
        from: 2027-12-26
        until: 2027-12-28
        expect: {2027-12-26: last_call, 2027-12-28: suspend}
    """
    holds(test_nobody_is_suspended_on_a_closing_day, POLICY)


def test_a_layer_holds_harm_back_through_its_last_day() -> None:
    """Reminders go on; the day after, the suspension comes.

    cases:
      - name: a payment plan
        given: {customer_id: PLAN, status: active, past_due_since: 2026-11-27, debt: 100 NOK}
        from: 2026-12-05
        until: 2026-12-15
        expect:
          2026-12-05: remind@8
          2026-12-06: last_call
          2026-12-10: {held: suspend}
          2026-12-11: suspend
    """
    holds(test_a_layer_holds_harm_back_through_its_last_day, POLICY)
    plan = Nights(POLICY, {**OWING, "past_due_since": "2026-11-20", "customer_id": "PLAN"})
    plan.runs(["2026-11-28", "2026-12-01"])
    (held,) = [each for each in plan.decide("2026-12-04").held if each.by != "after"]
    assert (held.by, held.until) == ("Payment plan", date(2026, 12, 10))


def test_a_layer_whose_scope_is_not_known_may_hold() -> None:
    anyone = Nights(POLICY, {**OWING, "past_due_since": "2026-11-20"}, unknown=("customer_id",))
    (held,) = anyone.decide("2026-12-08").held
    assert held.reasons[0].by == "Payment plan"
    assert held.missing == {"customer_id"}
    assert anyone.held("2026-12-11") == {"suspend": "after"}


def test_sums_name_stages_and_move_tests() -> None:
    """Ten days of grace: day 3 stands twice and counts once, day -20 is no stage.

    cases:
      - name: stages by sums
        given: {customer_id: COUNTED, status: active, past_due_since: 2026-11-01, debt: 100 NOK}
        from: 2026-11-01
        until: 2026-11-13
        expect:
          2026-11-01: ahead@0
          2026-11-04: remind@3
          2026-11-08: remind@7
          2026-11-09: last_call@3
          2026-11-11: remind@10
          2026-11-13: suspend
    """
    holds(test_sums_name_stages_and_move_tests, POLICY)


def test_a_sum_below_zero_is_false() -> None:
    """`grace_days - 20` is less than 0 for ten days of grace, so that stage never acts."""
    at = Nights(POLICY, {**OWING, "customer_id": "COUNTED"}).decide("2027-06-01")
    labels = {action.candidate.label for action in at.actions}
    assert not any(label.startswith("last_call@20") for label in labels)


def test_a_suspension_after_a_long_hold_comes_after_a_fresh_reminder() -> None:
    """The last step was given on 9 December; a hold of two months lies between.

    cases:
      - name: a payment plan that ends unpaid
        given: {status: active, past_due_since: 2026-11-30, debt: 100 NOK, hold_until: 2027-02-14}
        from: 2026-12-08
        until: 2027-02-20
        expect:
          2026-12-08: remind@8
          2026-12-09: last_call
          2027-02-12: {held: suspend}
          2027-02-15: last_call
          2027-02-17: suspend
    """
    holds(test_a_suspension_after_a_long_hold_comes_after_a_fresh_reminder, POLICY)


def test_what_is_given_once_more_is_a_new_order() -> None:
    late = Nights(POLICY, OWING)
    assert late.runs(["2026-12-08", "2026-12-09"]) == {
        "2026-12-08": ["s:remind@8:2026-11-30"],
        "2026-12-09": ["s:last_call:2026-11-30"],
    }
    # After an outage of a month, and once more after another; a night missed repeats nothing.
    assert late.run("2027-01-11") == ["s:last_call:2026-11-30#2"]
    assert late.run("2027-01-12") == []
    assert late.run("2027-02-10") == ["s:last_call:2026-11-30#3"]
    assert late.run("2027-02-12") == ["s:suspend:2026-11-30"]


def test_nothing_is_given_once_more_while_something_else_holds() -> None:
    held = Nights(POLICY, {**OWING, "hold_until": "2027-03-31"})
    held.runs(["2026-12-08", "2026-12-09"])
    assert held.run("2027-01-11") == []
    assert held.held("2027-01-11") == {"suspend": "on_hold; after"}
    weekend = Nights(POLICY, OWING, held.history)
    assert weekend.run("2027-01-09") == []
    assert weekend.held("2027-01-09") == {"suspend": "after; days"}


def test_a_lower_step_is_not_given_once_more_before_one_that_waits_for_a_working_day() -> None:
    """On a weekend the letter waits until Monday, and Monday's is the fresh reminder."""
    policy = POLICY.replace("    do: flag\n", "    days: business\n    do: flag\n", 1).replace(
        "    days: business\n    after", "    after"
    )
    late = Nights(policy, {**OWING, "past_due_since": "2026-12-04"})
    assert late.run("2026-12-12") == ["s:remind@8:2026-12-04"]
    assert late.run("2027-01-09") == []
    assert late.held("2027-01-09") == {"last_call": "days", "suspend": "after"}
    assert late.run("2027-01-11") == ["s:last_call:2026-12-04"]
    assert late.run("2027-01-13") == ["s:suspend:2026-12-04"]


def test_what_is_given_once_more_needs_leave_of_its_own() -> None:
    policy = POLICY.replace("  flag: {}\n", "  flag: {approval: yes}\n")
    late = Nights(policy, OWING)
    late.runs(["2026-12-08", "2026-12-09"])
    again = "s:last_call:2026-11-30#2"
    earlier = frozenset({"s:last_call:2026-11-30"})
    decision = late.decide("2027-01-11", approved=earlier)
    waiting = {held.action.id("s"): held.by for held in decision.held}
    assert waiting == {again: "approval", "s:suspend:2026-11-30": "after"}
    assert late.run("2027-01-12", approved=earlier | {again}) == [again]


def test_a_suspension_that_waits_for_leave_and_a_fresh_reminder_gets_the_reminder() -> None:
    policy = POLICY.replace("  suspend: {harm", "  suspend: {approval: yes, harm")
    late = Nights(policy, OWING)
    late.runs(["2026-12-08", "2026-12-09"])
    assert late.run("2027-01-11", approved=frozenset()) == ["s:last_call:2026-11-30#2"]
    held = late.decide("2027-01-13", approved=frozenset()).held
    assert {each.candidate.label: each.by for each in held} == {"suspend": "approval"}
    assert late.run("2027-01-13", approved={"s:suspend:2026-11-30"}) == ["s:suspend:2026-11-30"]


def test_a_step_on_another_clock_is_no_fresh_reminder() -> None:
    """Who is told of the suspension day is not told of the debt's: each anchor has its own."""
    policy = POLICY.replace(
        "    step: 3\n    when: {status: active, days_past_due: {gte: $grace_days - 1}",
        "    step: 3\n    anchor: purchased_on\n"
        "    when: {status: active, days_past_due: {gte: $grace_days - 1}",
        1,
    )
    late = Nights(policy, {**OWING, "purchased_on": "2026-06-01"})
    late.runs(["2026-12-08", "2026-12-09"])
    assert late.run("2027-01-11") == ["s:remind@8:2026-11-30#2"]


def test_an_unknown_limit_of_days_holds() -> None:
    policy = POLICY.replace("  fresh_days: 20\n", "  fresh_days: {from: 2027-06-01, value: 20}\n")
    late = Nights(policy, OWING)
    late.runs(["2026-12-08", "2026-12-09"])
    (held,) = late.decide("2026-12-14").held
    assert held.by == "after"
    assert held.missing == {"fresh_days"}


BILLS = """\
I-1 2026-12-10 100 NOK
I-2 2026-12-20 50 NOK
I-3 2026-12-20 25 NOK
"""


def test_a_reminder_before_the_due_date_comes_by_invoices_and_by_columns_alike() -> None:
    days = [f"2026-12-{day:02}" for day in range(1, 12)]
    by_column = Nights(POLICY, {**OWING, "past_due_since": "2026-12-10"})
    expected = {
        "2026-12-03": ["s:ahead@7:2026-12-10"],
        "2026-12-10": ["s:ahead@0:2026-12-10"],
        "2026-12-11": ["s:remind@1:2026-12-10"],
    }
    assert by_column.runs(days) == expected
    by_invoices = Nights(POLICY, {"status": "active"}, invoices=BILLS)
    assert by_invoices.runs(days) == expected


def test_the_next_bill_is_what_credits_leave_of_the_earliest() -> None:
    bills = Nights(POLICY, {"status": "active", "currency": "NOK"}, invoices=BILLS)
    found = {
        day: (bills.fact("next_due_on", day), bills.fact("next_due", day))
        for day in ("2026-12-10", "2026-12-11", "2026-12-20", "2026-12-21")
    }
    assert found == {
        "2026-12-10": ("2026-12-10", "100.00 NOK"),
        "2026-12-11": ("2026-12-20", "75.00 NOK"),
        "2026-12-20": ("2026-12-20", "75.00 NOK"),
        "2026-12-21": ("none", "0.00 NOK"),
    }
    paid = Nights(POLICY, {"status": "active"}, invoices=f"{BILLS}C-1 2026-12-01 -120 NOK\n")
    assert (paid.fact("next_due_on", "2026-12-05"), paid.fact("next_due", "2026-12-05")) == (
        "2026-12-20",
        "55.00 NOK",
    )
    foreign = Nights(POLICY, {"status": "active"}, invoices=f"{BILLS}C-1 2026-12-01 -120 -\n")
    assert foreign.fact("next_due_on", "2026-12-05") == "unknown"
    two = Nights(POLICY, {"status": "active"}, invoices=f"{BILLS}I-4 2026-12-10 5 EUR\n")
    assert (two.fact("next_due_on", "2026-12-05"), two.fact("next_due", "2026-12-05")) == (
        "2026-12-10",
        "unknown",
    )


def test_a_debt_that_is_not_known_leaves_the_next_bill_unknown() -> None:
    nobody = Nights(POLICY, {"status": "active"}, unknown=("past_due_since",))
    assert nobody.undetermined("2026-12-01")["ahead@7"] == {"past_due_since"}


def test_the_new_words_are_foreseen_by_jumps_as_day_by_day() -> None:
    scopes = Scopes(rulebook(POLICY))
    lives = [
        Nights(POLICY, {**OWING, "hold_until": "2027-02-14"}),
        Nights(POLICY, {**OWING, "customer_id": "PLAN", "past_due_since": "2026-12-09"}),
        Nights(POLICY, {**OWING, "customer_id": "COUNTED"}),
        Nights(POLICY, {"status": "active"}, invoices=BILLS),
        Nights(POLICY, {"status": "active", "hold_until": "2027-03-01"}, invoices=BILLS),
    ]
    for nights in lives:
        first = situation_of(nights.subscription(scopes), scopes, date(2026, 11, 25))
        until = first.moment.day + timedelta(days=150)
        life = Life(first.subscription)
        every = dict(_acted(forecast(life, scopes, first.moment, until)))
        jumped = [
            (judged.situation.moment.day, judged.decision)
            for judged in Jumps(scopes, decide).judged(life, first, until)
        ]
        assert dict(_acted(jumped)) == every
        assert len(every) > 3


def _acted(
    days: Iterable[tuple[date, Decision | NotCovered]],
) -> Iterator[tuple[date, list[str]]]:
    for day, decision in days:
        assert isinstance(decision, Decision)
        if decision.actions:
            yield day, [action.id("s") for action in decision.actions]


MONEY = """\
# catalogue.yaml
catalogue: money
cascade: [market, segment]
tracks: {dunning: {anchor: past_due_since}}
terms: {debt_tolerance: {type: money}}
actions: {notify: {}}
# base.yaml
layer: Base
terms: {time_zone: UTC, debt_tolerance: {NOK: 100, EUR: 10, other: 0}}
rules:
  remind: {track: dunning, step: 1, when: {debt: {gt: $debt_tolerance}}, do: notify}
# prepaid.yaml
layer: Prepaid
applies_to: {segment: prepaid}
terms: {debt_tolerance: {NOK: 100, EUR: 5, other: 0}}
"""


def test_layers_that_agree_in_the_subscriptions_currency_leave_nothing_unknown() -> None:
    def reminded(debt: str, currency: str, invoices: str | None = None) -> list[str]:
        facts = {"currency": currency, "past_due_since": "2026-11-01"}
        facts |= {} if invoices else {"debt": debt}
        nights = Nights(MONEY, facts, unknown=("segment",), invoices=invoices)
        return [action.candidate.rule.name for action in nights.decide("2026-11-23").actions]

    assert reminded("101", "NOK") == ["remind"]
    assert reminded("100", "NOK") == []
    assert reminded("20", "EUR") == []
    assert reminded("", "NOK", "I-1 2026-11-01 101 NOK") == ["remind"]
    unsure = Nights(MONEY, {"debt": "20 EUR", "currency": "EUR"}, unknown=("segment",))
    assert unsure.undetermined("2026-11-23") == {"remind": {"segment"}}
