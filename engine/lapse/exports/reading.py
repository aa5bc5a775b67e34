"""Exports as typed facts: the rows that can be read, and those that are rejected, with the reason.

Rows are streamed; nothing here holds them all. Every data row is either handed on or rejected.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from lapse.days import NEVER
from lapse.exports.columns import currency_of, value_columns
from lapse.exports.header import near_misses
from lapse.exports.inputs import InputError, collected, find_inputs, refusal
from lapse.exports.plain import Plain, plain
from lapse.facts import ABSENT, FactSpec, Value, ValueType, Vocabulary
from lapse.money import Money
from lapse.place import Problem
from lapse.record import Record

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from lapse.exports.checking import Checked

__all__ = ["Export", "InputError", "Rejected", "open_exports"]

Row = tuple[object, ...]
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Rejected:
    """A data row that is not handed on; `row` counts from 1 in its file."""

    input: str
    row: int
    subscription_id: str
    code: str
    column: str
    found: str


@dataclass(slots=True)
class Export:
    """Opened exports. Close it, or use it as a context manager: it holds a private folder.

    `columns` are the facts that each input has a column for; a fact without one is no key of its
    rows, and a blank cell is null.
    """

    columns: Mapping[str, frozenset[str]]
    unknown_columns: Mapping[str, tuple[str, ...]]
    read: int
    fingerprint: str
    problems: tuple[Problem, ...]
    inputs: tuple["Checked", ...]
    has_duplicates: bool
    connection: "DuckDBPyConnection"
    _words: Vocabulary
    _held: ExitStack

    def records(self, chunk: int = AT_ONCE) -> Iterator[Record]:
        """Every row that is not rejected, in the order of the files."""
        from lapse.exports.statements import accepted, render  # noqa: PLC0415

        for item in self.inputs:
            source, facts = item.source, self._words.facts
            read = _reader(tuple(source.cells), facts)
            statement = accepted(source, facts, has_duplicates=self.has_duplicates)
            for row in self._stream(source.plain, render(statement), chunk):
                yield Record(read(row))

    def rejected(self) -> Iterator[Rejected]:
        """Every rejected row with the first reason for it, in the order of the files."""
        from lapse.exports.statements import rejected, render  # noqa: PLC0415

        for item in self.inputs:
            if item.bad or self.has_duplicates:
                source, facts = item.source, self._words.facts
                statement = rejected(source, facts, has_duplicates=self.has_duplicates)
                for row in self._stream(source.plain, render(statement), AT_ONCE):
                    yield Rejected(source.name, *row)  # type: ignore[arg-type]

    def _stream(self, source: Plain, statement: str, chunk: int) -> Iterator[Row]:
        from lapse.exports.checking import reading  # noqa: PLC0415

        with reading(source), self.connection.cursor() as cursor:
            cursor.execute(statement)
            while rows := cursor.fetchmany(chunk):
                yield from rows
            if source.is_changed():
                raise refusal("changed-input", "was changed while it was read", source.input.name)

    def close(self) -> None:
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_exports(patterns: Sequence[str], words: Vocabulary) -> Export:
    """The exports that file names and patterns name, checked; `InputError` if one is no table."""
    inputs = find_inputs(patterns)
    from lapse.exports.checking import check, find_duplicates  # noqa: PLC0415
    from lapse.exports.sandbox import sandbox  # noqa: PLC0415

    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lapse-")))
        sources = collected(
            partial(plain, item, folder, number) for number, item in enumerate(inputs)
        )
        connection = stack.enter_context(sandbox(folder, [source.path for source in sources]))
        checked = check(connection, sources, words)
        return Export(
            columns={c.source.name: frozenset(c.source.cells) for c in checked},
            unknown_columns={c.source.name: c.source.columns.unknown for c in checked},
            read=sum(item.rows for item in checked),
            fingerprint=_fingerprint(sources),
            problems=_problems(checked, words),
            inputs=checked,
            has_duplicates=find_duplicates(connection, checked),
            connection=connection,
            _words=words,
            _held=stack.pop_all(),
        )


def _fingerprint(sources: Sequence[Plain]) -> str:
    """The same for the same bytes, whatever the order and names of the files."""
    digests = sorted(source.digest for source in sources)
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _problems(checked: Sequence["Checked"], words: Vocabulary) -> tuple[Problem, ...]:
    return tuple(
        problem
        for item in checked
        for problem in near_misses(item.source.columns, words, item.source.name)
    )


def _reader(
    names: tuple[str, ...], facts: Mapping[str, FactSpec]
) -> Callable[[Row], dict[str, Value | None]]:
    """What makes a mapping of facts from a row of `accepted`."""
    columns = [column for name in names for column in value_columns(facts[name])]
    of_type = {type_: [n for n in names if facts[n].type is type_] for type_ in ValueType}
    monies = [(name, currency_of(name)) for name in of_type[ValueType.MONEY]]
    instants, lists = of_type[ValueType.INSTANT], of_type[ValueType.DAYS_LIST]
    dates = of_type[ValueType.DATE]

    def read(row: Row) -> dict[str, Value | None]:
        values: dict[str, Any] = dict(zip(columns, row, strict=True))
        for name, its_currency in monies:
            amount, currency = values[name], values.pop(its_currency)
            values[name] = None if amount is None else Money(amount, currency)
        for name in instants:
            instant = values[name]
            values[name] = None if instant is None else instant.replace(tzinfo=UTC)
        for name in dates:
            if values[name] is not None and values[name].year == NEVER:
                values[name] = ABSENT
        for name in lists:
            items = values[name]
            values[name] = None if items is None else tuple(items)
        return values

    return read
