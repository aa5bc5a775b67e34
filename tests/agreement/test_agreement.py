"""Every executor decides as the reference does, in every column, over generated worlds.

`make agree WORLDS=5000` hunts longer; `LAPSE_FIRST_WORLD` starts elsewhere.
"""

import os
from collections import Counter
from collections.abc import Callable

import pytest
from tests.agreement.census import DECISIVE, OVER_NIGHTS, features
from tests.agreement.play import Decide, differences
from tests.agreement.trials import trials

from lapse.executors.direct import direct_executor
from lapse.executors.durable.engine import DurableExecutor
from lapse.model.rule import Rulebook

FIRST = int(os.environ.get("LAPSE_FIRST_WORLD", "0"))
WORLDS = int(os.environ.get("LAPSE_WORLDS", "200"))
CHUNKS = [
    range(first, min(first + 25, FIRST + WORLDS)) for first in range(FIRST, FIRST + WORLDS, 25)
]
EXECUTORS: dict[str, Callable[[Rulebook], Decide]] = {
    "durable": lambda book: DurableExecutor(book).decide,
    "direct": lambda _: direct_executor(),
}


@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
@pytest.mark.parametrize("executor", EXECUTORS)
def test_executors_agree_with_the_reference(executor: str, seeds: range) -> None:
    for trial in trials(seeds):
        decide = EXECUTORS[executor](trial.scopes.book)
        for case in trial.cases:
            found = differences(case, decide(case.situation, case.case.history, case.case.approved))
            assert not found, f"world {trial.world.seed}, {case.case.label}:\n" + "\n".join(found)


def test_generated_policies_are_sound() -> None:
    """So few are not that the worlds left out cannot be a kind of their own."""
    assert sum(1 for _ in trials(range(FIRST, FIRST + WORLDS))) >= WORLDS * 0.99


def test_everything_happens_in_one_case_of_a_hundred() -> None:
    cases = [case for trial in trials(range(FIRST, FIRST + WORLDS)) for case in trial.cases]
    found = Counter(feature for case in cases for feature in features(case))
    wanted = dict.fromkeys(DECISIVE, 100) | dict.fromkeys(OVER_NIGHTS, 200)
    rare = {
        name: found[name] for name, one_of in wanted.items() if found[name] * one_of < len(cases)
    }
    assert not rare, f"of {len(cases)} cases: {rare}"
