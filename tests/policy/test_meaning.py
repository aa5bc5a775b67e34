"""Warnings about what is sound and hardly meant: when they are given, and when they are not."""

from collections.abc import Callable
from datetime import date

import pytest

from lapse.model.rule import Rulebook
from lapse.policy.check.meaning import unlikely

Loader = Callable[[str], Rulebook]
TODAY = date(2026, 12, 1)


@pytest.fixture
def warned(request: pytest.FixtureRequest, loaded: Loader) -> list[str]:
    """Each warning about the policy set in the test's docstring, as `file:line: code`."""
    book = loaded(str(request.function.__doc__).partition("\n")[2])
    return [f"{problem.place.source}: {problem.code}" for problem in unlikely(book, TODAY)]


def test_a_pinned_value_that_ended_still_counts_for_its_debts(warned: list[str]) -> None:
    """A debt of 2025 keeps its days; the other term is judged by the day and has none left.

    --- base.yaml
    layer: Base
    terms:
      pinned_days: {value: 14, to: 2025-12-31}
      other_days: {value: 14, to: 2025-12-31}
    rules:
      one:
        track: care
        step: 1
        when: {days_past_due: {gt: $pinned_days, lt: $other_days}}
        do: flag
    """
    assert warned == ["base.yaml:4: over"]


def test_what_is_over_today_is_not_over_yet(warned: list[str]) -> None:
    """A rule exists on its last day, too.

    --- base.yaml
    layer: Base
    rules:
      one: {to: 2026-12-01, track: care, step: 1, when: {status: active}, do: flag}
      two: {to: 2026-11-30, track: care, step: 2, when: {status: active}, do: flag}
    """
    assert warned == ["base.yaml:4: over"]


def test_a_term_is_used_by_a_text_and_the_tolerance_by_ledgers(warned: list[str]) -> None:
    """The catalogue's `notice_days` is set by no layer, which is nobody's mistake.

    --- base.yaml
    layer: Base
    terms: {grace_days: 14, debt_tolerance: 0, other_days: 3}
    rules:
      one:
        {track: care, step: 1, when: {status: active}, do: flag, because: "{grace_days} days"}
    """
    assert warned == ["base.yaml:2: term-unused"]


def test_a_code_that_others_use_for_a_country(warned: list[str]) -> None:
    """Kosovo has a code that is not of ISO 3166-1, and XX is nobody's.

    --- base.yaml
    layer: Base
    applies_to: {market: [XK, XX, "NO", TW]}
    """
    assert warned == ["base.yaml:2: unknown-market"]


def test_ten_years_ahead_is_not_too_far(warned: list[str]) -> None:
    """A promise of ten years is long, and one of a day more is taken for a slip.

    --- base.yaml
    layer: Base
    hold: {until: 2036-12-01, because: "a promise"}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    hold: {until: 2036-12-02, because: "a promise"}
    """
    assert warned == ["no.yaml:3: far-ahead"]
