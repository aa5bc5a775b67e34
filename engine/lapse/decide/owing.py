"""A subscription at a moment, with the facts computed from its ledger on that day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lapse.decide.situation import Situation
from lapse.model.days import Moment
from lapse.model.facts import ABSENT, UNKNOWN, Value, ValueType
from lapse.model.invoices import (
    DEBT,
    NEXT_DUE,
    NEXT_DUE_ON,
    PAST_DUE_SINCE,
    Ledger,
    Owed,
    Tolerance,
    owed,
)
from lapse.model.money import Money, MoneyTable
from lapse.model.rule import TOLERANCE_TERM
from lapse.model.subscription import Subscription, civil_day
from lapse.policy.in_force import InForce, TermInForce

Lacks = Mapping[str, frozenset[str]]
CURRENCY = "currency"


def situation_at(subscription: Subscription, force: InForce, moment: Moment) -> Situation:
    """A subscription under what is in force for it; what it owes is counted on that day."""
    situation = Situation(subscription, force, moment)
    if subscription.ledger is None:
        facts, lacks = _next_due(situation)
        return replace(situation, subscription=replace(subscription, of_the_day=facts, lacks=lacks))
    counted = _counted(subscription.ledger, situation)
    return replace(situation, subscription=subscription.owing(counted))


def _next_due(situation: Situation) -> tuple[Mapping[str, Value], Lacks]:
    """The next bill by columns about the earliest debt, and what is missing to know it.

    A debt whose due date is today or lies ahead is the next bill; one that is past due hides it.
    """
    fact = situation.subscription.fact
    since, debt = fact(PAST_DUE_SINCE), fact(DEBT)
    if since is UNKNOWN:
        return {}, dict.fromkeys((NEXT_DUE_ON, NEXT_DUE), frozenset({PAST_DUE_SINCE}))
    is_ahead = {since is not ABSENT and civil_day(since) >= day for day in situation.days()}
    if len(is_ahead) > 1:
        return {}, dict.fromkeys((NEXT_DUE_ON, NEXT_DUE), situation.zone_missing())
    if is_ahead == {False}:
        # In the subscription's currency, as by invoices: else it would wait for one that is known.
        return {NEXT_DUE_ON: ABSENT, NEXT_DUE: Money(Decimal(0), situation.currency)}, {}
    return {NEXT_DUE_ON: since, NEXT_DUE: debt}, {NEXT_DUE: frozenset({DEBT})}


def _counted(ledger: Ledger, situation: Situation) -> Owed:
    """What is owed on the day judged, as far as all possible days agree."""
    currency = situation.currency
    first, *others = (
        owed(ledger, day, tolerance(situation, day), currency) for day in situation.days()
    )
    return first.agreed(others, situation.zone_missing()) if others else first


def tolerance(situation: Situation, day: date) -> Tolerance:
    """How much of a debt is tolerated, judged on a day; nothing without such a term."""
    spec = situation.force.book.catalogue.terms.get(TOLERANCE_TERM)
    if spec is None or spec.type is not ValueType.MONEY:
        return lambda _due_date, _currency: Decimal(0)

    def most(due_date: date, currency: str | None) -> Decimal | frozenset[str]:
        term = _term(situation, spec.pinned_to, day, due_date).in_currency(currency)
        if not isinstance(term.value, MoneyTable):
            return term.missing
        amount = term.value.amount_in(currency)
        if amount is None:
            return frozenset({CURRENCY if currency is None else TOLERANCE_TERM})
        return amount

    return most


def _term(situation: Situation, pin: str | None, day: date, due_date: date) -> TermInForce:
    """The tolerance term for a debt with a due date, to which it may be pinned."""
    if pin == PAST_DUE_SINCE:
        return situation.force.term(TOLERANCE_TERM, due_date, day)
    pinned = ABSENT if pin is None else situation.subscription.fact(pin)
    if pin is not None and pinned is UNKNOWN:
        return TermInForce(UNKNOWN, missing=situation.subscription.missing(pin))
    fixed = None if pinned is ABSENT else civil_day(pinned)
    return situation.force.term(TOLERANCE_TERM, fixed or day, day)
