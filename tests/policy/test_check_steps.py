"""Two rules of one step that one fact's tests must keep apart."""

from collections.abc import Callable

import pytest

from lapse.model.place import Problem
from lapse.model.rule import Rulebook
from lapse.policy.check.rulebook import check

APART = {
    "two choices": ("status: active", "status: [suspended, expired]"),
    "a choice and all others": ("status: {ne: active}", "status: active"),
    "not in all that are left": (
        "status: {not_in: [active, suspended]}",
        "status: [active, suspended]",
    ),
    "a flag": ("vip: yes", "vip: {ne: yes}"),
    "there and not there": ("request: {present: yes}", "request: {present: no}"),
    "not there and a value": ("past_due_since: {present: no}", "past_due_since: 2026-01-01"),
    "not there and a counter": ("past_due_since: {present: no}", "days_past_due: {gte: 0}"),
    "neighbouring numbers": ("seats: {lt: 5}", "seats: {gt: 4}"),
    "intervals": ("seats: {gte: 5, lt: 10}", "seats: {gte: 10}"),
    "an interval and a number": ("seats: {gt: 5}", "seats: [1, 5]"),
    "dates": ("called_on: {lte: 2026-01-31}", "called_on: {gt: 2026-01-31}"),
    "amounts of two currencies": ("debt: {gt: 100.00 NOK}", "debt: {lte: 500.00 SEK}"),
    "no debt and some": ("debt: 0", "debt: {gt: 5.00 NOK}"),
    "amounts": ("debt: {gt: 100.00 NOK}", "debt: {lte: 100.00 NOK}"),
    "since and until": ("days_since_called_on: {gt: 0}", "days_until_called_on: {gt: -1}"),
    "one term": ("days_past_due: {lte: $grace_days}", "days_past_due: {gt: $grace_days}"),
    "one money term": ("debt: {lte: $debt_tolerance}", "debt: {gt: $debt_tolerance}"),
    "one fact": ("seats: {lt: $min_seats}", "seats: {gte: $min_seats}"),
    "equal and other": ("seats: $min_seats", "seats: {ne: $min_seats}"),
    "alternatives": (
        "any: [{status: active}, {status: expired, vip: yes}]",
        "status: {not_in: [active, expired]}",
    ),
    "a denial": ("not: {status: active}", "status: active"),
    "unknown": ("seats: {known: no}", "seats: {gte: 0}"),
    "terms of one value": ("seats: {lt: 5}\n      grace_days: 3", "vip: no\n      grace_days: 4"),
}
TOGETHER = {
    "other facts": ("vip: yes", "status: active"),
    "a shared choice": ("status: [active, expired]", "status: [expired, suspended]"),
    "a shared number": ("seats: {lte: 5}", "seats: {gte: 5}"),
    "a shared day": ("called_on: {lte: 2026-01-31}", "called_on: {gte: 2026-01-31}"),
    "ne and absence": ("request: {ne: cancel}", "request: {present: no}"),
    "a shared amount": ("debt: {gte: 100.00 NOK}", "debt: {lte: 100.00 NOK}"),
    "since and until": ("days_since_called_on: {gte: 0}", "days_until_called_on: {gte: 0}"),
    "one term, both equal": ("days_past_due: {lte: $grace_days}", "days_past_due: $grace_days"),
    "one fact, absent": ("seats: {ne: $min_seats}", "not: {seats: $min_seats}"),
    "one fact, only when absent": (
        "seats: {ne: $min_seats}",
        "not: {any: [{seats: {lt: $min_seats}}, {seats: {gt: $min_seats}}]}",
    ),
    "there, but the day is not known": (
        "past_due_since: {present: yes}",
        "days_past_due: {known: no}",
    ),
    "two currencies of a term": (
        "debt_tolerance: {gt: 5.00 NOK}",
        "debt_tolerance: {lte: 5.00 SEK}",
    ),
    "two facts": ("seats: {lt: $min_seats}", "seats: {gt: $max_seats}"),
    "an alternative": (
        "any: [{status: active}, {vip: yes}]",
        "status: {ne: active}",
    ),
    "a denial of two": ("not: {status: active, vip: yes}", "status: active"),
    "unknown or more": ("any: [{seats: {known: no}}, {seats: {gt: 1}}]", "seats: 2"),
}


