"""The days on which something can change in the lives of a segment: the table `judged_days`.

As `executors.changes` says it of one subscription, for all at once: days on which a counter passes
a number that some rule of its scope compares it with, on which terms or rules begin or end, and on
which invoices begin to count. A day too many does no harm.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from lapse.executors.changes import CANCELLATION_OPEN, COMMITMENT_LEFT, Moves
from lapse.executors.jumps import moves_of
from lapse.executors.lowered.facts.moments import end_of_term
from lapse.executors.lowered.lives.life_rows import AHEAD, BEGINS, FIRST_DAY, LIFE, LifeRows
from lapse.executors.lowered.words.columns import DAY, TERM_END
from lapse.executors.lowered.words.conditions import held
from lapse.inputs.joining.owners import OPEN_INVOICES
from lapse.inputs.relation import BILLED, BILLED_WITH, ROW
from lapse.model.facts import Clock, Counter, ValueType
from lapse.model.invoices import NEXT_DUE_ON, PAST_DUE_SINCE
from lapse.model.subscription import CYCLE_MONTHS
from lapse.sql.expressions import aliased, all_of, cases, column, is_there, query, sql
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import SmallTable

DAYS = "judged_days"
DUE, AMOUNT, STEP = "#due", "#amount", "#step"
"""The columns of an invoice beside a life's facts, and the months from its start of term."""
_LEDGER = (PAST_DUE_SINCE, NEXT_DUE_ON)
"""The facts that are the due date of some invoice, from one day to the next of another."""


