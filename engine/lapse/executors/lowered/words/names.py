"""The values of names in a row of settled facts: facts, counters, derived facts and terms.

As in `Subscription.at` and `Situation.value`. A settled row has for each fact its value (days as
whole numbers since 1970, instants as microseconds), for money also its currency, for an instant
also its UTC day, and whether it is absent where that can be; null is unknown. It has the day judged
in its market, which is known, the provider's day, and the instant where one is judged.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import LiteralString

from sqlglot import exp

from lapse.executors.lowered.words.columns import (
    BILLED_IN_ALL,
    BILLED_UNTIL_NOW,
    DAY,
    INSTANT,
    PROVIDER_DAY,
    absent_column,
    day_column,
)
from lapse.executors.lowered.words.conditions import Amount, Cell
from lapse.executors.lowered.words.term_tables import Terms
from lapse.model.condition import Name, NameKind
from lapse.model.facts import Clock, Counter, ValueType, Vocabulary
from lapse.model.subscription import CYCLE_MONTHS
from lapse.model.tables import currency_of
from lapse.sql.expressions import all_of, any_of, cases, column, is_there, sql


@dataclass(frozen=True, slots=True)
class Names:
    """`absent` are the facts that can be absent in some row."""

    words: Vocabulary
    terms: Terms
    absent: AbstractSet[str]

    @property
    def currency(self) -> exp.Expr:
        """The subscription's currency."""
        return column("currency")

    def __call__(self, name: Name) -> Cell:
        if name.kind is NameKind.TERM:
            return self.terms.cell(name.name, self.currency)
        counter = self.words.counters.get(name.name)
        if counter is not None:
            return self._counted(counter)
        match name.name:
            case "cancellation_open":
                return Cell(self._is_open())
            case "seats_floor":
                return self._of_both("$one - $other", "seats", "seats_removable")
            case "monthly_amount":
                return self.monthly("unit_price")
            case "next_monthly_amount":
                return self.monthly("next_unit_price")
            case "commitment_left":
                return self.commitment_left()
            case fact:
                return self.fact(fact)

    def fact(self, fact: str) -> Cell:
        absence = column(absent_column(fact)) if fact in self.absent else None
        if fact in self.words.facts and self.words.facts[fact].type is ValueType.MONEY:
            return Amount(column(fact), absence, column(currency_of(fact)))
        return Cell(column(fact), absence)

    def on(self, fact: str) -> exp.Expr:
        """The day of a date, or the UTC day of an instant."""
        is_instant = self.words.facts[fact].type is ValueType.INSTANT
        return column(day_column(fact) if is_instant else fact)

    def _counted(self, counter: Counter) -> Cell:
        now = column(PROVIDER_DAY if counter.clock is Clock.PROVIDER else DAY)
        on = self.on(counter.of)
        first, last = (now, on) if counter.sign > 0 else (on, now)
        return Cell(sql("$last - $first", last=first, first=last), self.fact(counter.of).is_absent)

    def _is_open(self) -> exp.Expr:
        """Whether the cancellation window is open; null on the whole day on which it closes."""
        until = self.fact("cancellable_until")
        now, today = column(INSTANT), column(PROVIDER_DAY)
        last = self.on("cancellable_until")
        closed = [] if until.is_absent is None else [(until.is_absent, False)]
        by_instant = sql("$now <= $until", now=now, until=until.value)
        by_day = sql("$today < $last", today=today, last=last)
        is_that_day = sql("$today = $last", today=today, last=last)
        return cases([*closed, (is_there(now), by_instant), (is_that_day, None)], by_day)

    def monthly(self, price: str) -> Amount:
        """Seats by price; with 9 and 14 digits and four places, in 28 digits."""
        # DuckDB keeps a product of decimals of up to 18 digits in 18, and fails beyond them.
        both = self._of_both(
            "CAST($one AS DECIMAL(19, 0)) * CAST($other AS DECIMAL(18, 4))", "seats", price
        )
        return Amount(both.value, both.is_absent, column(currency_of(price)))

    def commitment_left(self) -> Amount:
        """The monthly amount for each month of every billing date left."""
        monthly = self.monthly("unit_price")
        cycle = self.fact("billing_cycle")
        parts = (monthly, cycle, self.fact("term_start"), self.fact("term_end"))
        months = [
            (sql("$cycle = $name", cycle=cycle.value, name=name), number)
            for name, number in CYCLE_MONTHS.items()
        ]
        left = sql(
            "$all - least($all, $now)", all=column(BILLED_IN_ALL), now=column(BILLED_UNTIL_NOW)
        )
        # Without months between billing dates a term is billed at once, and nothing is left.
        billed = sql("coalesce($left * $months, 0)", left=left, months=cases(months))
        amount = sql(
            "$monthly * CAST($billed AS DECIMAL(10, 0))", monthly=monthly.value, billed=billed
        )
        are_there = all_of([is_there(part.value) for part in parts])
        return Amount(cases([(are_there, amount)]), _either(parts), monthly.currency)

    def _of_both(self, text: LiteralString, one: str, other: str) -> Cell:
        sides = (self.fact(one), self.fact(other))
        value = sql(text, one=sides[0].value, other=sides[1].value)
        return Cell(value, _either(sides))


def is_known(cell: Cell) -> exp.Expr:
    """Whether a value is there, or known to be absent."""
    there = is_there(cell.value)
    return there if cell.is_absent is None else any_of([there, cell.is_absent])


def _either(parts: tuple[Cell, ...]) -> exp.Expr | None:
    """Whether one of the parts is absent, and none is unknown."""
    absences = [part.is_absent for part in parts if part.is_absent is not None]
    return all_of([any_of(absences), *map(is_known, parts)]) if absences else None
