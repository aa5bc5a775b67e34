"""The orders and sightings in the folders before this run, without orders that failed.

DuckDB merges the rows of all earlier folders into one row for each order, that is for each
subscription, track, anchor, rule, stage and number. Python looks up a few thousand subscriptions at
a time. Their ids go in as JSON: 2,000 took DuckDB 0.25 s as a list parameter, 5 ms as JSON.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.model.decision import Given
from lapse.model.sightings import Seen
from lapse.model.tables import LAYOUTS
from lapse.runs.account import Origin
from lapse.runs.approvals import Approvals, approvals
from lapse.runs.failures import HistoryError
from lapse.runs.folders import Folder, trusted_folders
from lapse.runs.receipts import Entry, failed_entries
from lapse.runs.written import output_relation, prepare
from lapse.sql.sandbox import database, failing_as, write_scratch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GIVEN_OUTPUTS = ("actions", "provider")
ASKED = "to_approve"
SEEN_AT_ONCE = 100_000
MOST_FOLLOWED = 10_000
"""The most subscriptions that `followed` returns: few are shown, and millions take minutes."""


@dataclass(frozen=True, slots=True)
class Past:
    """The folders that are history for a run, which of their orders failed, and the approvals."""

    folders: tuple[Folder, ...]
    failed: frozenset[Entry] = frozenset()
    approvals: Approvals = field(default_factory=Approvals)

    @property
    def fingerprint(self) -> str:
        """A SHA-256 of all this; the order does not count."""
        used = [f"{folder.name} {folder.digest}" for folder in self.folders]
        used += [f"{entry.folder} failed {entry.action_id}" for entry in self.failed]
        used += [f"{each.action_id} approved {each.day}" for each in self.approvals.entries]
        return sha256("\n".join(sorted(used)).encode()).hexdigest()

    @property
    def runs(self) -> tuple[Folder, ...]:
        """The folders of runs, without imports, the latest last."""
        return tuple(f for f in self.folders if f.account.source is Origin.RUN)

    @property
    def last_run(self) -> Folder | None:
        """The folder of the latest run, imports aside."""
        return next((f for f in reversed(self.folders) if f.account.source is Origin.RUN), None)

    @property
    def nights(self) -> tuple[date, ...]:
        """The days of the runs, the latest first."""
        return tuple(folder.day for folder in reversed(self.runs))

    def of_day(self, day: date) -> list[str]:
        """The names of a day's folders."""
        return [folder.name for folder in self.folders if folder.day == day]


def past(out: Path, day: date, number: int) -> Past:
    """The history for a run: the folders of earlier days, and of lower numbers on its day."""
    every = trusted_folders(out)
    earlier = tuple(f for f in every if (f.day, f.number) < (day, number))
    names = {folder.name for folder in earlier}
    failed = frozenset(entry for entry in failed_entries(out) if entry.folder in names)
    return Past(earlier, failed, approvals(out, day))


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
def opened(before: Past, scratch: Path | None = None) -> Iterator[History]:
    """Opens the history in a database of its own; opens none when there are no earlier folders.

    Orders can be kept in files of `scratch`, a private folder.
    """
    with ExitStack() as stack:
        if not before.folders:
            yield History(None, ())
            return
        folders = [folder.path for folder in before.folders]
        folders += [] if scratch is None else [scratch]
        connection = stack.enter_context(database(folders))
        _load(connection, before)
        yield History(connection, before.nights)


def _load(connection: "DuckDBPyConnection", before: Past) -> None:
    """Verifies and reads every folder, and merges the orders."""
    prepare(connection)
    connection.execute(TABLES)
    for place, folder in enumerate(before.folders):
        for name in GIVEN_OUTPUTS:
            _insert(connection, folder, name, _INSERT_GIVING, [folder.name, place])
    last = before.last_run
    if last is not None:
        _insert(connection, last, "seen", _INSERT_SEEN, [last.day])
    failed = sorted(before.failed)
    pairs = [[entry.folder, entry.action_id] for entry in failed]
    connection.execute(_INSERT_FAILED, [json.dumps(pairs)])
    connection.execute(_SUM)


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
            _insert(connection, folder, ASKED, _INSERT_ASKED, [])
        for id_, day in connection.execute("FROM asked ORDER BY ALL").fetchall():
            days[id_] = (*days.get(id_, ()), day)
    return days


def _insert(
    connection: "DuckDBPyConnection",
    folder: Folder,
    name: str,
    statement: str,
    parameters: list[object],
) -> None:
    """Reads one output of a folder into a table."""
    file = folder.output(name)
    if not folder.account.outputs[name].rows:
        return
    with failing_as(HistoryError, f"`{file}` cannot be read"):
        output_relation(connection, file, folder.account.format, LAYOUTS[name]).create_view(
            "written"
        )
        connection.execute(statement, parameters)


TABLES = """
CREATE TABLE giving (
    folder VARCHAR, place BIGINT, action_id VARCHAR, subscription_id VARCHAR, track VARCHAR,
    anchor VARCHAR, anchor_of VARCHAR, rule VARCHAR, stage BIGINT, step BIGINT, "action" VARCHAR,
    due_on DATE, first_given DATE, as_of DATE
);
CREATE TABLE failed (folder VARCHAR, action_id VARCHAR);
CREATE TABLE seen (
    subscription_id VARCHAR, status VARCHAR, first_day DATE, last_seen DATE, unbroken_since DATE
);
CREATE TABLE met (subscription_id VARCHAR);
"""
_INSERT_GIVING = """
INSERT INTO giving
SELECT ?, ?, action_id, subscription_id, track, anchor, anchor_of, rule, stage, step,
    "action", due_on, first_given, as_of
FROM written
"""
_INSERT_ASKED = "INSERT INTO asked SELECT action_id, as_of FROM written"
_INSERT_SEEN = """
INSERT INTO seen
SELECT subscription_id, status, first_day, coalesce(last_seen, ?), unbroken_since FROM written
"""
_INSERT_FAILED = """
INSERT INTO failed
SELECT pair[1], pair[2]
FROM (SELECT unnest(from_json(?, '[["VARCHAR"]]')) AS pair)
"""
# Where an order failed on its first day, `first_given` is the next day on which it did not.
_SUM = """
CREATE TABLE given AS
WITH undone AS (
    SELECT DISTINCT action_id, as_of FROM giving SEMI JOIN failed USING (folder, action_id)
), kept AS (
    SELECT giving.*,
        CASE WHEN undone.as_of IS NULL THEN first_given ELSE giving.as_of END AS first_kept,
        CAST(coalesce(nullif(regexp_extract(giving.action_id, '#([0-9]+)$', 1), ''), '1') AS BIGINT)
            AS number
    FROM giving
    ANTI JOIN failed USING (folder, action_id)
    LEFT JOIN undone ON undone.action_id = giving.action_id AND undone.as_of = first_given
)
SELECT subscription_id, track, anchor, rule, stage,
    arg_max(step, (as_of, place)) AS step,
    arg_max("action", (as_of, place)) AS "action",
    max(due_on) AS due_on, min(first_kept) AS first_given, max(as_of) AS last_given, number,
    coalesce(arg_max(anchor_of, (as_of, place)), '') AS anchor_of, max(place) AS last_run
FROM kept
GROUP BY subscription_id, track, anchor, rule, stage, number
"""
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
