"""What invoices and holds say of each merged row, as columns; `records` says it of one row."""

from sqlglot import exp

from lapse.inputs.checking import count_of
from lapse.inputs.joining.merging import MERGED
from lapse.inputs.joining.owners import INVOICES, IS_BROKEN, OWNER
from lapse.inputs.joining.together import HOLD, HOLDS_BY, INVOICES_BY, LONG, Together
from lapse.sql.expressions import any_of, cases, cast, column, is_null, is_there, sql


def held(together: Together) -> tuple[exp.Expr, exp.Expr]:
    """The last day of a row's hold, and whether that is not known, as in `records.hold_of`."""
    holds, is_told = together.holds, HOLD in together.facts
    told = column(HOLD, MERGED) if is_told else cast(None, "date")
    if holds is None:
        return told, exp.false()
    own, shared = (exp.column("until", table) for table in HOLDS_BY)
    is_shared_later = any_of([is_null(own), sql("$shared > $own", shared=shared, own=own)])
    latest = cases([(is_shared_later, shared)], own)
    unknown = [_is(exp.column("is_open", table)) for table in HOLDS_BY]
    if holds.is_any_shared:
        unknown.append(is_null(together.key(of_customer=True)))
    if holds.unplaced:
        last_day = cast(holds.last_day.isoformat(), "date")
        unknown.append(sql("coalesce($latest < $last, TRUE)", latest=latest, last=last_day))
    is_unknown = any_of(unknown)
    return cases([(is_unknown, None), (is_there(latest), latest)], told), is_unknown


def billed(together: Together) -> tuple[exp.Expr, ...]:
    """The ids by which a row's invoices are found, its own and its customer's; and two flags.

    An id is null where it has no open invoice, or too many to join them with each subscription of a
    customer. The flags are true where some invoice may not be known, and where there are too many.
    """
    own, shared = (exp.column(INVOICES, table) for table in INVOICES_BY)
    its_id, customer = (exp.column(OWNER, table) for table in INVOICES_BY)
    is_long = sql("len($shared) > $long", shared=shared, long=LONG)
    broken = [_is(exp.column(IS_BROKEN, table)) for table in INVOICES_BY]
    if count_of(together.connection, INVOICES_BY[1]):
        broken.append(is_null(together.key(of_customer=True)))
    return (
        cases([(is_there(own), its_id)]),
        cases([(sql("NOT $is_long", is_long=is_long), customer)]),
        any_of([*broken, exp.convert(together.may_lack_credits)]),
        _is(is_long),
    )


def _is(flag: exp.Expr) -> exp.Expr:
    return sql("coalesce($flag, FALSE)", flag=flag)
