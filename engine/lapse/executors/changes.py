"""The days on which anything can change for a subscription while its facts stay as they are.

Between two of them every leaf keeps its truth: a leaf moves only where a counter passes a number,
a dated value begins or ends, or a billing date or a cancellation window passes. What a scope's
conditions depend on is gathered once (`Moves`); a subscription's dates turn it into days.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from lapse.decide.numbers import declared_numbers, whole_numbers
from lapse.decide.situation import Situation
from lapse.model.condition import (
    Condition,
    Leaf,
    Name,
    NameKind,
    Operator,
    leaves,
    name_read,
)
from lapse.model.days import ONE_DAY, Moment, add_months
from lapse.model.facts import Clock, Counter, Missing
from lapse.model.subscription import CYCLE_MONTHS, civil_day
from lapse.policy.in_force import InForce

_ON_THE_DAY = {
    1: {Operator.GTE, Operator.LT},
    -1: {Operator.LTE, Operator.GT},
}
"""By a counter's sign: the tests that turn on the day on which it reaches a number."""
_THE_DAY_AFTER = {
    1: {Operator.GT, Operator.LTE},
    -1: {Operator.LT, Operator.GTE},
}
"""Those that turn on the day after; all others may turn on both."""
AROUND = (-ONE_DAY, timedelta(), ONE_DAY)
"""Where the market's day is not known it may be the one before or after."""
CANCELLATION_OPEN, COMMITMENT_LEFT = "cancellation_open", "commitment_left"


@dataclass(frozen=True, slots=True)
class Moves:
    """What the truth of conditions depends on over time in one scope, for any subscription.

    `turns` has for each counter the days on which some test of it turns, as whole days after its
    date, `facts` the facts that hold numbers it is compared with, and `dated` the days on which
    terms and rules begin or end.
    """

    turns: Mapping[Counter, frozenset[int]]
    facts: Mapping[Counter, frozenset[str]]
    dated: frozenset[date]
    derived: frozenset[str]


def moves(conditions: Iterable[Condition], force: InForce, dated: Iterable[date] = ()) -> Moves:
    """What some conditions depend on over time; `dated` are further days to include."""
    turns: dict[Counter, set[int]] = {}
    facts: dict[Counter, set[str]] = {}
    days, derived = {*dated, *force.rule_days}, set()
    for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
        for name in (leaf.subject, name_read(leaf.operand)):
            if name is None:
                continue
            if name.kind is NameKind.TERM:
                days |= force.term_days(name.name)
            elif name.name in {CANCELLATION_OPEN, COMMITMENT_LEFT}:
                derived.add(name.name)
        counter = _counter(leaf, force)
        if counter is not None:
            declared = declared_numbers(leaf, force)
            turns.setdefault(counter, set()).update(_turns(counter, leaf.operator, declared))
            if isinstance(leaf.operand, Name) and leaf.operand.kind is not NameKind.TERM:
                facts.setdefault(counter, set()).add(leaf.operand.name)
    return Moves(
        {counter: frozenset(values) for counter, values in turns.items()},
        {counter: frozenset(values) for counter, values in facts.items()},
        frozenset(days),
        frozenset(derived),
    )


def _turns(counter: Counter, operator: Operator, numbers: Iterable[int]) -> Iterator[int]:
    for number in numbers:
        if operator not in _THE_DAY_AFTER[counter.sign]:
            yield number * counter.sign
        if operator not in _ON_THE_DAY[counter.sign]:
            yield number * counter.sign + 1


def days_of(found: Moves, situation: Situation) -> set[date]:
    """Every day on which one of the conditions can differ from the day before, and some others."""
    moment, fact = situation.moment, situation.subscription.fact
    days = set(found.dated)
    if not moment.is_day_known:
        days = {day + slack for day in days for slack in AROUND}
    for counter, turns in found.turns.items():
        anchor = fact(counter.of)
        if isinstance(anchor, Missing):
            continue
        start = civil_day(anchor) - _ahead(counter, moment)
        own = {n for name in found.facts.get(counter, ()) for n in whole_numbers(fact(name))}
        own_turns = {number * counter.sign + after for number in own for after in (0, 1)}
        days |= {start + timedelta(days=turn) for turn in turns | own_turns}
    ahead = moment.provider_day - moment.day
    for name in found.derived:
        days |= {day - ahead + slack for day in _own_days(name, situation) for slack in AROUND}
    return days


def change_days(condition: Condition, situation: Situation) -> set[date]:
    """Every day on which a condition can differ from the day before, and some others."""
    return days_of(moves((condition,), situation.force), situation)


def _counter(leaf: Leaf, force: InForce) -> Counter | None:
    if leaf.subject.kind is NameKind.TERM:
        return None
    return force.book.words.counters.get(leaf.subject.name)


def _ahead(counter: Counter, moment: Moment) -> timedelta:
    """How far a counter's clock is before the market's day."""
    return moment.provider_day - moment.day if counter.clock is Clock.PROVIDER else timedelta()


def _own_days(name: str, situation: Situation) -> Iterator[date]:
    """The provider's days around which a derived fact changes."""
    if name == COMMITMENT_LEFT:
        yield from _billing_dates(situation)
        return
    until = situation.subscription.fact("cancellable_until")
    if isinstance(until, datetime):
        yield civil_day(until)


def _billing_dates(situation: Situation) -> Iterator[date]:
    fact = situation.subscription.fact
    start, end, months = (
        fact("term_start"),
        fact("term_end"),
        CYCLE_MONTHS.get(str(fact("billing_cycle"))),
    )
    if not isinstance(start, date) or not isinstance(end, date) or months is None:
        return
    for step in count():
        billed = add_months(start, step * months)
        if billed > end:
            return
        yield billed
