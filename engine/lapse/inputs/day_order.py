"""Decides from the cells whether the day or the month comes first in dates such as `3/11/2026`.

A cell whose first number is above 12 fits day/month only; one whose second number is above 12 fits
month/day only. A file with both kinds in one column is refused, even where its profile names a
form, because its other cells could be either. It is also refused where cells do not fit the form
named. If the profile names no form and the column has no ISO dates, cells of one kind decide. Where
nothing decides the fact is unknown: read the wrong way round, a bill is half a year overdue.

Columns are looked at only where a row was rejected: a date in no known form rejects its row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from duckdb import DuckDBPyConnection

from lapse.inputs.files import InputError
from lapse.inputs.profiles.lost import no_form
from lapse.inputs.sources import Source
from lapse.model.place import Place, Problem
from lapse.model.profile import DateForm, Profile
from lapse.sql.expressions import query, render, sql

DAY_FIRST, MONTH_FIRST = ("day", "month", "year"), ("month", "day", "year")
MARKS = "/.-"


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """How many cells fit one order only, or both with two meanings, or both with one meaning.

    For each order it has an example, with its row, of a cell that fits that order only.
    """

    day_first: int
    month_first: int
    either: int
    same: int
    only_day_first: tuple[str, int]
    only_month_first: tuple[str, int]

    @property
    def is_mixed(self) -> bool:
        return bool(self.day_first and self.month_first)

    @property
    def order(self) -> tuple[str, str, str] | None:
        """The order that the cells decide; null where they do not."""
        if self.day_first or (self.same and not self.month_first and not self.either):
            return DAY_FIRST
        return MONTH_FIRST if self.month_first else None

    @property
    def is_open(self) -> bool:
        """Whether some cells fit both orders and nothing decides between them."""
        return self.order is None and self.either > 0


@dataclass(frozen=True, slots=True)
class Dated:
    """The date forms that the cells decide, by fact, and the facts that stay unknown."""

    forms: Mapping[str, tuple[DateForm, ...]]
    unknown: frozenset[str] = frozenset()


def dated_by_cells(connection: DuckDBPyConnection, source: Source) -> Dated | None:
    """What the cells of an input decide; null where they change nothing.

    Raises `InputError` when cells contradict each other or the profile, or when a fact stays
    unknown that the file needs.
    """
    profile = source.shape.profile
    if profile is None:
        return None
    facts = [fact for fact, cell in source.cells.items() if cell.undated is not None]
    if not profile.dates:
        facts = [fact for fact in facts if not _has_iso(connection, source, fact)]
    counted = [
        (fact, marks, _orders(connection, source, fact, marks))
        for fact in facts
        for marks in _marks_read(profile)
    ]
    mixed = [
        _mixed(source, fact, orders)
        if orders.is_mixed
        else _not_as_named(source, fact, orders, profile)
        for fact, marks, orders in counted
        if orders.is_mixed or _is_not_as_named(orders, marks, profile)
    ]
    if mixed:
        raise InputError(mixed)
    if profile.dates:
        return None
    return _decided(source, profile, {fact: orders for fact, _, orders in counted})


def _decided(source: Source, profile: Profile, found: Mapping[str, OrderCounts]) -> Dated | None:
    """The forms for a profile that names none."""
    unknown = frozenset(fact for fact, orders in found.items() if orders.is_open)
    needed = {*source.shape.table.needed, *source.shape.table.identifying}
    refused = [
        no_form(_name(source, fact), profile, source.name) for fact in sorted(unknown & needed)
    ]
    if refused:
        raise InputError(refused)
    decided = {fact: orders.order for fact, orders in found.items() if orders.order}
    forms = {fact: tuple(DateForm(o, mark) for mark in MARKS) for fact, o in decided.items()}
    return Dated(forms, unknown) if forms or unknown else None


def _marks_read(profile: Profile) -> tuple[str, ...]:
    """The marks between numbers to look for; a profile may name a form for each mark."""
    if not profile.dates:
        return (MARKS,)
    named = (form.mark for form in profile.dates if form.order[-1] == "year")
    return tuple(dict.fromkeys(named))


def _is_not_as_named(orders: OrderCounts, marks: str, profile: Profile) -> bool:
    """Whether the cells fit only an order that the profile does not name for their mark."""
    named = {form.order for form in profile.dates if form.mark == marks}
    is_decided = bool(orders.day_first or orders.month_first)
    return bool(named) and is_decided and orders.order not in named


def _has_iso(connection: DuckDBPyConnection, source: Source, fact: str) -> bool:
    """Whether a column has dates such as `2026-11-23`; any other form in it is then a slip."""
    undated = source.cells[fact].undated
    assert undated is not None
    counted = query(
        r"SELECT count(*) FROM $table WHERE regexp_full_match($undated, '\d{4}-\d{2}-\d{2}.*')",
        table=source.raw.table.copy(),
        undated=undated.copy(),
    )
    ((count,),) = connection.execute(render(counted)).fetchall()
    return bool(count)


_COUNTED: Final = """
    SELECT coalesce(count_if(is_day_first), 0), coalesce(count_if(is_month_first), 0),
        coalesce(count_if(is_either AND one <> two), 0),
        coalesce(count_if(is_either AND one = two), 0),
        arg_min(cell, "#row") FILTER (is_day_first), arg_min("#row", "#row") FILTER (is_day_first),
        arg_min(cell, "#row") FILTER (is_month_first),
        arg_min("#row", "#row") FILTER (is_month_first)
    FROM (
        SELECT *, one BETWEEN 13 AND 31 AND two BETWEEN 1 AND 12 AS is_day_first,
            two BETWEEN 13 AND 31 AND one BETWEEN 1 AND 12 AS is_month_first,
            one BETWEEN 1 AND 12 AND two BETWEEN 1 AND 12 AS is_either
        FROM (
            SELECT cell, "#row", try_cast(regexp_extract(cell, $first, 1) AS bigint) AS one,
                try_cast(regexp_extract(cell, $second, 1) AS bigint) AS two
            FROM (SELECT $undated AS cell, $row AS "#row" FROM $table) AS cells
            WHERE regexp_full_match(cell, $date)
        ) AS split
    ) AS meant
