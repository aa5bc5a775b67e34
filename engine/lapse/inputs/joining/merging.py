"""Several exports as one table: a row for each subscription that any of them has.

Files about customers, products and prices add their facts. Where two inputs have different values
for a fact, the order of the profiles decides, and the difference is counted.
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
from lapse.inputs.statements import same_id
from lapse.model.facts import FactSpec, ValueType
from lapse.model.kinds import PRICE, PRICE_KEYS
from lapse.model.profile import CANONICAL, Gives, ProfileSet
from lapse.model.tables import currency_of, value_columns
from lapse.sql.expressions import aliased, any_of, cases, column, first_of, is_there, query, sql

MERGED = "merged"
"""The table of all subscriptions."""
LISTED = "listed_customers"
"""The table of the customers in lists of customers, with or without subscriptions."""
RANKS = {Gives.SUBSCRIPTIONS: 0, Gives.CUSTOMERS: 1, Gives.OFFERS: 2, Gives.PRICES: 3}
"""The order in which tables are joined: a fact of one may be the key of the next."""


def source_of(group: Group) -> str:
    """The column of `merged` with the input of a group that a row comes from."""
    return f"{SOURCE}{group.number}"


def differs(fact: str) -> str:
    """The column of `merged` that is true where exports have different values for a fact."""
    return f"{fact}#differs"


def told(group: Group) -> tuple[str, ...]:
    """The facts that a group gives to a subscription."""
    if group.shape.table.gives is Gives.PRICES:
        return price_facts(group)
    return group.facts


def trust(group: Group, order: Sequence[str]) -> tuple[int, int, str, tuple[str, ...]]:
    """A sort key with the most trusted group first; unique, whatever the order of reading.

    Profiles that `order` does not name come last, and files without a profile first unless it names
    them. Of these, the row of a subscription counts before that of its customer or product.
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
    """Merges groups that have facts of subscriptions, in the order of `RANKS`.

    `order` says whose values count.
    """

    connection: DuckDBPyConnection
    specs: Mapping[str, FactSpec]
    order: ProfileSet
    groups: tuple[Group, ...]

    def merge(self) -> int:
        """Fills the table `merged`; returns the number of accepted rows about subscriptions."""
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
        selects: list[exp.Expr] = [aliased(_key(exports), KEY)]
        selects += [aliased(_at(group, SOURCE), source_of(group)) for group in groups]
        for fact in facts:
            givers = self.givers(fact, groups)
            for name in value_columns(self.specs[fact]):
                selects.append(aliased(_first(givers, fact, name), name))
            if len(givers) > 1:
                selects.append(aliased(_is_different(givers, self.specs[fact]), differs(fact)))
        merged = query(
            "SELECT $selects FROM $first WHERE $is_read",
            selects=selects,
            first=table_of(exports[0]),
            is_read=any_of(sql("$source >= 0", source=_at(each, SOURCE)) for each in exports),
        )
        using: list[str | int | exp.Expr] = [exp.to_identifier(KEY, quoted=True)]
        for other in exports[1:]:
            merged = merged.join(table_of(other), join_type="full", using=using)
        for lookup in groups:
            if lookup.shape.table.is_lookup:
                meets = self._meets(lookup, groups, exports)
                merged = merged.join(table_of(lookup), on=meets, join_type="left")
        return merged

    def _listed(self) -> exp.Query:
        lists = [g for g in self.groups if g.shape.table.gives is Gives.CUSTOMERS]
        none = query('SELECT CAST(NULL AS text) AS "#key" WHERE false')
        keys = (
            query("SELECT $key FROM $list", key=_at(group, KEY), list=table_of(group))
            for group in lists
        )
        return exp.union(none, *keys, distinct=False) if lists else none

    def _meets(self, lookup: Group, groups: Sequence[Group], exports: Sequence[Group]) -> exp.Expr:
        """Whether a row of a lookup is about a subscription."""
        table = lookup.shape.table
        if table.key is None:
            return sql("$mine = $key", mine=_key(exports), key=_at(lookup, KEY))
        rank = RANKS[table.gives]
        known = [g for g in groups if RANKS[g.shape.table.gives] < rank]
        givers = self.givers(table.key, known)
        mine = sql("CAST(NULL AS text)")
        if givers:
            mine = _first(givers, table.key, table.key)
        return sql("$mine = $key", mine=same_id(mine), key=_at(lookup, KEY))

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
            {day: column(day, PRICED) for day in days},
            [g for g in others if _is_own(g) and PRICE in told(g)],
        )


def _is_own(group: Group) -> bool:
    """Whether it lists subscriptions under fact names, which somebody wrote on purpose."""
    return group.shape.name == CANONICAL and group.shape.table.gives is Gives.SUBSCRIPTIONS


def _at(group: Group, name: str) -> exp.Column:
    return column(name, table_of(group))


def _key(exports: Sequence[Group]) -> exp.Expr:
    return first_of([_at(export, KEY) for export in exports])


def _first(givers: Sequence[Group], fact: str, name: str) -> exp.Expr:
    """The value of the first group that has one; a currency comes from the group of its amount."""
    if len(givers) == 1 or name == fact:
        return first_of([_at(group, name) for group in givers])
    return cases((is_there(_at(group, fact)), _at(group, name)) for group in givers)


def _is_different(givers: Sequence[Group], spec: FactSpec) -> exp.Expr:
    """Whether two groups give different values; amounts differ by their currencies, too."""
    pairs = [(a, b) for place, a in enumerate(givers) for b in givers[place + 1 :]]
    names = [spec.name]
    if spec.type is ValueType.MONEY:
        names.append(currency_of(spec.name))
    return any_of(
        sql(
            "coalesce($one <> $other, false)",
            one=_compared(one, name, spec),
            other=_compared(other, name, spec),
        )
        for one, other in pairs
        for name in names
    )


def _compared(group: Group, name: str, spec: FactSpec) -> exp.Expr:
    return same_id(_at(group, name)) if spec.type is ValueType.TEXT else _at(group, name)