Loader = Callable[[str], Rulebook]


def pair(one: str, other: str) -> str:
    """A base layer with two rules of one step, and a value for each term."""
    return f"""
--- base.yaml
layer: Base
terms: {{grace_days: 14, other_days: 7, debt_tolerance: {{NOK: 100, other: 0}}}}
rules:
  one:
    track: care
    step: 1
    when:
      {one}
    do: flag
  other:
    track: care
    step: 1
    when:
      {other}
    do: notify
"""


@pytest.mark.parametrize("conditions", APART.values(), ids=APART)
def test_one_facts_tests_keep_them_apart(conditions: tuple[str, str], loaded: Loader) -> None:
    assert check(loaded(pair(*conditions))) == []
    assert check(loaded(pair(*reversed(conditions)))) == []


@pytest.mark.parametrize("conditions", TOGETHER.values(), ids=TOGETHER)
def test_nothing_keeps_them_apart(conditions: tuple[str, str], loaded: Loader) -> None:
    (problem,) = check(loaded(pair(*conditions)))
    assert problem.code == "shared-step"
    assert problem.place.source == "base.yaml:10"
    assert problem.also is not None
    assert problem.also.source == "base.yaml:4"
    assert problem.message.startswith("`other` and `one` share step 1 of track `care`, and ")


def test_terms_are_compared_in_every_scope_and_day(problems: list[Problem]) -> None:
    """Only in Norway, and only from 2027 on, is one number above the other.

    --- base.yaml
    layer: Base
    terms: {grace_days: 14, other_days: 14}
    rules:
      one: {track: care, step: 1, when: {days_past_due: {lte: $grace_days}}, do: flag}
      other: {track: care, step: 1, when: {days_past_due: {gt: $other_days}}, do: notify}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms:
      grace_days:
        - {from: 2027-01-01, value: 21}
    """
    (problem,) = problems
    assert problem.code == "shared-step"
    assert problem.message.endswith(
        "and where `grace_days` is 21 and `other_days` is 14 both can be true"
    )


def test_terms_that_keep_apart_everywhere(found: list[str]) -> None:
    """Each layer sets both; Sweden's rule is another one; the region's is unknown at times.

    --- base.yaml
    layer: Base
    terms: {grace_days: 14, other_days: 14}
    rules:
      one: {track: care, step: 1, when: {days_past_due: {lte: $grace_days}}, do: flag}
      other: {track: care, step: 1, when: {days_past_due: {gt: $other_days}}, do: notify}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms: {grace_days: 21, other_days: 30}
    --- se.yaml
    layer: Sweden
    applies_to: {market: SE}
    terms: {grace_days: 21}
    rules:
      one: {off: "not in Sweden"}
    """
    assert found == []


def test_two_layers_that_set_one_number_each(found: list[str]) -> None:
    """Each is right alone; a prepaid customer in Norway gets 21 and 14.

    --- base.yaml
    layer: Base
    terms: {grace_days: 10, other_days: 10}
    rules:
      one: {track: care, step: 1, when: {days_past_due: {lte: $grace_days}}, do: flag}
      other: {track: care, step: 1, when: {days_past_due: {gt: $other_days}}, do: notify}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms: {grace_days: 21, other_days: 21}
    --- prepaid.yaml
    layer: Prepaid
    applies_to: {segment: prepaid}
    terms: {other_days: 14}
    """
    assert found == ["base.yaml:5: shared-step"]


def test_terms_with_other_pins_are_of_other_days(found: list[str]) -> None:
    """On each day alone the numbers agree; a debt of 2026 judged in 2027 keeps its 21.

    --- base.yaml
    layer: Base
    terms:
      pinned_days:
        - {from: 2020-01-01, to: 2026-12-31, value: 21}
        - {from: 2027-01-01, value: 14}
      grace_days:
        - {from: 2020-01-01, to: 2026-12-31, value: 21}
        - {from: 2027-01-01, value: 14}
    rules:
      one: {track: care, step: 1, when: {days_past_due: {lte: $pinned_days}}, do: flag}
      other: {track: care, step: 1, when: {days_past_due: {gt: $grace_days}}, do: notify}
    """
    assert found == ["base.yaml:11: shared-step"]


