"""What is said of a row on another day than the one judged, over the columns of the same row.

Facts stay as they are. The moment moves, and what is counted from it; a dated term has another
value, which the row tells as far as the next change but one (`term_days`). The commitment left does
not move here: its days are not among the columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from lapse.executors.lowered.words.columns import (
    BILLED_IN_ALL,
    BILLED_UNTIL_NOW,
    DAY,
    INSTANT,
    PROVIDER_DAY,
)
from lapse.executors.lowered.words.conditions import Row
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.term_days import BEFORE, Beside
from lapse.model.condition import Condition, Name, NameKind, names
from lapse.sql.expressions import cases, column, sql

A_DAY = 24 * 60 * 60 * 1_000_000
"""In microseconds."""
_STAGE = column("stage judged")
"""Stands for the stage, whose value is that of the day judged even where it is a dated term."""


@dataclass(frozen=True, slots=True)
class OtherDays:
    """The days before the one judged, or after it; `stage` is the value of `$stage`."""

    names: Names
    beside: Beside
    stage: exp.Expr | None

    def says(self, condition: Condition, day: exp.Expr) -> exp.Expr:
        """Whether a condition holds on a day."""
        said = Row(self.names, self.names.currency, _STAGE).says(condition)
        gone = sql("$day - $today", day=day, today=column(DAY))
        provider_day = sql("$now + $gone", now=column(PROVIDER_DAY), gone=gone)
        later = sql("$gone * $whole", gone=gone, whole=A_DAY)
        by = {
            DAY: day,
            PROVIDER_DAY: provider_day,
            INSTANT: sql("$now + $later", now=column(INSTANT), later=later),
            _STAGE.name: exp.Null() if self.stage is None else self.stage,
        }
        is_before = self.beside is BEFORE
        for term in self.dated(condition):
            near = self.near(term)
            is_beside = sql("$day < $near" if is_before else "$day >= $near", day=day, near=near)
            for name in self.names.terms.columns(term):
                there = column(self.beside.column(name))
                by[name] = cases([(is_beside, there)], column(name))
        return _exchanged(said, by)

    def at_the_end(self, said: exp.Expr) -> exp.Expr:
        """What is said of the commitment left, said of the first day of all, or of the last."""
        billed_then = exp.convert(0) if self.beside is BEFORE else column(BILLED_IN_ALL)
        return _exchanged(said, {BILLED_UNTIL_NOW: billed_then})

    def there(self, term: str, value: exp.Expr) -> exp.Expr:
        """The value of a dated term beside the days on which it has that of the day judged."""
        named = self.names.terms.columns(term)
        return _exchanged(value, {name: column(self.beside.column(name)) for name in named})

    def dated(self, condition: Condition) -> list[str]:
        """The terms that a condition reads and that do not have one value on all days."""
        return sorted({name.name for name in names(condition) if self.is_dated(name)})

    def is_dated(self, name: Name) -> bool:
        return name.kind is NameKind.TERM and self.names.terms.lexicon.is_dated(name.name)

    def near(self, term: str) -> exp.Expr:
        """The bound of the days with the value of the day judged; null where it does not move."""
        bound, is_free = column(self.beside.near(term)), self._is_free(term)
        return bound if is_free is None else cases([(is_free, bound)])

    def far(self, term: str) -> exp.Expr:
        """The bound of the days of which the row tells the value."""
        bound: exp.Expr = column(self.beside.far(term))
        is_free = self._is_free(term)
        if is_free is not None:
            bound = cases([(is_free, bound)], column(self.beside.pinned(term)))
        return sql("coalesce($bound, $end)", bound=bound, end=self.beside.end)

    def _is_free(self, term: str) -> exp.Expr | None:
        """Whether a pinned term has the value of the day judged, for want of the day of its pin."""
        pin = self.names.terms.lexicon.pin_of(term)
        return None if pin is None else self.names.fact(pin).is_absent or exp.false()


def _exchanged(tree: exp.Expr, by: Mapping[str, exp.Expr]) -> exp.Expr:
    """A copy of a tree with others in place of some columns."""
    root = exp.Paren(this=tree.copy())
    for read in list(root.find_all(exp.Column)):
        if read.name in by:
            read.replace(exp.Paren(this=by[read.name].copy()))
    return root
