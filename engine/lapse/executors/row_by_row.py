"""Rows of an export with their earlier orders and sightings, a few thousand at a time.

Which rows are decided one by one is said by a `Rows`: every row, or those that `lowered.batch`
leaves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from lapse.decide.known import Judging, KnownRow, RecordAndPast, known, status_read
from lapse.decide.situation import Situation
from lapse.model.facts import UNKNOWN
from lapse.model.record import Record
from lapse.model.rule import Layer
from lapse.model.tables import Cells
from lapse.runs.customers import Group
from lapse.runs.export import AnyExport
from lapse.runs.history import History

CHUNK = 2000
"""Rows whose history is asked for at once."""


class Rows(Protocol):
    """The rows of an export that are decided one by one, and what becomes of all others.

    `alike` has, for the id of each row that is decided for a class of rows, their number: the same
    rules are undetermined in all of them, nothing is ordered or held, and `ids_like` are their ids.
    `groups` are the rows that order nothing, those of classes included; `left_out` are rows that
    a layer leaves out. `seen` are the rows of that output for all rows that are not decided. `met`
    are the ids, in blocks, of those that an earlier run saw and whose status is known tonight.
    `narrowed` is a situation without the rules that are known to be false in it.
    """

    @property
    def alike(self) -> Mapping[str, int]: ...
    def records(self) -> Iterator[Record]: ...
    def ids_like(self, example: str) -> Iterator[str]: ...
    def groups(self) -> Iterator[Group]: ...
    def left_out(self) -> Iterator[tuple[Layer, int]]: ...
    def seen(self) -> Iterator[Cells]: ...
    def met(self) -> Iterator[Sequence[str]]: ...
    def narrowed(self, situation: Situation) -> Situation: ...


Sorter = Callable[[AnyExport, Judging, History], Rows]
"""Sorts the rows of an export; the sorted rows are the export's, and go with it."""


@dataclass(frozen=True, slots=True)
class EveryRow:
    """Every row is decided by itself."""

    export: AnyExport
    alike: Mapping[str, int] = field(default_factory=dict)

    def records(self) -> Iterator[Record]:
        return self.export.records()

    def ids_like(self, _: str) -> Iterator[str]:
        return iter(())

    def groups(self) -> Iterator[Group]:
        return iter(())

    def left_out(self) -> Iterator[tuple[Layer, int]]:
        return iter(())

    def seen(self) -> Iterator[Cells]:
        return iter(())

    def met(self) -> Iterator[Sequence[str]]:
        return iter(())

    def narrowed(self, situation: Situation) -> Situation:
        return situation


def rows(records: Iterator[Record], history: History) -> Iterator[RecordAndPast]:
    """Every record with its history."""
    for chunk in _chunks(records, history):
        yield from chunk


def _chunks(records: Iterator[Record], history: History) -> Iterator[list[RecordAndPast]]:
    """A few thousand records at a time."""
    while chunk := list(islice(records, CHUNK)):
        ids = [str(record.facts["subscription_id"]) for record in chunk]
        given, seen = history.given(ids), history.seen(ids)
        yield [
            RecordAndPast(record, given.get(id_, ()), seen.get(id_))
            for id_, record in zip(ids, chunk, strict=True)
        ]


def rows_left(rows: Rows, judging: Judging, history: History) -> Iterator[KnownRow]:
    """The rows to decide as they are judged; records in `history` whose status is known tonight."""
    yield from known_rows(rows.records(), judging, history)
    for ids in rows.met():
        history.meet(ids)


def known_rows(records: Iterator[Record], judging: Judging, history: History) -> Iterator[KnownRow]:
    """Every record as it is judged; records in `history` which rows have a known status tonight."""
    for chunk in _chunks(records, history):
        met: list[str] = []
        for row in chunk:
            known_row = known(row, judging)
            if status_read(row.record, known_row.situation.subscription.facts) is not UNKNOWN:
                met.append(row.id)
            yield known_row
        history.meet(met)
