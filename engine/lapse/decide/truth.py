"""Where a condition is evaluated: three-valued truth of one subscription's facts and terms.

Kleene's logic, with unknown as None. Absence decides before anything else: where a side of a leaf
is known to be absent the leaf is false, but `ne`, `not_in` and `present: no` are true.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    NameKind,
    Not,
    Operator,
    Stage,
    Sum,
    name_read,
)
from lapse.model.days import Moment
from lapse.model.facts import ABSENT, UNKNOWN, Known, Missing, Value, ValueType
from lapse.model.money import Money, MoneyTable
from lapse.model.rule import CLOCK_TERMS, ZONE_TERM
from lapse.model.subscription import Subscription, civil_day, parts_of
from lapse.policy.in_force import InForce, RuleInForce, TermInForce

Truth = bool | None
Plain = Known | Decimal
"""What two sides of a leaf come down to; amounts of one currency are decimals."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Situation:
    """A subscription, what is in force for its scope, and the moment judged."""

    subscription: Subscription
    force: InForce
    moment: Moment

    def on(self, day: date) -> "Situation":
        """The same facts, judged on another day."""
        return replace(self, moment=self.moment.on(day))

    @property
    def currency(self) -> str | None:
        """The subscription's currency; null when it is not known."""
        named = self.subscription.fact("currency")
        return None if isinstance(named, Missing) else str(named)

    def value(self, name: Name) -> Value:
        if name.kind is NameKind.TERM:
            return self.term(name.name).value
        return self.subscription.at(name.name, self.moment)

    def term(self, name: str) -> TermInForce:
        """A term as it counts: by its value on the day judged, or on the day of its pin."""
        pin = None if name in CLOCK_TERMS else self.force.book.catalogue.terms[name].pinned_to
        pinned = ABSENT if pin is None else self.subscription.fact(pin)
        if pin is not None and pinned is UNKNOWN:
            return TermInForce(UNKNOWN, missing=self.subscription.missing(pin))
        fixed = None if pinned is ABSENT else civil_day(pinned)
        found, *others = (self._term(name, fixed or day, day) for day in self.days())
        if name in CLOCK_TERMS or all(other.value == found.value for other in others):
            return found
        return TermInForce(UNKNOWN, missing=self.zone_missing())

    def _term(self, name: str, day: date, judged: date) -> TermInForce:
        currency = self.subscription.fact("currency")
        found = self.force.term(name, day, judged)
        return found.in_currency(currency) if isinstance(currency, str) else found

    def rules(self) -> tuple[RuleInForce, ...]:
        """Every rule that exists, or may exist, at the moment judged."""
        found, *others = (self.force.rules(day) for day in self.days())
        if all(other == found for other in others):
            return found
        lacks = self.zone_missing()
        every = {id(entry.rule): entry for rules in (found, *others) for entry in rules}
        return tuple(
            entry
            if all(entry in rules for rules in (found, *others))
            else RuleInForce(entry.rule, entry.missing | lacks)
            for entry in every.values()
        )

    def days(self) -> tuple[date, ...]:
        """The civil day judged; where its market's zone is unknown, each that it can be."""
        day = self.moment.day
        return (day,) if self.moment.is_day_known else (day, day - ONE_DAY, day + ONE_DAY)

    def zone_missing(self) -> frozenset[str]:
        """The facts and terms for want of which the time zone is unknown."""
        return self.term(ZONE_TERM).missing

    def missing(self, name: Name) -> frozenset[str]:
        """The facts and terms for want of which a name is unknown."""
        if name.kind is NameKind.TERM:
            return self.term(name.name).missing
        found = self.subscription.missing(name.name)
        return self.zone_missing() if ZONE_TERM in found else found


def truth(condition: Condition, situation: Situation) -> Truth:
    """Whether a condition holds; None when that is not known."""
    match condition:
        case Leaf():
            return leaf_truth(condition, situation)
        case Not(part):
            inner = truth(part, situation)
            return None if inner is None else not inner
        case All(parts):
            found = [truth(part, situation) for part in parts]
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = [truth(part, situation) for part in parts]
            return True if True in found else None if None in found else False


def missing(condition: Condition, situation: Situation) -> frozenset[str]:
    """The names whose lack makes a condition unknown; empty when it is known."""
    if truth(condition, situation) is not None:
        return frozenset()
    match condition:
        case Leaf():
            return leaf_missing(condition, situation)
        case Not(part):
            return missing(part, situation)
        case All(parts) | AnyOf(parts):
            return frozenset(name for part in parts for name in missing(part, situation))


