"""The relation `orders` of a batch."""

from collections.abc import Iterator

from sqlglot import exp

from lapse.executors.lowered.orders.candidates import ACTING
from lapse.executors.lowered.words.texts import Texts
from lapse.inputs.relation import ROW
from lapse.model.tables import HELD
from lapse.runs.rows import AMOUNTS, PARTNER, PROVIDER
from lapse.sql.expressions import aliased, column, query, sql

_FACTS = ("customer_id", "customer_name", "market", "program", "product", "currency")


def order_rows(texts: Texts) -> exp.Select:
    """The orders, with the columns of `runs.results.relations`."""
    return query(
        """SELECT $cells, output, is_again, row_id AS place, unit AS part FROM outcomes
        JOIN (SELECT $row AS row_id, $of_row FROM $acting AS acting) AS told USING (row_id)""",
        cells=[aliased(_CELLS.get(name.name, column(name.name)), name.name) for name in HELD],
        row=column(ROW),
        of_row=list(of_rows(texts)),
        acting=ACTING,
    )


def of_rows(texts: Texts) -> Iterator[exp.Expr]:
    """The cells that tell of a row that acts."""
    for name in _FACTS:
        yield aliased(texts.fact_cell(name), _of_row(name))
    for name in AMOUNTS:
        yield aliased(texts.amount_cell(name), _of_row(name))


def _of_row(name: str) -> str:
    """Never the name of a fact: outcomes have columns of their own."""
    return f"row's {name}"


def _date(name: str) -> exp.Expr:
    return sql("DATE '1970-01-01' + CAST($day AS INT)", day=column(name))


_CELLS: dict[str, exp.Expr] = {
    **{name: column(_of_row(name)) for name in (*_FACTS, *AMOUNTS)},
    **{name: _date(name) for name in ("due_on", "held_until")},
    "as_of": _date("day"),
    "by": sql("CASE WHEN is_provider THEN $theirs ELSE $ours END", theirs=PROVIDER, ours=PARTNER),
    "days_late": sql("day - due_on"),
    # What is held may never have been given.
    "first_given": sql(
        "CASE WHEN output <> 'held' OR first_given < day THEN $told END", told=_date("first_given")
    ),
}
"""The cells that are not columns of `outcomes`."""
