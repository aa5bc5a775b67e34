"""Tables fit 80 columns whatever stands in them, and break no word."""

from unicodedata import east_asian_width

from lapse.report.tables import table_text


def test_columns_without_room_stand_in_a_further_table() -> None:
    header = ["week of", *(f"a_rather_long_action_{number}" for number in range(7))]
    text = table_text(header, [["2026-11-23", *"1234567"]])
    blocks = text.split("\n\n")
    assert [block.split() for block in blocks] == [
        ["week", "of", *header[1:3], "2026-11-23", "1", "2"],
        ["week", "of", *header[3:5], "2026-11-23", "3", "4"],
        ["week", "of", *header[5:7], "2026-11-23", "5", "6"],
        ["week", "of", header[7], "2026-11-23", "7"],
    ]
    assert max(map(len, text.splitlines())) <= 80


def test_amounts_are_not_broken() -> None:
    row = ["NO", "9,999,999,999.99", "123,456,789,012.34", "999,999,999,999.99"]
    text = table_text(["market", "debt", "monthly", "commitment"], [row])
    assert text.splitlines()[1].split() == row


def test_a_long_first_cell_is_folded_as_wide_as_it_shows() -> None:
    text = table_text(["product", "debt"], [["株式会社" * 20, "1"], ["\x1b[31m" * 20, "2"]])
    assert "\x1b" not in text
    for line in text.splitlines():
        assert sum(2 if east_asian_width(char) in "WF" else 1 for char in line) <= 80
