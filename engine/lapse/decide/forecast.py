"""The life of a subscription from a day on if its facts stay as they are, day by day.

Each day is decided with what is owed on that day. Actions are carried out on their day and join
the history; what they set holds from the next day. This belongs to the reference: a jump to the
next change must agree with it.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from lapse.decide.owing import situation_at
from lapse.decide.reference import decide
from lapse.decide.situation import Situation
from lapse.model.days import AsOf, Moment, moment_in
from lapse.model.decision import EVERYTHING, Decision, Given, NotCovered, recorded
from lapse.model.facts import ABSENT, ACTIVE, STATUS, UNBROKEN, Missing, Value
from lapse.model.rule import ZONE_TERM, Rule, Today
from lapse.model.subscription import Subscription
from lapse.policy.in_force import InForce, Scopes


class Decide(Protocol):
    """An executor. Without `approved`, as in a forecast, every order counts as approved."""

    def __call__(
        self,
        situation: Situation,
        history: tuple[Given, ...],
        approved: Container[str] = EVERYTHING,
        /,
    ) -> Decision | NotCovered: ...


@dataclass(frozen=True, slots=True)
class Life:
    """A subscription as it stands at some moment, with what was given to it before."""

    subscription: Subscription
    history: tuple[Given, ...] = ()


def situation_of(subscription: Subscription, scopes: Scopes, as_of: AsOf) -> Situation:
    """A subscription under what is in force for it, at its market's moment."""
    force = scopes.of(subscription)
    return situation_at(subscription, force, moment_in(as_of, zone_of(force)))


def zone_of(force: InForce) -> str | None:
    """A scope's time zone; null when it is not known."""
    # A time zone is not dated: it is the same on every day.
    zone = force.term(ZONE_TERM, date.min, date.min).value
    return None if isinstance(zone, Missing) else str(zone)


def forecast(
    life: Life, scopes: Scopes, first: Moment, until: date, decide_: Decide = decide
) -> Iterator[tuple[date, Decision | NotCovered]]:
    """The decision of each day from the moment judged to `until`, both included."""
    for distance in range((until - first.day).days + 1):
        moment = first.shifted(distance)
        situation = situation_at(life.subscription, scopes.of(life.subscription), moment)
        decision = decide_(situation, life.history)
        yield moment.day, decision
        if isinstance(decision, Decision):
            life = carried_out(life, decision)


def carried_out(life: Life, decision: Decision) -> Life:
    """The subscription after a day's actions; of two that set one fact the later track's wins."""
    changes: dict[str, Value] = {}
    for action in decision.actions:
        changes |= facts_set(action.candidate.rule, decision.day)
    return Life(
        life.subscription.with_facts(changes) if changes else life.subscription,
        recorded(life.history, decision.actions, decision.day),
    )


def facts_set(rule: Rule, day: date) -> dict[str, Value]:
    """The facts that an order carried out on a day sets."""
    return {
        name: day if isinstance(value, Today) else value for name, value in sets_of(rule).items()
    }


def sets_of(rule: Rule) -> Mapping[str, Value | Today]:
    """What the orders of a rule set; a new status starts unbroken on its day."""
    if STATUS not in rule.sets:
        return rule.sets
    return {UNBROKEN: ABSENT if rule.sets[STATUS] == ACTIVE else Today.TODAY, **rule.sets}
