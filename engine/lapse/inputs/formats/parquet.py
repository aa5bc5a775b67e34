"""How a file of each format becomes a relation of text: one column for each that is wanted.

DuckDB guesses nothing here: every option and column is given. What it cannot read exactly is
rewritten first. Rows keep the order of the file. Importing this module costs that of sqlglot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from lapse.inputs.formats.copy import BETWEEN, COLUMN, FLAW, FOUND, MOST_FOUND, REST, ROW
from lapse.inputs.plain_copy import PlainCopy, occurrences
from lapse.sql.expressions import aliased, blank, cases, column, is_there, query, sql

FLAWS = (FLAW, COLUMN, FOUND)
NO_CELLS = ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "GEOMETRY", "VARIANT", "INTERVAL", "TIME")
"""Types of Parquet, as DuckDB names them, that cannot become a cell of text."""

TEXTS = ("VARCHAR", "JSON", "ENUM")
"""Types of Parquet whose values may be long."""
LONG = "#long"
"""The column that is true where the texts of a row are too long."""
MOST_TEXT = 2**15
"""Bytes of text in a row of Parquet. A file stores a repeated text once, but DuckDB copies it for
each of the 2,048 rows that it reads at once."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An input as text: `columns` has the expression of each column over `table`.

    Columns go by their lower-case names. A null `row` means that rows are numbered in order.
    `flaws` are null for a sound row. `delimiters` counts those within the cells of a row; it is
    null where the file has no delimiters.
    """

    table: exp.Expr
    columns: Mapping[str, exp.Expr]
    row: exp.Expr | None = None
    flaws: Mapping[str, exp.Expr] | None = None
    delimiters: exp.Expr | None = None
    rest: exp.Expr | None = None


def delimited(
    source: PlainCopy, names: Sequence[str], wanted: Iterable[str], delimiter: str
) -> Raw:
    """A well-formed file whose first line is its header, with columns of these lower-case names."""
    places = [str(index) for index in range(len(names))]
    columns = {name: column(places[names.index(name)]) for name in wanted}
    inside = exp.convert(0)
    if occurrences(source.path, '"'):  # no cell can have a delimiter otherwise
        inside = sql(
            """CASE WHEN contains(concat($cells), $delimiter)
                THEN strlen(concat($cells)) - strlen(replace(concat($cells), $delimiter, ''))
                ELSE 0 END""",
            cells=[*map(column, places)],
            delimiter=delimiter,
        )
    unread = [place for place, name in zip(places, names, strict=True) if name not in columns]
    table = read_csv(source.path, places, delimiter)
    return Raw(table, columns, delimiters=inside, rest=_digest_of(unread))


def rewritten(copy: Path, names: Sequence[str], written: Sequence[str]) -> Raw:
    """A file written by `copy.rewrite` with columns `written`; `names` are the input's own."""
    columns = {name: column(name) for name in names}
    rest = column(REST) if REST in written else None
    flaws = {name: blank(column(name)) for name in FLAWS}
    row = sql('CAST("#row" AS bigint)')
    return Raw(read_csv(copy, (ROW, *FLAWS, *written), ","), columns, row, flaws, rest=rest)


def typed_columns(
    source: PlainCopy, wanted: Mapping[str, tuple[str, str]], unread: Sequence[str] = ()
) -> Raw:
    """A Parquet file; `wanted` gives DuckDB's name and type of each column, `unread` the others."""
    texts = {name: plain_text(column(at), type_) for name, (at, type_) in wanted.items()}
    written = [texts[name] for name, (_, type_) in wanted.items() if type_.startswith(TEXTS)]
    # A column of its own: copied for each text, it made a statement of 75,000 nodes of 34 columns.
    is_long = column(LONG)
    columns = {name: cases([(is_long, _start_of(text))], text) for name, text in texts.items()}
    nested = {name: column(at) for name, (at, type_) in wanted.items() if is_nested(type_)}
    scan = parquet_scan(source.path, hive_partitioning=exp.false(), file_row_number=exp.true())
    table = query("SELECT *, $long FROM $scan", long=aliased(_is_long(written), LONG), scan=scan)
    row = sql("file_row_number + 1")
    flaws = flaws_of(written, nested)
    return Raw(table.subquery("scanned", copy=False), columns, row, flaws, rest=_digest_of(unread))


def _is_long(texts: Sequence[exp.Expr]) -> exp.Expr:
    """Whether these texts of a row are together longer than `MOST_TEXT`."""
    total = sql("0")
    for text in texts:
        total = sql("$total + coalesce(strlen($text), 0)", total=total, text=text)
    return sql("$total > $most", total=total, most=MOST_TEXT)


