"""What was decided for a subscription on a day, and what earlier runs gave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from lapse.model.facts import Missing, Value, show
from lapse.model.rule import Rule

NO_RULE = "-"
"""Stands where a request has no rule that answers it."""


@dataclass(frozen=True, slots=True)
class Given:
    """An order that earlier runs gave; given again, it keeps its number and `first_given`.

    `anchor` is an ISO date or `none`, and `anchor_of` the date fact it is the day of: blank where a
    folder or an import does not say. `number` counts orders of one rule, stage and day. `last_run`
    is the place, among earlier runs, of the one that gave it last.
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
    """Served, and given once more because a step above waits for a fresh one (`within`)."""

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
    """Contains whatever is asked for: where approvals are taken as given."""

    def __contains__(self, _: object) -> bool:
        return True


EVERYTHING = Everything()
APPROVAL = "approval"
"""Holds an order for nothing but somebody's leave."""
DAYS = "days"
"""Holds an order on what is no working day."""
HOLD_WORDS = {
    "after": "an earlier step has to come first (after)",
    "only_if": "its last lock is closed (only_if)",
    DAYS: "no working day",
    APPROVAL: "nobody has approved it yet (approval)",
}
"""What holds an action, for people; a forbid goes by its own name."""
STALE = "the earlier step is too long ago (within)"

UNSURE = "unknown "
"""Before the name of a higher step of which cannot be said whether it acts."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason that holds an action: what holds it, its last day where known, what is missing.

    `missing` is not empty when the reason is that something is not known. An `after` that
    `is_stale` has an earlier step, given longer ago than `within` allows.
    """

    by: str
    until: date | None = None
    missing: frozenset[str] = frozenset()
    is_stale: bool = False

    @property
    def words(self) -> str:
        """What holds, for people."""
        return STALE if self.is_stale else HOLD_WORDS.get(self.by, self.by)

    @staticmethod
    def unsure(step: str, lacks: frozenset[str]) -> "Hold":
        """That of a winner that waits for a higher step which is not known."""
        return Hold(UNSURE + step, None, lacks)

    @property
    def is_unsure(self) -> bool:
        """Whether a winner waits for a higher step that is not known."""
        return self.by.startswith(UNSURE)


@dataclass(frozen=True, slots=True)
class Held:
    """The order a true rule would give but may not, and each reason, in their order."""

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
        """Whether all that holds it is that the earlier step is too long ago, approval aside.

        Nobody is asked to approve what waits for something else, so that who waits for the fresh
        step and for approval would wait for ever.
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
    """A rule of which cannot be said whether it acts, and the names that are missing."""

    rule: str
    missing: frozenset[str]
    track: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Served:
    """A true rule that drops out, and the order that serves it: its own, or one of its track."""

    candidate: Candidate
    by: Given

    @property
    def is_by_itself(self) -> bool:
        return (self.by.rule, self.by.stage) == (self.candidate.rule.name, self.candidate.stage)


@dataclass(frozen=True, slots=True)
class GivesWay:
    """A true rule that another of its track comes before, and what became of that one."""

    candidate: Candidate
    to: Action | Held

    @property
    def is_to_a_higher_step(self) -> bool:
        """Whether it is not a later stage of the same step."""
        return self.to.candidate.rule.step > self.candidate.rule.step


@dataclass(frozen=True, slots=True)
class MayNotApply:
    """A rule of a layer whose scope is not known: unknown, so that a forbid forbids."""

    missing: frozenset[str]


class NothingToDo(Enum):
    """A rule whose condition is false, and one whose `sets` the facts show already."""

    FALSE = auto()
    SHOWN = auto()


FALSE, SHOWN = NothingToDo
"""Named once: on Python 3.11 to look one up in its class costs more than the rest of a verdict."""

OfTrue = Action | GivesWay | Held | Served
Became = NothingToDo | OfTrue | Undetermined | MayNotApply | Hold
"""What became of a rule or stage; a forbid that is not false became a reason to hold."""
Verdict = tuple[Rule, int | None, Became]
"""A rule, its stage, and what became of it: a bare tuple, since each night makes one for each."""


@dataclass(frozen=True, slots=True)
class Decision:
    """All that follows for one subscription on one day; provider actions are among `actions`.

    `verdicts` has every rule and stage that exists, or may, in the order of the rules.
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
"""A bill due today is past due tomorrow: two facts tell its day, and it is one anchor."""


def clock(fact: str) -> str:
    """What a date fact and those that tell of the same thing are called in common."""
    return CLOCKS.get(fact, fact)


def recorded(history: Iterable[Given], actions: Iterable[Action], day: date) -> tuple[Given, ...]:
    """The history after actions were given on a day; one given again keeps its first day.

    What is given now comes after all that was given, on the same day, too.
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
