"""The ids in tonight's exports, with which rows of invoices and of holds are placed.

`known` lists every subscription and customer, including those of rejected rows: these exist though
their rows cannot be read. `customer_of` has the customer of each subscription.
"""

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from lapse.inputs.checking import Group
from lapse.inputs.joining.filling import KEY, create
from lapse.inputs.joining.merging import LISTED, MERGED
from lapse.inputs.joining.owners import owners_of, rejected_rows, union
from lapse.inputs.statements import same_id
from lapse.model.kinds import OWNERS
from lapse.sql.expressions import column, query, sql

SUBSCRIPTION, CUSTOMER = OWNERS
MACROS = r"""
CREATE OR REPLACE MACRO named_by(subscription, customer) AS
    CASE WHEN subscription IS NOT NULL THEN 'subscription_id'
         WHEN customer IS NOT NULL THEN 'customer_id' END;
CREATE OR REPLACE MACRO bare(id) AS
    CASE WHEN strlen(id) = length(id)
         THEN translate(lower(id), ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13), '')
         ELSE regexp_replace(lower(id), '[\s\p{Z}\p{Cc}\p{Cf}]+', '', 'g') END;
"""
"""The column by which a row names somebody; and an id in lower case without any white space.

The second is computed for every id of the exports. Its pattern takes ten times as long as the
translation, so it is only for ids beyond ASCII, which may have other spaces, some without width.
"""


def note_known(
    connection: DuckDBPyConnection, exports: Sequence[Group], facts: Sequence[str]
) -> None:
    """Makes the views `known` and `customer_of` from the merged and the rejected rows."""
    connection.execute(MACROS)
    rejected = [owners_of(rows) for _, rows in rejected_rows(exports, OWNERS)]
    create(connection, "rejected_owners", union(rejected))
    is_told = CUSTOMER in facts
    whose = query(
        'SELECT "#key" AS subscription_id, $customer AS customer_id FROM $merged',
        customer=same_id(column(CUSTOMER)) if is_told else sql("CAST(NULL AS text)"),
        merged=MERGED,
    )
    create(connection, "customer_of", whose, kind="VIEW")
    every = [
        query(
            "SELECT $owner AS named, $at AS named_id FROM $table WHERE $at IS NOT NULL",
            owner=owner,
            at=column(at),
            table=table,
        )
        for owner, at, table in (
            (SUBSCRIPTION, SUBSCRIPTION, "customer_of"),
            (CUSTOMER, CUSTOMER, "customer_of"),
            (SUBSCRIPTION, SUBSCRIPTION, "rejected_owners"),
            (CUSTOMER, CUSTOMER, "rejected_owners"),
            (CUSTOMER, KEY, LISTED),
        )
    ]
    create(connection, "known", union(every), kind="VIEW")
