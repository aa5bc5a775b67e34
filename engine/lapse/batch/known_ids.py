"""Which ids of subscriptions and customers earlier runs knew: in orders, sightings or holds."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.batch.columns import SHAPES
from lapse.batch.failures import HistoryError
from lapse.batch.folders import Folder, folders
from lapse.batch.outputs import first_line
from lapse.batch.store import store
from lapse.batch.written import output_relation, prepare

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

OWNERS_IN = {
    "holds": ("id",),
    "seen": ("subscription_id",),
    "actions": ("subscription_id", "customer_id"),
    "provider": ("subscription_id", "customer_id"),
}
"""The outputs that name subscriptions and customers; those first that most likely do."""


def ids_known(out: Path, day: date, ids: Sequence[str]) -> frozenset[str]:
    """Of some ids those that the folders through a day know, as they spell them.

    Letter case aside: who asks knows in which ids it matters. The day's own folders count, too:
    of the same inputs they know nothing that the inputs do not place.
    """
    earlier = [folder for folder in folders(out) if folder.day <= day]
    if not earlier or not ids:
        return frozenset()
    found: set[str] = set()
    with store([folder.path for folder in earlier]) as connection:
        prepare(connection)
        connection.execute(_ASK, [json.dumps(list(ids))])
        for folder in reversed(earlier):
            for name in OWNERS_IN:
                found.update(_known(connection, folder, name))
            if not connection.execute(_LEFT).fetchone():
                break
    return frozenset(found)


def _known(connection: "DuckDBPyConnection", folder: Folder, name: str) -> Iterable[str]:
    """The ids asked for that an output has; those are asked for no more."""
    import duckdb  # noqa: PLC0415

    written = folder.account.outputs.get(name)
    if written is None or not written.rows:
        return
    file = folder.output(name)
    try:
        rows = output_relation(connection, file, folder.account.format, SHAPES[name])
        rows.create_view("written")
        for column in OWNERS_IN[name]:
            found = connection.execute(_FIND[column]).fetchall()
            yield from (spelled for spelled, _ in found)
            connection.execute(_DROP, [json.dumps([lower for _, lower in found])])
    except duckdb.Error as error:
        raise HistoryError(f"`{file}` cannot be read: {first_line(error)}") from error


_ASK = """
CREATE TABLE asked AS SELECT DISTINCT lower(id) AS lower_id
FROM (SELECT unnest(from_json(?, '["VARCHAR"]')) AS id)
"""
_FIND = {
    "id": "SELECT DISTINCT id, lower_id FROM written JOIN asked ON lower(id) = lower_id",
    "subscription_id": """
        SELECT DISTINCT subscription_id, lower_id
        FROM written JOIN asked ON lower(subscription_id) = lower_id
    """,
    "customer_id": """
        SELECT DISTINCT customer_id, lower_id
        FROM written JOIN asked ON lower(customer_id) = lower_id
    """,
}
_DROP = """
DELETE FROM asked WHERE lower_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
"""
_LEFT = "SELECT 1 FROM asked LIMIT 1"
