"""YAML as read: texts and places kept, its traps closed, its grammar explained."""

import time

import pytest
import yaml

from lapse.model.place import Place, Problem
from lapse.policy.text import yaml as read
from lapse.policy.text.yaml import (
    MOST_BYTES,
    MOST_CHARACTERS,
    MOST_DEPTH,
    MOST_NODES,
    Mapping,
    Node,
    Scalar,
    Sequence,
    lines_of,
    read_yaml,
)


def plain(node: Node | None) -> object:
    """A tree as dicts, lists and texts."""
    match node:
        case Mapping(entries):
            return {key.text: plain(value) for key, value in entries}
        case Sequence(items):
            return [plain(item) for item in items]
        case Scalar(text):
            return text
        case None:
            return None


def read_well(text: str | bytes) -> object:
    node, problems = read_yaml(text, "f.yaml")
    assert problems == []
    return plain(node)


def only_problem(text: str | bytes) -> Problem:
    (problem,) = read_yaml(text, "f.yaml")[1]
    return problem


def test_scalars_keep_their_text() -> None:
    text = """
    market: NO
    on: 010
    time: 12:30:45
    day: 2026-02-03
    number: 1e5
    money: 1_000
    nothing: ~
    blank:
    quoted: 'it''s'
    list: [yes, 0x1F, .inf, null]
    """
    assert read_well(text) == {
        "market": "NO",
        "on": "010",
        "time": "12:30:45",
        "day": "2026-02-03",
        "number": "1e5",
        "money": "1_000",
        "nothing": "~",
        "blank": "",
        "quoted": "it's",
        "list": ["yes", "0x1F", ".inf", "null"],
    }


def test_every_node_has_its_place() -> None:
    node, _ = read_yaml("a:\n  b: [x, 'y']\n", "dir/f.yaml")
    assert isinstance(node, Mapping)
    ((key, inner),) = node.entries
    assert key == Scalar("a", Place("dir/f.yaml", 1, 1))
    assert inner.place == Place("dir/f.yaml", 2, 3)
    assert isinstance(inner, Mapping)
    ((_, items),) = inner.entries
    assert isinstance(items, Sequence)
    assert items.items == (
        Scalar("x", Place("dir/f.yaml", 2, 7)),
        Scalar("y", Place("dir/f.yaml", 2, 10), is_quoted=True),
    )


def test_columns_count_characters() -> None:
    node, _ = read_yaml("{æøå🙂: x}", "f")
    assert isinstance(node, Mapping)
    assert node.entries[0][1].place.column == 8


@pytest.mark.parametrize("text", ["\ufeffa: 1\r\nb: 2\r\n", b"\xef\xbb\xbfa: 1\r\nb: 2\r\n"])
def test_byte_order_mark_and_windows_line_ends(text: str | bytes) -> None:
    assert read_well(text) == {"a": "1", "b": "2"}
    assert lines_of(text) == ("a: 1", "b: 2", "")


def test_quotes_are_remembered_for_block_text() -> None:
    node, _ = read_yaml("a: |\n  x\nb: >\n  y\nc: z\n", "f")
    assert isinstance(node, Mapping)
    assert [value.is_quoted for _, value in node.entries if isinstance(value, Scalar)] == [
        True,
        True,
        False,
    ]


