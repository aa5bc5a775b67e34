"""Tables that fit a terminal of 80 columns, as text."""

from collections.abc import Iterable, Sequence
from io import StringIO

WIDTH = 80
INDENT = 2


def table_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, its first column to the left, the others to the right; long cells are folded.

    >>> print(table_text(["action", "sooner"], [["suspend", "12"]]))
      action   sooner
      suspend      12
    """
    from rich.console import Console  # noqa: PLC0415  slow to import
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, name in enumerate(header):
        table.add_column(Text(name), justify="right" if index else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    written = StringIO()
    Console(file=written, width=WIDTH - INDENT, color_system=None, legacy_windows=False).print(
        table
    )
    lines = written.getvalue().rstrip("\n").splitlines()
    return "\n".join(" " * INDENT + line.rstrip() for line in lines)
