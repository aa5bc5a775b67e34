"""The reason of an action, from a template or from the condition."""

from typing import TYPE_CHECKING

import pytest

from lapse.decide.because import because
from lapse.decide.forecast import situation_of
from lapse.decide.reference import decide
from lapse.model.days import parse_date
from lapse.model.decision import Decision
from lapse.model.facts import parse_fact
from lapse.model.subscription import settled, subscription
from lapse.policy.in_force import Scopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.runs.conftest import Nights

    from lapse.model.rule import Rulebook

TEMPLATE = '"{debt} owed, over {debt_tolerance}; day {stage} {{sic}}"'
WITH = 'with: {urgent: "yes", template: payment}'
WHEN = "{status: active, days_past_due: {gte: $stage}, debt: {gt: $debt_tolerance}}"


def text(book: "Rulebook", **cells: str) -> str:
    """Why the reminder goes out on 2026-11-09."""
    row = {"subscription_id": "S1", "program": "legacy", "status": "active", "debt": "1200"}
    row |= {"past_due_since": "2026-11-01", "disputed": "", "hold_until": "", "currency": "NOK"}
    facts = {
        name: parse_fact(cell, book.words.facts[name]) if cell else None
        for name, cell in {**row, **cells}.items()
    }
    day = parse_date("2026-11-09")
    assert day is not None
    owner = subscription(settled(facts, book.words), book.words)
    situation = situation_of(owner, Scopes(book), day)
    decision = decide(situation, ())
    assert isinstance(decision, Decision)
    (action,) = decision.actions
    return because(action.candidate, situation)


@pytest.mark.parametrize(
    ("template", "cells", "expected"),
    [
        ("{debt}", {}, "1200.00 NOK"),
        ("{debt}", {"debt": "1200 EUR"}, "1200.00 EUR"),
        ("{debt_tolerance}", {}, "100.00 NOK"),
        ("{debt_tolerance}", {"currency": "EUR"}, "0.00 EUR"),
        ("{debt_tolerance}", {"currency": "", "debt": "1200 NOK"}, "100.00 NOK"),
        ("{past_due_since}, {days_past_due}", {}, "2026-11-01, 8"),
        ("{hold_until} {disputed} {seats} {region}", {}, "none no unknown unknown"),
        ("{notice_days}: {stage}", {}, "1, 7: 7"),
        ("{time_zone} {calendar}", {}, "UTC none"),
        ("{{debt}} }}{{", {}, "{debt} }{"),
    ],
)
def test_fields_are_values_by_name(
    nights_with: "Callable[[str, str], Nights]", template: str, cells: dict[str, str], expected: str
) -> None:
    book = nights_with(TEMPLATE, f'"{template}"').book
    assert text(book, **cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"seats": "2", "unit_price": "10 NOK"}, "20.00 NOK a month for 2"),
        ({"seats": "2"}, "2 licences"),
        ({"unit_price": "10 NOK"}, "unknown, and at_term_end none"),
    ],
)
def test_of_several_texts_the_first_counts_whose_values_are_all_there(
    nights_with: "Callable[[str, str], Nights]", cells: dict[str, str], expected: str
) -> None:
    texts = (
        '["{monthly_amount} a month for {seats}", "{seats} licences",'
        ' "{seats} {at_term_end}", "{seats}, and at_term_end {at_term_end}"]'
    )
    assert text(nights_with(TEMPLATE, texts).book, at_term_end="", **cells) == expected


def test_a_value_with_braces_is_no_template(nights_with: "Callable[[str, str], Nights]") -> None:
    book = nights_with(TEMPLATE, '"{product}"').book
    assert text(book, product="{debt} {0.__class__} %s") == "{debt} {0.__class__} %s"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (
            WHEN,
            "status is active; days_past_due 8 >= 7; debt 1200.00 NOK > debt_tolerance 100.00 NOK",
        ),
        (
            "{status: [active, pending], disputed: {ne: yes}, days_past_due: {gte: $stage}}",
            "status active is one of active, pending; disputed no is not yes; days_past_due 8 >= 7",
        ),
        (
            "{days_past_due: {gte: $stage}, any: [{trial: yes}, {grace_days: 14, disputed: no}]}",
            "days_past_due 8 >= 7; (grace_days is 14 and disputed is no)",
        ),
        (
            "{days_past_due: {gte: $stage}, not: {status: pending}, hold_until: {present: no}}",
            "days_past_due 8 >= 7; not (status active is pending); hold_until is not present",
        ),
    ],
)
def test_without_a_template_it_is_the_condition_with_its_values(
    nights_with: "Callable[[str, str], Nights]", when: str, expected: str
) -> None:
    old = f"when: {WHEN}\n    do: notify\n    {WITH}\n    because: {TEMPLATE}"
    book = nights_with(old, f"when: {when}\n    do: notify").book
    assert text(book) == expected
