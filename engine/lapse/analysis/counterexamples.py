"""What stands against a promise, as a case that the reference has run and confirmed.

An example that the reference does not confirm is a bug of ours, raised as `Unconfirmed`, unless the
encoding says that it left something free.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from lapse.analysis.cases import given_before, run_case
from lapse.decide.orders import Orders
from lapse.decide.reference import decide
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.model.decision import Action, Decision, Given, label, recorded
from lapse.model.rule import Rule
from lapse.policy.in_force import Scopes
from lapse.policy.reading.cases import Case, Expectation, ExpectedKind
from lapse.policy.reading.promises import Earlier, Never, Promise
from lapse.proofs.examples import Example
from lapse.proofs.proving import Refutation

LONGEST_LIFE = timedelta(days=400)
"""A case is told from its first date on where that lies no further back."""


class Unconfirmed(Exception):  # noqa: N818  it names what happened, not a kind of error
    """The proofs and the reference read the policies differently: a bug in the engine."""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A case whose last day breaks a promise by an action, given after `orders`, oldest first.

    `is_sure` is false where it is only not known whether the condition of the promise holds.
    """

    case: Case
    action: Action
    situation: Situation
    never: Never
    orders: tuple[Given, ...]
    is_sure: bool = True

    @property
    def rule(self) -> Rule:
        return self.action.candidate.rule


@dataclass(slots=True)
class Watched:
    """The last day of a case, what the reference decided on it, and the history before it."""

    history: tuple[Given, ...]
    given: tuple[tuple[date, Action], ...] = ()
    last: tuple[Situation, Decision] | None = None

    def watch(self, situation: Situation, decision: Decision) -> None:
        if self.last is not None:
            before = self.last[1]
            self.history = recorded(self.history, before.actions, before.day)
        self.last = situation, decision
        self.given += tuple((decision.day, action) for action in decision.actions)


def counterexample(
    promise: Promise, refutation: Refutation, scopes: Scopes
) -> Counterexample | None:
    """The example as a case; null where it is not real because something was left free."""
    doing = (r.step for r in scopes.book.every_rule() if r.action == refutation.never.action)
    for case in _cases(promise, refutation.example, min(doing)):
        found = _broken(case, promise, refutation.never, scopes)
        if found is not None:
            return found
    if refutation.approximated:
        return None
    example = refutation.example
    orders = [(order.label, order.first_given.isoformat()) for order in example.orders]
    raise Unconfirmed(
        f"`{promise.name}` at {promise.place}: a proof says that it is broken on {example.day} "
        f"by {dict(example.facts)} after {orders}, and the reference does not"
    )


def _cases(promise: Promise, example: Example, step: int) -> Iterator[Case]:
    """First a life from its first date on, with nothing given; then its last day after orders.

    Those at or above a step would serve it, were they due no earlier: at last they are the oldest.
    """
    first = min([d for d in example.facts.values() if type(d) is date] + [example.day])
    day, place = example.day, promise.place
    case = Case(promise.name, example.facts, day, day, None, (), (), place)
    if day - LONGEST_LIFE <= first < day:
        yield replace(case, first=first)
    for oldest in (None, first - LONGEST_LIFE):
        by_day: dict[date, tuple[Expectation, ...]] = {}
        for order in example.orders:
            at = oldest if oldest and order.rule.step >= step else order.first_given
            given = Expectation(ExpectedKind.ACTS, order.label, place)
            by_day[at] = (*by_day.get(at, ()), given)
        yield replace(case, before=tuple(sorted(by_day.items(), key=lambda pair: pair[0])))


def _broken(case: Case, promise: Promise, never: Never, scopes: Scopes) -> Counterexample | None:
    """The counterexample that a case is, if by the reference its last day breaks the promise."""
    watched = Watched(tuple(given_before(case, scopes)))
    run_case(case, scopes, decide, watched.watch)
    if watched.last is None or watched.last[1].day != case.until:
        return None
    situation, decision = watched.last
    if truth(promise.where, situation) is not True:
        return None
    for action in decision.actions:
        rule = action.candidate.rule
        if rule.action != never.action or rule.track is None or rule.track.is_provider:
            continue
        orders = Orders(watched.history, scopes.book, decision.day)
        ladder = tuple(sorted(orders.ladder(action.candidate), key=_oldest_first))
        broken = _breaks(never, action, ladder, situation)
        if broken is not False:
            told = _told(case, rule, watched)
            return Counterexample(told, action, situation, never, ladder, broken is True)
    return None


def _breaks(
    never: Never, action: Action, ladder: tuple[Given, ...], situation: Situation
) -> bool | None:
    if not isinstance(never.unless, Earlier):
        return truth(never.unless, situation)
    until = situation.moment.day - timedelta(days=never.unless.days)
    return not any(
        given.action == never.unless.action
        and given.step < action.candidate.rule.step
        and given.first_given <= until
        for given in ladder
    )


def _oldest_first(given: Given) -> tuple[date, int]:
    return given.first_given, given.step


def _told(case: Case, rule: Rule, watched: Watched) -> Case:
    """The case with all that came on the track of the rule as expected."""
    assert rule.track is not None
    expected: dict[date, tuple[Expectation, ...]] = {}
    for day, action in watched.given:
        candidate = action.candidate
        if candidate.rule.track == rule.track:
            name = label(candidate.rule.name, candidate.stage)
            given = Expectation(ExpectedKind.ACTS, name, case.place)
            expected[day] = (*expected.get(day, ()), given)
    return replace(case, track=rule.track.name, expect=tuple(expected.items()))
