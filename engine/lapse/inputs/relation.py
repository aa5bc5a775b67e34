"""The facts of opened exports as one query, for deciding a batch without rows in Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group
from lapse.inputs.joining.merging import MERGED, source_of
from lapse.inputs.joining.owned import billed, held
from lapse.inputs.joining.together import HOLD, Together
from lapse.inputs.records import Told, facts_reader
from lapse.inputs.statements import NUMBER, accepted, among
from lapse.model.facts import Vocabulary
from lapse.model.record import Record
from lapse.model.tables import typed_columns
from lapse.sql.expressions import aliased, all_of, cases, cast, column, query, render, sql
from lapse.sql.named_tables import Tables
from lapse.sql.sandbox import pattern, write_scratch

TOLD = "#told"
"""The column with the index of a row's entry in `told`."""
ROW = "#row"
"""The column with the number of a row, from 1; rejected rows may have numbers, too."""
HELD_OPEN = "#held open"
"""The column that is true where the end of a hold is not known."""
BILLED, BILLED_WITH = "#billed", "#billed with"
"""The ids of a row and of its customer where they are those of open invoices, not of too many."""
BROKEN, MANY = "#broken", "#many"
"""True where some invoice may not be known, and where there are too many of a customer."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A row for each subscription that is not rejected, with every fact that some input has.

    `told` has, at the index in the column `TOLD`, the facts that the inputs of a row have a column
    for, and what its profiles assume of others. With `has_holds`, lists of holds were given, and
    each row has a cell for the end of its own, and `HELD_OPEN`. With `has_invoices`, its invoices
    tell what it owes: each row has the ids by which they are found, `BROKEN` and `MANY`.
    """

    query: exp.Query
    facts: tuple[str, ...]
    told: tuple[Told, ...]
    has_invoices: bool = False
    has_holds: bool = False


def relation(
    connection: DuckDBPyConnection,
    groups: Sequence[Group],
    together: Together | None,
    words: Vocabulary,
    file: Path,
) -> Relation:
    """The relation over a connection; its rows come in no promised order.

    Merged rows are kept in a file of Parquet.
    """
    if together is not None:
        return _kept(_merged(connection, together, words), connection, file)
    (group,) = groups
    facts = tuple(dict.fromkeys(fact for item in group.inputs for fact in item.source.cells))
    parts, before = [], 0
    for number, item in enumerate(group.inputs):
        there = {name for fact in item.source.cells for name, _ in typed_columns(words.facts[fact])}
        selects: list[exp.Expr] = [
            column(name) if name in there else aliased(cast(None, type_), name)
            for fact in facts
            for name, type_ in typed_columns(words.facts[fact])
        ]
        rows = accepted(item.source, group.duplicates, item.table)
        rows = rows.select(column(NUMBER), copy=False)
        row = sql("$number + $before", number=column(NUMBER), before=before + 1)
        selects += [aliased(number, TOLD), aliased(row, ROW)]
        before += item.rows
        parts.append(query("SELECT $selects FROM $rows AS facts", selects=selects, rows=rows))
    whole = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    return Relation(whole, facts, tuple(item.source.told() for item in group.inputs))


def _kept(relation: Relation, connection: DuckDBPyConnection, file: Path) -> Relation:
    """The same relation, with numbered rows in a file of Parquet: rows are merged once."""
    numbered = query(
        "SELECT facts.*, $row FROM $rows AS facts",
        row=aliased(sql("row_number() OVER ()"), ROW),
        rows=relation.query,
    )
    # A file, since a table in memory is not compressed.
    write_scratch(connection.sql(render(numbered)), file)
    return replace(relation, query=query("SELECT * FROM read_parquet($file)", file=pattern(file)))


def records(
    kept: Relation, tables: Tables, only: str | None, words: Vocabulary
) -> Iterator[Record]:
    """The records of a relation of exports that are not merged, with the ids of a table, or all."""
    names = [name for fact in kept.facts for name, _ in typed_columns(words.facts[fact])]
    rows = query("SELECT $cells FROM $kept", cells=[*map(column, (TOLD, *names))], kept=kept.query)
    read = facts_reader(kept.facts, words.facts)
    for block in tables.blocks(tables.render(among(rows, only))):
        for number, *cells in block:
            told = kept.told[number]
            facts = {name: fact for name, fact in read(cells).items() if name in told.facts}
            yield Record(facts, told.assumed)


def _merged(connection: DuckDBPyConnection, together: Together, words: Vocabulary) -> Relation:
    """The relation of merged exports; rows from the same inputs share one entry of `told`."""
    sources = [column(source_of(group), MERGED) for group in together.merger.groups]
    met = query("SELECT DISTINCT $sources FROM $merged", sources=sources, merged=MERGED)
    combinations = connection.execute(render(met)).fetchall()
    of_each = [(_is_from(sources, each), number) for number, each in enumerate(combinations)]
    facts = tuple(dict.fromkeys((*together.facts, *([HOLD] if together.holds else []))))
    names = [name for fact in facts for name, _ in typed_columns(words.facts[fact])]
    until, is_open = held(together)
    selects = [aliased(until, HOLD) if name == HOLD else column(name, MERGED) for name in names]
    selects += [aliased(cases(of_each), TOLD), aliased(is_open, HELD_OPEN)]
    if together.has_invoices:
        selects += map(aliased, billed(together), (BILLED, BILLED_WITH, BROKEN, MANY))
    told = tuple(together.presence.of(combination) for combination in combinations)
    given = together.has_invoices, together.holds is not None
    return Relation(together.with_owned(selects), facts, told, *given)


def _is_from(sources: Sequence[exp.Expr], places: Sequence[int | None]) -> exp.Expr:
    """Whether a row comes from these inputs, given by their place in each export or null."""
    return all_of(
        sql("$source IS NOT DISTINCT FROM $place", source=source, place=place)
        for source, place in zip(sources, places, strict=True)
    )
