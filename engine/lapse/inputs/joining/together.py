"""Merged exports with their invoices and holds, read as records, and a report of the merging."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.checking import Group, count_of
from lapse.inputs.joining.filling import KEY
from lapse.inputs.joining.holds import KEPT, Holds, Placing, gather_holds
from lapse.inputs.joining.merging import (
    MERGED,
    RANKS,
    Merger,
    differs,
    facts_told,
    source_of,
    trust,
)
from lapse.inputs.joining.owners import INVOICES, IS_BROKEN, OWNER, gather_invoices
from lapse.inputs.joining.present_ids import note_known
from lapse.inputs.joining.strays import AT_ONCE, strays, unmatched
from lapse.inputs.records import Facts, Presence, Told, facts_reader, hold_of, invoices_of
from lapse.inputs.statements import among, same_id
from lapse.model.facts import UNKNOWN, Vocabulary
from lapse.model.invoices import Invoice, Ledger
from lapse.model.kinds import OWNERS
from lapse.model.profile import Gives, ProfileSet
from lapse.model.record import Conflict, Doubt, DoubtKind, Joining, OnlyIn, Record, Stray
from lapse.model.tables import value_columns
from lapse.sql.expressions import all_of, column, is_null, query, render, sql

MOST_EXAMPLES = 5
HOLD = "hold_until"
GATHERED = (Gives.INVOICES, Gives.HOLDS)
INVOICES_BY = ("invoices_of_subscription", "invoices_of_customer")
# A copy for each of 3,000 subscriptions of 6,000 invoices took 9.5 GB.
LONG = 50
"""Invoices of a customer; a longer list is read once, not with each of his subscriptions."""
HOLDS_BY = ("holds_of_subscription", "holds_of_customer")


@dataclass(frozen=True, slots=True)
class Together:
    """Exports merged in the database; every row of `merged` is a record."""

    connection: DuckDBPyConnection
    words: Vocabulary
    merger: Merger
    facts: tuple[str, ...]
    presence: Presence
    rejected: int
    has_invoices: bool
    holds: Holds | None
    doubts: tuple[Doubt, ...]

    @property
    def may_lack_credits(self) -> bool:
        """Whether a rejected row of invoices may be a credit of anybody."""
        return any(doubt.kind == DoubtKind.NAMELESS for doubt in self.doubts)

    def read(self) -> int:
        """The number of subscriptions, and of rejected rows about subscriptions."""
        return count_of(self.connection, MERGED) + self.rejected

    def records(self, chunk: int, only: str | None = None) -> Iterator[Record]:
        facts = facts_reader(self.facts, self.words.facts)
        width = sum(len(value_columns(self.words.facts[fact])) for fact in self.facts)
        groups = len(self.merger.groups)
        owed = self.has_invoices and count_of(self.connection, INVOICES_BY[1]) > 0
        long = self._long_lists() if owed else {}
        with self.connection.cursor() as cursor:
            cursor.execute(render(among(self._statement(), only)))
            while rows := cursor.fetchmany(chunk):
                for row in rows:
                    told = self.presence.of(row[width : width + groups])
                    known = self.presence.only_told(facts(row[:width]), told)
                    yield self._record(known, told, row[width + groups :], long, owed)

    def _long_lists(self) -> Mapping[str, tuple[Invoice, ...]]:
        rows = self.connection.execute(
            f'SELECT "{OWNER}", "{INVOICES}" FROM {INVOICES_BY[1]} '  # noqa: S608  names of ours
            f'WHERE len("{INVOICES}") > {LONG}'
        ).fetchall()
        return {owner: invoices_of(structs, is_shared=True) for owner, structs in rows}

    def _record(
        self,
        facts: Facts,
        told: Told,
        more: tuple[Any, ...],
        long: Mapping[str, tuple[Invoice, ...]],
        is_any_shared: bool,  # noqa: FBT001  called once for each row
    ) -> Record:
        """A record; `is_any_shared` is true if some invoices are of customers as a whole."""
        owed = None
        is_known = facts.get(OWNERS[1]) not in {None, UNKNOWN}
        if self.has_invoices:
            own, is_own_broken, shared, is_shared_broken, owner, *rest = more
            of_customer = invoices_of(shared, is_shared=True) if owner is None else long[owner]
            of_itself = invoices_of(own, is_shared=False)
            is_broken = is_own_broken or is_shared_broken or self.may_lack_credits
            is_whole = not is_broken and (is_known or not is_any_shared)
            owed = Ledger(of_itself + of_customer if of_itself else of_customer, is_whole)
            more = tuple(rest)
        if self.holds is not None:
            facts[HOLD] = hold_of(
                more[:2], more[2:4], facts, self.holds, is_customer_known=is_known
            )
        return Record(facts, told.assumed, owed)

    def _statement(self) -> exp.Select:
        columns = [c for fact in self.facts for c in value_columns(self.words.facts[fact])]
        columns += [source_of(group) for group in self.merger.groups]
        selects: list[exp.Expr] = [column(name, MERGED) for name in columns]
        if self.has_invoices:
            selects += _invoices_read()
        if self.holds is not None:
            for table in HOLDS_BY:
                selects += [exp.column("until", table), exp.column("is_open", table)]
        return self.with_owned(selects)

    def with_owned(self, selects: Sequence[exp.Expr]) -> exp.Select:
        """Columns of the merged rows and of the invoices and holds of each."""
        read = query("SELECT $selects FROM $merged", selects=selects, merged=MERGED)
        for table in self._owned():
            key = self.key(of_customer=table.endswith("customer"))
            meets = sql("$key = $owner", key=key, owner=exp.column(OWNER, table))
            read = read.join(table, on=meets, join_type="left")
        return read

    def _owned(self) -> list[str]:
        holds = () if self.holds is None else HOLDS_BY
        return [*(INVOICES_BY if self.has_invoices else ()), *holds]

    def key(self, *, of_customer: bool) -> exp.Expr:
        """The id with which a subscription is looked up among owners."""
        if not of_customer:
            return column(KEY, MERGED)
        if OWNERS[1] not in self.facts:
            return sql("CAST(NULL AS text)")
        return same_id(column(OWNERS[1], MERGED))

    def joining(self) -> Joining:
        """The report of the merging, for people."""
        return Joining(
            conflicts=tuple(self._conflicts()),
            only_in=tuple(self._only_in()),
            unmatched=tuple(u for g in self._strays_of() for u in unmatched(self.connection, g)),
            doubts=self.doubts,
            unplaced_holds=() if self.holds is None else self.holds.unplaced,
        )

    def _conflicts(self) -> Iterator[Conflict]:
        for fact in self.facts:
            givers = self.merger.givers(fact, self.merger.groups)
            if len(givers) == 1 or not self.words.facts[fact].is_testable:
                continue
            is_different = column(differs(fact))
            count, example = self._told(is_different)
            if count:
                yield Conflict(fact, count, example[0], givers[0].shape.name)

    def _only_in(self) -> Iterator[OnlyIn]:
        exports = [g for g in self.merger.groups if not g.shape.table.is_lookup]
        for export in exports:
            others = [is_null(column(source_of(g))) for g in exports if g is not export]
            if others:
                count, examples = self._told(all_of(others))
                if count:
                    yield OnlyIn(_name(export), count, tuple(examples))
        for lookup in self.merger.groups:
            if lookup.shape.table.is_lookup:
                count, examples = self._told(is_null(column(source_of(lookup))))
                if count:
                    yield OnlyIn(_name(lookup), count, tuple(examples), is_missing=True)

    def _told(self, condition: exp.Expr) -> tuple[int, list[str]]:
        """How many subscriptions meet a condition, and the first ids."""
        counted = query(
            "SELECT count(*) FROM $merged WHERE $condition", merged=MERGED, condition=condition
        )
        (count,) = self.connection.execute(render(counted)).fetchall()[0]
        if not count:
            return 0, []
        listed = query(
            """SELECT "subscription_id" FROM $merged WHERE $condition
            ORDER BY "subscription_id" LIMIT $most""",
            merged=MERGED,
            condition=condition,
            most=MOST_EXAMPLES,
        )
        rows = self.connection.execute(render(listed)).fetchall()
        return int(count), [str(id_) for (id_,) in rows]

    def _strays_of(self) -> list[Gives]:
        """The kinds of lists given whose rows may name nobody in the exports."""
        is_given = (self.has_invoices, self.holds is not None)
        return [gives for gives, there in zip(GATHERED, is_given, strict=True) if there]

    def strays(self) -> Iterator[Stray]:
        """Open invoices and holds that name nobody in the exports."""
        for gives in self._strays_of():
            yield from strays(self.connection, gives)

    def kept_holds(self) -> Iterator[tuple[str, str, str]]:
        """The owners and ids of the holds that a later run should know, and whom they protect."""
        if self.holds is not None:
            with self.connection.cursor() as cursor:
                cursor.execute(KEPT)
                while rows := cursor.fetchmany(AT_ONCE):
                    yield from rows


def _invoices_read() -> list[exp.Expr]:
    """The invoices of a subscription and of its customer; for a long list, only its owner."""
    own, shared = INVOICES_BY
    invoices, owner = exp.column(INVOICES, shared), exp.column(OWNER, shared)
    is_long = sql("len($invoices) > $long", invoices=invoices, long=LONG)
    return [
        exp.column(INVOICES, own),
        exp.column(IS_BROKEN, own),
        sql("CASE WHEN NOT $is_long THEN $invoices END", is_long=is_long, invoices=invoices),
        exp.column(IS_BROKEN, shared),
        sql("CASE WHEN $is_long THEN $owner END", is_long=is_long, owner=owner),
    ]


def _name(group: Group) -> str:
    """The name of a group in messages: its file, or the first file and how many more."""
    first, *others = (item.source.name for item in group.inputs)
    return f"{first} and {len(others)} more" if others else first


def bring_together(
    connection: DuckDBPyConnection,
    groups: Sequence[Group],
    words: Vocabulary,
    order: ProfileSet,
    placing: Placing,
) -> Together:
    """Merges the exports and gathers the invoices and holds."""
    of_kind: Mapping[Gives, list[Group]] = {gives: [] for gives in Gives}
    for group in groups:
        of_kind[group.shape.table.gives].append(group)
    exports, invoices, holds = (of_kind[g] for g in (Gives.SUBSCRIPTIONS, *GATHERED))
    merger = Merger(connection, words.facts, order, tuple(_telling(of_kind, order)))
    rows = sum(item.rows for group in exports for item in group.inputs)
    rejected, facts = rows - merger.merge(), facts_told(merger.groups)
    note_known(connection, exports, facts)
    doubts = gather_invoices(connection, invoices) if invoices else ()
    held = gather_holds(connection, holds, placing) if holds else None
    inputs = [[item.source.told() for item in group.inputs] for group in merger.groups]
    return Together(
        connection,
        words,
        merger,
        facts,
        Presence(inputs, frozenset(facts)),
        rejected,
        has_invoices=bool(invoices),
        holds=held,
        doubts=(*doubts, *(held.doubts if held else ())),
    )


def _telling(of_kind: Mapping[Gives, Sequence[Group]], order: ProfileSet) -> Iterator[Group]:
    """The groups that have facts of subscriptions, in the order in which they are joined."""
    for gives in RANKS:
        yield from sorted(of_kind[gives], key=lambda group: trust(group, order.order))
