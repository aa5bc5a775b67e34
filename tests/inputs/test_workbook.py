"""Workbooks of Excel: what each kind of cell comes to, and what is refused unread."""

import gzip
import struct
import zipfile
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from tests.inputs.workbooks import (
    DAY,
    DURATION,
    INSTANT,
    cell,
    header,
    packed,
    row,
    text,
    workbook,
)

from lapse.inputs.files import find_inputs
from lapse.inputs.formats import workbook as workbooks
from lapse.inputs.plain_copy import plain

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inputs.conftest import Read, Write

HEAD = header("subscription_id", "seats", "term_end")
SOUND = workbook({"Sheet1": HEAD + row(2, text("A2", "s-1"), cell("B2", 25))})

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
OPEN_DOCUMENT = {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
    "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"/>',
    "content.xml": (
        f'<office:document-content xmlns:office="{OASIS}:office:1.0" '
        f'xmlns:table="{OASIS}:table:1.0" xmlns:text="{OASIS}:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="S"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>subscription_id</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    ),
}

CELLS = {
    cell("A2", 25): "25",
    cell("A2", "25.0"): "25",
    cell("A2", "1234567890123456"): "1234567890123456",
    cell("A2", "-0.5"): "-0.5",
    cell("A2", "36.900000000000006"): "36.9",
    cell("A2", "1E+20"): "100000000000000000000",
    cell("A2", "1E-7"): "0.0000001",
    cell("A2", 1, kind="b"): "true",
    cell("A2", 0, kind="b"): "false",
    cell("A2", "#N/A", kind="e"): "#N/A",
    cell("A2", 0, kind="s"): "shared",
    cell("A2", 1, kind="s"): "of two runs",
    cell("A2", "2026-11-30T00:00:00Z", kind="d"): "2026-11-30T00:00:00Z",
    cell("A2", 46_356, style=DAY): "2026-11-30",
    cell("A2", 46_356.25, style=INSTANT): "2026-11-30T06:00:00",
    cell("A2", 59, style=DAY): "1900-02-28",
    cell("A2", 61, style=DAY): "1900-03-01",
    cell("A2", 2_958_465, style=DAY): "9999-12-31",
    cell("A2", 2_958_466, style=DAY): "2958466",
    cell("A2", 1.5, style=DURATION): "1 day, 12:00:00",
    text("A2", "  spaces  "): "spaces",
    '<c r="A2" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>': "ab",
    '<c r="A2"><f>20+5</f><v>25</v></c>': "25",
}


def rows_of(content: bytes, folder: "Path") -> list[tuple[str, ...]]:
    path = folder / "book.xlsx"
    path.write_bytes(content)
    (item,) = find_inputs([str(path)])
    return [*workbooks.sheet_rows(plain(item, folder, 0))]


@pytest.mark.parametrize("content", CELLS)
def test_a_cell_comes_as_the_text_of_what_it_shows(content: str, tmp_path: "Path") -> None:
    shared = ["<t>shared</t>", '<r><t xml:space="preserve">of two </t></r><r><t>runs</t></r>']
    book = workbook({"Sheet1": row(1, text("A1", "x")) + row(2, content)}, shared)
    assert rows_of(book, tmp_path) == [("x",), (CELLS[content],)]


FORMULAS = ("<f>1+1</f>", '<f t="shared" si="0"/>', "<f>1</f > \n")


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_that_was_never_worked_out_is_no_blank(
    formula: str, write: "Write", read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "_CHUNK", 7)
    rows = HEAD + row(2, text("A2", "s-1"), f'<c r="B2">{formula}</c>')
    (problem,) = read(write("book.xlsx", workbook({"Sheet1": rows}))).refusals
    assert problem.code == "bad-workbook"
    assert problem.help == "open it in Excel and save it, which works them out"


def test_a_sheet_that_is_hidden_is_no_table(write: "Write", read: "Read") -> None:
    sheets = {"Notes": header("customer_id"), "Table": HEAD + row(2, text("A2", "s-1"))}
    assert read(write("book.xlsx", workbook(sheets, hidden={"Notes"}))).ids == ["s-1"]
    assert read(write("all.xlsx", workbook(sheets, hidden=set(sheets)))).refused == ["empty-input"]


def test_days_may_be_counted_from_1904(tmp_path: "Path") -> None:
    rows = row(1, text("A1", "x")) + row(2, cell("A2", 46_356 - 1_462, style=DAY))
    book = workbook({"Sheet1": rows}, counts_from_1904=True)
    assert rows_of(book, tmp_path)[1] == ("2026-11-30",)


def test_cells_are_read_as_facts(write: "Write", read: "Read") -> None:
    good = row(2, text("A2", "s-1"), cell("B2", 25), cell("C2", 46_356, style=DAY))
    bad = row(3, text("A3", "s-2"), cell("B3", "#REF!", kind="e"))
    outcome = read(write("book.xlsx", workbook({"Sheet1": HEAD + good + bad})))
    assert outcome.rows == [{"subscription_id": "s-1", "seats": 25, "term_end": date(2026, 11, 30)}]
    assert [(r.row, r.code, r.column, r.found) for r in outcome.rejected] == [
        (2, "bad-number", "seats", "#REF!")
    ]


def test_blank_rows_and_columns_around_a_table_do_not_count(write: "Write", read: "Read") -> None:
    rows = (
        row(3, text("C3", "subscription_id")),
        row(5, text("C5", "s-1")),
        row(6),
        row(8, text("C8", "  ")),
        row(9, text("C9", "s-2")),
        row(40, text("C40", "")),
    )
    assert read(write("book.xlsx", workbook({"Sheet1": "".join(rows)}))).ids == ["s-1", "s-2"]


def test_the_first_sheet_with_a_cell_is_the_table(write: "Write", read: "Read") -> None:
    other = header("customer_id") + row(2, text("A2", "c-1"))
    table = HEAD + row(2, text("A2", "s-1"))
    book = workbook({"Empty": row(1), "Table": table, "Other": other})
    assert read(write("book.xlsx", book)).ids == ["s-1"]


def test_a_cell_beyond_the_header_is_in_no_column(write: "Write", read: "Read") -> None:
    book = workbook({"Sheet1": HEAD + row(2, text("A2", "s-1"), text("E2", "note"))})
    assert read(write("book.xlsx", book)).ids == ["s-1"]


def test_a_workbook_without_rows_is_an_export_without_rows(write: "Write", read: "Read") -> None:
    outcome = read(write("book.xlsx", workbook({"Sheet1": HEAD})))
    assert (outcome.rows, outcome.rejected, outcome.refused) == ([], [], [])


def test_a_workbook_without_a_cell_is_refused(write: "Write", read: "Read") -> None:
    book = workbook({"Sheet1": row(1), "Sheet2": ""})
    assert read(write("book.xlsx", book)).refused == ["empty-input"]


def with_bytes(old: bytes, new: bytes) -> bytes:
    assert old in SOUND
    return SOUND.replace(old, new)


def as_encrypted() -> bytes:
    """Every part says that it is encrypted, as in an archive with a password."""
    content = bytearray(SOUND)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def as_other_packing() -> bytes:
    """A way of packing that nobody knows."""
    return SOUND.replace(struct.pack("<HHH", 20, 0, 8), struct.pack("<HHH", 20, 0, 77))


def with_a_chart_first() -> bytes:
    """Its first sheet is a chart, which has no cells."""
    with zipfile.ZipFile(BytesIO(SOUND)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    chart = '<sheet name="Chart1" sheetId="9" r:id="chart"/>'
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    parts[book] = parts[book].replace("<sheets>", f"<sheets>{chart}")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet"
    link = f'<Relationship Id="chart" Type="{kind}" Target="chartsheets/sheet1.xml"/>'
    parts[links] = parts[links].replace("</Rel", f"{link}</Rel")
    parts["xl/chartsheets/sheet1.xml"] = "<chartsheet><sheetViews/></chartsheet>"
    return packed(parts)


def test_a_sheet_that_is_a_chart_is_no_table(write: "Write", read: "Read") -> None:
    assert read(write("book.xlsx", with_a_chart_first())).ids == ["s-1"]


BROKEN = {
    "with a password": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000),
    "text": b"subscription_id,seats\ns-1,25\n",
    "HTML, as many sites call Excel": b"<html><table><tr><td>subscription_id</td></tr></table>",
    "cut": SOUND[:-30],
    "cut in a part": SOUND[: len(SOUND) // 2],
    "no workbook": packed({"readme.txt": "no workbook"}),
    "damaged part": with_bytes(SOUND[60:80], bytes(20)),
    "encrypted parts": as_encrypted(),
    "packed otherwise": as_other_packing(),
    "no end of a tag": workbook({"Sheet1": HEAD + "<row"}),
    "no cell there": workbook({"Sheet1": HEAD + row(2, text("?", "x"))}),
    "no shared text of this number": workbook({"Sheet1": HEAD + row(2, cell("A2", 9, kind="s"))}),
    "a duration of no clock": workbook(
        {"Sheet1": HEAD + row(2, text("A2", "s-1"), cell("B2", "1e300", style=DURATION))}
    ),
    "a duration that calamine panics over": workbook(
        {"Sheet1": HEAD + row(2, text("A2", "s-1"), cell("B2", "-1e300", style=DURATION))}
    ),
    "a duration of no length": workbook(
        {"Sheet1": HEAD + row(2, text("A2", "s-1"), cell("B2", "1e12", style=DURATION))}
    ),
    "a tag without an end": workbook({"Sheet1": f'{HEAD}<c x="{"y" * 3_000_000}'}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_sound_workbook_is_refused(case: str, write: "Write", read: "Read") -> None:
    (problem,) = read(write("book.xlsx", BROKEN[case])).refusals
    assert problem.code == "bad-workbook"
    assert (
        problem.help == "open it in Excel and save it as a workbook without a password, or as CSV"
    )
    assert "\n" not in problem.message


def test_a_workbook_that_unpacks_to_far_more_is_refused(write: "Write", read: "Read") -> None:
    book = packed({"xl/workbook.xml": bytes(64 * 2**20 + 1)})
    assert len(book) < 100_000
    assert read(write("book.xlsx", book)).refused == ["too-large"]


def test_a_part_that_hides_how_much_it_unpacks_to_is_refused(write: "Write", read: "Read") -> None:
    size = 10_000_000
    book = packed({"xl/workbook.xml": bytes(size)})
    hidden = book.replace(struct.pack("<I", size), struct.pack("<I", 10))
    assert hidden != book
    assert read(write("book.xlsx", hidden)).refused == ["bad-workbook"]


FAR = {
    "a stray cell": row(2, text("A2", "s-1")) + row(1_048_576, text("XFD1048576", "x")),
    "a stray cell in the ninth column": row(1_048_576, text("I1048576", "x")),
    "in small letters": row(1_048_576, text("xfd1048576", "x")),
    "beyond Excel": row(99_999_999, text("AAAAAA99999999", "x")),
    "far down and far right": row(2, text("XFD2", "x")) + row(1_048_576, text("A1048576", "x")),
    "cells without a place": row(2, "<c><v>1</v></c>" * 16_384)
    + '<row r="1048576"><c><v>1</v></c></row>',
    "another quote": "<row r='1048576'><c s='1' r='XFD1048576'><v>1</v></c></row>",
    "other attributes": row(1_048_576, '<c x="r=>" s = "1"  r = "XFD1048576"><v>1</v></c>'),
    "with an odd prefix": '<x-y.z:row r="1048576"><x-y.z:c r="XFD1048576"/></x-y.z:row>',
    "with a prefix": '<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
}


@pytest.mark.parametrize("case", FAR)
def test_a_sheet_that_would_take_all_memory_is_refused(
    case: str, write: "Write", read: "Read"
) -> None:
    """Calamine takes room for the rectangle around all cells; without it, the process ends."""
    (problem,) = read(write("book.xlsx", workbook({"Sheet1": HEAD + FAR[case]}))).refusals
    assert problem.code == "too-large"
    assert problem.help == "delete the rows and columns beyond the table, or save it as CSV"


def test_a_large_file_may_stretch_further_than_a_small_one(
    write: "Write", read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    book = workbook({"Sheet1": HEAD + row(1_000, text("J1000", "x"))})
    monkeypatch.setattr(workbooks, "ANY_CELLS", 0)
    monkeypatch.setattr(workbooks, "CELLS_A_BYTE", 10_000 / len(book))
    assert read(write("book.xlsx", book)).refused == []
    monkeypatch.setattr(workbooks, "CELLS_A_BYTE", 9_999 / len(book))
    (problem,) = read(write("book.xlsx", book)).refusals
    assert problem.message.startswith("has a sheet that stretches over more than 99")


def test_a_tag_across_two_pieces_counts(
    write: "Write", read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "_CHUNK", 7)
    book = workbook({"Sheet1": HEAD + FAR["a stray cell"]})
    assert read(write("book.xlsx", book)).refused == ["too-large"]


def test_a_long_text_in_many_cells_is_refused(
    write: "Write", read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calamine copies a text into each cell that shares it."""
    rows = HEAD + "".join(row(n, cell(f"A{n}", n % 2, kind="s")) for n in range(2, 202))
    book = write("book.xlsx", workbook({"Sheet1": rows}, ["<t>s</t>", f"<t>{'x' * 999}</t>"]))
    size = 100 * (999 + 1)
    monkeypatch.setattr(workbooks, "MOST_TEXT", size)
    assert read(book).refused == []
    monkeypatch.setattr(workbooks, "MOST_TEXT", size - 1)
    assert read(book).refused == ["too-large"]


def test_what_is_packed_twice_is_still_a_workbook_of_excel(write: "Write", read: "Read") -> None:
    assert read(write("book.xlsx.gz", gzip.compress(SOUND))).ids == ["s-1"]
    other = gzip.compress(packed(OPEN_DOCUMENT))
    assert read(write("other.xlsx.gz", other)).refused == ["bad-workbook"]


def test_a_long_narrow_table_is_read(write: "Write", read: "Read") -> None:
    book = workbook({"Sheet1": HEAD + row(1_048_576, text("A1048576", "s-1"))})
    assert read(write("book.xlsx", book)).ids == ["s-1"]
