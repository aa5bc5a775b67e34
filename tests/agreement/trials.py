"""Worlds played by the reference, once for all tests of a session."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from tests.agreement.play import Played, played, rulebook
from tests.agreement.worlds import World, world

from lapse.model.rule import Rulebook
from lapse.policy.in_force import Scopes


@dataclass(frozen=True, slots=True)
class Trial:
    """A world and all its cases, decided."""

    world: World
    scopes: Scopes
    cases: tuple[Played, ...]


# Bounded: a hunt over thousands of worlds would keep them all.
@lru_cache(maxsize=400)
def trial(seed: int) -> Trial | None:
    """The world of a seed, played; null when its policies are not sound, which few are."""
    return tried(world(seed))


def tried(found: World) -> Trial | None:
    book = rulebook(found)
    if book is None:
        return None
    scopes = Scopes(book)
    return Trial(found, scopes, tuple(played(found, scopes)))


def trials(seeds: Iterable[int]) -> Iterator[Trial]:
    """The trials of all seeds whose policies are sound."""
    for seed in seeds:
        found = trial(seed)
        if found is not None:
            yield found


def thinned(book: Rulebook, draw: Random, share_gone: float = 0.8) -> Rulebook:
    """The set with a few of its rules that act: of all of them, one is true in almost every row."""
    acting = sorted({rule.name for rule in book.every_rule() if not rule.is_forbid})
    gone = {name for name in acting if draw.random() < share_gone}
    layers = [
        replace(each, rules={name: rule for name, rule in each.rules.items() if name not in gone})
        for each in book.layers
    ]
    return replace(book, layers=tuple(layers))
