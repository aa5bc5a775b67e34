"""What runs saw of subscriptions that are not active, tonight included (`decide.seen`) as SQL."""

from collections.abc import Mapping

from sqlglot import exp

from lapse.decide.seen import DEBT, FACTS_SEEN, LONGEST_DELAY_DAYS
from lapse.decide.seen import SUSPENDED as STATUS_SUSPENDED
from lapse.executors.lowered.facts.settling import SUSPENDED_FOR, Facts
from lapse.executors.lowered.words.columns import (
    DAY,
    FIRST_SEEN,
    READ,
    SUSPENDED_BY_US,
    UNBROKEN_SEEN,
    Fact,
)
from lapse.executors.lowered.words.conditions import held
from lapse.model.facts import ACTIVE, STATUS, UNBROKEN, ValueType
from lapse.model.rule import CARRIED_DAYS
from lapse.model.sightings import Seen
from lapse.sql.expressions import (
    aliased,
    all_of,
    any_of,
    cases,
    column,
    first_of,
    is_null,
    query,
    sql,
)
from lapse.sql.small_tables import Cell

BEFORE = "seen_before"
TYPES = {
    "id": "VARCHAR",
    "seen_status": "VARCHAR",
    "first": "BIGINT",
    "last": "BIGINT",
    "unbroken": "BIGINT",
}
"""The columns of `BEFORE`, a row for each subscription that an earlier run saw not active."""
SUSPENDED = "suspended_by_us"
"""The subscriptions whose latest order of ours about the status suspends for debt."""


def line(id_: str, seen: Seen, runs_every: int) -> tuple[Cell, ...]:
    """A row of `BEFORE`."""
    days = (seen.first_day, seen.last_seen, seen.unbroken(runs_every))
    return id_, seen.status, *(held(day) for day in days)


def sighted(dated: exp.Expr, runs_every: int) -> exp.Select:
    """Rows with their sightings after tonight, as `model.sightings.sighting` counts them."""
    day, status = column(DAY), column(STATUS)
    gap = sql("$day - $last", day=day, last=exp.column("last", BEFORE))
    same = sql("$seen = $status", seen=exp.column("seen_status", BEFORE), status=status)
    goes_on = all_of([same, sql("$gap <= $carried", gap=gap, carried=CARRIED_DAYS)])
    is_near = all_of([goes_on, sql("$gap <= $every", gap=gap, every=runs_every)])
    is_row = all_of([column(READ), sql("$status <> $active", status=status, active=ACTIVE)])
    not_one = sql("NOT coalesce($it, FALSE)", it=is_row)
    first = cases([(not_one, None), (goes_on, exp.column("first", BEFORE))], day)
    unbroken = cases([(not_one, None), (is_near, exp.column("unbroken", BEFORE))], day)
    added = [aliased(first, FIRST_SEEN), aliased(unbroken, UNBROKEN_SEEN)]
    added.append(aliased(exp.column("given_on", SUSPENDED), SUSPENDED_BY_US))
    rows = query("SELECT moment.*, $added FROM $dated AS moment", added=added, dated=dated)
    for table in (BEFORE, SUSPENDED):
        own, its = column("subscription_id", "moment"), exp.column("id", table)
        meets = sql("$one = $two", one=own, two=its)
        rows = rows.join(table, on=meets, join_type="left", copy=False)
    return rows


def seen_facts(facts: Facts) -> Mapping[str, Fact]:
    """What no cell tells of a status: its day, what it is for, and since when it is unbroken."""
    status, specs = column(STATUS), facts.words.facts
    found = {SUSPENDED_FOR: _suspended_for(facts)}
    for name in FACTS_SEEN:
        told, is_told, own = facts.told(name), facts.is_told(name), str(specs[name].status)
        is_it = sql("coalesce($status = $own, FALSE)", status=status, own=own)
        is_other = sql("coalesce($status <> $own, FALSE)", status=status, own=own)
        value = cases([(is_told, told.value), (is_it, column(FIRST_SEEN))])
        absent = cases([(is_told, told.is_absent or exp.false())], is_other)
        found[name] = Fact(value, absent)
    days = [cases([(facts.has_column(UNBROKEN), facts.told(UNBROKEN).value)])]
    for name, spec in specs.items():
        if spec.status is not None and spec.type is ValueType.DATE:
            is_own = sql("$status = $own", status=status, own=spec.status)
            is_it = all_of([facts.has_column(name), is_own])
            days.append(cases([(is_it, facts.told(name).value)]))
    is_active = sql("coalesce($status = $active, FALSE)", status=status, active=ACTIVE)
    is_open = any_of([is_null(status), is_active])
    since = first_of([*days, column(UNBROKEN_SEEN)])
    found[UNBROKEN] = Fact(cases([(is_open, None)], since), is_active)
    return found


def _suspended_for(facts: Facts) -> Fact:
    """As told, else debt where our order was not long before (`decide.seen.is_by_our_order`)."""
    told, is_told, status = facts.told(SUSPENDED_FOR), facts.is_told(SUSPENDED_FOR), column(STATUS)
    by_us = sql(
        "$status = $suspended AND $first - $given BETWEEN 0 AND $longest",
        status=status,
        suspended=STATUS_SUSPENDED,
        first=column(FIRST_SEEN),
        given=column(SUSPENDED_BY_US),
        longest=LONGEST_DELAY_DAYS,
    )
    is_other = sql("coalesce($status <> $it, FALSE)", status=status, it=STATUS_SUSPENDED)
    value = cases([(is_told, told.value), (by_us, DEBT)])
    return Fact(value, cases([(is_told, told.is_absent or exp.false())], is_other))
