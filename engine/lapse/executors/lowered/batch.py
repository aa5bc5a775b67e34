"""A batch that is decided, in tables beside its export: what becomes of its rows, and in sums."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from sqlglot import exp

from lapse.executors.lowered.assumptions import resting
from lapse.executors.lowered.classes import Class
from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.orders.output_rows import order_rows
from lapse.executors.lowered.rules.sorting import CUSTOMER, ON, amounts
from lapse.executors.lowered.words.columns import (
    BALANCES_IN,
    CURRENCY,
    OWN,
    SHARED,
    SHARED_OF_ITS,
)
from lapse.executors.lowered.words.texts import Texts
from lapse.executors.row_by_row import Alike
from lapse.inputs.reading import Export
from lapse.model.decision import Candidate
from lapse.model.invoices import OF_SUBSCRIPTION, Owed
from lapse.model.record import Record
from lapse.model.rule import Layer
from lapse.model.tables import Cells, currency_of
from lapse.runs.groups import Group, Sum, Untold
from lapse.runs.resting import Rest
from lapse.runs.rows import AMOUNTS, LIST_MARK, JudgedRow
from lapse.runs.tally import HeldLacks, OrderCount
from lapse.sql.expressions import column, query, render, sql

AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Batch:
    """The sorted rows of an export, in tables beside it; see `row_by_row.Rows`."""

    export: Export
    rows: JudgedRows
    classes: Mapping[int, Class]

    def records(self) -> Iterator[Record]:
        return self.export.records_of(self.rows.relation, "left_over")

    def alike(self) -> Iterator[Alike]:
        for number, count in self._streamed(_COUNTED):
            found = self.classes[number]
            judged = JudgedRow(found.situation.subscription, found.situation.moment, _silent)
            yield Alike(found.decision, judged, count, partial(self._ids_of, number))

    def _ids_of(self, number: int) -> Iterator[str]:
        yield from (id_ for (id_,) in self._streamed(_IDS_OF, [number]))

    def orders(self) -> Iterator[tuple[str, Cells]]:
        for name, statement in order_rows(Texts(self.rows.names)):
            for cells in self._streamed(render(statement)):
                yield name, cells

    def counts(self) -> Iterator[OrderCount]:
        yield from (OrderCount(*row) for row in self._streamed(_ORDER_COUNTS))

    def lacks(self) -> Iterator[HeldLacks]:
        for number, missing, count in self._streamed(_HELD_LACKS):
            held = tuple(frozenset(names.split(LIST_MARK)) for names in missing)
            yield HeldLacks(self.classes[number].missing, held, count, self._has_ledger)

    def resting(self) -> Iterator[tuple[Rest, int]]:
        yield from resting(self.rows, self._streamed)

    def left_out(self) -> Iterator[tuple[Layer, int]]:
        for number, count in self._streamed(_LEFT_OUT):
            yield self.rows.lexicon.book.layers[number], count

    def seen(self) -> Iterator[Cells]:
        yield from self._streamed(_SEEN)

    def met(self) -> Iterator[Sequence[str]]:
        with self.export.connection.cursor() as cursor:
            cursor.execute(_MET)
            while rows := cursor.fetchmany(AT_ONCE):
                yield [id_ for (id_,) in rows]

    def untold(self) -> Iterator[Untold]:
        yield from (Untold(*row) for row in self._streamed(_UNTOLD))

    def groups(self) -> Iterator[Group]:
        named = (*CUSTOMER, CURRENCY, *map(currency_of, AMOUNTS))
        keys = [column(name) for name in named]
        sums = [each for name in AMOUNTS for each in _sums_of(name)]
        balances = [column(name) for name in (ON, BALANCES_IN, SHARED, SHARED_OF_ITS)]
        own = column(OWN)
        told = amounts(self.rows.among(query(_TOLD_ROWS)))
        grouped = query(_GROUPS, keys=keys, balances=balances, own=own, sums=sums, told=told)
        for row in self._streamed(render(grouped)):
            yield self._group(*row)

    def _group(self, id_: str, name: str, market: str, own: str, *more: Any) -> Group:  # noqa: ANN401
        width = len(AMOUNTS)
        currencies, sums = more[:width], more[width + 9 :]
        rows, actions, held, is_acted_on, day, *balances = more[width : width + 9]
        each = zip(AMOUNTS, currencies, sums[0::3], sums[1::3], sums[2::3], strict=True)
        amounts = {name: Sum(*told) for name, *told in each}
        owed = _owed(*balances) if self._has_ledger else None
        counts = rows, actions, held, is_acted_on
        return Group(id_, name, market, own, *counts, day, owed, amounts)

    @property
    def _has_ledger(self) -> bool:
        return self.rows.relation.has_invoices

    def _streamed(
        self, statement: str, parameters: Sequence[object] = ()
    ) -> Iterator[tuple[Any, ...]]:
        with self.export.connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            while rows := cursor.fetchmany(AT_ONCE):
                yield from rows


def _silent(_: Candidate) -> str:
    raise AssertionError("no order is written for a class")


def _owed(
    currency: str, shared: Decimal | None, of_its: Decimal | None, own: Decimal | None
) -> Owed:
    """The balances of rows that have one currency; those that are null have no invoices."""
    sums = {currency: shared, OF_SUBSCRIPTION: of_its}
    return Owed(
        own={} if own is None else {currency: own},
        shared={name: amount for name, amount in sums.items() if amount is not None},
    )


def _sums_of(name: str) -> list[exp.Expr]:
    """An amount's sum, how many are not zero, and how many have a currency or are not zero."""
    amount, currency = column(name), column(currency_of(name))
    return [
        sql("sum($amount)", amount=amount),
        sql("count(*) FILTER ($amount <> 0)", amount=amount),
        sql(
            "count(*) FILTER ($amount <> 0 OR $amount = 0 AND $currency <> '')",
            amount=amount,
            currency=currency,
        ),
    ]


