"""The prices of each subscription out of a list of prices: that of its term, and of the next one.

A price is fixed for its term: it is that of the row in force when the term started, of several the
latest, and none where several tell different ones. The next term costs what the row says that is in
force on the day after `term_end`, in the same currency. Only amounts of one kind are held against
each other: a price in a file without a profile may be what the customer pays, and a list with days
is what the provider charges, so no next price is told beside it.
"""

from collections.abc import Mapping, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group
from lapse.inputs.joining.filling import KEY, SOURCE, create, keep_one_row, table_of
from lapse.inputs.profiles.precedence import LAST, LATEST, PREFERRED
from lapse.inputs.sql_columns import currency_of, value_columns
from lapse.inputs.typed import call, cast, is_null, is_there, literal, number
from lapse.model.days import NEVER
from lapse.model.kinds import NEXT_PRICE, PRICE

CURRENCY = "currency"
START, END = "term_start", "term_end"
PRICED = "priced"
"""The table of the subscriptions to be priced, with what they are joined by."""
_NOW, _NEXT = "prices", "next_prices"

Columns = Mapping[str, str]
"""Columns of a list of prices, and what they are called as prices of a subscription."""


def is_dated(group: Group) -> bool:
    return group.shape.profile is not None and group.shape.profile.in_force is not None


def price_facts(group: Group) -> tuple[str, ...]:
    """What a list tells of a subscription; without days in it nothing of the next term."""
    found = tuple(fact for fact in group.facts if fact in {PRICE, CURRENCY})
    return (*found, NEXT_PRICE) if is_dated(group) else found


def put_prices(
    connection: DuckDBPyConnection,
    group: Group,
    keys: Sequence[str] | None,
    days: Mapping[str, exp.Expr],
    own: Sequence[Group],
) -> None:
    """Puts the prices of each subscription in `priced` in place of the list of prices.

    It is joined by `keys`, null where some of them is in no export, and `days` are those of the
    term that are. `own` are the exports whose prices are somebody's own.
    """
    name = table_of(group)
    meets = [exp.false()] if keys is None else [_same(key, name) for key in keys]
    told = [fact for fact in price_facts(group) if fact != NEXT_PRICE]
    now = {c: c for fact in told for c in value_columns(group.specs[fact])}
    starts = _in_force(name, days.get(START)) if is_dated(group) else []
    _pick(connection, group, _NOW, now, exp.and_(*meets, *starts))
    if is_dated(group):
        later = {c: c.replace(PRICE, NEXT_PRICE) for c in now}
        follows = [*_in_force(name, _day_after(days.get(END))), _in_one_currency(name)]
        follows += [exp.Not(this=_is_priced_by(each)) for each in own]
        _pick(connection, group, _NEXT, later, exp.and_(*meets, *follows))
        create(connection, _NOW, _both(now, later))
    create(connection, name, exp.select(exp.Star()).from_(_NOW))


def _pick(
    connection: DuckDBPyConnection, group: Group, into: str, columns: Columns, meets: exp.Expr
) -> None:
    """For each subscription the row of the list that counts, of those that meet it."""
    name = table_of(group)
    latest = _at(LATEST, name) if is_dated(group) else cast(exp.Null(), "text")
    query = exp.select(
        _at(KEY, PRICED),
        *(_at(each, name).as_(called, quoted=True) for each, called in columns.items()),
        _at(SOURCE, name),
        exp.false().as_(PREFERRED, quoted=True),
        latest.as_(LATEST, quoted=True),
    )
    create(connection, into, query.from_(PRICED).join(name, on=meets))
    _drop_disputed(connection, into, tuple(columns.values()))
    keep_one_row(connection, into)


def _drop_disputed(connection: DuckDBPyConnection, name: str, prices: Sequence[str]) -> None:
    """Leaves a subscription without a price where rows that count alike tell different ones.

    Such are the rows of two currencies for one whose own is not known, and those of two tiers: to
    choose one of them would tell a customer an amount that nobody meant.
    """
    told = ", ".join(f'"{each}"' for each in prices)
    in_one = next(each for each in prices if each in map(currency_of, (PRICE, NEXT_PRICE)))
    latest = f'rank() OVER (PARTITION BY "{KEY}" ORDER BY "{LATEST}" DESC NULLS LAST)'
    connection.execute(
        f'DELETE FROM {name} WHERE "{KEY}" IN (SELECT "{KEY}" '  # noqa: S608  names of ours
        f'FROM (SELECT *, {latest} AS place FROM {name}) GROUP BY "{KEY}" HAVING '
        f'count(DISTINCT "{in_one}") > 1 OR count(DISTINCT ({told})) FILTER (place = 1) > 1)'
    )


def _both(now: Columns, later: Columns) -> exp.Select:
    """The price of the term and of the next, of subscriptions that have one of them."""
    tables: dict[str, list[str]] = {KEY: [_NOW, _NEXT], SOURCE: [_NOW, _NEXT]}
    for table, columns in ((_NOW, now), (_NEXT, later)):
        for called in columns.values():
            tables.setdefault(called, []).append(table)
    selects = [
        call("coalesce", *(_at(called, table) for table in its)).as_(called, quoted=True)
        for called, its in tables.items()
    ]
    using: list[str | int | exp.Expr] = [exp.to_identifier(KEY, quoted=True)]
    return exp.select(*selects).from_(_NOW).join(_NEXT, join_type="full", using=using)


def _at(name: str, table: str) -> exp.Column:
    return exp.column(name, table, quoted=True)


def _same(key: str, name: str) -> exp.Expr:
    mine = _at(key, PRICED)
    is_same = exp.EQ(this=mine, expression=_at(key, name))
    return exp.or_(is_same, is_null(mine.copy())) if key == CURRENCY else is_same


def _in_one_currency(name: str) -> exp.Expr:
    """That a row is in the currency of the price of the term, where that is known."""
    at = currency_of(PRICE)
    is_other = exp.NEQ(this=_at(at, _NOW), expression=_at(at, name))
    return exp.Not(this=_has_row(_NOW, is_other))


def _is_priced_by(export: Group) -> exp.Expr:
    name = table_of(export)
    return _has_row(name, is_there(_at(PRICE, name)))


def _has_row(name: str, condition: exp.Expr) -> exp.Expr:
    """Whether a table has a row about the subscription priced of which this is true."""
    is_it = exp.EQ(this=_at(KEY, name), expression=_at(KEY, PRICED))
    return exp.Exists(this=exp.select(number(1)).from_(name).where(is_it, condition))


def _day_after(end: exp.Expr | None) -> exp.Expr | None:
    """The first day of the next term; a term of the year 9999 has no end."""
    if end is None:
        return None
    year = call("year", end.copy())
    is_one = exp.LT(this=year, expression=number(NEVER))
    return exp.case().when(is_one, exp.Add(this=end, expression=number(1)))


def _in_force(name: str, day: exp.Expr | None) -> list[exp.Expr]:
    """That a row was in force on a day; never where no export tells it."""
    if day is None:
        return [exp.false()]
    text = cast(day, "text")
    first = call("left", _at(LATEST, name), exp.Literal.number(10))
    last = call("left", _at(LAST, name), exp.Literal.number(10))
    return [
        exp.GTE(this=text, expression=call("coalesce", first, literal(""))),
        exp.LTE(this=text.copy(), expression=call("coalesce", last, literal("9"))),
    ]
