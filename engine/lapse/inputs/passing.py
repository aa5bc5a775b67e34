"""One input read through to its end, before any of its rows is handed on.

This counts its rows and keeps what they say as typed facts. It is apart from `reading` because
importing it costs the imports of sqlglot and duckdb.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.files import refusal
from lapse.inputs.formats.delimited import MOST_LINE
from lapse.inputs.formats.parquet import parquet_scan
from lapse.inputs.plain_copy import PlainCopy, ends_in_long_line, occurrences
from lapse.inputs.sources import Opener, Source
from lapse.inputs.statements import ID_HASH, NUMBER, judged
from lapse.model.place import reason
from lapse.sql.expressions import aliased, column, query, render
from lapse.sql.sandbox import words_of, write_scratch


@dataclass(frozen=True, slots=True)
class Checked:
    """An input that can be read to its end; `bad` counts its rejected rows.

    `table` has all its rows as typed facts: rows to be merged in memory, others in a file, with
    their number from 0.
    """

    source: Source
    rows: int
    bad: int
    table: str


@contextmanager
def reading(source: PlainCopy) -> Iterator[None]:
    """Turns errors of DuckDB and of the system into refusals of the input."""
    try:
        yield
    except OSError as error:
        raise refusal("unreadable", f"cannot be read: {reason(error)}", source.input.name) from None
    except duckdb.OutOfMemoryException:  # no fault of the input: the sandbox tells it
        raise
    except duckdb.Error as error:
        raise refusal("unreadable", f"cannot be read: {_told(error)}", source.input.name) from None


def _told(error: duckdb.Error) -> str:
    """DuckDB's message without private names."""
    return re.sub(r"[Ff]ile '[^']*\.(plain|rewritten)' ?", "", words_of(error)).strip()


@dataclass(frozen=True, slots=True)
class Passing:
    """Reads an input through, into a table of this name."""

    opener: Opener
    table: str
    is_merged: bool

    def checked(self, source: Source) -> Checked:
        from lapse.inputs.day_order import dated_by_cells  # noqa: PLC0415  it reads sources, too

        with reading(source.plain):
            passed = self._read_through(source)
            dated = dated_by_cells(self._connection, passed.source) if passed.bad else None
            if dated is not None:
                source = self.opener.dated(passed.source, dated.forms, dated.unknown)
                passed = self._passed(source).checked
            self._remember()
            return passed

    @property
    def _connection(self) -> DuckDBPyConnection:
        return self.opener.connection

    def _read_through(self, source: Source) -> Checked:
        if source.may_fail:
            fast = self._well_formed(source)
            if fast is not None:
                return fast
            source = self.opener.repaired(source)
        return self._passed(source).checked

    def _passed(self, source: Source) -> "_Passed":
        """Reads the source to its end once, and counts rows and delimiters."""
        if self.is_merged:
            self._load(source)
        else:
            self._keep(source)
        counted = self._connection.execute(
            'SELECT count(*), count(*) FILTER ("#is_bad"), coalesce(sum("#delimiters"), 0) '  # noqa: S608  no text of users
            f"FROM {self.table}"
        ).fetchall()
        rows, bad, delimiters = counted[0]
        return _Passed(Checked(source, rows, bad, self.table), int(delimiters))

    def _load(self, source: Source) -> None:
        from lapse.inputs.joining.origin import origin_extras  # noqa: PLC0415
        from lapse.inputs.profiles.precedence import order_extras  # noqa: PLC0415

        rows = judged(source, (*order_extras(source), *origin_extras(source)))
        into = exp.to_table(self.table)
        made = exp.Create(this=into, kind="TABLE", replace=True, expression=rows)
        self._connection.execute(render(made))

    def _keep(self, source: Source) -> None:
        # A file, since a table in memory is not compressed; a new one for each pass, since DuckDB
        # keeps in mind what it read of a file.
        names = (f"{self.table}-{number}.parquet" for number in count())
        paths = (self.opener.scratch / name for name in names)
        file = next(path for path in paths if not path.exists())
        write_scratch(self._connection.sql(render(judged(source))), file)
        scan = parquet_scan(file, file_row_number=exp.true())
        number = aliased(column("file_row_number"), NUMBER)
        made = query(
            "SELECT * EXCLUDE (file_row_number), $number FROM $scan", number=number, scan=scan
        )
        self._connection.execute(f"CREATE OR REPLACE VIEW {self.table} AS {render(made)}")

    def _remember(self) -> None:
        """Adds the hashed ids of the rows just read to the table `seen`."""
        self._connection.execute(
            f'INSERT INTO seen SELECT "{ID_HASH}" FROM {self.table} '  # noqa: S608
            f'WHERE "{ID_HASH}" IS NOT NULL'
        )

    def _well_formed(self, source: Source) -> Checked | None:
        """The file as DuckDB reads it by itself; null when it cannot, or dropped a cell.

        DuckDB takes a blank line for a header, and for a row where there is one column. It drops an
        extra empty cell at the end of a row, which may hide that the row is shifted. So the
        delimiters must add up: between cells, within cells, and in the header.
        """
        header = source.header
        if header is None or not header.is_first_line or len(header.names) == 1:
            return None
        if ends_in_long_line(source.plain.path, MOST_LINE):
            return None
        try:
            passed = self._passed(source)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            return None
        between = passed.checked.rows * (len(header.names) - 1)
        # Counted here: DuckDB's `store_rejects` passes `1,2,3,`, and lets an open quote eat the
        # rest of the file.
        total = occurrences(source.plain.path, header.delimiter)
        if total != between + passed.delimiters + header.text.count(header.delimiter):
            return None
        return passed.checked


@dataclass(frozen=True, slots=True)
class _Passed:
    checked: Checked
    delimiters: int
