"""Every input is read through once before any row is handed on.

This counts the rows, finds the ids that occur twice, and proves that each file can be read to its
end. It is apart from `reading` because importing it costs the imports of sqlglot and duckdb.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.files import collected
from lapse.inputs.passing import Checked, Passing, reading
from lapse.inputs.profiles.shape import Shape
from lapse.inputs.sources import Opener, Source
from lapse.inputs.statements import ID, ID_HASH, rejected, suspects
from lapse.model.facts import FactSpec
from lapse.model.tables import value_columns
from lapse.sql.expressions import query, render

IDS_AT_ONCE = 2_000_000
"""Ids compared in one pass, in about 150 MB."""
_IDENTITY = frozenset(
    {
        "subscription_id",
        "customer_id",
        "customer_name",
        "product",
        "product_name",
        "market",
        "segment",
        "program",
        "currency",
    }
)
"""Facts that identify the subscription of a row; several exports may repeat them."""


@dataclass(frozen=True, slots=True)
class Group:
    """The inputs that are parts of one export, in which an id may occur only once.

    `duplicates` names the table of the ids that occur twice; null when there are none.
    """

    number: int
    shape: Shape
    inputs: tuple[Checked, ...]
    duplicates: str | None

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that some input has, in the order of the inputs."""
        return tuple(dict.fromkeys(fact for item in self.inputs for fact in item.source.cells))

    @property
    def specs(self) -> Mapping[str, FactSpec]:
        return self.shape.table.columns

    @property
    def columns(self) -> tuple[str, ...]:
        """The SQL columns of its facts."""
        return tuple(name for fact in self.facts for name in value_columns(self.specs[fact]))


def check(opener: Opener, sources: Sequence[Source]) -> tuple[Group, ...]:
    """All inputs by export, read to their end; those that are not well formed are rewritten."""
    parts = _parts(sources)
    is_merged = are_merged([members[0].shape for members in parts])
    return tuple(
        collected(
            partial(_group, opener, number, members, is_merged=is_merged)
            for number, members in enumerate(parts)
        )
    )


def are_merged(shapes: Sequence[Shape]) -> bool:
    """Whether rows of exports of these shapes are brought together."""
    return len(shapes) > 1 or shapes[0].has_several_rows


def _recounted(connection: DuckDBPyConnection, item: Checked, duplicates: str) -> Checked:
    """The input with `bad` counted again, to include rows whose id occurs twice."""
    bad = rejected(item.source, duplicates)
    count = query("SELECT count(*) FROM $bad AS bad", bad=bad)
    with reading(item.source.plain):
        counted = connection.execute(render(count)).fetchall()
    return replace(item, bad=int(counted[0][0]))


def _group(opener: Opener, number: int, members: Sequence[Source], *, is_merged: bool) -> Group:
    connection = opener.connection
    connection.execute(f'CREATE OR REPLACE TABLE seen ("{ID_HASH}" UBIGINT)')
    inputs = tuple(
        collected(
            partial(Passing(opener, f"judged{number}_{place}", is_merged).checked, source)
            for place, source in enumerate(members)
        )
    )
    duplicates = f"duplicates{number}"
    has_any = _find_duplicates(connection, inputs, duplicates)
    if has_any:
        inputs = tuple(_recounted(connection, item, duplicates) for item in inputs)
    return Group(number, members[0].shape, inputs, duplicates if has_any else None)


def _parts(sources: Sequence[Source]) -> list[list[Source]]:
    """The sources of each export: those with one profile; without a profile, those with like facts.

    Files without a profile are two exports when they have different facts of subscriptions. A file
    that is like two others makes them one export, in whatever order they are named.
    """
    groups: list[list[Source]] = []
    for source in sources:
        kin = [group for group in groups if any(_is_alike(source, other) for other in group)]
        merged = [member for group in kin for member in group]
        groups = [group for group in groups if group not in kin] + [[*merged, source]]
    place = {id(source): number for number, source in enumerate(sources)}
    ordered = [sorted(group, key=lambda source: place[id(source)]) for group in groups]
    return sorted(ordered, key=lambda group: place[id(group[0])])


def _is_alike(one: Source, other: Source) -> bool:
    """Whether two sources are parts of one export."""
    if (one.shape.name, one.shape.table.gives) != (other.shape.name, other.shape.table.gives):
        return False
    if one.shape.profile is not None or one.shape.table.owners:
        return True
    told, others = set(one.cells) - _IDENTITY, set(other.cells) - _IDENTITY
    return bool(told & others) or not (told or others)


def _find_duplicates(
    connection: DuckDBPyConnection, inputs: Sequence[Checked], duplicates: str
) -> bool:
    """Whether some id occurs twice; such ids are put into the table `duplicates`.

    Hashes are compared slice by slice, to bound memory; then the ids themselves.
    """
    connection.execute(f'CREATE OR REPLACE TABLE twice ("{ID_HASH}" UBIGINT)')
    # All at once they took DuckDB 1.2 GB in a trial, and slice by slice 180 to 250 MB.
    slices = 1 + sum(item.rows for item in inputs) // IDS_AT_ONCE
    for part in range(slices):
        connection.execute(
            f'INSERT INTO twice SELECT "{ID_HASH}" FROM seen '  # noqa: S608  no text of users
            f'WHERE "{ID_HASH}" % $slices::UBIGINT = $part GROUP BY 1 HAVING count(*) > 1',
            {"slices": slices, "part": part},
        )
    connection.execute("DROP TABLE seen")
    if not count_of(connection, "twice"):
        return False
    connection.execute(f'CREATE OR REPLACE TABLE suspects ("{ID}" VARCHAR)')
    for item in inputs:
        if item.source.shape.key in item.source.cells:
            with reading(item.source.plain):
                suspected = suspects(item.source, "twice")
                connection.execute(render(exp.insert(suspected, "suspects", copy=False)))
    connection.execute(
        f'CREATE TABLE {duplicates} AS SELECT "{ID}" FROM suspects GROUP BY 1 HAVING count(*) > 1'  # noqa: S608
    )
    return count_of(connection, duplicates) > 0


def count_of(connection: DuckDBPyConnection, table: str) -> int:
    (count,) = connection.table(table).aggregate("count(*)").fetchall()[0]
    return int(count)
