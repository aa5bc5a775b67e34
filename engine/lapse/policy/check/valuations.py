"""All scopes and days between which an answer about rules and terms can differ.

A cell is a scope with one value for each key of the cascade. Values that the same layers name count
as one, and so do all values that no layer names. So there are few cells, and together they cover
all scopes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise, product
from math import prod

from lapse.model.days import FIRST_DAY, ONE_DAY
from lapse.model.facts import ABSENT, Value
from lapse.model.rule import Rule, Rulebook
from lapse.policy.check.keep_apart import Valuation
from lapse.policy.check.meetings import MARKET, REGION, Meetings, Scope, joint
from lapse.policy.in_force import InForce, in_force

# More are not tried: the number is the product of the numbers of values of all scope keys.
MOST_CELLS = 1_000

Ahead = frozenset[str]
"""Date facts whose day lies after the day judged."""
Located = tuple[int, Rule]
"""A rule and the index of its layer."""


def may_follow(meetings: Meetings, later: Located, earlier: Located) -> bool:
    """Whether in some cell `later` exists on or after a day on which `earlier` does."""
    # Too many cells count as yes: only what is proved is a problem.
    all_cells = cells(meetings, later, earlier)
    if all_cells is None:
        return True
    for cell in all_cells:
        days = change_days(cell)
        before = [day for day in days if cell.exists(earlier[1], day)]
        after = [day for day in days if cell.exists(later[1], day)]
        if before and after and min(before) <= max(after):
            return True
    return False


def valuations(
    meetings: Meetings, one: Located, other: Located, terms: Collection[str] = ()
) -> Iterator[tuple[Valuation, Ahead]] | None:
    """The values of terms in each cell and on each day where both rules exist.

    Each comes with the pins that lie after the day judged then. Null when there are too many cells.
    """
    all_cells = cells(meetings, one, other, terms)
    if all_cells is None:
        return None
    return (
        valuation
        for cell in all_cells
        for day, until in pairwise((*change_days(cell, terms), None))
        if day and cell.exists(one[1], day) and cell.exists(other[1], day)
        for valuation in _valuations(cell, (day, until), terms)
    )


def cells(
    meetings: Meetings, one: Located, other: Located, terms: Collection[str] = ()
) -> list[InForce] | None:
    """The cells in which two rules or some terms may differ; null when there are too many.

    Only layers that have these rules or terms, or leave subscriptions out, are in force in them.
    """
    scope = meetings.joint(one[0], other[0])
    relevant = _relevant(meetings, one[0], scope, {one[1].name, other[1].name}, set(terms))
    book = replace(meetings.book, layers=tuple(map(meetings.layer, relevant)))
    scopes = [meetings.scopes[index] for index in relevant]
    keys = sorted({MARKET, *book.catalogue.cascade} - {REGION})
    choices = [_values(key, scope, scopes) for key in keys]
    if prod(map(len, choices)) > MOST_CELLS:
        return None
    combinations = (dict(zip(keys, values, strict=True)) for values in product(*choices))
    all_cells = [in_force(book, _full_scope(book, values)) for values in combinations]
    return [cell for cell in all_cells if cell.not_covered_by() is None]


def change_days(cell: InForce, terms: Collection[str] = ()) -> list[date]:
    """One day of each stretch in which the same rules exist and the terms keep their values."""
    changes = set(cell.rule_days).union(*(cell.term_days(name) for name in terms))
    return [min(changes, default=FIRST_DAY) - ONE_DAY, *sorted(changes)]


def _values(key: str, scope: Scope, layers: list[Scope]) -> list[Value]:
    """One value of a key for each set of layers that match it."""
    named = {value for layer in layers for value in layer.get(key, ())}
    values: list[Value] = [*sorted(scope[key])] if key in scope else [*sorted(named), ABSENT]
    naming = [layer[key] for layer in layers if key in layer]
    by_layers: dict[tuple[bool, ...], Value] = {}
    for value in values:
        by_layers.setdefault(tuple(value in layer for layer in naming), value)
    return list(by_layers.values())


def _valuations(
    cell: InForce, judged: tuple[date, date | None], terms: Collection[str]
) -> Iterator[tuple[Valuation, Ahead]]:
    """The values that terms can have in a stretch of days judged; pinned ones, those of any day."""
    day, until = judged
    specs = cell.book.catalogue.terms
    groups: dict[str | None, list[str]] = {}
    for name in terms:
        groups.setdefault(specs[name].pinned_to if name in specs else None, []).append(name)
    by_pin: list[list[tuple[Valuation, Ahead]]] = []
    for pin, names in groups.items():
        days = [day] if pin is None else change_days(cell, names)
        values: list[tuple[Valuation, Ahead]] = []
        for number, on in enumerate(days):
            # The first day stands for all before it, too.
            is_ahead = number > 0 and until is not None and on >= until
            ahead: Ahead = frozenset((pin,)) if pin and is_ahead else frozenset()
            valued = {name: cell.term(name, on, day).value for name in names}, ahead
            values += [] if valued in values else [valued]
        by_pin.append(values)
    for parts in product(*by_pin):
        valuation = {name: value for part, _ in parts for name, value in part.items()}
        yield valuation, frozenset(pin for _, ahead in parts for pin in ahead)


def _relevant(
    meetings: Meetings, index: int, scope: Scope, rules: set[str], terms: set[str]
) -> list[int]:
    """The layers in a scope that have one of the rules or terms, or leave subscriptions out."""
    layers = meetings.book.layers
    out = (i for i, layer in enumerate(layers) if not layer.is_covered)
    saying = (
        i
        for i in meetings.with_all_met(index)
        if not (rules.isdisjoint(layers[i].rules) and terms.isdisjoint(layers[i].terms))
    )
    return sorted(i for i in (*saying, *out) if joint(meetings.scopes[i], scope) is not None)


def _full_scope(book: Rulebook, values: Mapping[str, Value]) -> tuple[Value, ...]:
    """A value for each key of the cascade; the region is that of the market."""
    region = book.words.region_of.get(str(values[MARKET]), ABSENT)
    return tuple(region if key == REGION else values[key] for key in book.catalogue.cascade)
