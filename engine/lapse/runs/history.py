"""The orders and sightings in the folders before this run, without orders that failed.

Python looks up a few thousand subscriptions at a time. Their ids go in as JSON: 2,000 took DuckDB
0.25 s as a list parameter, 5 ms as JSON.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.model.decision import Given
from lapse.model.sightings import Seen
from lapse.runs.folders import Folder
from lapse.runs.past import Past
from lapse.runs.summed import Kept, insert, load
from lapse.runs.written import prepare
from lapse.sql.sandbox import database, write_scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ASKED = "to_approve"
SEEN_AT_ONCE = 100_000
MOST_FOLLOWED = 10_000
"""The most subscriptions that `followed` returns: few are shown, and millions take minutes."""


class History:
    """Orders and sightings of earlier runs, by subscription."""

    def __init__(self, connection: "DuckDBPyConnection | None", nights: tuple[date, ...]) -> None:
        self._connection = connection
        self._nights = nights

    def given(self, ids: Sequence[str]) -> Mapping[str, tuple[Given, ...]]:
        """The orders given to these subscriptions; those without orders are not among the keys."""
        by_id: dict[str, list[Given]] = {}
        for id_, *order in self._asked(_GIVEN_TO, ids):
            by_id.setdefault(id_, []).append(Given(*order))
        return {id_: tuple(orders) for id_, orders in by_id.items()}

    def seen(self, ids: Sequence[str]) -> Mapping[str, Seen]:
        """The sightings of these subscriptions that the latest run recorded."""
        return {id_: self._seen(*row) for id_, *row in self._asked(_SEEN_OF, ids)}

    def sightings(self) -> Iterator[Sequence[tuple[str, Seen]]]:
        """The rows of sightings of all subscriptions, in blocks."""
        if self._connection is not None:
            # A cursor of its own: others ask between two blocks.
            with self._connection.cursor() as cursor:
                cursor.execute(_EVERY_SEEN)
                while rows := cursor.fetchmany(SEEN_AT_ONCE):
                    yield [(id_, self._seen(*row)) for id_, *row in rows]

    def meet(self, ids: Sequence[str]) -> None:
        """Notes that these subscriptions have a readable status tonight."""
        if self._connection is not None:
            self._connection.execute(_MEET, [json.dumps(ids)])

    def unmet(self) -> Iterator[tuple[str, Seen]]:
        """The sightings of those that `meet` did not note, a block in memory at a time."""
        if self._connection is not None:
            rows = self._connection.execute(_UNMET)
            while block := rows.fetchmany(SEEN_AT_ONCE):
                yield from ((id_, self._seen(*row)) for id_, *row in block)

    def _seen(self, status: str, first: date, last: date, unbroken: date | None) -> Seen:
        return Seen(status, first, last, unbroken, () if unbroken else self._nights)

    def keep(self, file: Path) -> Path | None:
        """Writes all orders into a file of Parquet, and returns it; null where there is none."""
        if self._connection is None:
            return None
        write_scratch(self._connection.table("given"), file)
        return file

    def givings(self, ids: Sequence[str]) -> Mapping[str, list[tuple[str, date]]]:
        """For each action id, the folders that gave it, with the day judged, the earliest first."""
        by_order: dict[str, list[tuple[str, date]]] = {}
        for id_, folder, day in self._asked(_GIVINGS_OF, ids):
            by_order.setdefault(id_, []).append((folder, day))
        return by_order

    def given_in(self, folders: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """The action, id and track of every order in these folders, each once."""
        yield from self._asked(_GIVEN_IN, folders) if folders else ()

    def followed(self, since: date) -> Sequence[str]:
        """Subscriptions with an order since a day or a sighting in the latest run, sorted by id."""
        if self._connection is None:
            return ()
        rows = self._connection.execute(_FOLLOWED, [since, MOST_FOLLOWED]).fetchall()
        return [id_ for (id_,) in rows]

    def _asked(self, query: str, ids: Sequence[str]) -> Iterator[tuple]:  # type: ignore[type-arg]
        if self._connection is not None:
            yield from self._connection.execute(query, [json.dumps(ids)]).fetchall()


@contextmanager
def opened(
    before: Past, scratch: Path | None = None, kept: Kept | None = None
) -> Iterator[History]:
    """Opens the history in a database of its own; opens none when there are no earlier folders.

    Orders can be kept in files of `scratch`, a private folder. With sums that are `kept`, only the
    folders after them are read, and `givings`, `given_in` and `followed` know only those.
    """
    with ExitStack() as stack:
        if not before.folders:
            yield History(None, ())
            return
        folders = [folder.path for folder in before.folders]
        folders += [] if scratch is None else [scratch]
        folders += [] if kept is None else [kept.out]
        connection = stack.enter_context(database(folders))
        load(connection, before, kept)
        yield History(connection, before.nights)


def asked_for(every: Sequence[Folder]) -> Mapping[str, tuple[date, ...]]:
    """The days judged by the runs that put an order into `to_approve`, by action id."""
    waiting = [f for f in every if ASKED in f.account.outputs]
    days: dict[str, tuple[date, ...]] = {}
    if not waiting:
        return days
    with database([folder.path for folder in waiting]) as connection:
        prepare(connection)
        connection.execute("CREATE TABLE asked (action_id VARCHAR, as_of DATE)")
        for folder in waiting:
            insert(connection, folder, ASKED, _INSERT_ASKED, [])
        for id_, day in connection.execute("FROM asked ORDER BY ALL").fetchall():
            days[id_] = (*days.get(id_, ()), day)
    return days


_INSERT_ASKED = "INSERT INTO asked SELECT action_id, as_of FROM written"
_GIVEN_TO = """
SELECT subscription_id, track, anchor, rule, stage, step, "action", due_on, first_given,
    last_given, number, anchor_of, last_run
FROM given
WHERE subscription_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
ORDER BY ALL
"""
_GIVINGS_OF = """
SELECT action_id, folder, as_of
FROM giving
WHERE action_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
ORDER BY place
"""
_GIVEN_IN = """
SELECT DISTINCT "action", action_id, track
FROM giving
WHERE folder IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
"""
_FOLLOWED = """
SELECT subscription_id FROM seen
UNION
SELECT subscription_id FROM giving WHERE as_of >= ?
ORDER BY 1 LIMIT ?
"""
_MEET = """
INSERT INTO met
SELECT subscription_id
FROM seen
WHERE subscription_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
"""
_EVERY_SEEN = """
SELECT subscription_id, status, first_day, last_seen, unbroken_since FROM seen
"""
_UNMET = f"{_EVERY_SEEN} ANTI JOIN met USING (subscription_id)"
_SEEN_OF = f"""{_EVERY_SEEN}
WHERE subscription_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
"""
