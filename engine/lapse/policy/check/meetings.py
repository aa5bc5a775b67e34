"""Which layers of a rulebook can match one subscription.

A region is the markets in it, so a scope that names regions is rewritten to name markets. Then the
keys of a scope do not depend on each other, and two scopes meet when they share a value of every
key that both name. Layers are found by their values, never by comparing all pairs.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lapse.model.facts import Vocabulary
from lapse.model.rule import Layer, Rulebook, specificity

REGION, MARKET = "region", "market"

Scope = Mapping[str, frozenset[str]]
"""The values that match, by key; a key without an entry matches any value."""


def folded(applies_to: Scope, words: Vocabulary) -> Scope:
    """A scope with its regions replaced by the markets in them."""
    scope = {key: values for key, values in applies_to.items() if key != REGION}
    if REGION in applies_to:
        regions = applies_to[REGION]
        markets = frozenset(m for m, region in words.region_of.items() if region in regions)
        scope[MARKET] = markets & scope.get(MARKET, markets)
    return scope


def joint(one: Scope, other: Scope) -> Scope | None:
    """The scope of what both match; null when they match nothing in common."""
    both = {
        key: one.get(key, other.get(key, frozenset())) & other.get(key, one.get(key, frozenset()))
        for key in {**one, **other}
    }
    return both if all(both.values()) else None


def lies_within(inner: Scope, outer: Scope) -> bool:
    """Whether the outer scope matches all that the inner one matches."""
    return all(key in inner and inner[key] <= values for key, values in outer.items())


@dataclass(frozen=True, slots=True)
class Meetings:
    """The layers that decide something, by their index in the book, and which of them meet.

    `below` has the less specific layers that a layer meets, the most specific first; `above` the
    more specific ones; `beside` the equally specific ones. Layers that leave subscriptions out, or
    whose whole scope is left out, are not included.
    """

    book: Rulebook
    scopes: tuple[Scope, ...]
    below: Mapping[int, tuple[int, ...]]
    above: Mapping[int, tuple[int, ...]]
    beside: Mapping[int, tuple[int, ...]]

    def layer(self, index: int) -> Layer:
        return self.book.layers[index]

    def deciding(self) -> Iterator[tuple[int, Layer]]:
        """Every layer that decides something."""
        for index in self.below:
            yield index, self.layer(index)

    def with_all_met(self, index: int) -> tuple[int, ...]:
        """A layer itself and every layer that it meets."""
        return index, *self.below[index], *self.beside[index], *self.above[index]

    def joint(self, one: int, other: int) -> Scope:
        """The scope that two layers which meet have in common."""
        return joint(self.scopes[one], self.scopes[other]) or {}


def meetings(book: Rulebook) -> Meetings:
    """Which layers of a book meet."""
    scopes = tuple(folded(layer.applies_to, book.words) for layer in book.layers)
    left_out = tuple(s for s, x in zip(scopes, book.layers, strict=True) if not x.is_covered)
    groups: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    for index, layer in enumerate(book.layers):
        if layer.is_covered and _is_reached(scopes[index], left_out):
            groups[specificity(layer.applies_to, book.catalogue.cascade)].append(index)
    below: dict[int, list[int]] = {i: [] for group in groups.values() for i in group}
    above: dict[int, list[int]] = {i: [] for i in below}
    beside: dict[int, list[int]] = {i: [] for i in below}
    for rank, group in groups.items():
        for other_rank in sorted((other for other in groups if other <= rank), reverse=True):
            for one, other in _meeting(group, groups[other_rank], scopes, left_out):
                if rank == other_rank:
                    beside[one].append(other)
                else:
                    below[one].append(other)
                    above[other].append(one)
    return Meetings(book, scopes, _settled(below), _settled(above), _settled(beside))


def _meeting(
    group: list[int], others: list[int], scopes: tuple[Scope, ...], left_out: tuple[Scope, ...]
) -> Iterator[tuple[int, int]]:
    """The pairs of two groups that meet; the layers of one group name the same keys."""
    shared = sorted(scopes[group[0]].keys() & scopes[others[0]].keys())
    named = scopes[group[0]].keys() | scopes[others[0]].keys()
    left_out = tuple(out for out in left_out if out.keys() <= named)
    by_value = {key: _by_value(others, scopes, key) for key in shared}
    finest = max(shared, key=lambda key: len(by_value[key]), default=None)
    for one in group:
        near = others
        if finest is not None:
            values = scopes[one][finest]
            near = sorted({i for value in values for i in by_value[finest].get(value, ())})
        for other in near:
            mine, its = scopes[one], scopes[other]
            if one == other or any(mine[key].isdisjoint(its[key]) for key in shared):
                continue
            if not left_out or _is_reached(joint(mine, its), left_out):
                yield one, other


def _by_value(layers: list[int], scopes: tuple[Scope, ...], key: str) -> dict[str, list[int]]:
    by_value: dict[str, list[int]] = defaultdict(list)
    for index in layers:
        for value in scopes[index][key]:
            by_value[value].append(index)
    return by_value


def _is_reached(scope: Scope | None, left_out: tuple[Scope, ...]) -> bool:
    """Whether a subscription in this scope can be decided: it matches, and is not left out."""
    if scope is None or not all(scope.values()):
        return False
    return not any(lies_within(scope, out) for out in left_out)


def _settled(found: dict[int, list[int]]) -> dict[int, tuple[int, ...]]:
    return {index: tuple(others) for index, others in found.items()}
