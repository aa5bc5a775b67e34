"""Conditions as SQL say of every row what the reference says of its situation.

The table is made of what the reference reads, so that nothing but the conditions is judged here.
"""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from tests.executors.conditions import (
    KNOWN,
    PLACE,
    TERM_VALUES,
    TERMS,
    Trial,
    book_of,
    trial,
)
from tests.executors.test_durable import leaves_of, situations

from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.executors.lowered.words.conditions import Amount, Amounts, Cell, Row, held
from lapse.model.condition import (
    Choices,
    Condition,
    Literal,
    Name,
    NameKind,
    Operand,
    Stage,
    Sum,
    leaves,
    names,
)
from lapse.model.facts import ABSENT, UNKNOWN, Known, Missing, Value, ValueType
from lapse.model.money import Money, MoneyTable
from lapse.model.rule import ALWAYS, TermEntry
from lapse.sql.expressions import aliased, column, query, render
from lapse.sql.spark import in_spark

CURRENCIES = ("NOK", "EUR")
PLAIN = {
    ValueType.TEXT: "VARCHAR",
    ValueType.CHOICE: "VARCHAR",
    ValueType.DAYS_LIST: "VARCHAR",
    ValueType.FLAG: "BOOLEAN",
}
AMOUNT = "DECIMAL(38, 4)"


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(trial())
def test_what_sql_says_is_the_truth(found: Trial) -> None:
    assert_agrees(tuple(filter(is_sayable, found.conditions)), found.situations)


@pytest.mark.parametrize("type_", [type_ for type_ in KNOWN if type_ is not ValueType.DAYS_LIST])
def test_every_leaf_of_a_type_for_all_values_on_both_sides(type_: ValueType) -> None:
    one, two = (Name(f"{type_.name.lower()}_{n}", NameKind.FACT, type_) for n in ("one", "two"))
    operands: list[Operand] = [two, *map(Literal, carried(KNOWN[type_])[:6])]
    operands += [Choices(carried(KNOWN[type_])[:2]), Choices(carried(KNOWN[type_])[1:5])]
    conditions = tuple(leaves_of(one, operands))
    sides = (*carried(KNOWN[type_]), ABSENT, UNKNOWN)
    currencies = ("NOK", "USD", UNKNOWN) if type_ is ValueType.MONEY else (UNKNOWN,)
    facts = {one.name: sides, two.name: sides, "currency": currencies}
    assert_agrees(conditions, situations(book_of(conditions), facts))


@pytest.mark.parametrize("type_", [spec.type for spec in TERMS.values() if not spec.pinned_to])
def test_every_leaf_with_a_term_for_all_its_values(type_: ValueType) -> None:
    term = Name(f"{type_.name.lower()}_term", NameKind.TERM, type_)
    fact = Name(f"{type_.name.lower()}_one", NameKind.FACT, type_)
    values = carried(KNOWN[type_])
    facts = {fact.name: (*values, ABSENT, UNKNOWN), "currency": ("NOK", "USD", UNKNOWN)}
    literals: list[Operand] = [*map(Literal, values[:4]), Choices(values[:3])]
    conditions = (*leaves_of(fact, [term]), *leaves_of(term, [fact, term, *literals]))
    for value in (None, *carried(TERM_VALUES[type_])):
        entries = () if value is None else (TermEntry(value, ALWAYS, PLACE),)
        assert_agrees(conditions, situations(book_of(conditions, ({term.name: entries},)), facts))


@pytest.mark.parametrize("type_", [spec.type for spec in TERMS.values() if not spec.pinned_to])
def test_every_leaf_can_be_said_in_spark(type_: ValueType) -> None:
    term = Name(f"{type_.name.lower()}_term", NameKind.TERM, type_)
    fact = Name(f"{type_.name.lower()}_one", NameKind.FACT, type_)
    operands: list[Operand] = [
        fact,
        term,
        *map(Literal, KNOWN[type_][:4]),
        Choices(KNOWN[type_][:3]),
    ]
    row = Row(cell_of, column("currency#value"))
    for leaf in (*leaves_of(fact, operands), *leaves_of(term, operands)):
        assert in_spark(row.says(leaf))


