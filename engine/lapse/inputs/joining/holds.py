"""Holds gathered by the subscription or customer protected; one not placed may protect anybody.

A row whose id no export of tonight has is *stray*. In this order, it
* protects nobody when it was over before the day judged;
* may protect those whose id differs from its own only in case or blanks;
* protects nobody when somebody says so of its id (`--ignore-hold`);
* may protect the subscriptions that an earlier run knew by its id, where they are still there: the
  export may name the customer differently now;
* protects nobody when an earlier run knew the id: who had it has left;
* otherwise may be anybody's. A typing error must not end a protection.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from shlex import quote

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.also import WasSeen
from lapse.inputs.checking import Group
from lapse.inputs.joining.filling import create, fill, input_of, table_of
from lapse.inputs.joining.owners import owner_named, rejected_rows, union
from lapse.inputs.statements import same_id as same_id_in_sql
from lapse.model.days import NEVER, AsOf
from lapse.model.ids import same_id, well_formed
from lapse.model.kinds import HOLD_COLUMNS, OWNERS
from lapse.model.profile import Gives
from lapse.model.record import Doubt, DoubtKind, UnplacedHolds
from lapse.sql.expressions import aliased, all_of, column, is_null, query

IDS_AT_ONCE = 2_000
MOST_EXAMPLES = 5
WEST_OF_UTC, EAST_OF_UTC = timedelta(hours=12), timedelta(hours=14)
"""No time zone is further behind UTC, or ahead of it."""


@dataclass(frozen=True, slots=True)
class Placing:
    """What decides whom stray holds protect: the day, ids to be ignored, and earlier runs."""

    as_of: AsOf
    ignored: tuple[str, ...]
    was_seen: WasSeen

    @property
    def first_day(self) -> date:
        """The earliest day that it may be anywhere: a hold that ended before it is over."""
        return self._day_at(-WEST_OF_UTC)

    @property
    def last_day(self) -> date:
        """The latest day that it may be anywhere: a hold that ends before it may be over."""
        return self._day_at(EAST_OF_UTC)

    def _day_at(self, offset: timedelta) -> date:
        if isinstance(self.as_of, datetime):
            return (self.as_of.astimezone(UTC) + offset).date()
        return self.as_of


@dataclass(frozen=True, slots=True)
class Holds:
    """The result of gathering holds, for subscriptions that no hold names.

    `is_any_shared` is true where some hold of a customer is on, which may be an unknown customer's.
    A hold is certainly on where it ends on `last_day` or later. `needless` are the ids that were to
    be ignored but that no stray hold has.
    """

    last_day: date
    is_any_shared: bool
    unplaced: tuple[UnplacedHolds, ...]
    doubts: tuple[Doubt, ...]
    needless: tuple[str, ...]


def gather_holds(
    connection: DuckDBPyConnection, groups: Sequence[Group], placing: Placing
) -> Holds:
    """Fills `holds_of_subscription` and `holds_of_customer`, one row for each owner.

    `until` is the last day of the longest hold; `is_open` is true where the end of one is unknown.
    """
    for group in groups:
        fill(connection, group)
    create(connection, "every_hold", union([*map(_read, groups), *_rejected(groups)]))
    connection.execute(_STRAYS, [placing.first_day])
    connection.execute(_NEAR)
    needless = _ignore(connection, placing.ignored)
    _settle_seen(connection, placing.was_seen)
    connection.execute(_CONTRADICTED, [placing.first_day])
    connection.execute(_GATHER)
    ((is_any_shared,),) = connection.execute(_SHARED, [placing.first_day]).fetchall()
    doubts = (
        _doubt(DoubtKind.OTHER_CUSTOMER, _rows(connection, _CONTRADICTED_IDS)),
        _doubt(DoubtKind.OTHER_LETTERS, _rows(connection, _NEAR_IDS)),
    )
    return Holds(
        placing.last_day,
        bool(is_any_shared),
        tuple(_unplaced(connection)),
        tuple(doubt for doubt in doubts if doubt.rows),
        needless,
    )


def _read(group: Group) -> exp.Select:
    """The rows that can be read; an end of never counts as unknown."""
    return query(
        """SELECT $input AS input, "#number" AS row, $owners,
            CASE WHEN year(hold_until) <> $never THEN hold_until END AS until, true AS is_read
        FROM $holds""",
        input=input_of(group),
        owners=[owner_named(group, owner) for owner in OWNERS],
        never=NEVER,
        holds=table_of(group),
    )


def _rejected(groups: Sequence[Group]) -> Iterator[exp.Select]:
    """The rows that cannot be read, which hold without an end; empty rows are left out."""
    names = tuple(spec.name for spec in HOLD_COLUMNS)
    for item, rows in rejected_rows(groups, names, numbered=True):
        yield query(
            """SELECT $input AS input, "#row" AS row, $owners, CAST(NULL AS date) AS until,
                false AS is_read
            FROM $rows WHERE NOT ("#code" = 'missing-id' AND $is_blank)""",
            input=item.source.name,
            owners=[aliased(same_id_in_sql(column(owner)), owner) for owner in OWNERS],
            rows=rows,
            is_blank=all_of(is_null(column(name)) for name in names),
        )


def _ignore(connection: DuckDBPyConnection, ignored: Sequence[str]) -> tuple[str, ...]:
    """Takes out the stray holds to be ignored; returns the ids to be ignored that none has."""
    if not ignored:
        return ()
    asked = {each: same_id(well_formed(each)) for each in ignored}
    rows = _rows(connection, _IGNORE, [json.dumps(sorted(set(asked.values())))])
    used = {text for row in rows for text in row}
    return tuple(each for each, id_ in asked.items() if id_ not in used)


def _settle_seen(connection: DuckDBPyConnection, was_seen: WasSeen) -> None:
    """Marks stray holds whose ids earlier runs knew; asks them only where one is left."""
    connection.execute(_SEEN_WITH)
    for named in OWNERS:
        with connection.cursor() as cursor:
            cursor.execute(_UNSETTLED_IDS, [named])
            while rows := cursor.fetchmany(IDS_AT_ONCE):
                known = [
                    (named, same_id(id_), same_id(subscription))
                    for id_, seen in was_seen(named, [id_ for (id_,) in rows]).items()
                    for subscription in seen or {""}
                ]
                connection.execute(_ADD_SEEN, [json.dumps(sorted(known))])
    connection.execute(_SEEN)


def _unplaced(connection: DuckDBPyConnection) -> Iterator[UnplacedHolds]:
    ((rows, input_),) = connection.execute(_COUNT_UNPLACED).fetchall()
    if rows:
        ids = tuple(id_ for (id_,) in _rows(connection, _UNPLACED_IDS, [MOST_EXAMPLES]))
        yield UnplacedHolds(int(rows), ids, tuple(map(_ignoring, ids)), input_)


def _ignoring(id_: str) -> str:
    """`--ignore-hold ID` quoted for a shell; `=` precedes an id that looks like an option."""
    return f"--ignore-hold{'=' if id_.startswith('-') else ' '}{quote(id_)}"


def _doubt(kind: DoubtKind, rows: Sequence[tuple[str, ...]]) -> Doubt:
    return Doubt(Gives.HOLDS, kind, len(rows), min((row[0] for row in rows), default=""))


def _rows(
    connection: DuckDBPyConnection, query: str, parameters: Sequence[object] = ()
) -> list[tuple[str, ...]]:
    return connection.execute(query, list(parameters)).fetchall()


_STRAYS = """
CREATE OR REPLACE TABLE stray_holds AS
SELECT held.*, CASE WHEN until < ? THEN 'over' END AS fate
FROM (SELECT *, named_by(subscription_id, customer_id) AS named,
          coalesce(subscription_id, customer_id) AS named_id
      FROM every_hold) AS held
