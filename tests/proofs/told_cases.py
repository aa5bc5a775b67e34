"""A case told to the solver, with its facts and its history; and an example replayed as a case."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from tests.agreement.play import Played

from lapse.analysis.cases import case_subscription
from lapse.decide.forecast import situation_of
from lapse.decide.reference import decide
from lapse.executors.each_change import by_jumps
from lapse.model.days import FIRST_DAY, is_working_day
from lapse.model.decision import Action, Decision, Given, NotCovered, Served, anchor_text
from lapse.model.facts import ABSENT, UNKNOWN, Missing, Value
from lapse.model.money import Money
from lapse.model.rule import CALENDAR_TERM
from lapse.policy.in_force import Scopes
from lapse.proofs.acting import Acting
from lapse.proofs.examples import Example, PastOrder
from lapse.proofs.formulas import Formula, conj, neg
from lapse.proofs.history_of_orders import Order
from lapse.proofs.solving import Question
from lapse.proofs.symbols import Cash, Plain, scaled
from lapse.proofs.unknowns import Unknowns


def told(case: Played, acting: Acting) -> Question:
    """The question that only this case answers."""
    of, at = acting.encoding.of, case.situation
    facts = [is_value(symbol, at.subscription.fact(name), of) for name, symbol in of.facts.items()]
    for name in of.approximated:
        facts += [is_value(of.name(name), at.subscription.at(name, at.moment), of)]
    calendar = at.term(CALENDAR_TERM).value
    if not isinstance(calendar, Missing):
        is_working = is_working_day(at.moment.day, str(calendar))
        facts.append(acting.is_working if is_working else neg(acting.is_working))
    orders = [_was(order, case) for order in acting.past.orders.values()]
    day = of.day == at.moment.day.toordinal()
    return Question(acting, [day, *facts, *orders, *acting.past.constraints, *of.closed()])


def is_value(symbol: object, value: Value, of: Unknowns) -> Formula:
    assert isinstance(symbol, Plain | Cash)
    if value is UNKNOWN:
        return symbol.unknown
    if value is ABSENT:
        return symbol.absent
    if isinstance(symbol, Cash):
        assert isinstance(value, Money)
        code = 0 if value.currency is None else of.codes.code(value.currency)
        return conj((symbol.known, symbol.amount == scaled(value.amount), symbol.currency == code))
    assert isinstance(value, str | int | date)
    return conj((symbol.known, symbol.value == of.codes.number(value)))


def _was(order: Order, case: Played) -> Formula:
    given = list(_alike(order, case))
    if not given:
        return neg(order.is_given)
    return conj((order.is_given, order.first_given == given[0].first_given.toordinal()))


def _alike(order: Order, case: Played) -> Iterator[Given]:
    """What history has of an order."""
    rule, anchor = order.rule, anchor_text(case.situation.subscription.fact(order.anchor))
    assert rule.track is not None
    wanted = rule.name, order.stage, rule.step, rule.action, rule.track.name, anchor
    for given in case.case.history:
        own = given.rule, given.stage, given.step, given.action, given.track, given.anchor
        if own == wanted:
            yield given


def is_beyond(case: Played, decision: Decision, acting: Acting) -> bool:
    """Whether a case has what formulas leave open or do without.

    An order given twice or today, or by a rule of another scope; one that serves a step below it
    because of the day on which it was due; and a step that is given once more.
    """
    orders = acting.past.orders.values()
    known = [given for order in orders for given in _alike(order, case)]
    return (
        any(given not in known or given.first_given >= decision.day for given in case.case.history)
        or any(len(list(_alike(order, case))) > 1 for order in orders)
        or any(isinstance(b, Served) and not b.is_by_itself for _, _, b in decision.verdicts)
        or any(action.candidate.is_once_more for action in decision.actions)
    )


def ours(decision: Decision, name: str) -> list[Action]:
    """The orders of ours for an action."""
    return [
        action
        for action in decision.actions
        if action.candidate.rule.action == name
        and action.candidate.rule.track is not None
        and not action.candidate.rule.track.is_provider
    ]


def replayed(example: Example, scopes: Scopes) -> Decision | NotCovered:
    """What the reference decides for an example.

    Its orders were due long ago: of all histories, formulas ask about one in which none of them
    serves a step below it.
    """
    situation = situation_of(case_subscription(example.facts, scopes), scopes, example.day)
    anchor = partial(situation.subscription.fact)
    given = (_given(run, order, anchor(order.anchor)) for run, order in enumerate(example.orders))
    return decide(situation, tuple(given), reach=by_jumps)


def _given(run: int, order: PastOrder, anchor: Value) -> Given:
    rule, day = order.rule, order.first_given
    assert rule.track is not None
    track, text, action = rule.track.name, anchor_text(anchor), str(rule.action)
    stage = order.stage
    return Given(
        *(track, text, rule.name, stage, rule.step, action, FIRST_DAY, day, day),
        anchor_of=order.anchor,
        last_run=run,
    )
