"""The relation of what is foreseen: `foreseen`, a row for each order with its texts and amounts.

They are told at the end, and only of days on which something is ordered: texts cost as much as all
the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from lapse.executors.lowered.kept_statements import Statements
from lapse.executors.lowered.lives.life_rows import FIRST_DAY, LIFE, LifeRows
from lapse.executors.lowered.orders.candidates import Candidates
from lapse.executors.lowered.orders.ordering import texts_of
from lapse.executors.lowered.words.conditions import Amount
from lapse.executors.lowered.words.texts import Texts
from lapse.inputs.relation import ROW
from lapse.model.tables import currency_of
from lapse.runs.rows import AMOUNTS
from lapse.sql.expressions import aliased, cases, column, query, sql
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import SmallTable

FACTS = ("customer_id", "customer_name", "market", "program", "product", "currency")
FORESEEN: Mapping[str, str] = {
    "subscription_id": "VARCHAR",
    **dict.fromkeys(FACTS, "VARCHAR"),
    "day": "DATE",
    "is_first_day": "BOOLEAN",
    "is_ours": "BOOLEAN",
    "track": "VARCHAR",
    "track_index": "BIGINT",
    "step": "BIGINT",
    "rule": "VARCHAR",
    "stage": "BIGINT",
    "action": "VARCHAR",
    "anchor": "VARCHAR",
    "due_on": "DATE",
    "action_id": "VARCHAR",
    "because": "VARCHAR",
    "source": "VARCHAR",
    "with": "VARCHAR",
    **dict.fromkeys(AMOUNTS, "DECIMAL(38, 4)"),
    **dict.fromkeys(map(currency_of, AMOUNTS), "VARCHAR"),
}
"""The columns. Facts are those of the first day, blank where not known; amounts are of the day."""


@dataclass(frozen=True, slots=True)
class ForeseenRows:
    """Tells what `events` has, of lives in `states`; `candidates` are those of these lives."""

    lives: LifeRows
    candidates: Candidates

    def tell(self, tables: Tables, name: str) -> None:
        """Makes the relation under a name, of the lives that the reference need not foresee."""
        units = [unit for (unit,) in tables.found("SELECT DISTINCT unit FROM events ORDER BY 1")]
        texts = [(number, *texts_of(self.candidates.units[number])) for number in units]
        types = {"unit": "BIGINT", "source": "VARCHAR", "with": "VARCHAR"}
        tables.load(SmallTable("unit_texts", types, texts))
        for made, text in _TOLD.items():
            tables.make(made, text)
        rows = self._rows
        rows.load_debts(tables)
        tables.keep(name, tables.render(self._told(rows, units)))

    @property
    def _rows(self) -> LifeRows:
        """A row for each life and day with an order, from the facts as they stood then."""
        return LifeRows(self.lives.facts, self.lives.names, "told_lives", "told_days", Statements())

    def _told(self, rows: LifeRows, units: Sequence[int]) -> exp.Select:
        names = rows.names
        amounts = (names.fact("debt"), names.monthly("unit_price"), names.commitment_left())
        texts = Texts(names)
        because = [
            (sql("unit = $unit", unit=number), texts.because(unit.rule, unit.stage))
            for number in units
            for unit in [self.candidates.units[number]]
        ]
        told: dict[str, exp.Expr] = {"because": cases(because) if because else exp.convert("")}
        for name, amount in zip(AMOUNTS, amounts, strict=True):
            assert isinstance(amount, Amount)
            told |= {name: amount.value, currency_of(name): amount.currency}
        read = {each.name for value in told.values() for each in value.find_all(exp.Column)}
        by_row = query(
            """SELECT asked."#row", asked.unit, $told FROM $rows AS judged
            JOIN told_units AS asked ON asked."#row" = judged."#row\"""",
            told=[aliased(value, name) for name, value in told.items()],
            rows=rows.query(read | {ROW}),
        )
        return query(
            "SELECT $cells FROM told_events AS events JOIN $told AS told ON $meets",
            cells=list(self._cells(told)),
            told=by_row,
            meets=sql('told."#row" = events."#row" AND told.unit = events.unit'),
        )

    def _cells(self, told: Mapping[str, object]) -> Iterator[exp.Expr]:
        of_events: dict[str, exp.Expr] = {
            **{
                name: sql("DATE '1970-01-01' + CAST($day AS INT)", day=column(name, "events"))
                for name in ("day", "due_on")
            },
            "is_first_day": sql(
                "$day = $first", day=column("day", "events"), first=column(FIRST_DAY)
            ),
            "is_ours": sql("NOT is_provider"),
        }
        for name in FORESEEN:
            if name in told:
                yield aliased(column(name, "told"), name)
            elif name in FACTS:
                yield aliased(sql("coalesce($it, '')", it=column(name, "events")), name)
            else:
                yield aliased(of_events.get(name, column(name, "events")), name)


_ROWS = f"""
SELECT row_number() OVER () AS "{ROW}", *
FROM (SELECT DISTINCT life, segment, day FROM events ANTI JOIN left_lives USING (life))
"""  # noqa: S608  names of ours
_LIVES = f"""
SELECT told_rows."{ROW}" AS "{LIFE}", states.* EXCLUDE ("#segment", "{LIFE}")
FROM told_rows JOIN states ON states."{LIFE}" = told_rows.life AND "#segment" = told_rows.segment
"""  # noqa: S608  names of ours
_DAYS = f'SELECT "{ROW}", "{ROW}" AS "{LIFE}", day FROM told_rows'  # noqa: S608
_EVENTS = f"""
SELECT told_rows."{ROW}", events.*, unit_texts.source, unit_texts."with",
    {", ".join(f"tonight.{name}" for name in FACTS)}, tonight."{FIRST_DAY}"
FROM events
JOIN told_rows USING (life, segment, day)
JOIN unit_texts USING (unit)
JOIN states AS tonight ON tonight."{LIFE}" = events.life AND "#segment" = 0
"""  # noqa: S608  names of ours
_UNITS = f'SELECT "{ROW}", unit FROM told_events'  # noqa: S608
_TOLD = {
    "told_rows": _ROWS,
    "told_lives": _LIVES,
    "told_days": _DAYS,
    "told_events": _EVENTS,
    "told_units": _UNITS,
}
