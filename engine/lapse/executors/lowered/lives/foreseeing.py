"""Every life of an export foreseen up to a day, as tables: the story of `lives`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from lapse.decide.known import Judging
from lapse.executors.lowered.batch import Facts as Exports
from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.facts.settling import Facts
from lapse.executors.lowered.lives.acting_days import (
    AT_POINTS,
    EVENTS,
    FIRST_POINTS,
    GIVEN,
    LACKED,
    LACKED_IN_CLASSES,
    LEFT,
    NEXT_ROUND,
    ROUND,
    SEGMENT,
    STOPPED,
)
from lapse.executors.lowered.lives.change_days import DAYS, ChangeDays
from lapse.executors.lowered.lives.foreseen_rows import ForeseenRows
from lapse.executors.lowered.lives.life_classes import LifeClasses
from lapse.executors.lowered.lives.life_rows import BEGINS, LIFE, LifeRows
from lapse.executors.lowered.lives.states import States
from lapse.executors.lowered.orders.candidates import Candidates
from lapse.executors.lowered.orders.earlier import Earlier
from lapse.executors.lowered.orders.ordering import Ordering, approved, rule_tables
from lapse.executors.lowered.orders.outcomes import WORKING
from lapse.executors.lowered.pipeline import EXPORTED, earlier_of
from lapse.executors.lowered.rules.sieve import Sieve
from lapse.executors.lowered.rules.sorting import ID, kind_of
from lapse.executors.lowered.rules.verdicts import judge
from lapse.executors.lowered.words.columns import LEFT_OUT
from lapse.executors.lowered.words.conditions import held
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.scopes import lexicon
from lapse.executors.lowered.words.units import Units
from lapse.inputs.relation import ROW, Relation
from lapse.runs.approvals import Approvals
from lapse.runs.history import History
from lapse.sql.expressions import aliased, column, query
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import SmallTable

LIVES, FIRST_LIVES = "lives", "first_lives"
AT_ONCE = 25_000
"""The lives of a chunk: their days are ten to twenty times as many rows, in memory."""
MOST_SEGMENTS, MOST_ROUNDS = 60, 200
"""Of a chunk, and of a segment: lives that go on are followed one by one. Some act every day."""
FEWEST = 100
"""Fewer lives are followed one by one, from their first day: a segment takes a second or two."""
Telling = Callable[[int, int], None]
"""Told the number of the first life of a chunk, and of the last of all."""


@dataclass(frozen=True, slots=True)
class Foreseeing:
    """The lives of an export, in tables beside it; `foresee` fills them.

    `foreseen_lives` has a row for each order (`foreseen_rows`), `left_lives` the lives that the
    reference has to foresee, `out_lives` those that a layer leaves out, and `lacked` what is
    missing to tell whether harm is due. The last two may have lives that are left, too.
    """

    tables: Tables
    relation: Relation
    until: date
    rows: LifeRows
    earlier: Earlier
    candidates: Candidates
    states: States
    days: ChangeDays
    classes: LifeClasses
    told: ForeseenRows

    def begin(self, tonight: JudgedRows, where: Mapping[str, str]) -> None:
        """Makes the table of all lives in a scope, and those that all segments add to."""
        tables, text, units = self.tables, self.rows.statements.text, self.candidates.units
        tables.view("rows_tonight", text("tonight", tonight.keyed))
        columns = [name for name, _ in tables.columns("rows_tonight")]
        first = text("first", lambda: self.states.first(columns, where))
        tables.keep(FIRST_LIVES, first)
        tracks = [
            (unit.number, unit.rule.track.index) for unit in units if unit.rule.track is not None
        ]
        for table in (
            *rule_tables(self.candidates, is_foreseen=True),
            self.states.setting(),
            SmallTable("unit_tracks", {"unit": "BIGINT", "track_index": "BIGINT"}, tracks),
            SmallTable("beyond", {"unit": "BIGINT"}, [(unit,) for unit in self.states.beyond()]),
            SmallTable("working", WORKING, ()),
            approved(Approvals()),
            *(SmallTable(name, types, ()) for name, types in _IN_ALL.items()),
        ):
            tables.load(table)
        self.earlier.load_undoing(tables, units, is_foreseen=True)
        tables.add("left_lives", _WITHOUT_DAY)

    def chunk(self, first: int, last: int, name: str) -> None:
        """Foresees the lives with numbers from `first` to `last`, and tells it under a name."""
        tables = self.tables
        tables.make(LIVES, _lives_of(first, last))
        for made, types in _IN_A_CHUNK.items():
            tables.load(SmallTable(made, types, ()))
        tables.make("states", _NO_STATES)
        for number in range(MOST_SEGMENTS):
            if self.segment(number) < FEWEST:
                break
        tables.add("left_lives", _GOING_ON_STILL)
        self.told.tell(tables, name)

    def segment(self, number: int) -> int:
        """Foresees all lives up to their next order that sets facts; how many go on after it."""
        tables = self.tables
        bounds = {"until": "BIGINT", "#segment": "BIGINT"}
        tables.load(SmallTable("foreseen_until", bounds, [(held(self.until), number)]))
        tables.add("states", _STATES)
        self.days.make(tables, self.rows.load(tables))
        self.rows.load_debts(tables)
        self._judge()
        ordering = Ordering(tables, self.rows, self.candidates)
        ordering.find()
        for table in self.classes.tables(tables, ordering.unknowns()):
            tables.load(table)
        for name, rows in SEGMENT.items():
            tables.make(name, rows)
        self._follow(ordering, is_first=number == 0)
        self._end()
        ((going_on,),) = tables.found("SELECT count(*) FROM lives")
        return int(going_on)

    def _judge(self) -> None:
        """Makes `sorted_rows`, of the judged days on which some rule may act, and `verdicts`."""
        rows, units = self.rows, self.candidates.units

        def build() -> exp.Expr:
            sieve = Sieve(rows.lexicon, rows.names, units)
            kind = aliased(kind_of(sieve.is_nothing()), "kind")
            selects = [*map(column, (ROW, LIFE, ID, LEFT_OUT)), kind]
            joined = rows.query({*sieve.steps.read_by(selects), LIFE})
            table = sieve.steps.over(joined.subquery("joined", copy=False))
            every = query("SELECT $selects FROM $table", selects=selects, table=table)
            return query("SELECT * FROM $every AS every WHERE kind <> 'nothing'", every=every)

        self.tables.make("sorted_rows", rows.statements.text("sorted", build))
        self.tables.add("out_lives", _OUT)
        judge(self.tables, rows, units, is_tonight=False)

    def _follow(self, ordering: Ordering, *, is_first: bool) -> None:
        """Adds the orders of the segment to `events`, from one order of a life to its next."""
        tables = self.tables
        tables.make("points", FIRST_POINTS)
        self.earlier.load_acting(tables)
        if not is_first:
            tables.make("ordered", "SELECT * FROM events")
            tables.make("given_before", GIVEN)
        tables.load(SmallTable("segment_ended", _ENDED, ()))
        for _ in range(MOST_ROUNDS):
            if not tables.found("SELECT 1 FROM points LIMIT 1"):
                return
            for name, rows in AT_POINTS.items():
                tables.make(name, rows)
            ordering.settle()
            for name, rows in ROUND.items():
                tables.make(name, rows)
            for name, rows in _ADDING.items():
                tables.add(name, rows)
            tables.add("events", "SELECT * FROM ordered")
            for name, rows in NEXT_ROUND.items():
                tables.make(name, rows)
        tables.add("left_lives", "SELECT DISTINCT life FROM points")

    def _end(self) -> None:
        """Makes `lives` as they stand after the orders that ended the segment."""
        tables = self.tables
        tables.add("lacked", LACKED_IN_CLASSES)
        tables.add("left_lives", STOPPED)
        tables.add("left_lives", _BEYOND)
        tables.make("ended", _GOING_ON)
        tables.add("carried_out", _CARRIED_OUT)
        columns = [name for name, _ in tables.columns(LIVES)]
        text = self.rows.statements.text
        tables.make("changed_lives", text("next", lambda: self.states.next(columns)))
        if self.states.are_keys_set:
            again = tables.render(self.rows.placed_again(tables, "changed_lives"))
            tables.make("placed_lives", again)
            names = ", ".join(f'"{name}"' for name in columns)
            tables.make(LIVES, f"SELECT {names} FROM placed_lives")  # noqa: S608  names of ours
        else:
            tables.make(LIVES, "SELECT * FROM changed_lives")


@dataclass(frozen=True, slots=True)
class Asked:
    """The last day to foresee, the scope of the lives that are foreseen, and who is told."""

    until: date
    where: Mapping[str, str] = field(default_factory=dict)
    telling: Telling = lambda *_: None


def foresee(export: Exports, judging: Judging, history: History, asked: Asked) -> Foreseeing:
    """The lives of an export in a scope, foreseen up to a day; orders count as carried out."""
    tables, words = export.tables, lexicon(judging.scopes.book)
    earlier = earlier_of(tables, export, words.book, history)
    relation = export.facts_in(tables, EXPORTED)
    tonight = JudgedRows(words, relation, judging)
    tonight.load(tables)
    facts = Facts(relation, words.book.words, judging.assumed)
    states = States(tonight, Units(words, tonight.names).every())
    names = Names(words.book.words, tonight.names.terms, states.absent)
    rows = LifeRows(facts, names, LIVES, DAYS)
    candidates = Candidates(words, names, Units(words, names).every(), has_texts=False)
    found = Foreseeing(
        tables,
        relation,
        asked.until,
        rows,
        earlier,
        candidates,
        states,
        ChangeDays(rows, asked.until),
        LifeClasses(export, relation, judging, history, candidates),
        ForeseenRows(rows, candidates),
    )
    found.begin(tonight, asked.where)
    ((last,),) = tables.found(_LAST)
    chunks: list[str] = []
    for first in range(0, (last or 0) + 1, AT_ONCE):
        asked.telling(first, last)
        chunks.append(f"foreseen_{first}")
        found.chunk(first, first + AT_ONCE - 1, chunks[-1])
    tables.view("foreseen_lives", " UNION ALL ".join(f"SELECT * FROM {name}" for name in chunks))  # noqa: S608
    return found


def _lives_of(first: int, last: int) -> str:
    return f"""
        SELECT * FROM {FIRST_LIVES}
        WHERE "{LIFE}" BETWEEN {first} AND {last} AND "{BEGINS}" IS NOT NULL
    """  # noqa: S608  names and numbers of ours


_ENDED = {"life": "BIGINT", "unit": "BIGINT", "day": "BIGINT"}
_IN_A_CHUNK = {
    "events": EVENTS,
    "carried_out": dict.fromkeys(("life", "day", "unit", "track_index"), "BIGINT"),
}
_IN_ALL = {
    "left_lives": {"life": "BIGINT"},
    "out_lives": {"life": "BIGINT", "layer": "BIGINT"},
    "lacked": {"life": "BIGINT", "missing": "VARCHAR"},
}
_STATES = 'SELECT CAST(0 AS BIGINT) AS "#segment", * FROM lives WHERE FALSE'
_STATES = 'SELECT "#segment", lives.* FROM lives CROSS JOIN foreseen_until'
_NO_STATES = f'SELECT CAST(0 AS BIGINT) AS "#segment", * FROM {LIVES} WHERE FALSE'  # noqa: S608
_LAST = f'SELECT max("{LIFE}") FROM {FIRST_LIVES}'  # noqa: S608
_WITHOUT_DAY = f'SELECT "{LIFE}" FROM {FIRST_LIVES} WHERE "{BEGINS}" IS NULL'  # noqa: S608
_GOING_ON_STILL = f'SELECT "{LIFE}" FROM lives'  # noqa: S608
_OUT = f"""
SELECT DISTINCT "{LIFE}", "{LEFT_OUT}" FROM sorted_rows WHERE kind = 'out'
"""  # noqa: S608  names of ours
_ADDING = {"lacked": LACKED, "left_lives": LEFT, "segment_ended": "SELECT * FROM ended"}
_CARRIED_OUT = "SELECT life, day, unit, track_index FROM ended JOIN unit_tracks USING (unit)"
_BEYOND = "SELECT DISTINCT life FROM segment_ended SEMI JOIN beyond USING (unit)"
_GOING_ON = """
SELECT segment_ended.* FROM segment_ended
ANTI JOIN left_lives USING (life)
WHERE day < (SELECT until FROM foreseen_until)
"""
