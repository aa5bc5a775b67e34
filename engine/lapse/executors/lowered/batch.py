"""A batch in DuckDB: SQL decides the rows, and leaves over the few that it says poorly.

Of every row SQL says which units are true (`sorting`). Where none is, nothing is ordered or held,
and the row is only counted; where some is, the rest of the steps follows (`ordering`). What is
undetermined in a row, and for want of what, one row of its class tells.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from sqlglot import exp

from lapse.decide.known import Judging
from lapse.executors.lowered.assumptions import resting
from lapse.executors.lowered.candidates import Candidates
from lapse.executors.lowered.classes import Class, decided
from lapse.executors.lowered.columns import (
    BALANCES_IN,
    CURRENCY,
    OWN,
    SHARED,
    SHARED_OF_ITS,
)
from lapse.executors.lowered.earlier import Earlier
from lapse.executors.lowered.judged_rows import JudgedRows
from lapse.executors.lowered.lacking import Lacks
from lapse.executors.lowered.ordering import Ordering
from lapse.executors.lowered.output_rows import order_rows
from lapse.executors.lowered.scopes import lexicon
from lapse.executors.lowered.sighted import BEFORE, TYPES, line
from lapse.executors.lowered.sorting import CUSTOMER, ON, sort
from lapse.executors.lowered.texts import Texts
from lapse.executors.lowered.units import Units
from lapse.executors.lowered.verdicts import judge
from lapse.executors.row_by_row import Alike, EveryRow, Rows
from lapse.inputs.reading import Export
from lapse.model.decision import Candidate
from lapse.model.invoices import OF_SUBSCRIPTION, Owed
from lapse.model.record import Record
from lapse.model.rule import Layer
from lapse.model.tables import Cells, currency_of
from lapse.runs.approvals import Approvals
from lapse.runs.export import AnyExport
from lapse.runs.groups import Group, Sum, Untold
from lapse.runs.history import History
from lapse.runs.resting import Rest
from lapse.runs.rows import AMOUNTS, LIST_MARK, JudgedRow
from lapse.runs.tally import HeldLacks, OrderCount
from lapse.sql.expressions import column, query, render, sql
from lapse.sql.small_tables import SmallTable

FEWEST = 2_000
"""Of fewer rows each is decided by itself: to build and plan the statement takes a second."""
AT_ONCE = 10_000


def sort_rows(export: AnyExport, judging: Judging, history: History, approvals: Approvals) -> Rows:
    """A batch of the rows of an export; where there are few, every row by itself."""
    assert isinstance(export, Export)
    if export.read < FEWEST:
        return EveryRow(export)
    return sorted_rows(export, judging, history, approvals)


def sorted_rows(
    export: Export, judging: Judging, history: History, approvals: Approvals
) -> "Batch":
    """A batch of the rows of an export, decided as far as SQL says it."""
    connection, words = export.connection, lexicon(judging.scopes.book)
    relation, runs_every = export.relation(), judging.scopes.book.catalogue.runs_every
    SmallTable(BEFORE, TYPES, ()).load(connection)
    for block in history.sightings():
        rows = [line(id_, seen, runs_every) for id_, seen in block]
        SmallTable(BEFORE, TYPES, rows).load(connection, is_more=True)
    earlier = Earlier(words.book, history.keep(export.scratch / "given.parquet"))
    earlier.load(connection)
    judged = JudgedRows(words, relation, judging)
    judged.load(connection)
    names = judged.names
    candidates = Candidates(words, names, Units(words, names).every())
    sort(connection, judged, candidates.units)
    judge(connection, judged, candidates.units)
    ordering = Ordering(connection, judged, candidates)
    ordering.find()
    examples = export.records_of(relation, "examples")
    classes = dict(decided(examples, connection, judging, history))
    lacks = Lacks(words, candidates.units)
    unknowns = ordering.unknowns()
    unknown = (
        (each.number, each.situation, unknowns[each.row]) for each in classes.values() if each.acts
    )
    ordering.decide(earlier, approvals, lacks.table(unknown))
    for statement in (_LEFT_OVER, _ORDERED, _TOLD):
        connection.execute(statement)
    return Batch(export, judged, classes)


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
        keys = [column(name, "sorted_rows") for name in named]
        sums = [each for name in AMOUNTS for each in _sums_of(name)]
        balances = [column(name) for name in (ON, BALANCES_IN, SHARED, SHARED_OF_ITS)]
        own = column(OWN)
        grouped = query(_GROUPS, keys=keys, balances=balances, own=own, sums=sums)
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


_LEFT_OVER = """
CREATE OR REPLACE TABLE left_over AS
SELECT subscription_id FROM sorted_rows
WHERE kind = 'left' OR "#row" IN (SELECT row_id FROM unsaid)
"""
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
_ORDERED = """
CREATE OR REPLACE TABLE ordered AS
SELECT row_id, count(*) FILTER (output = 'actions') AS actions,
    count(*) FILTER (output = 'held' AND NOT is_provider) AS holds
FROM outcomes GROUP BY row_id
"""
# Of most customers nothing is told: they owe nothing, and nothing is ordered or held for them.
_TOLD = """
CREATE OR REPLACE TABLE told_customers AS
SELECT DISTINCT customer_id, CASE customer_id WHEN '' THEN customer_name ELSE '' END AS nameless
FROM sorted_rows LEFT JOIN ordered ON row_id = "#row"
WHERE debt <> 0 OR "own balance" IS NOT NULL OR "shared balance" IS NOT NULL
    OR "shared balance of subscriptions" IS NOT NULL OR actions > 0 OR holds > 0
    OR kind = 'left' OR "#row" IN (SELECT row_id FROM unsaid)
"""
_DECIDED = """
FROM sorted_rows
LEFT JOIN ordered ON row_id = "#row"
LEFT JOIN told_customers ON told_customers.customer_id = sorted_rows.customer_id
    AND nameless = CASE sorted_rows.customer_id WHEN '' THEN customer_name ELSE '' END
ANTI JOIN unsaid ON unsaid.row_id = "#row"
WHERE kind IN ('nothing', 'may act')
"""
_UNTOLD = f"""
SELECT "monthly_amount.currency", count(*), coalesce(bool_or(monthly_amount <> 0), FALSE)
{_DECIDED} AND nameless IS NULL
GROUP BY ALL
"""
_GROUPS = f"""
SELECT $keys, count(*), coalesce(sum(actions), 0), coalesce(sum(holds), 0),
    coalesce(actions, 0) > 0 AS is_acted_on, $balances, sum($own), $sums
{_DECIDED} AND nameless IS NOT NULL
GROUP BY ALL
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