_COUNTED = """
SELECT class, count(*)
FROM verdicts JOIN classes USING (signature, more_signature)
ANTI JOIN unsaid ON row_id = "#row"
WHERE kind IN ('acts', 'unsure') GROUP BY class
"""
_IDS_OF = """
SELECT subscription_id
FROM verdicts JOIN classes USING (signature, more_signature)
ANTI JOIN unsaid ON row_id = "#row"
WHERE kind IN ('acts', 'unsure') AND class = ?
ORDER BY "#row"
"""
_ORDER_COUNTS = """
SELECT output, "action", coalesce(held_by, ''), is_again, count(*) FROM outcomes GROUP BY ALL
"""
_HELD_LACKS = """
SELECT class, missing, count(*) FROM (
    SELECT class, list(missing ORDER BY missing) AS missing
    FROM outcomes WHERE output = 'held' AND missing <> '' GROUP BY row_id, class
) GROUP BY ALL
"""
_DECIDED = """
JOIN told_customers USING (customer_id, nameless)
ANTI JOIN unsaid ON row_id = "#row"
WHERE kind IN ('nothing', 'may act')
"""
_UNTOLD = f"""
SELECT currency, count(*), bool_or(is_paid_for) FROM sorted_rows ANTI {_DECIDED} GROUP BY ALL
"""  # noqa: S608  no text of users
_TOLD_ROWS = f"""
SELECT "#row" FROM sorted_rows SEMI {_DECIDED}
"""  # noqa: S608  no text of users
_GROUPS = """
SELECT * FROM (
    SELECT $keys, count(*), coalesce(sum(actions), 0), coalesce(sum(holds), 0),
        coalesce(actions, 0) > 0 AS is_acted_on, $balances, sum($own), $sums
    FROM $told AS told LEFT JOIN ordered ON row_id = "#row"
    GROUP BY ALL
)
ORDER BY customer_id, CASE customer_id WHEN '' THEN customer_name ELSE '' END
"""
_LEFT_OUT = """
SELECT "left out by", count(*) FROM sorted_rows WHERE kind = 'out' GROUP BY ALL
"""
_SEEN = """
SELECT subscription_id, status, first_day, unbroken_since, last_seen
FROM sorted_rows ANTI JOIN left_over USING (subscription_id)
WHERE status IS NOT NULL
ORDER BY "#row"
"""
_MET = """
SELECT subscription_id
FROM sorted_rows SEMI JOIN seen_before ON subscription_id = id
WHERE is_read AND kind <> 'left'
"""
