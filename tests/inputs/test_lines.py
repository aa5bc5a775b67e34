"""JSON lines read by DuckDB come to what the reader of documents tells, or are left to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from lapse.inputs.files import InputError, find_inputs
from lapse.inputs.formats.copy import FileRow
from lapse.inputs.formats.json_rows import Wanted, document_rows
from lapse.inputs.formats.lines import json_lines
from lapse.inputs.plain_copy import PlainCopy, plain
from lapse.sql.expressions import render
from lapse.sql.sandbox import sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

PATHS = frozenset({"id", "n", "a.b", "a.c.d", "l.0", "l.1.x", "lst", "page.x"})
WANTED = Wanted(PATHS, ("items",), frozenset({"lst"}))
NUMBERS = count()

Cells = dict[str, object]


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder and a connection for many files."""

    connection: "DuckDBPyConnection"
    folder: "Path"

    def plain(self, content: bytes) -> PlainCopy:
        number = next(NUMBERS)
        path = self.folder / f"{number}.jsonl"
        path.write_bytes(content)
        (item,) = find_inputs([str(path)])
        return plain(item, self.folder, number)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("lines")
    with sandbox(folder, memory="1GB", folders=[folder]) as connection:
        yield Desk(connection, folder)


def comparable(path: str, text: str | None) -> object:
    """A list by what it holds: DuckDB writes `1.50` in it as `1.5`."""
    return json.loads(text, parse_float=Decimal) if text and path == "lst" else text or None


def cells_of(row: FileRow) -> Cells:
    return {path: comparable(path, text) for path, text in row.cells.items() if text}


def by_duckdb(desk: Desk, source: PlainCopy) -> tuple[list[Cells], frozenset[str]] | None:
    """The cells that are not blank of each row, and the paths told; null when handed over."""
    found = json_lines(desk.connection, source, WANTED)
    if found is None:
        return None
    names = list(found.raw.columns)
    cells = [cell.as_(name, quoted=True) for name, cell in found.raw.columns.items()]
    query = exp.select(*cells).from_(found.raw.table)
    rows = desk.connection.execute(render(query)).fetchall()
    named = [dict(zip(names, row, strict=True)) for row in rows]
    return (
        [{path: comparable(path, text) for path, text in row.items() if text} for row in named],
        found.paths,
    )


def by_python(source: PlainCopy) -> tuple[list[Cells], frozenset[str]] | None:
    """The same as the reader of documents tells it; null when a row has a flaw."""
    seen: set[str] = set()
    try:
        rows = [*document_rows(source, WANTED, seen)]
    except InputError:
        return None
    return None if any(row.flaw for row in rows) else ([*map(cells_of, rows)], frozenset(seen))


def is_fast(desk: Desk, content: bytes) -> bool:
    """Whether DuckDB reads it alone; if so, exactly."""
    source = desk.plain(content)
    found = by_duckdb(desk, source)
    assert found is None or found == by_python(source)
    return found is not None


PLAIN = {
    "flat": b'{"id":"x","n":1.50,"z":"?"}\n{"id":"y","n":2,"z":null}\n',
    "nested": b'{"id":"x","a":{"b":true,"c":{"d":"1"}}}\n{"id":"y","a":{"b":null}}\n',
    "other order": b'{"id":"x","n":"1"}\n{"n":"2","id":"y"}\n',
    "keys not in every line": b'{"id":"x"}\n{"id":"y","n":1,"a":{}}\n{}\n',
    "places in lists": b'{"id":"x","l":["5",{"x":"6"}]}\n{"id":"y","l":[]}\n',
    "a place that no list reaches": b'{"id":"x","l":["5"]}\n',
    "a list as text": b'{"id":"x","lst":[{"k":1.50,"m":"\\u00e9"}]}\n{"id":"y","lst":[]}\n',
    "a BOM": b'\xef\xbb\xbf{"id":"x"}\n',
    "CRLF and blank lines": b'{"id":"x"}\r\n\r\n{"id":"y"}\r\n',
    "no end of the last line": b'{"id":"x"}\n{"id":"y"}',
    "spaces": b' { "id" : " x " ,  "n":\t1 } \n',
    "letters of keys": b'{"ID":"x","N":"1"}\n',
    "a zero with an exponent": b'{"id":"x","n":0E-20}\n{"id":"y","n":1.5}\n',
    "minus zero": b'{"id":"x","n":-0}\n{"id":"y","n":-0.0}\n',
    "escapes": '{"id":"a\\"b\\\\c\\/d\\n\\u20ac\\ud83d\\ude00 \u2028"}\n'.encode(),
    "the page is not in a line": b'{"id":"x","page":{"x":"1"}}\n',
    "a key with a dot": b'{"id":"x","a.b":"1"}\n',
    "unread keys of all kinds": b'{"id":"x","y":{"k":[1,{"k":2}]}}\n{"id":"y","y":[1,"a"]}\n',
    "odd things in texts alone": b'{"id":"nan, 1234567890123456","n":"a,]","z":"\\",}"}\n',
    "floats": b'{"id":"x","n":-1.0}\n{"id":"y","n":0.00000001}\n{"id":"z","n":10.50}\n',
    "text and flags": b'{"id":"x","n":"1"}\n{"id":"y","n":false}\n',
}


