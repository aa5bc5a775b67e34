"""Invoices that contradict the exports or each other: everybody they may be about is in doubt.

Either half of a contradiction may be right, so neither is taken for true.
"""

from duckdb import DuckDBPyConnection

from lapse.model.profile import Gives
from lapse.model.record import Doubt, DoubtKind

TABLES = """
CREATE OR REPLACE TABLE stray_invoices AS
SELECT open_invoices.*, named, named_id
FROM (SELECT *, named_by(subscription_id, customer_id) AS named,
          coalesce(subscription_id, customer_id) AS named_id
      FROM open_invoices) AS open_invoices
ANTI JOIN known USING (named, named_id);

CREATE OR REPLACE TABLE near_invoices AS
WITH stray AS (
    SELECT named, named_id FROM stray_invoices
    UNION
    SELECT named_by(subscription_id, customer_id), coalesce(subscription_id, customer_id)
    FROM broken_invoices
)
SELECT DISTINCT stray.named, stray.named_id, known.named_id AS near
FROM (FROM stray ANTI JOIN known USING (named, named_id)) AS stray
JOIN known ON known.named = stray.named AND bare(known.named_id) = bare(stray.named_id);

CREATE OR REPLACE TABLE others_invoices AS
SELECT open_invoices.subscription_id, open_invoices.customer_id, open_invoices.id
FROM open_invoices JOIN customer_of USING (subscription_id)
WHERE bare(open_invoices.customer_id) <> bare(customer_of.customer_id);

CREATE OR REPLACE TABLE alike_invoices AS
SELECT subscription_id, customer_id, count(*) AS alike
FROM open_invoices
WHERE id = ''
GROUP BY subscription_id, customer_id, due_date, amount, currency, rest
HAVING count(*) > 1;

INSERT INTO broken_invoices
SELECT subscription_id, NULL FROM others_invoices
UNION ALL SELECT NULL, customer_id FROM others_invoices
UNION ALL SELECT subscription_id, customer_id FROM alike_invoices
UNION ALL SELECT NULL, stray.customer_id FROM stray_invoices AS stray
    JOIN known ON known.named = 'customer_id' AND known.named_id = stray.customer_id
    WHERE stray.named = 'subscription_id' AND stray.amount < 0
UNION ALL SELECT CASE named WHEN 'subscription_id' THEN near END,
    CASE named WHEN 'customer_id' THEN near END
FROM near_invoices;
"""
"""An invoice that names one customer and the subscription of another may be owed by either. A
credit of a known customer for an unknown subscription may pay for another of his."""

_COUNTS = {
    DoubtKind.OTHER_CUSTOMER: """
        SELECT count(*), min(coalesce(nullif(id, ''), subscription_id)) FROM others_invoices
    """,
    DoubtKind.ALIKE: """
        SELECT sum(alike), min(coalesce(subscription_id, customer_id)) FROM alike_invoices
    """,
    DoubtKind.OTHER_LETTERS: """
        SELECT count(*), min(named_id) FROM stray_invoices SEMI JOIN near_invoices
        USING (named, named_id)
    """,
}


def doubt_invoices(connection: DuckDBPyConnection) -> tuple[Doubt, ...]:
    """Adds to `broken_invoices` everybody that contradictory open invoices may be about."""
    connection.execute(TABLES)
    counts = ((kind, *_counted(connection, query)) for kind, query in _COUNTS.items())
    return tuple(
        Doubt(Gives.INVOICES, kind, rows, example) for kind, rows, example in counts if rows
    )


def _counted(connection: DuckDBPyConnection, query: str) -> tuple[int, str]:
    ((rows, example),) = connection.execute(query).fetchall()
    return int(rows or 0), str(example)
