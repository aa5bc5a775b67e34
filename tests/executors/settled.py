"""Situations as a table of settled rows, made of what the reference reads of each."""

import json
from collections.abc import Sequence
from datetime import datetime

import duckdb
from sqlglot import exp

from lapse.decide.situation import Situation
from lapse.executors.lowered.facts.layout import SCOPES, Layout
from lapse.executors.lowered.words.columns import (
    DAY,
    INSTANT,
    PROVIDER_DAY,
    REGION,
    absent_column,
    day_column,
)
from lapse.executors.lowered.words.conditions import held
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.term_tables import Terms
from lapse.model.facts import ABSENT, Missing, Value, ValueType, Vocabulary
from lapse.model.money import Money
from lapse.model.subscription import civil_day
from lapse.model.tables import currency_of
from lapse.sql.expressions import render

PLAIN = {
    ValueType.TEXT: "VARCHAR",
    ValueType.CHOICE: "VARCHAR",
    ValueType.FLAG: "BOOLEAN",
    ValueType.MONEY: "DECIMAL(18, 4)",
}


def settle(
    connection: duckdb.DuckDBPyConnection, situations: Sequence[Situation], words: Vocabulary
) -> frozenset[str]:
    """Makes the table `settled`, numbered by `place`; returns the facts that some of them lack."""
    types = {"place": "BIGINT", DAY: "BIGINT", PROVIDER_DAY: "BIGINT", INSTANT: "BIGINT"}
    for name, spec in words.facts.items():
        types[name] = PLAIN.get(spec.type, "BIGINT")
        types[absent_column(name)] = "BOOLEAN"
        types |= {currency_of(name): "VARCHAR"} if spec.type is ValueType.MONEY else {}
        types |= {day_column(name): "BIGINT"} if spec.type is ValueType.INSTANT else {}
    rows = []
    for place, at in enumerate(situations):
        moment = at.moment
        row: dict[str, object] = {"place": place, DAY: held(moment.day)}
        row[PROVIDER_DAY] = held(moment.provider_day)
        row[INSTANT] = None if moment.instant is None else held(moment.instant)
        for name in words.facts:
            row |= cells(name, at.subscription.fact(name))
        rows.append(row)
    connection.execute(
        "CREATE OR REPLACE TABLE settled AS "
        f"SELECT unnest(from_json(?, '{json.dumps([types])}'), recursive := true)",
        [json.dumps(rows)],
    )
    # Of most facts, those that no row lacks: batches, too, know what cannot be absent.
    return frozenset(
        name
        for name in words.facts
        if any(at.subscription.fact(name) is ABSENT for at in situations)
    )


def in_force(
    connection: duckdb.DuckDBPyConnection, words: Lexicon, situations: Sequence[Situation]
) -> tuple[Names, exp.Select]:
    """Situations as rows with what is in force for them, and the values of names in such rows."""
    absent = settle(connection, situations, words.book.words)
    terms = Terms(words)
    names = Names(words.book.words, terms, absent | {REGION})
    layout = Layout(words, names)
    for table in layout.tables():
        table.load(connection)
    scopes = render(layout.scopes(exp.to_table("settled")))
    connection.execute(f"CREATE OR REPLACE TABLE {SCOPES} AS {scopes}")
    placed = layout.placed(exp.to_table("settled"))
    occurring = connection.execute(render(layout.occurring(placed.copy()))).fetchall()
    for table in terms.tables(layout.places, occurring):
        table.load(connection)
    return names, terms.joined(layout.keyed(placed))


def cells(name: str, value: Value) -> dict[str, object]:
    """The columns of a fact; what it does not have is null."""
    found: dict[str, object] = {absent_column(name): value is ABSENT}
    if isinstance(value, Missing):
        return found
    if isinstance(value, Money):
        return found | {name: f"{value.amount:f}", currency_of(name): value.currency}
    found[name] = held(value)
    if isinstance(value, datetime):
        found[day_column(name)] = held(civil_day(value))
    return found
