"""Asks the solver; working days are told to it for the days that it comes up with, one by one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import z3

from lapse.model.days import is_working_day
from lapse.model.facts import Missing
from lapse.model.rule import CALENDAR_TERM
from lapse.proofs.acting import Acting
from lapse.proofs.formulas import Formula, Number, conj

MOST_SECONDS = 10
MOST_DAYS_OFF = 400
Model = Any
"""A model of z3, which has no types: a value for each variable."""


class GaveUp(Exception):  # noqa: N818  it names what happened, not a kind of error
    """No answer was found within what may be spent on one; the text says why."""


@dataclass(slots=True)
class Question:
    """Formulas that are to hold together for one scope."""

    acting: Acting
    asked: list[Formula]
    _days: dict[int, Formula] = field(default_factory=dict)

    def model(self, *more: Formula) -> Model | None:
        """Values for which all holds, and these formulas, too; null when there are none."""
        every = conj((*self.asked, *more))
        while every is not False:
            # The default one looks for a strategy first, which takes longer than the answer.
            solver = z3.SimpleSolver()
            solver.set("timeout", MOST_SECONDS * 1000)
            solver.add(every, *self._days.values())
            found = solver.check()
            if found == z3.unsat:
                return None
            if found == z3.unknown or len(self._days) > MOST_DAYS_OFF:
                raise GaveUp(f"the solver found no answer within {MOST_SECONDS} s")
            model = solver.model()
            if not self._learns(number_in(model, self.acting.encoding.of.day)):
                return model
        return None

    def _learns(self, day: int) -> bool:
        """Whether it had still to be said if the market works on a day."""
        calendar = self.acting.force.term(CALENDAR_TERM, date.min, date.min).value
        if day in self._days or isinstance(calendar, Missing):
            return False
        is_working = is_working_day(date.fromordinal(day), str(calendar))
        of_day = self.acting.encoding.of.day == day
        self._days[day] = z3.Implies(of_day, self.acting.is_working == is_working)
        return True

    def keep(self, formulas: Iterable[Formula]) -> bool:
        """Demands formulas from now on, too, if they can hold with all the rest."""
        wanted = conj(formulas)
        if wanted is False or (wanted is not True and self.model(wanted) is None):
            return False
        self.asked.append(wanted)
        return True

    def least(self, number: Number, low: int) -> int:
        """Demands that a number that is never below `low` be as small as can be."""
        found = self._value(number)
        while low < found:
            middle = (low + found) // 2
            smaller = self.model(number <= middle)
            if smaller is None:
                low = middle + 1
            else:
                found = number_in(smaller, number)
        self.asked.append(number == found)
        return found

    def _value(self, number: Number) -> int:
        model = self.model()
        assert model is not None, "asked of a question that has an answer"
        return number_in(model, number)


def number_in(model: Model, number: Number) -> int:
    if isinstance(number, int):
        return number
    return int(model.eval(number, model_completion=True).as_long())


def holds_in(model: Model, formula: Formula) -> bool:
    if isinstance(formula, bool):
        return formula
    return bool(z3.is_true(model.eval(formula, model_completion=True)))
