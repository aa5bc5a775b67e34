"""Finds ids of subscriptions and customers in the orders, sightings and holds of earlier runs."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.model.tables import LAYOUTS
from lapse.runs.failures import HistoryError
from lapse.runs.folders import Folder, trusted_folders
from lapse.runs.written import output_relation, prepare
from lapse.sql.sandbox import database, failing_as

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HOLDS = "holds"
OUTPUTS = {"subscription_id": (HOLDS, "seen", "actions", "provider"), "customer_id": ()}
OUTPUTS["customer_id"] = (HOLDS, "actions", "provider")
"""The outputs to search for each kind of id; those most likely to have it come first."""


def ids_known(out: Path, day: date, named: str, ids: Sequence[str]) -> dict[str, set[str]]:
    """The ids among `ids` that earlier folders have, each with the subscriptions it belonged to.

    `named` is the kind of id, `subscription_id` or `customer_id`. Letter case is ignored, since
    only the caller knows where it matters; the keys are spelled as in the folders. Folders of `day`
    count, too: those from the same inputs have only ids that these inputs place.
    """
    earlier = [folder for folder in trusted_folders(out) if folder.day <= day]
    known: dict[str, set[str]] = {}
    if not earlier or not ids:
        return known
    with database([folder.path for folder in earlier]) as connection:
        prepare(connection)
        connection.execute(_ASK, [json.dumps(list(ids))])
        # The newest first, and only until all are found, since each output is verified before.
        for folder in reversed(earlier):
            for name in OUTPUTS[named]:
                for id_, subscription in _known(connection, folder, name, named):
                    known.setdefault(id_, set()).update({subscription} - {None, ""})
            if not connection.execute(_LEFT).fetchone():
                break
    return known


def _known(
    connection: "DuckDBPyConnection", folder: Folder, name: str, named: str
) -> Iterable[tuple[str, str]]:
    """The ids in the table `asked` that an output has, with subscriptions; removes them there."""
    written = folder.account.outputs.get(name)
    if written is None or not written.rows:
        return
    file = folder.output(name)
    with failing_as(HistoryError, f"`{file}` cannot be read"):
        rows = output_relation(connection, file, folder.account.format, LAYOUTS[name])
        rows.create_view("written")
        query = _FIND[HOLDS if name == HOLDS else named]
        matches = connection.execute(query, [named] if name == HOLDS else []).fetchall()
        yield from ((spelled, subscription) for spelled, subscription, _ in matches)
        connection.execute(_DROP, [json.dumps(sorted({lower for *_, lower in matches}))])


_ASK = """
CREATE TABLE asked AS SELECT DISTINCT lower(id) AS lower_id
FROM (SELECT unnest(from_json(?, '["VARCHAR"]')) AS id)
"""
_FIND = {
    HOLDS: """
        SELECT DISTINCT id, subscription_id, lower_id
        FROM written JOIN asked ON lower(id) = lower_id
        WHERE concat(owner, '_id') = ?
    """,
    "subscription_id": """
        SELECT DISTINCT subscription_id, subscription_id, lower_id
        FROM written JOIN asked ON lower(subscription_id) = lower_id
    """,
    "customer_id": """
        SELECT DISTINCT customer_id, subscription_id, lower_id
        FROM written JOIN asked ON lower(customer_id) = lower_id
    """,
}
_DROP = """
DELETE FROM asked WHERE lower_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
"""
_LEFT = "SELECT 1 FROM asked LIMIT 1"
