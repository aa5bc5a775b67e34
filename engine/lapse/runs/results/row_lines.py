"""Rows of a relation as lines of CSV or JSON, and the digests of their cells, in SQL.

A cell of CSV has guards and quotes as in `runs.cells`, which has the patterns. The digest of a row
is the SHA-256 of its cells as a JSON array of texts, whatever the format.
"""

from collections.abc import Iterable

from lapse.model.tables import CellKind, Column, Layout
from lapse.runs.cells import FORMULA, GUARD, GUARDING_BEHIND, NEEDS_QUOTES, PLAIN, RUNS_BEHIND
from lapse.sql.sandbox import literal


def csv_rows(query: str, layout: Layout) -> str:
    """Each row of a query as a line of CSV, with its digest."""
    # As lists: each pattern is compiled once, not once for each column.
    texts = [column for column in layout.columns if column.kind is CellKind.TEXT]
    ours = [column for column in layout.columns if column.kind is CellKind.OURS]
    guarded = f"list_transform({_list(texts)}, lambda it: {_guarded('it')})"
    quoted = f"list_transform(list_concat({guarded}, {_list(ours)}), lambda it: {_quoted('it')})"
    places = {column.name: place for place, column in enumerate((*texts, *ours), start=1)}
    told = (
        f"cells[{places[column.name]}]" if column.name in places else text_cell(column)
        for column in layout.columns
    )
    line = f"concat_ws(',', {', '.join(told)})"
    return f"SELECT {line}, {digest(layout)} FROM (SELECT *, {quoted} AS cells FROM ({query}))"


def json_rows(query: str, layout: Layout) -> str:
    """Each row of a query as a line of JSON: whole numbers as numbers, a blank as null."""
    told = ", ".join(f"{literal(column.name)}: {typed_cell(column)}" for column in layout.columns)
    return f"SELECT CAST(to_json({{{told}}}) AS VARCHAR), {digest(layout)} FROM ({query})"


def digest(layout: Layout) -> str:
    """The digest of a row, in SQL, as hexadecimal digits."""
    return f"sha256(CAST(to_json({_list(layout.columns)}) AS VARCHAR))"


def text_cell(column: Column) -> str:
    """A cell as text, blank where it is null."""
    is_text = column.kind in {CellKind.TEXT, CellKind.OURS}
    text = _name(column) if is_text else f"CAST({_name(column)} AS VARCHAR)"
    return f"coalesce({text}, '')"


def typed_cell(column: Column) -> str:
    """A cell with its type, null where it is blank."""
    is_text = column.kind in {CellKind.TEXT, CellKind.OURS}
    return f"nullif({_name(column)}, '')" if is_text else _name(column)


def _name(column: Column) -> str:
    return f'"{column.name}"'


def _list(columns: Iterable[Column]) -> str:
    return f"[{', '.join(map(text_cell, columns))}]"


def _guarded(cell: str) -> str:
    mark, put = literal(GUARD), literal(GUARDING_BEHIND)
    behind = f"regexp_replace({cell}, {literal(RUNS_BEHIND)}, {put}, 'g')"
    before = f"CASE WHEN regexp_matches({cell}, {literal(FORMULA)}) THEN {mark} ELSE '' END"
    is_plain = f"regexp_full_match({cell}, {literal(PLAIN)})"
    return f"CASE WHEN {is_plain} THEN {cell} ELSE {before} || {behind} END"


def _quoted(cell: str) -> str:
    needs = f"regexp_matches({cell}, {literal(NEEDS_QUOTES)})"
    return f"""CASE WHEN {needs} THEN '"' || replace({cell}, '"', '""') || '"' ELSE {cell} END"""