@dataclass(slots=True)
class ChangeDays:
    """The change days of lives up to a last day."""

    rows: LifeRows
    until: date
    _moves: list[Moves] = field(default_factory=list)
    """What moves in scopes: most scopes move alike."""
    _scopes: dict[tuple[int, ...], int] = field(default_factory=dict)

    def make(self, tables: Tables, places: Iterable[tuple[int, ...]]) -> None:
        """Makes `judged_days`: the day on which each life's segment begins, and those after it.

        `places` are the combinations of places of keys in which some life is.
        """
        self._load_moves(tables, places)
        tables.make(DAYS, self.rows.statements.text("days", self._days, sorted(self._read())))

    def _load_moves(self, tables: Tables, places: Iterable[tuple[int, ...]]) -> None:
        layout = self.rows.layout
        for found in places:
            if found not in self._scopes:
                force = self.rows.lexicon.force(dict(zip(layout.places, found, strict=True)))
                moves = moves_of(force)
                if moves not in self._moves:
                    self._moves.append(moves)
                self._scopes[found] = self._moves.index(moves)
        counters = self._counters
        turns = [
            (number, counters.index(counter), each)
            for number, moves in enumerate(self._moves)
            for counter, every in moves.turns.items()
            for each in sorted(every)
        ]
        types = dict.fromkeys(layout.key_columns, "BIGINT") | {"moves": "BIGINT"}
        scopes = [(*places, number) for places, number in self._scopes.items()]
        tables.load(SmallTable("moving_scopes", types, scopes))
        types = dict.fromkeys(("moves", "counter", "turn"), "BIGINT")
        tables.load(SmallTable("moving_turns", types, turns))
        dated = [
            (number, held(day))
            for number, moves in enumerate(self._moves)
            for day in sorted(moves.dated)
            if day <= self.until
        ]
        tables.load(SmallTable("moving_dates", {"moves": "BIGINT", DAY: "BIGINT"}, dated))

    @property
    def _counters(self) -> list[Counter]:
        return list(self.rows.names.words.counters.values())

    def _read(self) -> set[tuple[str, str]]:
        """The counters that some scope's rules compare, with the facts compared with, if any."""
        found = {(counter.name, "") for moves in self._moves for counter in moves.turns}
        found |= {
            (counter.name, fact)
            for moves in self._moves
            for counter, facts in moves.facts.items()
            for fact in facts
        }
        return found | {("", name) for moves in self._moves for name in moves.derived}

    def _days(self) -> exp.Select:
        every = exp.union(*self._parts(), distinct=False, copy=False)
        found = query(
            """SELECT $life, day FROM $every AS every
            WHERE day > $begins AND day <= $until""",
            life=column(LIFE),
            every=every,
            begins=column(BEGINS),
            until=held(self.until),
        )
        begun = query(
            "SELECT $life, $begins AS day FROM $lives",
            life=column(LIFE),
            begins=column(BEGINS),
            lives=self.rows.lives,
        )
        return query(
            "SELECT row_number() OVER () AS $row, * FROM $days AS days",
            row=column(ROW),
            days=exp.union(begun, found, distinct=True, copy=False),
        )

    def _parts(self) -> Iterator[exp.Select]:
        counters = {counter.name: counter for counter in self._counters}
        yield self._dated()
        for name, fact in sorted(self._read()):
            if name and fact:
                yield from self._of_fact(counters[name], fact)
            elif name:
                yield from self._of_counter(counters[name])
            elif fact == COMMITMENT_LEFT:
                yield self._around(self._billing_dates())
            elif fact == CANCELLATION_OPEN:
                yield self._around(self._anchored(self.rows.names.on("cancellable_until")))
        yield from self._of_bills()

    def _of_counter(self, counter: Counter) -> Iterator[exp.Select]:
        number = self._counters.index(counter)
        for anchored in self._anchors(counter):
            yield query(
                """SELECT $life, $begins, anchor + turn AS day
                FROM $anchored AS anchored
                JOIN moving_turns ON moving_turns.moves = anchored.moves AND counter = $number""",
                life=column(LIFE),
                begins=column(BEGINS),
                anchored=anchored,
                number=number,
            )

    def _of_fact(self, counter: Counter, fact: str) -> Iterator[exp.Select]:
        """The days of a counter that is compared with numbers in a fact."""
        is_list = self.rows.names.words.facts[fact].type is ValueType.DAYS_LIST
        number = sql("unnest(CAST(string_split($list, ',') AS BIGINT[]))", list=column(fact))
        for anchored in self._anchors(counter, number if is_list else column(fact)):
            yield query(
                """SELECT $life, $begins, anchor + number * $sign + more AS day
                FROM $anchored AS anchored CROSS JOIN (VALUES (0), (1)) AS slack(more)""",
                life=column(LIFE),
                begins=column(BEGINS),
                sign=counter.sign,
                anchored=anchored,
            )

    def _anchors(self, counter: Counter, number: exp.Expr | None = None) -> Iterator[exp.Select]:
        """The days that a counter may count from, in the market's calendar."""
        names, of = self.rows.names, counter.of
        is_theirs = counter.clock is Clock.PROVIDER
        if of in _LEDGER and self.rows.facts.relation.has_invoices:
            for owned in self._billed(sql("bill.amount > 0")):
                yield self._anchored(column(DUE), owned, is_theirs=is_theirs, number=number)
            return
        if of == TERM_END:
            days = [end_of_term(self.rows.facts).value]
        elif of == NEXT_DUE_ON:
            # By columns the next bill is the debt of the columns until it is past due.
            days = [self.rows.facts.told(of).value, column(PAST_DUE_SINCE)]
        else:
            days = [names.on(of)]
        for day in days:
            yield self._anchored(day, is_theirs=is_theirs, number=number)

    def _anchored(
        self,
        day: exp.Expr,
        lives: exp.Expr | None = None,
        *,
        is_theirs: bool = True,
        number: exp.Expr | None = None,
    ) -> exp.Select:
        """Lives with a day of theirs; a provider's day is moved to the market's calendar."""
        anchor = sql("$day - $ahead", day=day, ahead=column(AHEAD)) if is_theirs else day
        keys = self.rows.layout.key_columns
        meets = [sql("$a = $b", a=column(k, "lives"), b=column(k, "moving_scopes")) for k in keys]
        more = [] if number is None else [aliased(number, "number")]
        return query(
            """SELECT $life, $begins, moving_scopes.moves, $more, $anchor
            FROM $lives AS lives JOIN moving_scopes ON $meets WHERE $there""",
            life=column(LIFE),
            begins=column(BEGINS),
            more=more,
            anchor=aliased(anchor, "anchor"),
            lives=self.rows.lives if lives is None else lives,
            meets=all_of(meets),
            there=is_there(anchor),
        )

    def _dated(self) -> exp.Select:
        """The days on which terms or rules begin or end."""
        return query(
            """SELECT $life, $begins, dated.day AS day FROM $anchored AS anchored
            JOIN moving_dates AS dated ON dated.moves = anchored.moves""",
            life=column(LIFE),
            begins=column(BEGINS),
            anchored=self._anchored(column(FIRST_DAY), is_theirs=False),
        )

    def _around(self, anchored: exp.Select) -> exp.Select:
        return query(
            """SELECT $life, $begins, anchor + more AS day
            FROM $anchored AS anchored CROSS JOIN (VALUES (-1), (0), (1)) AS slack(more)""",
            life=column(LIFE),
            begins=column(BEGINS),
            anchored=anchored,
        )

    def _billing_dates(self) -> exp.Select:
        names = self.rows.names
        cycle = names.fact("billing_cycle").value
        months = cases(
            [(sql("$cycle = $name", cycle=cycle, name=n), m) for n, m in CYCLE_MONTHS.items()]
        )
        start, end = column("term_start"), end_of_term(self.rows.facts).value
        step = sql(
            "unnest(range(0, CAST(($end - $start) / 28 AS BIGINT) + 2, $months))",
            end=end,
            start=start,
            months=months,
        )
        stepped = query(
            "SELECT *, $step FROM $lives AS lives", step=aliased(step, STEP), lives=self.rows.lives
        )
        billed = sql(
            """date_diff('day', DATE '1970-01-01', CAST(DATE '1970-01-01' + CAST($start AS INT)
            + to_months(CAST($step AS INT)) AS DATE))""",
            start=start,
            step=column(STEP),
        )
        return self._anchored(billed, stepped)

    def _of_bills(self) -> Iterator[exp.Select]:
        """The days on which what is owed, or falls due next, may change."""
        if not self.rows.facts.relation.has_invoices:
            day = sql("$since + 1", since=column(PAST_DUE_SINCE))
            anchors = [self._anchored(day, is_theirs=False)]
        else:
            due, amount = column(DUE), column(AMOUNT)
            from_ = sql("CASE WHEN $amount > 0 THEN $due + 1 ELSE $due END", amount=amount, due=due)
            billed = self._billed(exp.true())
            anchors = [self._anchored(from_, owned, is_theirs=False) for owned in billed]
        for anchored in anchors:
            yield query(
                "SELECT $life, $begins, anchor AS day FROM $anchored AS anchored",
                life=column(LIFE),
                begins=column(BEGINS),
                anchored=anchored,
            )

    def _billed(self, which: exp.Expr) -> Iterator[exp.Select]:
        """Lives with their invoices, and with those of their customers."""
        own = sql("bill.subscription_id = $own", own=column(BILLED, "lives"))
        shared = sql(
            "bill.customer_id = $customer AND bill.subscription_id IS NULL",
            customer=column(BILLED_WITH, "lives"),
        )
        for meets in (own, shared):
            yield query(
                """SELECT lives.*, $due, $amount
                FROM $lives AS lives JOIN $open AS bill ON $meets""",
                due=aliased(sql("date_diff('day', DATE '1970-01-01', bill.due_date)"), DUE),
                amount=aliased(sql("bill.amount"), AMOUNT),
                lives=self.rows.lives,
                open=OPEN_INVOICES,
                meets=all_of([meets, which]),
            )
