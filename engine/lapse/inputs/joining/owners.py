"""Invoices gathered by owner: a subscription, or a customer with all of his subscriptions.

The owners that rejected rows name are remembered, because their debt is not known.
"""

from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group
from lapse.inputs.formats.copy import ROW
from lapse.inputs.joining.doubts import doubt_invoices
from lapse.inputs.joining.filling import create, fill, input_of, table_of
from lapse.inputs.joining.nameless import counts_for_something, currency_named
from lapse.inputs.passing import Checked, reading
from lapse.inputs.statements import CODE, bad_texts, same_id
from lapse.model.days import NEVER
from lapse.model.invoices import InvoiceStatus
from lapse.model.kinds import OWNERS
from lapse.model.profile import Gives
from lapse.model.record import Doubt, DoubtKind
from lapse.sql.expressions import aliased, all_of, column, is_null, query, render, sql

OPEN_INVOICES = "open_invoices"
OWNER, INVOICES, IS_BROKEN = "owner", "invoices", "is_broken"
SUBSCRIPTION, CUSTOMER = OWNERS


def gather_invoices(connection: DuckDBPyConnection, groups: Sequence[Group]) -> tuple[Doubt, ...]:
    """Fills `invoices_of_subscription` and `invoices_of_customer`, one row for each owner.

    `invoices` lists the open ones as structs; `is_broken` is true where one is not known. Open ones
    that name nobody are in `stray_invoices`. Returns the doubts, with the number of rows of each.
    """
    for group in groups:
        fill(connection, group)
    every = [_open_invoices(group) for group in groups]
    create(connection, OPEN_INVOICES, union(every))
    create(connection, "broken_invoices", union(list(_broken(groups))))
    doubts = (*doubt_invoices(connection), *_nameless(connection, groups))
    for owner in OWNERS:
        create(connection, f"invoices_of_{owner.removesuffix('_id')}", _invoices_of(owner))
    return doubts


def owner_named(group: Group, owner: str) -> exp.Expr:
    """The id in a column of owners, in the form for comparing; null without such a column."""
    cell = column(owner) if owner in group.facts else sql("CAST(NULL AS text)")
    return aliased(same_id(cell), owner)


def owners_of(rows: exp.Expr) -> exp.Select:
    """The ids that rejected rows name, in the form for comparing."""
    owners = [aliased(same_id(column(owner)), owner) for owner in OWNERS]
    return query("SELECT $owners FROM $rows", owners=owners, rows=rows)


def _open_invoices(group: Group) -> exp.Select:
    """What is open, due some day and not nothing."""
    id_ = sql("invoice_id") if "invoice_id" in group.facts else sql("CAST(NULL AS text)")
    return query(
        """SELECT $owners, coalesce($id, '') AS id, due_date AS due_date, balance AS amount,
            $currency AS currency, $input AS input, "#number" AS row, "#rest" AS rest
        FROM $invoices WHERE $counts AND year(due_date) <> $never""",
        owners=[owner_named(group, owner) for owner in OWNERS],
        id=id_,
        currency=currency_named(group),
        input=input_of(group),
        invoices=table_of(group),
        counts=counts_for_something(),
        never=NEVER,
    )


def _broken(groups: Sequence[Group]) -> Iterator[exp.Select]:
    """The ids named by rejected rows that may be open invoices."""
    for _, rows in rejected_rows(groups, (*OWNERS, "status")):
        yield owners_of(rows).where(_may_be_open(), copy=False)


def _may_be_open() -> exp.Expr:
    closed = [each for each in InvoiceStatus if each != InvoiceStatus.OPEN]
    return sql("coalesce(lower(status), '') NOT IN ($closed)", closed=closed)


_LACKS = ("missing-id", "missing-cell")
"""Codes of rows whose cells could all be read; in other rows a null may not be a blank cell."""


def _nameless(connection: DuckDBPyConnection, groups: Sequence[Group]) -> Iterator[Doubt]:
    """A doubt for rejected rows that name nobody and may be a credit, which may be anybody's.

    A row with a readable amount above zero is no credit. Rows without any cell, which spreadsheets
    leave below the last one, do not count.
    """
    rows = 0
    facts = (*OWNERS, "invoice_id", "due_date", "balance", "status")
    for _, bad in rejected_rows(groups, facts, numbered=True):
        asked = query(
            """SELECT count(*) FROM $bad
            WHERE subscription_id IS NULL AND customer_id IS NULL AND $may_be_open
                AND NOT coalesce(try_cast(split_part(balance, ' ', 1) AS double) > 0, false)
                AND NOT ("#code" IN ($lacks) AND $is_blank)""",
            bad=bad,
            may_be_open=_may_be_open(),
            lacks=_LACKS,
            is_blank=all_of(is_null(column(name)) for name in facts),
        )
        rows += int(connection.execute(render(asked)).fetchall()[0][0])
    if rows:
        yield Doubt(Gives.INVOICES, DoubtKind.NAMELESS, rows, "")


def rejected_rows(
    groups: Sequence[Group], facts: Sequence[str], *, numbered: bool = False
) -> Iterator[tuple[Checked, exp.Subquery]]:
    """Each input that may have rejected rows, and those rows as text; see `bad_texts`."""
    names = (*facts, *((ROW, CODE) if numbered else ()))
    for group in groups:
        for item in group.inputs:
            if not item.bad and group.duplicates is None:
                continue
            with reading(item.source.plain):
                texts = bad_texts(item.source, group.duplicates, facts, numbered=numbered)
                columns = [exp.to_identifier(name, quoted=True) for name in names]
                bad = exp.TableAlias(this=exp.to_identifier("bad"), columns=columns)
                yield item, texts.subquery(bad)


def _invoices_of(owner: str) -> exp.Select:
    """Invoices by owner; one with only a customer belongs to all subscriptions of the customer."""
    belongs = sql("subscription_id IS NOT NULL")
    if owner == CUSTOMER:
        belongs = sql("subscription_id IS NULL AND customer_id IS NOT NULL")
    return query(
        """SELECT owner, invoices, is_broken
        FROM (
            SELECT $owner AS owner, list(struct_pack(
                id := id, due_date := due_date, amount := amount, currency := currency
            )) AS invoices
            FROM open_invoices WHERE $belongs GROUP BY $owner
        ) AS found
        FULL JOIN (
            SELECT DISTINCT $owner AS owner, true AS is_broken FROM broken_invoices WHERE $belongs
        ) AS broken USING (owner)""",
        owner=column(owner),
        belongs=belongs,
    )


def union(parts: Sequence[exp.Select]) -> exp.Query:
    if not parts:
        return query(
            """SELECT CAST(NULL AS text) AS subscription_id, CAST(NULL AS text) AS customer_id
            WHERE false"""
        )
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
