"""What was decided for a subscription on a day, and what earlier runs gave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from lapse.model.facts import Missing, Value, show
from lapse.model.rule import Rule

NO_RULE = "-"
"""In place of a rule's name where no rule answers a request."""


@dataclass(frozen=True, slots=True)
class Given:
    """An order that earlier runs gave; given again, it keeps its `number` and `first_given`.

    `anchor` is an ISO date or `none`. `anchor_of` is the date fact with that day, blank where a
    folder or an import does not name it. `number` counts the orders of one rule, stage and anchor.
    `last_run` is the position, among earlier runs, of the last one that gave it.
    """

    track: str
    anchor: str
    rule: str
    stage: int | None
    step: int
    action: str
    due_on: date
    first_given: date
    last_given: date
    number: int = 1
    anchor_of: str = ""
    last_run: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule or stage whose condition is true, and the day since which it is due."""

    rule: Rule
    stage: int | None
    anchor: str
    due_on: date
    stretch_from: date | None
    """The first day of the unbroken stretch of days; null when it has always held."""
    is_once_more: bool = False
    """Whether it is served, but given once more, as a higher step needs a fresh one (`within`)."""

    @property
    def label(self) -> str:
        return label(self.rule.name, self.stage)


@dataclass(frozen=True, slots=True)
class Action:
    """An order to be given, ours or the provider's."""

    candidate: Candidate
    first_given: date
    number: int = 1

    def id(self, subscription_id: str) -> str:
        """`subscription_id:rule[@stage]:anchor[#n]`, the same on every run."""
        again = f"#{self.number}" if self.number > 1 else ""
        return f"{subscription_id}:{self.candidate.label}:{self.candidate.anchor}{again}"


class Everything:
    """Contains whatever is asked for; used where all approvals are assumed."""

    def __contains__(self, _: object) -> bool:
        return True


EVERYTHING = Everything()
APPROVAL = "approval"
"""The reason that holds an order until somebody approves it."""
DAYS = "days"
"""The reason that holds an order on a day that is no working day."""
HOLD_WORDS = {
    "after": "an earlier step has to come first (after)",
    "only_if": "its last lock is closed (only_if)",
    DAYS: "no working day",
    APPROVAL: "nobody has approved it yet (approval)",
}
"""The reasons for a hold in words for people; a forbid is shown by its name."""
STALE = "the earlier step is too long ago (within)"

UNSURE = "unknown "
"""The prefix of a higher step's name when it is not known whether that step acts."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason that holds an action: what holds it, its last day where known, what is missing.

    `missing` is not empty when the reason is that something is not known. `is_stale` is an `after`
    whose earlier step was given, but longer ago than `within` allows.
    """

    by: str
    until: date | None = None
    missing: frozenset[str] = frozenset()
    is_stale: bool = False

    @property
    def words(self) -> str:
        """The reason in words for people."""
        return STALE if self.is_stale else HOLD_WORDS.get(self.by, self.by)

    @staticmethod
    def unsure(step: str, lacks: frozenset[str]) -> "Hold":
        """The reason that holds a winner while it is not known whether a higher step acts."""
        return Hold(UNSURE + step, None, lacks)

    @property
    def is_unsure(self) -> bool:
        """Whether it is not known if a higher step acts."""
        return self.by.startswith(UNSURE)


@dataclass(frozen=True, slots=True)
class Held:
    """An order that a true rule may not give, and the reasons in the order of `SEMANTICS.md`."""

    action: Action
    reasons: tuple[Hold, ...]

    @property
    def candidate(self) -> Candidate:
        return self.action.candidate

    @property
    def by(self) -> str:
        return "; ".join(dict.fromkeys(reason.by for reason in self.reasons))

    @property
    def is_only_stale(self) -> bool:
        """Whether it is held only because the earlier step is too long ago, approval aside.

        Nobody is asked to approve what also waits for something else, so an order that waited for
        both a fresh step and approval would wait for ever.
        """
        others = [reason for reason in self.reasons if reason.by != APPROVAL]
        return len(others) == 1 and others[0].is_stale

    @property
    def is_only_for_a_working_day(self) -> bool:
        return all(reason.by == DAYS for reason in self.reasons)

    @property
    def until(self) -> date | None:
        """The last day of the longest reason; null when one of them has no known end."""
        days = [reason.until for reason in self.reasons]
        known = [day for day in days if day is not None]
        return max(known) if len(known) == len(days) else None

    @property
    def missing(self) -> frozenset[str]:
        return frozenset(name for reason in self.reasons for name in reason.missing)


