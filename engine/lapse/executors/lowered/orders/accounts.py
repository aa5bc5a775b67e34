"""What a batch tells of the subscriptions of customers of whom something is told.

Of most nothing is told: they owe nothing, and nothing is ordered or held for them.
"""

from collections.abc import Mapping

from sqlglot import exp

from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.rules.sorting import ON, amounts
from lapse.executors.lowered.words.columns import BALANCES_IN, OWN, SHARED, SHARED_OF_ITS
from lapse.inputs.relation import ROW
from lapse.model.invoices import OF_SUBSCRIPTION
from lapse.sql.expressions import query
from lapse.sql.named_tables import Tables
from lapse.sql.sandbox import literal


def keep_accounts(tables: Tables, rows: JudgedRows) -> None:
    """Makes the table `accounts`."""

    def build() -> exp.Expr:
        return query(_ACCOUNTS, told=amounts(rows.among(query(_TOLD_ROWS))))

    tables.keep("accounts", rows.statements.text("accounts", build))


def account_queries(rows: JudgedRows) -> Mapping[str, str]:
    """The queries for `accounts` and `balances`; debts in several currencies are left over."""
    if rows.relation.has_invoices:
        balances = ((OWN, False, _CURRENCY), (SHARED, True, _CURRENCY))
        parts = (*balances, (SHARED_OF_ITS, True, literal(OF_SUBSCRIPTION)))
        told = " UNION ALL ".join(_balance(*part) for part in parts)
        return {"accounts": _accounts(has_ledger=True), "balances": told}
    return {"accounts": _accounts(has_ledger=False)}


def _accounts(*, has_ledger: bool) -> str:
    return f"""
        SELECT *, "{ON}" AS judged_on, {has_ledger} AS has_ledger,
            FALSE AS is_in_several_currencies, "{ROW}" AS place, 0 AS part
        FROM accounts
    """  # noqa: S608  no text of users


def _balance(column_: str, is_shared: bool, currency: str) -> str:  # noqa: FBT001
    return f"""
        SELECT customer_id, customer_name, "{ON}" AS judged_on, actions > 0 AS is_acted_on,
            {is_shared} AS is_shared, {currency} AS currency, "{column_}" AS amount,
            "{ROW}" AS place, 0 AS part
        FROM accounts WHERE "{column_}" IS NOT NULL
    """  # noqa: S608  no text of users


_CURRENCY = f"coalesce(\"{BALANCES_IN}\", '')"
_TOLD_ROWS = """
SELECT "#row" FROM sorted_rows
SEMI JOIN told_customers USING (customer_id, nameless)
ANTI JOIN unsaid ON row_id = "#row"
WHERE kind IN ('nothing', 'may act')
"""
_ACCOUNTS = """
SELECT told.*, coalesce(actions, 0) AS actions, coalesce(holds, 0) AS held
FROM $told AS told LEFT JOIN ordered ON row_id = "#row"
"""
