"""Layers: scope, coverage, the terms they set and their dated values."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.marks import Verdict, judged

from lapse.model.money import MoneyTable
from lapse.model.rule import Layer, Override, Span
from lapse.policy.text.amounts import MOST_DAYS


@pytest.fixture
def verdict(request: pytest.FixtureRequest, tmp_path: Path) -> Verdict:
    return judged(request.function.__doc__, tmp_path)


def layer_of(verdict: Verdict, name: str) -> Layer:
    assert verdict.found == []
    assert verdict.policies.book is not None
    return next(layer for layer in verdict.policies.book.layers if layer.name == name)


def test_values_keep_their_declared_type(verdict: Verdict) -> None:
    """What YAML would have read as something else.

    --- norway.yaml
    layer: Norway
    applies_to: {market: NO, product: ["010", 1e5, 12:30:45, 1_000, 2026-02-03, on]}
    terms:
      time_zone: {value: Europe/Oslo, source: "where we are"}
      calendar: NO
      debt_tolerance: {NOK: 100, other: 0}
      notice_days: [-3, 1, 010]
      seat_minimum: {value: 5, at_least: 2, source: "Agreement 9.1"}
      grace_days:
        - {from: 2024-01-01, value: 14}
        - value: 130
          from: 2027-01-01
          to: 2027-12-31
          override: {approved_by: Kari, reason: "Board  decision", expires: 2027-06-30}
      commitment: "12"
      billing: Monthly
      is_strict: yes
      contact: NO
      starts_on: 2026-02-03
    """
    layer = layer_of(verdict, "Norway")
    values = {name: [entry.value for entry in entries] for name, entries in layer.terms.items()}
    assert layer.applies_to == {
        "market": {"NO"},
        "product": {"010", "1e5", "12:30:45", "1_000", "2026-02-03", "on"},
    }
    assert values == {
        "time_zone": ["Europe/Oslo"],
        "calendar": ["NO"],
        "debt_tolerance": [MoneyTable({"NOK": Decimal(100)}, Decimal(0))],
        "notice_days": [(-3, 1, 10)],
        "seat_minimum": [5],
        "grace_days": [14, 130],
        "commitment": [12],
        "billing": ["monthly"],
        "is_strict": [True],
        "contact": ["NO"],
        "starts_on": [date(2026, 2, 3)],
    }


def test_dated_entries(verdict: Verdict) -> None:
    """Spans, sources, floors and overrides, and where each stands.

    --- norway.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      seat_minimum: {value: 5, at_least: 2, at_most: 9, source: "Agreement 9.1"}
      debt_tolerance: {value: 250 NOK, from: 2026-01-01}
      grace_days:
        - {from: 2024-01-01, value: 14}
        - value: 130
          to: 2027-12-31
          override: {approved_by: Kari, reason: "Board  decision", expires: 2027-06-30}
    """
    terms = layer_of(verdict, "Norway").terms
    (seats,), (tolerance,), (first, second) = (
        terms[name] for name in ("seat_minimum", "debt_tolerance", "grace_days")
    )
    assert (seats.at_least, seats.at_most, seats.source) == (2, 9, "Agreement 9.1")
    assert seats.span == Span()
    assert tolerance.value == MoneyTable({"NOK": Decimal(250)})
    assert first.span == Span(date(2024, 1, 1), None)
    assert second.span == Span(None, date(2027, 12, 31))
    assert second.override == Override("Kari", "Board decision", date(2027, 6, 30))
    assert (second.place.line, second.place.column) == (8, 14)


def test_scopes(verdict: Verdict) -> None:
    """Keys of the cascade, and values that such a fact can have.

    --- a.yaml
    layer: A
    applies_to:
      markets: NO                          #! unknown-cascade-key
      market:
        - Norway                           #! bad-value
        - "NO"
        - no                               #! duplicate-value
      region: nordisc                      #! unknown-region
      program: lagacy                      #! unknown-choice
      vip_level: bronze                    #! unknown-choice
      segment: none                        #! missing-as-value
      product: []                          #! empty-list
      customer: {id: 5}                    #! wrong-shape
    --- b.yaml
    layer: B
    applies_to: NO                         #! wrong-shape
    """
    assert verdict.found == verdict.marked


def test_headers(verdict: Verdict) -> None:
    """What a layer says of itself.

    --- a.yaml
    aplies_to: {market: "NO"}              #! unknown-key missing-key
    --- b.yaml
    layer:                                 #! wrong-shape
    covers: maybe                          #! bad-value
    --- c.yaml
    layer: C
    applies_to: {program: azure}
    covers: no                             #! missing-key
    --- d.yaml
    layer: D
    because: "no reason"                   #! misplaced-key
    --- e.yaml
    - layer: E                             #! wrong-shape
    --- f.yaml
    just text                              #! wrong-shape
    --- g.yaml
    layer: ~                               #! wrong-shape
    --- sub/h.yaml
    cases: []                              #! misplaced-file
    --- sub/catalogue.yaml
    catalogue: other                       #! misplaced-file
    --- sub/i.yaml
    layer: I
    cases: []                              #! misplaced-file
    covers: maybe                          #! bad-value
    """
    assert verdict.found == verdict.marked


def test_not_covered(verdict: Verdict) -> None:
    """Subscriptions that a policy leaves out.

    --- azure.yaml
    layer: Azure
    applies_to: {program: azure}
    covers: no
    because: "billed by use"
    """
    layer = layer_of(verdict, "Azure")
    assert (layer.is_covered, layer.because) == (False, "billed by use")


def test_names_of_layers(verdict: Verdict) -> None:
    """One layer of one name, with both places.

    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    --- b.yaml
    applies_to: {market: SE}
    layer: Norway                          #! duplicate-layer
    """
    assert verdict.found == verdict.marked
    assert verdict.error.also is not None
    assert verdict.error.also.file.endswith("a.yaml")


def test_wrong_values(verdict: Verdict) -> None:
    """A value that is none of its declared type.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    terms:
      grace_day: 14                        #! unknown-term
      grace_days: 14 days                  #! bad-value
      seat_minimum: 2.5                    #! bad-value
      commitment: -1                       #! bad-value
      billing: weekly                      #! unknown-choice
      is_strict: on                        #! bad-value
      contact:                             #! wrong-shape
      starts_on: 2023-02-29                #! bad-value
      notice_days: 7                       #! wrong-shape
      time_zone: Europe/Olso               #! unknown-zone
      calendar: nowhere                    #! unknown-calendar
    --- b.yaml
    layer: B
    applies_to: {market: "SE"}
    terms:
      grace_days: $commitment              #! bad-value
      commitment: [1, 2]                   #! wrong-shape wrong-shape
      starts_on: 03.02.2026                #! bad-value
      contact: {name: Kari}                #! unknown-key missing-key
      notice_days: [1, x, 1]               #! bad-value duplicate-value
      time_zone: UTC+1                     #! unknown-zone
      calendar: no                         #! unknown-calendar
      seat_minimum: 99999999999            #! bad-value
    """
    assert verdict.found == verdict.marked


def test_money(verdict: Verdict) -> None:
    """Money is per currency.

    --- a.yaml
    layer: A
    applies_to: {market: [DE]}
    terms: {debt_tolerance: 100}           #! money-without-currency
    --- b.yaml
    layer: B
    applies_to: {market: [SE]}
    terms:
      debt_tolerance:
        nok: 100                           #! bad-currency
        SEK: 1,200                         #! bad-value
        EUR: 1.23456                       #! bad-value
        USD: -5                            #! bad-value
    --- c.yaml
    layer: C
    applies_to: {market: ["NO"]}
    terms: {debt_tolerance: {}}            #! wrong-shape
    --- d.yaml
    layer: D
    applies_to: {market: [DK]}
    terms: {debt_tolerance: NOK 100}       #! bad-value
    --- e.yaml
    layer: E
    applies_to: {market: [FI]}
    terms: {debt_tolerance: {value: 100}}  #! money-without-currency
    --- f.yaml
    layer: F
    applies_to: {market: [IS]}
    terms: {debt_tolerance: {NOK: 5, source: "both"}}  #! unknown-key missing-key
    --- g.yaml
    layer: G
    applies_to: {market: [FR]}
    terms: {debt_tolerance: 0}
    --- h.yaml
    layer: H
    applies_to: {market: [PL]}
    terms: {debt_tolerance: {value: [1 PLN]}}          #! wrong-shape
    """
    assert verdict.found == verdict.marked


def test_entries_that_contradict_each_other(verdict: Verdict) -> None:
    """Dates, and keys that a value does not take.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    terms:
      time_zone: {value: UTC, from: 2026-01-01}                  #! misplaced-key
      grace_days:
        - {value: 1, from: 2026-02-01, to: 2026-01-31}           #! dates-reversed
        - {value: 2, from: 2026-01-01}
        - {value: 3, from: 2026-01-01}                           #! same-start
        - {vaule: 3}                                             #! unknown-key missing-key
        - 14                                                     #! wrong-shape
        - {value: 4, from: soon}                                 #! bad-value
      seat_minimum: {value: 4, at_least: 9, at_most: 1}          #! bounds-reversed
      commitment: []                                             #! empty-list
      contact: {value: Kari, at_least: 1}                        #! misplaced-key
      starts_on: {value: 2026-01-01, override: {reason: x}}      #! missing-key missing-key
      notice_days: [[1, 7], {value: [1]}]                        #! wrong-shape
    """
    assert verdict.found == verdict.marked


@pytest.mark.parametrize(("count", "codes"), [(MOST_DAYS, []), (MOST_DAYS + 1, ["list-too-long"])])
def test_lists_of_days_have_a_size(count: int, codes: list[str], tmp_path: Path) -> None:
    layer = f"""First line
    --- a.yaml
    layer: A
    applies_to: {{market: "NO"}}
    terms: {{notice_days: {list(range(count))}}}
    """
    assert [problem.code for problem in judged(layer, tmp_path).errors] == codes


def test_entries_that_begin_together(verdict: Verdict) -> None:
    """Two values without `from` are two values from the same day.

    --- a.yaml
    layer: A
    applies_to: {market: "NO"}
    terms:
      grace_days: [{value: 1}, {value: 2, to: 2026-12-31}]
    """
    assert verdict.error.code == "same-start"
    assert verdict.error.message == "`grace_days` has two values without `from`"
    assert verdict.error.also is not None
    assert (verdict.error.also.column, verdict.error.place.column) == (24, 36)


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("debt_tolerance: 100", "money is per currency: write `{NOK: 100, other: 0}`"),
        ("debt_tolerance: 12 kr", "write an amount for each currency: `{NOK: 100, other: 0}`"),
        ("grace_days: 14 days", "write `14`"),
        ("grace_days: 1_000", "write `1000`"),
        ("grace_days: 14.5", "write whole days such as `14`, without a unit"),
        ("grace_days: 2 weeks", "write whole days such as `14`, without a unit"),
        ("grace_days: 3 months", "write whole days such as `14`, without a unit"),
        ("is_strict: off", "write `no`"),
        ("billing: montly", "did you mean `monthly`?"),
        ("calendar: no", "did you mean `NO`?"),
        ("calendar: DE/XX", "did you mean `DE`?"),
        ("time_zone: Europe/Olso", "did you mean `Europe/Oslo`?"),
        ("time_zone: Norway/Oslo", "did you mean `Europe/Oslo`?"),
        ("grace_dayz: 14", "did you mean `grace_days`?"),
        ("contact:~", "a space is missing after the colon"),
    ],
)
def test_help_says_what_would_have_worked(text: str, help_: str, tmp_path: Path) -> None:
    layer = f"""First line
    --- a.yaml
    layer: A
    applies_to: {{market: "NO"}}
    terms: {{{text}}}
    """
    assert judged(layer, tmp_path).error.help == help_