"""


def _orders(connection: DuckDBPyConnection, source: Source, fact: str, marks: str) -> OrderCounts:
    """The counts for one column, from one pass over the input."""
    undated = source.cells[fact].undated
    assert undated is not None
    mark = f"[{marks}]"
    counted = query(
        _COUNTED,
        first=rf"^(\d{{1,2}}){mark}",
        second=rf"^\d{{1,2}}{mark}(\d{{1,2}}){mark}",
        undated=undated.copy(),
        row=source.raw.row.copy() if source.raw.row else sql("row_number() OVER ()"),
        table=source.raw.table.copy(),
        date=rf"\d{{1,2}}({mark})\d{{1,2}}{mark}\d{{4}}( .*)?",
    )
    ((days, months, either, same, *examples),) = connection.execute(render(counted)).fetchall()
    first, second = examples[:2], examples[2:]
    return OrderCounts(
        days,
        months,
        either,
        same,
        (first[0] or "", first[1] or 0),
        (second[0] or "", second[1] or 0),
    )


def _mixed(source: Source, fact: str, orders: OrderCounts) -> Problem:
    (one, first), (other, second) = orders.only_day_first, orders.only_month_first
    message = (
        f"the column `{_name(source, fact)}` has dates in two forms: "
        f"`{one}` in row {first} fits only day/month, `{other}` in row {second} only month/day"
    )
    help_ = "export it again with all dates in one form, best as 2026-11-23"
    return Problem("dates-in-two-forms", message, Place(source.name, 1), help_)


def _not_as_named(source: Source, fact: str, orders: OrderCounts, profile: Profile) -> Problem:
    form, other = "day/month", "month/day"
    cell, row = orders.only_day_first
    if not orders.day_first:
        (form, other), (cell, row) = (other, form), orders.only_month_first
    message = (
        f"the profile `{profile.name}` says that dates are {other}, and "
        f"`{cell}` in row {row} of the column `{_name(source, fact)}` fits only {form}"
    )
    help_ = f"correct the profile's `dates`, or export the file again with {other}"
    return Problem("dates-in-two-forms", message, Place(source.name, 1), help_, also=profile.place)


def _name(source: Source, fact: str) -> str:
    return source.shape.column_of(fact, source.names.spelled)
