"""The statement that sorts the rows of an export: the table `sorted_rows`.

It has for each row its number, its id, its `kind`, what the sums of its customer are made of, and
what is seen of it.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from lapse.decide.reference import REQUEST
from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.rules.sieve import Sieve
from lapse.executors.lowered.words.columns import (
    BALANCES,
    CURRENCY,
    DAY,
    FIRST_SEEN,
    LEFT,
    LEFT_OUT,
    READ,
    UNBROKEN_SEEN,
)
from lapse.executors.lowered.words.conditions import Amount
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.texts import shown
from lapse.executors.lowered.words.units import Unit
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
    render,
    sql,
)
from lapse.sql.sandbox import pattern, write_scratch

if TYPE_CHECKING:
    from lapse.sql.sandbox import Connection

ID, CUSTOMER = "subscription_id", ("customer_id", "customer_name", "market")
ON = "judged on"


class Kind(StrEnum):
    """What becomes of a row."""

    OUT = "out"
    """A layer leaves it out."""
    NOTHING = "nothing"
    """Every rule is false."""
    MAY_ACT = "may act"
    """Sorted only: some rule may be true or undetermined, which `verdicts` tells."""
    UNSURE = "unsure"
    """No rule is true, and some are undetermined."""
    ACTS = "acts"
    """Some rule is true."""
    LEFT = "left"
    """SQL does not know all that it takes."""


def sort(connection: "Connection", rows: JudgedRows, units: Sequence[Unit], scratch: Path) -> None:
    """Makes the table, of a file in a private folder: of all rows in memory there is no bound."""
    sorted_ = sorting(rows, Sieve(rows.lexicon, rows.names, units))
    file = scratch / "sorted.parquet"
    write_scratch(connection.sql(render(sorted_)), file)
    made = query("SELECT * FROM read_parquet($file)", file=pattern(file))
    connection.execute(f"CREATE OR REPLACE VIEW sorted_rows AS {render(made)}")


def sorting(rows: JudgedRows, sieve: Sieve) -> exp.Select:
    """The statement over all rows."""
    selects = [
        *map(column, (ROW, TOLD, ID, LEFT_OUT)),
        aliased(_kind(sieve), "kind"),
        aliased(column(READ), "is_read"),
        *(aliased(_told(column(name)), name) for name in (*CUSTOMER, CURRENCY)),
        *_amounts(sieve.cells),
        aliased(sql("DATE '1970-01-01' + CAST($day AS INT)", day=column(DAY)), ON),
        *map(column, BALANCES),
        *_sightings(),
    ]
    joined = rows.query(sieve.steps.read_by(selects))
    table = sieve.steps.over(joined.subquery("joined", copy=False))
    return query("SELECT $selects FROM $table", selects=selects, table=table)


def _kind(sieve: Sieve) -> exp.Expr:
    is_left = any_of([column(LEFT), is_null(column(DAY))])
    # A request that no rule answers is not for SQL, either.
    is_nothing = all_of([is_null(column(REQUEST)), sieve.is_nothing()])
    kinds = [(is_left, Kind.LEFT), (is_there(column(LEFT_OUT)), Kind.OUT)]
    kinds += [(is_nothing, Kind.NOTHING)]
    may_act = exp.convert(Kind.MAY_ACT.value)
    return cases([(is_it, each.value) for is_it, each in kinds], may_act)


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
