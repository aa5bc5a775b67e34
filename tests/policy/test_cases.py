"""Cases files: facts, days, and what is expected."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.marks import Verdict, judged

from lapse.model.facts import ABSENT, UNKNOWN
from lapse.model.money import Money


@pytest.fixture
def verdict(request: pytest.FixtureRequest, tmp_path: Path) -> Verdict:
    return judged(request.function.__doc__, tmp_path)


def test_a_whole_case(verdict: Verdict) -> None:
    """Every key of a case, in the order of time.

    --- cases/norway.yaml
    cases:
      - name: Norway  reminds
        given: {market: NO, debt: 1200 NOK, hold_until: none, seats: unknown, billing_cycle: none,
                product: "none", vip: yes}
        from: 2026-11-01
        until: 2026-11-20
        track: dunning
        expect:
          2026-11-08: [remind@7, {held: hold}]
          2026-11-02: remind@1
          2026-11-03T12:00:00+02:00: {undetermined: remind}
          2026-11-04: {undetermined: [-, remind@1]}
          2026-11-05: []
        then: {2026-11-18: {debt: 0 NOK}, 2026-11-17: {vip: no}}
    """
    assert verdict.found == []
    (case,) = verdict.policies.cases
    assert (case.name, case.track) == ("Norway reminds", "dunning")
    assert (case.first, case.until) == (date(2026, 11, 1), date(2026, 11, 20))
    assert case.given == {
        "market": "NO",
        "debt": Money(Decimal(1200), "NOK"),
        "hold_until": ABSENT,
        "seats": UNKNOWN,
        "billing_cycle": "none",
        "product": "none",
        "vip": True,
    }
    assert [(day, [(e.kind, e.label) for e in found]) for day, found in case.expect] == [
        (date(2026, 11, 2), [("acts", "remind@1")]),
        (datetime(2026, 11, 3, 10, tzinfo=UTC), [("undetermined", "remind")]),
        (date(2026, 11, 4), [("undetermined", "-"), ("undetermined", "remind@1")]),
        (date(2026, 11, 5), []),
        (date(2026, 11, 8), [("acts", "remind@7"), ("held", "hold")]),
    ]
    assert case.then == (
        (date(2026, 11, 17), {"vip": False}),
        (date(2026, 11, 18), {"debt": Money(Decimal(0), "NOK")}),
    )
    assert (case.place.line, case.place.column) == (2, 11)


def test_what_a_case_needs(verdict: Verdict) -> None:
    """Keys, facts and days.

    --- cases/a.yaml
    cases:
      - given: {}                              #! missing-key missing-key missing-key missing-key
      - name: b
        given:
          sets: 5                              #! unknown-fact
          debt: 100                            #! money-without-currency
          days_past_due: 3                     #! unknown-fact
          region: dach                         #! unknown-fact
          status: activ                        #! unknown-choice
        from: 2026-01-02
        until: 2026-01-01                      #! dates-reversed
        expect: {}
      - name: c
        given: {}
        from: soon                             #! bad-value
        until: 2026-01-01
        track: duning                          #! unknown-track
        expect:
        thn: {}                                #! unknown-key
      - name: d
        given: {}
        from: 1990-01-01
        until: 2026-01-01                      #! case-too-long
        expect: {}
      - just text                              #! wrong-shape
    --- cases/deep/b.yaml
    case: []                                   #! unknown-key missing-key
    --- cases/c.yaml
    cases:
      - {name: e, given: {}, from: 2026-01-01, until: 2026-01-01, expect: {}}
      - {name: e, given: {}, from: 2026-01-01, until: 2026-01-01, expect: {}}  #! duplicate-case
    """
    assert verdict.found == verdict.marked
    assert [case.name for case in verdict.policies.cases] == ["e"]


def test_what_may_be_expected(verdict: Verdict) -> None:
    """Rules that exist, on days of the case.

    --- cases/a.yaml
    cases:
      - name: a
        given: {}
        from: 2026-01-01
        until: 2026-01-31
        expect:
          2026-01-01: remnd@1                  #! unknown-rule
          2026-01-02: remind                   #! stage-of-rule
          2026-01-03: {held: hold@1}           #! stage-of-rule
          2026-01-04: {forbidden: hold}        #! unknown-key
          2026-01-05: "-"                      #! unknown-rule
          2026-02-01: hold                     #! day-outside
          2025-12-31: []                       #! day-outside
          02.01.2026: hold                     #! bad-value
          2026-01-06T10:00:00Z: []
          2026-01-06T11:00:00+01:00: []        #! duplicate-key
          2026-01-07: {}                       #! wrong-shape
          2026-01-08: remind@x                 #! unknown-rule
        then:
          2026-02-02: {}                       #! day-outside
          2026-01-02: {seets: 5}               #! unknown-fact
    """
    assert verdict.found == verdict.marked


def test_what_may_have_been_given_before(verdict: Verdict) -> None:
    """Orders of rules that act, on days before the case.

    --- cases/a.yaml
    cases:
      - name: a
        given: {}
        before:
          2025-12-01: remind@1
          2025-12-02: [remind@7, remind@1]
          2025-12-03: remind                   #! stage-of-rule
          2025-12-04: hold                     #! unknown-rule
          2025-12-05: {held: suspend}          #! wrong-shape
          2026-01-01: remind@1                 #! day-outside
          soon: remind@1                       #! bad-value
        from: 2026-01-01
        until: 2026-01-31
        expect: {}
    """
    assert verdict.found == verdict.marked
    (case,) = verdict.policies.cases
    given = [(at, [order.label for order in orders]) for at, orders in case.before]
    assert given[:2] == [
        (date(2025, 12, 1), ["remind@1"]),
        (date(2025, 12, 2), ["remind@7", "remind@1"]),
    ]


def test_wrong_cases_do_not_stop_a_run(verdict: Verdict) -> None:
    """The rulebook is there, the set is not sound.

    --- cases/a.yaml
    cases: [{name: a}]
    """
    assert verdict.policies.book is not None
    assert not verdict.policies.is_sound


def test_a_rule_that_a_layer_got_wrong_is_known(verdict: Verdict) -> None:
    """Only the rule is reported.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      call: {do: notfy, track: dunning, step: 4, when: {vip: yes}}  #! unknown-action
      ring: {when: {vip: yes}}                                      #! rule-kind
    --- cases/a.yaml
    cases:
      - name: a
        given: {}
        from: 2026-01-01
        until: 2026-01-31
        expect: {2026-01-02: call, 2026-01-03: ring}
    """
    assert verdict.found == verdict.marked
