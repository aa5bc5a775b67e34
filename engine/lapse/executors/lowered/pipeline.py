"""A batch in DuckDB: SQL decides the rows, and leaves over the few that it says poorly.

Of every row SQL says which units are true (`sorting`). Where none is, nothing is ordered or held,
and the row is only counted; where some is, the rest of the steps follows (`ordering`). What is
undetermined in a row, and for want of what, one row of its class tells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import cast

from lapse.decide.known import Judging
from lapse.executors.lowered.batch import Batch, Facts
from lapse.executors.lowered.classes import decided
from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.facts.sighted import BEFORE, TYPES, line
from lapse.executors.lowered.kept_statements import Kept, statements
from lapse.executors.lowered.orders.candidates import Candidates
from lapse.executors.lowered.orders.earlier import Earlier
from lapse.executors.lowered.orders.ordering import Ordering
from lapse.executors.lowered.rules.lacking import Lacks
from lapse.executors.lowered.rules.sorting import sort
from lapse.executors.lowered.rules.verdicts import judge
from lapse.executors.lowered.words.scopes import lexicon
from lapse.executors.lowered.words.units import Units
from lapse.executors.row_by_row import EveryRow, Rows
from lapse.model.rule import Rulebook
from lapse.runs.approvals import Approvals
from lapse.runs.export import AnyExport
from lapse.runs.history import History
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import SmallTable

FEWEST = 2_000
"""Of fewer rows each is decided by itself: to build and plan the statement takes a second."""
STEPS = 5
EXPORTED = "exported"
"""The table of the rows as they were read."""


Telling = Callable[[str, int, int], None]
"""Told what is done now, the number of the step, from 0, and the number of steps."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Who is told what is done, where texts of statements are kept, and what runs them."""

    telling: Telling = lambda *_: None
    kept: Kept | None = None
    tables: Callable[[AnyExport], Tables] = lambda export: export.tables


ALONE = Beside()


def sort_rows(
    export: AnyExport,
    judging: Judging,
    history: History,
    approvals: Approvals,
    *,
    beside: Beside = ALONE,
) -> Rows:
    """A batch of the rows of an export; where there are few, every row by itself."""
    if export.read < FEWEST:
        return EveryRow(export)
    return sorted_rows(export, judging, history, approvals, beside=beside)


def sorted_rows(
    export: AnyExport,
    judging: Judging,
    history: History,
    approvals: Approvals,
    *,
    beside: Beside = ALONE,
) -> Batch:
    """A batch of the rows of an export, decided as far as SQL says it."""
    steps, facts = count(), cast("Facts", export)

    def tell(doing: str) -> None:
        beside.telling(f"{doing} {export.read:,} rows", next(steps), STEPS)

    tell("laying out")
    tables, words = beside.tables(export), lexicon(judging.scopes.book)
    earlier = earlier_of(tables, export, words.book, history)
    relation = facts.facts_in(tables, EXPORTED)
    columns = tables.columns(EXPORTED)
    known = statements(beside.kept, judging, relation, columns, tables.render)
    judged = JudgedRows(words, relation, judging, known)
    judged.load(tables)
    names = judged.names
    candidates = Candidates(words, names, Units(words, names).every())
    tell("sorting")
    sort(tables, judged, candidates.units)
    tell("judging")
    judge(tables, judged, candidates.units)
    tell("deciding")
    ordering = Ordering(tables, judged, candidates)
    ordering.find()
    tables.give("examples")
    examples = facts.records_of(relation, "examples")
    classes = dict(decided(examples, tables, judging, history))
    lacks = Lacks(words, candidates.units)
    unknowns = ordering.unknowns()
    unknown = (
        (each.number, each.situation, unknowns[each.row]) for each in classes.values() if each.acts
    )
    ordering.decide(earlier, approvals, lacks.table(unknown))
    for name, rows in _TABLES.items():
        tables.make(name, rows)
    tables.give("left_over")
    tell("writing what follows from")
    return Batch(facts, tables, judged, classes)


def earlier_of(tables: Tables, export: AnyExport, book: Rulebook, history: History) -> Earlier:
    """What earlier runs gave and saw, in tables."""
    runs_every = book.catalogue.runs_every
    tables.load(SmallTable(BEFORE, TYPES, ()))
    for block in history.sightings():
        rows = [line(id_, seen, runs_every) for id_, seen in block]
        tables.load(SmallTable(BEFORE, TYPES, rows), is_more=True)
    earlier = Earlier(book, history.keep(export.scratch / "given.parquet"))
    earlier.load(tables)
    return earlier


_LEFT_OVER = """
SELECT subscription_id FROM sorted_rows
WHERE kind = 'left' OR "#row" IN (SELECT row_id FROM unsaid)
"""
_ORDERED = """
SELECT row_id, count(*) FILTER (output = 'actions') AS actions,
    count(*) FILTER (output = 'held' AND NOT is_provider) AS holds
FROM outcomes GROUP BY row_id
"""
# Of most customers nothing is told: they owe nothing, and nothing is ordered or held for them.
_TOLD = """
SELECT DISTINCT customer_id, nameless
FROM sorted_rows LEFT JOIN ordered ON row_id = "#row"
WHERE is_owing OR actions > 0 OR holds > 0
    OR kind = 'left' OR "#row" IN (SELECT row_id FROM unsaid)
"""
_TABLES = {"left_over": _LEFT_OVER, "ordered": _ORDERED, "told_customers": _TOLD}
