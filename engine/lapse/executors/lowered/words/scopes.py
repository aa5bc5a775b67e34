"""Which keys of the cascade decide each term and rule, and what is in force for their values.

A term is decided by few keys, those that the layers which set it name: a grace period by the market
and the program, but not by the customer. All that the same keys decide is one shape.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lapse.model.condition import Condition, Name, NameKind, names
from lapse.model.facts import ABSENT, UNKNOWN, Value, ValueType
from lapse.model.money import MoneyTable
from lapse.model.rule import (
    ALWAYS,
    CALENDAR_TERM,
    CLOCK_TERMS,
    TOLERANCE_TERM,
    ZONE_TERM,
    Rule,
    Rulebook,
)
from lapse.policy.in_force import InForce, in_force
from lapse.policy.text.template import template_pieces

UNKNOWN_PLACE, OTHER_PLACE = -1, 0
"""In place of a key's value: that it is not known, and that no layer names it."""
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The terms and rules that the same keys decide, and the fact that the terms are pinned to.

    Rules are given by their number in `Lexicon.every_rule`. With `is_out` it also tells which layer
    leaves a subscription out.
    """

    keys: Keys
    pin: str | None = None
    terms: tuple[str, ...] = ()
    rules: tuple[int, ...] = ()
    is_out: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A rulebook as a batch needs it.

    `rules` are those that act, `forbids` the others in the order in which they forbid, and `terms`
    what they and their texts read, or debts are compared with. `named` has the values that layers
    name for each key of the cascade: the place of a value counts from 1.
    """

    book: Rulebook
    rules: tuple[Rule, ...]
    forbids: tuple[Rule, ...]
    terms: tuple[str, ...]
    named: Mapping[str, tuple[str, ...]]
    shapes: tuple[Shape, ...] = field(default=())

    @property
    def every_rule(self) -> tuple[Rule, ...]:
        return (*self.rules, *self.forbids)

    @property
    def locks(self) -> Mapping[str, Condition]:
        """The `only_if` of each action that has one."""
        actions = self.book.catalogue.actions.values()
        return {each.name: each.only_if for each in actions if each.only_if is not None}

    def force(self, places: Mapping[str, int]) -> InForce:
        """What is in force where some keys have the values of these places, and others none."""
        cascade = self.book.catalogue.cascade
        scope = tuple(self._value(key, places.get(key, OTHER_PLACE)) for key in cascade)
        return in_force(self.book, scope)

    def _value(self, key: str, place: int) -> Value:
        # A value that no layer names matches no layer, like one that is absent.
        if place == OTHER_PLACE:
            return ABSENT
        return UNKNOWN if place == UNKNOWN_PLACE else self.named[key][place - 1]

    def type_of(self, term: str) -> ValueType:
        spec = self.book.catalogue.terms.get(term)
        return ValueType.TEXT if spec is None else spec.type  # a time zone, or a calendar

    def pin_of(self, term: str) -> str | None:
        """The fact that a term is pinned to."""
        return _pin_of(self.book, term)

    def is_dated(self, term: str) -> bool:
        """Whether some layer sets a term for some days only."""
        entries = (entry for each in self.book.layers for entry in each.terms.get(term, ()))
        return any(entry.span != ALWAYS or entry.override for entry in entries)

    def told(self, field: str) -> Name | None:
        """What a field of a text names; null where nothing has this name."""
        type_ = self.book.words.type_of(field)
        if type_ is not None:
            return Name(field, NameKind.FACT, type_)
        is_term = _is_term_told(self.book, field)
        return Name(field, NameKind.TERM, self.type_of(field)) if is_term else None

    def longest(self, term: str) -> int:
        """The length of the longest list that any layer sets for a term."""
        values = self.book.every_term_value(term)
        return max((len(value) for value in values if isinstance(value, tuple)), default=0)

    def currencies(self, term: str) -> tuple[str, ...]:
        """Every currency that some layer names for a money term."""
        values = self.book.every_term_value(term)
        tables = [value for value in values if isinstance(value, MoneyTable)]
        return tuple(sorted({currency for table in tables for currency in table.amounts}))

    @property
    def zone_keys(self) -> Keys:
        """The keys that decide a time zone."""
        return keys_of_term(self.book, ZONE_TERM)


