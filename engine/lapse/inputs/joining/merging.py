"""Several exports as one table: a row for each subscription that any of them has.

Files about customers, products and prices add to it what they know. Where two give different
values for a fact, the order of the profiles decides, and the difference is counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group
from lapse.inputs.joining.filling import (
    KEY,
    SOURCE,
    add_rejected,
    create,
    fill,
    table_of,
)
from lapse.inputs.joining.pricing import END, PRICED, START, price_facts, put_prices
from lapse.inputs.sql_columns import currency_of, value_columns
from lapse.inputs.statements import same_id
from lapse.inputs.typed import call, cast, is_there, number
from lapse.model.facts import FactSpec, ValueType
from lapse.model.kinds import PRICE, PRICE_KEYS
from lapse.model.profile import CANONICAL, Gives, ProfileSet

MERGED = "merged"
"""The table of all subscriptions."""
LISTED = "listed_customers"
"""The table of the customers whom lists of customers have, with subscriptions or without."""
RANKS = {Gives.SUBSCRIPTIONS: 0, Gives.CUSTOMERS: 1, Gives.OFFERS: 2, Gives.PRICES: 3}
"""The order in which tables are joined: what one tells may be the key of the next."""


def source_of(group: Group) -> str:
    """The column of `merged` that tells which input of a group a row comes from."""
    return f"{SOURCE}{group.number}"


def differs(fact: str) -> str:
    """The column of `merged` that tells whether exports give different values for a fact."""
    return f"{fact}#differs"


def told(group: Group) -> tuple[str, ...]:
    """The facts that a group gives to a subscription."""
    if group.shape.table.gives is Gives.PRICES:
        return price_facts(group)
    return group.facts


def trust(group: Group, order: Sequence[str]) -> tuple[int, int, str, tuple[str, ...]]:
    """The less, the more a group is trusted; no two are alike, in whatever order they are read.

    What no order names comes last, files without a profile before all. Of those, the row of a
    subscription counts before that of its customer or product.
    """
    name = group.shape.name
    place = len(order) if name != CANONICAL else -1
    if name in order:
        place = order.index(name)
    return place, RANKS[group.shape.table.gives], name, tuple(sorted(group.facts))


def facts_told(groups: Sequence[Group]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for group in groups for fact in told(group)))


@dataclass(frozen=True, slots=True)
class Merger:
    """Merges groups that tell facts of subscriptions, in the order of `RANKS`.

    `order` says whose values count.
    """

    connection: DuckDBPyConnection
    specs: Mapping[str, FactSpec]
    order: ProfileSet
    groups: tuple[Group, ...]

    def merge(self) -> int:
        """Fills the table `merged`; the rows about subscriptions that are not rejected."""
        groups = self.groups
        accepted = {group.number: fill(self.connection, group) for group in groups}
        for group in groups:
            add_rejected(self.connection, group)
            if group.shape.table.gives is Gives.PRICES:
                self._price(group, [g for g in groups if g.shape.table.gives is not Gives.PRICES])
        create(self.connection, MERGED, self._merged(groups, facts_told(groups)))
        create(self.connection, LISTED, self._listed())
        for group in groups:
            self.connection.execute(f"DROP TABLE {table_of(group)}")
        return sum(accepted[group.number] for group in groups if not group.shape.table.is_lookup)

    def givers(self, fact: str, groups: Sequence[Group]) -> list[Group]:
        """The groups that give a fact, the one whose value counts first."""
        order = self.order.order_of.get(fact, self.order.order)
        return sorted(
            (group for group in groups if fact in told(group)),
            key=lambda group: trust(group, order),
        )

    def _merged(self, groups: Sequence[Group], facts: Sequence[str]) -> exp.Select:
        """A row for each subscription of these groups, with these facts."""
        exports = [group for group in groups if not group.shape.table.is_lookup]
        selects: list[exp.Expr] = [_key(exports).as_(KEY, quoted=True)]
        selects += [_at(group, SOURCE).as_(source_of(group), quoted=True) for group in groups]
        for fact in facts:
            givers = self.givers(fact, groups)
            for name in value_columns(self.specs[fact]):
                selects.append(_first(givers, fact, name).as_(name, quoted=True))
            if len(givers) > 1:
                is_different = _is_different(givers, self.specs[fact])
                selects.append(is_different.as_(differs(fact), quoted=True))
        is_read = [exp.GTE(this=_at(each, SOURCE), expression=number(0)) for each in exports]
        query = exp.select(*selects).from_(table_of(exports[0])).where(exp.or_(*is_read))
        using: list[str | int | exp.Expr] = [exp.to_identifier(KEY, quoted=True)]
        for other in exports[1:]:
            query = query.join(table_of(other), join_type="full", using=using)
        for lookup in groups:
            if lookup.shape.table.is_lookup:
                meets = self._meets(lookup, groups, exports)
                query = query.join(table_of(lookup), on=meets, join_type="left")
        return query

    def _listed(self) -> exp.Query:
        lists = [g for g in self.groups if g.shape.table.gives is Gives.CUSTOMERS]
        none = exp.select(cast(exp.Null(), "text").as_(KEY, quoted=True)).where(exp.false())
        keys = (exp.select(_at(group, KEY)).from_(table_of(group)) for group in lists)
        return exp.union(none, *keys, distinct=False) if lists else none

    def _meets(self, lookup: Group, groups: Sequence[Group], exports: Sequence[Group]) -> exp.Expr:
        """Whether a row of a lookup is about a subscription."""
        table = lookup.shape.table
        if table.key is None:
            return exp.EQ(this=_key(exports), expression=_at(lookup, KEY))
        rank = RANKS[table.gives]
        known = [g for g in groups if RANKS[g.shape.table.gives] < rank]
        givers = self.givers(table.key, known)
        mine = _first(givers, table.key, table.key) if givers else cast(exp.Null(), "text")
        return exp.EQ(this=same_id(mine), expression=_at(lookup, KEY))

    def _price(self, group: Group, others: Sequence[Group]) -> None:
        """Puts the prices of each subscription in place of the list of prices."""
        known = facts_told(others)
        keys = [
            key for key in PRICE_KEYS if key in group.facts and (key in known or key != "currency")
        ]
        days = [day for day in (START, END) if day in known]
        wanted = [*(key for key in keys if key in known), *days]
        create(self.connection, PRICED, self._merged(others, wanted))
        put_prices(
            self.connection,
            group,
            keys if set(keys) <= set(known) else None,
            {day: exp.column(day, PRICED, quoted=True) for day in days},
            [g for g in others if _is_own(g) and PRICE in told(g)],
        )


def _is_own(group: Group) -> bool:
    """Whether it lists subscriptions in words that somebody wrote on purpose."""
    return group.shape.name == CANONICAL and group.shape.table.gives is Gives.SUBSCRIPTIONS


def _at(group: Group, name: str) -> exp.Column:
    return exp.column(name, table_of(group), quoted=True)


def _key(exports: Sequence[Group]) -> exp.Expr:
    if len(exports) == 1:
        return _at(exports[0], KEY)
    return call("coalesce", *(_at(export, KEY) for export in exports))


def _first(givers: Sequence[Group], fact: str, name: str) -> exp.Expr:
    """The value of the first group that has one; of money, the amount and currency of one group."""
    if len(givers) == 1:
        return _at(givers[0], name)
    if name == fact:
        return call("coalesce", *(_at(group, name) for group in givers))
    found = exp.case()
    for group in givers:
        found = found.when(is_there(_at(group, fact)), _at(group, name), copy=False)
    return found


def _is_different(givers: Sequence[Group], spec: FactSpec) -> exp.Expr:
    """Whether two groups give different values; amounts differ by their currencies, too."""
    pairs = [(a, b) for place, a in enumerate(givers) for b in givers[place + 1 :]]
    names = [spec.name]
    if spec.type is ValueType.MONEY:
        names.append(currency_of(spec.name))
    found = [
        call(
            "coalesce",
            exp.NEQ(this=_compared(a, name, spec), expression=_compared(b, name, spec)),
            exp.false(),
        )
        for a, b in pairs
        for name in names
    ]
    return exp.or_(*found, copy=False)


def _compared(group: Group, name: str, spec: FactSpec) -> exp.Expr:
    return same_id(_at(group, name)) if spec.type is ValueType.TEXT else _at(group, name)
