"""Since when a condition has held, and until when, found by walking from day to day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Protocol

from lapse.decide.numbers import compared_numbers, whole_numbers
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.model.condition import Condition, leaves
from lapse.model.days import ONE_DAY
from lapse.model.facts import ValueType
from lapse.model.rule import Rule, Rulebook, entry_counts
from lapse.model.subscription import civil_day

HoldsOn = Callable[[date], bool]


class Reach(Protocol):
    """How far a condition's truth reaches from the day judged; facts stay as they are."""

    def first_day(self, rule: Rule, stage: int | None, situation: Situation) -> date | None:
        """The first day of the unbroken stretch on which it is not known to be false.

        Null when it has always held. A day before the rule's own `from` breaks the stretch.
        """

    def last_day(self, rule: Rule, situation: Situation) -> date | None:
        """The last day on which a forbid still holds; null when it has no end."""

    def last_day_without(self, condition: Condition, situation: Situation) -> date | None:
        """The last day before a condition becomes true; null when it never does."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A reach over the days that `earlier` and `later` name, each nearest first."""

    steps: Callable[[Condition, Situation, bool], Iterator[date]]

    def first_day(self, rule: Rule, stage: int | None, situation: Situation) -> date | None:
        condition = rule.condition(stage)

        def holds(day: date) -> bool:
            # Its own `from` and `to` only: what replaces it elsewhere does not move its due day.
            return day in rule.span and truth(condition, situation.on(day)) is not False

        for day in self.steps(condition, situation, False):  # noqa: FBT003
            if not holds(day - ONE_DAY):
                return day
        return None

    def last_day(self, rule: Rule, situation: Situation) -> date | None:
        def holds(day: date) -> bool:
            is_there = entry_counts(rule, day)
            return is_there and truth(rule.when, situation.on(day)) is not False

        return self._last(rule.when, situation, holds)

    def last_day_without(self, condition: Condition, situation: Situation) -> date | None:
        return self._last(
            condition, situation, lambda day: truth(condition, situation.on(day)) is not True
        )

    def _last(self, condition: Condition, situation: Situation, holds: HoldsOn) -> date | None:
        for day in self.steps(condition, situation, True):  # noqa: FBT003
            if not holds(day):
                return day - ONE_DAY
        return None


def every_day(condition: Condition, situation: Situation, is_later: bool) -> Iterator[date]:  # noqa: FBT001
    """Each day from the one judged on, or backwards, as far as anything can change."""
    del condition
    today = situation.moment.day
    first, last = horizon(situation)
    for distance in count(1 if is_later else 0):
        day = today + timedelta(days=distance if is_later else -distance)
        if not first <= day <= last:
            return
        yield day


day_by_day = Walk(every_day)


def horizon(situation: Situation) -> tuple[date, date]:
    """Days outside which nothing changes: all dates known, and the longest number of days away."""
    book = situation.force.book
    days = [situation.moment.day]
    days += [civil_day(v) for v in situation.subscription.facts.values() if isinstance(v, date)]
    end = situation.subscription.fact("term_end")
    days += [end] if isinstance(end, date) else []
    days += situation.force.rule_days
    for name in book.catalogue.terms:
        days += situation.force.term_days(name)
        days += [e.value for e in situation.force.entries(name) if isinstance(e.value, date)]
    far = timedelta(days=max(_numbers_of_days(situation), default=0) + 3)
    return min(days) - far, max(days) + far


def _numbers_of_days(situation: Situation) -> Iterator[int]:
    """Every number that a counter may be compared with, whatever the rule; without its sign."""
    book = situation.force.book
    for spec in book.catalogue.terms.values():
        for entry in situation.force.entries(spec.name):
            if spec.type in {ValueType.DAYS, ValueType.DAYS_LIST}:
                yield from (abs(number) for number in whole_numbers(entry.value))
    for fact in book.words.facts.values():
        if fact.type is ValueType.DAYS:
            value = situation.subscription.fact(fact.name)
            yield from (abs(number) for number in whole_numbers(value))
    for condition in _every_condition(book):
        for leaf in leaves(condition):
            if leaf.subject.type is ValueType.DAYS:
                yield from (abs(number) for number in compared_numbers(leaf, situation))


def _every_condition(book: Rulebook) -> Iterator[Condition]:
    for rule in book.every_rule():
        stages = rule.stages.every_value(book.every_term_value) if rule.stages else (None,)
        yield from (rule.condition(stage) for stage in stages)
    for action in book.catalogue.actions.values():
        if action.only_if is not None:
            yield action.only_if
