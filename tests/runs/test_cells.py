"""Rows as text: nothing a spreadsheet would run, and the same rows from every format."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from io import StringIO
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lapse.model.tables import LAYOUTS, Cells
from lapse.runs.cells import PLAIN, csv_line, guarded, unguarded
from lapse.runs.results.customers import make_customers
from lapse.runs.results.outputs import Files, OutputFormat, Written
from lapse.runs.results.relations import Drafts, make_relations
from lapse.runs.written import output_relation, prepare
from lapse.scratch import scratch_folder
from lapse.sql.named_tables import InDuckDB
from lapse.sql.sandbox import database

SHAPE = LAYOUTS["rejected"]
AWKWARD = st.sampled_from("'=+-@;;\t\r\n ,\"\u00a0\u200b\u3000\ufeff\uff1d\uff0d\x00ab1é")
TEXT = st.text(AWKWARD | st.characters(codec="utf-8"), max_size=8)
NUMBER = st.integers(-(10**6), 10**6).map(str) | st.just("")
EDGES = "'=-\t\r\n ,;\"\u00a0\u200b\uff1d\x0b\x1f\x85\u2028ab1é"
ROW = st.tuples(TEXT, NUMBER, TEXT, TEXT, TEXT, TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\t1",
        "\r1",
        "\n1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        "'=1",
        "''-1",
    ],
)
def test_text_that_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == "'" + text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x;=HYPERLINK()", "x;'=HYPERLINK()"),
        ("y\t=1+1", "y\t'=1+1"),
        ("z\n+1", "z\n'+1"),
        ("z\r\n @a", "z\r\n' @a"),
        ("\t=1", "'\t'=1"),
        ("a; -", "a;' -"),
        ("a;'=1;;-1;b", "a;''=1;;'-1;b"),
        ("-;=1", "'-;'=1"),
        ('x;"=1+1;y', "x;'\"=1+1;y"),
        ('x\t" -1', "x\t'\" -1"),
    ],
)
def test_text_that_would_run_behind_what_splits_cells_is_guarded(text: str, shown: str) -> None:
    assert guarded(text) == shown
    assert unguarded(shown) == text


@pytest.mark.parametrize(
    "text", ["", "Fab", "a=1", "1-2", "'quoted'", "'a=1", "−1", "5", "(=)", "a;b=1", "a, =1"]
)
def test_other_text_stays(text: str) -> None:
    assert guarded(text) == text


@given(TEXT)
@example("'=1")
@example("'' =1")
def test_unguarding_undoes_exactly_that(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(guarded(text)) != guarded(text) or guarded(text) == text
    for cell in re.split("[;\t\r\n]", guarded(text)):
        assert not re.match("[\0 \u00a0]*[=@+-].", cell)


def test_what_we_format_ourselves_is_not_guarded() -> None:
    cells = ("-input", "-3", "-S1", "code", "column", "-1")
    assert csv_line(cells, SHAPE) == "'-input,-3,'-S1,code,column,'-1"


@given(ROW)
def test_a_line_of_csv_is_read_back(cells: Cells) -> None:
    (read,) = csv.reader(StringIO(csv_line(cells, SHAPE) + "\n", newline=""), strict=True)
    kinds = zip(read, SHAPE.columns, strict=True)
    assert (
        tuple(cell if column.name == "row" else unguarded(cell) for cell, column in kinds) == cells
    )


@given(st.sampled_from(["", "a", "7 "]), TEXT, st.sampled_from(["", "z", " "]))
@example("a", ";=1", "")
@example("a", "\x0b", "")
@example("", "é", "")
@example("a", "b,", "")
@example("a", ";", "")
@example("a", '"', "")
@example("a", "\t", "")
def test_a_cell_is_guarded_and_quoted_where_it_has_to_be(first: str, text: str, last: str) -> None:
    cell = f"{first}{text}{last}"
    line = csv_line((cell, "1", "", "", "", ""), SHAPE)
    (read,) = csv.reader(StringIO(line, newline=""))
    assert read[0] == guarded(cell)
    is_quoted = bool(re.search(r'[,"\r\n]|\A\s|\s\Z', guarded(cell)))
    assert line.startswith('"') == is_quoted or cell.startswith('"')


def test_a_plain_cell_needs_neither_guard_nor_quotes() -> None:
    texts = map(
        "".join, product("'=-\t\r\n ,;\"\u00a0\u200b\uff1d\x00\x0b\x1f\x85\u2028ab1é", repeat=3)
    )
    plain = [text for text in texts if re.fullmatch(PLAIN, text)]
    assert plain
    for text in plain:
        assert guarded(text) == text
        assert csv_line(("", "1", "", "", "", text), SHAPE) == f",1,,,,{text}"
        assert not re.search(r'[,"\r\n]|\A\s|\s\Z', text)


@contextmanager
def written(
    rows: Sequence[Cells], format_: OutputFormat = OutputFormat.CSV, *, is_sorted: bool = False
) -> Iterator[tuple[Path, Written]]:
    """The file of these rows as `rejected`."""
    with TemporaryDirectory() as name, scratch_folder() as scratch, Drafts(scratch) as drafts:
        with database([scratch]) as connection:
            for cells in rows:
                drafts.add("rejected", *cells, "subscriptions")
            empty = make_relations(InDuckDB(connection, scratch), drafts, {})
            make_customers(connection)
            files = Files(connection, scratch, Path(name), format_, is_sorted=is_sorted)
            told = files.write(empty)["rejected"]
        yield Path(name) / told.file, told


@settings(max_examples=15, deadline=None)
@given(st.lists(ROW, max_size=20))
@example([(text, "1", "", "", "", text) for text in map("".join, product(EDGES, repeat=2))])
def test_sql_writes_lines_of_csv_as_python_does(rows: list[Cells]) -> None:
    with written(rows) as (file, _):
        text = file.read_bytes().decode("utf-8")
    lines = "".join(csv_line(cells, SHAPE) + "\n" for cells in rows)
    assert text == "input,row,subscription_id,code,column,found\n" + lines


@settings(max_examples=8, deadline=None)
@given(ROW)
@example(("\u2028\x7f\\", "1", '"', "/", "é", "\b\f"))
def test_a_fingerprint_is_of_json(cells: Cells) -> None:
    text = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
    # DuckDB writes what has no letter of its own in upper case.
    text = re.sub(r"\\u00[0-9a-f]{2}", lambda code: r"\u" + code[0][2:].upper(), text)
    with written([cells]) as (_, told):
        assert told.fingerprint == sha256(text.encode()).hexdigest() + "-1"


@settings(max_examples=4, deadline=None)
@given(st.lists(ROW, max_size=6), st.randoms(use_true_random=False))
def test_the_fingerprint_knows_no_order(rows: list[Cells], draw: Random) -> None:
    again = draw.sample(rows, len(rows))
    more = [*rows, ("one", "", "more", "", "", "")]
    found = []
    for each in (rows, again, more):
        with written(each) as (_, told):
            found.append(told.fingerprint)
    assert found[0] == found[1] != found[2]


def test_rows_that_differ_in_where_a_cell_ends_differ() -> None:
    first, second = ("ab", "1", "c", "", "", ""), ("a", "1", "bc", "", "", "")
    with written([first]) as (_, told), written([second]) as (_, other):
        assert told.fingerprint != other.fingerprint


@settings(max_examples=6, deadline=None)
@given(st.lists(ROW, max_size=6), st.booleans())
def test_every_format_holds_the_same_rows(rows: list[Cells], is_sorted: bool) -> None:  # noqa: FBT001
    found, fingerprints = [], set()
    for format_ in OutputFormat:
        with written(rows, format_, is_sorted=is_sorted) as (file, told):
            fingerprints.add(told.fingerprint)
            with database([file.parent]) as connection:
                prepare(connection)
                relation = output_relation(connection, file, format_, SHAPE)
                read = relation.fetchall()
        found.append([tuple("" if each is None else str(each) for each in row) for row in read])
    expected = sorted(rows, key=order) if is_sorted else rows
    assert found == [expected] * len(OutputFormat)
    assert len(fingerprints) == 1


def order(cells: Cells) -> tuple[object, ...]:
    """By input and row, then by the other columns; a blank comes last."""
    input_, row, *others = cells
    numbers = (not row, int(row or 0))
    return (not input_, input_, numbers, *((not other, other) for other in others))
