"""SQL types every text as `facts.parse_fact` does, which is its specification."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from lapse.inputs.typed import SPACES, trimmed, typed
from lapse.model.days import NEVER
from lapse.model.facts import ABSENT, BUILT_IN, FLAGS, FactSpec, Known, Value, ValueType, parse_fact
from lapse.model.kinds import INVOICE_COLUMNS
from lapse.model.money import Money
from lapse.sql.expressions import column, query
from lapse.sql.steps import Steps

OWN = (
    FactSpec("vip", ValueType.FLAG),
    FactSpec("colour", ValueType.CHOICE, choices=("rød", "grønn", "kiwi", "i̇")),
    FactSpec("no_choice", ValueType.CHOICE),
    FactSpec("cooling", ValueType.DAYS),
    FactSpec("reminders", ValueType.DAYS_LIST),
)
SPECS = (*BUILT_IN, *INVOICE_COLUMNS, *OWN)
KINDS = {(spec.type, spec.pattern, spec.choices): spec for spec in SPECS}

digits = st.text("0123456789", min_size=1, max_size=16)
signs = st.sampled_from(["", "", "+", "-", "--", " "])
spaces = st.lists(st.sampled_from(["", *SPACES, "\u200b"]), max_size=2).map("".join)
dates = st.one_of(
    st.dates().map(str),
    st.from_regex(r"\d{4}-\d{2}-\d{2}", fullmatch=True),
    st.sampled_from(["1899-12-31", "1900-01-01", "2999-12-31", "3000-01-01", "0000-01-01"]),
    st.sampled_from(
        ["2023-02-29", "2024-02-29", "2024-2-9", "\u0662\u0660\u0662\u0664-01-01", "10000-01-01"]
    ),
)
times = st.one_of(
    st.times().map(str),
    st.from_regex(r"[0-2][0-9]:[0-6][0-9](:[0-6][0-9](\.[0-9]{0,10})?)?", fullmatch=True),
    st.sampled_from(["23:59:59.9999999", "24:00", "00:00", "23:59:60", "10"]),
)
zones = st.one_of(
    st.from_regex(r"[+-][0-2][0-9]:?[0-6][0-9]", fullmatch=True),
    st.sampled_from(["Z", "Z", "z", "", "+00:00", "-00:30", "+24:00", "-23:59", " Z", "+01"]),
)
instants = st.builds("{}{}{}{}".format, dates, st.sampled_from(["T", " ", "t", "  "]), times, zones)
fractions = st.one_of(st.just(""), digits.map(".{}".format), st.sampled_from([".", ".00000", ".5"]))
tails = st.sampled_from(["", "0", "0000000000000000000000000000000000000000", "1"])
amounts = st.builds("{}{}{}{}".format, signs, digits, fractions, tails)
currencies = st.sampled_from(["", "", " NOK", "  NOK", " nok", "NOK", "\tNOK", " \xa0NOK", " NOKK"])
money = st.builds("{}{}".format, amounts, currencies)
wholes = st.builds("{}{}".format, signs, digits)
words = st.sampled_from(
    [
        *FLAGS,
        *(word for spec in SPECS for word in spec.choices),
        "NO",
        "nok",
        "\u212a",
        "act\u0130ve",
        "\ufb01",
        "\u017fe",
    ]
).flatmap(lambda word: st.sampled_from([word, word.upper(), word.title(), word + "x"]))
lists = st.lists(wholes, max_size=4).flatmap(
    lambda items: st.sampled_from([" ", "  ", "\t", "\xa0", ","]).map(lambda gap: gap.join(items))
)
cores = st.one_of(dates, instants, money, wholes, words, lists, st.text(max_size=6))
texts = st.builds("{}{}{}".format, spaces, cores, spaces)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def in_sql(
    connection: duckdb.DuckDBPyConnection, texts: list[str], spec: FactSpec
) -> list[Value | None]:
    """Each text as SQL reads it for the fact, whether it is trimmed before or not."""
    steps = Steps()
    ways = [
        typed(column(cell), spec, steps, is_trimmed=cell == "bare", has_plain=has_plain)
        for cell, has_plain in (("text", True), ("text", False), ("bare", True), ("bare", False))
    ]
    shown = [part for way in ways for part in (way.value, way.currency or exp.Null())]
    cells = query("SELECT *, $bare AS bare FROM given", bare=trimmed(column("text")))
    statement = exp.select(*shown).from_(steps.over(cells.subquery("cells")))
    connection.execute("CREATE OR REPLACE TEMP TABLE given AS SELECT unnest(?) AS text", [texts])
    rows = connection.execute(statement.sql(dialect="duckdb")).fetchall()
    assert all(row[:2] * len(ways) == row for row in rows)
    return [_known(*row[:2]) for row in rows]


def _known(value: Any, currency: str | None) -> Value | None:  # noqa: ANN401  as fetched
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, Decimal):
        return Money(value, currency)
    if isinstance(value, date) and value.year == NEVER:
        return ABSENT
    read: Known | None = tuple(value) if isinstance(value, list) else value
    return read


@pytest.mark.parametrize(
    "spec", KINDS.values(), ids=lambda spec: f"{spec.name} {spec.pattern or len(spec.choices)}"
)
@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=1, max_size=40))
@example(["9999-12-31", "9999-02-30", "9998-12-31"])
@example(["act\u0130ve", "\u0130", "i\u0307", "\u212aIWI", "\ufb01", "\u017fe", "\u0131t"])
@example(["1.000000000", "0.50000000 NOK", "1.00001", "5.", "2024-02-29T10:00+01:67", "10:00Z"])
@example(["-0", "1.00000", "99999999999999.9999", "100000000000000", "1e3", "+5", "+5.10 SEK"])
@example(
    ["2024-02-29T23:30:00.123456789-00:30", "1900-01-01T00:00+00:01", "2999-12-31T23:59-00:01"]
)
def test_sql_types_a_cell_as_parse_fact_does(
    connection: duckdb.DuckDBPyConnection, spec: FactSpec, texts: list[str]
) -> None:
    assert in_sql(connection, texts, spec) == [parse_fact(text, spec) for text in texts]
