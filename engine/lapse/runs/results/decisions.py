"""All that is decided as one table: orders, what is held or undetermined, and rejected rows."""

from lapse.model.tables import HELD
from lapse.runs.results.relations import types_of
from lapse.runs.results.row_lines import typed_cell

DECISION = "decision"
_ORDERS = {column.name: typed_cell(column) for column in HELD}
_UNDETERMINED = {name: f'"{name}"' for name in ("subscription_id", "rule", "missing")}
_REJECTED = {
    "subscription_id": "nullif(subscription_id, '')",
    "because": "concat_ws(' ', code, nullif(\"column\", ''), nullif(found, ''))",
    "source": "input || ':' || \"row\"",
}
"""The cells of each part by their column; all others are null."""


def decisions_query() -> str:
    """A query over the relations, with a column `DECISION` and the typed columns of `held`."""
    order = "CASE output WHEN 'actions' THEN 'action' ELSE output END"
    parts = (
        _part(order, _ORDERS, "decided_orders"),
        _part("'undetermined'", _UNDETERMINED, "decided_undetermined"),
        _part("'rejected'", _REJECTED, "decided_rejected"),
    )
    return " UNION ALL ".join(parts)


def _part(decision: str, cells: dict[str, str], relation: str) -> str:
    told = (
        f'CAST({cells.get(name, "NULL")} AS {type_}) AS "{name}"'
        for name, type_ in types_of(HELD).items()
    )
    return f"SELECT {decision} AS {DECISION}, {', '.join(told)} FROM {relation}"
