"""Exports as typed facts: the rows that can be read, and the rejected rows with the reasons.

Rows are streamed; nothing here holds them all. Every data row is either handed on or rejected.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lapse.inputs.also import Also, fingerprint
from lapse.inputs.files import Input, InputError, collected, find_inputs, refusal
from lapse.inputs.plain_copy import PlainCopy, plain
from lapse.inputs.records import Rejected, Row, facts_reader
from lapse.inputs.told import (
    every_source,
    facts_given,
    joining_of,
    problems_of,
    problems_of_holds,
    rejected_row,
)
from lapse.model.facts import Vocabulary
from lapse.model.place import Problem
from lapse.model.profile import Gives
from lapse.model.record import Joining, Record, Stray
from lapse.scratch import scratch_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from lapse.inputs.checking import Group
    from lapse.inputs.gauge import Gauge
    from lapse.inputs.joining.together import Together
    from lapse.inputs.relation import Relation
    from lapse.sql.named_tables import Tables

__all__ = ["Also", "Export", "InputError", "Rejected", "open_exports"]


AT_ONCE = 2_000
MEMORY = "768MB"
"""As much as DuckDB may take by default, before it uses the private folder; Python takes 150 MB."""


@dataclass(slots=True)
class Export:
    """Opened exports. Close it, or use it as a context manager: it holds a private folder.

    `columns` are the facts that each input has a column for. Records lack the key of a fact without
    a column; a blank cell is null. `read` counts rows about subscriptions, with a subscription in
    several exports counted once. It does not count rejected rows of other inputs.
    """

    columns: Mapping[str, frozenset[str]]
    unknown_columns: Mapping[str, tuple[str, ...]]
    read: int
    fingerprint: str
    problems: tuple[Problem, ...]
    joining: Joining
    groups: tuple["Group", ...]
    together: "Together | None"
    connection: "DuckDBPyConnection"
    scratch: Path
    """A folder that `connection` may read and write."""
    _words: Vocabulary
    _held: ExitStack

    def records(self, chunk: int = AT_ONCE) -> Iterator[Record]:
        """Every row that is not rejected, in the order of the files; merged rows have no order."""
        if self.together is not None:
            yield from self.together.records(chunk)
            return
        from lapse.inputs.statements import accepted  # noqa: PLC0415
        from lapse.sql.expressions import render  # noqa: PLC0415

        (group,) = self.groups
        for item in group.inputs:
            source = item.source
            read = facts_reader(tuple(source.cells), self._words.facts)
            assumed = source.told().assumed
            statement = accepted(source, group.duplicates, item.table)
            for row in self._stream(source.plain, render(statement), chunk):
                yield Record(read(row), assumed)

    def records_of(self, relation: "Relation", only: str) -> Iterator[Record]:
        """The rows whose `subscription_id` is in a table of `connection`, in no order."""
        if self.together is not None:
            yield from self.together.records(AT_ONCE, only)
            return
        from lapse.inputs.relation import records  # noqa: PLC0415

        yield from records(relation, self.tables, only, self._words)

    @property
    def tables(self) -> "Tables":
        """Where decisions come to stand: beside the facts."""
        from lapse.sql.named_tables import InDuckDB  # noqa: PLC0415

        return InDuckDB(self.connection, self.scratch)

    def facts_in(self, tables: "Tables", name: str) -> "Relation":
        """The facts as a table of this name, so that no statement tells of files or numbers."""
        from lapse.inputs.joining.owners import OPEN_INVOICES  # noqa: PLC0415
        from lapse.sql.expressions import query, render  # noqa: PLC0415

        relation = self.relation()
        tables.take(name, render(relation.query))
        if relation.has_invoices:
            tables.share(OPEN_INVOICES)
        return replace(relation, query=query("SELECT * FROM $rows", rows=name))

    def relation(self) -> "Relation":
        """The same facts as one query over `connection`, with numbered rows."""
        from lapse.inputs.relation import relation  # noqa: PLC0415

        for source in every_source(self.groups):
            _refuse_changed(source.plain)
        file = self.scratch / "facts.parquet"
        return relation(self.connection, self.groups, self.together, self._words, file)

    def rejected(self) -> Iterator[Rejected]:
        """Every rejected row with the first reason for it, in the order of the files."""
        from lapse.inputs.statements import rejected  # noqa: PLC0415
        from lapse.sql.expressions import render  # noqa: PLC0415

        for group in self.groups:
            for item in group.inputs:
                if item.bad or group.duplicates is not None:
                    statement = render(rejected(item.source, group.duplicates))
                    for row in self._stream(item.source.plain, statement, AT_ONCE):
                        yield rejected_row(item.source, row)

    @property
    def gauge(self) -> "Gauge":
        from lapse.inputs.gauge import Gauge  # noqa: PLC0415

        return Gauge(self.groups, self.together, self.connection, self.joining, self.read)

    def strays(self) -> Iterator[Stray]:
        """Every row of invoices or holds that can be read and names nobody in the exports."""
        if self.together is not None:
            yield from self.together.strays()

    def kept_holds(self) -> Iterator[tuple[str, str, str]]:
        """Of each hold placed, `subscription` or `customer`, the id, and whom it protects."""
        if self.together is not None:
            yield from self.together.kept_holds()

    def _stream(self, source: PlainCopy, statement: str, chunk: int) -> Iterator[Row]:
        from lapse.inputs.passing import reading  # noqa: PLC0415

        with reading(source), self.connection.cursor() as cursor:
            cursor.execute(statement)
            while rows := cursor.fetchmany(chunk):
                yield from rows
            _refuse_changed(source)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.__exit__(kind, error, trace)


def open_exports(
    patterns: Sequence[str], words: Vocabulary, also: Also | None = None, memory: str = MEMORY
) -> Export:
    """The exports that names and patterns find, checked; `InputError` if one cannot be read.

    `memory` is in the words of `sql.sandbox`.
    """
    also = also or Also()
    return open_inputs(_inputs(patterns, also), words, also, memory)


def open_inputs(
    inputs: Sequence[tuple[Input, tuple[Gives, ...]]],
    words: Vocabulary,
    also: Also,
    memory: str = MEMORY,
) -> Export:
    """As `open_exports`, of files that are found already, each with what it may list."""
    from lapse.inputs.checking import check  # noqa: PLC0415
    from lapse.inputs.opening import sources_of  # noqa: PLC0415
    from lapse.inputs.sources import Opener  # noqa: PLC0415
    from lapse.sql.sandbox import sandbox  # noqa: PLC0415

    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        plains = collected(
            partial(plain, item, folder, number) for number, (item, _) in enumerate(inputs)
        )
        connection = stack.enter_context(
            sandbox(folder, memory=memory, folders=[folder], files=[each.path for each in plains])
        )
        opener = Opener(connection, also.as_of, folder)
        kinds = [gives for _, gives in inputs]
        sources = sources_of(opener, list(zip(plains, kinds, strict=True)), words, also)
        groups = check(opener, sources)
        together = _together(connection, groups, words, also)
        return Export(
            columns={s.name: facts_given(s) for s in every_source(groups)},
            unknown_columns={s.name: s.names.others for s in every_source(groups)},
            read=_count(groups) if together is None else together.read(),
            fingerprint=fingerprint(groups, also),
            problems=(
                *problems_of(groups),
                *_nameless(connection, groups, together),
                *problems_of_holds(also.ignored, groups, together),
            ),
            joining=joining_of(groups, together),
            groups=groups,
            together=together,
            connection=connection,
            scratch=folder,
            _words=words,
            _held=stack.pop_all(),
        )


def _inputs(patterns: Sequence[str], also: Also) -> list[tuple[Input, tuple[Gives, ...]]]:
    """Every file that is read, with what it may list: it comes from one option only."""
    from lapse.inputs.profiles.recognise import EXPORTS  # noqa: PLC0415

    asked: list[tuple[Sequence[str], tuple[Gives, ...]]] = [(patterns, EXPORTS)]
    asked += [(also.invoices, (Gives.INVOICES,))] if also.invoices else []
    asked += [(also.holds, (Gives.HOLDS,))] if also.holds else []
    files = collected(partial(find_inputs, names) for names, _ in asked)
    return [(item, kinds) for items, (_, kinds) in zip(files, asked, strict=True) for item in items]


def _together(
    connection: "DuckDBPyConnection", groups: Sequence["Group"], words: Vocabulary, also: Also
) -> "Together | None":
    """The merged exports; null where a single export is read without merging."""
    from lapse.inputs.checking import are_merged  # noqa: PLC0415

    if not are_merged([group.shape for group in groups]):
        return None
    for source in every_source(groups):
        _refuse_changed(source.plain)
    from lapse.inputs.joining.holds import Placing  # noqa: PLC0415
    from lapse.inputs.joining.together import bring_together  # noqa: PLC0415

    placing = Placing(also.as_of, also.ignored, also.was_seen)
    return bring_together(connection, groups, words, also.profiles, placing)


def _nameless(
    connection: "DuckDBPyConnection", groups: Sequence["Group"], together: "Together | None"
) -> Iterator[Problem]:
    """Warnings about open amounts in no known currency; a ledger is always read merged."""
    if together is not None:
        from lapse.inputs.joining.nameless import nameless  # noqa: PLC0415

        yield from nameless(connection, groups)


def _refuse_changed(source: PlainCopy) -> None:
    if source.is_changed():
        raise refusal("changed-input", "was changed while it was read", source.input.name)


def _count(groups: Sequence["Group"]) -> int:
    return sum(item.rows for group in groups for item in group.inputs)
