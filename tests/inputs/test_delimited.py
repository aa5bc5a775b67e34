"""Delimited text: what is well formed, and what is lost when a record is not."""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lapse.inputs.formats import delimited
from lapse.inputs.passing import Passing

if TYPE_CHECKING:
    from tests.inputs.conftest import Outcome, Read, Write

HEADER = "subscription_id,customer_name,status\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_header_tells_the_delimiter(
    delimiter: str, end: str, write: "Write", read: "Read"
) -> None:
    header = delimiter.join(["\ufeffsubscription_id", '"a,b;c\t|,,;;||"', "customer_name"])
    row = delimiter.join(["s-1", "", '"x,y;z\t|"'])
    assert read(write("export.csv", f"{header}{end}{row}{end}")).rows == [
        {"subscription_id": "s-1", "customer_name": "x,y;z\t|".strip()}
    ]


def test_a_tsv_is_split_at_tabs_alone(write: "Write", read: "Read") -> None:
    path = write("export.tsv", "subscription_id\ta,b,c,d\tcustomer_name\ns-1\t\tX, Y, Z\n")
    assert read(path).rows == [{"subscription_id": "s-1", "customer_name": "X, Y, Z"}]


@pytest.mark.parametrize(
    "line",
    ["s-2,b", "s-2,Acme, Inc,active", "s-2,Acme, Inc,", "s-2,,active,", "s-2", '"s-2"x,b,active'],
)
def test_a_row_with_cells_too_many_or_too_few_is_rejected(
    line: str, write: "Write", read: "Read"
) -> None:
    outcome = read(write("export.csv", f"{HEADER}s-1,a,active\n{line}\ns-3,c,active\n"))
    assert outcome.ids == ["s-1", "s-3"]
    assert [(r.row, r.code, r.column, r.found) for r in outcome.rejected] == [
        (2, "bad-row", "", line)
    ]


def test_a_cut_file_does_not_end_in_blanks(write: "Write", read: "Read") -> None:
    assert read(write("export.csv", f"{HEADER}s-1,a")).codes == [(1, "bad-row")]


def test_a_lost_quote_loses_its_line_alone(write: "Write", read: "Read") -> None:
    rows = 's-1,"a,active\ns-2,"b",active\ns-3,"c ""d""\n",active\ns-4, "e" ,active\n'
    outcome = read(write("export.csv", HEADER + rows))
    assert [row["customer_name"] for row in outcome.rows] == ["b", 'c "d"', "e"]
    assert outcome.codes == [(1, "bad-row")]


def test_a_quote_left_open_to_the_end_loses_its_line_alone(write: "Write", read: "Read") -> None:
    outcome = read(write("export.csv", f'{HEADER}s-1,"a,active\ns-2,b,active\n'))
    assert (outcome.ids, outcome.codes) == (["s-2"], [(1, "bad-row")])


def test_quotes_broken_everywhere_refuse_the_file(
    write: "Write", read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "MOST_REPAIRS", 3)
    (problem,) = read(write("export.csv", HEADER + '"x"y,b,active\n' * 5)).refusals
    assert (problem.code, problem.place.line) == ("bad-quotes", 5)


def test_a_record_that_is_too_long_is_rejected(write: "Write", read: "Read") -> None:
    rows = f"s-1,{'x' * 3_000_000},active\ns-2,b,active\n"
    outcome = read(write("export.csv", HEADER + rows))
    assert (outcome.ids, outcome.codes) == (["s-2"], [(1, "bad-row")])


def test_a_record_with_too_many_bytes_is_rejected(write: "Write", read: "Read") -> None:
    rows = f'"s-1"x,b,active\ns-2,{"ø" * 1_500_000},active\ns-3,c,active\n'
    outcome = read(write("export.csv", HEADER + rows))
    assert outcome.codes == [(1, "bad-row"), (2, "bad-row")]
    assert [r.subscription_id for r in outcome.rejected] == ["", "s-2"]


def test_a_long_line_is_not_held_whole() -> None:
    long = "x" * 3 * delimited.MOST_LINE
    lines = list(delimited.cut_lines(StringIO(f"a\n{long}\nb\n", newline="")))
    assert [len(line) for line in lines] == [2, delimited.MOST_LINE + 1, 2]


def test_mixed_line_ends_and_blank_lines_are_read(write: "Write", read: "Read") -> None:
    text = '\n \n"subscription_id","no\nte"\r\n\r\ns-1,a\rs-2,b\n   \ns-3,c\n\n'
    outcome = read(write("export.csv", text))
    assert (outcome.ids, outcome.rejected) == (["s-1", "s-2", "s-3"], [])


def test_blank_cells_under_tabs_are_a_row_without_an_id(write: "Write", read: "Read") -> None:
    path = write("export.tsv", "subscription_id\tseats\n\t\n\ns-1\t1\r\n")
    assert read(path).codes == [(1, "missing-id")]


