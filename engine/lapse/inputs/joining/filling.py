"""Inputs read into tables of typed facts, with the key by which they are joined."""

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Checked, Group, count_of, reading
from lapse.inputs.joining.origin import NUMBER, origin_columns, origin_extras
from lapse.inputs.profiles.precedence import LATEST, PREFERRED, order_columns, order_extras
from lapse.inputs.records import REJECTED
from lapse.inputs.sql_columns import typed_columns_of, value_columns
from lapse.inputs.statements import ID, IS_BAD, bad_texts, same_id
from lapse.inputs.typed import call, cast, column, is_there, literal, number, render

KEY, SOURCE = "#key", "#source"


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
    pairs += [(KEY, "text"), (SOURCE, "integer"), *order_columns(group.shape)]
    pairs += origin_columns(group.shape)
    nulls = [cast(exp.Null(), type_).as_(pair, quoted=True) for pair, type_ in pairs]
    create(connection, name, exp.select(*nulls).where(exp.false()))
    for place, item in enumerate(group.inputs):
        assert item.table is not None
        rows = _rows(group, item, place)
        named = [exp.to_identifier(each.alias_or_name, quoted=True) for each in rows.selects]
        target = exp.Schema(this=exp.to_table(name), expressions=named)
        connection.execute(render(exp.Insert(this=target, expression=rows)))
        connection.execute(f"DROP TABLE {item.table}")
    accepted = count_of(connection, name)
    if group.shape.has_several_rows:
        keep_one_row(connection, name)
    return accepted


def add_rejected(connection: DuckDBPyConnection, group: Group) -> None:
    """Adds a row of nulls for each key of which every row was rejected: what they say is lost."""
    name, key = table_of(group), group.shape.table.key
    if key is None:
        return
    for item in group.inputs:
        if not item.bad and group.duplicates is None:
            continue
        with reading(item.source.plain):
            texts = bad_texts(item.source, group.duplicates, (key,))
            bad = exp.TableAlias(this=exp.to_identifier("bad"), columns=[exp.to_identifier("text")])
            mine = same_id(exp.column("text"))
            known = exp.select(column(KEY)).from_(name).subquery()
            lost = (
                exp.select(mine.as_(KEY, quoted=True), number(REJECTED).as_(SOURCE, quoted=True))
                .distinct()
                .from_(texts.subquery(bad))
                .where(is_there(exp.column("text")), exp.Not(this=exp.In(this=mine, query=known)))
            )
            named = [exp.to_identifier(each, quoted=True) for each in (KEY, SOURCE)]
            target = exp.Schema(this=exp.to_table(name), expressions=named)
            connection.execute(render(exp.Insert(this=target, expression=lost)))


def keep_one_row(connection: DuckDBPyConnection, name: str) -> None:
    """Of the rows with one key the preferred, then the latest; else any, but always the same."""
    by_place = {SOURCE, NUMBER}
    columns = connection.table(f'"{name}"').columns
    told = [column(each) for each in columns if each not in by_place]
    order = [
        exp.Ordered(this=column(PREFERRED), desc=True, nulls_first=False),
        exp.Ordered(this=column(LATEST), desc=True, nulls_first=False),
        exp.Ordered(this=call("hash", *told), nulls_first=False),
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
    connection.execute(f"DROP TABLE {name}")
    connection.execute(f"ALTER TABLE kept RENAME TO {name}")


def _rows(group: Group, item: Checked, place: int) -> exp.Select:
    """The rows of an input that are not rejected, with the key by which they are joined."""
    source, key = item.source, group.shape.table.key or group.shape.table.needed[0]
    names = [name for fact in source.cells for name in value_columns(group.specs[fact])]
    names += [extra.name for extra in (*order_extras(source), *origin_extras(source))]
    keyed: exp.Expr = same_id(cast(column(key), "text")) if key in source.cells else exp.Null()
    chosen: list[exp.Expr] = [column(name) for name in names]
    chosen += [keyed.as_(KEY, quoted=True), number(place).as_(SOURCE, quoted=True)]
    rows = exp.select(*chosen).from_(str(item.table)).where(exp.Not(this=column(IS_BAD)))
    if group.duplicates is None:
        return rows
    twice = exp.select(column(ID)).from_(group.duplicates).subquery()
    return rows.where(exp.Not(this=exp.In(this=keyed.copy(), query=twice)))


def input_of(group: Group) -> exp.Expr:
    """The name of the file that a row of a filled group comes from."""
    named = exp.case()
    for place, item in enumerate(group.inputs):
        is_it = exp.EQ(this=column(SOURCE), expression=number(place))
        named = named.when(is_it, literal(item.source.name), copy=False)
    return cast(named, "text")
