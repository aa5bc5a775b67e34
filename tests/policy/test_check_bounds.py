"""Floors and ceilings that more specific layers may not cross."""

from collections.abc import Callable
from dataclasses import replace

from lapse.model.place import Problem
from lapse.model.rule import Rulebook
from lapse.policy.check.rulebook import check


def test_the_floor_of_the_catalogue_has_no_place(problems: list[Problem]) -> None:
    """A ceiling of 120 days for all.

    --- a.yaml
    layer: A
    terms:
      grace_days: 121
    """
    (problem,) = problems
    assert problem.code == "above-ceiling"
    assert problem.place.source == "a.yaml:3"
    assert problem.also is None
    assert problem.message == (
        "`grace_days` of 121 is above the ceiling of 120 that the catalogue sets"
    )
    assert problem.help == (
        "lower it to 120, or write `{value: …, override: {approved_by: …, reason: …, expires: …}}`"
    )


def test_the_bound_itself_is_allowed(found: list[str]) -> None:
    """Neither 120 nor the floor of the base layer is crossed by being met.

    --- a.yaml
    layer: A
    terms:
      grace_days: {value: 120, at_least: 30}
    --- b.yaml
    layer: B
    applies_to: {market: "NO"}
    terms:
      grace_days: 30
    """
    assert found == []


def test_a_floor_of_a_less_specific_layer(problems: list[Problem]) -> None:
    """The strictest floor is named: that of the region, not the base's.

    --- a.yaml
    layer: Base
    terms:
      grace_days: {value: 60, at_least: 10}
    --- b.yaml
    layer: Nordics
    applies_to: {region: nordics}
    terms:
      grace_days: {value: 60, at_least: 20}
    --- c.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days: 5
    --- d.yaml
    layer: Germany
    applies_to: {market: DE}
    terms:
      grace_days: 15
    """
    (problem,) = problems
    assert problem.code == "below-floor"
    assert problem.place.source == "c.yaml:4"
    assert problem.also is not None
    assert problem.also.source == "b.yaml:4"
    assert problem.message.endswith("below the floor of 20 that `Nordics` sets")


def test_an_override_may_cross(found: list[str]) -> None:
    """Approved, with a reason and an end.

    --- a.yaml
    layer: Base
    terms:
      grace_days: {value: 60, at_least: 10}
    --- b.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        value: 5
        override: {approved_by: "CFO", reason: "pilot", expires: 2027-06-30}
    """
    assert found == []


def test_a_floor_counts_on_its_days_only(found: list[str]) -> None:
    """The floor of 2027 is crossed by the value of 2027, not by that of 2026.

    --- a.yaml
    layer: Base
    terms:
      grace_days:
        - {from: 2026-01-01, value: 60}
        - {from: 2027-01-01, value: 60, at_least: 30}
    --- b.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        - {from: 2026-01-01, to: 2026-12-31, value: 14}
        - {from: 2027-01-01, value: 15}
    """
    assert found == ["b.yaml:6: below-floor"]


def test_an_entry_hidden_by_a_later_one_does_not_count(found: list[str]) -> None:
    """The entry from 2026 is hidden from 2027 on, when the floor begins.

    --- a.yaml
    layer: Base
    terms:
      grace_days:
        - {from: 2027-01-01, value: 60, at_least: 30}
    --- b.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        - {from: 2026-01-01, value: 14}
        - {from: 2027-01-01, value: 30}
    """
    assert found == []


def test_an_override_that_expires_hides_nothing_for_certain(found: list[str]) -> None:
    """When it expires, the entry of 2026 counts again, on days of the floor.

    --- a.yaml
    layer: Base
    terms:
      grace_days:
        - {from: 2027-01-01, value: 60, at_least: 30}
    --- b.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        - {from: 2026-01-01, value: 14}
        - from: 2027-01-01
          value: 10
          override: {approved_by: "CFO", reason: "pilot", expires: 2027-06-30}
    """
    assert found == ["b.yaml:5: below-floor"]


def test_an_entry_may_not_cross_its_own_floor(found: list[str]) -> None:
    """A floor holds for more specific layers, too.

    --- a.yaml
    layer: Base
    terms:
      grace_days: {value: 5, at_least: 10}
    """
    assert found == ["a.yaml:3: below-floor"]


def test_every_amount_counts(problems: list[Problem]) -> None:
    """The ceiling is the same number in each currency, and in all others.

    --- a.yaml
    layer: Base
    terms:
      debt_tolerance: {NOK: 501, EUR: 20, other: 0}
    --- b.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      debt_tolerance: {NOK: 100, other: 600}
    """
    assert [p.code for p in problems] == ["above-ceiling", "above-ceiling"]
    named = [p.message.partition(" is above the ceiling of 500")[0] for p in problems]
    assert named == ["`debt_tolerance` of 501.00 NOK", "`debt_tolerance` of 600.00 other"]


def test_a_floor_above_the_ceiling_leaves_no_value(problems: list[Problem]) -> None:
    """The market's floor stands above the base layer's ceiling.

    --- a.yaml
    layer: Base
    terms:
      grace_days: {value: 10, at_most: 20}
    --- b.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days: {value: 15, at_least: 30}
    """
    assert [p.code for p in problems] == ["floor-above-ceiling"]
    assert problems[0].also is not None
    assert problems[0].also.source == "a.yaml:3"
    assert problems[0].message == (
        "the floor of 30 for `grace_days` is above the ceiling of 20 that `Base` sets, "
        "so no value is allowed"
    )


def test_a_floor_below_the_ceiling_is_right(found: list[str]) -> None:
    """20 and 20 leave one value.

    --- a.yaml
    layer: Base
    terms:
      grace_days: {value: 20, at_most: 20}
    --- b.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days: {value: 20, at_least: 20}
    """
    assert found == []


def test_every_number_of_a_list_counts(loaded: Callable[[str], Rulebook]) -> None:
    book = loaded("--- a.yaml\nlayer: Base\nterms: {notice_days: [1, 7, 31]}\n")
    bounded = replace(book.catalogue.terms["notice_days"], at_most=30)
    terms = {**book.catalogue.terms, "notice_days": bounded}
    (problem,) = check(replace(book, catalogue=replace(book.catalogue, terms=terms)))
    assert problem.code == "above-ceiling"
    assert problem.message.startswith("`notice_days` of 31 is above the ceiling of 30")
