"""What is true in the rows that act, as one long table: the specification's steps 1 to 3.

Each unit that is true in some row is a `SELECT` over these rows, and only such units are: of some
hundred rules a night has a few dozen. What a row needs that SQL does not say, the column `is_sure`
tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from lapse.executors.lowered.orders.stretches import Stretches
from lapse.executors.lowered.rules.verdicts import Bits
from lapse.executors.lowered.words.columns import BITS, day_column, term_column
from lapse.executors.lowered.words.conditions import Amount, Row, written
from lapse.executors.lowered.words.names import Names, is_known
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.texts import Texts
from lapse.executors.lowered.words.units import Unit, Units
from lapse.inputs.relation import ROW
from lapse.model.condition import Name
from lapse.model.facts import ABSENT, ValueType
from lapse.model.rule import CALENDAR_TERM, Rule, Today
from lapse.sql.expressions import (
    aliased,
    all_of,
    any_of,
    cases,
    cast,
    column,
    is_there,
    query,
    sql,
)

ACTING = "acting"
"""The table of rows that act, with all that is known about them and their bits."""

TRUE = {
    **dict.fromkeys(("row_id", "unit", "stage", "position", "since", "anchor_day"), "BIGINT"),
    **dict.fromkeys(("days", "fresh_days", "lock_until"), "BIGINT"),
    **dict.fromkeys(("calendar", "because"), "VARCHAR"),
    **dict.fromkeys(("lock", "is_shown", "is_sure"), "BOOLEAN"),
}
OPEN = dict.fromkeys(("row_id", "unit", "stage"), "BIGINT")
FORBIDDING = {
    **dict.fromkeys(("row_id", "forbid", "until"), "BIGINT"),
    **dict.fromkeys(("is_open", "is_sure"), "BOOLEAN"),
}
"""The columns of the tables `true_units`, `open_units` and `forbidding`."""


@dataclass(frozen=True, slots=True)
class _Lock:
    """What an action's `only_if` says, null without one, and until when it does not hold."""

    says: exp.Expr | None = None
    until: exp.Expr | None = None
    is_sure: exp.Expr = field(default_factory=exp.true)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The statements over `ACTING`."""

    lexicon: Lexicon
    names: Names
    units: Sequence[Unit]
    has_texts: bool = True
    """Whether it is told at once why a unit is true: otherwise that is null."""

    def true(self, numbers: Sequence[int]) -> exp.Query:
        """A row for each row and unit that is true in it, of the units with these numbers."""
        return _united([self._true(self.units[number]) for number in numbers])

    def _true(self, unit: Unit) -> exp.Select:
        rule = unit.rule
        stretch, anchor = self._stretches.first_day(rule, unit.stage), self.names.fact(rule.anchor)
        is_instant = self.names.words.facts[rule.anchor].type is ValueType.INSTANT
        shown, lock = self._shown(rule), self._lock(rule)
        waits = (rule.after.days, rule.after.within) if rule.after is not None else (None, None)
        days, fresh_days = (None if each is None else self._number(each) for each in waits)
        calendar = column(term_column(CALENDAR_TERM)) if rule.is_business else None
        needed = [is_there(each) for each in (days, fresh_days, calendar) if each is not None]
        sure = all_of([stretch.is_sure, is_known(anchor), lock.is_sure, *needed])
        cells: dict[str, exp.Expr | None] = {
            "row_id": column(ROW),
            "unit": exp.convert(unit.number),
            "stage": unit.stage,
            "position": self._position(unit),
            "since": stretch.day,
            "anchor_day": column(day_column(rule.anchor)) if is_instant else anchor.value,
            "days": days,
            "fresh_days": fresh_days,
            "lock": lock.says,
            "lock_until": lock.until,
            "calendar": calendar,
            "because": self._texts.because(rule, unit.stage) if self.has_texts else None,
            "is_shown": sql("coalesce($shown, FALSE)", shown=shown),
            "is_sure": cases([(shown, True), (sql("NOT $shown", shown=shown), sure)], exp.false()),
        }
        return query(
            "SELECT $selects FROM $rows AS acting WHERE $is_true",
            selects=[aliased(cast(cells[name], type_), name) for name, type_ in TRUE.items()],
            rows=ACTING,
            is_true=all_of([has_bit(Bits.TRUE, unit.number), self._is_first(unit)]),
        )

    def _lock(self, rule: Rule) -> "_Lock":
        condition = self.lexicon.locks.get(str(rule.action))
        if condition is None or rule.track is None or rule.track.is_provider:
            return _Lock()
        says = Row(self.names, self.names.currency).says(condition)
        until = self._stretches.last_day_without(condition)
        is_closed = sql("coalesce(NOT $lock, FALSE)", lock=says)
        is_sure = any_of([sql("NOT $closed", closed=is_closed), until.is_sure])
        # Where nobody knows whether it is open, nobody knows until when it is closed.
        return _Lock(says, cases([(is_closed, until.day)]), is_sure)

    def open(self, numbers: Sequence[int]) -> exp.Query:
        """A row for each row and unit that is unknown in it; without a stage if its rule is."""
        return _united([self._open(self.units[number]) for number in numbers])

    def _open(self, unit: Unit) -> exp.Select:
        is_whole = Units(self.lexicon, self.names).is_open(unit.of)
        stage = None if unit.stage is None else cases([(is_whole, None)], unit.stage)
        cells = {"row_id": column(ROW), "unit": exp.convert(unit.number), "stage": stage}
        return query(
            "SELECT $selects FROM $rows AS acting WHERE $is_open",
            selects=[aliased(cast(cells[name], type_), name) for name, type_ in OPEN.items()],
            rows=ACTING,
            is_open=has_bit(Bits.OPEN, unit.number),
        )

    def forbidding(self, sure: Sequence[int], open_: Sequence[int]) -> exp.Query:
        """A row for each row and forbid that is true in it, or unknown (`is_open`)."""
        ends = [(number, self._stretches.last_day(self.lexicon.forbids[number])) for number in sure]
        parts = [self._forbids(number, end.day, end.is_sure) for number, end in ends]
        parts += [self._forbids(number, None, None) for number in open_]
        return _united(parts)

    def _forbids(self, number: int, until: exp.Expr | None, is_sure: exp.Expr | None) -> exp.Select:
        bits = Bits.MAY_FORBID if is_sure is None else Bits.FORBIDS
        cells = {
            "row_id": column(ROW),
            "forbid": exp.convert(number),
            "until": until,
            "is_open": exp.convert(is_sure is None),
            "is_sure": exp.true() if is_sure is None else is_sure,
        }
        return query(
            "SELECT $selects FROM $rows AS acting WHERE $is_meant",
            selects=[aliased(cast(cells[name], type_), name) for name, type_ in FORBIDDING.items()],
            rows=ACTING,
            is_meant=has_bit(bits, number),
        )

    @property
    def _stretches(self) -> Stretches:
        return Stretches(self.names)

    @property
    def _texts(self) -> Texts:
        return Texts(self.names)

    def _number(self, days: int | Name) -> exp.Expr:
        return exp.convert(days) if isinstance(days, int) else self.names(days).value

    def _position(self, unit: Unit) -> exp.Expr:
        """The place of a stage among those that its row has, each counted once."""
        before = self._stages_before(unit)
        if not before:
            return exp.convert(0)
        return sql("array_length(list_distinct([$before]))", before=before)

    def _is_first(self, unit: Unit) -> exp.Expr:
        """Whether no earlier stage has the same value: one that a list has twice is one stage."""
        before = self._stages_before(unit)
        if not before:
            return exp.true()
        contains = sql("list_contains([$before], $stage)", before=before, stage=unit.stage)
        return sql("NOT coalesce($contains, FALSE)", contains=contains)

    def _stages_before(self, unit: Unit) -> list[exp.Expr]:
        """The stages of the same rule before one, null where the row has none."""
        return [
            cases([(each.is_had, each.stage)])
            for each in self.units[: unit.number]
            if each.of == unit.of and each.stage is not None and each.is_had is not None
        ]

    def _shown(self, rule: Rule) -> exp.Expr:
        """Whether facts show what an action sets; NULL where all known ones do, but not all are."""
        if not rule.sets:
            return exp.false()
        return all_of([self._is_shown(name, wanted) for name, wanted in rule.sets.items()])

    def _is_shown(self, name: str, wanted: object) -> exp.Expr:
        cell = self.names.fact(name)
        absent = exp.false() if cell.is_absent is None else cell.is_absent
        if wanted is Today.TODAY:
            return cases([(absent, False), (is_there(cell.value), True)])
        if wanted is ABSENT:
            return cases([(absent, True), (is_there(cell.value), False)])
        value = written(wanted)  # type: ignore[arg-type]
        same = sql("$one = $two", one=cell.value, two=value.value)
        if isinstance(value, Amount):
            assert isinstance(cell, Amount)
            own = sql("$one IS NOT DISTINCT FROM $two", one=cell.currency, two=value.currency)
            same = all_of([same, own])
        return cases([(absent, False)], same)


def has_bit(bits: Bits, number: int) -> exp.Expr:
    word, bit = bits.column(number // BITS), 1 << number % BITS
    return sql("($word & $bit) <> 0", word=column(word), bit=bit)


def _united(parts: Sequence[exp.Select]) -> exp.Query:
    return exp.union(*parts, distinct=False, copy=False) if len(parts) > 1 else parts[0]
