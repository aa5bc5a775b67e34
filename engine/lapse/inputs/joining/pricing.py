"""The prices of each subscription from a list of prices: for its term, and for the next one.

A price is fixed for its term: it is that of the row in force when the term started. Of several rows
the latest counts; if these differ there is no price. The next term has the price of the row in
force on the day after `term_end`, in the same currency. Only prices of one kind are compared: a
price in a file without a profile may be what the customer pays, and a list with days is what the
provider charges. So there is no next price beside such a price.
"""

from collections.abc import Mapping, Sequence

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group
from lapse.inputs.joining.filling import KEY, SOURCE, create, keep_one_row, table_of
from lapse.inputs.profiles.precedence import LAST, LATEST
from lapse.model.days import NEVER
from lapse.model.kinds import NEXT_PRICE, PRICE
from lapse.model.tables import currency_of, value_columns
from lapse.sql.expressions import aliased, all_of, column, first_of, query, sql

CURRENCY = "currency"
START, END = "term_start", "term_end"
PRICED = "priced"
"""The table of the subscriptions to be priced, with the columns they are joined by."""
_NOW, _NEXT = "prices", "next_prices"

Columns = Mapping[str, str]
"""The columns of a list of prices, with their names as prices of a subscription."""


def is_dated(group: Group) -> bool:
    return group.shape.profile is not None and group.shape.profile.in_force is not None


def price_facts(group: Group) -> tuple[str, ...]:
    """The facts that a list gives a subscription; without days in it, no price of the next term."""
    facts = tuple(fact for fact in group.facts if fact in {PRICE, CURRENCY})
    return (*facts, NEXT_PRICE) if is_dated(group) else facts


def put_prices(
    connection: DuckDBPyConnection,
    group: Group,
    keys: Sequence[str] | None,
    days: Mapping[str, exp.Expr],
    own: Sequence[Group],
) -> None:
    """Replaces the list of prices with the prices of each subscription in `priced`.

    `keys` are the columns to join by, null where no export has one of them. `days` are the start
    and end of the term, where an export has them. `own` are the exports with a user's own prices.
    """
    name = table_of(group)
    meets = [sql("false")] if keys is None else [_same(key, name) for key in keys]
    told = [fact for fact in price_facts(group) if fact != NEXT_PRICE]
    now = {c: c for fact in told for c in value_columns(group.specs[fact])}
    starts = _in_force(name, days.get(START)) if is_dated(group) else []
    _pick(connection, group, _NOW, now, all_of([*meets, *starts]))
    if is_dated(group):
        later = {c: c.replace(PRICE, NEXT_PRICE) for c in now}
        follows = [*_in_force(name, _day_after(days.get(END))), _in_one_currency(name)]
        follows += [_is_not_priced_by(each) for each in own]
        _pick(connection, group, _NEXT, later, all_of([*meets, *follows]))
        create(connection, _NOW, _both(now, later))
    create(connection, name, query("SELECT * FROM $now", now=_NOW))


def _pick(
    connection: DuckDBPyConnection, group: Group, into: str, columns: Columns, meets: exp.Expr
) -> None:
    """Makes a table of the row that counts for each subscription, of those that satisfy `meets`."""
    name = table_of(group)
    picked = query(
        """SELECT $key, $prices, $source, false AS "#preferred", $latest AS "#latest"
        FROM $priced JOIN $name ON $meets""",
        key=column(KEY, PRICED),
        prices=[aliased(column(each, name), called) for each, called in columns.items()],
        source=column(SOURCE, name),
        # Days of Microsoft's price lists overlap: the latest row counts.
        latest=column(LATEST, name) if is_dated(group) else sql("CAST(NULL AS text)"),
        priced=PRICED,
        name=name,
        meets=meets,
    )
    create(connection, into, picked)
    _drop_disputed(connection, into, tuple(columns.values()))
    keep_one_row(connection, into)


def _drop_disputed(connection: DuckDBPyConnection, name: str, prices: Sequence[str]) -> None:
    """Drops the rows of a subscription where rows that count alike have different prices.

    They may be of two tiers, or of two currencies where that of the subscription is unknown. To
    choose one of them would show a customer an amount that nobody meant.
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
    """The prices of the term and of the next, for subscriptions that have either."""
    tables: dict[str, list[str]] = {KEY: [_NOW, _NEXT], SOURCE: [_NOW, _NEXT]}
    for table, columns in ((_NOW, now), (_NEXT, later)):
        for called in columns.values():
            tables.setdefault(called, []).append(table)
    return query(
        'SELECT $told FROM $now FULL JOIN $later USING ("#key")',
        told=[
            aliased(first_of([column(called, table) for table in its]), called)
            for called, its in tables.items()
        ],
        now=_NOW,
        later=_NEXT,
    )


def _same(key: str, name: str) -> exp.Expr:
    mine, theirs = column(key, PRICED), column(key, name)
    if key == CURRENCY:
        return sql("$mine = $theirs OR $mine IS NULL", mine=mine, theirs=theirs)
    return sql("$mine = $theirs", mine=mine, theirs=theirs)


def _in_one_currency(name: str) -> exp.Expr:
    """Whether a row is in the currency of the price of the term; true if that has none."""
    at = currency_of(PRICE)
    is_other = sql("$now <> $later", now=column(at, _NOW), later=column(at, name))
    return _has_no_row(_NOW, is_other)


def _is_not_priced_by(export: Group) -> exp.Expr:
    name = table_of(export)
    return _has_no_row(name, sql("$price IS NOT NULL", price=column(PRICE, name)))


def _has_no_row(name: str, condition: exp.Expr) -> exp.Expr:
    """Whether no row of a table about the subscription priced meets the condition."""
    return sql(
        "NOT EXISTS (SELECT 1 FROM $name WHERE $its = $priced AND $condition)",
        name=name,
        its=column(KEY, name),
        priced=column(KEY, PRICED),
        condition=condition,
    )


def _day_after(end: exp.Expr | None) -> exp.Expr | None:
    """The first day of the next term; a term of the year 9999 has no end."""
    if end is None:
        return None
    return sql("CASE WHEN year($end) < $never THEN $end + 1 END", end=end, never=NEVER)


def _in_force(name: str, day: exp.Expr | None) -> list[exp.Expr]:
    """Conditions for a row to be in force on a day; false where no export has the day."""
    if day is None:
        return [sql("false")]
    first, last = column(LATEST, name), column(LAST, name)
    return [
        sql("CAST($day AS text) >= coalesce(left($first, 10), '')", day=day, first=first),
        sql("CAST($day AS text) <= coalesce(left($last, 10), '9')", day=day, last=last),
    ]
