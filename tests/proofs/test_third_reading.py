"""Formulas and the reference read the policy language alike, over generated worlds.

What the reference decides, the formulas say when its facts are told to them; and a subscription
that the solver makes up gets from the reference what the formulas say of it.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from tests.agreement.play import Played
from tests.agreement.trials import Trial, trials
from tests.proofs.told_cases import is_beyond, is_value, ours, replayed, told

from lapse.decide.reference import decide
from lapse.executors.each_change import by_jumps
from lapse.model.decision import NotCovered
from lapse.model.facts import ValueType
from lapse.proofs.acting import Acting
from lapse.proofs.distinct_scopes import distinct_scopes, read_by
from lapse.proofs.encoding import Kept
from lapse.proofs.examples import Example, closed, example_of
from lapse.proofs.formulas import conj, disj, neg
from lapse.proofs.proving import acting_in, question, unknowns
from lapse.proofs.solving import Question, holds_in

FIRST = int(os.environ.get("LAPSE_FIRST_WORLD", "0"))
WORLDS = int(os.environ.get("LAPSE_PROVED_WORLDS", "16"))
CHUNKS = [range(first, first + 8) for first in range(FIRST, FIRST + WORLDS, 8)]
NEAR = timedelta(days=400)


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_what_the_reference_decides_the_formulas_say(seeds: range) -> None:
    counts: Counter[str] = Counter()
    for trial in trials(seeds):
        of, kept = unknowns(trial.scopes.book), Kept()
        for case in trial.cases:
            at = case.situation
            decision = decide(at, case.case.history, reach=by_jumps)
            if isinstance(decision, NotCovered) or at.moment.instant is not None:
                continue
            formulas = acting_in(at.force, of, at.moment.day, kept)
            said = dict(_said(formulas))
            if is_beyond(case, decision, formulas):
                continue
            asked = told(case, formulas)
            model = asked.model()
            assert model is not None, f"world {trial.world.seed}, {case.case.label}: impossible"
            for name, formula in said.items():
                is_given = bool(ours(decision, name))
                label = f"world {trial.world.seed}, {case.case.label}: {name}"
                assert holds_in(model, formula) == is_given, label
                counts[f"given: {is_given}"] += 1
    assert counts["given: True"] >= len(seeds) // 2
    assert counts["given: False"] >= 20 * len(seeds)


def _said(formulas: Acting) -> Iterator[tuple[str, object]]:
    for name in formulas.force.book.catalogue.actions:
        yield name, disj(way for _, way in formulas.ways(name))


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_what_the_solver_makes_up_the_reference_confirms(seeds: range) -> None:
    confirmed = 0
    for trial in trials(seeds):
        for action, example in _made_up(trial):
            decision = replayed(example, trial.scopes)
            assert not isinstance(decision, NotCovered)
            assert ours(decision, action), f"world {trial.world.seed}: {action} by {example}"
            confirmed += 1
    assert confirmed >= 2 * len(seeds)


def _made_up(trial: Trial) -> Iterator[tuple[str, Example]]:
    """For some scopes and actions a subscription that is given it, like a row of the world."""
    book, draw = trial.scopes.book, Random(trial.world.seed)  # noqa: S311
    for action in book.catalogue.actions:
        of, kept = unknowns(book), Kept()
        scopes = distinct_scopes(book, read_by(book, action, ()))
        for scope in draw.sample(scopes, min(2, len(scopes))):
            case = draw.choice(trial.cases)
            formulas = acting_in(scope.force, of, case.situation.moment.day, kept)
            given = disj(way for _, way in formulas.ways(action))
            if given is False:
                continue
            asked = question(formulas, scope, (given,))
            # What is left free makes examples that no subscription can have.
            if of.approximated or not asked.keep(closed(asked)):
                continue
            _like(case, asked, draw)
            model = asked.model()
            assert model is not None
            yield action, example_of(model, asked)


def _like(case: Played, asked: Question, draw: Random) -> None:
    """Demands dates that are near, and some facts of a row, as far as they can be had."""
    of, day = asked.acting.encoding.of, case.situation.moment.day
    first, last = ((day + by).toordinal() for by in (-NEAR, NEAR))
    asked.keep((of.day <= last,))
    for name, spec in of.words.facts.items():
        if name in of.facts and spec.type in {ValueType.DATE, ValueType.INSTANT}:
            fact = of.plain(name)
            near = conj((of.day_of(name) >= first, of.day_of(name) <= last))
            assert asked.keep((disj((neg(fact.known), near)),)), name
    for name in draw.sample(sorted(of.facts), min(8, len(of.facts))):
        asked.keep((is_value(of.fact(name), case.situation.subscription.fact(name), of),))
