"""The rows of outputs for what a batch orders and holds."""

from collections.abc import Iterator

from sqlglot import exp

from lapse.executors.lowered.orders.candidates import ACTING
from lapse.executors.lowered.words.texts import Texts, shown
from lapse.model.facts import ValueType
from lapse.model.tables import LAYOUTS
from lapse.runs.rows import AMOUNTS, PARTNER, PROVIDER
from lapse.sql.expressions import aliased, column, query, sql

_FACTS = ("customer_id", "customer_name", "market", "program", "product", "currency")
_OWN = (
    *("action_id", "subscription_id", "track", "rule", "action", "anchor", "anchor_of"),
    *("because", "source", "with", "held_by", "missing"),
)


def order_rows(texts: Texts) -> Iterator[tuple[str, exp.Select]]:
    """Each output with the statement for its rows, all of whose cells are texts."""
    first = sql(
        "CASE WHEN $first < $day THEN $told ELSE '' END",
        first=column("first_given"),
        day=column("day"),
        told=_iso("first_given"),
    )
    asked = _CELLS | {"first_given": first}
    wanted = {
        "actions": (_CELLS, sql("output = 'actions'")),
        "provider": (_CELLS, sql("output = 'provider'")),
        "held": (asked, sql("output = 'held'")),
        "to_approve": (asked, sql("output = 'held' AND held_by = 'approval'")),
    }
    of_row = list(of_rows(texts))
    for name, (cells, is_meant) in wanted.items():
        yield (
            name,
            query(
                """SELECT $selects FROM outcomes
            JOIN (SELECT "#row" AS row_id, $of_row FROM $acting AS acting) AS told USING (row_id)
            WHERE $is_meant ORDER BY row_id, unit""",
                selects=[aliased(cells[column_], column_) for column_ in LAYOUTS[name].names],
                of_row=of_row,
                acting=ACTING,
                is_meant=is_meant,
            ),
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


def _iso(name: str) -> exp.Expr:
    return shown(column(name), ValueType.DATE)


def _number(name: str) -> exp.Expr:
    return sql("CAST($number AS VARCHAR)", number=column(name))


_CELLS: dict[str, exp.Expr] = {
    **{name: column(name) for name in _OWN},
    **{name: column(_of_row(name)) for name in (*_FACTS, *AMOUNTS)},
    **{name: _iso(name) for name in ("due_on", "first_given")},
    "as_of": _iso("day"),
    "step": _number("step"),
    "stage": sql("coalesce($stage, '')", stage=_number("stage")),
    "by": sql("CASE WHEN is_provider THEN $theirs ELSE $ours END", theirs=PROVIDER, ours=PARTNER),
    "days_late": sql("CAST(day - due_on AS VARCHAR)"),
    "held_until": sql("coalesce($until, '')", until=_iso("held_until")),
}