def test_blank_lines_in_one_column_are_no_rows(write: "Write", read: "Read") -> None:
    outcome = read(write("export.csv", 'subscription_id\n\ns-1\n\n"s\n2"\n'))
    assert (outcome.ids, outcome.rejected) == (["s-1", "s\n2"], [])


def test_a_damaged_byte_rejects_its_row_and_is_never_shown_as_another(
    write: "Write", read: "Read"
) -> None:
    rows = b"s-1,Bj\xf8rn,active\ns-2,\xc3\x98st\xc3\xa6,active\n"
    outcome = read(write("export.csv", HEADER.encode() + rows))
    assert outcome.rows == [{"subscription_id": "s-2", "customer_name": "Østæ", "status": "active"}]
    assert [(r.row, r.code, r.column, r.found) for r in outcome.rejected] == [
        (1, "bad-encoding", "customer_name", "Bj\ufffdrn"),
    ]


def test_a_nul_rejects_its_row(write: "Write", read: "Read") -> None:
    outcome = read(write("export.csv", f"{HEADER}s-1,a\0b,active\ns-2,b,active\n"))
    assert (outcome.ids, outcome.codes) == (["s-2"], [(1, "bad-encoding")])


def test_a_damaged_byte_in_an_ignored_column_does_not_matter(write: "Write", read: "Read") -> None:
    assert read(write("e.csv", b"subscription_id,n\xf8te\ns-1,\xf8\n")).ids == ["s-1"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str, write: "Write", read: "Read") -> None:
    mark = "" if encoding in {"utf-8-sig", "utf-16"} else "\ufeff"
    path = write("export.csv", f"{mark}{HEADER}s-1,Øst,active\r\n".encode(encoding))
    assert [row["customer_name"] for row in read(path).rows] == ["Øst"]


TABLES = {
    b"": "empty-input",
    b"\n \n": "empty-input",
    b"\xef\xbb\xbf": "empty-input",
    b"SubscriptionId,status\n": "missing-column",
    b"subscription_id,Status,STATUS \n": "same-column-twice",
    b'"subscription_id,status\n': "not-a-table",
    "subscription_id,status\n".encode("utf-16-le"): "not-a-table",
    b"PK\x03\x04\0\0": "not-a-table",
    "subscription_id\n".encode("utf-32"): "bad-encoding",
    b",".join([b"subscription_id", *[b"x"] * 5000]): "too-many-columns",
}


@pytest.mark.parametrize("content", TABLES, ids=lambda content: repr(content[:24]))
def test_what_is_no_table_is_refused(content: bytes, write: "Write", read: "Read") -> None:
    assert read(write("export.csv", content)).refused == [TABLES[content]]


def test_a_header_alone_is_an_export_without_rows(write: "Write", read: "Read") -> None:
    for text in (HEADER, HEADER.strip()):
        outcome = read(write("export.csv", text))
        assert (outcome.rows, outcome.rejected, outcome.refused) == ([], [], [])


def test_five_thousand_columns_are_read(write: "Write", read: "Read") -> None:
    header = ",".join(["subscription_id", *(f"x{n}" for n in range(4_999))])
    assert read(write("export.csv", f"{header}\ns-1{',y' * 4_999}\n")).ids == ["s-1"]


pieces = st.sampled_from(
    [*"\",;|#\\' \t\r\n\0a", "\r\n", "s-1", "s-2", "NO", '""', '"a,b"', '"a\nb"', "ø", "active"]
)
headers = st.sampled_from(
    ["subscription_id,market", "customer_name;subscription_id;x", "subscription_id", HEADER[:-1]]
)
contents = st.builds(
    lambda header, end, body: f"{header}{end}{body}".encode(),
    headers,
    st.sampled_from(["\n", "\n", "\r\n", "\r", ""]),
    st.lists(pieces, max_size=30).map("".join),
)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=contents, noise=st.binary(max_size=2), at=st.integers(0, 80))
@example(content=b"subscription_id,market\ns-1,NO,\n", noise=b"", at=0)
@example(content=b"subscription_id\n\ns-1\n", noise=b"", at=0)
@example(content=b"\nsubscription_id,market\ns-1,NO,\n", noise=b"", at=0)
def test_duckdb_and_our_own_reader_agree_on_any_bytes(
    content: bytes, noise: bytes, at: int, write: "Write", read: "Read"
) -> None:
    """A file that DuckDB takes as it is comes out as when it is rewritten first."""
    path = write("export.csv", content[:at] + noise + content[at:])
    with pytest.MonkeyPatch.context() as patch:
        ours = _patched(patch, path, read)
    assert read(path) == ours


def _patched(patch: pytest.MonkeyPatch, path: Path, read: "Read") -> "Outcome":
    patch.setattr(Passing, "_well_formed", lambda *_: None)
    return read(path)