def carried(values: Iterable[Known]) -> tuple[Known, ...]:
    """The values that a table can hold: no text with half a character, or with a NUL."""
    return tuple(value for value in values if value not in ("\x00", "\ud800"))


def assert_agrees(conditions: tuple[Condition, ...], situations: Iterable[Situation]) -> None:
    read = sorted({name for each in conditions for name in names(each)}, key=str)
    judged = [at for at in situations if not any(is_not_carried(at.value(name)) for name in read)]
    if not judged or not conditions:
        return
    row = Row(cell_of, column("currency#value"))
    said = [aliased(row.says(each), f"c{place}") for place, each in enumerate(conditions)]
    rows = table(judged, read)
    with duckdb.connect() as connection:
        statement = render(query("SELECT $said FROM found ORDER BY place", said=said))
        connection.execute(f"CREATE TABLE found AS {rows[0]}", [rows[1]])
        found = connection.execute(statement).fetchall()
    for at, values in zip(judged, found, strict=True):
        for condition, value in zip(conditions, values, strict=True):
            expected = truth(condition, at)
            assert value is expected, f"{condition}: {value}, not {expected}"


def is_not_carried(value: Value) -> bool:
    return value in ("\x00", "\ud800")


def is_sayable(condition: Condition) -> bool:
    """Whether no leaf names a text that SQL has no word for."""
    written: list[Value] = []
    for leaf in leaves(condition):
        match leaf.operand:
            case Literal(value):
                written.append(value)
            case Choices(values):
                written += values
            case Name() | Stage() | Sum():
                pass
    return not any(map(is_not_carried, written))


def cell_of(name: Name) -> Cell:
    """The columns of a name."""
    value, is_absent = column(f"{name}#value"), column(f"{name}#is_absent")
    if name.type is not ValueType.MONEY:
        return Cell(value, is_absent)
    if name.kind is not NameKind.TERM:
        return Amount(value, is_absent, column(f"{name}#currency"))
    named = {currency: column(f"{name}#{currency}") for currency in CURRENCIES}
    return Amounts(column(f"{name}#is_known"), None, named, column(f"{name}#other"))


def table(judged: list[Situation], read: list[Name]) -> tuple[str, str]:
    """A query for what the names come to in each situation, and the JSON it reads."""
    currency = Name("currency", NameKind.FACT, ValueType.TEXT)
    types: dict[str, str] = {"place": "BIGINT"}
    rows = []
    for place, at in enumerate(judged):
        row: dict[str, object] = {"place": place}
        for name in {*read, currency}:
            for part, type_, value in parts(name, at.value(name)):
                types[f"{name}#{part}"] = type_
                row[f"{name}#{part}"] = value
        rows.append(row)
    shape = json.dumps([types])
    return f"SELECT unnest(from_json(?, '{shape}'), recursive := true)", json.dumps(rows)


def parts(name: Name, value: Value) -> Iterator[tuple[str, str, object]]:
    """The columns of a name with their types and values."""
    if name.type is not ValueType.MONEY:
        plain = None if isinstance(value, Missing) else held(value)
        yield "value", PLAIN.get(name.type, "BIGINT"), plain
        yield "is_absent", "BOOLEAN", value is ABSENT
    elif name.kind is not NameKind.TERM:
        money = value if isinstance(value, Money) else None
        yield "value", AMOUNT, None if money is None else text(money.amount)
        yield "is_absent", "BOOLEAN", value is ABSENT
        yield "currency", "VARCHAR", None if money is None else money.currency
    else:
        amounts = value if isinstance(value, MoneyTable) else None
        yield "is_known", "BOOLEAN", None if amounts is None else True
        for each in CURRENCIES:
            yield each, AMOUNT, text(None if amounts is None else amounts.amount_in(each))
        yield "other", AMOUNT, text(None if amounts is None else amounts.other)


def text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
