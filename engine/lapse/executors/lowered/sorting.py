"""The statement that sorts the rows of an export by what becomes of them.

It makes the table `sorted_rows`: for each row its number, its id, its `kind`, what the sums of its
customer are made of, what is seen of it, and
* `signature` and `more_signature`: equal in rows in which the same is undetermined, for want of the
  same; null where nothing is;
* which units, forbids and `only_if` are true or unknown, as bits of whole numbers (`Bits`), where
  some unit is true.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from lapse.decide.reference import REQUEST, REQUESTED_ON
from lapse.executors.lowered.columns import (
    BALANCES,
    CURRENCY,
    DAY,
    FIRST_SEEN,
    LEFT,
    LEFT_OUT,
    READ,
    UNBROKEN_SEEN,
)
from lapse.executors.lowered.conditions import Amount
from lapse.executors.lowered.names import Names
from lapse.executors.lowered.texts import shown
from lapse.executors.lowered.truths import Truths, packed
from lapse.executors.lowered.units import Unit
from lapse.inputs.relation import ROW, TOLD
from lapse.model.facts import STATUS, ValueType
from lapse.model.tables import currency_of
from lapse.runs.rows import AMOUNTS
from lapse.sql.expressions import (
    aliased,
    all_of,
    any_of,
    cases,
    column,
    is_null,
    is_there,
    query,
    sql,
)

SIGNATURES = ("signature", "more_signature")
ID, CUSTOMER = "subscription_id", ("customer_id", "customer_name", "market")
ON = "judged on"


class Kind(StrEnum):
    """What becomes of a row."""

    OUT = "out"
    """A layer leaves it out."""
    NOTHING = "nothing"
    """Every rule is false."""
    UNSURE = "unsure"
    """No rule is true, and some are undetermined."""
    ACTS = "acts"
    """Some rule is true."""
    LEFT = "left"
    """SQL does not know all that it takes."""


class Bits(StrEnum):
    """Which of the units, forbids or `only_if` a column has the bits of."""

    TRUE, OPEN = "true", "open"
    FORBIDS, MAY_FORBID = "forbids", "may forbid"
    LOCK_OPEN = "lock open"

    def column(self, word: int) -> str:
        return f"{self} {word}"


@dataclass(frozen=True, slots=True)
class _Said:
    """The truth of every unit, forbid and `only_if` in a row."""

    units: Sequence[exp.Expr]
    forbids: Sequence[exp.Expr]
    locks: Sequence[exp.Expr]

    def kind(self, units: Sequence[Unit]) -> exp.Expr:
        true = any_of([exp.false(), *self.units])
        is_left = any_of([column(LEFT), is_null(column(DAY)), _is_unanswered(self.units, units)])
        kinds = [(is_left, Kind.LEFT), (is_there(column(LEFT_OUT)), Kind.OUT), (true, Kind.ACTS)]
        kinds.append((is_null(true), Kind.UNSURE))
        return cases([(is_it, each.value) for is_it, each in kinds], _text(Kind.NOTHING))

    def is_any_open(self) -> exp.Expr:
        return any_of([exp.false(), *map(is_null, (*self.units, *self.forbids, *self.locks))])

    def bits(self, acts: exp.Expr) -> list[exp.Expr]:
        """The columns of `Bits`, null in rows that do not act."""
        flags = {
            Bits.TRUE: self.units,
            Bits.OPEN: map(is_null, self.units),
            Bits.FORBIDS: self.forbids,
            Bits.MAY_FORBID: map(is_null, self.forbids),
            Bits.LOCK_OPEN: map(is_null, self.locks),
        }
        return [
            aliased(cases([(acts, word)]), bits.column(number))
            for bits, of_each in flags.items()
            for number, word in enumerate(packed([*of_each]))
        ]


def sorting(joined: exp.Select, truths: Truths, names: Names, units: Sequence[Unit]) -> exp.Select:
    """The statement over rows with what is in force for them."""
    said = _Said(truths.of_units(), truths.of_forbids(), truths.of_locks())
    kind = truths.steps.named(said.kind(units))
    acts, is_unsure = (
        sql("$kind = $it", kind=kind, it=each.value) for each in (Kind.ACTS, Kind.UNSURE)
    )
    is_lacking = all_of([acts, said.is_any_open()])
    # To make a signature takes as long as all the rest, and most rows need none.
    parts = [*map(_joined, (truths.signature(), truths.more_signature()))]
    signatures = (
        cases([(any_of([is_unsure, is_lacking]), parts[0])]),
        cases([(is_lacking, parts[1]), (is_unsure, "")]),
    )
    selects = [
        *map(column, (ROW, TOLD, ID, LEFT_OUT)),
        aliased(kind, "kind"),
        aliased(column(READ), "is_read"),
        *(aliased(_told(column(name)), name) for name in (*CUSTOMER, CURRENCY)),
        *_amounts(names),
        aliased(sql("DATE '1970-01-01' + CAST($day AS INT)", day=column(DAY)), ON),
        *map(column, BALANCES),
        *_sightings(),
        *map(aliased, signatures, SIGNATURES),
        *said.bits(acts),
    ]
    table = truths.steps.over(joined.subquery("joined", copy=False))
    return query("SELECT $selects FROM $table", selects=selects, table=table)


def _joined(parts: Sequence[exp.Expr]) -> exp.Expr:
    return sql("concat_ws(' ', $parts)", parts=parts)


def _is_unanswered(of_units: Sequence[exp.Expr], units: Sequence[Unit]) -> exp.Expr:
    """Whether a request waits which no rule answers: what was given for it, orders tell."""
    tracks = [unit.rule.track for unit in units]
    answering = [
        sql("coalesce($it, TRUE)", it=said)
        for said, track in zip(of_units, tracks, strict=True)
        if track is not None and track.anchor == REQUESTED_ON
    ]
    is_asked = is_there(column(REQUEST))
    none = sql("NOT $any", any=any_of(answering)) if answering else exp.true()
    return all_of([is_asked, none])


def _amounts(names: Names) -> list[exp.Expr]:
    """The amounts that are summed by customer, each with its currency."""
    found = (names.fact("debt"), names.monthly("unit_price"), names.commitment_left())
    columns = []
    for name, amount in zip(AMOUNTS, found, strict=True):
        assert isinstance(amount, Amount)
        columns += [aliased(amount.value, name)]
        columns += [aliased(_told(amount.currency), currency_of(name))]
    return columns


def _sightings() -> list[exp.Expr]:
    """The cells of a row of `seen`, null where nothing is seen."""
    days = {"first_day": FIRST_SEEN, "unbroken_since": UNBROKEN_SEEN, "last_seen": DAY}
    told = {name: shown(column(day), ValueType.DATE) for name, day in days.items()}
    is_seen = is_there(column(FIRST_SEEN))
    cells = {STATUS: column(STATUS), **told}
    return [aliased(cases([(is_seen, cell)]), name) for name, cell in cells.items()]


def _told(text: exp.Expr) -> exp.Expr:
    return sql("coalesce($text, '')", text=text)


def _is_true(said: exp.Expr) -> exp.Expr:
    return sql("coalesce($said, FALSE)", said=said)


def _text(kind: Kind) -> exp.Expr:
    return exp.Literal.string(kind.value)
