"""The facts about a subscription as variables: what an export may say, and no more.

Each is known, absent or unknown. What is computed has its definition, so that no example rests on
facts that contradict each other; `commitment_left` alone is left free (`approximated`), for it
counts billing dates. Whatever is proved holds for it all the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import z3

from lapse.model.days import FIRST_DAY, LAST_DAY
from lapse.model.facts import (
    ABSENT,
    ACTIVE,
    MOST,
    STATUS,
    UNBROKEN,
    BlankRule,
    FactSpec,
    ValueType,
    Vocabulary,
)
from lapse.model.subscription import parts_of
from lapse.proofs.formulas import Formula, Number, conj, disj, either, neg, same
from lapse.proofs.symbols import FIRST_OTHER, NO_CURRENCY, SECONDS, Cash, Codes, Plain, Symbol

CURRENCY = "currency"
COMMON = {"EUR": 1, "USD": 2}  # so that an example can be in one, whatever the policies name
MOST_MONEY = 10**18
CURRENCY_CODE = "[A-Z]{3}"
_PRICES = {"monthly_amount": "unit_price", "next_monthly_amount": "next_unit_price"}


@dataclass(slots=True)
class Unknowns:
    """The variables of one question, made when they are first asked for; `day` is the day judged.

    `scope_facts` are those by which layers apply: in a case they are absent unless it sets them.
    """

    words: Vocabulary
    scope_facts: frozenset[str]
    codes: Codes = field(default_factory=lambda: Codes(dict(COMMON)))
    day: Number = field(default_factory=lambda: z3.Int("day"))
    facts: dict[str, Plain | Cash] = field(default_factory=dict)
    constraints: list[Formula] = field(default_factory=list)
    approximated: set[str] = field(default_factory=set)
    _closed: tuple[tuple[int, int], list[Formula]] = field(default_factory=lambda: ((0, 0), []))

    def name(self, name: str) -> Symbol:
        """A fact, counter or derived fact."""
        counter = self.words.counters.get(name)
        if counter is None:
            return self.fact(name) if name in self.words.facts else self._derived(name)
        of = self.fact(counter.of)
        return Plain((self.day - self.day_of(counter.of)) * counter.sign, of.absent, of.unknown)

    def fact(self, name: str) -> Plain | Cash:
        if name not in self.facts:
            spec = self.words.facts[name]
            self.facts[name] = self._made(spec)
            self.constraints += self._constraints(spec)
        return self.facts[name]

    def plain(self, name: str) -> Plain:
        """A fact that is no amount of money."""
        symbol = self.fact(name)
        assert isinstance(symbol, Plain)
        return symbol

    def day_of(self, name: str) -> Number:
        """The civil day of a date, or the UTC day of an instant."""
        value = self.plain(name).value
        return value if self.words.facts[name].type is ValueType.DATE else z3.Int(f"day of {name}")

    @property
    def currency(self) -> Number:
        """The code of the subscription's currency, 0 where it is not known."""
        symbol = self.plain(CURRENCY)
        return either(symbol.known, symbol.value, NO_CURRENCY)

    def is_status(self, status: str) -> Formula:
        symbol = self.plain(STATUS)
        return conj((symbol.known, symbol.value == self.codes.code(status)))

    def own_days(self) -> Iterator[tuple[str, str]]:
        """Each date fact that belongs to a status, with that status."""
        for name, spec in self.words.facts.items():
            if spec.status and spec.type is ValueType.DATE:
                yield name, spec.status

    def closed(self) -> list[Formula]:
        """All constraints, once every text that a policy names has its code."""
        if self._closed[0] == (size := (len(self.facts), len(self.codes.of))):
            return self._closed[1]
        own: list[Formula] = []
        for name, symbol in self.facts.items():
            spec = self.words.facts[name]
            if isinstance(symbol, Cash):
                in_none = symbol.currency == NO_CURRENCY
                own.append(disj((in_none, self._is_text(symbol.currency, CURRENCY_CODE))))
            elif spec.type is ValueType.TEXT:
                own.append(self._is_text(symbol.value, spec.pattern))
        self._closed = size, [*self.constraints, *own]
        return self._closed[1]

    def _is_text(self, code: Number, pattern: str | None) -> Formula:
        texts = self.codes.of.items()
        fitting = [own for text, own in texts if not pattern or re.fullmatch(pattern, text)]
        return disj((*(code == own for own in fitting), code >= FIRST_OTHER))

    def _made(self, spec: FactSpec) -> Plain | Cash:
        name = spec.name
        absent = z3.Bool(f"{name} absent") if self._may_be_absent(spec) else False
        unknown = False if spec.blank is BlankRule.REJECTED else z3.Bool(f"{name} unknown")
        if spec.type is ValueType.MONEY:
            return Cash(z3.Int(f"{name} amount"), z3.Int(f"{name} in"), absent, unknown)
        return Plain(z3.Int(name), absent, unknown)

    def _may_be_absent(self, spec: FactSpec) -> bool:
        """Whether an export can say so: by a blank, or by a year 9999 that means never."""
        is_by_blank = spec.blank in {ABSENT, BlankRule.BY_STATUS, BlankRule.UNLESS_ACTIVE}
        is_never = spec.type is ValueType.DATE and spec.never is ABSENT
        is_of_scope = spec.name in self.scope_facts and spec.blank is not BlankRule.REJECTED
        return is_by_blank or is_never or is_of_scope

    def _constraints(self, spec: FactSpec) -> Iterator[Formula]:
        symbol = self.facts[spec.name]
        yield neg(conj((symbol.absent, symbol.unknown)))
        if isinstance(symbol, Cash):
            # `subscription` gives an amount without a currency that of its row, and a ledger none
            # to the zero that nobody owes.
            in_one = disj((symbol.currency != NO_CURRENCY, symbol.amount == 0))
            yield disj((neg(self.plain(CURRENCY).known), neg(symbol.known), in_one))
            yield conj((symbol.amount <= MOST_MONEY, symbol.amount >= -MOST_MONEY))
            return
        yield self._in_range(spec, symbol.value)
        if spec.name == UNBROKEN:
            yield from self._seen(symbol)
        if spec.name == "term_end":
            # Where a row does not say, it is counted from these two.
            start, months = self.plain("term_start"), self.plain("commitment_months")
            yield neg(conj((symbol.unknown, start.known, months.known)))

    def _in_range(self, spec: FactSpec, value: Number) -> Formula:
        first, last = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
        match spec.type:
            case ValueType.CHOICE:
                return disj(value == self.codes.code(word) for word in spec.choices)
            case ValueType.FLAG:
                return conj((value >= 0, value <= 1))
            case ValueType.DATE:
                return conj((value >= first, value <= last))
            case ValueType.INSTANT:
                day = z3.Int(f"day of {spec.name}")
                of_day = day * SECONDS <= value, value < (day + 1) * SECONDS
                return conj((*of_day, day >= first, day <= last))
            case ValueType.COUNT | ValueType.DAYS | ValueType.MONTHS:
                return conj((value >= 0, value <= MOST[spec.type]))
            case _:
                return True  # of a text all that `closed` allows

    def _seen(self, unbroken: Plain) -> Iterator[Formula]:
        """What `model.subscription.unbroken_since` makes of any row and any sightings."""
        status, is_active = self.plain(STATUS), self.is_status(ACTIVE)
        yield same(is_active, unbroken.absent)
        yield disj((status.known, unbroken.unknown))
        for name, own in self.own_days():
            yield neg(conj((self.is_status(own), self.plain(name).known, unbroken.unknown)))

    def _derived(self, name: str) -> Symbol:
        match name:
            case "region":
                return self._region()
            case "cancellation_open":
                return self._is_open()
            case "seats_floor":
                seats, removable = self.plain("seats"), self.plain("seats_removable")
                return Plain(seats.value - removable.value, *_missing_of(seats, removable))
            case "commitment_left":
                self.approximated.add(name)
                parts = [self.fact(part) for part in parts_of(name, self.words)]
                price = self.fact("unit_price")
                assert isinstance(price, Cash)
                return Cash(z3.Int(name), price.currency, *_missing_of(*parts))
            case _:
                seats, price = self.plain("seats"), self.fact(_PRICES[name])
                assert isinstance(price, Cash)
                product = price.amount * seats.value
                return Cash(product, price.currency, *_missing_of(seats, price))

    def _region(self) -> Plain:
        market, region_of = self.plain("market"), self.words.region_of
        value: Number = 0
        is_named = [market.value == self.codes.code(code) for code in region_of]
        for test, region in zip(is_named, region_of.values(), strict=True):
            value = either(test, self.codes.code(region), value)
        is_in_one = conj((market.known, disj(is_named)))
        return Plain(value, neg(disj((is_in_one, market.unknown))), market.unknown)

    def _is_open(self) -> Plain:
        """Judged by a whole day, it is not known on the day on which the window closes."""
        until, last = self.plain("cancellable_until"), self.day_of("cancellable_until")
        is_open = conj((until.known, self.day < last))
        closes = conj((until.known, self.day == last))
        return Plain(either(is_open, 1, 0), False, disj((until.unknown, closes)))  # noqa: FBT003


def _missing_of(*parts: Plain | Cash) -> tuple[Formula, Formula]:
    """Whether what is computed from parts is absent, and whether it is unknown."""
    unknown = disj(part.unknown for part in parts)
    return conj((neg(unknown), disj(part.absent for part in parts))), unknown
