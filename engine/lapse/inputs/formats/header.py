"""The first line of delimited text."""

from dataclasses import dataclass

from lapse.inputs.files import Format, refusal
from lapse.inputs.formats.delimited import cut_lines, delimiter_of, records
from lapse.inputs.plain import Plain

MOST_COLUMNS = 5_000


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file as spelled there, without spaces around."""

    names: tuple[str, ...]
    delimiter: str
    text: str
    is_first_line: bool


def header_of(source: Plain) -> Header:
    """The header of delimited text."""
    name = source.input.name
    tab = "\t" if source.input.format is Format.TABBED else None
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        line = next((line for line in cut_lines(file) if line.strip()), "")
        delimiter = tab or delimiter_of(line)
        file.seek(0)
        first = next(records(file, delimiter), None)
    if first is None:
        raise refusal("empty-input", "holds only blank lines", name)
    if first.cells is None:
        raise refusal("not-a-table", "its first line is no header of a table", name, first.line)
    is_first_line = first.line == 1 and not {"\r", "\n"} & set(first.text.rstrip("\r\n"))
    names = tuple(cell.strip() for cell in first.cells)
    refuse_too_many(len(names), name)
    return Header(names, delimiter, first.text, is_first_line)


def refuse_too_many(columns: int, file: str) -> None:
    if columns > MOST_COLUMNS:
        raise refusal("too-many-columns", f"has more than {MOST_COLUMNS} columns", file)
