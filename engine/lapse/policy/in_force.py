"""The terms and rules in force for one scope: this is where a market's value is chosen.

For each term and day, the most specific layer that has a value in force on that day wins. A layer
whose scope is not known for a subscription *may* apply. A term that it could win is unknown, unless
all values that the term could have are equal.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from lapse.model.days import ONE_DAY
from lapse.model.facts import ABSENT, UNKNOWN, Known, Missing, Value
from lapse.model.money import MoneyTable
from lapse.model.rule import Layer, Rule, Rulebook, RuleEntry, Span, TermEntry, entry_counts
from lapse.model.subscription import Subscription, fact_of_key


@dataclass(frozen=True, slots=True)
class AppliedLayer:
    """A layer that applies to a scope, or may: `missing` names the unknown facts that decide."""

    layer: Layer
    missing: frozenset[str]

    @property
    def is_sure(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class TermInForce:
    """A term's value and the entries behind it.

    `entry` is null when the value is unknown; `shadowed` are the entries of less specific layers
    that are in force too. `missing` names what is not known when the value is `UNKNOWN`.
    """

    value: Known | Missing
    entry: TermEntry | None = None
    shadowed: tuple[TermEntry, ...] = ()
    missing: frozenset[str] = frozenset()
    may_be: tuple[TermEntry, ...] = ()
    """The entries of which one counts, where only an unknown scope leaves open which."""

    @property
    def readings(self) -> tuple[Known | Missing, ...]:
        """The value, and all values that it may have: all that may be read, in any currency."""
        return self.value, *(entry.value for entry in self.may_be)

    def in_currency(self, currency: str | None) -> "TermInForce":
        """The term with its amount in a currency, if all values it may have agree on it."""
        tables = [entry.value for entry in self.may_be if isinstance(entry.value, MoneyTable)]
        # Tables that differ elsewhere may agree in this currency, and then nothing is unknown.
        amounts = {table.amount_in(currency) for table in tables}
        amount = amounts.pop() if len(amounts) == 1 else None
        if currency is None or amount is None:
            return self
        return TermInForce(MoneyTable({currency: amount}), self.may_be[-1], self.shadowed)


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule that exists; when `missing` names facts, it is not known whether it does."""

    rule: Rule
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InForce:
    """The layers that apply, or may apply, to one scope, the most specific first."""

    book: Rulebook
    layers: tuple[AppliedLayer, ...]
    rule_days: tuple[date, ...]
    """The days on which a rule can appear or disappear."""
    _terms: dict[str, tuple[list[date], dict[int, TermInForce]] | None] = field(
        default_factory=dict, compare=False, repr=False
    )
    _rules: dict[int, tuple[RuleInForce, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def term(self, name: str, day: date, judged: date) -> TermInForce:
        """A term on a day as seen from the day judged, which decides whether overrides count."""
        if name not in self._terms:
            self._terms[name] = self._stretches(name)
        stretches = self._terms[name]
        if stretches is None:
            return self._term(name, day, judged)
        starts, values = stretches
        index = bisect_right(starts, day)
        if index not in values:
            values[index] = self._term(name, day, judged)
        return values[index]

    def entries(self, name: str) -> Iterator[TermEntry]:
        """Every entry of a term that may count on some day, the most specific layer first."""
        for applied in self.layers:
            yield from applied.layer.terms.get(name, ())

    def term_days(self, name: str) -> set[date]:
        """The days on which a term's value can differ from the day before."""
        return {day for entry in self.entries(name) for day in entry_change_days(entry)}

    def stretch(self, name: str, day: date) -> Span:
        """The days around a day, each judged on itself, on which the same entry of a term wins."""
        winner, days = self.term(name, day, day).entry, sorted(self.term_days(name))
        starts = (start for start in reversed(days) if start <= day)
        ends = (start - ONE_DAY for start in days if start > day)

        def is_other(other: date) -> bool:
            return self.term(name, other, other).entry is not winner

        first = next((start for start in starts if is_other(start - ONE_DAY)), None)
        last = next((end for end in ends if is_other(end + ONE_DAY)), None)
        return Span(first, last)

    def rules(self, day: date) -> tuple[RuleInForce, ...]:
        """Every rule that exists, or may exist, on a day, in order of name; then layers' holds."""
        key = bisect_right(self.rule_days, day)
        if key not in self._rules:
            self._rules[key] = tuple(self._rules_on(day))
        return self._rules[key]

    def every_rule(self) -> Iterator[Rule]:
        """Every rule that exists, or may exist, on some day; dated ones may come several times."""
        for day in (date.min, *self.rule_days):
            yield from (entry.rule for entry in self.rules(day))

    def exists(self, rule: Rule, day: date) -> bool:
        """Whether this very definition of a rule is, or may be, in force on a day."""
        return any(existing.rule is rule for existing in self.rules(day))

    def not_covered_by(self) -> AppliedLayer | None:
        """The layer that leaves the subscription out, or may; one that is sure to comes first."""
        out = [applied for applied in self.layers if not applied.layer.is_covered]
        return next((applied for applied in out if applied.is_sure), next(iter(out), None))

    def _term(self, name: str, day: date, judged: date) -> TermInForce:
        possible: list[TermEntry] = []
        shadowed: list[TermEntry] = []
        missing: frozenset[str] = frozenset()
        is_settled = False
        for applied in self.layers:
            counting = [e for e in applied.layer.terms.get(name, ()) if e.counts(day, judged)]
            if not counting:
                continue
            entry = max(counting, key=lambda e: e.span.first or date.min)
            if is_settled:
                shadowed.append(entry)
                continue
            possible.append(entry)
            missing |= applied.missing
            is_settled = applied.is_sure
        if is_settled and all(entry.value == possible[0].value for entry in possible):
            return TermInForce(possible[-1].value, possible[-1], tuple(shadowed))
        named = missing or frozenset({name})
        may_be = tuple(possible) if is_settled else ()
        return TermInForce(UNKNOWN, None, (*possible, *shadowed), named, may_be)

    def _stretches(self, name: str) -> tuple[list[date], dict[int, TermInForce]] | None:
        """The days on which a term changes, and no values yet; null if overrides may expire."""
        if any(entry.override is not None for entry in self.entries(name)):
            return None
        return sorted(self.term_days(name)), {}

    def _rules_on(self, day: date) -> Iterator[RuleInForce]:
        out = self.not_covered_by()
        # If a layer may leave the subscription out, no rule is sure to apply.
        may_be_out: frozenset[str] = out.missing if out else frozenset()
        for name in sorted({name for applied in self.layers for name in applied.layer.rules}):
            definitions, missing = self._definitions(name, day)
            for entry in definitions:
                if isinstance(entry, Rule):
                    yield RuleInForce(entry, missing | may_be_out)
        for applied in self.layers:
            hold = applied.layer.hold
            if hold is not None and entry_counts(hold, day):
                yield RuleInForce(hold, applied.missing | may_be_out)

    def _definitions(self, name: str, day: date) -> tuple[list[RuleEntry], frozenset[str]]:
        """The definitions of a rule that may be in force, down to the first certain one."""
        definitions: list[RuleEntry] = []
        missing: frozenset[str] = frozenset()
        for applied in self.layers:
            entry = applied.layer.rules.get(name)
            if entry is None or not entry_counts(entry, day):
                continue
            definitions.append(entry)
            missing |= applied.missing
            if applied.is_sure:
                break
        return definitions, missing


class Scopes:
    """What is in force for each subscription's scope, computed once for equal scopes."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        keys = book.catalogue.cascade
        self._named = [
            {value for layer in book.layers for value in layer.applies_to.get(key, ())}
            for key in keys
        ]
        self._known: dict[tuple[Value, ...], InForce] = {}

    def of(self, subscription: Subscription) -> InForce:
        scope = tuple(
            # Values that no layer names count as one, else each customer would be its own scope.
            value if value is UNKNOWN or value in named else ABSENT
            for value, named in zip(
                subscription.scope(self.book.catalogue.cascade), self._named, strict=True
            )
        )
        if scope not in self._known:
            self._known[scope] = in_force(self.book, scope)
        return self._known[scope]


def in_force(book: Rulebook, scope: tuple[Value, ...]) -> InForce:
    """What is in force for a scope: its value for each key of the cascade."""
    values = dict(zip(book.catalogue.cascade, scope, strict=True))
    layers = [(layer, unknown_keys(layer, values)) for layer in book.layers]
    applying = tuple(AppliedLayer(layer, keys) for layer, keys in layers if keys is not None)
    days = {
        day
        for applied in applying
        for entry in (*applied.layer.rules.values(), *applied.layer.every_rule())
        for day in entry_change_days(entry)
    }
    return InForce(book, applying, tuple(sorted(days)))


def unknown_keys(layer: Layer, values: dict[str, Value]) -> frozenset[str] | None:
    """The unknown facts that decide whether a layer applies; null when it does not apply.

    One key that does not match is enough; an absent value matches no layer.
    """
    unknown: set[str] = set()
    for key, named in layer.applies_to.items():
        value = values[key]
        if value is UNKNOWN:
            unknown.add(fact_of_key(key))
        elif value not in named:
            return None
    return frozenset(unknown)


def entry_change_days(entry: TermEntry | RuleEntry) -> set[date]:
    """The first day of an entry and the days after its last one and after its override's."""
    days = {entry.span.first} if entry.span.first else set()
    days |= {entry.span.last + ONE_DAY} if entry.span.last else set()
    days |= {entry.override.expires + ONE_DAY} if entry.override else set()
    return days
