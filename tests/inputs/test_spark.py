"""Cells are typed by Spark as by DuckDB.

The golden was run on Spark 4.3 beside DuckDB, over the texts of `test_typed` and `test_forms`.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlglot import exp
from tests.inputs.test_statements import GOLDENS, KINDS, ask, asked

from lapse.inputs.day_forms import day_text, instant_text
from lapse.inputs.number_forms import Decimals, amount_text, months_text, unguarded, whole_text
from lapse.inputs.statements import same_id
from lapse.inputs.typed import SPACES, trimmed, typed
from lapse.model.facts import FactSpec, ValueType
from lapse.model.profile import DateForm
from lapse.sql.expressions import column, sql
from lapse.sql.spark import ONLY_DUCKDB, SAID, UnsaidError, in_spark, word
from lapse.sql.steps import Inline

__all__ = ["asked"]
FORMS = (DateForm(("month", "day", "year"), "/"), DateForm(("day", "month", "year"), "."))
SPECS = {
    ValueType.TEXT: FactSpec("cell", ValueType.TEXT, pattern="[A-Z]{2}"),
    ValueType.CHOICE: FactSpec("cell", ValueType.CHOICE, choices=("active", "i̇")),
}


def cells() -> Iterator[tuple[str, exp.Expr]]:
    """What is made of a cell, by what it is to be."""
    cell = column("cell")
    for type_ in ValueType:
        spec = SPECS.get(type_, FactSpec("cell", type_))
        value = typed(cell, spec, Inline(), is_trimmed=True, has_plain=True)
        yield type_, value.value
        if value.currency is not None:
            yield "currency", value.currency
    yield "trimmed", trimmed(cell)
    yield "same id", same_id(cell)
    yield "unguarded", unguarded(cell)
    yield "day", day_text(cell, FORMS, Inline())
    yield "instant", instant_text(cell, FORMS, Inline())
    yield "months", months_text(cell)
    for decimals in Decimals:
        yield f"whole, {decimals.name}", whole_text(cell, decimals, Inline())


def test_spark_is_told_what_it_was() -> None:
    golden = GOLDENS / "in_spark.sql"
    told = "\n".join(f"-- {name}\n{in_spark(tree)}\n" for name, tree in cells())
    found = told.replace(SPACES, "{spaces}")
    if os.environ.get("LAPSE_APPROVE"):
        golden.write_bytes(found.encode())
    assert found == golden.read_bytes().decode()


REFUSED = {
    "hash(cell)": "ids and rows are compared by hashes in DuckDB",
    "row_number() OVER ()": "rows are numbered in the order of a file",
    "json_extract_string(cell, '$.a')": "JSON is taken apart by DuckDB",
    "levenshtein(cell, 'a')": "nobody said how",
    "no_such_function(cell)": "nobody said how",
    "cell[1]": "nobody said how",
    "date_diff('month', cell, cell)": "it does not count days",
    "strftime(cell, '%d.%m.%Y')": "it is another form",
    "CAST(cell AS hugeint)": "it has no such type",
    "substring(cell, 2)": "it counts from the start",
    "left(cell, -2)": "it counts from one side only",
    "regexp_replace(cell, 'a', '')": "all that fits would be replaced",
    r"regexp_full_match(cell, '\s')": "it is another pattern in Java",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_spark_would_take_otherwise_is_refused(text: str) -> None:
    with pytest.raises(UnsaidError, match=REFUSED[text]):
        in_spark(sql(text))


def test_a_try_built_by_hand_is_refused() -> None:
    tried = exp.TryCast(this=column("cell"), to=exp.DataType.build("date"))
    with pytest.raises(UnsaidError, match="built by hand"):
        in_spark(tried)


def test_an_amount_is_divided_by_duckdb_alone() -> None:
    with pytest.raises(UnsaidError, match="no such type"):
        in_spark(amount_text(column("cell"), None, Decimals.POINT, Inline()))


def test_every_word_is_said_in_spark_or_it_is_told_why_not(
    asked: list[exp.Expr], tmp_path: Path
) -> None:
    for kind in KINDS:
        ask(kind, tmp_path)
    used = {word(node) for tree in asked for node in tree.walk()}
    alone = [each for words in ONLY_DUCKDB.values() for each in words.split()]
    assert used - SAID == set(alone)
    assert len(alone) == len(set(alone))
