"""The days on which a test can differ from the day before, while the facts stay as they are.

As in `executors.changes`, but as SQL for each row, and none more than there are for a counter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from lapse.executors.changes import CANCELLATION_OPEN
from lapse.executors.lowered.orders.other_days import OtherDays
from lapse.executors.lowered.words.columns import DAY, PROVIDER_DAY
from lapse.model.condition import (
    Choices,
    Leaf,
    Literal,
    Name,
    NameKind,
    Operator,
    Stage,
    Sum,
    name_read,
)
from lapse.model.facts import Clock
from lapse.sql.expressions import cases, column, sql

_ABOVE = {
    Operator.GTE: (0,),
    Operator.LT: (0,),
    Operator.GT: (1,),
    Operator.LTE: (1,),
    Operator.EQ: (0, 1),
    Operator.NE: (0, 1),
}
"""How far above the number that a test names its answers turn."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of leaves on one side of the day judged."""

    days: OtherDays

    def of(self, leaf: Leaf) -> Iterator[exp.Expr]:
        """The days, null where there is none; on some the leaf may stay as it is."""
        yield from map(self.days.near, self.days.dated(leaf))
        if leaf.subject.kind is NameKind.COUNTER:
            yield from self._of_counter(leaf)
        elif CANCELLATION_OPEN in read_besides_terms(leaf):
            # By the instant it is open, or not, on the whole of its last day; by days that day is
            # not known.
            last = _in_market(self.days.names.on("cancellable_until"))
            yield from (last, later(last, 1))

    def are_exact(self, leaf: Leaf) -> bool:
        """Whether a leaf is another on each of its turns, which are all."""
        # A counter that is known, compared with a number that is known, is true or false.
        return leaf.subject.kind is NameKind.COUNTER and not self.days.dated(leaf)

    def _of_counter(self, leaf: Leaf) -> Iterator[exp.Expr]:
        names = self.days.names
        counter = names.words.counters[leaf.subject.name]
        is_up, on = counter.sign > 0, names.on(counter.of)
        # A counter of the days left reaches a number on the day after that of the next one.
        for number in self._limits(leaf, 0 if is_up else -1):
            day = sql("$on + $it" if is_up else "$on - $it", on=on, it=number)
            yield _in_market(day) if counter.clock is Clock.PROVIDER else day

    def _limits(self, leaf: Leaf, more: int) -> Iterator[exp.Expr]:
        """The numbers that a test tells from the number below, with some `more` added to each."""
        above = [more + each for each in _ABOVE.get(leaf.operator, ())]
        match leaf.operand:
            case Literal(int() as number):
                yield from (exp.convert(number + each) for each in above)
            case Choices(values):
                among = {value for value in values if isinstance(value, int)}
                limits = among ^ {number + 1 for number in among}
                yield from (exp.convert(limit + more) for limit in sorted(limits))
            case Literal():
                return
            case Name() | Sum() | Stage() as operand:
                for days in self._numbers(operand):
                    yield from (later(days, each) for each in above)

    def _numbers(self, operand: Name | Sum | Stage) -> Iterator[exp.Expr]:
        """What a counter is compared with; null where nothing, or not a number of days."""
        match operand:
            case Name():
                value = self.days.names(operand).value
                yield value
                if self.days.is_dated(operand):
                    yield self.days.there(operand.name, value)
            case Stage():
                assert self.days.stage is not None, "a stage is judged where one is given"
                yield self.days.stage
            case Sum(term, sign, number):
                days = self.days.stage if isinstance(number, Stage) else exp.convert(number)
                assert days is not None, "a stage is judged where one is given"
                for value in self._numbers(term):
                    total = sql("$term + $days * $sign", term=value, days=days, sign=sign)
                    yield cases([(sql("$total >= 0", total=total), total)])


def read_besides_terms(leaf: Leaf) -> set[str]:
    """The facts and counters that a leaf reads."""
    named = (leaf.subject, name_read(leaf.operand))
    return {name.name for name in named if name is not None and name.kind is not NameKind.TERM}


def later(day: exp.Expr, days: int) -> exp.Expr:
    return sql("$day + $days", day=day, days=days) if days else day


def _in_market(provider_day: exp.Expr) -> exp.Expr:
    """The market's day judged on which it is that day for the provider."""
    ahead = sql("$there - $here", there=column(PROVIDER_DAY), here=column(DAY))
    return sql("$day - $ahead", day=provider_day, ahead=ahead)
