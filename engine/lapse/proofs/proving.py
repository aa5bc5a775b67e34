"""Proves or refutes a promise: for every subscription, on every day to come, after any history.

Days are judged whole, as by `--as-of DAY`: the provider's day is the market's.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lapse.model.days import LAST_DAY
from lapse.model.rule import Rulebook
from lapse.model.subscription import fact_of_key
from lapse.policy.in_force import InForce
from lapse.policy.reading.promises import Earlier, Never, Promise
from lapse.proofs.acting import Acting, Doer
from lapse.proofs.distinct_scopes import DistinctScope, Read, distinct_scopes, read_by
from lapse.proofs.encoding import Encoding, Kept
from lapse.proofs.examples import Example, smallest
from lapse.proofs.formulas import Formula, conj, disj, neg
from lapse.proofs.history_of_orders import PastOrders
from lapse.proofs.solving import GaveUp, Question
from lapse.proofs.unknowns import Unknowns


class Outcome(StrEnum):
    PROVED = "proved"
    EMPTY = "empty"
    REFUTED = "refuted"
    UNDECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Refutation:
    """What stands against a promise, and the part of it that it breaks.

    `approximated` names what the encoding leaves free: only then may an example not be real.
    """

    never: Never
    example: Example
    approximated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a promise; of `scopes`, the action can happen at all in `possible`."""

    promise: Promise
    outcome: Outcome
    scopes: int = 0
    possible: int = 0
    refuted: int = 0
    refutation: Refutation | None = None
    why: str = ""


Scoped = tuple[DistinctScope, Acting]


@dataclass(frozen=True, slots=True)
class Tried:
    """One part of a promise in one scope."""

    is_possible: bool
    broken: Question | None = None


@dataclass(slots=True)
class Prover:
    """Proves promises about a rulebook, from a first day judged on.

    What promises about one action have in common is encoded once.
    """

    book: Rulebook
    first: date
    _encoded: dict[tuple[str, Read], list[Scoped]] = field(default_factory=dict)

    def prove(self, promise: Promise) -> Verdict:
        tried = []
        refutation = None
        try:
            for never in promise.never:
                for scope, acting in self._scopes(promise, never):
                    tried.append(attempt(promise, never, scope, acting))
                    broken = tried[-1].broken
                    if broken and refutation is None:
                        approximated = frozenset(acting.encoding.of.approximated)
                        refutation = Refutation(never, smallest(broken), approximated)
        except GaveUp as error:
            return Verdict(promise, Outcome.UNDECIDED, why=str(error))
        possible = sum(each.is_possible for each in tried)
        refuted = sum(each.broken is not None for each in tried)
        outcome = Outcome.REFUTED if refuted else Outcome.PROVED if possible else Outcome.EMPTY
        return Verdict(promise, outcome, len(tried), possible, refuted, refutation)

    def _scopes(self, promise: Promise, never: Never) -> list[Scoped]:
        own = () if isinstance(never.unless, Earlier) else (never.unless,)
        read = read_by(self.book, never.action, (promise.where, *own))
        if (never.action, read) not in self._encoded:
            of, kept = unknowns(self.book), Kept()
            self._encoded[never.action, read] = [
                (scope, acting_in(scope.force, of, self.first, kept))
                for scope in distinct_scopes(self.book, read)
            ]
        return self._encoded[never.action, read]


def attempt(promise: Promise, never: Never, scope: DistinctScope, acting: Acting) -> Tried:
    """Whether an action can be given in a scope, and the question that says how it is broken."""
    truth = acting.encoding.truth
    ways = acting.ways(never.action)
    given = disj(way for _, way in ways)
    if given is False:
        return Tried(is_possible=False)
    where = truth(promise.where).true
    if isinstance(never.unless, Earlier):
        broken = disj(conj((way, _without(doer, never.unless, acting))) for doer, way in ways)
        surely = True
    else:
        unless = truth(never.unless)
        broken, surely = conj((given, unless.possible)), unless.true
    asked = question(acting, scope, (where, given))
    if asked.model() is None:
        return Tried(is_possible=False)
    if not asked.keep((broken,)):
        return Tried(is_possible=True)
    asked.keep((surely,))  # an example of what is true says more than one of what is not known
    return Tried(True, asked)  # noqa: FBT003


def acting_in(force: InForce, of: Unknowns, first: date, kept: Kept) -> Acting:
    """The decision of one scope, judged on any day from the first one on."""
    return Acting(Encoding(force, of, first, kept), PastOrders(force, of))


def unknowns(book: Rulebook) -> Unknowns:
    keys = book.catalogue.cascade
    return Unknowns(book.words, frozenset(fact_of_key(key) for key in keys))


def question(acting: Acting, scope: DistinctScope, asked: tuple[Formula, ...]) -> Question:
    """What is asked of a scope's subscriptions, on a day from the first one on."""
    first = acting.encoding.first
    of = acting.encoding.of
    days = of.day >= first.toordinal(), of.day <= LAST_DAY.toordinal()
    told = scope.holds(of)
    # Last, since each formula may bring facts, orders and texts of its own.
    return Question(acting, [told, *days, *asked, *acting.past.constraints, *of.closed()])


def _without(doer: Doer, earlier: Earlier, acting: Acting) -> Formula:
    """Whether no order as it is asked for was given before a rule's."""
    until = acting.encoding.of.day - earlier.days
    return neg(
        disj(
            conj((order.is_given, order.first_given <= until))
            for order in acting.past.ladder(doer.rule)
            if order.rule.step < doer.rule.step and order.rule.action == earlier.action
        )
    )
