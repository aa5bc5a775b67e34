"""Inputs read into tables of typed facts, with the key by which they are joined."""

from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.exports.checking import Group, count_of, reading
from lapse.exports.columns import typed_columns_of, value_columns
from lapse.exports.day_forms import instant_text
from lapse.exports.lowering import holds
from lapse.exports.sources import Source
from lapse.exports.statements import Extra, accepted, same_id
from lapse.exports.steps import Inline
from lapse.exports.typed import call, cast, column, number, render

KEY, SOURCE, PREFERRED, LATEST, LAST = "#key", "#source", "#preferred", "#latest", "#last"


def table_of(group: Group) -> str:
    return f"export{group.number}"


def create(connection: DuckDBPyConnection, name: str, query: exp.Expr) -> None:
    made = exp.Create(this=exp.to_table(name), kind="TABLE", replace=True, expression=query)
    connection.execute(render(made))


def fill(connection: DuckDBPyConnection, group: Group) -> int:
    """The rows of a group that are not rejected; one for each key where a profile says which.

    The number of rows that are not rejected.
    """
    name = table_of(group)
    pairs = [pair for fact in group.facts for pair in typed_columns_of(group.specs[fact])]
    pairs += [(KEY, "text"), (SOURCE, "integer"), *_order_columns(group)]
    nulls = [cast(exp.Null(), type_).as_(pair, quoted=True) for pair, type_ in pairs]
    create(connection, name, exp.select(*nulls).where(exp.false()))
    for place, item in enumerate(group.inputs):
        rows = _rows(group, item.source, place)
        named = [exp.to_identifier(each.alias_or_name, quoted=True) for each in rows.selects]
        target = exp.Schema(this=exp.to_table(name), expressions=named)
        with reading(item.source.plain):
            connection.execute(render(exp.Insert(this=target, expression=rows)))
    accepted = count_of(connection, name)
    profile = group.shape.profile
    if profile is not None and profile.one_row is not None:
        keep_one_row(connection, name)
    return accepted


def keep_one_row(connection: DuckDBPyConnection, name: str) -> None:
    """Of the rows with one key the preferred, then the latest; else any, but always the same."""
    order = [
        exp.Ordered(this=column(PREFERRED), desc=True, nulls_first=False),
        exp.Ordered(this=column(LATEST), desc=True, nulls_first=False),
        exp.Ordered(this=call("hash", exp.column(name)), nulls_first=False),
    ]
    place = exp.Window(
        this=exp.RowNumber(), partition_by=[column(KEY)], order=exp.Order(expressions=order)
    )
    numbered = exp.select(exp.Star(), place.as_("#place", quoted=True)).from_(name)
    is_first = exp.EQ(this=column("#place"), expression=number(1))
    every = exp.Star(except_=[exp.to_identifier("#place", quoted=True)])
    create(
        connection, "kept", exp.select(every).from_(numbered.subquery("numbered")).where(is_first)
    )
    create(connection, name, exp.select(exp.Star()).from_("kept"))


def _rows(group: Group, source: Source, place: int) -> exp.Select:
    extras = list(_extras(source))
    rows = accepted(source, group.duplicates, extras)
    key = group.shape.table.key or group.shape.table.needed[0]
    names = [name for fact in source.cells for name in value_columns(group.specs[fact])]
    chosen = [column(name) for name in (*names, *(extra.name for extra in extras))]
    keyed: exp.Expr = exp.Null()
    if key in source.cells:
        keyed = same_id(cast(column(key), "text"))
    return exp.select(
        *chosen, keyed.as_(KEY, quoted=True), number(place).as_(SOURCE, quoted=True)
    ).from_(rows.subquery("accepted"))


def _order_columns(group: Group) -> Sequence[tuple[str, str]]:
    profile = group.shape.profile
    if profile is None or (profile.one_row is None and profile.in_force is None):
        return ()
    return ((PREFERRED, "boolean"), (LATEST, "text"), (LAST, "text"))


def _extras(source: Source) -> Iterator[Extra]:
    """What decides which of several rows counts."""
    profile = source.shape.profile
    if profile is None:
        return
    if profile.one_row is not None:
        one_row = profile.one_row
        wanted = [holds(where, source.raw.columns) for where in one_row.prefer]
        yield Extra(PREFERRED, exp.and_(*wanted) if wanted else exp.false())
        yield Extra(LATEST, _moment(one_row.latest, source))
    if profile.in_force is not None:
        yield Extra(LATEST, _moment(profile.in_force.first, source))
        yield Extra(LAST, _moment(profile.in_force.last, source))


def _moment(name: str | None, source: Source) -> exp.Expr:
    """A column as an instant that compares as text; null where it is none."""
    cell = source.raw.columns.get(name or "")
    if cell is None or source.shape.profile is None:
        return cast(exp.Null(), "text")
    return instant_text(cell, source.shape.profile.dates, Inline())
