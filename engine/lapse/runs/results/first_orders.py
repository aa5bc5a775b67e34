"""The orders of a run: how many there are, which they are, and the first of each action."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from lapse.model.decision import APPROVAL
from lapse.model.tables import LAYOUTS
from lapse.runs.results.relations import IN_PLACE
from lapse.runs.results.row_lines import text_cell
from lapse.sql.sandbox import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Order = Mapping[str, str]
"""The cells of an order by column, as text."""


class OrderCount(NamedTuple):
    """Rows of an output with what is ordered or held; `held_by` is blank for what is ordered."""

    output: str
    action: str
    held_by: str
    is_again: bool
    rows: int


def order_counts(connection: "DuckDBPyConnection") -> list[OrderCount]:
    return [OrderCount(*row) for row in connection.execute(_COUNTS).fetchall()]


def decided_ids(connection: "DuckDBPyConnection") -> list[str]:
    """The ids of our orders that are given, or only lack approval."""
    return [id_ for (id_,) in connection.execute(_IDS).fetchall()]


def first_orders(
    connection: "DuckDBPyConnection", most: int
) -> tuple[tuple[Order, ...], tuple[Order, ...]]:
    """Our first orders of each action that are given, and that only lack approval."""
    columns = LAYOUTS["actions"].columns
    cells = ", ".join(map(text_cell, columns))
    query = f"{_FIRST} SELECT output, {cells} FROM decided_orders SEMI JOIN first {_AT} {_SORTED}"
    given: list[Order] = []
    asked: list[Order] = []
    for output, *row in connection.execute(query, [most]).fetchall():
        order = dict(zip(LAYOUTS["actions"].names, row, strict=True))
        (given if output == "actions" else asked).append(order)
    return tuple(given), tuple(asked)


_DECIDED = f"output = 'actions' OR output = 'held' AND held_by = {literal(APPROVAL)}"
_COUNTS = """
SELECT output, "action", coalesce(held_by, ''), is_again AND output = 'actions', count(*)
FROM decided_orders GROUP BY ALL
"""
_IDS = f"SELECT action_id FROM decided_orders WHERE {_DECIDED}"
# The other columns are long texts: of all orders but the first they are not told.
_FIRST = f"""
WITH first AS (
    SELECT is_alone, place, part FROM decided_orders WHERE {_DECIDED}
    QUALIFY row_number() OVER (PARTITION BY output, "action" ORDER BY {IN_PLACE}) <= ?
)
"""
_AT = f"USING ({IN_PLACE})"
_SORTED = f'ORDER BY "action", {IN_PLACE}'