def lexicon(book: Rulebook) -> Lexicon:
    """What a rulebook's rules read, and by which keys it is decided."""
    rules = tuple(rule for rule in book.every_rule() if not rule.is_forbid)
    forbids = tuple(_forbids(book))
    locks = (action.only_if for action in book.catalogue.actions.values() if action.only_if)
    read = {term for rule in (*rules, *forbids) for term in _terms_of(book, rule)}
    read |= {name.name for lock in locks for name in names(lock) if name.kind is NameKind.TERM}
    terms = tuple(sorted(read | {TOLERANCE_TERM} & book.catalogue.terms.keys()))
    every = [layer.applies_to for layer in book.layers]
    named = {
        key: tuple(sorted({value for each in every for value in each.get(key, ())}))
        for key in book.catalogue.cascade
    }
    shapes = tuple(_shapes(book, (*rules, *forbids), terms))
    return Lexicon(book, rules, forbids, terms, named, shapes)


def _forbids(book: Rulebook) -> Iterator[Rule]:
    """In the order of `InForce.rules`: by name, the more specific first; then layers' holds."""
    own = (rule for layer in book.layers for rule in layer.rules.values() if isinstance(rule, Rule))
    yield from sorted((rule for rule in own if rule.is_forbid), key=lambda rule: rule.name)
    yield from (layer.hold for layer in book.layers if layer.hold is not None)


def _terms_of(book: Rulebook, rule: Rule) -> Iterator[str]:
    """The terms that a rule's condition, stages, numbers of days and texts name."""
    read = (*names(rule.when), *rule.names_beside())
    yield from (name.name for name in read if name.kind is NameKind.TERM)
    if rule.is_business:
        yield CALENDAR_TERM
    for piece, is_field in (each for text in rule.because for each in template_pieces(text)):
        if is_field and _is_term_told(book, piece):
            yield piece


def _is_term_told(book: Rulebook, field: str) -> bool:
    """Whether a field of a text is a term; facts of its name come first."""
    is_term = field in book.catalogue.terms or field in CLOCK_TERMS
    return is_term and book.words.type_of(field) is None


def _shapes(book: Rulebook, rules: Sequence[Rule], terms: Sequence[str]) -> Iterator[Shape]:
    of: dict[tuple[Keys, str | None], tuple[list[str], list[int]]] = {}
    for term in terms:
        of.setdefault((keys_of_term(book, term), _pin_of(book, term)), ([], []))[0].append(term)
    # A layer that may leave a subscription out makes all its rules uncertain.
    out = [layer.applies_to for layer in book.layers if not layer.is_covered]
    for number, rule in enumerate(rules):
        setting = [
            layer.applies_to
            for layer in book.layers
            if rule is layer.hold or rule.name in layer.rules
        ]
        of.setdefault((_keys(book, (*setting, *out)), None), ([], []))[1].append(number)
    leaving = _keys(book, out), None
    of.setdefault(leaving, ([], []))
    for place, (its_terms, its_rules) in of.items():
        yield Shape(*place, tuple(its_terms), tuple(its_rules), is_out=place == leaving)


def _pin_of(book: Rulebook, term: str) -> str | None:
    spec = book.catalogue.terms.get(term)
    return None if spec is None else spec.pinned_to


def keys_of_term(book: Rulebook, term: str) -> Keys:
    return _keys(book, [layer.applies_to for layer in book.layers if term in layer.terms])


def _keys(book: Rulebook, scopes: Iterable[Mapping[str, object]]) -> Keys:
    used = {key for scope in scopes for key in scope}
    return tuple(key for key in book.catalogue.cascade if key in used)
