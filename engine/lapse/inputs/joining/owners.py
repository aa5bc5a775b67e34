"""Invoices gathered by whom they are about: a subscription, or a customer and all of his.

Rows that were rejected are remembered by whom they name, for what they said is not known.
"""

from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Checked, Group, reading
from lapse.inputs.formats.copy import REST, ROW
from lapse.inputs.joining.doubts import doubt_invoices
from lapse.inputs.joining.filling import create, fill, input_of, table_of
from lapse.inputs.joining.nameless import counts_for_something, currency_named
from lapse.inputs.joining.origin import NUMBER
from lapse.inputs.statements import CODE, bad_texts, same_id
from lapse.inputs.typed import (
    call,
    cast,
    column,
    is_null,
    is_there,
    literal,
    number,
    render,
    try_cast,
)
from lapse.model.days import NEVER
from lapse.model.invoices import InvoiceStatus
from lapse.model.kinds import OWNERS
from lapse.model.profile import Gives
from lapse.model.record import Doubt, DoubtKind

OWNER, INVOICES, IS_BROKEN = "owner", "invoices", "is_broken"
SUBSCRIPTION, CUSTOMER = OWNERS


def gather_invoices(connection: DuckDBPyConnection, groups: Sequence[Group]) -> tuple[Doubt, ...]:
    """Fills `invoices_of_subscription` and `invoices_of_customer`, one row for each owner.

    `invoices` lists the open ones as structs, `is_broken` tells that one is not known. Open ones
    that name nobody are in `stray_invoices`. What contradicts something is doubted, and counted.
    """
    for group in groups:
        fill(connection, group)
    every = [_open_invoices(group) for group in groups]
    create(connection, "open_invoices", union(every))
    create(connection, "broken_invoices", union(list(_broken(groups))))
    doubts = (*doubt_invoices(connection), *_nameless(connection, groups))
    for owner in OWNERS:
        create(connection, f"invoices_of_{owner.removesuffix('_id')}", _invoices_of(owner))
    return doubts


def owner_named(group: Group, owner: str) -> exp.Expr:
    """The id in a column of owners, as ids are compared; null where there is no such column."""
    cell = column(owner) if owner in group.facts else cast(exp.Null(), "text")
    return same_id(cell).as_(owner, quoted=True)


def _open_invoices(group: Group) -> exp.Select:
    """What is open, due some day and not nothing."""
    id_: exp.Expr = cast(exp.Null(), "text")
    if "invoice_id" in group.facts:
        id_ = column("invoice_id")
    is_due = exp.NEQ(this=call("year", column("due_date")), expression=number(NEVER))
    return (
        exp.select(
            *(owner_named(group, owner) for owner in OWNERS),
            call("coalesce", id_, literal("")).as_("id"),
            column("due_date").as_("due_date"),
            column("balance").as_("amount"),
            currency_named(group).as_("currency"),
            input_of(group).as_("input"),
            column(NUMBER).as_("row"),
            column(REST).as_("rest"),
        )
        .from_(table_of(group))
        .where(*counts_for_something(), is_due)
    )


def _broken(groups: Sequence[Group]) -> Iterator[exp.Select]:
    """Whom the rejected rows name that may be open invoices."""
    for _, rows in rejected_rows(groups, (*OWNERS, "status")):
        owners = [same_id(column(owner)).as_(owner) for owner in OWNERS]
        yield exp.select(*owners).from_(rows).where(_may_be_open())


def _may_be_open() -> exp.Expr:
    closed = [literal(each) for each in InvoiceStatus if each != InvoiceStatus.OPEN]
    status = call("coalesce", call("lower", column("status")), literal(""))
    return exp.Not(this=exp.In(this=status, expressions=closed))


_LACKS = ("missing-id", "missing-cell")
"""Codes of rows whose cells could all be read: of others, facts are null without being blank."""


def _nameless(connection: DuckDBPyConnection, groups: Sequence[Group]) -> Iterator[Doubt]:
    """Rejected rows that name nobody and may be a credit: whom they pay for is not known.

    One whose amount can be read and is owed is none; a row without any cell, as spreadsheets leave
    below their last one, is none either.
    """
    rows = 0
    facts = (*OWNERS, "invoice_id", "due_date", "balance", "status")
    for _, bad in rejected_rows(groups, facts, numbered=True):
        amount = try_cast(call("split_part", column("balance"), literal(" "), number(1)), "double")
        is_owed = call("coalesce", exp.GT(this=amount, expression=number(0)), exp.false())
        is_empty = exp.and_(
            exp.In(this=column(CODE), expressions=[literal(code) for code in _LACKS]),
            *(is_null(column(name)) for name in facts),
        )
        query = exp.select(call("count", exp.Star())).from_(bad)
        query = query.where(*(is_null(column(owner)) for owner in OWNERS))
        query = query.where(_may_be_open(), exp.not_(is_owed), exp.not_(is_empty))
        rows += int(connection.execute(render(query)).fetchall()[0][0])
    if rows:
        yield Doubt(Gives.INVOICES, DoubtKind.NAMELESS, rows, "")


def rejected_rows(
    groups: Sequence[Group], facts: Sequence[str], *, numbered: bool = False
) -> Iterator[tuple[Checked, exp.Subquery]]:
    """Each input with rejected rows, and those as text; numbered, see `bad_texts`."""
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


def _belongs_to(owner: str) -> exp.Expr:
    """A row with a subscription belongs to it, one with only a customer to all of his."""
    if owner == SUBSCRIPTION:
        return is_there(column(SUBSCRIPTION))
    return exp.and_(is_null(column(SUBSCRIPTION)), is_there(column(CUSTOMER)))


def _invoices_of(owner: str) -> exp.Select:
    fields = ("id", "due_date", "amount", "currency")
    struct = call(
        "struct_pack",
        *(exp.PropertyEQ(this=exp.to_identifier(f), expression=exp.column(f)) for f in fields),
    )
    listed = call("list", struct).as_(INVOICES)
    found = (
        exp.select(column(owner).as_(OWNER), listed)
        .from_("open_invoices")
        .where(_belongs_to(owner))
        .group_by(column(owner))
    )
    broken = (
        exp.select(column(owner).as_(OWNER), exp.true().as_(IS_BROKEN))
        .distinct()
        .from_("broken_invoices")
        .where(_belongs_to(owner))
    )
    return (
        exp.select(exp.column(OWNER), exp.column(INVOICES), exp.column(IS_BROKEN))
        .from_(found.subquery("found"))
        .join(broken.subquery("broken"), using=[OWNER], join_type="full")
    )


def union(parts: Sequence[exp.Select]) -> exp.Query:
    if not parts:
        nulls = [cast(exp.Null(), "text").as_(owner) for owner in OWNERS]
        return exp.select(*nulls).where(exp.false())
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