def leaf_truth(leaf: Leaf, situation: Situation) -> Truth:
    left = situation.value(leaf.subject)
    right = operand_value(leaf, situation)
    if leaf.operator is Operator.KNOWN:
        return (left is not UNKNOWN) == right
    if leaf.operator is Operator.PRESENT:
        return None if left is UNKNOWN else (left is not ABSENT) == right
    if ABSENT in (left, right):
        return leaf.operator in {Operator.NE, Operator.NOT_IN}
    if isinstance(left, Missing):
        return None
    if isinstance(leaf.operand, Choices):
        found = [_equal(left, choice, situation) for choice in leaf.operand.values]
        is_one = True if True in found else None if None in found else False
        return is_one if leaf.operator is Operator.IN or is_one is None else not is_one
    if isinstance(right, Missing):
        return None
    if isinstance(leaf.operand, Sum) and isinstance(right, int) and right < 0:
        return False
    results = {compared(leaf.operator, *pair) for pair in comparable_pairs(left, right, situation)}
    return results.pop() if len(results) == 1 else None


def leaf_missing(leaf: Leaf, situation: Situation) -> frozenset[str]:
    """What an unknown leaf lacks: what is unknown, or what keeps two amounts from being compared.

    That is the currency only where an amount has none, or two terms wait for it.
    """
    operand = name_read(leaf.operand)
    sides = [leaf.subject, *([operand] if operand else [])]
    unknown = [name for name in sides if situation.value(name) is UNKNOWN]
    if unknown:
        return frozenset(lack for name in unknown for lack in situation.missing(name))
    values = [situation.value(name) for name in sides]
    if any(isinstance(value, Money) and value.currency is None for value in values):
        return frozenset({"currency"})
    pairs = zip(sides, values, strict=True)
    terms = {name.name: value for name, value in pairs if isinstance(value, MoneyTable)}
    if not terms:
        return frozenset(part for name in sides for part in _carriers(name.name, situation))
    if len(terms) == 1:
        return frozenset(terms)
    if situation.currency is None:
        return frozenset({"currency"})
    return frozenset(n for n, term in terms.items() if term.amount_in(situation.currency) is None)


def _carriers(name: str, situation: Situation) -> Iterator[str]:
    """The facts whose currency an amount has: its own, or that of the price it is made of."""
    words = situation.subscription.vocabulary
    for part in parts_of(name, words):
        if words.facts[part].type is ValueType.MONEY:
            yield part


def operand_value(leaf: Leaf, situation: Situation) -> Value:
    """The right side of a leaf; for a list, its values."""
    match leaf.operand:
        case Literal(value):
            return value
        case Name():
            return situation.value(leaf.operand)
        case Sum(term):
            return leaf.operand.of(situation.value(term))
        case Choices():
            return UNKNOWN
        case Stage():
            message = f"unbound stage at {leaf.place}"
            raise AssertionError(message)


def comparable_pairs(left: Known, right: Known, situation: Situation) -> list[tuple[Plain, Plain]]:
    """The pairs of plain values that a comparison comes down to; none when it cannot be made.

    Only money has other than one: amounts of one currency compare. A zero whose currency is not
    known stands for zero in any, so it compares with each amount that a term may come to.
    """
    if not isinstance(left, Money | MoneyTable) or not isinstance(right, Money | MoneyTable):
        return [(left, right)]
    if isinstance(left, Money) and isinstance(right, Money):
        if right.is_zero and right.currency is None:
            return [(left.amount, Decimal(0))]
        is_same = left.currency is not None and left.currency == right.currency
        return [(left.amount, right.amount)] if is_same else []
    if isinstance(left, Money) and left.is_zero and left.currency is None:
        assert isinstance(right, MoneyTable)
        return [(left.amount, amount) for amount in right.every_amount()]
    currency = _currency(left, right, situation)
    amounts = _amount(left, currency), _amount(right, currency)
    return [] if amounts[0] is None or amounts[1] is None else [(amounts[0], amounts[1])]


def compared(operator: Operator, left: Plain, right: Plain) -> bool:
    """Two plain values of one type compared."""
    match operator:
        case Operator.EQ | Operator.IN:
            return left == right
        case Operator.NE | Operator.NOT_IN:
            return left != right
        case Operator.LT:
            return left < right  # type: ignore[operator]
        case Operator.LTE:
            return left <= right  # type: ignore[operator]
        case Operator.GT:
            return left > right  # type: ignore[operator]
        case Operator.GTE:
            return left >= right  # type: ignore[operator]
        case Operator.PRESENT | Operator.KNOWN:
            message = f"`{operator}` compares nothing"
            raise AssertionError(message)


def _equal(left: Known, right: Value, situation: Situation) -> Truth:
    if isinstance(right, Missing):
        return None
    results = {pair[0] == pair[1] for pair in comparable_pairs(left, right, situation)}
    return results.pop() if len(results) == 1 else None


def _currency(left: Known, right: Known, situation: Situation) -> str | None:
    for side in (left, right):
        if isinstance(side, Money) and side.currency is not None:
            return side.currency
    return situation.currency


def _amount(side: Money | MoneyTable, currency: str | None) -> Decimal | None:
    if isinstance(side, MoneyTable):
        return side.amount_in(currency)
    return side.amount if side.is_zero or side.currency == currency else None
