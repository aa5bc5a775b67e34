"""A batch that is decided, in tables beside its export: queries for relations, and counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lapse.executors.lowered.assumptions import resting
from lapse.executors.lowered.classes import Class
from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.orders.accounts import account_queries, keep_accounts
from lapse.executors.lowered.orders.output_rows import order_rows
from lapse.executors.lowered.words.texts import Texts
from lapse.inputs.relation import Relation
from lapse.model.decision import NotCovered
from lapse.model.record import Record
from lapse.runs.export import AnyExport
from lapse.runs.results.tally import Lacking, Tally
from lapse.runs.rows import LIST_MARK
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import SmallTable


class Facts(AnyExport, Protocol):
    """The exports of a run as a batch asks for them: as a table, and by the ids in a table."""

    def facts_in(self, tables: Tables, name: str) -> Relation: ...
    def records_of(self, relation: Relation, only: str) -> Iterator[Record]: ...


@dataclass(frozen=True, slots=True)
class Batch:
    """The sorted rows of an export, in tables beside it; see `row_by_row.Rows`."""

    export: Facts
    tables: Tables
    rows: JudgedRows
    classes: Mapping[int, Class]

    def records(self) -> Iterator[Record]:
        return self.export.records_of(self.rows.relation, "left_over")

    def met(self) -> Iterator[Sequence[str]]:
        for rows in self.tables.blocks(_MET):
            yield [id_ for (id_,) in rows]

    def count(self, tally: Tally) -> None:
        """Also makes the table `listed`, of undetermined rules that are told of row by row."""
        for number, rows in self.tables.found(_LEFT_OUT):
            layer = self.rows.lexicon.book.layers[number]
            tally.leave_out(NotCovered(layer.because, layer.name), rows)
        for currency, rows, is_paid_for in self.tables.found(_DECIDED):
            tally.decided += rows
            tally.currencies |= {currency} if is_paid_for else set()
        for rest, rows in resting(self.rows, self.tables.found):
            tally.resting[rest] += rows
        for number, missing, rows in self.tables.found(_LACKING):
            tally.lack(self._lacking(number, missing, rows))
        listed = [
            (number, part, rule, LIST_MARK.join(sorted(missing)))
            for number in self.classes
            for part, (rule, missing) in enumerate(tally.listed(self._lacking(number)))
        ]
        self.tables.load(SmallTable("listed", _LISTED_TYPES, listed))

    def _lacking(self, number: int, held: Sequence[str] = (), rows: int = 1) -> Lacking:
        """What is missing in rows of a class that hold orders for want of these names."""
        names = tuple(frozenset(each.split(LIST_MARK)) for each in held)
        has_ledger = self.rows.relation.has_invoices
        return Lacking(self.classes[number].missing, names, has_ledger, rows)

    def queries(self) -> Mapping[str, str]:
        keep_accounts(self.tables, self.rows)
        statements = self.rows.statements
        orders = statements.text("orders", lambda: order_rows(Texts(self.rows.names)))
        statements.keep()
        told = {
            "orders": orders,
            **account_queries(self.rows),
            "undetermined": _UNDETERMINED,
            "seen": _SEEN,
        }
        return {name: self.tables.result(name, rows) for name, rows in told.items()}


_LEFT_OUT = """
SELECT "left out by", count(*) FROM sorted_rows WHERE kind = 'out' GROUP BY ALL
"""
_DECIDED = """
SELECT currency, count(*), bool_or(is_paid_for) FROM sorted_rows
ANTI JOIN unsaid ON row_id = "#row"
WHERE kind IN ('nothing', 'may act') GROUP BY ALL
"""
_IN_CLASSES = """
SELECT "#row", subscription_id, class
FROM verdicts JOIN classes USING (signature, more_signature)
ANTI JOIN unsaid ON row_id = "#row"
WHERE kind IN ('acts', 'unsure')
"""
_LACKING = f"""
SELECT class, coalesce(missing, []), count(*)
FROM ({_IN_CLASSES}) LEFT JOIN (
    SELECT row_id AS "#row", list(missing ORDER BY missing) AS missing
    FROM outcomes WHERE output = 'held' AND missing <> '' GROUP BY row_id
) USING ("#row")
GROUP BY ALL
"""  # noqa: S608  no text of users
_LISTED_TYPES = {"class": "BIGINT", "part": "BIGINT", "rule": "VARCHAR", "missing": "VARCHAR"}
_UNDETERMINED = f"""
SELECT subscription_id, rule, missing, "#row" AS place, part
FROM ({_IN_CLASSES}) JOIN listed USING (class)
"""  # noqa: S608  no text of users
_SEEN = """
SELECT subscription_id, status, first_day, unbroken_since, last_seen, "#row" AS place, 0 AS part
FROM sorted_rows ANTI JOIN left_over USING (subscription_id)
WHERE status IS NOT NULL
"""
_MET = """
SELECT subscription_id
FROM sorted_rows SEMI JOIN seen_before ON subscription_id = id
WHERE is_read AND kind <> 'left'
"""
