"""Open invoices in no known currency: the currency of the subscription is never assumed."""

from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group
from lapse.inputs.joining.filling import table_of
from lapse.model.invoices import InvoiceStatus
from lapse.model.place import Place, Problem, Severity
from lapse.model.profile import Gives
from lapse.sql.expressions import query, render, sql


def currency_named(group: Group) -> exp.Expr:
    """The currency of an invoice: that of its amount, else that of its row."""
    is_told = "currency" in group.facts
    return sql('coalesce("balance.currency", currency)') if is_told else sql('"balance.currency"')


def counts_for_something() -> exp.Expr:
    """Whether an invoice is open and has a balance other than zero."""
    return sql("status = $open AND balance <> 0", open=InvoiceStatus.OPEN)


def nameless(connection: DuckDBPyConnection, groups: Sequence[Group]) -> Iterator[Problem]:
    """A warning for each ledger with open amounts in no known currency."""
    for group in groups:
        if group.shape.table.gives is not Gives.INVOICES:
            continue
        counted = query(
            """SELECT "#source", count(*) FROM $invoices WHERE $counts AND $currency IS NULL
            GROUP BY "#source" ORDER BY "#source" """,
            invoices=table_of(group),
            counts=counts_for_something(),
            currency=currency_named(group),
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
