"""Conditions: shapes, names, types and units of tests."""

from pathlib import Path

import pytest
from tests.policy.marks import Verdict, judged

from lapse.model.condition import Choices, Condition, Leaf, Literal, leaves
from lapse.model.rule import Rule


@pytest.fixture
def verdict(request: pytest.FixtureRequest, tmp_path: Path) -> Verdict:
    return judged(request.function.__doc__, tmp_path)


def condition_of(verdict: Verdict) -> Condition:
    """The condition of the only rule of the layer A."""
    assert verdict.found == []
    assert verdict.policies.book is not None
    layer = next(layer for layer in verdict.policies.book.layers if layer.name == "A")
    (rule,) = layer.rules.values()
    assert isinstance(rule, Rule)
    return rule.when


def test_every_test(verdict: Verdict) -> None:
    """Each test as it reads.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      a:
        forbid: suspend
        when:
          status: active
          market: [no, SE]
          seats: {gte: 5, lt: $seat_minimum}
          days_past_due: {gt: -3}
          at_term_end: {ne: cancel}
          billing_cycle: none
          billing: {not_in: [annual]}
          hold_until: {present: no}
          debt: {gt: $debt_tolerance, lte: 1200.50 NOK, ne: 0}
          term_end: {gt: $term_start, lt: 2027-01-01}
          region: nordics
          cancellable_until: {gt: 2026-01-01T00:00:00+01:00}
          product: {ne: "$5 plan"}
          segment: "$contact"
    """
    condition = condition_of(verdict)
    assert [str(leaf) for leaf in leaves(condition)] == [
        "status is active",
        "market is one of NO, SE",
        "seats >= 5",
        "seats < seat_minimum",
        "days_past_due > -3",
        "at_term_end is not cancel",
        "billing_cycle is none",
        "billing is none of annual",
        "hold_until is not present",
        "debt > debt_tolerance",
        "debt <= 1200.50 NOK",
        "debt is not 0.00",
        "term_end > term_start",
        "term_end < 2027-01-01",
        "region is nordics",
        "cancellable_until > 2025-12-31T23:00:00Z",
        "product is not $5 plan",
        "segment is contact",
    ]
    third = list(leaves(condition))[2]
    assert (third.place.line, third.place.column) == (9, 20)


def test_known(verdict: Verdict) -> None:
    """Whether something is known, on a track without harm.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      a: {track: dunning, step: 9, do: notify, when: {disputed: {known: yes}, seats: {known: no}}}
    """
    assert str(condition_of(verdict)) == "disputed is known and seats is not known"


def test_nesting(verdict: Verdict) -> None:
    """All, any and not; one part alone stands for itself.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      a:
        forbid: suspend
        when:
          vip: yes
          any:
            - {trial: yes, seats: 1}
            - all: [{disputed: yes}, {not: {seats: 2}}]
            - any: [{seats: 3}]
          not: {status: active, seats: 4}
    """
    assert str(condition_of(verdict)) == (
        "vip is yes"
        " and ((trial is yes and seats is 1) or (disputed is yes and not (seats is 2))"
        " or seats is 3)"
        " and not (status is active and seats is 4)"
    )


def test_one_test_is_a_leaf(verdict: Verdict) -> None:
    """No `all` around one part.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules: {a: {forbid: suspend, when: {product: "none"}}}
    """
    condition = condition_of(verdict)
    assert isinstance(condition, Leaf)
    assert condition.operand == Literal("none")


def test_a_list_is_one_of(verdict: Verdict) -> None:
    """Values of the declared type, in the order written.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules: {a: {forbid: suspend, when: {seats: [3, 1]}}}
    """
    condition = condition_of(verdict)
    assert isinstance(condition, Leaf)
    assert condition.operand == Choices((3, 1))


def test_names(verdict: Verdict) -> None:
    """Facts, counters and terms on the left; facts and terms on the right.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      a:
        forbid: suspend
        when:
          days_pastdue: {gt: 3}                      #! unknown-name
          $grace_days: {gt: 3}                       #! unknown-name
          customer_name: Kari                        #! not-testable
          notice_days: [1]                           #! not-testable
          product: $product_name                     #! not-testable
          days_suspended: {gt: $days_past_due}       #! counter-on-the-right
          days_cancelled: {gt: $grace_dayz}          #! unknown-name
          days_past_due: {gt: $notice_days}          #! not-testable
          days_until_term_end: {lte: $stage}         #! stage-without-for-each
          days_since_called_on: {gt: $grace_days}
    """
    assert verdict.found == verdict.marked


def test_types(verdict: Verdict) -> None:
    """Both sides are of one type, and what orders has an order.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      a:
        for_each: [1]
        track: dunning
        step: 2
        do: notify
        when:
          days_past_due: {gt: $commitment}           #! unit-mismatch
          seats: {gt: $stage}                        #! unit-mismatch
          commitment_months: {lt: $grace_days}       #! unit-mismatch
          status: {gt: active}                       #! not-ordered
          vip: {lt: yes}                             #! not-ordered
          debt: {gt: 100}                            #! money-without-currency
          unit_price: {gt: $seats}                   #! unit-mismatch
          min_seats: {gt: -1}                        #! bad-value
          term_end: {gt: 2026-13-01}                 #! bad-value
          cancellable_until: {lt: 2026-01-01}        #! bad-value
          trial: maybe                               #! bad-value
          program: lagacy                            #! unknown-choice
          market: Norway                             #! bad-value
          currency: kroner                           #! bad-value
          region: nordix                             #! unknown-choice
          segment: none                              #! missing-as-value
          product: {ne: unknown}                     #! missing-as-value
          billing_cycle: unknown                     #! missing-as-value
    """
    assert verdict.found == verdict.marked


