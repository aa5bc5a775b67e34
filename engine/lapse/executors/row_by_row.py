"""Rows of an export with their earlier orders and sightings, a few thousand at a time."""

from collections.abc import Iterator
from itertools import islice

from lapse.decide.known import Judging, KnownRow, RecordAndPast, known, status_read
from lapse.model.facts import UNKNOWN
from lapse.model.record import Record
from lapse.runs.history import History

CHUNK = 2000
"""Rows whose history is asked for at once."""


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
