"""Which ids of subscriptions and customers earlier runs knew: in orders, sightings or holds."""

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
"""The outputs that name subscriptions, and customers; those first that most likely do."""


def ids_known(out: Path, day: date, named: str, ids: Sequence[str]) -> dict[str, set[str]]:
    """Of some ids those that the folders through a day know, as they spell them.

    `named` is the column they stand in: the id of a customer is none of a subscription. With each
    stand the subscriptions that it was known with. Letter case aside: who asks knows in which ids
    it matters. The day's own folders count, too: of the same inputs they know nothing that the
    inputs do not place.
    """
    earlier = [folder for folder in trusted_folders(out) if folder.day <= day]
    known: dict[str, set[str]] = {}
    if not earlier or not ids:
        return known
    with database([folder.path for folder in earlier]) as connection:
        prepare(connection)
        connection.execute(_ASK, [json.dumps(list(ids))])
        # The newest first, until all are found: each output that is read is verified before.
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
    """The ids asked for that an output has; those are asked for no more."""
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
