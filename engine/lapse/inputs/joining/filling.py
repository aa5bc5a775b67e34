"""Inputs read into tables of typed facts, with the key by which they are joined."""

from collections.abc import Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group, count_of
from lapse.inputs.joining.origin import NUMBER, origin_columns, origin_extras
from lapse.inputs.passing import Checked, reading
from lapse.inputs.profiles.precedence import order_columns, order_extras
from lapse.inputs.records import REJECTED
from lapse.inputs.statements import bad_texts, same_id
from lapse.model.tables import typed_columns, value_columns
from lapse.sql.expressions import aliased, cases, cast, column, query, render, sql

KEY, SOURCE = "#key", "#source"


def table_of(group: Group) -> str:
    return f"export{group.number}"


def create(
    connection: DuckDBPyConnection, name: str, rows: exp.Expr, *, kind: str = "TABLE"
) -> None:
    made = exp.Create(this=exp.to_table(name), kind=kind, replace=True, expression=rows)
    connection.execute(render(made))


def _insert(
    connection: DuckDBPyConnection, name: str, columns: Sequence[str], rows: exp.Expr
) -> None:
    named = [exp.to_identifier(each, quoted=True) for each in columns]
    target = exp.Schema(this=exp.to_table(name), expressions=named)
    connection.execute(render(exp.Insert(this=target, expression=rows)))


def fill(connection: DuckDBPyConnection, group: Group) -> int:
    """Fills a table with the rows of a group that are not rejected; returns how many there are.

    The table keeps one row for each key where a profile says which row counts.
    """
    name = table_of(group)
    pairs = [pair for fact in group.facts for pair in typed_columns(group.specs[fact])]
    pairs += [(KEY, "text"), (SOURCE, "integer"), *order_columns(group.shape)]
    pairs += origin_columns(group.shape)
    nulls = [aliased(cast(None, type_), column_) for column_, type_ in pairs]
    create(connection, name, query("SELECT $nulls WHERE false", nulls=nulls))
    for place, item in enumerate(group.inputs):
        rows = _rows(group, item, place)
        _insert(connection, name, rows.named_selects, rows)
        connection.execute(f"DROP TABLE {item.table}")
    accepted = count_of(connection, name)
    if group.shape.has_several_rows:
        keep_one_row(connection, name)
    return accepted


def add_rejected(connection: DuckDBPyConnection, group: Group) -> None:
    """Adds a row of nulls for each key whose rows were all rejected: their values are lost."""
    name, key = table_of(group), group.shape.table.key
    if key is None:
        return
    for item in group.inputs:
        if not item.bad and group.duplicates is None:
            continue
        with reading(item.source.plain):
            texts = bad_texts(item.source, group.duplicates, (key,))
            lost = query(
                """SELECT DISTINCT $key AS "#key", $rejected AS "#source" FROM $texts AS bad(text)
                WHERE text IS NOT NULL AND $key NOT IN (SELECT "#key" FROM $known)""",
                key=same_id(sql("text")),
                rejected=REJECTED,
                texts=texts,
                known=name,
            )
            _insert(connection, name, (KEY, SOURCE), lost)


def keep_one_row(connection: DuckDBPyConnection, name: str) -> None:
    """Keeps one row for each key: the preferred, then the latest; ties always give the same row."""
    by_place = {SOURCE, NUMBER}
    columns = connection.table(f'"{name}"').columns
    told = [column(each) for each in columns if each not in by_place]
    first = query(
        """SELECT * EXCLUDE ("#place") FROM (
            SELECT *, row_number() OVER (
                PARTITION BY "#key"
                ORDER BY "#preferred" DESC NULLS LAST, "#latest" DESC NULLS LAST,
                    hash($told) NULLS LAST
            ) AS "#place" FROM $name
        ) AS numbered WHERE "#place" = 1""",
        told=told,
        name=name,
    )
    create(connection, "kept", first)
    connection.execute(f"DROP TABLE {name}")
    connection.execute(f"ALTER TABLE kept RENAME TO {name}")


def _rows(group: Group, item: Checked, place: int) -> exp.Select:
    """The rows of an input that are not rejected, with the key by which they are joined."""
    source, key = item.source, group.shape.table.key or group.shape.table.needed[0]
    names = [name for fact in source.cells for name in value_columns(group.specs[fact])]
    names += [extra.name for extra in (*order_extras(source), *origin_extras(source))]
    keyed = sql("NULL")
    if key in source.cells:
        keyed = same_id(sql("CAST($key AS text)", key=column(key)))
    rows = query(
        """SELECT $columns, $keyed AS "#key", $place AS "#source" FROM $judged
        WHERE NOT "#is_bad" """,
        columns=[*map(column, names)],
        keyed=keyed,
        place=place,
        judged=str(item.table),
    )
    if group.duplicates is None:
        return rows
    twice = sql(
        '$keyed IN (SELECT "subscription_id" FROM $duplicates)',
        keyed=keyed,
        duplicates=group.duplicates,
    )
    return rows.where(exp.Not(this=twice), copy=False)


def input_of(group: Group) -> exp.Expr:
    """The name of the file that a row of a filled group comes from."""
    named = cases(
        (sql('"#source" = $place', place=place), item.source.name)
        for place, item in enumerate(group.inputs)
    )
    return sql("CAST($named AS text)", named=named)
