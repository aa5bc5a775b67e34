"""Settled rows with what is in force for them: all that conditions read of a row.

First the columns that decide what is in force are added (places of keys, days of pins), then the
tables of `term_tables` are joined.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from lapse.executors.lowered.words.columns import (
    BILLED_IN_ALL,
    BILLED_UNTIL_NOW,
    DAY,
    EVERYWHERE,
    PROVIDER_DAY,
    REGION,
    absent_column,
    key_column,
    pin_column,
)
from lapse.executors.lowered.words.names import Names, is_known
from lapse.executors.lowered.words.scopes import OTHER_PLACE, UNKNOWN_PLACE, Keys, Lexicon
from lapse.model.subscription import CYCLE_MONTHS, fact_of_key
from lapse.sql.expressions import aliased, all_of, cases, column, query, sql
from lapse.sql.small_tables import SmallTable

ROW = "settled"
SCOPES, _REGIONS = "scopes", "regions"
_OWN = frozenset({"customer", "subscription"})
"""Keys that almost every row has a value of its own for."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How settled rows become rows with what is in force; `names` are those of the policy set."""

    lexicon: Lexicon
    names: Names

    def tables(self) -> Iterator[SmallTable]:
        """The places of the values that layers name, and the region of each market."""
        regions = self.names.words.region_of
        for key in self._keys:
            places = {value: n for n, value in enumerate(self.lexicon.named[key], start=1)}
            if key == REGION:
                places = {m: places[r] for m, r in regions.items() if r in places}
            types = {"value": "VARCHAR", "place": "BIGINT"}
            yield SmallTable(_places(key), types, tuple(places.items()))
        types = {"value": "VARCHAR", REGION: "VARCHAR"}
        yield SmallTable(_REGIONS, types, tuple(regions.items()))

    def scopes(self, settled: exp.Expr) -> exp.Select:
        """The table `SCOPES`: each combination of shared keys in some rows, with their places."""
        facts = query("SELECT DISTINCT $facts FROM $rows AS rows", facts=self._facts, rows=settled)
        market, found = self.names.fact("market"), exp.column(REGION, _REGIONS)
        without = sql("$known AND $region IS NULL", known=is_known(market), region=found)
        added = [aliased(self._place(key), key_column(key)) for key in self._shared]
        added += [aliased(found, REGION), aliased(without, absent_column(REGION))]
        scopes = query("SELECT settled.*, $added FROM $facts AS settled", added=added, facts=facts)
        for key in self._shared:
            scopes = _looked_up(scopes, _places(key), fact_of_key(key))
        return _looked_up(scopes, _REGIONS, "market")

    def placed(self, settled: exp.Expr) -> exp.Select:
        """The rows of a table or query with the places of their keys, and with their region."""
        # One join by all texts: to join a row costs the same whatever it is joined by.
        found = (*map(key_column, self._shared), REGION, absent_column(REGION))
        added: list[exp.Expr] = [column(name, SCOPES) for name in found]
        added += [aliased(self._place(key), key_column(key)) for key in self._own]
        added.append(aliased(OTHER_PLACE, key_column(EVERYWHERE)))
        rows = query(
            "SELECT settled.*, $added FROM $settled AS settled", added=added, settled=settled
        )
        meets = [
            sql("$a IS NOT DISTINCT FROM $b", a=column(it.name, ROW), b=column(it.name, SCOPES))
            for it in self._facts
        ]
        rows = rows.join(SCOPES, on=all_of(meets), join_type="left", copy=False)
        for key in self._own:
            rows = _looked_up(rows, _places(key), fact_of_key(key))
        return rows

    def keyed(self, dated: exp.Expr) -> exp.Select:
        """Placed rows that have the day judged, with the days of their pins."""
        added: list[exp.Expr] = []
        pins = sorted({shape.pin for shape in self.lexicon.shapes if shape.pin is not None})
        added += [aliased(self.pinned(fact), pin_column(fact)) for fact in pins]
        added += [aliased(self._billed("term_end"), BILLED_IN_ALL)]
        added += [aliased(self._billed(PROVIDER_DAY), BILLED_UNTIL_NOW)]
        return query("SELECT dated.*, $added FROM $dated AS dated", added=added, dated=dated)

    def occurring(self, placed: exp.Expr) -> exp.Select:
        """The combinations of places that occur, in the order of `places`."""
        if self._own:
            keys = [column(key_column(key)) for key in self.places]
            return query("SELECT DISTINCT $keys FROM $placed AS placed", keys=keys, placed=placed)
        keys = [column(key_column(key)) for key in self._shared]
        return query("SELECT DISTINCT $keys FROM $scopes", keys=[*keys, OTHER_PLACE], scopes=SCOPES)

    @property
    def places(self) -> Keys:
        return (*self._shared, *self._own, EVERYWHERE)

    @property
    def key_columns(self) -> list[str]:
        """The columns of these places."""
        return [key_column(key) for key in self.places]

    @property
    def placed_columns(self) -> frozenset[str]:
        """The columns that `placed` adds."""
        return frozenset({*self.key_columns, REGION, absent_column(REGION)})

    @property
    def _keys(self) -> Keys:
        """The keys of which layers name values."""
        return tuple(key for key, named in self.lexicon.named.items() if named)

    @property
    def _own(self) -> Keys:
        return tuple(key for key in self._keys if key in _OWN)

    @property
    def _shared(self) -> Keys:
        return tuple(key for key in self._keys if key not in _OWN)

    @property
    def _facts(self) -> list[exp.Column]:
        """What decides the places of the shared keys, and the region."""
        facts = dict.fromkeys([*map(fact_of_key, self._shared), "market"])
        absent = (absent_column(fact) for fact in facts if fact in self.names.absent)
        return [*map(column, facts), *map(column, absent)]

    def _place(self, key: str) -> exp.Expr:
        fact = self.names.fact(fact_of_key(key))
        named = exp.column("place", _places(key))
        place = sql("coalesce($place, $other)", place=named, other=OTHER_PLACE)
        return cases([(is_known(fact), place)], exp.convert(UNKNOWN_PLACE))

    def pinned(self, fact: str) -> exp.Expr:
        """The day on which a term pinned to a fact counts: the day judged where it is absent."""
        is_absent, on = self.names.fact(fact).is_absent, self.names.on(fact)
        return on if is_absent is None else cases([(is_absent, column(DAY))], on)

    def _billed(self, until: str) -> exp.Expr:
        """How many billing dates lie from the start of a term to a day, both included.

        A date of the 31st is billed on the last day of a shorter month.
        """
        start, last = (_date(column(name)) for name in ("term_start", until))
        months = sql(
            """(year($last) - year($start)) * 12 + month($last) - month($start)
            - CASE WHEN day($last) >= day($start) OR day($next) = 1 THEN 0 ELSE 1 END""",
            last=last,
            start=start,
            next=_date(sql("$until + 1", until=column(until))),
        )
        cycle = self.names.fact("billing_cycle").value
        length = cases(
            [(sql("$cycle = $name", cycle=cycle, name=n), m) for n, m in CYCLE_MONTHS.items()]
        )
        return sql(
            "CASE WHEN $months >= 0 THEN CAST(floor($months / $length) AS BIGINT) + 1 ELSE 0 END",
            months=months,
            length=length,
        )


def _date(day: exp.Expr) -> exp.Expr:
    return sql("DATE '1970-01-01' + CAST($day AS INT)", day=day)


def _places(key: str) -> str:
    return f"places_{key}"


def _looked_up(rows: exp.Select, table: str, fact: str) -> exp.Select:
    meets = sql("$one = $other", one=column(fact, ROW), other=exp.column("value", table))
    return rows.join(table, on=meets, join_type="left", copy=False)
