"""Classes of rows in which the same is undetermined: of each, one row is decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lapse.decide.known import Judging
from lapse.decide.situation import Situation
from lapse.executors.direct import direct_executor
from lapse.executors.row_by_row import known_rows
from lapse.model.decision import Decision
from lapse.model.record import Record
from lapse.runs.history import History
from lapse.runs.rows import undetermined_missing
from lapse.sql.named_tables import Tables


@dataclass(frozen=True, slots=True)
class Class:
    """Rows of one signature; `acts` where the example, a row by its number, is one that acts."""

    number: int
    row: int
    acts: bool
    situation: Situation
    decision: Decision

    @property
    def missing(self) -> Mapping[str, frozenset[str]]:
        """The names missing for each undetermined rule."""
        return undetermined_missing(self.decision)


def decided(
    records: Iterator[Record], tables: Tables, judging: Judging, history: History
) -> Iterator[tuple[int, Class]]:
    """The classes with their examples decided; of a decision only what is undetermined is kept."""
    by_id = {id_: rest for id_, *rest in tables.found(_EXAMPLES)}
    decide = direct_executor()
    for row in known_rows(records, judging, history):
        number, place, acts = by_id[row.situation.subscription.id]
        decision = decide(row.situation, row.orders)
        assert isinstance(decision, Decision), "a row that is left out is in no class"
        lean = replace(decision, actions=(), held=(), verdicts=())
        yield number, Class(number, place, acts, row.situation, lean)


_EXAMPLES = "SELECT example.id, class, example.row, example.acts FROM classes"
