"""Invoices and holds gathered by whom they are about: a subscription, or a customer and all of his.

Rows that were rejected are remembered by whom they name, for what they said is not known.
"""

from collections.abc import Iterator, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.days import NEVER
from lapse.exports.checking import Group, reading
from lapse.exports.filling import create, fill, table_of
from lapse.exports.nameless import counts_for_something, currency_named
from lapse.exports.statements import bad_texts, same_id
from lapse.exports.tables import OWNERS
from lapse.exports.typed import call, cast, column, is_null, is_there, literal, number
from lapse.invoices import InvoiceStatus

OWNER, INVOICES, UNTIL, IS_OPEN, IS_BROKEN = "owner", "invoices", "until", "is_open", "is_broken"
SUBSCRIPTION, CUSTOMER = OWNERS


def gather_invoices(connection: DuckDBPyConnection, groups: Sequence[Group]) -> None:
    """Fills `invoices_of_subscription` and `invoices_of_customer`, one row for each owner.

    `invoices` lists the open ones as structs, `is_broken` tells that one could not be read.
    """
    for group in groups:
        fill(connection, group)
    every = [_open_invoices(group) for group in groups]
    create(connection, "open_invoices", _union(every))
    create(connection, "broken_invoices", _union(list(_broken(groups, ("status",)))))
    for owner in OWNERS:
        create(connection, f"invoices_of_{owner.removesuffix('_id')}", _invoices_of(owner))


def gather_holds(connection: DuckDBPyConnection, groups: Sequence[Group]) -> None:
    """Fills `holds_of_subscription` and `holds_of_customer`, one row for each owner.

    `until` is the last day of the longest hold, `is_open` tells that the end of one is not known.
    """
    for group in groups:
        fill(connection, group)
    found = [
        exp.select(*(_owner(group, owner) for owner in OWNERS), _until()).from_(table_of(group))
        for group in groups
    ]
    broken = [
        exp.select(
            column(SUBSCRIPTION), column(CUSTOMER), cast(exp.Null(), "date").as_(UNTIL)
        ).from_(rows.subquery("broken"))
        for rows in _broken(groups, ())
    ]
    create(connection, "every_hold", _union([*found, *broken]))
    for owner in OWNERS:
        until = exp.column(UNTIL)
        selects = [
            column(owner).as_(OWNER),
            call("max", until).as_(UNTIL),
            call("bool_or", is_null(until)).as_(IS_OPEN),
        ]
        held = (
            exp.select(*selects)
            .from_("every_hold")
            .where(_belongs_to(owner))
            .group_by(column(owner))
        )
        create(connection, f"holds_of_{owner.removesuffix('_id')}", held)


def _owner(group: Group, owner: str) -> exp.Expr:
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
            *(_owner(group, owner) for owner in OWNERS),
            call("coalesce", id_, literal("")).as_("id"),
            column("due_date").as_("due_date"),
            column("balance").as_("amount"),
            currency_named(group).as_("currency"),
        )
        .from_(table_of(group))
        .where(*counts_for_something(), is_due)
    )


def _until() -> exp.Expr:
    """The last day of a hold; one that never ends has none, and holds like one not known."""
    is_dated = exp.NEQ(this=call("year", column("hold_until")), expression=number(NEVER))
    return exp.case().when(is_dated, column("hold_until")).as_(UNTIL)


def _broken(groups: Sequence[Group], more: Sequence[str]) -> Iterator[exp.Select]:
    """Whom the rejected rows name; of invoices those that may be open."""
    for group in groups:
        for item in group.inputs:
            if not item.bad and group.duplicates is None:
                continue
            with reading(item.source.plain):
                texts = bad_texts(item.source, group.duplicates, (*OWNERS, *more))
                names = [exp.to_identifier(name) for name in (*OWNERS, *more)]
                rows = texts.subquery(exp.TableAlias(this=exp.to_identifier("bad"), columns=names))
                found = exp.select(*(same_id(column(owner)).as_(owner) for owner in OWNERS))
                found = found.from_(rows)
                if more:
                    closed = [literal(each) for each in InvoiceStatus if each != InvoiceStatus.OPEN]
                    status = call("coalesce", call("lower", column("status")), literal(""))
                    found = found.where(exp.Not(this=exp.In(this=status, expressions=closed)))
                yield found


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


def _union(parts: Sequence[exp.Select]) -> exp.Query:
    if not parts:
        nulls = [cast(exp.Null(), "text").as_(owner) for owner in OWNERS]
        return exp.select(*nulls).where(exp.false())
    return parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