def test_duplicate_keys_are_a_problem_with_both_places() -> None:
    node, (problem,) = read_yaml("a: 1\nb: 2\n'a': 3\n", "f")
    assert plain(node) == {"a": "1", "b": "2"}
    assert (problem.code, problem.place, problem.also) == (
        "duplicate-key",
        Place("f", 3, 1),
        Place("f", 1, 1),
    )


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: &x 1", "yaml-anchor", 1, 4),
        ("a: &x [1]", "yaml-anchor", 1, 4),
        ("a: 1\nb: *x", "yaml-anchor", 2, 4),
        ("a: 1\n<<: {b: 1}", "yaml-anchor", 2, 1),
        ("a: !!str 1", "yaml-tag", 1, 4),
        ("a: ! 1", "yaml-tag", 1, 4),
        ("- !x [a]", "yaml-tag", 1, 3),
        ("a: !!python/object/apply:os.system ['true']", "yaml-tag", 1, 4),
        ("a: 1\n---\nb: 2", "yaml-documents", 2, 1),
        ("? {a: 1}\n: 2", "yaml-key", 1, 3),
        ("? [a]\n: 2", "yaml-key", 1, 3),
        ("a: 1\nb: x\0y", "yaml-character", 2, 5),
        ("a: \x1b[31m", "yaml-character", 1, 4),
        ("a: \ud800", "yaml-character", 1, 4),
        ("a: \ufeffb", "yaml-character", 1, 4),
        ('a: "\\0"', "yaml-character", 1, 4),
        ('a: "\\e[31m"', "yaml-character", 1, 4),
        (b"a: 1\nb: \xe6\xff", "yaml-encoding", 2, 4),
        ("a: 1".encode("utf-16"), "yaml-encoding", 1, 1),
        ("", "file-empty", 1, 1),
        ("# only this\n\n", "file-empty", 1, 1),
        ("---\n...\n", "file-empty", 1, 1),
        ("[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1), "yaml-too-deep", 1, MOST_DEPTH + 1),
        ("- " * (MOST_DEPTH + 1) + "a", "yaml-too-deep", 1, 2 * MOST_DEPTH + 1),
        ("a: " + "x" * (MOST_CHARACTERS + 1), "text-too-long", 1, 4),
        ("# " + "x" * MOST_BYTES, "file-too-large", 1, 1),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_traps_are_closed(text: str | bytes, code: str, line: int, column: int) -> None:
    problem = only_problem(text)
    assert (problem.code, problem.place) == (code, Place("f.yaml", line, column))
    assert problem.help


@pytest.mark.parametrize(
    "text", ["[" * MOST_DEPTH + "]" * MOST_DEPTH, "<<: x".replace("<<", "'<<'")]
)
def test_what_is_just_allowed(text: str) -> None:
    read_well(text)


def test_a_file_has_so_many_values() -> None:
    problem = only_problem("[" + "a," * MOST_NODES + "b]")
    assert problem.code == "file-too-large"


@pytest.mark.parametrize("text", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_deep_nesting_ends_at_once(text: str) -> None:
    started = time.monotonic()
    assert only_problem(text * 200_000).code == "yaml-too-deep"
    assert time.monotonic() - started < 2


MERGED = "an unresolved merge: two versions meet here, and nobody chose"
SLIPS = [
    ("a:\n\tb: 1", 2, 1, "a tab stands where spaces belong"),
    ("a: 'x\nb: 1", 1, 4, "this quote is never closed"),
    ('a: "x', 1, 4, "this quote is never closed"),
    ("a: b: c", 1, 5, "a second `: ` stands in one line"),
    ("a: 1\n b: 2", 2, 3, "this line is indented too deep"),
    ("a:1\nb: 2", 2, 2, "the line above has no `: `"),
    ("a: 1\nb\nc: 2", 2, 1, "this line has no `: `"),
    ("a:\n    b: 1\n  c: 2", 3, 3, "this line fits into no group above it"),
    ("- a\nb: 1", 2, 1, "this line lacks the `- ` of the list above it"),
    ("a:\n  - b: 1\n    c: 2\n  d: 3", 4, 3, "this line lacks the `- ` of the list above it"),
    ("a:\n  - {b: 1}\n  {b: 2}", 3, 3, "this line lacks the `- ` of the list above it"),
    ("a: > 14\nb: 1", 1, 4, "a comparison is no value"),
    ("a: {b: >= $c}", 1, 8, "a comparison is no value"),
    ("<<<<<<< HEAD\na: 1\n=======\na: 2", 1, 1, MERGED),
    ("a: 1\n=======\na: 2\n>>>>>>> b\nc: 3", 2, 1, "this line has no `: `"),
    ("a:\u00a0b\nc: 1", 1, 3, "a no-break space stands where a space belongs"),
    ("a:\n  b: 1\n\u3000c: d: 1", 3, 1, "an ideographic space stands where a space belongs"),
    ('a: "x\nb: {c: "d"}', 1, 4, "this quote is never closed"),
    ("a: {b: 'x}\nc: {d: 'y'}", 1, 8, "this quote is never closed"),
    ("a: {b: \u201cx: y, z\u201d}", 1, 8, "`\u201c` is a letter here, and no quote"),
    ("a: @b", 1, 4, "a text cannot begin with this character"),
    ("a: `b`", 1, 4, "a text cannot begin with this character"),
    ("a: %b", 1, 4, "a text cannot begin with this character"),
    ("a: **b**", 1, 4, "a text cannot begin with this character"),
    ("a: {b: !important}", 1, 8, "a text cannot begin with this character"),
    ("a: [1, 2", 1, 4, "this `[` is never closed, or a comma is missing after it"),
    ("a: {b: 1\nc: 2", 1, 4, "this `{` is never closed, or a comma is missing after it"),
    ("a: {days} past due\nb: 1", 1, 11, "this text goes on after its closing bracket"),
    ("a: 'don't'\nb: 1", 1, 9, "this text goes on after its closing quote"),
    ("a: - b", 1, 4, "a list cannot begin here"),
    ('a: "c:\\q"', 1, 7, "a backslash in double quotes begins an escape that does not exist"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), SLIPS, ids=[s[0] for s in SLIPS])
def test_slips_are_explained(text: str, line: int, column: int, message: str) -> None:
    node, problems = read_yaml(text, "f.yaml")
    assert node is None
    assert [(p.code, p.message) for p in problems] == [("yaml-syntax", message)]
    place = problems[0].place
    assert (place.line, abs(place.column - column) <= 1) == (line, True)
    assert problems[0].help


@pytest.mark.parametrize(("text", "line", "column", "message"), SLIPS, ids=[s[0] for s in SLIPS])
def test_slips_are_explained_without_the_c_parser(
    text: str, line: int, column: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "_LOADER", yaml.SafeLoader)
    test_slips_are_explained(text, line, column, message)


def test_an_escape_that_is_no_character(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_LOADER", yaml.SafeLoader)
    assert only_problem('a: "\\UFFFFFFFF"').code == "yaml-syntax"


def test_both_parsers_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: [1, 'x', {b: NO}]\nc: |\n  text\nd:\n- e\n- \"f\"\n"
    by_c = read_yaml(text, "f")
    monkeypatch.setattr(read, "_LOADER", yaml.SafeLoader)
    assert read_yaml(text, "f") == by_c


def test_a_place_is_inside_the_file() -> None:
    assert only_problem("a:\n  - [1,\n\n\n").place.line == 2
    assert only_problem("a: 1\nb\n\n\n").place == Place("f.yaml", 2, 1)


SOUND = """\
layer: Noreg
because: Merk:\u00a0berre dette
source: \u00abAvtale\u00bb 7, \u201csigned\u201d
text: |
  <<<<<<< is a sign
  \u00a0- indented
  "quoted: {
terms: [14, "> 14", ">= 2"]
"""


def test_what_looks_like_a_slip_may_stand_in_a_text() -> None:
    node, problems = read_yaml(SOUND, "f.yaml")
    assert node is not None
    assert problems == []
