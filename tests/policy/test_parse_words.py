"""Holds of a layer, sums, `within` and closing days as they are read, and their mistakes."""

from datetime import date
from pathlib import Path

import pytest
from tests.policy.marks import Verdict, judged

from lapse.model.rule import After, Layer, Rule, Span


@pytest.fixture
def verdict(request: pytest.FixtureRequest, tmp_path: Path) -> Verdict:
    return judged(request.function.__doc__, tmp_path)


def layer_of(verdict: Verdict, name: str) -> Layer:
    assert verdict.found == []
    assert verdict.policies.book is not None
    return next(layer for layer in verdict.policies.book.layers if layer.name == name)


def test_a_hold_forbids_harm_by_its_layers_name(verdict: Verdict) -> None:
    """It is a forbid of everything that takes access or data.

    --- plan.yaml
    layer: Payment plan
    applies_to: {customer: C-7}
    hold: {until: 2027-03-31, because: "three parts"}
    """
    hold = layer_of(verdict, "Payment plan").hold
    assert hold is not None
    assert (hold.name, hold.forbids, hold.span) == (
        "Payment plan",
        frozenset({"suspend"}),
        Span(None, date(2027, 3, 31)),
    )


def test_sums_and_limits_keep_their_parts(verdict: Verdict) -> None:
    """A sum is a term of days and one number; spaces stand around its sign.

    --- norway.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      last_call:
        track: dunning
        step: 2
        for_each: [$grace_days - 7, $notice_days + 1, 3]
        when: {days_past_due: {gte: $grace_days - $stage, lt: $grace_days + 3}}
        after: {last_step: 1, within: $grace_days}
        do: notify
    """
    rule = layer_of(verdict, "Norway").rules["last_call"]
    assert isinstance(rule, Rule)
    assert str(rule.stages) == "grace_days - 7, notice_days + 1, 3"
    assert str(rule.when) == (
        "days_past_due >= grace_days - stage and days_past_due < grace_days + 3"
    )
    assert isinstance(rule.after, After)
    assert str(rule.after.within) == "grace_days"
    assert {name.name for name in rule.names_beside()} == {"grace_days", "notice_days"}


def test_a_calendar_less_closing_days(verdict: Verdict) -> None:
    """One value, also beside its source; a more specific layer replaces the whole.

    --- norway.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms: {calendar: {country: "NO", closed: [12-31, 12-24, 2027-05-14]}}
    --- bavaria.yaml
    layer: Bavaria
    applies_to: {market: DE}
    terms: {calendar: {value: {country: DE/BY, closed: [02-29]}, source: "office"}}
    """
    (norway,) = layer_of(verdict, "Norway").terms["calendar"]
    (bavaria,) = layer_of(verdict, "Bavaria").terms["calendar"]
    assert norway.value == "NO less 12-24, 12-31, 2027-05-14"
    assert (bavaria.value, bavaria.source) == ("DE/BY less 02-29", "office")


def test_mistakes_in_holds_and_calendars(verdict: Verdict) -> None:
    """Each at its place.

    --- plan.yaml
    layer: Payment plan
    applies_to: {customer: C-7}
    hold: {until: 31.3.2027, because: "three parts"} #! bad-value
    --- approval.yaml
    layer: approval
    applies_to: {customer: C-9}
    hold: {until: 2027-03-31, because: "three parts"} #! reserved-name
    --- other.yaml
    layer: Other plan
    applies_to: {customer: C-8}
    hold: {until: 2027-03-31} #! missing-key
    terms:
      calendar: {closed: [12-24]} #! missing-key
    --- norway.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      calendar:
        country: Norwegen #! unknown-calendar
        closed:
          - 24.12 #! bad-value
          - 12-24
          - 12-24 #! duplicate-value
          - 02-30 #! bad-value
    """
    assert verdict.found == verdict.marked


def test_mistakes_in_sums(verdict: Verdict) -> None:
    """Each at its place.

    --- norway.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      close: {track: dunning, step: 2, do: notify,
        when: {days_past_due: {gt: $grace_days-3}}} #! bad-sum
      two: {track: dunning, step: 3, do: notify,
        when: {days_past_due: {gt: $grace_days + 3 + 4}}} #! bad-sum
      count: {track: dunning, step: 4, do: notify,
        when: {seats: {gt: $grace_days + 3}}} #! unit-mismatch
      other: {track: dunning, step: 5, do: notify,
        when: {days_past_due: {gt: $seat_minimum + 3}}} #! unit-mismatch
      fact: {track: dunning, step: 6, do: notify,
        when: {days_past_due: {gt: $seats + 3}}} #! unit-mismatch
      nothing: {track: dunning, step: 7, do: notify,
        when: {days_past_due: {gt: $grce_days + 3}}} #! unknown-term
      stage: {track: dunning, step: 8, do: notify,
        when: {days_past_due: {gt: $grace_days - $stage}}} #! stage-without-for-each
      itself: {track: dunning, step: 9, do: notify, when: {days_past_due: {gt: $stage}},
        for_each: [$grace_days - $stage]} #! bad-sum
      within: {track: dunning, step: 10, do: notify, when: {days_past_due: {gt: 3}},
        after: {within: 3}} #! wrong-shape
      never: {track: dunning, step: 11, do: notify, when: {days_past_due: {gt: 3}},
        after: {last_step: 5, within: 4}} #! bounds-reversed
      edge: {track: dunning, step: 12, do: notify, when: {days_past_due: {gt: 3}},
        after: {last_step: 5, within: 5}}
      span: {track: dunning, step: 13, do: notify, when: {days_past_due: {gt: 3}},
        after: {first_step: 5, within: 4}}
      days: {forbid: notify, when: {}} #! reserved-name
      only_if: {forbid: notify, when: {}} #! reserved-name
    """
    assert verdict.found == verdict.marked
