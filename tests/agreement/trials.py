"""Worlds played by the reference, once for all tests of a session."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from tests.agreement.play import Played, played, rulebook
from tests.agreement.worlds import World, world

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
