"""What rules say of the rows in which some may act: the table `verdicts`.

It has for each such row its number, its id, its `kind`, and
* `signature` and `more_signature`: equal in rows in which the same is undetermined, for want of the
  same; null where nothing is;
* which units, forbids and `only_if` are true or unknown, as bits of whole numbers (`Bits`), where
  some unit is true.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from lapse.decide.reference import REQUEST, REQUESTED_ON
from lapse.executors.lowered.facts.judged_rows import AnyRows
from lapse.executors.lowered.rules.sieve import Sieve
from lapse.executors.lowered.rules.sorting import ID, Kind
from lapse.executors.lowered.rules.truths import Truths, packed
from lapse.executors.lowered.words.units import Unit
from lapse.inputs.relation import ROW
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
from lapse.sql.named_tables import Tables

MAY_ACT = "may_act"
"""The table of the rows in which some rule may act, with their facts and keys."""
SIGNATURES = ("signature", "more_signature")


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

    def kind(self, unanswered: exp.Expr) -> exp.Expr:
        true = any_of(self.units)
        kinds = [(unanswered, Kind.LEFT), (true, Kind.ACTS), (is_null(true), Kind.UNSURE)]
        return cases(
            [(is_it, each.value) for is_it, each in kinds], exp.convert(Kind.NOTHING.value)
        )

    def is_any_open(self) -> exp.Expr:
        return any_of(map(is_null, (*self.units, *self.forbids, *self.locks)))

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


def judge(tables: Tables, rows: AnyRows, units: Sequence[Unit], *, is_tonight: bool = True) -> None:
    """Makes the table, and `MAY_ACT`, from `sorted_rows`.

    Of tonight's rows that is left whose request no rule answers.
    """
    text = rows.statements.text
    few = text("may act", lambda: _may_act(rows))
    tables.make(MAY_ACT, few)
    passing = _passing(tables, rows, units)

    def build() -> exp.Expr:
        return judging(
            rows, Truths(rows.lexicon, rows.names, passing), units if is_tonight else None
        )

    tables.make("verdicts", text("verdicts", build, passing))


def _may_act(rows: AnyRows) -> exp.Select:
    numbers = query(
        "SELECT $row FROM sorted_rows WHERE kind = $kind",
        row=column(ROW),
        kind=Kind.MAY_ACT.value,
    )
    return rows.keyed_among(numbers)


def _passing(tables: Tables, rows: AnyRows, units: Sequence[Unit]) -> list[int]:
    """The numbers of the rules that pass in some row; most policy sets have more programs."""
    if not rows.lexicon.rules:
        return []

    def build() -> exp.Expr:
        sieve = Sieve(rows.lexicon, rows.names, units)
        any_row = [sql("bool_or($passes)", passes=passes) for passes in sieve.passing()]
        over = sieve.steps.over(may_act(rows, sieve.steps.read_by(any_row)))
        return query("SELECT $any_row FROM $rows", any_row=any_row, rows=over)

    (found,) = tables.found(rows.statements.text("passing", build))
    return [number for number, passes in enumerate(found) if passes]


def may_act(rows: AnyRows, read: Collection[str]) -> exp.Subquery:
    """The rows of `MAY_ACT` with what is in force for them, as far as it is read."""
    # Joined again by each statement: one reads few of the columns, and each costs to be copied.
    return rows.with_terms(exp.to_table(MAY_ACT), read).subquery("judged", copy=False)


def judging(rows: AnyRows, truths: Truths, answering: Sequence[Unit] | None) -> exp.Select:
    """The statement over the rows in which some rule may act; `answering` are all units or null."""
    said = _Said(truths.of_units(), truths.of_forbids(), truths.of_locks())
    unanswered = exp.false() if answering is None else _is_unanswered(said.units, answering)
    kind = truths.steps.named(said.kind(unanswered))
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
        *map(column, (ROW, ID)),
        aliased(kind, "kind"),
        *map(aliased, signatures, SIGNATURES),
        *said.bits(acts),
    ]
    table = truths.steps.over(may_act(rows, truths.steps.read_by(selects)))
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
