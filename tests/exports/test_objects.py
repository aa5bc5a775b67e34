"""JSON, as an array of objects and as lines."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from lapse.money import Money

if TYPE_CHECKING:
    from tests.exports.conftest import Read, Write


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