def test_a_pin_ahead_of_the_day_judged_is_no_debt_yet(found: list[str]) -> None:
    """A debt of 2027 has its 14, but until 2027 there is none that could be 15 days old.

    --- base.yaml
    layer: Base
    terms:
      pinned_days:
        - {from: 2020-01-01, to: 2026-12-31, value: 21}
        - {from: 2027-01-01, value: 14}
      grace_days:
        - {from: 2020-01-01, to: 2026-12-31, value: 21}
        - {from: 2027-01-01, value: 14}
    rules:
      one: {track: care, step: 1, when: {days_past_due: {lte: $grace_days}}, do: flag}
      other: {track: care, step: 1, when: {days_past_due: {gt: $pinned_days}}, do: notify}
    """
    assert found == []


def test_values_that_make_a_rule_false_do_not_bring_two_together(problems: list[Problem]) -> None:
    """Where the grace is 30 the first is false; the message names a grace with which it is not.

    --- base.yaml
    layer: Base
    terms: {grace_days: 30, other_days: 10}
    rules:
      one:
        {track: care, step: 1, when: {grace_days: 40, days_past_due: {gt: $other_days}}, do: flag}
      other: {track: care, step: 1, when: {days_past_due: {gt: $grace_days}}, do: notify}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms: {grace_days: 40}
    """
    (problem,) = problems
    assert "where `grace_days` is 40 and `other_days` is 10 both" in problem.message


def test_an_override_that_expires_brings_the_old_number_back(found: list[str]) -> None:
    """From July on the number is 30 again.

    --- base.yaml
    layer: Base
    terms:
      grace_days:
        - value: 30
        - from: 2026-01-01
          value: 14
          override: {approved_by: "CFO", reason: "pilot", expires: 2026-06-30}
      other_days: {value: 14}
    rules:
      one:
        track: care
        step: 1
        from: 2026-01-01
        when: {days_past_due: {lte: $grace_days}}
        do: flag
      other: {track: care, step: 1, when: {days_past_due: {gt: $other_days}}, do: notify}
    """
    assert found == ["base.yaml:16: shared-step"]


def test_money_terms_are_compared_in_each_currency(found: list[str]) -> None:
    """Debts between 50 and 100 kroner.

    --- catalogue.yaml
    catalogue: test
    cascade: [market]
    tracks: {care: {anchor: past_due_since}}
    terms: {low: {type: money}, high: {type: money}}
    actions: {flag: {}, notify: {}}
    --- base.yaml
    layer: Base
    terms:
      low: {NOK: 50, EUR: 10}
      high: {NOK: 100, EUR: 10}
    rules:
      one: {track: care, step: 1, when: {debt: {lte: $high}}, do: flag}
      other: {track: care, step: 1, when: {debt: {gt: $low}}, do: notify}
      many: {track: care, step: 2, when: {debt: {gt: $high}}, do: flag}
      few: {track: care, step: 2, when: {debt: {lte: $low}}, do: notify}
    """
    assert found == ["base.yaml:7: shared-step"]


def test_every_stage_is_compared(found: list[str]) -> None:
    """Norway's last reminder comes after the call; a literal list does not reach it.

    --- base.yaml
    layer: Base
    terms: {notice_days: [1, 7, 12]}
    rules:
      remind:
        track: care
        step: 1
        for_each: $notice_days
        when: {days_past_due: $stage}
        do: notify
      call: {track: care, step: 1, when: {days_past_due: {gt: 14}}, do: flag}
      warn:
        track: care
        step: 2
        for_each: [1, 3]
        when: {days_past_due: $stage}
        do: notify
      talk: {track: care, step: 2, when: {days_past_due: {gt: 3}}, do: flag}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    terms: {notice_days: [1, 21]}
    """
    assert found == ["base.yaml:10: shared-step"]


def test_every_stage_keeps_apart(found: list[str]) -> None:
    """The last reminder is on day 12.

    --- base.yaml
    layer: Base
    terms: {notice_days: [1, 7, 12]}
    rules:
      remind:
        track: care
        step: 1
        for_each: $notice_days
        when: {days_past_due: $stage}
        do: notify
      call: {track: care, step: 1, when: {days_past_due: {gt: 12}}, do: flag}
    """
    assert found == []


