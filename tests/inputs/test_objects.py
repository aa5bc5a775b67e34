"""JSON, as rows, as pages of rows and as lines."""

import json
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapse.inputs.files import Format, Input, InputError
from lapse.inputs.formats import documents, json_text
from lapse.inputs.formats.copy import FileRow
from lapse.inputs.formats.json_rows import Wanted, document_rows, paths_of
from lapse.inputs.plain_copy import PlainCopy
from lapse.model.money import Money

if TYPE_CHECKING:
    from tests.inputs.conftest import Read, Write

PATHS = frozenset({"id", "a.b", "l.1.c", "page.n", "page.x.y"})
WANTED = Wanted(PATHS, ("items", "value"), frozenset({"lst"}))


def test_values_are_read_as_the_text_of_a_cell(write: "Write", read: "Read") -> None:
    path = write(
        "export.json",
        """[{"subscription_id": 7, "Seats": 25.0, "debt": 12345678901234.1234, "trial": false,
             "status": null, "unknown": {"nested": [1]}},
            {"subscription_id": "s-2", "seats": "3", "debt": "1.2E1", "trial": "no"},
            {"subscription_id": "s-3", "seats": 1.2E1, "debt": 0E-20, "status": "active"}]""",
    )
    outcome = read(path)
    first, third = outcome.rows
    assert first == {
        "subscription_id": "7",
        "seats": 25,
        "debt": Money(Decimal("12345678901234.1234")),
        "trial": False,
        "status": None,
    }
    assert (third["seats"], third["debt"]) == (12, Money(Decimal(0)))
    assert [(r.row, r.code, r.found) for r in outcome.rejected] == [(2, "bad-money", "1.2E1")]


def test_a_nested_value_in_a_fact_rejects_its_row(write: "Write", read: "Read") -> None:
    path = write("e.jsonl", '{"subscription_id": "s-1", "customer_name": {"a": ["b"]}}\n')
    assert [(r.subscription_id, r.code, r.column, r.found) for r in read(path).rejected] == [
        ("s-1", "bad-cell", "customer_name", '{"a":["b"]}')
    ]


@pytest.mark.parametrize(
    "line",
    [
        '{"subscription_id":',
        '["s-2"]',
        "7",
        '{"subscription_id": "s-2", "status": "active", "status": "deleted"}',
        '{"subscription_id": "s-2", "status": "active", "Status": "deleted"}',
        '{"subscription_id": "s-2", "x": ' + "[" * 100_000 + "}",
        '{"subscription_id": "' + "x" * 2_100_000 + '"}',
        "subscription_id,status",
    ],
    ids=["cut", "array", "number", "key twice", "fact twice", "deep", "long", "csv"],
)
def test_a_broken_line_loses_itself_alone(line: str, write: "Write", read: "Read") -> None:
    sound = '{"subscription_id": "s-1"}', '\n{"subscription_id": "s-3"}'
    outcome = read(write("export.jsonl", f"{sound[0]}\n{line}\r\n{sound[1]}"))
    assert outcome.ids == ["s-1", "s-3"]
    assert outcome.codes == [(2, "bad-row")]


def test_a_row_that_is_rejected_makes_its_id_a_duplicate(write: "Write", read: "Read") -> None:
    lines = '{"subscription_id": "s-1"}\n{"subscription_id": "s-1", "status": []}\n'
    assert read(write("export.jsonl", lines)).codes == [(1, "duplicate-id"), (2, "bad-cell")]


def test_an_item_that_is_no_object_is_rejected(write: "Write", read: "Read") -> None:
    outcome = read(write("export.json", '[{"subscription_id": "s-1"}, 5, null, [], "x"]'))
    assert (outcome.ids, [code for _, code in outcome.codes]) == (["s-1"], ["bad-row"] * 4)


def test_half_a_surrogate_is_no_text(write: "Write", read: "Read") -> None:
    path = write("e.json", r'[{"subscription_id": "\ud83d\ude00"}, {"subscription_id": "\ud83d"}]')
    outcome = read(path)
    assert (outcome.ids, outcome.codes) == (["😀"], [(2, "bad-encoding")])


