"""Fragments of SQL whose holes are filled with trees, texts and numbers."""

import pytest
from sqlglot import exp

from lapse.sql.expressions import column, query, render, sql

CELL = column("cell")


def test_a_text_in_a_hole_is_a_literal_whatever_it_holds() -> None:
    text = "it's -- $cell; \\"
    assert render(sql("$cell = $text", cell=column("cell"), text=text)) == (
        "\"cell\" = 'it''s -- $cell; \\'"
    )


@pytest.mark.parametrize("holes", [{}, {"cell": 1, "text": 2}, {"text": 1}])
def test_a_hole_that_is_left_or_not_there_is_an_error(holes: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="has the holes"):
        sql("upper($cell)", **holes)


def test_a_tree_in_two_holes_is_copied() -> None:
    cell = column("cell")
    trees = [
        sql("concat($cell, $cell, $cells)", cell=cell, cells=[cell, cell]),
        sql("$cell = $cell", cell=cell),
    ]
    nodes = [node for tree in trees for node in tree.walk()]
    assert len({id(node) for node in nodes}) == len(nodes) == 9 + 5
    assert all(node.parent is not None for node in nodes if node not in trees)


def test_a_template_stays_as_it_is() -> None:
    for word in ("a", "b"):
        assert render(sql("$cell IN ($words)", cell=column("c"), words=[word, word])) == (
            f"\"c\" IN ('{word}', '{word}')"
        )


@pytest.mark.parametrize(
    ("text", "filling", "shown"),
    [
        ("NOT $it", "a OR b", "NOT (a OR b)"),
        ("NOT $it", "a = b", "NOT a = b"),
        ("x AND $it", "a OR b", "x AND (a OR b)"),
        ("x AND $it", "a AND b", "x AND a AND b"),
        ("x AND $it", "a BETWEEN 1 AND 2", "x AND a BETWEEN 1 AND 2"),
        ("$it * 2", "a + 1", "(a + 1) * 2"),
        ("-$it", "a + 1", "-(a + 1)"),
        ("$it - 1", "-a", "-a - 1"),
        ("$it IS NULL", "a = b", "(a = b) IS NULL"),
        ("x = $it", "NOT a", "x = (NOT a)"),
        ("$it IN (1)", "a IS NULL", "(a IS NULL) IN (1)"),
        ("upper($it)", "a || b", "UPPER(a || b)"),
    ],
)
def test_what_an_operator_would_tear_apart_gets_brackets(
    text: str, filling: str, shown: str
) -> None:
    found = render(sql(text, it=sql(filling)))
    assert found == shown
    assert render(sql(found)) == found


def test_a_query_or_a_name_stands_for_a_table() -> None:
    rows = query("SELECT $columns FROM $export", columns=[column("a"), 1], export="export0")
    assert render(query("SELECT x FROM $rows AS bad($names)", rows=rows, names=["x", "y"])) == (
        'SELECT x FROM (SELECT "a", 1 FROM export0) AS bad("x", "y")'
    )


def test_an_empty_text_behind_a_hole_begins_nothing() -> None:
    """As sqlglot splits DuckDB's SQL, a dollar may begin a text; this one could not be read."""
    assert render(sql("$cell <> ''", cell=column("cell"))) == "\"cell\" <> ''"


def test_what_is_tried_is_told_by_its_tree_in_every_dialect() -> None:
    """A `TryCast` that is built by hand becomes a `CAST` for Spark, in silence."""
    assert exp.TryCast(this=CELL, to=exp.DataType.build("date")).sql("spark").startswith("CAST")
    assert sql("try_cast($cell AS date)", cell=CELL).sql("spark") == "TRY_CAST(`cell` AS DATE)"
