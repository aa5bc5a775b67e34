"""What history may hold: any orders that the rules give, first given on any past day.

Those of other scopes, too: a subscription may have moved from one market or program to another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import z3

from lapse.model.days import FIRST_DAY
from lapse.model.decision import clock, label
from lapse.model.rule import Rule
from lapse.policy.in_force import InForce
from lapse.proofs.formulas import Formula, Number, conj, disj, neg
from lapse.proofs.unknowns import Unknowns

Key = tuple[str, int | None, int, str, str]
"""A rule's name, a stage, its step and action, and the date fact whose day is the anchor."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order that may have been given, the one there is of its rule, stage and anchor."""

    rule: Rule
    stage: int | None
    anchor: str
    is_given: Formula
    first_given: Number

    @property
    def label(self) -> str:
        return label(self.rule.name, self.stage)


@dataclass(slots=True)
class PastOrders:
    """The orders that a question asks about, made when they are first asked for."""

    force: InForce
    of: Unknowns
    orders: dict[Key, Order] = field(default_factory=dict)
    constraints: list[Formula] = field(default_factory=list)
    _every: list[Rule] = field(default_factory=list)

    def ladder(self, rule: Rule) -> list[Order]:
        """All that may have been given in a rule's track for its anchor, at whatever step."""
        return [
            self._order(other, stage, rule.anchor)
            for other in self._rules()
            if other.track == rule.track and clock(other.anchor) == clock(rule.anchor)
            for stage in self._stages(other)
        ]

    def _rules(self) -> Iterator[Rule]:
        """The rules of the scope on any day, and those of names that it does not have."""
        if not self._every:
            own = {id(rule): rule for rule in self.force.every_rule()}
            names = {rule.name for rule in own.values()}
            others = (rule for rule in self.force.book.every_rule() if rule.name not in names)
            self._every += [rule for rule in (*own.values(), *others) if rule.track]
        yield from self._every

    def _stages(self, rule: Rule) -> tuple[int | None, ...]:
        if rule.stages is None:
            return (None,)
        return rule.stages.every_value(self.force.book.every_term_value)

    def _order(self, rule: Rule, stage: int | None, anchor: str) -> Order:
        key = rule.name, stage, rule.step, str(rule.action), anchor
        if key not in self.orders:
            name = f"{label(rule.name, stage)} ({rule.step}, {rule.action}) of {anchor}"
            made = Order(rule, stage, anchor, z3.Bool(f"gave {name}"), z3.Int(f"first {name}"))
            is_past = made.first_given < self.of.day, made.first_given >= FIRST_DAY.toordinal()
            self.constraints.append(disj((neg(made.is_given), conj(is_past))))
            self.constraints += self._same_bill(made, key)
            self.orders[key] = made
        return self.orders[key]

    def _same_bill(self, made: Order, key: Key) -> Iterator[Formula]:
        """Two facts of one bill that name one day are one anchor, and have the same orders."""
        mine = self.of.plain(made.anchor)
        for other_key, other in self.orders.items():
            if other_key[:-1] == key[:-1]:
                its = self.of.plain(other.anchor)
                alike = conj((mine.known, its.known, mine.value == its.value))
                both = conj((made.is_given, other.is_given, made.first_given == other.first_given))
                neither = conj((neg(made.is_given), neg(other.is_given)))
                yield disj((neg(disj((alike, conj((mine.absent, its.absent))))), both, neither))
