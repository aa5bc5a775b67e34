"""How DuckDB reads an input exactly: from the file, or from a copy rewritten for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from duckdb import DuckDBPyConnection

from lapse.inputs.files import Format, refusal
from lapse.inputs.formats.copy import REST, FileRow, cells_of, delimited_rows, rewrite
from lapse.inputs.formats.delimited import Header
from lapse.inputs.formats.json_rows import Wanted, document_rows
from lapse.inputs.formats.lines import json_lines
from lapse.inputs.formats.parquet import Raw, delimited, parquet_scan, rewritten, typed_columns
from lapse.inputs.formats.workbook import sheet_rows
from lapse.inputs.number_forms import Decimals, unguarded
from lapse.inputs.plain_copy import PlainCopy, most_unpacked
from lapse.inputs.profiles.recognise import Look
from lapse.inputs.profiles.shape import Names, Shape, names_read, require_keys
from lapse.inputs.profiles.to_sql import Cell
from lapse.inputs.records import Told
from lapse.model.asked import facts_lost
from lapse.model.days import AsOf
from lapse.model.kinds import NEXT_PRICE
from lapse.model.profile import DateForm
from lapse.sql.expressions import query, render
from lapse.sql.steps import Steps

MOST_ROWS = 200_000_000
"""Rows of one Parquet file; so many may take almost no space in it."""
MOST_LISTED = 2**24
"""Values in the lists of one column and row group, which may all be read at once."""


@dataclass(frozen=True, slots=True)
class Source:
    """An input as facts: `cells` has the text of each over the raw table, in column order.

    If it `may_fail`, DuckDB may fail to read it, or drop a cell: it may not be well formed. `bare`
    is the table before anything is computed over it. `undated` are the facts whose dates may have
    the day or the month first.
    """

    plain: PlainCopy
    shape: Shape
    names: Names
    raw: Raw
    cells: Mapping[str, Cell]
    bare: Raw
    header: Header | None = None
    may_fail: bool = False
    undated: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.plain.input.name

    @property
    def has_dictionaries(self) -> bool:
        """Whether DuckDB computes a function of a text once for each text of a column."""
        return self.plain.input.format is Format.PARQUET

    def told(self) -> Told:
        """The facts it has a column for, and what its profile assumes of others.

        Nothing is assumed for a lost column: a dispute is not over because its column is gone.
        """
        profile = self.shape.profile
        if profile is None:
            return Told(frozenset(self.cells))
        spoken = {*self.cells, *self.undated, *dict(facts_lost(profile, self.names.spelled))}
        others = {fact: v for fact, v in profile.assumed.items() if fact not in spoken}
        after = (NEXT_PRICE,) if profile.in_force is not None else ()
        return Told(frozenset({*self.cells, *after}), others)


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens inputs whose shape is known; `as_of` is the moment judged.

    `scratch` is a private folder that `connection` may read and write.
    """

    connection: DuckDBPyConnection
    as_of: AsOf
    scratch: Path

    def source(self, look: Look, shape: Shape) -> Source:
        plain = look.plain
        match plain.input.format:
            case Format.DELIMITED | Format.TABBED:
                return self._delimited(look, shape)
            case Format.JSON:
                return self._document(plain, shape)
            case Format.JSON_LINES:
                return self._lines(plain, shape)
            case Format.PARQUET:
                return self._parquet(look, shape)
            case Format.WORKBOOK:
                return self._workbook(look, shape)

    def repaired(self, source: Source) -> Source:
        """The source rewritten: delimited text with records that DuckDB cannot read."""
        header, wanted = source.header, _written(source.names, source.shape)
        assert header is not None
        columns = [name.lower() for name in header.names]
        rows = delimited_rows(source.plain, header.delimiter, columns, wanted)
        return self._rewritten(source.plain, source.shape, source.names, rows)

    def dated(
        self, source: Source, forms: Mapping[str, tuple[DateForm, ...]], unknown: frozenset[str]
    ) -> Source:
        """The same input with its dates in these forms, and without facts that stay unknown."""
        shape = replace(source.shape, forms=forms)
        reread = self.over(source.plain, shape, source.names, source.bare, source.header)
        cells = {fact: cell for fact, cell in reread.cells.items() if fact not in unknown}
        return replace(reread, cells=cells, may_fail=source.may_fail, undated=unknown)

    def _delimited(self, look: Look, shape: Shape) -> Source:
        header = look.header
        assert header is not None
        names = names_read(look.names, shape, look.plain.input.name)
        lower = [name.lower() for name in header.names]
        raw = delimited(look.plain, lower, names.spelled, header.delimiter)
        return self.over(look.plain, shape, names, raw, header)

    def _document(self, plain: PlainCopy, shape: Shape) -> Source:
        seen: set[str] = set()
        paths, has_rest = tuple(sorted(shape.wanted())), bool(shape.table.owners)
        copy, written = _copy_of(plain), (*paths, *((REST,) if has_rest else ()))
        rows = document_rows(plain, _wanted(shape), seen, has_rest=has_rest)
        count = rewrite(rows, written, copy, shape.about(paths))
        columns = [name for name in paths if name in seen]
        names = Names({name: name for name in columns}, tuple(sorted(seen - set(columns))))
        if count:
            require_keys(names, shape, plain.input.name)
        else:
            columns = list(shape.about(paths))
            names = Names({name: name for name in columns})
        return self.over(plain, shape, names, rewritten(copy, columns, written))

    def _lines(self, plain: PlainCopy, shape: Shape) -> Source:
        lines = json_lines(self.connection, plain, _wanted(shape))
        if lines is None:
            return self._document(plain, shape)
        raw = lines.raw
        others = tuple(sorted(lines.paths - set(raw.columns)))
        names = Names({name: name for name in raw.columns}, others)
        if lines.paths:
            require_keys(names, shape, plain.input.name)
        return self.over(plain, shape, names, raw)

    def _parquet(self, look: Look, shape: Shape) -> Source:
        plain = look.plain
        self._refuse_large(plain)
        names = names_read(look.names, shape, plain.input.name)
        scan = query("SELECT * FROM $scan", scan=parquet_scan(plain.path))
        described = self.connection.execute(f"DESCRIBE {render(scan)}").fetchall()
        typed = [(name, type_) for name, type_, *_ in described]
        at = {name.lower(): pair for name, pair in zip(look.names, typed, strict=True)}
        unread = [at[name][0] for name in at if name not in names.spelled]
        raw = typed_columns(plain, {name: at[name] for name in names.spelled}, unread)
        return self.over(plain, shape, names, raw)

    def _refuse_large(self, plain: PlainCopy) -> None:
        """Refuses a Parquet file that is too large by its metadata, before unpacking any of it."""
        rows = query(
            "SELECT sum(num_rows) FROM $file",
            file=parquet_scan(plain.path, "parquet_file_metadata"),
        )
        sizes = query(
            """SELECT coalesce(sum(total_uncompressed_size), 0),
                coalesce(max(num_values) FILTER (num_values > row_group_num_rows), 0)
            FROM $groups""",
            groups=parquet_scan(plain.path, "parquet_metadata"),
        )
        (count,) = self.connection.execute(render(rows)).fetchall()[0]
        unpacked, listed = self.connection.execute(render(sizes)).fetchall()[0]
        if count > MOST_ROWS:
            raise refusal("too-large", f"has more than {MOST_ROWS} rows", plain.input.name)
        # A file of 15 kB that held 20 texts of 20 MB took 1.7 GB to read.
        most = most_unpacked(plain.path.stat().st_size)
        if unpacked > most:
            what = f"unpacks to more than {most // 2**20} MiB"
            raise refusal("too-large", what, plain.input.name, help_="save it as CSV")
        if listed > MOST_LISTED:
            what = f"has a column with lists of more than {MOST_LISTED} values"
            raise refusal("too-large", what, plain.input.name, help_="leave that column out")

    def _workbook(self, look: Look, shape: Shape) -> Source:
        plain = look.plain
        names = names_read(look.names, shape, plain.input.name)
        lower = [name.lower() for name in look.names]
        below, written = islice(sheet_rows(plain), 1, None), _written(names, shape)
        rows = (FileRow(cells_of(lower, row, written)) for row in below)
        return self._rewritten(plain, shape, names, rows)

    def _rewritten(
        self, plain: PlainCopy, shape: Shape, names: Names, rows: Iterable[FileRow]
    ) -> Source:
        copy, known, written = _copy_of(plain), tuple(names.spelled), _written(names, shape)
        rewrite(rows, written, copy, shape.about(known))
        return self.over(plain, shape, names, rewritten(copy, known, written))

    def over(
        self, plain: PlainCopy, shape: Shape, names: Names, bare: Raw, header: Header | None = None
    ) -> Source:
        """The source that a table of texts is."""
        is_text = plain.input.format in {Format.DELIMITED, Format.TABBED}
        decimals = Decimals.POINT
        if shape.profile is not None and shape.profile.has_decimal_comma:
            decimals = Decimals.COMMA if is_text else Decimals.EITHER
        steps, raw = Steps(), bare
        if shape.profile is not None:
            texts = {name: steps.named(unguarded(cell)) for name, cell in raw.columns.items()}
            raw = replace(raw, columns=texts)
        cells = shape.cells(raw.columns, decimals, self.as_of, steps)
        raw = replace(raw, table=steps.over(raw.table.copy()))
        return Source(plain, shape, names, raw, cells, bare, header, may_fail=header is not None)


def _wanted(shape: Shape) -> Wanted:
    return Wanted(shape.wanted(), shape.rows, shape.lists())


def _written(names: Names, shape: Shape) -> tuple[str, ...]:
    """The columns of a copy; one more holds a digest of the unread ones, where rows have owners."""
    return (*names.spelled, *((REST,) if shape.table.owners and names.others else ()))


def _copy_of(source: PlainCopy) -> Path:
    return source.path.with_suffix(".rewritten")
