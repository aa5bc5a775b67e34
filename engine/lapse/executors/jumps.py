"""A life foreseen by jumping to the next day on which anything can change.

On the days between, the day loop (`forecast.py`) decides the same as before, without an action:
conditions, terms and rules move only on the days of `changes.py`, debts when an invoice
begins to count, held actions when what holds them ends. After a day with an action the next day is
judged too, since facts and history differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from lapse.decide.forecast import Decide, Life, carried_out
from lapse.decide.numbers import whole_numbers
from lapse.decide.owing import situation_at
from lapse.decide.situation import Situation
from lapse.executors.changes import AROUND, Moves, days_of, moves
from lapse.model.condition import Condition
from lapse.model.days import ONE_DAY, is_working_day
from lapse.model.decision import Decision, Held, NotCovered
from lapse.model.facts import Missing, Value
from lapse.model.invoices import PAST_DUE_SINCE
from lapse.model.rule import CALENDAR_TERM, TOLERANCE_TERM, Rule
from lapse.model.subscription import civil_day
from lapse.policy.in_force import InForce, Scopes


@dataclass(frozen=True, slots=True)
class Judged:
    """A day that was judged: the situation and the decision."""

    situation: Situation
    decision: Decision | NotCovered


@dataclass(slots=True)
class Jumps:
    """Forecasts of many subscriptions; what a scope's rules depend on is found once."""

    scopes: Scopes
    decide: Decide
    _known: dict[int, "OfScope"] = field(default_factory=dict)

    def judged(self, life: Life, first: Situation, until: date) -> Iterator[Judged]:
        """Every day on which something can differ, from the one judged to `until`."""
        situation, days = first, Days(self, until)
        while True:
            decision = self.decide(situation, life.history)
            yield Judged(situation, decision)
            if isinstance(decision, NotCovered):
                return
            life = carried_out(life, decision)
            day = days.after(situation, decision, life)
            if day is None:
                return
            force = self.scopes.of(life.subscription)
            situation = situation_at(life.subscription, force, situation.moment.on(day))

    def of_scope(self, force: InForce) -> "OfScope":
        known = self._known.get(id(force))
        if known is None:
            known = OfScope(force, moves_of(force), frozenset(_within(force)))
            self._known[id(force)] = known
        return known


@dataclass(frozen=True, slots=True)
class OfScope:
    """What the rules of a scope depend on, and after how many days an earlier order is too old."""

    force: InForce
    moves: Moves
    within: frozenset[int]


@dataclass(slots=True)
class Days:
    """The days to judge for one subscription; found again when its facts have changed."""

    jumps: Jumps
    until: date
    _of: tuple[Mapping[str, Value], Mapping[str, Value]] | None = None
    _days: list[date] = field(default_factory=list)

    def after(self, situation: Situation, decision: Decision, life: Life) -> date | None:
        """The next day on which anything can change; null when none is left."""
        today = situation.moment.day
        candidates = [today + ONE_DAY] if decision.actions else []
        scope = self.jumps.of_scope(situation.force)
        known = situation.subscription.facts, situation.subscription.of_the_day
        if known != self._of:
            self._of = known
            self._days = sorted(days_of(scope.moves, situation))
        candidates += [next((day for day in self._days if day > today), self.until + ONE_DAY)]
        candidates += _bills_move_on(situation)
        candidates += [day for held in decision.held for day in _may_go_on(held, situation)]
        candidates += [
            # From this day on the order is too old for `within`, and a fresh step goes out.
            given.first_given + timedelta(days=days + 1)
            for given in life.history
            for days in scope.within
        ]
        following = min(day for day in candidates if day > today)
        return following if following <= self.until else None


def moves_of(force: InForce) -> Moves:
    """What the rules of a scope depend on over time, waits and lists of stages included."""
    dated = {day for name in _terms_read(force) for day in force.term_days(name)}
    return moves(_conditions(force), force, dated)


def _bills_move_on(situation: Situation) -> Iterator[date]:
    """The next days on which what is owed, or what falls due next, may change."""
    ledger, today = situation.subscription.ledger, situation.moment.day
    slacks = (timedelta(),) if situation.moment.is_day_known else AROUND
    if ledger is None:
        # By columns the next bill is past due, so no longer next, the day after it is due.
        next_due_on = situation.subscription.fact(PAST_DUE_SINCE)
        if not isinstance(next_due_on, Missing):
            yield from (civil_day(next_due_on) + ONE_DAY + slack for slack in slacks)
        return
    for slack in slacks:
        day = ledger.next_change(today - slack)
        if day is not None:
            yield day + slack


def _within(force: InForce) -> Iterator[int]:
    """The numbers of days within which some rule asks for an earlier step."""
    for rule in _rules(force):
        within = rule.after.within if rule.after else None
        if isinstance(within, int):
            yield within
        elif within is not None:
            for entry in force.entries(within.name):
                yield from whole_numbers(entry.value)


def _may_go_on(held: Held, situation: Situation) -> Iterator[date]:
    """The days on which what holds an action may stop holding it, or hold it differently."""
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
    if rule.stages is None:
        return (None,)
    return rule.stages.every_value(lambda name: (e.value for e in force.entries(name)))


def _terms_read(force: InForce) -> Iterator[str]:
    """The terms that count outside of conditions: lists of stages, waits, tolerances."""
    yield TOLERANCE_TERM
    for rule in _rules(force):
        yield from (name.name for name in rule.names_beside())


def _rules(force: InForce) -> Iterator[Rule]:
    for applied in force.layers:
        yield from applied.layer.every_rule()
