"""The laws of `decide/SEMANTICS.md`, on generated worlds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from tests.agreement.play import Played, rulebook, text_of
from tests.agreement.trials import Trial, trials
from tests.laws.nights import Nights
from tests.laws.trials import (
    SEEDS,
    again,
    decide,
    decided,
    every_case,
    harms,
    is_ours,
    reordered,
    shown,
    sound,
    with_file,
)

from lapse.analysis.explain import is_judged
from lapse.decide.forecast import situation_of
from lapse.decide.reach import day_by_day
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.executors.each_change import by_jumps
from lapse.model.condition import Name
from lapse.model.days import parse_as_of
from lapse.model.decision import Action, Candidate, Decision, Given, Held, NotCovered, recorded
from lapse.model.facts import UNKNOWN, Missing
from lapse.model.rule import Layer, Rule
from lapse.policy.in_force import Scopes

ZONES = """\
# catalogue.yaml
catalogue: zones
cascade: [market]
tracks: {dunning: {anchor: past_due_since}}
actions: {notify: {}, suspend: {harm: access, sets: {status: suspended}}}
# base.yaml
layer: Base
rules:
  remind: {track: dunning, step: 1, when: {status: active}, do: notify}
  suspend: {track: dunning, step: 2, when: {status: active}, after: {last_step: 2}, do: suspend}
# united_states.yaml
layer: United States
applies_to: {market: US}
terms: {time_zone: America/Los_Angeles}
# norway.yaml
layer: Norway
applies_to: {market: "NO"}
terms: {time_zone: Europe/Oslo}
"""
ORDER_SEEDS = range(12)
HARM_SEEDS = range(24, 44)
"""Among them worlds that show each way in which what is unknown keeps harm back."""

STOP = """
layer: Stop
rules:
  stop:
    when: {subscription_id: {present: yes}}
    forbid: [notify, flag, refuse, reactivate, renew, expire, suspend, delete, allow]