def _start_of(text: exp.Expr) -> exp.Expr:
    return sql("left($text, $most)", text=text, most=MOST_FOUND)


def _digest_of(names: Sequence[str]) -> exp.Expr | None:
    """As `copy.rest_of`: a row has the same digest in whatever way it is read.

    A cell that is too long to be copied for each row is replaced by a digest of its own.
    """
    if not names:
        return None
    cells = [sql("coalesce(CAST($cell AS text), '')", cell=column(name)) for name in names]
    short = [cases([(_is_long([cell]), sql("md5($cell)", cell=cell))], cell) for cell in cells]
    return sql("md5(concat_ws($between, $cells))", between=BETWEEN, cells=short)


def flaws_of(texts: Sequence[exp.Expr], nested: Mapping[str, exp.Expr]) -> dict[str, exp.Expr]:
    """The flaw of a row whose texts are too long, or that has a nested value."""
    is_long = column(LONG)
    starts = sql("concat_ws(',', $starts)", starts=[*map(_start_of, texts), sql("''")])
    given = [(label, value, is_there(value)) for label, value in nested.items()]
    return {
        FLAW: cases([(is_long, "bad-row"), *((is_it, "bad-cell") for _, _, is_it in given)]),
        COLUMN: cases([(is_long, ""), *((is_it, label) for label, _, is_it in given)]),
        FOUND: cases(
            [
                (is_long, _start_of(starts)),
                *((is_it, sql("CAST($value AS text)", value=value)) for _, value, is_it in given),
            ]
        ),
    }


def is_nested(type_: str) -> bool:
    # `TIMESTAMP` begins like `TIME`, which is no cell.
    is_timestamp = type_.startswith("TIMESTAMP")
    return type_.endswith("]") or (type_.startswith(NO_CELLS) and not is_timestamp)


def plain_text(cell: exp.Expr, type_: str) -> exp.Expr:
    """A Parquet value as the text that a CSV file would hold."""
    if is_nested(type_):
        return sql("CAST(NULL AS text)")
    if type_ == "TIMESTAMP WITH TIME ZONE":
        return sql("strftime(CAST($cell AS timestamp), '%Y-%m-%dT%H:%M:%S.%fZ')", cell=cell)
    text = sql("CAST($cell AS text)", cell=cell)
    if type_.startswith("TIMESTAMP"):
        return sql("regexp_replace($text, ' 00:00:00$', '')", text=text)
    if type_.startswith("DECIMAL"):
        return without_idle_zeros(text)
    return _plain_float(cell) if type_ in {"DOUBLE", "FLOAT"} else text


def _plain_float(cell: exp.Expr) -> exp.Expr:
    """A float as a decimal where that is equal, and as DuckDB writes it otherwise."""
    decimal = sql("try_cast(CAST($cell AS text) AS decimal(38, 10))", cell=cell)
    return sql(
        """CASE WHEN CAST($decimal AS double) = CAST($cell AS double) THEN $plain
            ELSE CAST($cell AS text) END""",
        decimal=decimal,
        cell=cell,
        plain=without_idle_zeros(sql("CAST($decimal AS text)", decimal=decimal)),
    )


def without_idle_zeros(text: exp.Expr) -> exp.Expr:
    return sql(r"regexp_replace($text, '\.0*$|(\.\d*[1-9])0+$', '\1')", text=text)


def parquet_scan(path: Path, function: str = "read_parquet", **options: exp.Expr) -> exp.Expr:
    return _scan(function, path, **options)


def read_csv(
    path: Path, names: Sequence[str], delimiter: str, *, quote: str = '"', has_header: bool = True
) -> exp.Expr:
    """All columns as text under these names; an error when any row is not well formed."""
    text = exp.Literal.string
    types = [exp.PropertyEQ(this=text(name), expression=text("VARCHAR")) for name in names]
    return _scan(
        "read_csv",
        path,
        # Guessed, a column of `NO` is false, `1.10` is 1.1, and mixed dates end the reading.
        auto_detect=exp.false(),
        header=exp.Boolean(this=has_header),
        delim=text(delimiter),
        quote=text(quote),
        escape=text(quote),
        strict_mode=exp.true(),
        columns=exp.Struct(expressions=types),
    )


def _scan(function: str, path: Path, **options: exp.Expr) -> exp.Expr:
    named = [
        exp.EQ(this=exp.to_identifier(name), expression=value) for name, value in options.items()
    ]
    located = exp.Literal.string(str(path))
    return exp.Table(this=exp.Anonymous(this=function, expressions=[located, *named]))
