"""Whatever is promised, the reference confirms each example against it, over generated worlds."""

import os
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from tests.agreement.trials import Trial, trials

from lapse.analysis.counterexamples import counterexample
from lapse.model.condition import All
from lapse.model.place import Place
from lapse.policy.reading.promises import Earlier, Never, Promise
from lapse.proofs.proving import Prover

FIRST = int(os.environ.get("LAPSE_FIRST_WORLD", "6"))
WORLDS = int(os.environ.get("LAPSE_PROMISED_WORLDS", "2"))
"""In world 6 an example rests on an order of a higher step that must have been due long before."""

PLACE = Place("promises.yaml", 1)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + WORLDS))
def test_an_example_is_confirmed_unless_something_was_left_free(seed: int) -> None:
    counts: Counter[str] = Counter()
    for trial in trials([seed]):
        prover = Prover(trial.scopes.book, trial.cases[0].situation.moment.day)
        for promise in _promises(trial):
            verdict = prover.prove(promise)
            if verdict.refutation is not None:
                # What is not confirmed is raised.
                found = counterexample(promise, verdict.refutation, trial.scopes)
                assert found is not None or verdict.refutation.approximated
                counts["confirmed"] += found is not None
    assert counts["confirmed"]


def _promises(trial: Trial) -> Iterator[Promise]:
    """Promises made of the conditions and actions of the world's own rules."""
    draw, rules = Random(trial.world.seed), list(trial.scopes.book.every_rule())  # noqa: S311
    conditions = [rule.when for rule in rules if rule.stages is None]
    actions = sorted({str(r.action) for r in rules if r.track and not r.track.is_provider})
    for number in range(4):
        action, is_earlier = draw.choice(actions), draw.random() < 0.4
        earlier = Earlier(draw.choice(actions), draw.choice((1, 2, 5)))
        never = Never(action, earlier if is_earlier else draw.choice(conditions), PLACE)
        where = All(()) if draw.random() < 0.6 else draw.choice(conditions)
        yield Promise(str(number), (never,), where, PLACE)
