"""The actions, holds and money of each customer in a run; each subscription counts once.

An invoice shared by a customer's subscriptions counts once, so debts are summed by customer:
balances of their own, and those shared, as of the latest day judged. Credits are negative, and
lower the debt, never below 0. What of it is *acted on* is that of the subscriptions with an action
of ours, with all of what is shared if there are any.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from lapse.model.invoices import OF_SUBSCRIPTION
from lapse.model.tables import currency_of
from lapse.runs.results.relations import AMOUNT
from lapse.runs.rows import AMOUNTS, LIST_MARK
from lapse.runs.summary import LargeDebt, MoneySum

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LARGEST = 5
ZERO = Decimal("0.0000")


def make_customers(connection: "DuckDBPyConnection") -> None:
    """Makes the table `customers` and the view `decided_customers`, the rows of the output."""
    for statement in (_CUSTOMERS, _DEBTS, _SUMS, _DECIDED):
        connection.execute(statement)


def money(connection: "DuckDBPyConnection", more: Iterable[str]) -> tuple[MoneySum, ...]:
    """The sums of a run, by currency; with `more` currencies, in which nobody owes anything."""
    found = {row[0]: MoneySum(*row) for row in connection.execute(_MONEY).fetchall()}
    every = sorted({*found, *more})
    return tuple(found.get(each, MoneySum(each, ZERO, ZERO, ZERO)) for each in every)


def largest_debts(connection: "DuckDBPyConnection") -> tuple[LargeDebt, ...]:
    """The largest debts by currency, the largest first in each."""
    return tuple(LargeDebt(*row) for row in connection.execute(_LARGEST, [LARGEST]).fetchall())


def in_several_currencies(connection: "DuckDBPyConnection") -> int:
    """The subscriptions whose debt is unknown because it is in several currencies."""
    ((count,),) = connection.execute(_IN_SEVERAL).fetchall()
    return int(count)


def _amounts(name: str) -> str:
    """An amount of every subscription, in a relation of all amounts."""
    by_invoices = "has_ledger" if name == "debt" else "FALSE"
    return (
        f"SELECT customer_id, customer_name, '{name}' AS what, {name} AS amount,"
        f' "{currency_of(name)}" AS currency, {by_invoices} AS is_by_invoices FROM decided_accounts'
    )


def _text(name: str) -> str:
    """The sums of an amount, such as `30.00 EUR; 1200.00 NOK`."""
    # Sorted afterwards: sums in an order take DuckDB twice the time.
    told = f"list_sort(list({{'currency': currency, 'text': text}}) FILTER (what = '{name}'))"
    texts = f"list_transform({told}, lambda it: it.text)"
    return f"coalesce(array_to_string({texts}, '{LIST_MARK}'), '') AS {name}"


# A customer is told apart by id; where that is not known, by name.
_NAMELESS = "CASE customer_id WHEN '' THEN customer_name ELSE '' END"
BY_CUSTOMER = "customer_id, nameless"

_CUSTOMERS = f"""
CREATE OR REPLACE TABLE customers AS
SELECT customer_id, {_NAMELESS} AS nameless,
    coalesce(min(nullif(customer_name, '')), '') AS customer_name,
    coalesce(array_to_string(list_sort(list(DISTINCT market) FILTER (market <> '')), '{LIST_MARK}'),
        '') AS market,
    count(*) AS subscriptions, sum(actions) AS actions, sum(held) AS held,
    bool_or(has_ledger AND actions > 0) AS is_acted_on,
    CASE WHEN count(DISTINCT currency) FILTER (has_ledger AND currency <> '') = 1
        THEN max(currency) FILTER (has_ledger) ELSE '' END AS only_currency
