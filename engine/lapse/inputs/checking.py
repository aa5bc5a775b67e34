"""Every input is read through once before any row is handed on.

This counts the rows, finds the ids that occur twice, and proves that each file can be read to its
end. It is apart from `reading` because importing it costs the imports of sqlglot and duckdb.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.files import collected, refusal
from lapse.inputs.formats.delimited import MOST_LINE
from lapse.inputs.plain_copy import PlainCopy, ends_in_long_line, occurrences
from lapse.inputs.profiles.shape import Shape
from lapse.inputs.sources import Opener, Source
from lapse.inputs.statements import ID, ID_HASH, checked, judged, rejected, suspects
from lapse.model.facts import FactSpec
from lapse.model.place import reason
from lapse.model.tables import value_columns
from lapse.sql.expressions import query, render
from lapse.sql.sandbox import words_of

BATCH = "batch"
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
class Checked:
    """An input that can be read to its end; `bad` counts its rejected rows.

    `table` holds all its rows as typed facts, where rows are to be merged; null otherwise.
    """

    source: Source
    rows: int
    bad: int
    table: str | None = None


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
    is_kept = len(parts) > 1 or parts[0][0].shape.has_several_rows
    return tuple(
        collected(
            partial(_group, opener, number, members, is_kept=is_kept)
            for number, members in enumerate(parts)
        )
    )


def _recounted(connection: DuckDBPyConnection, item: Checked, duplicates: str) -> Checked:
    """The input with `bad` counted again, to include rows whose id occurs twice."""
    bad = rejected(item.source, duplicates)
    count = query("SELECT count(*) FROM $bad AS bad", bad=bad)
    with reading(item.source.plain):
        counted = connection.execute(render(count)).fetchall()
    return replace(item, bad=int(counted[0][0]))


def _group(opener: Opener, number: int, members: Sequence[Source], *, is_kept: bool) -> Group:
    connection = opener.connection
    connection.execute(f'CREATE OR REPLACE TABLE seen ("{ID_HASH}" UBIGINT)')
    inputs = tuple(
        collected(
            partial(_checked, opener, source, f"judged{number}_{place}" if is_kept else None)
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


@contextmanager
def reading(source: PlainCopy) -> Iterator[None]:
    """Turns errors of DuckDB and of the system into refusals of the input."""
    try:
        yield
    except OSError as error:
        raise refusal("unreadable", f"cannot be read: {reason(error)}", source.input.name) from None
    except duckdb.OutOfMemoryException:  # no fault of the input: the sandbox tells it
        raise
    except duckdb.Error as error:
        raise refusal("unreadable", f"cannot be read: {_told(error)}", source.input.name) from None


def _told(error: duckdb.Error) -> str:
    """DuckDB's message without private names."""
    return re.sub(r"[Ff]ile '[^']*\.(plain|rewritten)' ?", "", words_of(error)).strip()


def _checked(opener: Opener, source: Source, table: str | None) -> Checked:
    from lapse.inputs.day_order import dated_by_cells  # noqa: PLC0415  it reads sources, too

    connection = opener.connection
    with reading(source.plain):
        passed = _read_through(opener, source, table)
        dated = dated_by_cells(connection, passed.source) if passed.bad else None
        if dated is not None:
            source = opener.dated(passed.source, dated.forms, dated.unknown)
            passed = _passed(connection, source, table).checked
        _remember(connection, table)
        return passed


def _read_through(opener: Opener, source: Source, table: str | None) -> Checked:
    if source.may_fail:
        fast = _well_formed(opener.connection, source, table)
        if fast is not None:
            return fast
        source = opener.repaired(source)
    return _passed(opener.connection, source, table).checked


@dataclass(frozen=True, slots=True)
class _Passed:
    checked: Checked
    delimiters: int


def _passed(connection: DuckDBPyConnection, source: Source, table: str | None) -> _Passed:
    """Reads the source to its end once, into a table, and counts rows and delimiters."""
    from lapse.inputs.joining.origin import origin_extras  # noqa: PLC0415
    from lapse.inputs.profiles.precedence import order_extras  # noqa: PLC0415

    extras = (*order_extras(source), *origin_extras(source)) if table else ()
    rows = judged(source, extras) if table else checked(source)
    into = exp.to_table(table or BATCH)
    connection.execute(render(exp.Create(this=into, kind="TABLE", replace=True, expression=rows)))
    counted = connection.execute(
        'SELECT count(*), count(*) FILTER ("#is_bad"), coalesce(sum("#delimiters"), 0) '  # noqa: S608  no text of users
        f"FROM {table or BATCH}"
    ).fetchall()
    rows, bad, delimiters = counted[0]
    return _Passed(Checked(source, rows, bad, table), int(delimiters))


def _remember(connection: DuckDBPyConnection, table: str | None) -> None:
    """Adds the hashed ids of the rows just read to the table `seen`."""
    connection.execute(
        f'INSERT INTO seen SELECT "{ID_HASH}" FROM {table or BATCH} '  # noqa: S608
        f'WHERE "{ID_HASH}" IS NOT NULL'
    )


def _well_formed(
    connection: DuckDBPyConnection, source: Source, table: str | None
) -> Checked | None:
    """The file as DuckDB reads it by itself; null when it cannot, or dropped a cell.

    DuckDB takes a blank line for a header, and for a row where there is one column. It drops an
    extra empty cell at the end of a row, which may hide that the row is shifted. So the delimiters
    must add up: between cells, within cells, and in the header.
    """
    header = source.header
    if header is None or not header.is_first_line or len(header.names) == 1:
        return None
    if ends_in_long_line(source.plain.path, MOST_LINE):
        return None
    try:
        passed = _passed(connection, source, table)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return None
    between = passed.checked.rows * (len(header.names) - 1)
    # Counted here: DuckDB's `store_rejects` passes `1,2,3,`, and lets an open quote eat the rest of
    # the file.
    total = occurrences(source.plain.path, header.delimiter)
    if total != between + passed.delimiters + header.text.count(header.delimiter):
        return None
    return passed.checked
