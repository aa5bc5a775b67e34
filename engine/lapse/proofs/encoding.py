"""Conditions as formulas, read as `decide.truth` reads them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    NameKind,
    Not,
    Stage,
    Sum,
    names,
)
from lapse.model.facts import ValueType
from lapse.policy.in_force import InForce
from lapse.proofs.comparisons import leaf_kleene
from lapse.proofs.dated_terms import term_symbols
from lapse.proofs.formulas import Formula, Kleene, all_of, any_of, conj, not_of, one_of
from lapse.proofs.symbols import NOT_KNOWN, Plain, Symbol
from lapse.proofs.unknowns import Unknowns

Values = tuple[tuple[Formula, Symbol], ...]
"""The symbols that a name can stand for, each with its guard; exactly one guard holds."""


@dataclass(slots=True)
class Kept:
    """What scopes share: values by term, and truths by condition, under the layers that decide."""

    values: dict[tuple[object, ...], Values] = field(default_factory=dict)
    truths: dict[tuple[object, ...], tuple[Condition, Kleene]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encoding:
    """One scope's policies over unknown facts, judged on any day from `first` on."""

    force: InForce
    of: Unknowns
    first: date
    kept: Kept = field(default_factory=Kept)
    _layers: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def truth(self, condition: Condition) -> Kleene:
        terms = {name.name for name in names(condition) if name.kind is NameKind.TERM}
        key = id(condition), *(self._deciding(term) for term in sorted(terms))
        if key not in self.kept.truths:
            # The condition is kept, too, or another might come to have its id.
            self.kept.truths[key] = condition, self._truth(condition)
        return self.kept.truths[key][1]

    def _deciding(self, term: str) -> tuple[object, ...]:
        """The layers that decide about a term, which are all that scopes differ in about it."""
        if term not in self._layers:
            applied = (each for each in self.force.layers if term in each.layer.terms)
            self._layers[term] = term, *((id(each.layer), each.missing) for each in applied)
        return self._layers[term]

    def _truth(self, condition: Condition) -> Kleene:
        match condition:
            case Leaf():
                return self._leaf(condition)
            case Not(part):
                return not_of(self.truth(part))
            case All(parts):
                return all_of(self.truth(part) for part in parts)
            case AnyOf(parts):
                return any_of(self.truth(part) for part in parts)

    def term(self, name: str) -> Values:
        key = self._deciding(name)
        if key not in self.kept.values:
            values = tuple(term_symbols(name, self.force, self.of, self.first))
            self.kept.values[key] = values
        return self.kept.values[key]

    def _value(self, name: Name) -> Values:
        if name.kind is NameKind.TERM:
            return self.term(name.name)
        return ((True, self.of.name(name.name)),)

    def _operand(self, leaf: Leaf) -> Values:
        match leaf.operand:
            case Literal(value):
                return ((True, self.of.codes.symbol(value)),)
            case Name():
                return self._value(leaf.operand)
            case Sum(term, sign, number):
                assert not isinstance(number, Stage), "bound before anything is evaluated"
                return tuple(_shifted(self._value(term), sign * number))
            case Choices():
                return ((True, NOT_KNOWN),)
            case Stage():
                message = f"unbound stage at {leaf.place}"
                raise AssertionError(message)

    def _leaf(self, leaf: Leaf) -> Kleene:
        currency = self.of.currency if leaf.subject.type is ValueType.MONEY else 0
        return one_of(
            (conj((one, other)), leaf_kleene(leaf, left, right, currency, self.of.codes))
            for one, left in self._value(leaf.subject)
            for other, right in self._operand(leaf)
        )


def _shifted(values: Values, by: int) -> Iterator[tuple[Formula, Symbol]]:
    for guard, symbol in values:
        assert isinstance(symbol, Plain)
        yield guard, Plain(symbol.value + by, symbol.absent, symbol.unknown)