@pytest.mark.parametrize("case", PLAIN)
def test_plain_lines_are_read_by_duckdb_alone(case: str, desk: Desk) -> None:
    assert is_fast(desk, PLAIN[case])


ODD = {
    "a line that is none": b'{"id":"x"}\n{"id":\n',
    "a long broken line in letters beyond ASCII": "\n".join(
        f'{{"id":"{"x" * shift}{"東" * 100}",}} y' for shift in range(3)
    ).encode(),
    "no object": b'{"id":"x"}\nnull\n',
    "a comma too many": b'{"id":"x",}\n',
    "a comma too many in a list": b'{"id":"x","z":[1,2, ]}\n',
    "a comment": b'{"id":"x"} // y\n',
    "two in a line": b'{"id":"x"} {"id":"y"}\n',
    "single quotes": b"{'id':'x'}\n",
    "no number": b'{"id":"x","n":inf}\n{"id":"y","n":-Infinity}\n',
    "a large number": b'{"id":"x","n":1e25}\n',
    "a small number": b'{"id":"x","n":1e-20}\n',
    "a long number": b'{"id":"x","n":12345678901234567.5}\n',
    "a number beyond a float": b'{"id":"x","n":1e400}\n',
    "a leading zero": b'{"id":"x","n":007}\n',
    "a key twice": b'{"id":"x","n":1,"n":2}\n',
    "a key twice, unread": b'{"id":"x","y":1,"y":2}\n',
    "a key in two spellings": b'{"id":"x","n":1,"N":2}\n',
    "a nested key twice": b'{"id":"x","a":{"b":1,"b":2}}\n',
    "a nested key twice, unread": b'{"id":"x","a":{"z":1,"z":2}}\n',
    "a key twice in a list": b'{"id":"x","lst":[{"k":1},{"k":1,"k":2}]}\n',
    "a path by two ways": b'{"id":"x","a.b":1,"a":{"b":2}}\n',
    "a nested value in a cell": b'{"id":"x"}\n{"id":["y"]}\n',
    "a text in place of a list": b'{"id":"x","lst":"1"}\n',
    "an object in place of a list": b'{"id":"x","lst":{"k":1}}\n',
    "a number for a key": b'{"id":"x","l":{"0":"5"}}\n',
    "NUL": b'{"id":"x\\u0000y"}\n',
    "half a surrogate": b'{"id":"\\ud83d"}\n',
    "an escape that is none": b'{"id":"\\x"}\n',
    "a control character": b'{"id":"a\x01b"}\n',
    "what DuckDB is told to separate by": b'{"id":"x"}\x1f\n',
    "a line end within": b'{"id":\r"x"}\n',
    "a blank of another kind": b'{"id":"x"}\n\x0c\n',
    "only blank lines": b"\n\n",
    "nothing wanted": b'{"k":1}\n',
    "nearly too long": b'{"id":"' + b"x" * 1_999_980 + b'"}\n',
    "long": b'{"id":"' + b"x" * 2_050_000 + b'"}\n',
    "deep": b'{"id":"x","y":' + b"[" * 200_000 + b"]" * 200_000 + b"}\n",
    "many keys": b'{"id":"x",' + b",".join(b'"k%d":1' % n for n in range(6_000)) + b"}\n",
}