REFUSED = {
    b"": ("empty-input", 1),
    b"{}": ("bad-json", 1),
    b"nonsense": ("bad-json", 1),
    b'[\n{"subscription_id": "a"},\n]': ("bad-json", 3),
    b'[\n{"subscription_id": "a"}\n\n': ("bad-json", 4),
    b'[\n{"subscription_id": "a"}\n{}]': ("bad-json", 3),
    b'[{"subscription_id": "a"}]\n]': ("bad-json", 2),
    b'[{"subscription_id": "a", "x": ' + b"[" * 100_000: ("bad-json", 1),
    b"[" * 100_000: ("bad-json", 1),
    b"[1, 2]": ("bad-json", 1),
    b'[{"id": "a"}]': ("missing-column", 1),
    b'[{"' + b"x" * 4_500_000 + b'": 1}]': ("bad-json", 1),
    b"[" + b",".join(b'{"k%d": 1}' % number for number in range(5_001)) + b"]": (
        "missing-column",
        1,
    ),
}


@pytest.mark.parametrize("content", REFUSED, ids=lambda content: f"{content[:12]!r}{len(content)}")
def test_what_is_no_array_of_objects_is_refused(
    content: bytes, write: "Write", read: "Read"
) -> None:
    (problem,) = read(write("export.json", content)).refusals
    assert (problem.code, problem.place.line) == REFUSED[content]


def test_an_empty_array_is_an_export_without_rows(write: "Write", read: "Read") -> None:
    outcome = read(write("export.json", " [ ] "))
    assert (outcome.rows, outcome.rejected, outcome.refused) == ([], [], [])


def test_an_array_is_read_piece_by_piece(write: "Write", read: "Read") -> None:
    """The text is longer than what is read at once, so objects are cut in the middle."""
    objects = (
        f'{{"subscription_id": "s-{n}", "seats": {n}, "x": "{"y" * 300}"}}' for n in range(9_000)
    )
    outcome = read(write("export.json", f"[{', '.join(objects)}]"))
    assert [row["seats"] for row in outcome.rows] == list(range(9_000))


def source(path: Path) -> PlainCopy:
    return PlainCopy(Input(path.name, path, Format.JSON, is_gzip=False), path, "", False, (0, 0))  # noqa: FBT003


def rows_of(write: "Write", text: str) -> list[FileRow]:
    return [*document_rows(source(write("x.json", text)), WANTED, set())]


def cells_of(write: "Write", text: str) -> list[object]:
    """The cells of each row that are not blank; of a row with a flaw, that."""
    rows = rows_of(write, text)
    return [row.flaw or {path: cell for path, cell in row.cells.items() if cell} for row in rows]


