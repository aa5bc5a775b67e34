"""Tables that fit a terminal of 80 columns, as text."""

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import TYPE_CHECKING

from lapse.report.printable import printable
from lapse.report.words import WIDTH

if TYPE_CHECKING:
    from rich.table import Table

INDENT = 2
GAP = 2
WIDEST_FIRST = 30


def table_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose first column is aligned left and the others right.

    Columns that do not fit go into further tables below, which repeat the first column.

    >>> print(table_text(["action", "sooner"], [["suspend", "12"]]))
      action   sooner
      suspend      12
    """
    cells = [[printable(cell) for cell in row] for row in (header, *rows)]
    return "\n\n".join(_table(cells, columns) for columns in _blocks(cells))


def side_by_side(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of texts aligned left, which are broken into lines where they do not fit.

    >>> print(side_by_side(["", "NO", "DE"], [["grace_days", "14", "21"]]))
                  NO  DE
      grace_days  14  21
    """
    from rich.cells import cell_len  # noqa: PLC0415  slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=False)
    first = min(max(cell_len(row[0]) for row in rows), WIDEST_FIRST)
    table.add_column(min_width=first, max_width=first, overflow="fold")
    for _ in header[1:]:
        table.add_column(ratio=1, overflow="fold")
    for row in (header, *rows):
        table.add_row(*(Text(printable(cell)) for cell in row))
    return _printed(table)


def _blocks(cells: Sequence[Sequence[str]]) -> Iterator[list[int]]:
    """The indexes of all columns but the first, in blocks that fit beside it."""
    from rich.cells import cell_len  # noqa: PLC0415  slow to import

    widths = [max(cell_len(row[index]) for row in cells) for index in range(len(cells[0]))]
    room = WIDTH - INDENT - min(widths[0], WIDEST_FIRST)
    block: list[int] = []
    left = room
    for index in range(1, len(widths)):
        if block and left < widths[index] + GAP:
            yield block
            block, left = [], room
        block.append(index)
        left -= widths[index] + GAP
    yield block


def _table(cells: Sequence[Sequence[str]], columns: Sequence[int]) -> str:
    from rich.table import Table  # noqa: PLC0415  slow to import
    from rich.text import Text  # noqa: PLC0415

    header, *rows = cells
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
    table.add_column(Text(header[0]), max_width=WIDEST_FIRST, overflow="fold")
    for index in columns:
        table.add_column(Text(header[index]), justify="right", no_wrap=True, overflow="fold")
    for row in rows:
        # As `Text`, because rich takes `[red]` in a plain string for markup.
        table.add_row(*(Text(row[index]) for index in (0, *columns)))
    return _printed(table)


def _printed(table: "Table") -> str:
    from rich.console import Console  # noqa: PLC0415  slow to import

    written = StringIO()
    Console(file=written, width=WIDTH - INDENT, color_system=None, legacy_windows=False).print(
        table
    )
    lines = written.getvalue().rstrip("\n").splitlines()
    return "\n".join(" " * INDENT + line.rstrip() for line in lines)
