"""Counts of the inputs, which a run keeps so that the next run can detect a broken input."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group, count_of
from lapse.inputs.joining.merging import MERGED
from lapse.inputs.joining.together import Together
from lapse.inputs.passing import Checked, reading
from lapse.inputs.statements import ID, accepted, bad_texts, same_id
from lapse.model.profile import Gives
from lapse.model.record import Intake, Joining, Part
from lapse.sql.expressions import column, query, render, sql

MARKET = "market"
_TABLES = {Gives.INVOICES: "open_invoices", Gives.HOLDS: "every_hold"}
"""Tables of rows that may name nobody in the exports; paid invoices are not looked up there."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Measures opened inputs; `read` counts subscriptions, each once."""

    groups: Sequence[Group]
    together: Together | None
    connection: DuckDBPyConnection
    joining: Joining
    read: int

    def intake(self) -> Intake:
        has_holds = self.together is not None and self.together.holds is not None
        return Intake(
            self.read,
            self._markets(),
            self._rows(Gives.INVOICES),
            self._holds() if has_holds else None,
            dict(self._rejected()),
            dict(self._unmatched()),
            self._digest(),
        )

    def changed_on(self) -> Mapping[str, date]:
        """The UTC day on which each file about subscriptions was last written to.

        Other files are left out: lists of prices and customers may well be older than last night.
        """
        return {
            item.source.name: datetime.fromtimestamp(
                item.source.plain.input.path.stat().st_mtime, UTC
            ).date()
            for _, item in self._inputs(Gives.SUBSCRIPTIONS)
        }

    def absent(self, ids: Sequence[str]) -> Sequence[str]:
        """The subscription ids among `ids` that no row names, not even a rejected one."""
        left = list(ids)
        for group, item in self._inputs(Gives.SUBSCRIPTIONS):
            if left:
                with reading(item.source.plain):
                    left = self._not_in(left, group, item)
        return left

    def _inputs(self, gives: Gives) -> Iterator[tuple[Group, Checked]]:
        for group in self.groups:
            if group.shape.table.gives is gives:
                for item in group.inputs:
                    yield group, item

    def _accepted(self, group: Group, item: Checked) -> exp.Select:
        # Tables of rows that are merged are gone by now.
        kept = item.table if self.together is None else None
        return accepted(item.source, group.duplicates, kept)

    def _not_in(self, ids: Sequence[str], group: Group, item: Checked) -> list[str]:
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE asked AS "
            """SELECT unnest(from_json(?, '["VARCHAR"]')) AS id""",
            # As JSON: 2,000 texts took DuckDB 5 ms, as a list of parameters 0.25 s.
            [json.dumps(list(ids))],
        )
        asked = query(
            """SELECT id FROM asked
            WHERE $mine NOT IN (
                SELECT $known FROM $sound AS sound WHERE subscription_id IS NOT NULL
            ) AND $mine NOT IN (
                SELECT $known FROM $bad AS bad(subscription_id) WHERE subscription_id IS NOT NULL
            )""",
            mine=same_id(sql("id")),
            known=same_id(sql("CAST(subscription_id AS text)")),
            sound=self._accepted(group, item),
            bad=bad_texts(item.source, group.duplicates, (ID,)),
        )
        absent = {id_ for (id_,) in self.connection.execute(render(asked)).fetchall()}
        return [id_ for id_ in ids if id_ in absent]

    def _markets(self) -> Mapping[str, int]:
        """The number of rows by market; rejected rows count, because they are not missing."""
        counts: Counter[str] = Counter()
        if self.together is not None and MARKET in self.together.facts:
            counts += self._by_market(query("SELECT market FROM $merged", merged=MERGED))
        for group, item in self._inputs(Gives.SUBSCRIPTIONS):
            if MARKET in item.source.cells:
                with reading(item.source.plain):
                    if self.together is None:
                        counts += self._by_market(self._accepted(group, item))
                    if item.bad:
                        counts += self._by_market(self._rejected_markets(group, item))
        return dict(sorted(counts.items()))

    def _rejected_markets(self, group: Group, item: Checked) -> exp.Select:
        """The markets of rejected rows, unless another export has the same subscription.

        Only two letters count: texts of a shifted column must not get into run.json.
        """
        markets = query(
            """SELECT upper(market) AS market FROM $bad AS bad(subscription_id, market)
            WHERE regexp_full_match(upper(market), '[A-Z]{2}')""",
            bad=bad_texts(item.source, group.duplicates, (ID, MARKET)),
        )
        if self.together is None:
            return markets
        is_told = sql(
            'coalesce($id IN (SELECT "#key" FROM $merged), false)',
            id=same_id(column(ID)),
            merged=MERGED,
        )
        return markets.where(exp.not_(is_told, copy=False), copy=False)

    def _by_market(self, rows: exp.Select) -> "Counter[str]":
        counted = query(
            """SELECT market, count(*) FROM $rows AS rows
            WHERE market IS NOT NULL GROUP BY market""",
            rows=rows,
        )
        return Counter(self._counted(counted))

    def _holds(self) -> Mapping[str, int]:
        # Each hold once: a list given twice has not grown, and does not shrink when given once.
        counted = query(
            """SELECT coalesce(CAST(until AS text), '') AS last, count(*)
            FROM (SELECT DISTINCT subscription_id, customer_id, until FROM $holds) AS holds
            GROUP BY 1""",
            holds=_TABLES[Gives.HOLDS],
        )
        return self._counted(counted)

    def _counted(self, counted: exp.Select) -> dict[str, int]:
        rows = self.connection.execute(render(counted)).fetchall()
        return dict(sorted((str(name), int(count)) for name, count in rows))

    def _rows(self, gives: Gives) -> int | None:
        counts = [each.rows for each in self.joining.inputs if each.gives == gives]
        return sum(counts) if counts else None

    def _rejected(self) -> Iterator[tuple[str, Part]]:
        for gives in sorted({each.gives for each in self.joining.inputs}):
            inputs = [each for each in self.joining.inputs if each.gives == gives]
            yield gives, Part(sum(i.rejected for i in inputs), sum(i.rows for i in inputs))

    def _unmatched(self) -> Iterator[tuple[str, Part]]:
        lost = {each.gives: each.rows for each in self.joining.unmatched}
        for gives, table in _TABLES.items():
            if self._rows(gives) is not None:
                yield gives, Part(lost.get(gives, 0), count_of(self.connection, table))

    def _digest(self) -> str:
        read = sorted(
            f"{item.source.plain.digest} {group.shape.table.gives}"
            for group in self.groups
            if group.shape.table.gives is not Gives.HOLDS
            for item in group.inputs
        )
        return sha256("\n".join(read).encode()).hexdigest()