def test_rules_that_never_exist_together(found: list[str]) -> None:
    """Other steps, tracks, days and markets; one name; one switched off where the other is.

    --- base.yaml
    layer: Base
    rules:
      one: {track: care, step: 1, to: 2026-12-31, when: {vip: yes}, do: flag}
      two: {track: care, step: 2, when: {vip: yes}, do: flag}
      three: {track: dunning, step: 1, when: {vip: yes}, do: flag}
      four: {track: care, step: 1, from: 2027-01-01, when: {vip: yes}, do: flag}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      one: {replaces: true, track: care, step: 5, when: {vip: yes}, do: flag}
      two: {off: "not in Norway"}
      five: {track: care, step: 2, when: {vip: yes}, do: flag}
    --- se.yaml
    layer: Sweden
    applies_to: {market: SE}
    rules:
      six: {track: care, step: 5, when: {vip: yes}, do: flag}
    """
    assert found == []


def test_rules_of_layers_that_meet(found: list[str]) -> None:
    """A market and a segment; the switching off in Norway ends.

    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      one: {track: care, step: 1, when: {vip: yes}, do: flag}
      two: {off: "not this year", to: 2026-12-31}
      three: {track: care, step: 2, when: {vip: yes}, do: flag}
    --- base.yaml
    layer: Base
    rules:
      two: {track: care, step: 2, when: {vip: yes}, do: flag}
    --- prepaid.yaml
    layer: Prepaid
    applies_to: {segment: prepaid}
    rules:
      four: {track: care, step: 1, when: {vip: yes}, do: flag}
    """
    assert found == ["no.yaml:6: shared-step", "prepaid.yaml:4: shared-step"]


def test_rules_of_equally_specific_layers(found: list[str]) -> None:
    """Both apply in Norway, with rules of their own.

    --- a.yaml
    layer: A
    applies_to: {market: ["NO", SE]}
    rules:
      one: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- b.yaml
    layer: B
    applies_to: {market: ["NO", DE]}
    rules:
      two: {track: care, step: 1, when: {vip: yes}, do: flag}
    """
    assert found == ["b.yaml:4: shared-step"]


def test_one_market_of_a_region_is_enough(found: list[str]) -> None:
    """Norway switches one of the two off, Sweden does not.

    --- base.yaml
    layer: Base
    rules:
      two: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- nordics.yaml
    layer: Nordics
    applies_to: {region: nordics}
    rules:
      one: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- no.yaml
    layer: Norway
    applies_to: {market: "NO"}
    rules:
      two: {off: "not in Norway"}
    """
    assert found == ["nordics.yaml:4: shared-step"]


def test_where_nothing_is_decided_nothing_clashes(found: list[str]) -> None:
    """Legacy switches one of the two off, and Azure is left out.

    --- out.yaml
    layer: Azure
    applies_to: {program: azure}
    covers: no
    because: "billed by usage"
    --- base.yaml
    layer: Base
    rules:
      two: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- a.yaml
    layer: A
    applies_to: {program: [azure, legacy]}
    rules:
      one: {track: care, step: 1, when: {vip: yes}, do: flag}
    --- legacy.yaml
    layer: Legacy
    applies_to: {program: legacy}
    rules:
      two: {off: "not there"}
    """
    assert found == []


def test_too_many_scopes_prove_nothing(loaded: Loader) -> None:
    markets = [f"{a}{b}" for a in "ABCDE" for b in "ABCDEFGHIJ"]
    text = pair("days_past_due: {lte: $grace_days}", "days_past_due: {gt: $other_days}")
    for index, market in enumerate(markets):
        for key, value, term in (
            ("market", market, "other_days"),
            ("segment", market, "grace_days"),
        ):
            text += (
                f"--- {key}-{market}.yaml\nlayer: {key} {market}\n"
                f"applies_to: {{{key}: {value}}}\nterms: {{{term}: {index}}}\n"
            )
    (problem,) = check(loaded(text))
    assert problem.code == "shared-step"
    assert problem.message.endswith(
        "there are too many scopes to prove that they exclude each other"
    )
