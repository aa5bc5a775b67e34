"""Open invoices in no known currency: an amount is never taken for one in its subscription's."""

from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group
from lapse.inputs.joining.filling import SOURCE, table_of
from lapse.inputs.sql_columns import currency_of
from lapse.inputs.typed import call, column, is_null, literal, number, render
from lapse.model.invoices import InvoiceStatus
from lapse.model.place import Place, Problem, Severity
from lapse.model.profile import Gives


def currency_named(group: Group) -> exp.Expr:
    """The currency in which an invoice is: its amount's own, else that of its row."""
    own: exp.Expr = column(currency_of("balance"))
    return call("coalesce", own, column("currency")) if "currency" in group.facts else own


def counts_for_something() -> tuple[exp.Expr, ...]:
    """Of an invoice: it is open, and something of it is left."""
    is_open = exp.EQ(this=column("status"), expression=literal(InvoiceStatus.OPEN))
    return is_open, exp.NEQ(this=column("balance"), expression=number(0))


def nameless(connection: DuckDBPyConnection, groups: Sequence[Group]) -> Iterator[Problem]:
    """A warning for each ledger with open amounts in no known currency."""
    for group in groups:
        if group.shape.table.gives is not Gives.INVOICES:
            continue
        counted = (
            exp.select(column(SOURCE), call("count", exp.Star()))
            .from_(table_of(group))
            .where(*counts_for_something(), is_null(currency_named(group)))
            .group_by(column(SOURCE))
            .order_by(column(SOURCE))
        )
        for place, count in connection.execute(render(counted)).fetchall():
            yield _told(group, group.inputs[place].source.name, count)


def _told(group: Group, file: str, count: int) -> Problem:
    amounts = "1 open amount" if count == 1 else f"{count} open amounts"
    message = f"{amounts} in no known currency: what is owed is not known"
    profile = group.shape.profile
    help_ = (
        "say the currency in its profile: `currency: {value: EUR}`, or `{value: subscription}` "
        "for that of each subscription"
    )
    if profile is None:
        help_ = "fill a column `currency`; `subscription` there is that of each subscription"
    also = profile.place if profile else None
    return Problem("no-currency", message, Place(file, 1), help_, Severity.WARNING, also)
