"""The scopes that a question about an action has to tell apart.

Layers that neither set a term nor define a rule that the question reads are no difference, so a
scope here stands for many. What is in force in it is asked of `policy.in_force`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from lapse.model.condition import Condition, NameKind, names
from lapse.model.facts import ABSENT, UNKNOWN, Value
from lapse.model.rule import CALENDAR_TERM, Layer, Rulebook, terms_read
from lapse.model.subscription import Subscription, fact_of_key
from lapse.policy.in_force import InForce, in_force
from lapse.proofs.formulas import Formula, conj, disj, neg
from lapse.proofs.solving import GaveUp
from lapse.proofs.unknowns import Unknowns

MOST_SCOPES = 20_000
Assignment = Mapping[str, Value]
"""A value of each fact by which layers apply; absent stands for all values that no layer names."""


@dataclass(frozen=True, slots=True)
class Read:
    """The rules, by name, and the terms that a question reads."""

    rules: frozenset[str]
    terms: frozenset[str]

    def concerns(self, layer: Layer) -> bool:
        is_read = self.rules & layer.rules.keys() or self.terms & layer.terms.keys()
        return bool(is_read) or not layer.is_covered or layer.hold is not None


@dataclass(frozen=True, slots=True)
class DistinctScope:
    """What is in force for some scopes alike; `named` are the values that layers name, by fact."""

    force: InForce
    assignments: tuple[Assignment, ...]
    named: Mapping[str, frozenset[str]]

    def holds(self, of: Unknowns) -> Formula:
        """Whether a subscription is in one of these scopes."""
        return disj(
            conj(self._is(name, value, of) for name, value in each.items())
            for each in self.assignments
        )

    def _is(self, name: str, value: Value, of: Unknowns) -> Formula:
        symbol = of.plain(name)
        if value is UNKNOWN:
            return symbol.unknown
        if value is ABSENT:
            named = (symbol.value == of.codes.code(word) for word in sorted(self.named[name]))
            return conj((neg(symbol.unknown), disj((symbol.absent, neg(disj(named))))))
        return conj((symbol.known, symbol.value == of.codes.code(str(value))))

    @property
    def order(self) -> tuple[int, int, str]:
        """A sort key: known scopes first, then those that few layers name."""
        first = self.assignments[0]
        unknown = sum(value is UNKNOWN for value in first.values())
        named = [str(value) for value in first.values() if isinstance(value, str)]
        return unknown, len(named), " ".join(named)


def read_by(book: Rulebook, action: str, conditions: Iterable[Condition]) -> Read:
    """What it depends on whether an action of ours is given, and whether conditions hold."""
    acting = [rule for rule in book.every_rule() if rule.track and not rule.track.is_provider]
    tracks = {rule.track for rule in acting if rule.action == action}
    on_tracks = [rule for rule in acting if rule.track in tracks]
    done = {str(rule.action) for rule in on_tracks}
    forbids = [rule for rule in book.every_rule() if rule.forbids & done]
    rules = [*on_tracks, *forbids]
    terms = {term for rule in rules for term in terms_read(rule)}
    locks = (book.catalogue.actions[name].only_if for name in done)
    for condition in (*conditions, *(lock for lock in locks if lock is not None)):
        terms |= {name.name for name in names(condition) if name.kind is NameKind.TERM}
    if any(rule.is_business for rule in rules):
        terms.add(CALENDAR_TERM)
    return Read(frozenset(rule.name for rule in rules), frozenset(terms))


def distinct_scopes(book: Rulebook, read: Read) -> list[DistinctScope]:
    """The scopes in which anything is decided, known ones first."""
    layers = [layer for layer in book.layers if read.concerns(layer)]
    named = _named(book, layers)
    keys = book.catalogue.cascade
    if prod(len(words) + 2 for words in named.values()) > MOST_SCOPES:
        raise GaveUp(f"it would have to tell more than {MOST_SCOPES:,} scopes apart")
    found: dict[tuple[object, ...], tuple[InForce, list[Assignment]]] = {}
    each: list[list[Value]] = [[*sorted(words), ABSENT, UNKNOWN] for words in named.values()]
    for values in product(*each):
        facts = dict(zip(named, values, strict=True))
        scope = Subscription({**_nowhere(keys), **facts}, book.words).scope(keys)
        force = in_force(book, scope)
        out = force.not_covered_by()
        if out is None or not out.is_sure:
            applying = [each for each in force.layers if read.concerns(each.layer)]
            key = tuple((id(each.layer), each.missing) for each in applying)
            found.setdefault(key, (force, []))[1].append(facts)
    fixed = {name: frozenset(words) for name, words in named.items()}
    scopes = [DistinctScope(force, tuple(facts), fixed) for force, facts in found.values()]
    return sorted(scopes, key=lambda scope: scope.order)


def _nowhere(keys: Iterable[str]) -> dict[str, Value]:
    return {fact_of_key(key): ABSENT for key in keys}


def _named(book: Rulebook, layers: Iterable[Layer]) -> dict[str, set[str]]:
    """The values that layers name, by fact; a region as the markets in it."""
    named: dict[str, set[str]] = {}
    for layer in layers:
        for key, words in layer.applies_to.items():
            of = named.setdefault(fact_of_key(key), set())
            of |= set(_markets(words, book)) if key == "region" else words
    return named


def _markets(regions: frozenset[str], book: Rulebook) -> Iterator[str]:
    for market, region in book.words.region_of.items():
        if region in regions:
            yield market
