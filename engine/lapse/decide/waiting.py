"""What a rule with `after` waits for, and the earlier step that is given once more for it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from lapse.decide.findings import Findings
from lapse.decide.orders import Orders
from lapse.decide.situation import Situation
from lapse.model.condition import Name
from lapse.model.days import ONE_DAY
from lapse.model.decision import APPROVAL, Candidate, Held, Hold
from lapse.model.facts import Missing

Rank = Callable[[Candidate], tuple[int, date, int, str]]


def waits(candidate: Candidate, situation: Situation, orders: Orders) -> Iterator[Hold]:
    """Why a rule waits: a lower step given for its anchor, long enough and not too long ago."""
    after, today = candidate.rule.after, situation.moment.day
    if after is None:
        return
    numbers = _number(after.days, situation), _number(after.within, situation)
    lacks = next((number for number in numbers if isinstance(number, frozenset)), None)
    # From its first day: an order that took no effect is given again each night.
    given = [g.first_given for g in orders.ladder(candidate) if g.step < candidate.rule.step]
    if lacks is not None or not given:
        yield Hold("after", None, lacks or frozenset())
        return
    days, within = numbers
    assert isinstance(days, int)
    met_on = (max(given) if after.is_last else min(given)) + timedelta(days=days)
    if today < met_on:
        yield Hold("after", met_on - ONE_DAY)
    # A reminder from before a long hold or outage no longer counts: a fresh one goes first.
    elif isinstance(within, int) and (today - max(given)).days > within:
        yield Hold("after", is_stale=True)


def _number(days: int | Name | None, situation: Situation) -> int | frozenset[str] | None:
    """A number of days, or what is missing to know it."""
    if not isinstance(days, Name):
        return days
    term = situation.term(days.name)
    return term.missing if isinstance(term.value, Missing) else term.value  # type: ignore[return-value]


def give_once_more(findings: Findings, orders: Orders, rank: Rank) -> None:
    """Gives an earlier step again for a rule that is held only because of `within`.

    So a suspension after a long hold or outage comes after a fresh reminder: of the steps below it
    that are true and may act, the highest is given again although it was served. Where a higher
    one waits for a working day alone, that one is the fresh reminder, and nothing comes before it.
    """
    for held in tuple(findings.held):
        waiting = held.candidate
        below = [
            candidate
            for candidate in (*findings.candidates, *(s.candidate for s in findings.served))
            if candidate.rule.step < waiting.rule.step and orders.is_one_anchor(candidate, waiting)
        ]
        if not held.is_only_stale or not below:
            continue
        best = max(below, key=rank)
        if any(_comes_first(each, best, waiting, orders) for each in findings.held):
            continue
        for served in [served for served in findings.served if served.candidate == best]:
            findings.served.remove(served)
            _place(replace(best, is_once_more=True), findings, orders)


def _comes_first(held: Held, best: Candidate, waiting: Candidate, orders: Orders) -> bool:
    step = held.candidate.rule.step
    return (
        best.rule.step < step < waiting.rule.step
        and held.is_only_for_a_working_day
        and orders.is_one_anchor(held.candidate, waiting)
    )


def _place(candidate: Candidate, findings: Findings, orders: Orders) -> None:
    """Adds a new order; it needs its own approval where its action requires one."""
    if orders.lacks_approval(candidate):
        findings.held.append(Held(orders.action(candidate), (Hold(APPROVAL),)))
    else:
        findings.candidates.append(candidate)