@pytest.mark.parametrize("case", ODD)
def test_odd_lines_are_left_to_the_reader_of_documents(case: str, desk: Desk) -> None:
    assert not is_fast(desk, ODD[case])


def test_a_key_without_a_name_leads_nowhere(desk: Desk) -> None:
    assert by_python(desk.plain(b'{"id":"x","":{"n":"1"}," ":{"n":"2"}}\n')) == (
        [{"id": "x"}],
        frozenset({"id", "", " "}),
    )


def test_a_key_twice_in_a_list_that_is_read_rejects_its_row(desk: Desk) -> None:
    sound, bad = b'{"id":"x","lst":[{"k":1}]}\n', b'{"id":"y","lst":[[{"k":1,"k":2}]]}\n'
    rows = [*document_rows(desk.plain(sound + bad), WANTED, set())]
    assert [(row.flaw, row.column) for row in rows] == [("", ""), ("bad-row", "lst")]


def test_rows_keep_their_order_and_number(desk: Desk) -> None:
    lines = [f'{{"id":"s-{number}","n":{number % 7}}}' for number in range(150_000)]
    found = by_duckdb(desk, desk.plain("\n\n".join(lines).encode()))
    assert found is not None
    assert [row["id"] for row in found[0]] == [f"s-{number}" for number in range(150_000)]


def test_a_shape_that_comes_late_is_seen(desk: Desk) -> None:
    first = b'{"id":"x","n":1}\n' * 3_000
    assert is_fast(desk, first + b'{"id":"y","a":{"c":{"d":"1"}}}\n')
    assert not is_fast(desk, first + b'{"id":"y","N":1}\n')
    assert not is_fast(desk, first + b'{"id":["y"]}\n')
    assert not is_fast(desk, first + b'{"id":"y",}\n')


TEXTS = st.sampled_from(["", " ", "x", "1.50", "007", "null", "a,b", "é", '\\"', "\\u00e9", "\\n"])
SCALARS = st.one_of(
    TEXTS.map(lambda text: f'"{text}"'),
    st.sampled_from(["null", "true", "0", "-1", "1.50", "100", "0.000001", "0E-20", "99999999"]),
)
ODD_SCALARS = st.sampled_from(
    ["1E2", "1e-9", "1e300", "123456789012345678", "0.1234567890123456", "NaN", '"\\u0000"', "[]"]
)


def members(key: str, value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return value.map(lambda text: f'"{key}":{text}')


def objects(scalars: st.SearchStrategy[str], *keys: str) -> st.SearchStrategy[str]:
    inner = st.lists(st.sampled_from(keys), unique=True, max_size=4).flatmap(
        lambda names: st.tuples(*(members(name, scalars) for name in names))
    )
    return inner.map(lambda parts: f"{{{','.join(parts)}}}")


def lines(scalars: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(objects(scalars, "x", "k"), max_size=3).map(lambda all_: f"[{','.join(all_)}]")
    parts = st.tuples(
        members("id", scalars),
        members("n", scalars),
        members("a", st.one_of(scalars, objects(scalars, "b", "z"))),
        members("l", st.one_of(st.just("null"), lists)),
        members("lst", st.one_of(st.just("null"), lists)),
        members("y", st.one_of(scalars, lists)),
    )
    chosen = st.tuples(parts, st.sets(st.integers(0, 5)), st.permutations(range(6)))
    return chosen.map(lambda c: f"{{{', '.join(c[0][at] for at in c[2] if at not in c[1])}}}")


@settings(max_examples=120, deadline=None)
@given(texts=st.lists(lines(SCALARS), min_size=1, max_size=5))
def test_lines_are_read_exactly_or_handed_over(desk: Desk, texts: list[str]) -> None:
    is_fast(desk, "\n".join(texts).encode())


@settings(max_examples=60, deadline=None)
@given(
    texts=st.lists(lines(SCALARS), max_size=2),
    odd=lines(st.one_of(SCALARS, ODD_SCALARS)),
    end=st.sampled_from(
        [",}", "}}", "} ", "}\x1f", "}\x0c", ' ,"id":1}', ',"N":1}', ',"":{}}', "}"]
    ),
)
def test_odd_lines_are_read_exactly_or_handed_over(
    desk: Desk, texts: list[str], odd: str, end: str
) -> None:
    is_fast(desk, "\n".join([*texts, odd[:-1] + end]).encode())
