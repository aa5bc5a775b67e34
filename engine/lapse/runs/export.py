"""What a run needs of its exports; `inputs.reading` provides it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

from lapse.model.facts import Vocabulary
from lapse.model.place import Problem
from lapse.model.record import Intake, Joining, Record, Stray


class Rejection(Protocol):
    """A cell for which its row was not read."""

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
    """Opened inputs in numbers.

    `changed_on` tells the UTC day on which each file about subscriptions was last written to,
    `absent` which of some subscriptions no row names, in the order asked.
    """

    def intake(self) -> Intake: ...
    def changed_on(self) -> Mapping[str, date]: ...
    def absent(self, ids: Sequence[str]) -> Sequence[str]: ...


class AnyExport(Protocol):
    """Exports as they are read; `rejected` and `read` are complete after the records.

    `strays` name nobody; `kept_holds` are owners and ids that a later run should know.
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


Reader = Callable[[Sequence[str], Vocabulary], AbstractContextManager[AnyExport]]


def lacking_facts(export: AnyExport, words: Vocabulary) -> frozenset[str]:
    """The facts that no input has a column for, and no profile a word."""
    known = {fact for columns in export.columns.values() for fact in columns}
    known |= {each.fact for each in export.joining.assumed}
    return frozenset(words.facts) - known
