"""What will happen to a subscription if nothing changes: its actions, each on its day.

It assumes that nobody pays, invoices fall due, holds end and actions are done on their day.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from lapse.decide.because import because
from lapse.decide.forecast import Life
from lapse.decide.known import Judging, RecordAndPast, known
from lapse.decide.situation import Situation
from lapse.executors.direct import direct_executor
from lapse.executors.jumps import Jumps
from lapse.model.days import AsOf
from lapse.model.decision import Action, Decision, Held, MayNotApply, NotCovered, Undetermined
from lapse.model.facts import Missing, Value, Vocabulary, show
from lapse.model.invoices import Owed
from lapse.model.money import Money
from lapse.model.rule import Rule, Rulebook, Today, Track
from lapse.model.subscription import Subscription
from lapse.policy.in_force import InForce, Scopes, TermInForce
from lapse.runs.rows import AMOUNTS, is_ours
from lapse.runs.summary import assumption

Read = tuple[str, date, date]
"""A term that was looked up, the day whose value counts, and the day judged."""

Outcome = tuple[date, str, str, frozenset[tuple[str, Value | Today]], frozenset[tuple[str, Value]]]
"""Day, action, rule with stage, the facts that the rule sets, and its parameters."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An action on the day it will be ordered; `money` has the amounts known on that day, by fact.

    `owed` is what the invoices add up to on that day; null if no invoices are given.
    """

    day: date
    action: Action
    because: str
    money: Mapping[str, Money]
    owed: Owed | None

    @property
    def rule(self) -> Rule:
        return self.action.candidate.rule

    @property
    def track(self) -> Track:
        assert self.rule.track is not None
        return self.rule.track

    @property
    def name(self) -> str:
        """The action's name, such as `suspend`."""
        assert self.rule.action is not None
        return self.rule.action

    @property
    def label(self) -> str:
        return self.action.candidate.label

    @property
    def stage(self) -> int | None:
        return self.action.candidate.stage

    @property
    def is_ours(self) -> bool:
        return is_ours(self.action.candidate)

    @property
    def outcome(self) -> Outcome:
        """What is compared between two futures; if it is equal, nobody is treated differently."""
        sets, handed_on = self.rule.sets.items(), self.rule.parameters.items()
        return self.day, self.name, self.label, frozenset(sets), frozenset(handed_on)


@dataclass(frozen=True, slots=True)
class Future:
    """A subscription's situation on the first day, and its actions up to the last one.

    `left_out` is why it is not covered, if it is not. `unknown` names what is missing to decide
    whether a harmful action of ours is due on some day.
    """

    first: Situation
    foreseen: tuple[Foreseen, ...]
    left_out: NotCovered | None
    unknown: frozenset[str]

    @property
    def subscription(self) -> Subscription:
        return self.first.subscription

    @property
    def id(self) -> str:
        return self.subscription.id

    @property
    def customer(self) -> str:
        """Its customer's id; if that is not known, an id of its own, unlike any other."""
        # No customer has this id: ids are read without spaces around them.
        return self.text("customer_id") or f" {self.id}"

    def text(self, fact: str) -> str:
        """A fact on the first day as text; blank if it is unknown or absent."""
        value = self.subscription.fact(fact)
        return "" if isinstance(value, Missing) else show(value)


@dataclass(frozen=True, slots=True)
class NotKnown:
    """How many subscriptions have harmful actions held back because something is not known.

    These actions are in no calendar. `counts` is by what is missing. `assume` has, for each fact
    that no input supplies, the command-line option that does.
    """

    subscriptions: int
    counts: Mapping[str, int]
    assume: Mapping[str, str]


def not_known(
    unknown: Iterable[frozenset[str]], words: Vocabulary, lacking: frozenset[str]
) -> NotKnown:
    """Counts subscriptions by what is missing for them (`unknown`), the most frequent first."""
    missing = [names for names in unknown if names]
    of_names = Counter(name for names in missing for name in names)
    counts = dict(sorted(of_names.items(), key=lambda item: (-item[1], item[0])))
    return NotKnown(len(missing), counts, assumptions(counts, words, lacking))