"""


def test_order_of_files_does_not_matter() -> None:
    for trial in trials(ORDER_SEEDS):
        other = sound(reordered(trial.world, Random(trial.world.seed)))  # noqa: S311
        assert [shown(case) for case in other.cases] == [shown(case) for case in trial.cases]


@pytest.mark.parametrize(
    "scope",
    ["{market: NO}", "{customer: C1, product: [P1, P2]}", "{program: legacy, segment: S1}"],
)
def test_an_empty_layer_changes_nothing(scope: str) -> None:
    for trial in trials(ORDER_SEEDS[:4]):
        text = f"layer: Empty\napplies_to: {scope}\n"
        other = sound(with_file(trial.world, "empty.yaml", text))
        assert [shown(case) for case in other.cases] == [shown(case) for case in trial.cases]


def test_the_more_specific_layer_wins() -> None:
    """Of the layers that surely apply and have a value, the one with the most specific keys."""
    compared = 0
    for case in every_case():
        at = case.situation
        layers = [applied.layer for applied in at.force.layers if applied.is_sure]
        if len(layers) < len(at.force.layers):
            continue
        day = at.moment.day
        for name in at.force.book.catalogue.terms:
            setting = [
                layer
                for layer in layers
                if any(entry.counts(day, day) for entry in layer.terms.get(name, ()))
            ]
            if len(setting) > 1:
                compared += 1
                best = max(setting, key=lambda layer: _rank(layer, at))
                assert at.force.term(name, day, day).entry in best.terms[name]
    assert compared > 1000


def _rank(layer: Layer, at: Situation) -> tuple[bool, ...]:
    cascade = at.force.book.catalogue.cascade
    return tuple(key in layer.applies_to for key in reversed(cascade))


def test_a_layer_with_every_key_wins() -> None:
    checked = 0
    for trial in trials(ORDER_SEEDS):
        for case in trial.cases[: len(trial.world.rows)]:
            scope = _scope_text(case)
            if scope is None:
                continue
            checked += 1
            text = f"layer: All\napplies_to: {scope}\nterms: {{seat_minimum: 9, plan: c}}\n"
            book = rulebook(with_file(trial.world, "all.yaml", text))
            assert book is not None
            at = Scopes(book).of(case.situation.subscription)
            for distance in range(-40, 40):
                day = case.situation.moment.day + timedelta(days=distance)
                assert at.term("seat_minimum", day, day).value == 9
                assert at.term("plan", day, day).value == "c"
    assert checked > 20


def _scope_text(case: Played) -> str | None:
    cascade = case.situation.force.book.catalogue.cascade
    values = case.situation.subscription.scope(cascade)
    if any(isinstance(value, Missing) for value in values):
        return None
    pairs = zip(cascade, values, strict=True)
    return f"{{{', '.join(f'{key}: {value}' for key, value in pairs)}}}"


def test_unknown_never_harms() -> None:
    """Derived again is not unknown: `term_end` counts once its parts are unknown too."""
    harmed = 0
    for trial in trials(HARM_SEEDS):
        for case in trial.cases:
            before = harms(case.decision, case.situation)
            harmed += bool(before)
            for name in case.case.cells:
                blind = _without(name, case, trial)
                if blind is not None:
                    after = harms(decide(blind, case.case.history, case.case.approved), blind)
                    assert after <= before, (trial.world.seed, case.case.label, name)
    assert harmed > 50


def test_an_unknown_day_never_harms() -> None:
    """In Los Angeles it is still the 19th, a day after the reminder; elsewhere, who knows."""
    given = Given(
        track="dunning",
        anchor="2026-11-01",
        rule="remind",
        stage=None,
        step=1,
        action="notify",
        due_on=date(2026, 11, 1),
        first_given=date(2026, 11, 18),
        last_given=date(2026, 11, 18),
    )
    facts = {"status": "active", "past_due_since": "2026-11-01"}
    at = "2026-11-20T06:00:00Z"
    assert Nights(ZONES, {**facts, "market": "US"}, (given,)).held(at) == {"suspend": "after"}
    assert Nights(ZONES, {**facts, "market": "NO"}, (given,)).run(at) == ["s:suspend:2026-11-01"]
    nowhere = Nights(ZONES, facts, (given,), unknown=("market",))
    assert nowhere.undetermined(at) == {"suspend": frozenset({"market"})}


def test_a_rule_that_may_not_yet_exist_never_harms() -> None:
    """It exists from the 20th on, which in Los Angeles is tomorrow; elsewhere, who knows."""
    dated = ZONES.replace("after: {last_step: 2}", "from: 2026-11-20")
    facts = {"status": "active", "past_due_since": "2026-11-01"}
    at = "2026-11-20T06:00:00Z"
    assert Nights(dated, {**facts, "market": "US"}).run(at) == ["s:remind:2026-11-01"]
    assert Nights(dated, {**facts, "market": "NO"}).run(at) == ["s:suspend:2026-11-01"]
    nowhere = Nights(dated, facts, unknown=("market",))
    assert nowhere.undetermined(at) == {"suspend": frozenset({"market"})}


def _without(name: str, case: Played, trial: Trial) -> Situation | None:
    """The same case with a fact unknown; null when it was already, or is known from others."""
    subscription = case.situation.subscription
    blind = subscription.with_facts({name: UNKNOWN})
    if name == "subscription_id" or blind.fact(name) is not UNKNOWN:
        return None
    if subscription.fact(name) is UNKNOWN:
        return None
    as_of = parse_as_of(case.case.as_of)
    assert as_of is not None
    return situation_of(blind, trial.scopes, as_of)


def test_forbid_beats_do() -> None:
    for case in every_case():
        at = case.situation
        stopped = {
            action
            for entry in at.force.rules(at.moment.day)
            if entry.rule.is_forbid and (entry.missing or truth(entry.rule.when, at) is not False)
            for action in entry.rule.forbids
        }
        ours = {a.candidate.rule.action for a in decided(case).actions if is_ours(a)}
        assert not ours & stopped


def test_a_forbid_of_everything_leaves_only_the_provider() -> None:
    for trial in trials(ORDER_SEEDS[:6]):
        other = sound(with_file(trial.world, "stop.yaml", STOP))
        assert not any(is_ours(action) for case in other.cases for action in decided(case).actions)
        for case, stopped in list(zip(trial.cases, other.cases, strict=True))[:8]:
            theirs = [a.id("s") for a in decided(case).actions if not is_ours(a)]
            assert [a.id("s") for a in decided(stopped).actions] == theirs


def test_one_action_per_track_and_day() -> None:
    for case in every_case():
        tracks = [_track(action) for action in decided(case).actions]
        assert len(tracks) == len(set(tracks))


def _track(action: Action) -> str:
    assert action.candidate.rule.track is not None
    return action.candidate.rule.track.name


def test_the_same_day_gives_the_same_actions() -> None:
    """However its history is ordered; run again after itself, what is ordered again is the same."""
    draw = Random(0)  # noqa: S311
    ordered = 0
    for case in every_case():
        if isinstance(case.decision, NotCovered):
            continue
        at, history = case.situation, case.case.history
        shuffled = tuple(draw.sample(history, len(history)))
        assert text_of(again(at, shuffled, case.case.approved), at) == text_of(case.decision, at)
        given = recorded(history, case.decision.actions, case.decision.day)
        first = {_order(action): action for action in case.decision.actions}
        for action in again(at, given, case.case.approved).actions:
            before = first.get(_order(action))
            if before is None:
                continue
            assert action.candidate.rule.sets
            ordered += 1
            if not _is_undone(before, case):
                assert action.id("s") == before.id("s")
                assert action.first_given == before.first_given
    assert ordered > 50


def _order(action: Action) -> tuple[str, int | None]:
    return action.candidate.rule.name, action.candidate.stage


def _is_undone(action: Action, case: Played) -> bool:
    """Whether another action of the day, now or in an earlier run, may set what this one sets."""
    today = case.situation.moment.day
    if any(given.last_given == today for given in case.case.history):
        return True
    facts = action.candidate.rule.sets.keys()
    others = [a.candidate.rule.sets.keys() for a in decided(case).actions if a != action]
    return any(not facts.isdisjoint(other) for other in others)


def test_a_step_without_sets_is_served_once_per_anchor() -> None:
    counts: Counter[tuple[int, int, str]] = Counter()
    for trial in trials(SEEDS):
        for case in trial.cases:
            counts.update(
                (trial.world.seed, case.case.row, action.id("s"))
                for action in decided(case).actions
                if not action.candidate.rule.sets
            )
    assert counts.total() > 300
    assert set(counts.values()) == {1}


def test_a_missed_night_repeats_nothing() -> None:
    """Whether yesterday ran or not, what is due today is due since the same day, under one id."""
    compared = 0
    for case in every_case():
        at, history = case.situation, case.case.history
        tomorrow = replace(at, moment=at.moment.shifted(1))
        ran = recorded(history, decided(case).actions, at.moment.day)
        late, punctual = decide(tomorrow, history), decide(tomorrow, ran)
        if isinstance(late, NotCovered) or isinstance(punctual, NotCovered):
            continue
        given = {(g.rule, g.stage, g.anchor) for g in ran}
        due = {action.id("s"): action.candidate.due_on for action in late.actions}
        for action in punctual.actions:
            candidate = action.candidate
            key = (candidate.rule.name, candidate.stage, candidate.anchor)
            assert candidate.rule.sets or candidate.is_once_more or key not in given
            if action.id("s") in due and candidate.stretch_from is not None:
                compared += 1
                assert candidate.due_on == due[action.id("s")]
        yesterday = {a.id("s"): a.candidate.due_on for a in decided(case).actions}
        for action in late.actions:
            if action.id("s") in yesterday and action.candidate.stretch_from is not None:
                assert action.candidate.due_on >= yesterday[action.id("s")]
    assert compared > 50


def test_no_harm_before_its_after() -> None:
    """What only waits for its `after` acts once a lower step was given that long ago.

    Given longer ago than `within` allows, it waits again, for a fresh one.
    """
    waited = 0
    for case in every_case():
        at = case.situation
        for held in decided(case).held:
            after = held.candidate.rule.after
            days = _days_waited(held, at)
            if days is None or after is None:
                continue
            waited += 1
            within = _days_of(after.within, at)
            for ago in range(days + 2):
                given = _given_below(held.candidate, at.moment.day - timedelta(days=ago))
                found = decide(at, (given,))
                assert isinstance(found, Decision)
                if ago < days:
                    assert held.candidate.rule not in [a.candidate.rule for a in found.actions]
                else:
                    mine = [h for h in found.held if h.candidate.rule is held.candidate.rule]
                    waits = any(reason.by == "after" for h in mine for reason in h.reasons)
                    assert not waits or (within is not None and ago > within)
    assert waited > 50


def _days_waited(held: Held, at: Situation) -> int | None:
    """How long a harmful action waits that waits for nothing else."""
    rule = held.candidate.rule
    if held.by != "after" or held.missing or not at.force.book.is_harmful(rule):
        return None
    assert rule.after is not None
    return _days_of(rule.after.days, at)


def _days_of(days: int | Name | None, at: Situation) -> int | None:
    value = at.term(days.name).value if isinstance(days, Name) else days
    return value if isinstance(value, int) else None


def _given_below(candidate: Candidate, day: date) -> Given:
    rule = candidate.rule
    assert rule.track is not None
    return Given(
        track=rule.track.name,
        anchor=candidate.anchor,
        rule="below",
        stage=None,
        step=rule.step - 1,
        action="notify",
        due_on=day,
        first_given=day,
        last_given=day,
        anchor_of=rule.anchor,
    )


def test_every_row_is_decided_rejected_or_not_covered() -> None:
    for trial in trials(SEEDS):
        found = Counter(type(case.decision) for case in trial.cases)
        assert set(found) <= {Decision, NotCovered}
        assert found.total() == len(trial.world.rows) * len(trial.world.nights)


def test_checked_policies_never_fail_at_run_time() -> None:
    """Also for subscriptions of which nothing is known."""
    for trial in trials(SEEDS):
        at = trial.cases[0].situation
        blank = replace(at.subscription, facts={"subscription_id": "s"})
        empty = Situation(blank, trial.scopes.of(blank), at.moment)
        assert isinstance(decide(empty, ()), Decision | NotCovered)


def test_jumping_reaches_as_far_as_day_by_day() -> None:
    reached: Counter[bool] = Counter()
    for trial in trials(SEEDS[:12]):
        for case in trial.cases:
            at = case.situation
            for rule, stage in _judged(case):
                if truth(rule.condition(stage), at) is False:
                    continue
                first = day_by_day.first_day(rule, stage, at)
                assert by_jumps.first_day(rule, stage, at) == first
                if rule.is_forbid:
                    assert by_jumps.last_day(rule, at) == day_by_day.last_day(rule, at)
                reached[first is None] += 1
            for action in at.force.book.catalogue.actions.values():
                lock = action.only_if
                if lock is not None and truth(lock, at) is False:
                    last = day_by_day.last_day_without(lock, at)
                    assert by_jumps.last_day_without(lock, at) == last
    assert min(reached[False], reached[True]) > 500


def _judged(case: Played) -> Iterator[tuple[Rule, int | None]]:
    for rule, stage, became in decided(case).verdicts:
        if is_judged(rule, stage, became):
            yield rule, stage
