"""The subscriptions of some exports, read once so that they can be judged many times."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lapse.decide.known import RecordAndPast
from lapse.executors.row_by_row import rows
from lapse.model.days import AsOf, utc_day
from lapse.model.facts import Vocabulary
from lapse.model.place import Problem
from lapse.model.profile import Gives
from lapse.runs.export import AnyExport, Reader, lacking_facts
from lapse.runs.history import opened
from lapse.runs.past import past


@dataclass(frozen=True, slots=True)
class InputsRead:
    """What was read beside the rows, and how many rows cannot be read.

    `rejected` counts rows about subscriptions, `rejected_elsewhere` rows of invoices, holds and
    lists. The fingerprints `inputs` and `history` are those of a run on the same day. `lacking`
    are the facts for which no input has a column and no profile assumes a value.
    """

    rejected: int
    rejected_elsewhere: int
    inputs: str
    history: str
    problems: tuple[Problem, ...] = ()
    lacking: frozenset[str] = frozenset()

    @property
    def lost(self) -> int:
        return self.rejected + self.rejected_elsewhere


@dataclass(frozen=True, slots=True)
class Population:
    """Every row that can be read, by subscription id."""

    rows: tuple[RecordAndPast, ...]
    read: InputsRead


def population(
    reader: Reader, exports: Sequence[str], words: Vocabulary, out: Path, as_of: AsOf
) -> Population:
    """Reads the exports, with the history that the first run of the day reads."""
    before = past(out, utc_day(as_of), 1)
    with reader(exports, words) as export, opened(before) as history:
        ordered = sorted(rows(export.records(), history), key=lambda row: row.id)
        return Population(tuple(ordered), inputs_read(export, before.fingerprint, words))


def inputs_read(export: AnyExport, history: str, words: Vocabulary) -> InputsRead:
    """What is known once all records are read; `history` is its fingerprint."""
    rejected = {(each.input, each.row, each.gives) for each in export.rejected()}
    about = sum(gives == Gives.SUBSCRIPTIONS for _, _, gives in rejected)
    return InputsRead(
        about,
        len(rejected) - about,
        export.fingerprint,
        history,
        tuple(export.problems),
        lacking_facts(export, words),
    )