@dataclass(frozen=True, slots=True)
class Undetermined:
    """A rule for which it is not known whether it acts, and the names that are missing."""

    rule: str
    missing: frozenset[str]
    track: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Served:
    """A true rule that need not act, and the order that serves it: its own, or one of its track."""

    candidate: Candidate
    by: Given

    @property
    def is_by_itself(self) -> bool:
        return (self.by.rule, self.by.stage) == (self.candidate.rule.name, self.candidate.stage)


@dataclass(frozen=True, slots=True)
class GivesWay:
    """A true rule that loses to another rule or stage of its track, and what became of that one."""

    candidate: Candidate
    to: Action | Held

    @property
    def is_to_a_higher_step(self) -> bool:
        """Whether the winner is on a higher step, and not another stage or rule of the same one."""
        return self.to.candidate.rule.step > self.candidate.rule.step


@dataclass(frozen=True, slots=True)
class MayNotApply:
    """A rule of which it is not known whether it applies; if it is a forbid, it forbids."""

    missing: frozenset[str]


class NothingToDo(Enum):
    """The condition of a rule is false, or the facts already show what it sets."""

    FALSE = auto()
    SHOWN = auto()


FALSE, SHOWN = NothingToDo
"""Module names: on Python 3.11 a look-up in the enum costs more than the rest of a verdict."""

OfTrue = Action | GivesWay | Held | Served
Became = NothingToDo | OfTrue | Undetermined | MayNotApply | Hold
"""What became of a rule or stage; a forbid that is not false becomes a `Hold`."""
Verdict = tuple[Rule, int | None, Became]
"""A rule, its stage, and what became of it; a plain tuple, since each run makes so many."""


@dataclass(frozen=True, slots=True)
class Decision:
    """All that follows for one subscription on one day; `actions` includes the provider's.

    `verdicts` has every rule and stage that exists, or may exist, in the order of the rules.
    """

    day: date
    actions: tuple[Action, ...] = ()
    held: tuple[Held, ...] = ()
    undetermined: tuple[Undetermined, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCovered:
    """A subscription for which nothing is decided, and why."""

    because: str
    layer: str


def label(rule: str, stage: int | None) -> str:
    """`rule` or `rule@stage`."""
    return rule if stage is None else f"{rule}@{stage}"


def anchor_text(value: Value) -> str:
    """An anchor as ids and history write it: the ISO day, or `none`."""
    return value.value if isinstance(value, Missing) else show(value)[:10]


CLOCKS = {"next_due_on": "past_due_since"}
"""Pairs of facts for the day of one bill, due today and past due tomorrow: they are one anchor."""


def clock(fact: str) -> str:
    """The common name of a date fact and those about the same bill; else the fact's own name."""
    return CLOCKS.get(fact, fact)


def recorded(history: Iterable[Given], actions: Iterable[Action], day: date) -> tuple[Given, ...]:
    """The history after actions were given on a day; one given again keeps its first day.

    What is given now counts as later than all that was given before, also on the same day.
    """
    history = tuple(history)
    run = max((g.last_run for g in history), default=-1) + 1
    orders = {(g.track, g.anchor, g.rule, g.stage, g.number): g for g in history}
    for action in actions:
        candidate = action.candidate
        rule = candidate.rule
        assert rule.track is not None
        assert rule.action is not None
        key = (rule.track.name, candidate.anchor, rule.name, candidate.stage, action.number)
        before = orders.get(key)
        orders[key] = Given(
            track=rule.track.name,
            anchor=candidate.anchor,
            rule=rule.name,
            stage=candidate.stage,
            step=rule.step,
            action=rule.action,
            due_on=max(candidate.due_on, before.due_on) if before else candidate.due_on,
            first_given=before.first_given if before else action.first_given,
            last_given=day,
            number=action.number,
            anchor_of=rule.anchor,
            last_run=run,
        )
    return tuple(orders.values())
