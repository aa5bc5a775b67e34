"""Terms without a value: on some days, or for some rules."""

from lapse.model.place import Problem


def test_days_between_two_entries(problems: list[Problem]) -> None:
    """Three months of 2026 are forgotten; before the first entry nothing is expected.

    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        - {from: 2025-01-01, to: 2025-12-31, value: 14}
        - {from: 2026-04-01, value: 21}
    """
    (problem,) = problems
    assert problem.code == "gap"
    assert not problem.is_error
    assert problem.place.source == "a.yaml:5"
    assert problem.also is not None
    assert problem.also.source == "a.yaml:6"
    assert "no value from 2026-01-01 to 2026-03-31" in problem.message


def test_a_less_specific_layer_fills_a_gap(found: list[str]) -> None:
    """The base layer holds wherever Norway's does.

    --- base.yaml
    layer: Base
    terms:
      grace_days: {value: 30}
    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        - {from: 2025-01-01, to: 2025-12-31, value: 14}
        - {from: 2026-04-01, value: 21}
    """
    assert found == []


def test_a_layer_that_may_not_apply_fills_no_gap(found: list[str]) -> None:
    """Not all of Norway is legacy, but all of it is in the Nordics; Germany is not.

    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        - {from: 2025-01-01, to: 2025-12-31, value: 14}
        - {from: 2026-04-01, value: 21}
      other_days:
        - {from: 2025-01-01, to: 2025-12-31, value: 14}
        - {from: 2026-04-01, value: 21}
    --- d.yaml
    layer: Norway and Germany, prepaid
    applies_to: {market: ["NO", DE], segment: prepaid}
    terms:
      other_days:
        - {from: 2025-01-01, to: 2025-12-31, value: 14}
        - {from: 2026-04-01, value: 21}
    --- b.yaml
    layer: Legacy
    applies_to: {program: legacy}
    terms:
      grace_days: {value: 30}
    --- c.yaml
    layer: Nordics
    applies_to: {region: nordics}
    terms:
      other_days: {value: 30}
    """
    assert found == ["a.yaml:5: gap", "d.yaml:5: gap"]


def test_part_of_a_gap_is_filled(problems: list[Problem]) -> None:
    """The base layer's value ends in February.

    --- base.yaml
    layer: Base
    terms:
      grace_days:
        - {from: 2020-01-01, to: 2026-02-15, value: 30}
    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        - {from: 2025-01-01, to: 2025-12-31, value: 14}
        - {from: 2026-04-01, value: 21}
    """
    (problem,) = problems
    assert "no value from 2026-02-16 to 2026-03-31" in problem.message


def test_entries_that_follow_or_overlap_have_no_gap(found: list[str]) -> None:
    """One begins on the day after the other; one is hidden for a year.

    --- a.yaml
    layer: Base
    terms:
      grace_days:
        - {from: 2025-01-01, to: 2025-12-31, value: 14}
        - {from: 2026-01-01, value: 21}
      other_days:
        - {from: 2024-01-01, value: 14}
        - {from: 2027-01-01, to: 2027-12-31, value: 21}
    """
    assert found == []


def test_a_term_that_no_layer_sets(problems: list[Problem]) -> None:
    """The first place that reads it is named, once.

    --- a.yaml
    layer: Base
    rules:
      call:
        track: care
        step: 1
        when:
          vip: yes
          days_past_due: {gt: $other_days}
        do: flag
      call_again:
        track: care
        step: 2
        when: {days_past_due: {gt: $other_days}}
        do: flag
    """
    (problem,) = problems
    assert problem.code == "term-never-set"
    assert problem.is_error
    assert problem.place.source == "a.yaml:8"
    assert problem.message == (
        "`other_days` is read here, and no layer sets it, so it is always unknown"
    )


def test_a_list_and_a_waiting_time_are_read_too(found: list[str]) -> None:
    """Both stand for the rule's place.

    --- a.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {vip: yes}, do: flag}
      remind:
        track: care
        step: 2
        for_each: $notice_days
        when: {days_past_due: {gte: $stage}}
        after: {first_step: $grace_days}
        do: notify
    """
    assert found == ["a.yaml:4: term-never-set", "a.yaml:4: term-never-set"]


def test_what_an_action_needs_is_read_too(found: list[str]) -> None:
    """The lock of an action never opens.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    tracks: {care: {anchor: past_due_since}}
    terms: {grace_days: {type: days}}
    actions:
      suspend:
        harm: access
        sets: {status: suspended}
        only_if: {days_past_due: {gt: $grace_days}}
    --- base.yaml
    layer: Base
    """
    assert found == ["catalogue.yaml:9: term-never-set"]


def test_a_term_that_is_set_elsewhere_only(problems: list[Problem]) -> None:
    """Sweden's value never counts in Norway; the segment's may.

    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      call:
        track: care
        step: 1
        when: {days_past_due: {gt: $other_days}, days_until_term_end: {lt: $grace_days}}
        do: flag
    --- b.yaml
    layer: Sweden
    applies_to: {market: SE}
    terms: {other_days: 3}
    --- c.yaml
    layer: Prepaid
    applies_to: {segment: prepaid}
    terms: {grace_days: 3}
    """
    (problem,) = problems
    assert problem.code == "term-never-set"
    assert not problem.is_error
    assert problem.place.source == "a.yaml:7"
    assert "no layer that can apply together with this one sets it" in problem.message


def test_working_days_need_a_calendar(problems: list[Problem]) -> None:
    """Sweden's calendar is of no use in Norway.

    --- a.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      call: {track: care, step: 1, when: {vip: yes}, days: business, do: flag}
    --- b.yaml
    layer: Sweden
    applies_to: {market: SE}
    terms: {calendar: SE}
    """
    (problem,) = problems
    assert problem.code == "calendar-never-set"
    assert problem.place.source == "a.yaml:4"


def test_a_calendar_of_some_market_will_do(found: list[str]) -> None:
    """What is unknown elsewhere is reported when it is decided.

    --- a.yaml
    layer: Base
    rules:
      call: {track: care, step: 1, when: {vip: yes}, days: business, do: flag}
    --- b.yaml
    layer: Sweden
    applies_to: {market: SE}
    terms: {calendar: SE}
    """
    assert found == []