SHAPES = {
    "one row": ('{"id": "1", "a": {"b": 2}}', [{"id": "1", "a.b": "2"}]),
    "rows": ('[{"id": 1}, {"id": 2}]', [{"id": "1"}, {"id": "2"}]),
    "a page": ('{"n": 9, "items": [{"id": 1}]}', [{"id": "1", "page.n": "9"}]),
    "a page that tells last": (
        '{"Items": [{"id": 1}, {"id": 2}], "X": {"Y": "z"}, "N": true}',
        [{"id": id_, "page.x.y": "z", "page.n": "true"} for id_ in ("1", "2")],
    ),
    "pages": (
        '[{"n": 1, "items": [{"id": 1}]}, {"id": 2}, {"value": [{"id": 3}], "n": 2}]',
        [{"id": "1", "page.n": "1"}, {"id": "2"}, {"id": "3", "page.n": "2"}],
    ),
    "rows under both keys": (
        '{"items": [{"id": 1}], "value": [{"id": 2}]}',
        [{"id": "1"}, {"id": "2"}],
    ),
    "an empty page": ('{"totalCount": 0, "items": [ ]}', []),
    "a value that is no list": ('{"id": 1, "value": 5}', [{"id": "1"}]),
    "what is no row in a page": (
        '{"items": [{"id": 1}, [], 5]}',
        [{"id": "1"}, "bad-row", "bad-row"],
    ),
    "keys in other letters": ('{"ID": 1, " A ": {"B": 2}}', [{"id": "1", "a.b": "2"}]),
    "an item of a list": (
        '[{"l": [1, {"c": 2}]}, {"l": [1]}, {"l": {"1": {"c": 3}}}]',
        [{"l.1.c": "2"}, {}, {"l.1.c": "3"}],
    ),
    "a key with a dot": ('{"a.b": 1}', [{"a.b": "1"}]),
    "a list as text": ('{"lst": [{"q": 1.50}, null]}', [{"lst": '[{"q":1.50},null]'}]),
    "a list too deep to be written": ('{"lst": ' + "[" * 600 + "]" * 600 + "}", ["bad-cell"]),
    "no list where one is read": ('[{"lst": "[]"}, {"lst": null}]', ["bad-cell", {}]),
    "a nested value in a cell": (
        '[{"id": [1]}, {"a": {"b": {}}}, {"a": 7}]',
        ["bad-cell", "bad-cell", {}],
    ),
    "NUL": ('{"id": "a\\u0000b"}', ["bad-encoding"]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_are_found_in_every_shape(shape: str, write: "Write") -> None:
    text, cells = SHAPES[shape]
    assert cells_of(write, text) == cells


TWICE = {
    '{"id": 1, "z": 1, "z": 2}': "",
    '{"id": 1, "ID": 2}': "id",
    '{"a": {"b": 1, "b": 1}}': "a",
    '{"a": {"b": 1}, "A": {}}': "a",
    '{"a": {"b": 1}, "a.b": 2}': "a.b",
    '{"items": [{"id": 1}], "x": {"y": 1}, "X": {}}': "page.x",
    '{"items": [{"id": 1}], "z": 1, "z": 2}': "page",
    '{"lst": [{"q": 1, "q": 2}]}': "lst",
}


@pytest.mark.parametrize("text", TWICE)
def test_what_is_told_twice_rejects_its_row(text: str, write: "Write") -> None:
    (row,) = rows_of(write, text)
    assert (row.flaw, row.column, dict(row.cells)) == ("bad-row", TWICE[text], {})


def test_a_key_twice_where_nothing_is_read_does_no_harm(write: "Write") -> None:
    assert cells_of(write, '{"id": 1, "z": {"q": 1, "q": 2}}') == [{"id": "1"}]


def test_the_paths_seen_are_those_of_sound_rows_and_the_other_keys(write: "Write") -> None:
    seen: set[str] = set()
    text = '{"n": 1, "items": [{"id": null, "A": {"z": 1}, "Y": 1}, {"a": {"b": 1}, "a": 2}]}'
    assert len([*document_rows(source(write("x.json", text)), WANTED, seen)]) == 2
    assert seen == {"id", "page.n", "Y"}


def test_paths_are_told_by_the_first_objects(write: "Write") -> None:
    path = write("x.json", '{"items": [7, {"Id": 1, "L": [{"x": null}]}, {"b": 1}, {"c": 1}]}')
    assert paths_of(source(path), ("items",), 2) == ("id", "l", "l.0", "l.0.x", "b")


NO_JSON = {
    '[{"id": 1}\n{"id": 2}]': (2, "a comma is missing"),
    '[{"id": 1},\n]': (2, "a comma too many"),
    '{"id": 1,\n}': (2, "a comma too many"),
    '{"id": 1, // one\n}': (1, "it has no comments"),
    '{"id":\n“1"}': (2, "a value is missing, or is in no quotes"),
    '{"id": 1,\n\n"a" 2}': (3, "a colon is missing"),
    '{"id": 1,\nid: 2}': (2, "a key in double quotes is missing"),
    '{"id": "1\n"}': (1, "a line or another control character breaks this text"),
    '{"id":\n"\\x"}': (2, "an escape in this text is none"),
    '{"items": [{"id": 1}],\n"Items": []}': (2, "has the key `Items` twice in one page"),
    '{"items": [{"id": 1}],\n...}': (2, "a key in double quotes is missing"),
    '{"items": [\n{"id": 1}': (2, "it ends too early"),
    '{"id": 1}\n{"id": 2}': (2, "lines of objects are read from .jsonl"),
    '[{"id": 1}]\n,': (2, "goes on after the end of its JSON"),
    '\n\n"id"': (3, "it begins with neither `[` nor `{`"),
}


@pytest.mark.parametrize("piece", [json_text.PIECE, 1, 5])
@pytest.mark.parametrize("text", NO_JSON)
def test_what_is_no_json_is_told_with_its_line(
    text: str, piece: int, write: "Write", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "PIECE", piece)
    with pytest.raises(InputError) as refused:
        rows_of(write, text)
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.line) == ("bad-json", NO_JSON[text][0])
    assert problem.message.endswith(NO_JSON[text][1])


def test_a_large_page_is_never_held_whole(write: "Write") -> None:
    row = json.dumps({"id": "s-1", "x": "y" * 500})
    path = write("x.json", f'{{"items": [{", ".join([row] * 30_000)}], "n": 7}}')
    tracemalloc.start()
    count = sum(cell.cells["page.n"] == "7" for cell in document_rows(source(path), WANTED, set()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 30_000
    assert most < path.stat().st_size


@pytest.mark.parametrize("piece", range(1, 30))
def test_a_number_may_be_cut_anywhere(
    piece: int, write: "Write", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "PIECE", piece)
    monkeypatch.setattr(json_text, "MOST_VALUE", 10)
    text = '{"items": [{"id": 1}, 1234567], "n": -12.5E-4}'
    assert [(row.flaw, row.found, row.cells.get("page.n")) for row in rows_of(write, text)] == [
        ("", "", "-0.00125"),
        ("bad-row", "1234567", None),
    ]


def test_what_stands_around_rows_has_an_end(write: "Write") -> None:
    around = f'"n": "{"x" * 1_500_000}"'
    text = f'{{{around}, "o": 1, "items": [], "p{around[1:]}, "n2": 1}}'
    with pytest.raises(InputError, match="an object of more than 2000000 characters"):
        rows_of(write, text)


def rows_unless_long(path: Path) -> list[FileRow] | None:
    try:
        return [*document_rows(source(path), WANTED, set())]
    except InputError as refused:
        if "of more than 400 characters" not in str(refused):
            raise
        return None


def test_a_row_too_long_to_be_looked_at_is_not_lost(write: "Write") -> None:
    spaces = " " * 3_500_000
    with pytest.raises(InputError, match="an object of more than 2000000 characters"):
        rows_of(write, f'[{{"id": 1,{spaces}"a": 2}}]')


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-99, 99), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "a", "b", "l", "lst", "n", "é"]), inner, max_size=4),
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["id", "a", "l", "lst", "z"]), VALUES, max_size=4)
PAGES = st.tuples(st.lists(OBJECTS, max_size=3), VALUES).map(lambda p: {"n": p[1], "items": p[0]})


@settings(max_examples=100, deadline=None)
@given(
    document=st.one_of(OBJECTS, PAGES, st.lists(st.one_of(OBJECTS, PAGES), max_size=4)),
    indent=st.sampled_from([None, 2]),
    piece=st.integers(2, 40),
)
def test_rows_are_the_same_however_small_the_pieces(
    document: object, indent: int | None, piece: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Pages as well, that are then too long to be looked at whole."""
    path = tmp_path_factory.mktemp("pieces") / "x.json"
    path.write_text(json.dumps(document, indent=indent))
    whole = [*document_rows(source(path), WANTED, set())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "PIECE", piece)
        assert [*document_rows(source(path), WANTED, set())] == whole
        patch.setattr(json_text, "MOST_VALUE", 400)
        patch.setattr(documents, "MOST_VALUE", 400)
        assert rows_unless_long(path) in (None, whole)
