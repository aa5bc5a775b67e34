"""The orders of earlier folders as one row for each, and these sums kept for the next run.

An order is that of a subscription, track, anchor, rule, stage and number. Sums are kept in `OUT`
and are a cache: they count only if they are of the first folders before a run, none of which has
changed since, nor has what is said to have failed of them. Without them every folder is read.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.model.place import LapseError
from lapse.model.tables import LAYOUTS
from lapse.runs.failures import HistoryError
from lapse.runs.folders import Folder
from lapse.runs.kept_json import ShapeError, decoded, shaped
from lapse.runs.past import Past
from lapse.runs.private_files import FILE_MODE, PARTIAL, digest_of, replace_private
from lapse.runs.results.outputs import OutputFormat
from lapse.runs.written import csv_outputs, header, output_relation, prepare
from lapse.sql.sandbox import failing_as, literal, pattern, write_scratch
from lapse.sql.small_tables import SmallTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

GIVEN_OUTPUTS = ("actions", "provider")
SUMS, TOLD = ".history.parquet", ".history.json"
FORMAT = 1
"""Raised when the meaning of what is kept changes."""
FEWEST = 8
"""Sums of fewer folders are not kept: they are read in a moment."""


@dataclass(frozen=True, slots=True)
class Told:
    """What kept sums are of; `digest` is that of their file, `folders` have a text for each.

    `undone` are the failed orders of these folders, each with the day judged.
    """

    format: int
    digest: str
    folders: tuple[str, ...]
    failed: str
    undone: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """Where sums are kept: `OUT`, before a run of a day; only who holds its lock may write."""

    out: Path
    day: date
    may_write: bool

    def read(self, before: Past) -> Told | None:
        """What is kept, if it counts."""
        try:
            found = shaped(decoded((self.out / TOLD).read_bytes()), Told)
            digest = digest_of(self.out / SUMS)
        except (OSError, ShapeError):
            return None
        first = before.folders[: len(found.folders)]
        # For the day itself a run asks for the orders of each folder.
        is_of_day = any(folder.day >= self.day for folder in first)
        is_same = replace(found, undone=()) == _told(before, first, digest)
        return found if is_same and not is_of_day else None

    def write(self, connection: "DuckDBPyConnection", before: Past) -> None:
        """Keeps the tables `given` and `undone`; without room, or a right to it, does without."""
        is_worth = len(before.folders) >= FEWEST and not before.of_day(self.day)
        if not (self.may_write and is_worth):
            return
        made = self.out / f"{SUMS}.{os.getpid()}.{PARTIAL}"
        undone = connection.execute(_EVERY_UNDONE).fetchall()
        try:
            write_scratch(connection.table("given"), made)
            made.chmod(FILE_MODE)
            told = replace(_told(before, before.folders, digest_of(made)), undone=tuple(undone))
            made.replace(self.out / SUMS)
            replace_private(self.out / TOLD, (json.dumps(asdict(told)) + "\n").encode())
        except (OSError, LapseError):
            made.unlink(missing_ok=True)


def _told(before: Past, folders: Sequence[Folder], digest: str) -> Told:
    names = {folder.name for folder in folders}
    failed = sorted(f"{e.folder} {e.action_id}" for e in before.failed if e.folder in names)
    fingerprint = sha256("\n".join(failed).encode("utf-8", "surrogatepass")).hexdigest()
    return Told(FORMAT, digest, tuple(map(_state, folders)), fingerprint)


def _state(folder: Folder) -> str:
    """A folder with its fingerprint, and how its files stand: they are not read again."""
    files = (folder.path / f"{name}.{folder.account.format}" for name in GIVEN_OUTPUTS)
    stands = (each.stat() if each.exists() else None for each in files)
    marks = ("-" if each is None else f"{each.st_size}@{each.st_mtime_ns}" for each in stands)
    return f"{folder.name} {folder.digest} {' '.join(marks)}"


def load(connection: "DuckDBPyConnection", before: Past, kept: Kept | None) -> None:
    """Makes `given`, and `seen` by the latest run; `giving` has the orders of folders not kept."""
    prepare(connection)
    connection.execute(TABLES)
    told = None if kept is None else kept.read(before)
    if kept is not None and told is not None:
        connection.execute(f"{_EARLIER_GIVEN} read_parquet({literal(pattern(kept.out / SUMS))})")
        connection.execute(_INSERT_UNDONE, [json.dumps(told.undone)])
    first = 0 if told is None else len(told.folders)
    _insert_givings(connection, list(enumerate(before.folders))[first:])
    last = before.last_run
    if last is not None:
        insert(connection, last, "seen", _INSERT_SEEN, [last.day])
    failed = sorted((entry.folder, entry.action_id) for entry in before.failed)
    connection.execute(_INSERT_FAILED, [json.dumps(failed)])
    connection.execute(_SUM)
    if kept is not None and first < len(before.folders):
        kept.write(connection, before)


def _insert_givings(
    connection: "DuckDBPyConnection", folders: Sequence[tuple[int, Folder]]
) -> None:
    """Reads the orders of folders; CSV of one header at once, which takes a fifth of the time."""
    alike: dict[tuple[str, ...], list[tuple[Path, str, int]]] = {}
    for place, folder in folders:
        for name in GIVEN_OUTPUTS:
            if folder.account.format is not OutputFormat.CSV:
                insert(connection, folder, name, _INSERT_GIVING, [folder.name, place])
            elif file := _rows_of(folder, name):
                alike.setdefault(header(file), []).append((file, folder.name, place))
    for columns, found in alike.items():
        rows = [(str(file.absolute()), name, place) for file, name, place in found]
        SmallTable("files", _FILES, rows).load(connection)
        files, layout = [file for file, *_ in found], LAYOUTS["actions"]
        with failing_as(HistoryError, f"`{files[0]}`, or one like it, cannot be read"):
            csv_outputs(connection, files, columns, layout).create_view("written")
            connection.execute(_INSERT_GIVINGS)


def _rows_of(folder: Folder, name: str) -> Path | None:
    """The file of an output, verified; null where it has no rows."""
    file = folder.output(name)
    return file if folder.account.outputs[name].rows else None


def insert(
    connection: "DuckDBPyConnection",
    folder: Folder,
    name: str,
    statement: str,
    parameters: list[object],
) -> None:
    """Verifies one output of a folder, and reads it into a table."""
    file = _rows_of(folder, name)
    if file is None:
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
CREATE TABLE undone (action_id VARCHAR, as_of DATE);
CREATE TABLE seen (
    subscription_id VARCHAR, status VARCHAR, first_day DATE, last_seen DATE, unbroken_since DATE
);
CREATE TABLE met (subscription_id VARCHAR);
CREATE VIEW earlier_given AS
SELECT subscription_id, track, anchor, rule, stage, step, "action", due_on, first_given,
    as_of AS last_given, 1 AS number, anchor_of, place AS last_run, place AS last_place
FROM giving WHERE FALSE;
"""
_EARLIER_GIVEN = """
CREATE OR REPLACE VIEW earlier_given AS
SELECT * REPLACE (nullif(anchor_of, '') AS anchor_of) FROM
"""
_INSERT_GIVING = """
INSERT INTO giving
SELECT ?, ?, action_id, subscription_id, track, anchor, anchor_of, rule, stage, step,
    "action", due_on, first_given, as_of
FROM written
"""
_FILES = {"filename": "VARCHAR", "folder": "VARCHAR", "place": "BIGINT"}
_INSERT_GIVINGS = """
INSERT INTO giving
SELECT folder, place, action_id, subscription_id, track, anchor, anchor_of, rule, stage, step,
    "action", due_on, first_given, as_of
FROM written JOIN files USING (filename)
"""
_INSERT_SEEN = """
INSERT INTO seen
SELECT subscription_id, status, first_day, coalesce(last_seen, ?), unbroken_since FROM written
"""
_INSERT_FAILED = """
INSERT INTO failed
SELECT pair[1], pair[2]
FROM (SELECT unnest(from_json(?, '[["VARCHAR"]]')) AS pair)
"""
_INSERT_UNDONE = """
INSERT INTO undone
SELECT pair[1], CAST(pair[2] AS DATE)
FROM (SELECT unnest(from_json(?, '[["VARCHAR"]]')) AS pair)
"""
_EVERY_UNDONE = "SELECT action_id, CAST(as_of AS VARCHAR) FROM undone ORDER BY ALL"
# Where an order failed on its first day, `first_given` is the next day on which it did not.
_SUM = """
INSERT INTO undone
SELECT DISTINCT action_id, as_of FROM giving SEMI JOIN failed USING (folder, action_id);
CREATE TABLE given AS
WITH kept AS (
    SELECT giving.*,
        CASE WHEN undone.as_of IS NULL THEN first_given ELSE giving.as_of END AS first_kept,
        CAST(coalesce(nullif(regexp_extract(giving.action_id, '#([0-9]+)$', 1), ''), '1') AS BIGINT)
            AS number
    FROM giving
    ANTI JOIN failed USING (folder, action_id)
    LEFT JOIN (SELECT DISTINCT * FROM undone) AS undone
        ON undone.action_id = giving.action_id AND undone.as_of = first_given
), every AS (
    SELECT subscription_id, track, anchor, rule, stage, step, "action", due_on,
        first_kept AS first_given, as_of AS last_given, number, anchor_of, place AS last_run,
        place AS last_place
    FROM kept
    UNION ALL FROM earlier_given
)
SELECT subscription_id, track, anchor, rule, stage,
    arg_max(step, (last_given, last_place)) AS step,
    arg_max("action", (last_given, last_place)) AS "action",
    max(due_on) AS due_on, min(first_given) AS first_given, max(last_given) AS last_given, number,
    coalesce(arg_max(anchor_of, (last_given, last_place)), '') AS anchor_of,
    max(last_run) AS last_run, arg_max(last_place, (last_given, last_place)) AS last_place
FROM every
GROUP BY subscription_id, track, anchor, rule, stage, number
"""
