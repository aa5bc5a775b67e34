"""A condition for people to read: each part with its truth, the actual value and the needed one."""

from dataclasses import dataclass
from datetime import date

from lapse.decide.situation import Situation
from lapse.decide.truth import operand_value, truth
from lapse.executors.changes import change_days
from lapse.model.comparing import Truth
from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    Not,
    Stage,
    Sum,
)
from lapse.model.facts import show
from lapse.model.money import Money, MoneyTable

ALL_OF, ONE_OF, NONE_OF = "all of", "one of", "not"


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A node of a condition. `subject` is the name that a leaf tests, `actual` its value.

    `flips_on` is the day on which a false leaf or `not` becomes true if no fact changes.
    """

    text: str
    truth: Truth
    subject: str = ""
    actual: str = ""
    needed: str = ""
    flips_on: date | None = None
    parts: tuple["ConditionView", ...] = ()


def condition_view(condition: Condition, situation: Situation) -> ConditionView:
    """A condition and its parts, each with its truth."""
    verdict = truth(condition, situation)
    match condition:
        case Leaf():
            return _leaf_view(condition, verdict, situation)
        case Not(part):
            flips = flip_day(condition, situation) if verdict is False else None
            inner = condition_view(part, situation)
            return ConditionView(NONE_OF, verdict, flips_on=flips, parts=(inner,))
        case All(parts):
            views = tuple(condition_view(part, situation) for part in parts)
            return ConditionView(ALL_OF, verdict, parts=views)
        case AnyOf(parts):
            views = tuple(condition_view(part, situation) for part in parts)
            return ConditionView(ONE_OF, verdict, parts=views)


def _leaf_view(leaf: Leaf, verdict: Truth, situation: Situation) -> ConditionView:
    actual = shown(leaf.subject, situation)
    needed = ""
    match leaf.operand:
        case Name():
            needed = f"{leaf.operand} = {shown(leaf.operand, situation)}"
        case Sum():
            needed = f"{leaf.operand} = {show(operand_value(leaf, situation))}"
        case Literal() | Choices():
            needed = str(leaf.operand)
        case Stage():
            pass
    flips = flip_day(leaf, situation) if verdict is False else None
    return ConditionView(str(leaf), verdict, leaf.subject.name, actual, needed, flips)


def shown(name: Name, situation: Situation) -> str:
    """A name's value as text; a money term in the subscription's currency, if it has an amount."""
    value = situation.value(name)
    currency = situation.subscription.fact("currency")
    if isinstance(value, MoneyTable) and isinstance(currency, str):
        amount = value.amount_in(currency)
        return str(Money(amount, currency)) if amount is not None else show(value)
    return show(value)


def flip_day(condition: Condition, situation: Situation) -> date | None:
    """The first later day on which a condition is true if no fact changes; null if none is."""
    later = (day for day in change_days(condition, situation) if day > situation.moment.day)
    return next((day for day in sorted(later) if truth(condition, situation.on(day))), None)


def in_the_way(view: ConditionView) -> ConditionView:
    """The part of a false condition that keeps it false.

    Under `all of` it is a part that time alone will not make true, else the last to become true;
    under `one of`, the first to become true.
    """
    failing = [in_the_way(part) for part in view.parts if part.truth is False]
    if not failing or view.text == NONE_OF:
        return view
    staying = [part for part in failing if part.flips_on is None]
    turning = sorted((p for p in failing if p.flips_on), key=lambda p: p.flips_on or date.max)
    if view.text == ONE_OF:
        return turning[0] if turning else staying[0]
    return staying[0] if staying else turning[-1]
