"""What earlier runs gave and saw: the folders before this run, less what reached nobody.

The rows of all earlier folders are summed in DuckDB to one row for each order: a subscription's
track, anchor, rule, stage and number. Python asks for a few thousand subscriptions at a time, as
JSON: a list of 2,000 texts as a parameter took DuckDB 0.25 s, its JSON 5 ms.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.batch.account import Source
from lapse.batch.cells import FORMULA
from lapse.batch.columns import SHAPES, Column, Kind, Shape
from lapse.batch.failures import HistoryError
from lapse.batch.folders import Folder, folders
from lapse.batch.outputs import SQL_TYPES, Format, first_line
from lapse.batch.receipts import Entry, failed_entries
from lapse.batch.store import pattern, store
from lapse.decision import Given

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

GIVEN_OUTPUTS = ("actions", "provider")


@dataclass(frozen=True, slots=True)
class Seen:
    """The status that the latest run saw, and the first day of the unbroken row that saw it."""

    status: str
    first_day: date


@dataclass(frozen=True, slots=True)
class Past:
    """The folders that are history for a run, and the givings in them that reached nobody."""

    folders: tuple[Folder, ...]
    failed: frozenset[Entry] = frozenset()

    @property
    def fingerprint(self) -> str:
        """Of what is used, in no order."""
        used = [f"{folder.name} {folder.digest}" for folder in self.folders]
        used += [f"{entry.folder} failed {entry.action_id}" for entry in self.failed]
        return sha256("\n".join(sorted(used)).encode()).hexdigest()

    @property
    def last_run(self) -> Folder | None:
        """The latest folder that saw an export."""
        return next((f for f in reversed(self.folders) if f.account.source is Source.RUN), None)


def past(out: Path, day: date, number: int) -> Past:
    """What is history for the run of a day: earlier days, and earlier numbers of the same."""
    earlier = tuple(f for f in folders(out) if (f.day, f.number) < (day, number))
    names = {folder.name for folder in earlier}
    return Past(earlier, frozenset(e for e in failed_entries(out) if e.folder in names))


class History:
    """Orders and sightings of earlier runs, by subscription."""

    def __init__(self, connection: "DuckDBPyConnection | None") -> None:
        self._connection = connection

    def given(self, ids: Sequence[str]) -> Mapping[str, tuple[Given, ...]]:
        """What was given to some subscriptions; those without are not among the keys."""
        found: dict[str, list[Given]] = {}
        for id_, *order in self._asked(_GIVEN_TO, ids):
            found.setdefault(id_, []).append(Given(*order))
        return {id_: tuple(orders) for id_, orders in found.items()}

    def seen(self, ids: Sequence[str]) -> Mapping[str, Seen]:
        """What the latest run saw of some subscriptions that were not active."""
        return {id_: Seen(status, day) for id_, status, day in self._asked(_SEEN_OF, ids)}

    def givings(self, ids: Sequence[str]) -> Mapping[str, list[tuple[str, date]]]:
        """The folder and day of every giving of some actions, the earliest first."""
        found: dict[str, list[tuple[str, date]]] = {}
        for id_, folder, day in self._asked(_GIVINGS_OF, ids):
            found.setdefault(id_, []).append((folder, day))
        return found

    def _asked(self, query: str, ids: Sequence[str]) -> Iterator[tuple]:  # type: ignore[type-arg]
        if self._connection is not None:
            yield from self._connection.execute(query, [json.dumps(ids)]).fetchall()


@contextmanager
def opened(before: Past) -> Iterator[History]:
    """The history in a database of its own; nothing is opened where there is none."""
    with ExitStack() as stack:
        if not before.folders:
            yield History(None)
            return
        connection = stack.enter_context(store([folder.path for folder in before.folders]))
        _load(connection, before)
        yield History(connection)


def prepare(connection: "DuckDBPyConnection") -> None:
    """Lets a connection read outputs: see `output_relation`."""
    connection.execute(_UNGUARDED)
    connection.execute("SET VARIABLE formula = ?", [FORMULA])


def _load(connection: "DuckDBPyConnection", before: Past) -> None:
    """Verifies and reads every folder, and sums what was given."""
    prepare(connection)
    connection.execute(TABLES)
    for place, folder in enumerate(before.folders):
        for name in GIVEN_OUTPUTS:
            _insert(connection, folder, name, _INSERT_GIVING, [folder.name, place])
    last = before.last_run
    if last is not None:
        _insert(connection, last, "seen", _INSERT_SEEN, [])
    failed = sorted(before.failed)
    pairs = [[entry.folder, entry.action_id] for entry in failed]
    connection.execute(_INSERT_FAILED, [json.dumps(pairs)])
    connection.execute(_SUM)


def _insert(
    connection: "DuckDBPyConnection",
    folder: Folder,
    name: str,
    statement: str,
    parameters: list[object],
) -> None:
    """Reads one output of a folder into a table."""
    import duckdb  # noqa: PLC0415

    file = folder.output(name)
    if not folder.account.outputs[name].rows:
        return
    try:
        output_relation(connection, file, folder.account.format, SHAPES[name]).create_view(
            "written"
        )
        connection.execute(statement, parameters)
    except duckdb.Error as error:
        raise HistoryError(f"`{file}` cannot be read: {first_line(error)}") from error


def output_relation(
    connection: "DuckDBPyConnection", file: Path, format_: Format, shape: Shape
) -> "DuckDBPyRelation":
    """The rows of an output as they were before a format took them, with their types."""
    types = {column.name: SQL_TYPES[column.kind] for column in shape.columns}
    match format_:
        case Format.PARQUET:
            return connection.read_parquet(pattern(file))
        case Format.JSONL:
            return connection.read_json(pattern(file), columns=types, format="newline_delimited")
        case Format.CSV:
            text = dict.fromkeys(shape.names, "VARCHAR")
            rows = connection.read_csv(
                pattern(file),
                columns=text,
                auto_detect=False,
                header=True,
                delimiter=",",
                quotechar='"',
                escapechar='"',
                parallel=False,
            )
            return rows.project(", ".join(_from_csv(column) for column in shape.columns))


def _from_csv(column: Column) -> str:
    name = f'"{column.name}"'
    if column.kind is Kind.TEXT:
        return f"unguarded({name}) AS {name}"
    return f"CAST({name} AS {SQL_TYPES[column.kind]}) AS {name}"


_UNGUARDED = """
CREATE MACRO unguarded(cell) AS
    CASE WHEN starts_with(cell, '''') AND regexp_matches(cell[2:], getvariable('formula'))
         THEN cell[2:] ELSE cell END
"""
TABLES = """
CREATE TABLE giving (
    folder VARCHAR, place BIGINT, action_id VARCHAR, subscription_id VARCHAR, track VARCHAR,
    anchor VARCHAR, rule VARCHAR, stage BIGINT, step BIGINT, "action" VARCHAR, due_on DATE,
    first_given DATE, as_of DATE
);
CREATE TABLE failed (folder VARCHAR, action_id VARCHAR);
CREATE TABLE seen (subscription_id VARCHAR, status VARCHAR, first_day DATE);
"""
_INSERT_GIVING = """
INSERT INTO giving
SELECT ?, ?, action_id, subscription_id, track, anchor, rule, stage, step, "action", due_on,
    first_given, as_of
FROM written
"""
_INSERT_SEEN = "INSERT INTO seen SELECT subscription_id, status, first_day FROM written"
_INSERT_FAILED = """
INSERT INTO failed
SELECT pair[1], pair[2]
FROM (SELECT unnest(from_json(?, '[["VARCHAR"]]')) AS pair)
"""
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
    max(due_on) AS due_on, min(first_kept) AS first_given, max(as_of) AS last_given, number
FROM kept
GROUP BY subscription_id, track, anchor, rule, stage, number
"""
_GIVEN_TO = """
SELECT subscription_id, track, anchor, rule, stage, step, "action", due_on, first_given,
    last_given, number
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
_SEEN_OF = """
SELECT subscription_id, status, first_day
FROM seen
WHERE subscription_id IN (SELECT unnest(from_json(?, '["VARCHAR"]')))
"""