def test_shapes(verdict: Verdict) -> None:
    """One spelling for each test.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules:
      a:
        forbid: suspend
        when:
          status: {eq: active}                       #! unknown-test
          program: {in: [nce]}                       #! unknown-test
          seats: {gtt: 1}                            #! unknown-test
          min_seats: {}                              #! wrong-shape
          max_seats: []                              #! empty-list
          trial:                                     #! wrong-shape
          vip: {known: perhaps}                      #! bad-value
          debt: {gt: [1 NOK]}                        #! wrong-shape
          product: {ne: [a, b]}                      #! wrong-shape
          segment: {not_in: a}                       #! wrong-shape
          market: [SE, "NO", no]                     #! duplicate-value
          customer_id: [$product]                    #! bad-value
          any: {vip: yes}                            #! wrong-shape
          all: []                                    #! wrong-shape
          not: {}                                    #! wrong-shape
          disputed: {gt: {gt: 1}}                    #! not-ordered
          unpaid_invoices: {gt: {gt: 1}}             #! wrong-shape
      b: {forbid: suspend, when: [vip]}              #! wrong-shape
      c: {forbid: suspend, when: yes}                #! wrong-shape
      d: {forbid: suspend, when: {any: [vip, {}]}}   #! wrong-shape wrong-shape
    """
    assert verdict.found == verdict.marked


@pytest.mark.parametrize(
    ("test", "help_"),
    [
        ("status: {eq: active}", "write the bare value: `status: active`"),
        ("status: {in: [active]}", "write a list: `status: [active, expired]`"),
        ("seats: {gtt: 1}", "did you mean `gt`?"),
        ("debt: {gt: 100}", "name the currency: `100 NOK`"),
        ("debt: {gt: NOK100}", "write `100 NOK`"),
        ("seats: {gt: 5 seats}", "write `5`"),
        (
            "hold_until: none",
            "a condition tests it with `{present: no}`; a text of that name needs quotes",
        ),
        (
            "hold_until: unknown",
            "a condition tests it with `{known: no}`; a text of that name needs quotes",
        ),
        (
            "days_past_due: {gt: $days_suspended}",
            "compare a counter with a number of days or a term",
        ),
        ("days_pastdue: 3", "did you mean `days_past_due`?"),
        ("$grace_days: 3", "on the left write it without the sign: `grace_days`"),
        ("status: activ", "did you mean `active`?"),
        ("program: zzz", "known here: `azure`, `legacy`, `nce`, `other`"),
        ("market: Norwegen", "write its two letters, such as `NO`"),
        ("market: Norway", "did you mean `NO`?"),
        ("notice_days: [1]", "write `for_each: $notice_days` and compare with `$stage`"),
    ],
)
def test_help_says_what_would_have_worked(test: str, help_: str, tmp_path: Path) -> None:
    layer = f"""First line
    --- a.yaml
    layer: A
    applies_to: {{market: "NO"}}
    rules: {{a: {{forbid: suspend, when: {{{test}}}}}}}
    """
    assert judged(layer, tmp_path).error.help == help_


def test_both_units_are_named(verdict: Verdict) -> None:
    """Days and months.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    rules: {a: {forbid: suspend, when: {days_past_due: {gt: $commitment}}}}
    """
    assert verdict.error.message == (
        "`days_past_due` is a number of days, but `$commitment` is a number of months"
    )


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("term_end: {gt: soon}", "`soon` is not a date"),
        ("unit_price: {gt: cheap}", "`cheap` is not an amount of money"),
        ("seats: {gt: 5 seats}", "`5 seats` is not a whole number"),
        ("market: Norway", "`Norway` is not the code of a country"),
        ("currency: kroner", "`kroner` is not the code of a currency"),
    ],
)
def test_a_wrong_value_is_told_by_its_type(test: str, message: str, tmp_path: Path) -> None:
    layer = f"""
    --- a.yaml
    layer: A
    rules: {{a: {{forbid: suspend, when: {{{test}}}}}}}
    """
    assert judged(layer, tmp_path).error.message == message


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("{not: " * 25 + "{vip: yes}" + "}" * 25, "condition-too-large"),
        ("{any: [" + "{vip: yes}, " * 501 + "]}", "condition-too-large"),
        ("{not: " * 60 + "{vip: yes}" + "}" * 60, "yaml-too-deep"),
    ],
    ids=["nested", "long", "nested past reading"],
)
def test_conditions_have_a_size(condition: str, code: str, tmp_path: Path) -> None:
    layer = f"""First line
    --- a.yaml
    layer: A
    applies_to: {{market: "NO"}}
    rules: {{a: {{forbid: suspend, when: {condition}}}}}
    """
    assert judged(layer, tmp_path).error.code == code
