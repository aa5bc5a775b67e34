"""The interface to the exports of a run; `inputs.reading` implements it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lapse.model.facts import Vocabulary
from lapse.model.place import Problem
from lapse.model.record import Intake, Joining, Record, Stray

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from lapse.sql.named_tables import Tables


class Rejection(Protocol):
    """A cell that caused its row to be rejected."""

    @property
    def input(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def subscription_id(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def found(self) -> str: ...
    @property
    def gives(self) -> str: ...


class AnyGauge(Protocol):
    """Measures the opened inputs.

    `changed_on` returns the UTC day on which each file about subscriptions was last modified,
    `absent` those of `ids` that no row names, in the same order.
    """

    def intake(self) -> Intake: ...
    def changed_on(self) -> Mapping[str, date]: ...
    def absent(self, ids: Sequence[str]) -> Sequence[str]: ...


class AnyExport(Protocol):
    """The exports of a run; `rejected` and `read` are complete once all records are read.

    `strays` name nobody. `kept_holds` are for later runs: kind of owner, id, subscription or blank.
    `scratch` is a private folder that `connection` may read and write; both go with the export.
    The relations of what is decided come to stand in `tables`.
    """

    def records(self) -> Iterator[Record]: ...
    def rejected(self) -> Iterable[Rejection]: ...
    def strays(self) -> Iterable[Stray]: ...
    def kept_holds(self) -> Iterable[tuple[str, str, str]]: ...
    @property
    def read(self) -> int: ...
    @property
    def columns(self) -> Mapping[str, AbstractSet[str]]: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def problems(self) -> Sequence[Problem]: ...
    @property
    def joining(self) -> Joining: ...
    @property
    def gauge(self) -> AnyGauge: ...
    @property
    def connection(self) -> "DuckDBPyConnection": ...
    @property
    def scratch(self) -> Path: ...
    @property
    def tables(self) -> "Tables": ...


Reader = Callable[[Sequence[str], Vocabulary], AbstractContextManager[AnyExport]]


def lacking_facts(export: AnyExport, words: Vocabulary) -> frozenset[str]:
    """The facts for which no input has a column and no profile states a value."""
    known = {fact for columns in export.columns.values() for fact in columns}
    known |= {each.fact for each in export.joining.assumed}
    return frozenset(words.facts) - known
