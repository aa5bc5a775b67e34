"""Each outcome that `explain` tells of a rule, in its exact words."""

from collections.abc import Mapping

from tests.laws.nights import Nights, rulebook

from lapse.analysis.explain import Explanation, explain
from lapse.decide.forecast import situation_of
from lapse.decide.known import KnownRow
from lapse.executors.durable.engine import DurableExecutor
from lapse.model.days import parse_as_of
from lapse.policy.in_force import Scopes

POLICY = """\
# catalogue.yaml
catalogue: t
cascade: [market]
tracks:
  dunning: {anchor: past_due_since}
facts:
  vip: {type: flag}
  grounds: {type: flag}
terms:
  grace_days: {type: days}
  warn_on: {type: days list}
actions:
  notify: {}
  restrict: {harm: access, sets: {suspended_for: debt}}
  suspend: {harm: access, sets: {status: suspended}}
  delete: {harm: money, sets: {status: deleted, deleted_on: today}}
# base.yaml
layer: Base
terms: {time_zone: UTC, grace_days: 10, warn_on: [1, 7]}
rules:
  warn:
    {track: dunning, step: 1, do: notify, for_each: $warn_on, when: {days_past_due: {gte: $stage}}}
  restrict: {track: dunning, step: 2, when: {days_past_due: {gt: 8}}, do: restrict}
  suspend: {track: dunning, step: 3, when: {days_past_due: {gt: $grace_days}}, do: suspend}
  delete: {track: dunning, step: 4, when: {vip: no, days_past_due: {gt: 20}}, do: delete}
  spare: {when: {grounds: yes}, forbid: [suspend, delete]}
# norway.yaml
layer: Norway
applies_to: {market: "NO"}
rules:
  call: {track: dunning, step: 5, when: {days_past_due: {gt: 90}}, do: notify}
"""
FACTS = {
    "status": "active",
    "past_due_since": "2026-11-01",
    "vip": "yes",
    "grounds": "no",
    "market": "SE",
}


def explained(
    day: str,
    changes: Mapping[str, str] | None = None,
    *,
    unknown: tuple[str, ...] = (),
    given_on: str | None = None,
    policy: str = POLICY,
) -> Explanation:
    """What is explained of a debt since 1 November; on `given_on` an earlier night ran."""
    nights = Nights(policy, {**FACTS, **(changes or {})}, unknown=unknown)
    if given_on is not None:
        nights.run(given_on)
    book, as_of = rulebook(policy), parse_as_of(day)
    assert as_of is not None
    scopes, durable = Scopes(book), DurableExecutor(book)
    at = situation_of(nights.subscription(scopes), scopes, as_of)
    return explain(KnownRow(at, nights.history, None), scopes, durable.decide, durable.judge)


def outcomes(explanation: Explanation) -> dict[str, str]:
    return {view.label: view.outcome for view in explanation.rules}


def test_a_rule_that_acts_and_one_that_does_not_hold() -> None:
    found = outcomes(explained("2026-11-02"))
    assert found["warn@1"] == "acts"
    assert found["warn@7"] == "does not hold"
    assert found["spare"] == "does not hold"


def test_a_stage_gives_way_to_a_later_one() -> None:
    found = outcomes(explained("2026-11-08"))
    assert found["warn@1"] == "gives way to warn@7, a later stage"
    assert found["warn@7"] == "acts"


def test_a_step_gives_way_to_a_higher_one() -> None:
    found = outcomes(explained("2026-11-12"))
    assert found["suspend"] == "acts"
    assert found["restrict"] == "gives way to suspend, a higher step"
    assert found["warn@7"] == "gives way to suspend, a higher step"


def test_a_step_gives_way_to_a_higher_one_that_is_held() -> None:
    """No fact shows what `restrict` sets: it is the held suspension that it gives way to."""
    found = outcomes(explained("2026-11-23", unknown=("vip",)))
    assert found["delete"] == "undetermined: vip unknown"
    assert found["suspend"] == "held: unknown delete (vip unknown)"
    for name in ("restrict", "warn@1", "warn@7"):
        assert found[name] == (
            "gives way to suspend, a higher step, which is held: unknown delete (vip unknown)"
        )


def test_what_the_facts_show_is_not_said_to_give_way() -> None:
    found = outcomes(explained("2026-11-12", {"status": "suspended", "suspended_for": "debt"}))
    assert found["suspend"] == "the facts already show it"
    assert found["restrict"] == "the facts already show it"
    assert found["warn@7"] == "acts"


def test_what_was_given_is_served_by_its_own_order() -> None:
    found = outcomes(explained("2026-11-03", given_on="2026-11-02"))
    assert found["warn@1"] == "served: given on 2026-11-02"


def test_what_a_later_step_serves_names_its_order() -> None:
    found = outcomes(explained("2026-11-09", given_on="2026-11-08"))
    assert found["warn@7"] == "served: given on 2026-11-08"
    assert found["warn@1"] == "served by warn@7: given on 2026-11-08"


def test_a_forbid_holds_what_it_forbids_and_a_lower_step_acts() -> None:
    found = outcomes(explained("2026-11-12", {"grounds": "yes"}))
    assert found["spare"] == "forbids delete, suspend"
    assert found["suspend"] == "held: spare"
    assert found["restrict"] == "acts"


def test_a_forbid_that_is_not_known_forbids() -> None:
    found = outcomes(explained("2026-11-12", unknown=("grounds",)))
    assert found["spare"] == "unknown: it forbids, to be safe"
    assert found["suspend"] == "held: spare (grounds unknown)"


def test_a_rule_of_a_layer_that_may_not_apply_says_so() -> None:
    told = explained("2026-11-12", unknown=("market",))
    assert outcomes(told)["call"] == "may not apply here: market unknown"
    assert next(view for view in told.rules if view.label == "call").condition is None


def test_a_rule_whose_stages_are_not_known_is_told_once() -> None:
    policy = POLICY.replace(", warn_on: [1, 7]}", "}").replace(
        "rules:\n  call", "terms: {warn_on: [1, 7]}\nrules:\n  call"
    )
    told = explained("2026-11-12", unknown=("market",), policy=policy)
    assert outcomes(told)["warn"] == "undetermined: market unknown"
