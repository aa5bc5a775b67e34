"""What a test of money lacks that is not known: the currency only where that is what is missing."""

from collections.abc import Mapping

from tests.laws.nights import Nights

POLICY = """\
# catalogue.yaml
catalogue: t
cascade: [market]
tracks:
  dunning: {anchor: past_due_since}
facts:
  credit: {type: money}
terms:
  debt_tolerance: {type: money}
  least_debt: {type: money}
actions:
  notify: {}
# base.yaml
layer: Base
terms: {time_zone: UTC, debt_tolerance: {NOK: 100, EUR: 10}, least_debt: {NOK: 1}}
rules:
  remind: {track: dunning, step: 1, when: {TEST}, do: notify}
"""
FACTS = {"status": "active", "past_due_since": "2026-11-01", "currency": "NOK"}


def lacks(test: str, facts: Mapping[str, str], *unknown: str) -> set[str]:
    nights = Nights(POLICY.replace("TEST", test), {**FACTS, **facts}, unknown=unknown)
    found = nights.undetermined("2026-11-23")
    return set(found.get("remind", ()))


def test_an_amount_in_another_currency_lacks_the_fact_that_has_it() -> None:
    assert lacks("debt: {gt: 100 NOK}", {"debt": "50 EUR"}) == {"debt"}
    assert lacks("debt: [100 NOK, 200 NOK]", {"debt": "50 EUR"}) == {"debt"}
    owing = {"debt": "50 EUR", "credit": "10 NOK"}
    assert lacks("debt: {gt: $credit}", owing) == {"debt", "credit"}


def test_an_amount_made_of_others_lacks_the_price_it_is_made_of() -> None:
    priced = {"seats": "3", "unit_price": "10 EUR"}
    assert lacks("monthly_amount: {gt: 100 NOK}", priced) == {"unit_price"}


def test_a_term_without_the_currency_is_what_is_missing() -> None:
    assert lacks("debt: {gt: $debt_tolerance}", {"debt": "50 SEK"}) == {"debt_tolerance"}
    assert lacks("debt_tolerance: {gt: 1 SEK}", {}) == {"debt_tolerance"}


def test_of_two_terms_the_one_without_the_currency_is_missing() -> None:
    test = "debt_tolerance: {gt: $least_debt}"
    assert lacks(test, {"currency": "EUR"}) == {"least_debt"}
    assert lacks(test, {"currency": "SEK"}) == {"debt_tolerance", "least_debt"}


def test_a_currency_that_is_not_known_is_what_is_missing() -> None:
    assert lacks("debt_tolerance: {gt: $least_debt}", {}, "currency") == {"currency"}
    unnamed = {"seats": "3", "unit_price": "10"}
    nights = {**FACTS, **unnamed}
    del nights["currency"]
    found = Nights(POLICY.replace("TEST", "monthly_amount: {gt: 100 NOK}"), nights)
    assert found.undetermined("2026-11-23") == {"remind": {"currency"}}


def test_nothing_falls_due_in_the_currency_of_the_subscription() -> None:
    """A bill that is past due is no longer the next one: nothing is, and that is known."""
    assert lacks("next_due: {lt: $debt_tolerance}", {"debt": "50 NOK"}) == set()
    assert lacks("next_due: {lt: 100 EUR}", {"debt": "50 NOK"}) == {"next_due"}
