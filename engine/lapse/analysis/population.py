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
from lapse.runs.export import Reader, lacking_facts
from lapse.runs.history import opened
from lapse.runs.past import past


@dataclass(frozen=True, slots=True)
class Population:
    """Every row that can be read, by subscription id, and how many cannot.

    `rejected` counts rows about subscriptions, `rejected_elsewhere` rows of invoices, holds and
    lists. The fingerprints `inputs` and `history` are those of a run on the same day. `lacking`
    are the facts for which no input has a column and no profile assumes a value.
    """

    rows: tuple[RecordAndPast, ...]
    rejected: int
    rejected_elsewhere: int
    inputs: str
    history: str
    problems: tuple[Problem, ...] = ()
    lacking: frozenset[str] = frozenset()

    @property
    def lost(self) -> int:
        return self.rejected + self.rejected_elsewhere


def population(
    reader: Reader, exports: Sequence[str], words: Vocabulary, out: Path, as_of: AsOf
) -> Population:
    """Reads the exports, with the history that the first run of the day reads."""
    before = past(out, utc_day(as_of), 1)
    with reader(exports, words) as export, opened(before) as history:
        ordered = sorted(
            rows(export.records(), history),
            key=lambda row: row.id,
        )
        rejected = {(each.input, each.row, each.gives) for each in export.rejected()}
        about = sum(gives == Gives.SUBSCRIPTIONS for _, _, gives in rejected)
        return Population(
            tuple(ordered),
            about,
            len(rejected) - about,
            export.fingerprint,
            before.fingerprint,
            tuple(export.problems),
            lacking_facts(export, words),
        )