ANTI JOIN known USING (named, named_id)
"""
_NEAR = """
CREATE OR REPLACE TABLE near_holds AS
SELECT DISTINCT stray.named, stray.named_id, known.named_id AS near, stray.named AS near_named
FROM (SELECT * FROM stray_holds WHERE fate IS NULL) AS stray
JOIN known ON known.named = stray.named AND bare(known.named_id) = bare(stray.named_id);
UPDATE stray_holds SET fate = 'near'
WHERE fate IS NULL AND (named, named_id) IN (SELECT (named, named_id) FROM near_holds)
"""
_NEAR_IDS = "SELECT named_id FROM stray_holds WHERE fate = 'near'"
_IGNORE = """
UPDATE stray_holds SET fate = 'ignored'
FROM (SELECT unnest(from_json(?, '["VARCHAR"]')) AS id) AS asked
WHERE fate IS NULL AND (id = named_id OR id = concat(input, ':', "row"))
RETURNING coalesce(named_id, ''), concat(input, ':', "row")
"""
_UNSETTLED_IDS = """
SELECT DISTINCT named_id FROM stray_holds WHERE fate IS NULL AND named = ?
"""
_SEEN_WITH = """
CREATE OR REPLACE TABLE seen_with (named VARCHAR, named_id VARCHAR, subscription_id VARCHAR)
"""
_ADD_SEEN = """
INSERT INTO seen_with
SELECT each[1], each[2], each[3]
FROM (SELECT unnest(from_json(?, '[["VARCHAR"]]')) AS each)
"""
_SEEN = """
INSERT INTO near_holds
SELECT DISTINCT seen.named, seen.named_id, seen.subscription_id, 'subscription_id'
FROM seen_with AS seen
JOIN known ON known.named = 'subscription_id' AND known.named_id = seen.subscription_id;
UPDATE stray_holds SET fate = 'near'
WHERE fate IS NULL AND (named, named_id) IN (SELECT (named, named_id) FROM near_holds);
UPDATE stray_holds SET fate = 'seen'
WHERE fate IS NULL AND (named, named_id) IN (SELECT (named, named_id) FROM seen_with)
"""
_COUNT_UNPLACED = "SELECT count(*), min(input) FROM stray_holds WHERE fate IS NULL"
_UNPLACED_IDS = """
SELECT DISTINCT coalesce(named_id, concat(input, ':', "row")) AS id
FROM stray_holds WHERE fate IS NULL ORDER BY id LIMIT ?
"""
_CONTRADICTED = """
CREATE OR REPLACE TABLE contradicted_holds AS
SELECT held.subscription_id, held.customer_id
FROM every_hold AS held JOIN customer_of USING (subscription_id)
WHERE bare(held.customer_id) <> bare(customer_of.customer_id)
    AND (held.until IS NULL OR held.until >= ?)
    AND held.customer_id IN (SELECT named_id FROM known WHERE named = 'customer_id')
