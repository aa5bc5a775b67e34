"""Rows of an export with their earlier orders and sightings, a few thousand at a time.

Which rows are decided one by one is said by a `Rows`: every row, or those that `lowered.batch`
leaves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from lapse.decide.known import Judging, KnownRow, RecordAndPast, known, status_read
from lapse.model.facts import UNKNOWN
from lapse.model.record import Record
from lapse.runs.approvals import Approvals
from lapse.runs.export import AnyExport
from lapse.runs.history import History
from lapse.runs.results.tally import Tally

CHUNK = 2000
"""Rows whose history is asked for at once."""


class Rows(Protocol):
    """The rows of an export that are decided one by one, and what becomes of all others.

    Of the others, `queries` has those for relations, and `count` adds to a tally what no relation
    has. `met` are the ids, in blocks, of those that an earlier run saw and whose status is known
    tonight.
    """

    def records(self) -> Iterator[Record]: ...
    def met(self) -> Iterator[Sequence[str]]: ...
    def count(self, tally: Tally) -> None: ...
    def queries(self) -> Mapping[str, str]: ...


Sorter = Callable[[AnyExport, Judging, History, Approvals], Rows]
"""Sorts the rows of an export; the sorted rows are the export's, and go with it."""


@dataclass(frozen=True, slots=True)
class EveryRow:
    """Every row is decided by itself."""

    export: AnyExport

    def records(self) -> Iterator[Record]:
        return self.export.records()

    def met(self) -> Iterator[Sequence[str]]:
        return iter(())

    def count(self, tally: Tally) -> None:
        pass

    def queries(self) -> Mapping[str, str]:
        return {}


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
