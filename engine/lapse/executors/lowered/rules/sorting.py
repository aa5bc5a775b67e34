"""The statement that sorts the rows of an export: the table `sorted_rows`.

It has for each row its number, its id, its `kind`, its customer, whether anything is owed, and what
is seen of it. Of most customers nothing is told; what the sums of the others are made of, `amounts`
reads again.
"""

from collections.abc import Sequence
from enum import StrEnum

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
    OWN,
    READ,
    SHARED,
    SHARED_OF_ITS,
    UNBROKEN_SEEN,
)
from lapse.executors.lowered.words.conditions import Amount
from lapse.executors.lowered.words.texts import shown
from lapse.executors.lowered.words.units import Unit
from lapse.inputs.relation import ROW
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
from lapse.sql.named_tables import Tables

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


def sort(tables: Tables, rows: JudgedRows, units: Sequence[Unit]) -> None:
    """Makes the table."""

    def build() -> exp.Expr:
        return sorting(rows, Sieve(rows.lexicon, rows.names, units))

    tables.keep("sorted_rows", rows.statements.text("sorted", build))


def sorting(rows: JudgedRows, sieve: Sieve) -> exp.Select:
    """The statement over all rows."""
    names = sieve.cells
    monthly = names.monthly("unit_price")
    has_debt = sql("coalesce($debt <> 0, FALSE)", debt=names.fact("debt").value)
    balances = (is_there(column(balance)) for balance in (OWN, SHARED, SHARED_OF_ITS))
    selects = [
        *map(column, (ROW, ID, LEFT_OUT)),
        aliased(_kind(sieve), "kind"),
        aliased(column(READ), "is_read"),
        *_customer_key(),
        aliased(any_of([has_debt, *balances]), "is_owing"),
        aliased(_told(monthly.currency), "currency"),
        aliased(sql("coalesce($amount <> 0, FALSE)", amount=monthly.value), "is_paid_for"),
        *_sightings(),
    ]
    joined = rows.query(sieve.steps.read_by(selects))
    table = sieve.steps.over(joined.subquery("joined", copy=False))
    return query("SELECT $selects FROM $table", selects=selects, table=table)


def _customer_key() -> list[exp.Expr]:
    """A customer's id, and its name where the id is not known; each blank otherwise."""
    id_, name = (_told(column(fact)) for fact in ("customer_id", "customer_name"))
    nameless = cases([(sql("$id = ''", id=id_), name)], exp.convert(""))
    return [aliased(id_, "customer_id"), aliased(nameless, "nameless")]


def amounts(rows: JudgedRows) -> exp.Select:
    """What the sums of customers are made of, of each row: with its number and currencies."""
    names = rows.names
    found = (names.fact("debt"), names.monthly("unit_price"), names.commitment_left())
    selects = [
        column(ROW),
        *(aliased(_told(column(name)), name) for name in (*CUSTOMER, CURRENCY)),
        aliased(sql("DATE '1970-01-01' + CAST($day AS INT)", day=column(DAY)), ON),
        *map(column, BALANCES),
    ]
    for name, amount in zip(AMOUNTS, found, strict=True):
        assert isinstance(amount, Amount)
        selects += [aliased(amount.value, name)]
        selects += [aliased(_told(amount.currency), currency_of(name))]
    read = {each.name for value in selects for each in value.find_all(exp.Column)}
    return query("SELECT $selects FROM $rows AS judged", selects=selects, rows=rows.query(read))


def _kind(sieve: Sieve) -> exp.Expr:
    # A request that no rule answers is not for SQL, either.
    return kind_of(all_of([is_null(column(REQUEST)), sieve.is_nothing()]))


def kind_of(is_nothing: exp.Expr) -> exp.Expr:
    """What becomes of a row of which it is known where every rule is false."""
    is_left = any_of([column(LEFT), is_null(column(DAY))])
    kinds = [(is_left, Kind.LEFT), (is_there(column(LEFT_OUT)), Kind.OUT)]
    kinds += [(is_nothing, Kind.NOTHING)]
    may_act = exp.convert(Kind.MAY_ACT.value)
    return cases([(is_it, each.value) for is_it, each in kinds], may_act)


def _sightings() -> list[exp.Expr]:
    """The cells of a row of `seen`, null where nothing is seen."""
    days = {"first_day": FIRST_SEEN, "unbroken_since": UNBROKEN_SEEN, "last_seen": DAY}
    told = {name: shown(column(day), ValueType.DATE) for name, day in days.items()}
    is_seen = is_there(column(FIRST_SEEN))
    cells = {STATUS: column(STATUS), **told}
    return [aliased(cases([(is_seen, cell)]), name) for name, cell in cells.items()]


def _told(text: exp.Expr) -> exp.Expr:
    return sql("coalesce($text, '')", text=text)
