"""Rows as lines of CSV, and guards against formulas in spreadsheets.

CSV is RFC 4180, except that lines end with a line feed. Text that a spreadsheet would take for a
formula gets an apostrophe in front; `unguarded` undoes exactly that. Where a comma is the decimal
sign, Excel splits a line at semicolons, even in quotes, and other programs split at tabs. So what
follows a semicolon, tab or line break within a cell is guarded like the start of a cell.
"""

import re

from lapse.model.tables import CellKind, Cells, Layout

GUARD = "'"
_WIDE_BLANKS = "\\x7f-\\xa0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_BLANKS = f"\\x00-\\x20{_WIDE_BLANKS}"
FORMULA = f"\\A'*(?:[\\t\\r\\n]|[{_BLANKS}]*(?:[=@\uff1d\uff20]|[+\uff0b\uff0d-](?s:.)))"
"""Matches text that needs a guard, in Python and in RE2. It also matches guarded text, so that
undoing is exact. A sign alone, such as the rule `-`, is no formula."""

_BLANKS_BETWEEN = f'"\\x00-\\x08\\x0b\\x0c\\x0e-\\x20{_WIDE_BLANKS}'
"""Includes the quote: CSV doubles it, and behind a separator `""=1` may be read as `=1`."""
_FORMULA_BEHIND = f"'*[{_BLANKS_BETWEEN}]*[=@\uff1d\uff20+\uff0b\uff0d-]"
GUARDED_BEHIND = f"([;\\t\\r\\n])'({_FORMULA_BEHIND})"
"""A guard behind a separator; no match has the separator of the next, so RE2 needs no lookahead."""

RUNS_BEHIND = f"([;\\t\\r\\n])({_FORMULA_BEHIND})"
GUARDING_BEHIND = rf"\1{GUARD}\2"
"""What replaces what `RUNS_BEHIND` matches."""
# Python's `\s`; that of RE2 has only the first four and the space.
_SPACES = "\\t-\\r\\x1c-\\x20\\x85\\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Most cells, at an eighth of the time that the other patterns take.
PLAIN = f'(?:[0-9A-Za-z](?:[^,;"\\t\\r\\n]*[^,;"{_SPACES}])?)?'
"""Matches cells that need neither guards nor quotes, as a whole, in Python and in RE2."""
NEEDS_QUOTES = f'[,"\\r\\n]|\\A[{_SPACES}]|[{_SPACES}]\\z'

_RUNS_AS_FORMULA = re.compile(FORMULA)
_RUNS_BEHIND = re.compile(RUNS_BEHIND)
_GUARDED_BEHIND = re.compile(GUARDED_BEHIND)
_PLAIN = re.compile(PLAIN)
_NEEDS_QUOTES = re.compile(NEEDS_QUOTES.replace(r"\z", r"\Z"))


def guarded(text: str) -> str:
    """The text with apostrophes where a spreadsheet would start a formula.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("a;=1"), guarded("Fabrikam")
    ("'=1+1", "''=1+1", "a;'=1", 'Fabrikam')
    """
    behind = _RUNS_BEHIND.sub(GUARDING_BEHIND, text)
    return GUARD + behind if _RUNS_AS_FORMULA.match(text) else behind


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    behind = _GUARDED_BEHIND.sub(r"\1\2", text)
    is_guarded = behind.startswith(GUARD) and _RUNS_AS_FORMULA.match(behind[1:])
    return behind[1:] if is_guarded else behind


def csv_line(cells: Cells, layout: Layout) -> str:
    """A row as a line of CSV."""
    return ",".join(
        [
            cell
            if _PLAIN.fullmatch(cell)
            else _quoted(guarded(cell) if column.kind is CellKind.TEXT else cell)
            for cell, column in zip(cells, layout.columns, strict=True)
        ]
    )


def csv_header(layout: Layout) -> str:
    return ",".join(layout.names)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def encoded(text: str) -> bytes:
    """The text in UTF-8; half a surrogate pair, which YAML and JSON can contain, becomes `?`."""
    return text.encode("utf-8", "replace")
