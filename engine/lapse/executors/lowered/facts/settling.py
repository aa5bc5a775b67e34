"""The facts of exports as settled rows: `decide.known` as SQL, for rows that need nothing else.

A blank becomes what a blank means, and a fact without a column what is assumed of it. Rows that
need more than that are only marked (`LEFT`), for `decide.known` to settle them: those of customers
with very many invoices. What invoices say is owed is settled in `debts`, and what runs saw and
ordered in `sighted`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum, auto

from sqlglot import exp

from lapse.decide.seen import FACTS_SEEN
from lapse.executors.lowered.words.columns import (
    CURRENCY,
    LEFT,
    READ,
    TERM_END,
    Fact,
    absent_column,
    as_told,
    columns,
    nothing,
)
from lapse.executors.lowered.words.conditions import held
from lapse.inputs.relation import BILLED, BILLED_WITH, BROKEN, HELD_OPEN, MANY, ROW, TOLD, Relation
from lapse.model.days import NEVER
from lapse.model.facts import (
    ABSENT,
    ACTIVE,
    STATUS,
    UNBROKEN,
    BlankRule,
    FactSpec,
    Missing,
    Value,
    ValueType,
    Vocabulary,
)
from lapse.model.invoices import FACTS_OWED, NEXT_DUE, NEXT_DUE_ON, PAST_DUE_SINCE
from lapse.model.money import Money
from lapse.model.tables import currency_of
from lapse.sql.expressions import (
    aliased,
    all_of,
    any_of,
    cases,
    column,
    first_of,
    is_null,
    is_there,
    query,
    sql,
)

SUSPENDED_FOR, HOLD = "suspended_for", "hold_until"
LATER = (TERM_END, NEXT_DUE_ON, NEXT_DUE, UNBROKEN, *FACTS_SEEN, SUSPENDED_FOR)
"""Facts that are completed where no cell tells them: from others, by the day, by earlier runs."""


class Lack(Enum):
    """Why a fact has no cell in some rows: no input has a column for it, or the row is rejected."""

    NO_COLUMN = auto()
    REJECTED = auto()


class Given(Enum):
    """A fact with a column."""

    COLUMN = auto()


Origin = Given | Lack | tuple[Value]
"""Where a fact comes from in some rows; a tuple holds the value that is assumed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How a relation's facts are settled; `assumed` is what the run assumes of facts."""

    relation: Relation
    words: Vocabulary
    assumed: Mapping[str, Value]

    def settled(self) -> exp.Select:
        """Each row with its facts; those that `LATER` names are only as told."""
        status = self._fact(self.words.facts[STATUS]).value
        is_read = all_of([is_there(status), self.has_column(STATUS)])
        kept = [ROW, TOLD]
        kept += (BILLED, BILLED_WITH, BROKEN) if self.relation.has_invoices else ()
        selects: list[exp.Expr] = [column(name, "facts") for name in kept]
        # Decided one by one: who has too many invoices.
        many = column(MANY) if self.relation.has_invoices else exp.false()
        selects += [aliased(many, as_told(LEFT)), aliased(is_read, READ)]
        for name, spec in self._specs().items():
            selects += columns(spec, self._fact(spec), as_told(name) if name in LATER else name)
        return query(
            "SELECT $selects FROM $rows AS facts", selects=selects, rows=self.relation.query
        )

    def absent(self) -> AbstractSet[str]:
        """The facts that can be absent in some row; of `LATER` any may be."""
        facts = ((name, self._fact(spec)) for name, spec in self._specs().items())
        later = {*LATER, PAST_DUE_SINCE} if self.relation.has_invoices else {*LATER}
        return later | {name for name, fact in facts if fact.is_absent is not None}

    def _specs(self) -> Mapping[str, FactSpec]:
        """The facts that cells tell; what is owed they do not where there are invoices."""
        owed = FACTS_OWED if self.relation.has_invoices else ()
        return {name: spec for name, spec in self.words.facts.items() if name not in owed}

    def told(self, name: str) -> Fact:
        """The columns of one of `LATER` as it is told."""
        return self._columns(name, as_told(name))

    def final(self, name: str) -> Fact:
        """The columns of any other fact."""
        return self._columns(name, name)

    def _columns(self, name: str, shown: str) -> Fact:
        spec = self.words.facts[name]
        has_absence = self._fact(spec).is_absent is not None
        absent = column(absent_column(shown)) if has_absence else None
        money = column(currency_of(shown)) if spec.type is ValueType.MONEY else None
        return Fact(column(shown), absent, money)

    def has_column(self, name: str) -> exp.Expr:
        """Whether a column tells a fact of a row, and not only an assumption."""
        origins = self._origins(name)
        read = [n for n, each in enumerate(origins) if each in {Given.COLUMN, Lack.REJECTED}]
        return sql("$told IN ($read)", told=column(TOLD), read=read) if read else exp.false()

    def is_told(self, name: str) -> exp.Expr:
        """Whether a column or an assumption tells a fact of a row."""
        origins = self._origins(name)
        without = _places(origins, Lack.NO_COLUMN)
        if len(without) in {0, len(origins)}:
            return exp.convert(not without)
        return sql("$told NOT IN ($without)", told=column(TOLD), without=without)

    def _fact(self, spec: FactSpec) -> Fact:
        origins = self._origins(spec.name)
        kinds = [(self._as(spec, kind), kind) for kind in dict.fromkeys(origins)]
        if len(kinds) == 1:
            return kinds[0][0]
        chosen = [
            (sql("$told IN ($these)", told=column(TOLD), these=_places(origins, kind)), fact)
            for fact, kind in kinds
        ]
        is_absent = [(is_it, fact.is_absent or exp.false()) for is_it, fact in chosen]
        return Fact(
            cases([(is_it, fact.value) for is_it, fact in chosen]),
            cases(is_absent) if any(fact.is_absent for fact, _ in kinds) else None,
            cases([(is_it, fact.currency or exp.Null()) for is_it, fact in chosen]),
        )

    def _origins(self, name: str) -> list[Origin]:
        """Where a fact comes from, for each entry of the relation's `told`."""
        return [self._origin(name, number) for number in range(len(self.relation.told))]

    def _origin(self, name: str, number: int) -> Origin:
        told = self.relation.told[number]
        if name in told.lost:
            return Lack.REJECTED
        if name in told.facts or (name == HOLD and self.relation.has_holds):
            return Given.COLUMN
        assumed = {**told.assumed, **self.assumed}
        return (assumed[name],) if name in assumed else Lack.NO_COLUMN

    def _as(self, spec: FactSpec, origin: Origin) -> Fact:
        match origin:
            case Given.COLUMN:
                return self._blanked(spec, self._cell(spec))
            case Lack.REJECTED:
                # A null may stand in the row that cannot be read.
                return self._cell(spec)
            case Lack.NO_COLUMN:
                return nothing(spec)
            case (value,):
                return self._assumed(spec, value)

    def _cell(self, spec: FactSpec) -> Fact:
        """What a cell says; null where it is blank."""
        if spec.name not in self.relation.facts:
            return nothing(spec)
        raw = column(spec.name, "facts")
        match spec.type:
            case ValueType.DATE:
                is_never = sql("coalesce(year($raw) = $never, FALSE)", raw=raw, never=NEVER)
                days = sql("date_diff('day', DATE '1970-01-01', $raw)", raw=raw)
                value = cases([(is_never, None)], days)
                return Fact(value, is_never if spec.never is ABSENT else None)
            case ValueType.INSTANT:
                return Fact(sql("epoch_us($raw)", raw=raw))
            case ValueType.DAYS_LIST:
                return Fact(sql("array_to_string($raw, ',')", raw=raw))
            case ValueType.MONEY:
                return Fact(raw, None, self._owned(column(currency_of(spec.name), "facts")))
            case _:
                return Fact(raw)

    def _blanked(self, spec: FactSpec, cell: Fact) -> Fact:
        """A cell with what its blank means."""
        is_blank = self._is_blank(spec)
        match spec.blank:
            case Missing.UNKNOWN | BlankRule.REJECTED:
                return cell
            case Missing.ABSENT:
                return Fact(cell.value, _either(is_blank, cell.is_absent), cell.currency)
            case BlankRule():
                is_absent = all_of([is_blank, self._is_without(spec)])
                return Fact(cell.value, _either(is_absent, cell.is_absent), cell.currency)
            case value:
                known = self._literal(value)
                money = [(is_blank, known.currency)] if known.currency else []
                return Fact(
                    cases([(is_blank, known.value)], cell.value),
                    cell.is_absent,
                    cases(money, cell.currency) if money else None,
                )

    def _is_blank(self, spec: FactSpec) -> exp.Expr:
        if spec.name not in self.relation.facts:
            return exp.true()
        is_blank = is_null(column(spec.name, "facts"))
        if spec.name != HOLD or not self.relation.has_holds:
            return is_blank
        return sql("$blank AND NOT $open", blank=is_blank, open=column(HELD_OPEN, "facts"))

    def _assumed(self, spec: FactSpec, value: Value) -> Fact:
        if spec.blank is not BlankRule.BY_STATUS:
            return self._literal(value)
        fact, is_without = self._literal(value), self._is_without(spec)
        return Fact(
            cases([(is_without, None)], fact.value),
            _either(is_without, fact.is_absent),
            fact.currency,
        )

    def _literal(self, value: object) -> Fact:
        match value:
            case Missing():
                return Fact(exp.Null(), exp.true() if value is ABSENT else None, exp.Null())
            case Money(amount, currency):
                exact = sql("CAST($amount AS DECIMAL(18, 4))", amount=f"{amount:f}")
                return Fact(exact, None, self._owned(exp.convert(currency)))
            case _:
                return Fact(exp.convert(held(value)))  # type: ignore[arg-type]

    def _owned(self, currency: exp.Expr) -> exp.Expr:
        """The currency of an amount: where it has none, that of its row."""
        return first_of([currency, self._fact(self.words.facts[CURRENCY]).value])

    def _has_status(self, status: str | None) -> exp.Expr:
        own = self._fact(self.words.facts[STATUS]).value
        return sql("coalesce($own = $status, FALSE)", own=own, status=status)

    def _is_without(self, spec: FactSpec) -> exp.Expr:
        """Whether the status says that there is no such fact; not while it is unknown."""
        own = self._fact(self.words.facts[STATUS]).value
        if spec.blank is BlankRule.UNLESS_ACTIVE:
            return self._has_status(ACTIVE)
        return sql("coalesce($own <> $status, FALSE)", own=own, status=spec.status)


def _places(origins: Sequence[Origin], kind: Origin) -> list[int]:
    return [number for number, origin in enumerate(origins) if origin == kind]


def _either(one: exp.Expr, other: exp.Expr | None) -> exp.Expr:
    return one if other is None else any_of([one, other])
