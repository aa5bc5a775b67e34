"""A life foreseen by jumping to the next day on which anything can change.

What the day loop (`forecast.py`) decides on the days between is what it decided before, without an
action: conditions, terms and rules move only on the days of `changes.py`, debts when an invoice
begins to count, held actions when what holds them ends. After a day with an action the next day is
judged too, since facts and history differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from lapse.condition import Condition, Name
from lapse.days import ONE_DAY, is_working_day
from lapse.decide.changes import AROUND, Moves, days_of, moves
from lapse.decide.forecast import Decide, Life, carried_out
from lapse.decide.owing import TOLERANCE_TERM, situation_at
from lapse.decide.truth import Situation
from lapse.decision import Decision, Held, NotCovered
from lapse.facts import Value
from lapse.policy.in_force import InForce, Scopes
from lapse.rule import CALENDAR_TERM, Rule


@dataclass(frozen=True, slots=True)
class Judged:
    """A day that was judged: what on, and what came out."""

    situation: Situation
    decision: Decision | NotCovered


@dataclass(slots=True)
class Jumps:
    """Forecasts of many subscriptions; what a scope's rules move with is found once."""

    scopes: Scopes
    decide: Decide
    _moves: dict[int, tuple[InForce, Moves]] = field(default_factory=dict)

    def judged(self, life: Life, first: Situation, until: date) -> Iterator[Judged]:
        """Every day on which something can differ, from the one judged to `until`."""
        situation, days = first, Days(self, until)
        while True:
            decision = self.decide(situation, life.history)
            yield Judged(situation, decision)
            if isinstance(decision, NotCovered):
                return
            life = carried_out(life, decision)
            day = days.after(situation, decision)
            if day is None:
                return
            force = self.scopes.of(life.subscription)
            situation = situation_at(life.subscription, force, situation.moment.on(day))

    def moves(self, force: InForce) -> Moves:
        known = self._moves.get(id(force))
        if known is None:
            dated = {day for name in _terms_read(force) for day in force.term_days(name)}
            known = force, moves(_conditions(force), force, dated)
            self._moves[id(force)] = known
        return known[1]


@dataclass(slots=True)
class Days:
    """The days to judge for one subscription; found anew when its facts have changed."""

    jumps: Jumps
    until: date
    _of: Mapping[str, Value] | None = None
    _days: list[date] = field(default_factory=list)

    def after(self, situation: Situation, decision: Decision) -> date | None:
        """The next day on which anything can change; null when none is left."""
        today = situation.moment.day
        found = [today + ONE_DAY] if decision.actions else []
        if situation.subscription.facts != self._of:
            self._of = situation.subscription.facts
            self._days = sorted(days_of(self.jumps.moves(situation.force), situation))
        found += [next((day for day in self._days if day > today), self.until + ONE_DAY)]
        found += _invoices_count_on(situation)
        found += [day for held in decision.held for day in _may_go_on(held, situation)]
        following = min(day for day in found if day > today)
        return following if following <= self.until else None


def _invoices_count_on(situation: Situation) -> Iterator[date]:
    """The next days on which the ledger may come to something else."""
    ledger, today = situation.subscription.ledger, situation.moment.day
    if ledger is None:
        return
    for slack in (timedelta(),) if situation.moment.is_day_known else AROUND:
        day = ledger.next_change(today - slack)
        if day is not None:
            yield day + slack


def _may_go_on(held: Held, situation: Situation) -> Iterator[date]:
    """The days on which what holds an action may hold it no more, or differently."""
    today = situation.moment.day
    yield from (reason.until + ONE_DAY for reason in held.reasons if reason.until is not None)
    if held.candidate.rule.is_business and all(reason.is_unsure for reason in held.reasons):
        # The winner of its track, on a working day: on a day off a lower step may win and act.
        calendar = str(situation.term(CALENDAR_TERM).value)
        works = is_working_day(today, calendar)
        day = today + ONE_DAY
        while is_working_day(day, calendar) is works:
            day += ONE_DAY
        yield day


def _conditions(force: InForce) -> Iterator[Condition]:
    """Every condition that may be judged in a scope, each stage of a rule on its own."""
    for rule in _rules(force):
        yield from (rule.condition(stage) for stage in _stages(rule, force))
    for action in force.book.catalogue.actions.values():
        if action.only_if is not None:
            yield action.only_if


def _stages(rule: Rule, force: InForce) -> tuple[int | None, ...]:
    if not isinstance(rule.stages, Name):
        return rule.stages or (None,)
    lists = (entry.value for entry in force.entries(rule.stages.name))
    return tuple({stage for found in lists if isinstance(found, tuple) for stage in found})


def _terms_read(force: InForce) -> Iterator[str]:
    """The terms that count outside of conditions: lists of stages, waits, what is tolerated."""
    yield TOLERANCE_TERM
    for rule in _rules(force):
        if isinstance(rule.stages, Name):
            yield rule.stages.name
        if rule.after is not None and isinstance(rule.after.days, Name):
            yield rule.after.days.name


def _rules(force: InForce) -> Iterator[Rule]:
    for applied in force.layers:
        yield from (entry for entry in applied.layer.rules.values() if isinstance(entry, Rule))
