"""An estate foreseen: exports and history in, a calendar out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

from lapse.analysis.calendar import Calendar
from lapse.analysis.futures import Foresight, Future, NotKnown, assumptions
from lapse.analysis.population import InputsRead, inputs_read
from lapse.analysis.scope import Where
from lapse.analysis.what_if.compare import Outlook
from lapse.decide.known import Judging, RecordAndPast, known
from lapse.executors.lowered.batch import Facts
from lapse.executors.lowered.lives.foreseeing import Asked, foresee
from lapse.executors.lowered.lives.foreseen_rows import FACTS, FORESEEN
from lapse.executors.row_by_row import rows
from lapse.model.days import utc_day
from lapse.model.record import Record
from lapse.model.rule import Rulebook
from lapse.policy.in_force import Scopes
from lapse.runs.export import AnyExport, Reader
from lapse.runs.history import History, opened
from lapse.runs.past import past
from lapse.runs.rows import AMOUNTS, LIST_MARK, parameters_text
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import Cell, SmallTable

NOWHERE: Where = {}
FEWEST = 2_000
"""The lives of fewer subscriptions are followed one by one, which takes less than a minute."""
AT_ONCE = 500
"""Lives followed one by one whose orders are loaded together."""
Progress = Callable[[int, int], None]
"""Called with the number of subscriptions done, and of all."""


@dataclass(frozen=True, slots=True)
class Estate:
    """The exports of a forecast, opened; `before` is the fingerprint of the history."""

    export: AnyExport
    history: History
    before: str


@contextmanager
def estate(
    reader: Reader, exports: Sequence[str], book: Rulebook, out: Path, asked: Outlook
) -> Iterator[Estate]:
    """Opens exports, with the history that the first run of the day reads."""
    before = past(out, utc_day(asked.as_of), 1)
    with reader(exports, book.words) as export, opened(before, export.scratch) as history:
        yield Estate(export, history, before.fingerprint)


def forecast(
    of: Estate,
    book: Rulebook,
    asked: Outlook,
    *,
    where: Where = NOWHERE,
    progress: Progress = lambda *_: None,
) -> tuple[Calendar, InputsRead]:
    """The calendar of what an estate has in a scope, which goes with the opened exports."""
    export, tables = of.export, of.export.tables
    judging = Judging(Scopes(book), asked.as_of, {**book.catalogue.assumed, **asked.assumed})
    singly = _Singly(tables, asked.foresight(book), judging, where)
    parts = [singly.load()]
    in_batches, left_out, records = 0, 0, iter(export.records())
    if export.read >= FEWEST:
        records = _in_batches(of, judging, asked, where, progress)
        parts.append("SELECT * FROM foreseen_lives")
        ((in_batches, left_out),) = tables.found(_COUNTED)
    followed = singly.follow(rows(records, of.history), lambda done: progress(done, export.read))
    tables.view("foreseen", " UNION ALL BY NAME ".join(parts))
    read = inputs_read(export, of.before, book.words)
    calendar = Calendar(
        utc_day(asked.as_of),
        asked.until,
        book.catalogue.actions,
        {(rule.place.source, rule.name): rule for rule in book.every_rule()},
        tables,
        in_batches + followed,
        left_out + singly.left_out,
        _not_known(tables, book, read.lacking),
    )
    return calendar, read


def _in_batches(
    of: Estate, judging: Judging, asked: Outlook, where: Where, progress: Progress
) -> Iterator[Record]:
    """Makes `foreseen_lives`, and returns the records that are left to be followed one by one."""
    export = cast("Facts", of.export)
    lives = foresee(export, judging, of.history, Asked(asked.until, where, progress))
    tables = lives.tables
    tables.make("lives_left", _LEFT)
    tables.add("lacking", _LACKED)
    return export.records_of(lives.relation, "lives_left")


@dataclass(slots=True)
class _Singly:
    """Lives that are followed one by one, into the tables `foreseen_singly` and `lacking`."""

    tables: Tables
    foresight: Foresight
    judging: Judging
    where: Where
    left_out: int = 0

    def load(self) -> str:
        self.tables.load(SmallTable("foreseen_singly", FORESEEN, ()))
        self.tables.load(SmallTable("lacking", _LACKING, ()))
        return "SELECT * FROM foreseen_singly"

    def follow(self, lives: Iterable[RecordAndPast], progress: Callable[[int], None]) -> int:
        """How many lives they are."""
        followed = (self.foresight.future(life) for life in lives if self._is_in_scope(life))
        done = 0
        while some := list(islice(followed, AT_ONCE)):
            orders = [cells for future in some for cells in order_cells(future)]
            self.tables.load(SmallTable("foreseen_singly", FORESEEN, orders), is_more=True)
            lacking = [
                (each.id, LIST_MARK.join(sorted(each.unknown))) for each in some if each.unknown
            ]
            self.tables.load(SmallTable("lacking", _LACKING, lacking), is_more=True)
            self.left_out += sum(future.left_out is not None for future in some)
            done += len(some)
            progress(done)
        return done

    def _is_in_scope(self, life: RecordAndPast) -> bool:
        if not self.where:
            return True
        subscription = known(life, self.judging).situation.subscription
        return subscription.scope(tuple(self.where)) == tuple(self.where.values())


def order_cells(future: Future) -> Iterator[tuple[Cell, ...]]:
    """The orders of a life that is followed by itself, as rows of `foreseen`."""
    for each in future.foreseen:
        candidate, rule = each.action.candidate, each.rule
        amounts = [each.money.get(name) for name in AMOUNTS]
        yield (
            *(future.id, *(future.text(name) for name in FACTS)),
            *(each.day.isoformat(), each.day == future.first.moment.day, each.is_ours),
            *(each.track.name, each.track.index, rule.step, rule.name, each.stage, each.name),
            *(candidate.anchor, candidate.due_on.isoformat(), each.action.id(future.id)),
            *(each.because, rule.place.source, parameters_text(rule.parameters)),
            *(None if amount is None else f"{amount.amount:f}" for amount in amounts),
            *(None if amount is None else amount.currency for amount in amounts),
        )


def _not_known(tables: Tables, book: Rulebook, lacking: frozenset[str]) -> NotKnown:
    """What is missing to tell whether harm is due, the most frequent first."""
    counts: dict[str, int] = dict(tables.found(_COUNTS))
    ((subscriptions,),) = tables.found("SELECT count(DISTINCT subscription_id) FROM lacking")
    return NotKnown(subscriptions, counts, assumptions(counts, book.words, lacking))


_LACKING = {"subscription_id": "VARCHAR", "missing": "VARCHAR"}
_LEFT = 'SELECT subscription_id FROM first_lives SEMI JOIN left_lives ON life = "#life"'
_LACKED = """
SELECT DISTINCT subscription_id, missing
FROM lacked ANTI JOIN left_lives USING (life) JOIN first_lives ON life = "#life"
"""
_COUNTED = """
SELECT (SELECT count(*) FROM first_lives) - (SELECT count(*) FROM lives_left),
    (SELECT count(DISTINCT life) FROM out_lives ANTI JOIN left_lives USING (life))
"""
_COUNTS = f"""
SELECT name, count(DISTINCT subscription_id) AS subscriptions
FROM (SELECT subscription_id, unnest(string_split(missing, '{LIST_MARK}')) AS name FROM lacking)
GROUP BY name ORDER BY subscriptions DESC, name
"""  # noqa: S608  a mark of ours
