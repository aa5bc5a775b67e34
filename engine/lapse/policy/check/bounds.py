"""Checks of floors and ceilings: a more specific layer may cross them only by an override."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lapse.model.facts import Known
from lapse.model.money import Money, MoneyTable
from lapse.model.place import Place, Problem
from lapse.model.rule import Span, TermEntry, TermSpec
from lapse.policy.check.meetings import Meetings
from lapse.policy.check.spans import counting, overlap

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class BoundKind:
    """A floor (`sign` 1) or a ceiling (`sign` -1), and its words in messages."""

    code: str
    word: str
    key: str
    where: str
    verb: str
    sign: int

    @property
    def opposite(self) -> "BoundKind":
        return CEILING if self is FLOOR else FLOOR

    def of(self, holder: TermSpec | TermEntry) -> Number | None:
        return holder.at_least if self.sign > 0 else holder.at_most

    def is_crossed(self, number: Number, bound: Number) -> bool:
        return (bound - number) * self.sign > 0


FLOOR = BoundKind("below-floor", "floor", "at_least", "below", "raise", 1)
CEILING = BoundKind("above-ceiling", "ceiling", "at_most", "above", "lower", -1)
SIDES = (FLOOR, CEILING)


@dataclass(frozen=True, slots=True)
class Bound:
    """What may set a floor or ceiling, and its name in messages; the catalogue's has no place."""

    holder: TermSpec | TermEntry
    by: str
    place: Place | None = None


DatedBounds = list[tuple[TermEntry, Span]]
Bounded = Mapping[str, DatedBounds]
"""The entries of a layer that set a floor or ceiling, by term, with the days they count on."""


def check_bounds(meetings: Meetings) -> Iterator[Problem]:
    """`below-floor`, `above-ceiling` and `floor-above-ceiling`."""
    bounded = {index: _bounded(layer.terms) for index, layer in meetings.deciding()}
    for index, layer in meetings.deciding():
        for name, entries in layer.terms.items():
            spec = meetings.book.catalogue.terms.get(name)
            if spec is None:
                continue
            others = {
                meetings.layer(i).name: bounded[i][name]
                for i in meetings.below[index]
                if name in bounded[i]
            }
            dated = counting(entries)
            for entry in entries:
                # An override allows crossing them until it expires.
                if entry.override is None:
                    days = [span for counted, span in dated if counted is entry]
                    outer = [Bound(spec, "the catalogue"), *_overlapping(others, days)]
                    yield from _crossed(name, entry, outer)


def _bounded(terms: Mapping[str, tuple[TermEntry, ...]]) -> Bounded:
    return {
        name: [pair for pair in counting(entries) if _has_bound(pair[0])]
        for name, entries in terms.items()
        if any(_has_bound(entry) for entry in entries)
    }


def _has_bound(entry: TermEntry) -> bool:
    return entry.at_least is not None or entry.at_most is not None


def _overlapping(others: Mapping[str, DatedBounds], days: list[Span]) -> Iterator[Bound]:
    for layer, entries in others.items():
        for entry, span in entries:
            if any(overlap(span, mine) for mine in days):
                yield Bound(entry, f"`{layer}`", entry.place)


def _crossed(name: str, entry: TermEntry, outer: list[Bound]) -> Iterator[Problem]:
    impossible = [
        problem
        for side in SIDES
        if (bound := _strictest(side.opposite, outer))
        for problem in _bounds_cross(side, name, entry, bound)
    ]
    yield from impossible
    own = Bound(entry, "the same entry", entry.place)
    for side in () if impossible else SIDES:
        if bound := _strictest(side, [*outer, own]):
            yield from _value_crosses(side, name, entry, bound)


def _strictest(side: BoundKind, bounds: list[Bound]) -> Bound | None:
    """The bound that allows least; of equal ones the first."""
    strictest: Bound | None = None
    for bound in bounds:
        number = side.of(bound.holder)
        held = None if strictest is None else side.of(strictest.holder)
        if number is not None and (held is None or side.is_crossed(held, number)):
            strictest = bound
    return strictest


def _value_crosses(side: BoundKind, name: str, entry: TermEntry, bound: Bound) -> Iterator[Problem]:
    limit = side.of(bound.holder)
    crossing = [
        shown
        for number, shown in _numbers(entry.value)
        if limit is not None and side.is_crossed(number, limit)
    ]
    if crossing:
        yield Problem(
            side.code,
            f"`{name}` of {crossing[0]} is {side.where} the {side.word} of {limit} "
            f"that {bound.by} sets",
            entry.place,
            help=f"{side.verb} it to {limit}, or write `{{value: …, override: {{approved_by: …, "
            "reason: …, expires: …}}`",
            also=bound.place,
        )


def _bounds_cross(side: BoundKind, name: str, entry: TermEntry, bound: Bound) -> Iterator[Problem]:
    """Reports a bound of the entry that, with the opposite bound, leaves no value."""
    opposite = side.opposite
    own, limit = side.of(entry), opposite.of(bound.holder)
    if own is not None and limit is not None and opposite.is_crossed(own, limit):
        yield Problem(
            "floor-above-ceiling",
            f"the {side.word} of {own} for `{name}` is {opposite.where} the {opposite.word} of "
            f"{limit} that {bound.by} sets, so no value is allowed",
            entry.place,
            help=f"change `{side.key}` here or `{opposite.key}` there",
            also=bound.place,
        )


def _numbers(value: Known) -> Iterator[tuple[Number, str]]:
    """Every number that a value holds and how it is shown; none for other types."""
    match value:
        case bool() | str():
            return
        case int():
            yield value, str(value)
        case tuple():
            yield from ((number, str(number)) for number in value)
        case Money():
            yield value.amount, str(value)
        case MoneyTable(amounts, other):
            yield from ((amount, str(Money(amount, code))) for code, amount in amounts.items())
            if other is not None:
                yield other, f"{Money(other)} other"
        case _:
            return