def assumptions(
    names: Iterable[str], words: Vocabulary, lacking: frozenset[str]
) -> Mapping[str, str]:
    """For each fact that no input supplies, the command-line option that does."""
    return {name: assumption(words.facts[name]) for name in names if name in lacking}


@dataclass(frozen=True, slots=True)
class Watched:
    """A future, the terms read to foresee it, and how many scopes the subscription was in.

    It is not part of `Future`, because the reads take more memory and are needed only briefly.
    """

    future: Future
    reads: frozenset[Read]
    scopes: int

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(name for name, _, _ in self.reads)


class Foresight:
    """Futures under one rulebook, from a moment to a last day."""

    def __init__(
        self, book: Rulebook, as_of: AsOf, until: date, assumed: Mapping[str, Value]
    ) -> None:
        self.book = book
        self.until = until
        self._asked = as_of, until, assumed
        self.scopes = WatchedScopes(book)
        self._judging = Judging(self.scopes, as_of, {**book.catalogue.assumed, **assumed})
        self._jumps = Jumps(self.scopes, direct_executor())
        # By the rule itself: another layer's of its name may do no harm.
        self._harmful = frozenset(
            id(rule)
            for rule in book.every_rule()
            if book.is_harmful(rule) and rule.track is not None and not rule.track.is_provider
        )

    def under(self, book: Rulebook) -> "Foresight":
        """The same foresight under another rulebook."""
        return Foresight(book, *self._asked)

    def future(self, row: RecordAndPast) -> Future:
        return self.watched(row).future

    def watched(self, row: RecordAndPast) -> Watched:
        """A subscription's future, and which terms were read to foresee it."""
        self.scopes.forget()
        start = known(row, self._judging)
        foreseen: list[Foreseen] = []
        unknown: set[str] = set()
        left_out: NotCovered | None = None
        life = Life(start.situation.subscription, start.orders)
        for judged in self._jumps.judged(life, start.situation, self.until):
            if isinstance(judged.decision, NotCovered):
                left_out = judged.decision
                continue
            foreseen += _foreseen(judged.decision, judged.situation)
            unknown.update(self._keeping_back(judged.decision))
        future = Future(start.situation, tuple(foreseen), left_out, frozenset(unknown))
        return Watched(future, frozenset(self.scopes.reads), len(self.scopes.used))

    def _keeping_back(self, decision: Decision) -> Iterator[str]:
        """What is missing to decide whether a harmful action of ours is due."""
        for rule, _, became in decision.verdicts:
            if id(rule) in self._harmful and isinstance(became, Held | MayNotApply | Undetermined):
                yield from became.missing


def _foreseen(decision: Decision, situation: Situation) -> Iterator[Foreseen]:
    if not decision.actions:
        return
    amounts = {
        name: value
        for name in AMOUNTS
        if isinstance(value := situation.subscription.at(name, situation.moment), Money)
    }
    for action in decision.actions:
        why = because(action.candidate, situation)
        yield Foreseen(decision.day, action, why, amounts, situation.subscription.owed)


@dataclass(frozen=True, slots=True)
class WatchedInForce(InForce):
    """What is in force for a scope; `reads` records each term that is looked up."""

    reads: set[Read] = field(default_factory=set, compare=False)

    def term(self, name: str, day: date, judged: date) -> TermInForce:
        self.reads.add((name, day, judged))
        return InForce.term(self, name, day, judged)


class WatchedScopes(Scopes):
    """Scopes that record every term looked up, and every scope used, until `forget`."""

    def __init__(self, book: Rulebook) -> None:
        super().__init__(book)
        self.reads: set[Read] = set()
        self.used: set[int] = set()
        self._watched: dict[int, WatchedInForce] = {}

    def forget(self) -> None:
        self.reads.clear()
        self.used.clear()

    def of(self, subscription: Subscription) -> InForce:
        force = super().of(subscription)
        self.used.add(id(force))
        if id(force) not in self._watched:
            parts = force.book, force.layers, force.rule_days
            self._watched[id(force)] = WatchedInForce(*parts, reads=self.reads)
        return self._watched[id(force)]
