"""What the rows of a batch order and hold: the tables of `candidates` and `outcomes`, filled."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from lapse.executors.lowered.facts.judged_rows import AnyRows
from lapse.executors.lowered.orders.candidates import (
    ACTING,
    FORBIDDING,
    OPEN,
    TRUE,
    Candidates,
)
from lapse.executors.lowered.orders.earlier import Earlier
from lapse.executors.lowered.orders.outcomes import (
    BITS_IN_EXAMPLES,
    CANDIDATES,
    CLASS_OF_ROWS,
    CLASSES,
    DAYS_ASKED,
    DUE,
    EXAMPLES,
    OPEN_IN_EXAMPLES,
    ORDERS,
    OUTCOMES,
    PLACED,
    REASONS,
    STALE,
    UNITS,
    UNSAID,
    WAITING,
    WINNERS,
    WORKING,
)
from lapse.executors.lowered.orders.output_rows import of_rows
from lapse.executors.lowered.rules.lacking import OpenStage, Unknowns
from lapse.executors.lowered.rules.sorting import ID
from lapse.executors.lowered.rules.truths import numbers_in
from lapse.executors.lowered.rules.verdicts import MAY_ACT, SIGNATURES, Bits, may_act
from lapse.executors.lowered.words.columns import BITS, DAY, rule_column
from lapse.executors.lowered.words.conditions import held
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.term_days import day_of
from lapse.executors.lowered.words.term_tables import Terms
from lapse.executors.lowered.words.texts import Texts
from lapse.executors.lowered.words.units import Unit
from lapse.inputs.relation import ROW, TOLD
from lapse.model.days import next_working_day
from lapse.model.decision import clock
from lapse.runs.approvals import COUNTS, Approvals
from lapse.runs.rows import parameters_text
from lapse.sql.expressions import column, query, render
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import Cell, SmallTable

_FOUND: Mapping[str, Mapping[str, str]] = {
    ACTING: {},
    "true_units": TRUE,
    "open_units": OPEN,
    "forbidding": FORBIDDING,
}
"""The tables of what is found in the rows that act, with the columns of those that may be empty."""


@dataclass(frozen=True, slots=True)
class Ordering:
    """Fills the tables beside `MAY_ACT` and `verdicts`."""

    tables: Tables
    rows: AnyRows
    candidates: Candidates

    def find(self) -> None:
        """Finds what is true or unknown in the rows that act, and the classes of rows."""
        occurring = (Bits.TRUE, Bits.OPEN, Bits.FORBIDS, Bits.MAY_FORBID)
        found = [self._occurring(bits) for bits in occurring]
        texts = self.rows.statements.texts("found", lambda: self._found(*found), found)
        for name, types in _FOUND.items():
            if name in texts:
                self.tables.make(name, texts[name])
            else:
                self.tables.load(SmallTable(name, types, ()))
        self._make(unsaid=UNSAID, classes=CLASSES, class_of_rows=CLASS_OF_ROWS, examples=EXAMPLES)

    def _found(
        self, true: list[int], open_: list[int], sure: list[int], may: list[int]
    ) -> Mapping[str, exp.Expr]:
        """Statements for what occurs in some row, of units and of forbids by their numbers."""
        of = self.candidates
        made: dict[str, exp.Expr] = {}
        if true:
            made["true_units"] = of.true(true)
        if open_:
            made["open_units"] = of.open(open_)
        if sure or may:
            made["forbidding"] = of.forbidding(sure, may)
        told = of_rows(Texts(of.names)) if of.has_texts else ()
        return {ACTING: self._acting([*made.values(), *told]), **made}

    def _acting(self, read: Iterable[exp.Expr]) -> exp.Select:
        """The rows that act, with what these expressions and later statements read of them."""
        names = {each.name for tree in read for each in tree.find_all(exp.Column)}
        names |= {ROW, TOLD, ID, DAY}
        forbids = range(len(self.rows.lexicon.rules), len(self.rows.lexicon.every_rule))
        names |= {rule_column(number) for number in forbids}
        facts = [name for name, _ in self.tables.columns(MAY_ACT)]
        terms = [term.name for term in Terms(self.rows.lexicon).added()]
        bits = (*SIGNATURES, *self._bit_columns())
        return query(
            """SELECT $columns FROM $rows JOIN verdicts ON verdicts."#row" = judged."#row"
            WHERE kind = 'acts'""",
            columns=[
                *(column(name, "judged") for name in (*facts, *terms) if name in names),
                *(column(name, "verdicts") for name in bits),
            ],
            rows=may_act(self.rows, names),
        )

    def unknowns(self) -> Mapping[int, Unknowns]:
        """What is unknown in the examples of classes that act, by the row's number."""
        stages: dict[int, list[OpenStage]] = {}
        for row, *unit in self.tables.found(OPEN_IN_EXAMPLES):
            stages.setdefault(row, []).append((unit[0], unit[1]))
        forbids, locks = self._words(Bits.MAY_FORBID), self._words(Bits.LOCK_OPEN)
        bits = [column(word, "verdicts") for word in (*forbids, *locks)]
        asked = query(BITS_IN_EXAMPLES, bits=bits)
        return {
            row: Unknowns(
                stages.get(row, []),
                [*numbers_in(words[: len(forbids)])],
                [*numbers_in(words[len(forbids) :])],
            )
            for row, *words in self.tables.found(render(asked))
        }

    def decide(self, earlier: Earlier, approvals: Approvals, lacks: SmallTable) -> None:
        """Decides what is true, knowing what is lacking and what was given before."""
        for table in (lacks, *rule_tables(self.candidates), approved(approvals)):
            self.tables.load(table)
        earlier.load_undoing(self.tables, self.candidates.units, is_foreseen=False)
        earlier.load_acting(self.tables)
        self.tables.load(SmallTable("working", WORKING, ()))
        self.settle()

    def settle(self) -> None:
        """Makes `outcomes`, from what is true and what was given before."""
        self._make(candidates=CANDIDATES, orders=ORDERS, due=DUE)
        asked = self.tables.found(DAYS_ASKED)
        working = [(name, day, _next(day, name)) for name, day in asked]
        self.tables.load(SmallTable("working", WORKING, working), is_more=True)
        self._make(placed=PLACED, reasons=REASONS)
        self.tables.add("unsaid", STALE)
        self._make(winners=WINNERS, waiting=WAITING, outcomes=OUTCOMES)

    def _make(self, **queries: str) -> None:
        for name, query_ in queries.items():
            self.tables.make(name, query_)

    def _occurring(self, bits: Bits) -> list[int]:
        """The numbers of the bits that are set in some row that acts."""
        words = self._words(bits)
        if not words:
            return []
        ored = ", ".join(f'bit_or("{word}")' for word in words)
        statement = f"SELECT {ored} FROM verdicts WHERE kind = 'acts'"  # noqa: S608  names of ours
        (found,) = self.tables.found(statement)
        return list(numbers_in(found))

    def _bit_columns(self) -> Iterator[str]:
        for bits in Bits:
            yield from self._words(bits)

    def _words(self, bits: Bits) -> list[str]:
        lexicon = self.rows.lexicon
        flags = {
            Bits.TRUE: self.candidates.units,
            Bits.OPEN: self.candidates.units,
            Bits.FORBIDS: lexicon.forbids,
            Bits.MAY_FORBID: lexicon.forbids,
            Bits.LOCK_OPEN: lexicon.locks,
        }
        return [bits.column(word) for word in range(-(-len(flags[bits]) // BITS))]


def rule_tables(candidates: Candidates, *, is_foreseen: bool = False) -> Iterator[SmallTable]:
    """What a rulebook says of its units and forbids; what is foreseen counts as approved."""
    lexicon = candidates.lexicon
    units = [_of_unit(lexicon, unit, is_foreseen=is_foreseen) for unit in candidates.units]
    yield SmallTable("units", UNITS, units)
    forbidden = [
        (number, rule.name, action)
        for number, rule in enumerate(lexicon.forbids)
        for action in sorted(rule.forbids)
    ]
    types = {"forbid": "BIGINT", "name": "VARCHAR", "action": "VARCHAR"}
    yield SmallTable("forbids", types, forbidden)


def _of_unit(lexicon: Lexicon, unit: Unit, *, is_foreseen: bool) -> tuple[Cell, ...]:
    rule, locks = unit.rule, tuple(lexicon.locks)
    assert rule.track is not None
    assert rule.action is not None
    return (
        unit.number,
        unit.of,
        rule.name,
        rule.stages is not None,
        rule.track.name,
        rule.track.is_provider,
        rule.step,
        rule.action,
        rule.anchor,
        clock(rule.anchor),
        None if rule.after is None else rule.after.is_last,
        bool(rule.sets),
        lexicon.book.catalogue.actions[rule.action].needs_approval and not is_foreseen,
        lexicon.book.is_harmful(rule),
        locks.index(rule.action) if rule.action in locks else None,
        *(("", "") if is_foreseen else texts_of(unit)),
    )


def texts_of(unit: Unit) -> tuple[str, str]:
    """Where a unit's rule stands, and what it hands on."""
    return unit.rule.place.source, parameters_text(unit.rule.parameters)


def approved(approvals: Approvals) -> SmallTable:
    """The orders that are approved, with the days on which the approval counts."""
    rows: Iterable[tuple[Cell, ...]] = (
        (each.action_id, held(each.day), held(each.day + COUNTS)) for each in approvals.entries
    )
    types = {"action_id": "VARCHAR", "first_day": "BIGINT", "last_day": "BIGINT"}
    return SmallTable("approved", types, list(rows))


def _next(day: int, calendar: str) -> int:
    return int(held(next_working_day(day_of(day), calendar)))
