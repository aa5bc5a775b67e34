"""How far a condition's truth reaches from the day judged, as SQL: `decide.reach` for a row.

Facts stay as they are, so a test turns on few days only (`turns`). A stretch in which all parts
hold ends at the nearest turn of a part. Where one part is enough, a turn only may end it, and the
condition is judged beyond (`other_days`). An edge is not sure where terms change beyond what the
row tells of them, or where a test of the commitment left does not stay as it is on that side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString

from sqlglot import exp

from lapse.executors.changes import COMMITMENT_LEFT
from lapse.executors.lowered.orders.other_days import OtherDays
from lapse.executors.lowered.orders.turns import Turns, later, read_besides_terms
from lapse.executors.lowered.words.columns import DAY
from lapse.executors.lowered.words.conditions import Row, held
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.term_days import AFTER, BEFORE, Beside
from lapse.model.condition import All, AnyOf, Condition, Leaf, Not, Operator, leaves
from lapse.model.days import ONE_DAY
from lapse.model.rule import Rule
from lapse.sql.expressions import all_of, any_of, cases, cast, column, sql


@dataclass(frozen=True, slots=True)
class Edge:
    """A day, null where a stretch has no end; where it `is_sure`, it is that of the reference."""

    day: exp.Expr
    is_sure: exp.Expr


@dataclass(frozen=True, slots=True)
class Stretches:
    """The reach of conditions, over rows with what is in force for them."""

    names: Names

    def first_day(self, rule: Rule, stage: exp.Expr | None) -> Edge:
        """The first day of the stretch, where a rule is true; `stage` is the value of `$stage`."""
        return self._edge(rule.when, _BACK, rule.span.first, stage)

    def last_day(self, rule: Rule) -> Edge:
        """The last day on which a forbid still holds, where it is true."""
        expires = None if rule.override is None else rule.override.expires
        ends = [day for day in (rule.span.last, expires) if day is not None]
        return self._edge(rule.when, _AHEAD, min(ends) + ONE_DAY if ends else None)

    def last_day_without(self, condition: Condition) -> Edge:
        """The last day before a condition becomes true, where it is not true."""
        return self._edge(Not(condition), _AHEAD)

    def _edge(
        self,
        condition: Condition,
        way: "_Way",
        own: date | None = None,
        stage: exp.Expr | None = None,
    ) -> Edge:
        days = OtherDays(self.names, way.beside, stage)
        return _Walk(way, days, Turns(days)).edge(condition, own)


@dataclass(frozen=True, slots=True)
class _Way:
    """Back from the day judged, or ahead of it."""

    beside: Beside
    counts: LiteralString
    nearest: LiteralString
    edge: int
    """How far after a turn the last day of the stretch lies that it ends."""
    beyond: int
    """How far after a turn the first day lies that is no longer in that stretch."""
    is_told: LiteralString
    """Whether a row tells what is in force up to the day beyond a turn."""
    is_reached: LiteralString
    """Whether it does on the stretch itself, where the rule's own days end it."""


_BACK = _Way(
    beside=BEFORE,
    counts="$turn <= $today",
    nearest="greatest($turns)",
    edge=0,
    beyond=-1,
    is_told="coalesce($turn > $bound, FALSE)",
    is_reached="$own >= $bound",
)
_AHEAD = _Way(
    beside=AFTER,
    counts="$turn > $today",
    nearest="least($turns)",
    edge=-1,
    beyond=0,
    is_told="coalesce($turn < $bound, FALSE)",
    is_reached="$own <= $bound",
)


@dataclass(frozen=True, slots=True)
class _Walk:
    way: _Way
    days: OtherDays
    turns: Turns

    def edge(self, condition: Condition, own: date | None) -> Edge:
        """How far a condition that is not false reaches; `own` is the turn of the rule itself."""
        found = self._nearest([*self._ending(condition, is_so=True)])
        ends = [] if own is None else [exp.convert(held(own))]
        turn = self._nearest([*ends, found])
        sure = [*self._told(condition, found, ends), *self._unmoved(condition)]
        day = cast(later(turn, self.way.edge), "BIGINT")
        return Edge(day, all_of(sure) if sure else exp.true())

    def _nearest(self, turns: Sequence[exp.Expr]) -> exp.Expr:
        # Both dialects skip nulls, which here are turns that do not count.
        every = list(dict.fromkeys(turns)) or [exp.Null()]
        return sql(self.way.nearest, turns=every) if len(every) > 1 else every[0]

    def _ending(self, condition: Condition, *, is_so: bool) -> Iterator[exp.Expr]:
        """The turns, null where they do not count, of which the nearest makes a condition false.

        Without `is_so`, true. It is neither on the day judged.
        """
        match condition:
            case Not(part):
                yield from self._ending(part, is_so=not is_so)
            case All(parts) | AnyOf(parts) if isinstance(condition, All) is is_so:
                for part in parts:
                    yield from self._ending(part, is_so=is_so)
            case Leaf() if self.turns.are_exact(condition):
                for turn in self.turns.of(condition):
                    yield cases([(self._counts(turn), turn)])
            case Leaf() | All() | AnyOf():
                found = (turn for leaf in leaves(condition) for turn in self.turns.of(leaf))
                for turn in dict.fromkeys(found):
                    said = self.days.says(condition, later(turn, self.way.beyond))
                    is_over = sql("NOT $said", said=said) if is_so else said
                    yield cases([(all_of([self._counts(turn), is_over]), turn)])

    def _counts(self, turn: exp.Expr) -> exp.Expr:
        return sql(self.way.counts, turn=turn, today=column(DAY))

    def _told(
        self, condition: Condition, turn: exp.Expr, own: Sequence[exp.Expr]
    ) -> Iterator[exp.Expr]:
        """Whether the row tells the terms that are read on all days up to the edge."""
        fars = [self.days.far(term) for term in self.days.dated(condition)]
        if fars:
            far = self._nearest(fars)
            yield any_of(
                [
                    sql("$far = $end", far=far, end=self.way.beside.end),
                    sql(self.way.is_told, turn=turn, bound=far),
                    *(sql(self.way.is_reached, own=day, bound=far) for day in own),
                ]
            )

    def _unmoved(self, condition: Condition) -> Iterator[exp.Expr]:
        """Whether no test of the commitment left differs on any day on this side.

        Only up to the edge would do, but to say it the edge would stand in it a dozen times.
        """
        names = self.days.names
        for leaf in leaves(condition):
            if COMMITMENT_LEFT not in read_besides_terms(leaf) or leaf.operator in _CONSTANT:
                continue
            # The amount only falls from day to day, so that an order turns once at most.
            once = leaf.operator.is_ordering and not self.days.dated(leaf)
            said = Row(names, names.currency).says(leaf) if once else names.commitment_left().value
            then = self.days.at_the_end(said)
            yield sql(
                "coalesce($one = $other, $one IS NULL AND $other IS NULL)", one=said, other=then
            )


_CONSTANT = (Operator.KNOWN, Operator.PRESENT)
