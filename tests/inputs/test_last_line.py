"""A last line without an end is a row or a rejected row, whatever it holds and however long."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.inputs.conftest import Read, Write

HEADS = {
    "csv": b"subscription_id,customer_name\ns-1,a\n",
    "tsv": b"subscription_id\tcustomer_name\ns-1\ta\n",
    "jsonl": b'{"subscription_id": "s-1", "customer_name": "a"}\n',
}
LASTS = [b"x", b'"', b's-2,"a', b"s-2,a\0", b"s-2,\xc3", b"s-2\ta\r", b'{"subscription_id":"s-2"']
LONG = [2**16, 2**20, 2_000_000, 2**25, 2**25 + 1]
"""Beside what Python and DuckDB read at once, and the longest line that is read."""


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("ending", HEADS)
def test_a_last_line_without_an_end_is_counted(
    ending: str, end: bytes, write: "Write", read: "Read"
) -> None:
    head = HEADS[ending].replace(b"\n", end)
    for last in LASTS:
        outcome = read(write(f"t.{ending}", head + last))
        assert (last, len(outcome.rows) + len(outcome.rejected)) == (last, 2)


@pytest.mark.parametrize("size", LONG)
@pytest.mark.parametrize("ending", HEADS)
def test_a_long_last_line_without_an_end_is_counted(
    ending: str, size: int, write: "Write", read: "Read"
) -> None:
    outcome = read(write(f"t.{ending}", HEADS[ending] + b"x" * size))
    assert outcome.ids == ["s-1"]
    assert outcome.codes == [(2, "bad-row")]


def test_spaces_at_the_end_are_no_row(write: "Write", read: "Read") -> None:
    for ending, head in HEADS.items():
        outcome = read(write(f"t.{ending}", head + b"   "))
        assert (outcome.ids, outcome.codes) == (["s-1"], [])