"""
"""A hold that names one customer and the subscription of another may protect either."""
_CONTRADICTED_IDS = "SELECT subscription_id FROM contradicted_holds"
_GATHER = """
CREATE OR REPLACE TABLE named_holds AS
SELECT named_by(subscription_id, customer_id) AS named,
    coalesce(subscription_id, customer_id) AS named_id, until
FROM every_hold
ANTI JOIN (SELECT input, "row" FROM stray_holds WHERE fate = 'ignored') AS ignored
    USING (input, "row");
CREATE OR REPLACE VIEW placed_holds AS
SELECT named, named_id, until FROM named_holds
UNION ALL SELECT near_named, near, NULL FROM near_holds
UNION ALL SELECT 'subscription_id', subscription_id, NULL FROM contradicted_holds
UNION ALL SELECT 'customer_id', customer_id, NULL FROM contradicted_holds;
CREATE OR REPLACE TABLE holds_of_subscription AS
SELECT named_id AS owner, max(until) AS until, bool_or(until IS NULL) AS is_open
FROM placed_holds WHERE named = 'subscription_id' GROUP BY named_id;
CREATE OR REPLACE TABLE holds_of_customer AS
SELECT named_id AS owner, max(until) AS until, bool_or(until IS NULL) AS is_open
FROM placed_holds WHERE named = 'customer_id' GROUP BY named_id
"""
_SHARED = "SELECT count(*) > 0 FROM holds_of_customer WHERE is_open OR until >= ?"
KEPT = """
WITH placed AS (
    SELECT * FROM (SELECT DISTINCT named, named_id FROM named_holds WHERE named IS NOT NULL) AS held
    ANTI JOIN stray_holds USING (named, named_id)
), kept AS (
    SELECT named, named_id,
        CASE named WHEN 'subscription_id' THEN named_id ELSE customer_of.subscription_id END AS its
    FROM placed
    LEFT JOIN customer_of ON named = 'customer_id' AND customer_id = named_id
    UNION
    SELECT named, named_id, seen_with.subscription_id
    FROM stray_holds LEFT JOIN seen_with USING (named, named_id)
    WHERE fate IN ('near', 'seen')
)
SELECT replace(named, '_id', ''), named_id, coalesce(its, '') FROM kept
ORDER BY ALL
"""
"""The ids that a later run should know when their subscriptions have left: those placed now or
before. They are sorted, so that the same run writes the same file."""
