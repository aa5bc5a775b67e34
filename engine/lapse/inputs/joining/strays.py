"""The rows of ledgers and of holds that name nobody in the exports of tonight."""

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from lapse.model.money import Money
from lapse.model.profile import Gives
from lapse.model.record import Stray, Unmatched

AT_ONCE = 2_000
_COUNTS = {
    Gives.INVOICES: "SELECT count(*) FROM stray_invoices",
    Gives.HOLDS: "SELECT count(*) FROM stray_holds WHERE is_read",
}
_ROWS = {
    Gives.INVOICES: """
SELECT input, "row", subscription_id, customer_id, id, due_date, amount, currency, least_near
FROM stray_invoices
LEFT JOIN (SELECT named, named_id, min(near) AS least_near FROM near_invoices GROUP BY ALL)
    USING (named, named_id)
""",
    Gives.HOLDS: """
SELECT input, "row", subscription_id, customer_id, NULL, until, NULL, NULL, least_near
FROM stray_holds
LEFT JOIN (SELECT named, named_id, min(near) AS least_near FROM near_holds GROUP BY ALL)
    USING (named, named_id)
WHERE is_read
""",
}
"""Rejected rows are left out: they are in the output of rejected rows."""


def unmatched(connection: DuckDBPyConnection, gives: Gives) -> Iterator[Unmatched]:
    """The number of stray invoices or holds, if there are any."""
    ((rows,),) = connection.execute(_COUNTS[gives]).fetchall()
    if rows:
        yield Unmatched(gives, int(rows))


def strays(connection: DuckDBPyConnection, gives: Gives) -> Iterator[Stray]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS[gives])
        while rows := cursor.fetchmany(AT_ONCE):
            for input_, row, subscription, customer, id_, day, amount, currency, near in rows:
                balance = None if amount is None else Money(amount, currency)
                yield Stray(
                    input_, row, gives, subscription, customer, id_ or None, day, balance, near
                )
