"""A batch in DuckDB: SQL tells which rows order nothing; the others are decided by themselves.

Of every row SQL says which rules are true (`truths`). Where none is, nothing is ordered or held,
and the row is only counted. Where some rule is undetermined besides, one row of each class is
decided, and what is missing in it is missing in all rows of its signature. Where a rule is true,
the row is decided, with the rules that are not false.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lapse.decide.known import Judging
from lapse.decide.situation import Situation
from lapse.executors.lowered.columns import (
    BALANCES_IN,
    CURRENCY,
    OWN,
    SHARED,
    SHARED_OF_ITS,
)
from lapse.executors.lowered.scopes import Lexicon, lexicon
from lapse.executors.lowered.sighted import BEFORE, TYPES, line
from lapse.executors.lowered.sorting import CUSTOMER, ON, Kind, Sorting
from lapse.executors.lowered.truths import BITS
from lapse.executors.row_by_row import EveryRow, Rows
from lapse.inputs.reading import Export
from lapse.model.invoices import OF_SUBSCRIPTION, Owed
from lapse.model.record import Record
from lapse.model.rule import Layer, Rule
from lapse.model.tables import Cells, currency_of
from lapse.policy.in_force import InForce
from lapse.runs.customers import Group, Sum
from lapse.runs.export import AnyExport
from lapse.runs.history import History
from lapse.runs.rows import AMOUNTS
from lapse.sql.expressions import column, query, render, sql
from lapse.sql.small_tables import SmallTable

FEWEST = 2_000
"""Of fewer rows each is decided by itself: to build and plan the statement takes a second."""
AT_ONCE = 10_000
Bits = tuple[int, ...]


def sort_rows(export: AnyExport, judging: Judging, history: History) -> Rows:
    """The rows of an export sorted by what becomes of them; where there are few, every row."""
    assert isinstance(export, Export)
    return EveryRow(export) if export.read < FEWEST else sorted_rows(export, judging, history)


def sorted_rows(export: Export, judging: Judging, history: History) -> "Batch":
    """The rows of an export sorted by what becomes of them."""
    connection, words = export.connection, lexicon(judging.scopes.book)
    relation, runs_every = export.relation(), judging.scopes.book.catalogue.runs_every
    SmallTable(BEFORE, TYPES, ()).load(connection)
    for block in history.sightings():
        rows = [line(id_, seen, runs_every) for id_, seen in block]
        SmallTable(BEFORE, TYPES, rows).load(connection, is_more=True)
    with export.unchanged():
        Sorting(words, relation, judging).run(export)
    for statement in _MAKE:
        connection.execute(statement)
    alike = dict(connection.execute("SELECT example, rows FROM classes").fetchall())
    known = connection.execute(_NOT_FALSE).fetchall()
    not_false = Narrowing(words.rules, {id_: tuple(bits) for id_, bits in known})
    return Batch(export, words, relation.has_invoices, alike, not_false)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The rules that are not false in a row, for rows by id of which SQL knows them."""

    rules: Sequence[Rule]
    not_false: Mapping[str, Bits]
    _known: dict[tuple[int, int, Bits], InForce] = field(default_factory=dict)

    def narrowed(self, situation: Situation) -> Situation:
        """A situation without the rules that are false in it, which most are."""
        bits = self.not_false.get(situation.subscription.id)
        if bits is None:
            return situation
        force, day = situation.force, situation.moment.day
        key = id(force), day.toordinal(), bits
        if key not in self._known:
            self._known[key] = force.narrowed(day, self._is_kept(bits))
        return replace(situation, force=self._known[key])

    def _is_kept(self, bits: Bits) -> Callable[[Rule], bool]:
        numbered = enumerate(self.rules)
        kept = {id(rule) for n, rule in numbered if bits[n // BITS] >> n % BITS & 1}
        return lambda rule: rule.is_forbid or id(rule) in kept


@dataclass(frozen=True, slots=True)
class Batch:
    """The sorted rows of an export, in tables beside it; see `row_by_row.Rows`."""

    export: Export
    lexicon: Lexicon
    has_invoices: bool
    alike: Mapping[str, int]
    narrowing: Narrowing

    def records(self) -> Iterator[Record]:
        return self.export.records(only="left_over")

    def narrowed(self, situation: Situation) -> Situation:
        return self.narrowing.narrowed(situation)

    def ids_like(self, example: str) -> Iterator[str]:
        yield from (id_ for (id_,) in self._streamed(_IDS_LIKE, [example]))

    def left_out(self) -> Iterator[tuple[Layer, int]]:
        for number, count in self._streamed(_LEFT_OUT, []):
            yield self.lexicon.book.layers[number], count

    def seen(self) -> Iterator[Cells]:
        yield from self._streamed(_SEEN, [])

    def met(self) -> Iterator[Sequence[str]]:
        with self.export.connection.cursor() as cursor:
            cursor.execute(_MET)
            while rows := cursor.fetchmany(AT_ONCE):
                yield [id_ for (id_,) in rows]

    def groups(self) -> Iterator[Group]:
        keys = [column(name) for name in (*CUSTOMER, CURRENCY, *map(currency_of, AMOUNTS))]
        sums = [each for name in AMOUNTS for each in _sums_of(name)]
        balances = [*map(column, (ON, BALANCES_IN, SHARED, SHARED_OF_ITS))]
        grouped = query(
            """SELECT $keys, count(*), $balances, sum($own), $sums
            FROM sorted_rows WHERE kind IN ($kinds) GROUP BY ALL""",
            keys=keys,
            balances=balances,
            own=column(OWN),
            sums=sums,
            kinds=[Kind.NOTHING.value, Kind.UNSURE.value],
        )
        for row in self._streamed(render(grouped), []):
            yield self._group(*row)

    def _group(self, id_: str, name: str, market: str, own: str, *more: Any) -> Group:  # noqa: ANN401
        width = len(AMOUNTS)
        currencies, (rows, day, *balances), sums = more[:width], more[width:][:6], more[width + 6 :]
        each = zip(AMOUNTS, currencies, sums[0::3], sums[1::3], sums[2::3], strict=True)
        amounts = {name: Sum(*told) for name, *told in each}
        owed = _owed(*balances) if self.has_invoices else None
        return Group(id_, name, market, own, rows, day, owed, amounts)

    def _streamed(self, statement: str, parameters: list[str]) -> Iterator[tuple[Any, ...]]:
        with self.export.connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            while rows := cursor.fetchmany(AT_ONCE):
                yield from rows


def _owed(
    currency: str, shared: Decimal | None, of_its: Decimal | None, own: Decimal | None
) -> Owed:
    """The balances of rows that have one currency; those that are null have no invoices."""
    sums = {currency: shared, OF_SUBSCRIPTION: of_its}
    return Owed(
        own={} if own is None else {currency: own},
        shared={name: amount for name, amount in sums.items() if amount is not None},
    )


def _sums_of(name: str) -> list:  # type: ignore[type-arg]
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


_MAKE = (
    """
CREATE OR REPLACE TABLE classes AS
SELECT signature, min(subscription_id) AS example, count(*) AS rows
FROM sorted_rows WHERE kind = 'unsure' GROUP BY signature
""",
    """
CREATE OR REPLACE TABLE left_over AS
SELECT subscription_id FROM sorted_rows WHERE kind = 'left'
UNION ALL SELECT example FROM classes
""",
)
_NOT_FALSE = "SELECT subscription_id, not_false FROM sorted_rows WHERE not_false IS NOT NULL"
_IDS_LIKE = """
SELECT subscription_id FROM sorted_rows JOIN classes USING (signature) WHERE example = ?
"""
_LEFT_OUT = """
SELECT "left out by", count(*) FROM sorted_rows WHERE kind = 'out' GROUP BY ALL
"""
_SEEN = """
SELECT subscription_id, status, first_day, unbroken_since, last_seen
FROM sorted_rows ANTI JOIN left_over USING (subscription_id)
WHERE status IS NOT NULL
"""
_MET = """
SELECT subscription_id
FROM sorted_rows SEMI JOIN seen_before ON subscription_id = id
WHERE is_read AND kind <> 'left'
"""
