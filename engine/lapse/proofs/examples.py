"""The smallest example of what a formula allows: a day, few facts, and the orders given before.

Nearest day first, then as little as can be said, then days near the day judged, small numbers, and
amounts in whole units. It is made step by step, each demanding what still can be had.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import z3

from lapse.model.facts import ABSENT, UNKNOWN, FactSpec, Known, Value, ValueType
from lapse.model.money import PLACES, Money, MoneyTable
from lapse.model.rule import Rule
from lapse.proofs.blanks import is_blank
from lapse.proofs.formulas import Formula, Number, neg
from lapse.proofs.solving import Model, Question, holds_in, number_in
from lapse.proofs.symbols import NO_CURRENCY, ONE, SECONDS, Cash
from lapse.proofs.unknowns import COMMON, CURRENCY, Unknowns

MARKETS = ("FR", "GB", "SE", "NL", "ES", "IT", "FI", "PL", "DK", "AT")
CURRENCIES = (*COMMON, "GBP", "SEK", "CHF", "PLN")
EPOCH = 719_163 * SECONDS
"""The ordinal of 1970-01-01, in seconds."""


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order of history in an example; `anchor` is the date fact whose day it was given for."""

    rule: Rule
    stage: int | None
    anchor: str
    first_given: date

    @property
    def label(self) -> str:
        return self.rule.name if self.stage is None else f"{self.rule.name}@{self.stage}"


@dataclass(frozen=True, slots=True)
class Example:
    """Facts that are not blank, earlier orders in order of their days, and the day judged."""

    day: date
    facts: Mapping[str, Value]
    orders: tuple[PastOrder, ...]


def smallest(question: Question) -> Example:
    """The example of a question that has an answer."""
    of, past = question.acting.encoding.of, question.acting.past
    question.asked += closed(question)
    question.least(of.day, question.acting.encoding.first.toordinal())
    for order in past.orders.values():
        question.keep((neg(order.is_given),))
    blank = [name for name in sorted(of.facts, key=_worth) if question.keep((is_blank(name, of),))]
    said = [name for name in of.facts if name not in blank]
    for name in said:
        _simplest(name, question)
    for order in past.orders.values():
        if holds_in(question.model(), order.is_given):
            question.least(of.day - order.first_given, 1)
    model = question.model()
    return example_of(model, question)


def example_of(model: Model, question: Question) -> Example:
    """What a model says, without what a case takes for granted."""
    of, past = question.acting.encoding.of, question.acting.past
    day = date.fromordinal(number_in(model, of.day))
    names = sorted(of.facts)
    said = (name for name in names if not holds_in(model, is_blank(name, of)))
    facts = {name: value_in(model, name, of) for name in said}
    orders = tuple(
        PastOrder(o.rule, o.stage, o.anchor, date.fromordinal(number_in(model, o.first_given)))
        for o in past.orders.values()
        if holds_in(model, o.is_given)
    )
    return Example(day, facts, tuple(sorted(orders, key=lambda o: (o.first_given, o.rule.step))))


def closed(question: Question) -> list[Formula]:
    """What is true of all facts, those included that only blanks ask about."""
    of = question.acting.encoding.of
    for name in tuple(of.facts):
        is_blank(name, of)
    return of.closed()


def _worth(name: str) -> tuple[int, str]:
    """A sort key: a fact that an example is better without comes first."""
    plain = {"status": 3, "past_due_since": 2, "debt": 2, CURRENCY: 0}
    return plain.get(name, 1), name


def _simplest(name: str, question: Question) -> None:
    """Makes a fact that has to be said known, and then near, small or round."""
    of = question.acting.encoding.of
    symbol, spec = of.fact(name), of.words.facts[name]
    if not question.keep((symbol.known,)):
        return
    if isinstance(symbol, Cash):
        codes = [of.codes.of[name] for name in _currencies(question) if name in of.codes.of]
        any(question.keep((symbol.currency == code,)) for code in codes)
        for unit in (ONE, ONE // 100):
            if question.keep((symbol.amount % unit == 0,)):
                break
        question.least(_size(symbol.amount), 0)
    elif spec.type in {ValueType.DATE, ValueType.INSTANT}:
        question.least(_size(of.day - of.day_of(name)), 0)
        question.least(symbol.value, 0)
    else:
        question.least(symbol.value, 0)


def _currencies(question: Question) -> Iterator[str]:
    """Those that the scope's layers name, the most specific first, and then the usual ones."""
    for applied in question.acting.force.layers:
        for entries in applied.layer.terms.values():
            for entry in entries:
                if isinstance(entry.value, MoneyTable):
                    yield from entry.value.amounts
    yield from CURRENCIES


def _size(number: Number) -> Number:
    return z3.If(number < 0, -number, number)


def value_in(model: Model, name: str, of: Unknowns) -> Value:
    symbol, spec = of.fact(name), of.words.facts[name]
    if holds_in(model, symbol.unknown):
        return UNKNOWN
    if holds_in(model, symbol.absent):
        return ABSENT
    if isinstance(symbol, Cash):
        amount = (Decimal(number_in(model, symbol.amount)) * PLACES).quantize(PLACES)
        code = number_in(model, symbol.currency)
        return Money(amount, None if code == NO_CURRENCY else of.codes.text(code, CURRENCIES))
    return _plain_value(number_in(model, symbol.value), spec, of)


def _plain_value(number: int, spec: FactSpec, of: Unknowns) -> Known:
    match spec.type:
        case ValueType.DATE:
            return date.fromordinal(number)
        case ValueType.INSTANT:
            return datetime.fromtimestamp(0, UTC) + timedelta(seconds=number - EPOCH)
        case ValueType.FLAG:
            return bool(number)
        case ValueType.TEXT | ValueType.CHOICE:
            return of.codes.text(number, SPARE.get(spec.name, ()))
        case _:
            return number


SPARE = {"market": MARKETS, CURRENCY: CURRENCIES}
