"""The facts of opened exports as one query, for deciding a batch without rows in Python."""

from collections.abc import Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group
from lapse.inputs.joining.merging import MERGED, source_of
from lapse.inputs.joining.together import Together
from lapse.inputs.records import Told
from lapse.inputs.statements import accepted
from lapse.model.facts import Vocabulary
from lapse.model.tables import typed_columns
from lapse.sql.expressions import aliased, all_of, cases, cast, column, query, render, sql

TOLD = "#told"
"""The column with the index of a row's entry in `told`."""
OWNING = "#owning"
"""The column that is true where an invoice or a hold is, or may be, about a row."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A row for each subscription that is not rejected, with every fact that some input has.

    `told` has, at the index in the column `TOLD`, the facts that the inputs of a row have a column
    for, and what its profiles assume of others. What invoices and holds say is not in it: `OWNING`
    is true where any is, or may be, about a row. `has_invoices` and `has_holds` say whether such
    lists were given.
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
) -> Relation:
    """The relation over a connection; its rows come in no promised order."""
    if together is not None:
        return _merged(connection, together, words)
    (group,) = groups
    facts = tuple(dict.fromkeys(fact for item in group.inputs for fact in item.source.cells))
    parts = []
    for number, item in enumerate(group.inputs):
        there = {name for fact in item.source.cells for name, _ in typed_columns(words.facts[fact])}
        selects: list[exp.Expr] = [
            column(name) if name in there else aliased(cast(None, type_), name)
            for fact in facts
            for name, type_ in typed_columns(words.facts[fact])
        ]
        rows = accepted(item.source, group.duplicates)
        selects += [aliased(number, TOLD), aliased(exp.false(), OWNING)]
        parts.append(query("SELECT $selects FROM $rows AS facts", selects=selects, rows=rows))
    whole = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False, copy=False)
    return Relation(whole, facts, tuple(item.source.told() for item in group.inputs))


def _merged(connection: DuckDBPyConnection, together: Together, words: Vocabulary) -> Relation:
    """The relation of merged exports; rows from the same inputs share one entry of `told`."""
    sources = [column(source_of(group), MERGED) for group in together.merger.groups]
    met = query("SELECT DISTINCT $sources FROM $merged", sources=sources, merged=MERGED)
    combinations = connection.execute(render(met)).fetchall()
    of_each = [(_is_from(sources, each), number) for number, each in enumerate(combinations)]
    names = [name for fact in together.facts for name, _ in typed_columns(words.facts[fact])]
    selects: list[exp.Expr] = [column(name, MERGED) for name in names]
    selects += [aliased(cases(of_each), TOLD), aliased(together.is_owning(), OWNING)]
    told = tuple(together.presence.of(combination) for combination in combinations)
    given = together.has_invoices, together.holds is not None
    return Relation(together.with_owned(selects), together.facts, told, *given)


def _is_from(sources: Sequence[exp.Expr], places: Sequence[int | None]) -> exp.Expr:
    """Whether a row comes from these inputs, given by their place in each export or null."""
    return all_of(
        sql("$source IS NOT DISTINCT FROM $place", source=source, place=place)
        for source, place in zip(sources, places, strict=True)
    )