FROM decided_accounts
GROUP BY ALL
"""
# Of shared balances each subscription has the same.
_DEBTS = f"""
CREATE OR REPLACE TABLE debts AS
WITH named AS (
    SELECT customer_id, {_NAMELESS} AS nameless, judged_on, is_acted_on, is_shared, currency, amount
    FROM decided_balances
), latest AS (
    SELECT {BY_CUSTOMER}, currency, max(amount) AS amount
    FROM (
        SELECT * FROM named WHERE is_shared
        QUALIFY judged_on = max(judged_on) OVER (PARTITION BY {BY_CUSTOMER})
    )
    GROUP BY ALL
), parts AS (
    SELECT {BY_CUSTOMER}, currency, amount AS owed,
        CASE WHEN is_acted_on THEN amount ELSE 0 END AS acted_on
    FROM named WHERE NOT is_shared
    UNION ALL
    SELECT {BY_CUSTOMER},
        CASE currency WHEN '{OF_SUBSCRIPTION}' THEN only_currency ELSE currency END, amount,
        CASE WHEN is_acted_on THEN amount ELSE 0 END
    FROM latest JOIN customers USING ({BY_CUSTOMER})
)
SELECT {BY_CUSTOMER}, currency, CAST(greatest(sum(owed), 0) AS {AMOUNT}) AS debt,
    CAST(greatest(least(sum(owed), sum(acted_on)), 0) AS {AMOUNT}) AS acted_on
FROM parts
GROUP BY ALL
"""
_SUMS = f"""
CREATE OR REPLACE TABLE sums AS
WITH amounts AS ({" UNION ALL ".join(map(_amounts, AMOUNTS))})
SELECT {BY_CUSTOMER}, what, currency, sum(amount) AS amount
FROM (
    SELECT customer_id, {_NAMELESS} AS nameless, what, currency,
        CASE WHEN is_by_invoices THEN 0 ELSE amount END AS amount
    FROM amounts WHERE amount <> 0 OR amount = 0 AND currency <> ''
    UNION ALL
    SELECT {BY_CUSTOMER}, 'debt', currency, debt FROM debts WHERE debt <> 0 OR currency <> ''
)
GROUP BY ALL
"""
_DECIDED = f"""
CREATE OR REPLACE VIEW decided_customers AS
WITH told AS (
    SELECT {BY_CUSTOMER}, {", ".join(map(_text, AMOUNTS))},
        coalesce(max(amount) FILTER (what = 'debt') > 0, FALSE) AS is_owing
    FROM (
        SELECT *, CAST(CAST(amount AS DECIMAL(38, 2)) AS VARCHAR)
            || CASE currency WHEN '' THEN '' ELSE ' ' || currency END AS text
        FROM sums
    )
    GROUP BY ALL
)
SELECT customers.*, {", ".join(AMOUNTS)}
FROM customers LEFT JOIN told USING ({BY_CUSTOMER})
WHERE actions > 0 OR held > 0 OR is_owing
"""
_MONEY = """
SELECT currency, sum(debt), sum(debt_acted_on), sum(monthly_acted_on)
FROM (
    SELECT "debt.currency" AS currency, debt,
        CASE WHEN actions > 0 THEN debt ELSE 0 END AS debt_acted_on, 0 AS monthly_acted_on
    FROM decided_accounts WHERE debt <> 0 AND NOT has_ledger
    UNION ALL
    SELECT "monthly_amount.currency", 0, 0,
        CASE WHEN actions > 0 THEN monthly_amount ELSE 0 END
    FROM decided_accounts WHERE monthly_amount <> 0
    UNION ALL
    SELECT currency, debt, acted_on, 0 FROM debts WHERE debt <> 0
)
GROUP BY ALL
"""
_LARGEST = f"""
SELECT currency, customer_id, customer_name, amount, actions, held
FROM sums JOIN customers USING ({BY_CUSTOMER})
WHERE what = 'debt' AND amount > 0
QUALIFY row_number() OVER (
    PARTITION BY currency ORDER BY amount DESC, customer_id, customer_name
) <= ?
ORDER BY currency, amount DESC, customer_id, customer_name
"""
_IN_SEVERAL = "SELECT count(*) FROM decided_accounts WHERE is_in_several_currencies"
