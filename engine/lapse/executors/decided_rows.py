"""All rows of an export decided, in batches and one by one, into the relations of a run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from lapse.decide.forecast import Decide
from lapse.decide.known import Judging
from lapse.executors.deciding import Deciding
from lapse.executors.row_by_row import EveryRow, Sorter, rows_left
from lapse.model.days import AsOf
from lapse.model.facts import Value
from lapse.model.rule import Rulebook
from lapse.policy.in_force import Scopes
from lapse.runs.beside import carry_on, tell_inputs
from lapse.runs.export import AnyExport, lacking_facts
from lapse.runs.history import opened
from lapse.runs.past import Past
from lapse.runs.results.relations import Drafts, make_relations
from lapse.runs.results.tally import Tally
from lapse.runs.summed import Kept

TOLD_EVERY = 500
"""The number of rows between two calls of `progress`."""


class Asked(Protocol):
    """What rows are decided by: see `nightly.RunOptions`."""

    @property
    def book(self) -> Rulebook: ...
    @property
    def as_of(self) -> AsOf: ...
    @property
    def day(self) -> date: ...
    @property
    def out(self) -> Path: ...
    @property
    def decide(self) -> Decide: ...
    @property
    def sorter(self) -> Sorter: ...
    @property
    def every_assumption(self) -> Mapping[str, Value]: ...
    @property
    def is_preview(self) -> bool: ...
    @property
    def progress(self) -> Callable[[int], None]: ...


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations that `decide` made beside the export, and what none of them has.

    `empty` are those without rows, `earlier` the orders given earlier on the day judged;
    `left_over` is as in a result.
    """

    tally: Tally
    empty: frozenset[str]
    earlier: Sequence[tuple[str, str, str]]
    left_over: int | None


def decide(options: Asked, export: AnyExport, before: Past) -> Relations:
    """Decides every row, into relations of the export's connection (`runs.results.relations`)."""
    book = options.book
    tally = Tally(lacking_facts(export, book.words))
    judging = Judging(Scopes(book), options.as_of, options.every_assumption)
    kept = Kept(options.out, options.day, may_write=not options.is_preview)
    with opened(before, export.scratch, kept) as history, Drafts(export.scratch) as drafts:
        earlier = list(history.given_in(before.of_day(options.day)))
        rows = options.sorter(export, judging, history, before.approvals)
        rows.count(tally)
        deciding = Deciding(options.decide, before.approvals, tally, drafts)
        in_batch, singly = tally.decided, 0
        for singly, row in enumerate(rows_left(rows, judging, history), start=1):
            deciding.decide_row(row)
            if (in_batch + singly) % TOLD_EVERY == 0:
                options.progress(in_batch + singly)
        carry_on(history.unmet(), options.day, book.catalogue.runs_every, drafts)
        tell_inputs(export, drafts)
        empty = make_relations(export.tables, drafts, rows.queries())
    return Relations(tally, empty, earlier, None if isinstance(rows, EveryRow) else singly)
