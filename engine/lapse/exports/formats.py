"""How a file of each format becomes a relation of text: one column for each that is wanted.

DuckDB guesses nothing here: every option and column is given. What it cannot read exactly is
rewritten first. Rows keep the order of the file. Importing this module costs that of sqlglot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from lapse.exports.plain import Plain
from lapse.exports.rewrite import BETWEEN, COLUMN, FLAW, FOUND, REST, ROW
from lapse.exports.typed import blank, call, cast, column, is_there, literal, number, try_cast

FLAWS = (FLAW, COLUMN, FOUND)
NUMBER_IN_FILE = "file_row_number"
NO_CELLS = ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "GEOMETRY", "VARIANT", "INTERVAL", "TIME")
"""Types of Parquet, by how DuckDB names them, that no cell of text stands for."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An input as text: `columns` gives the expression of each column over `table`.

    Columns go by their lower-case names. A null `row` means that rows are numbered as they come.
    `flaws` are null for a sound row. `delimiters` counts those within a row's cells, where the file
    has that many more.
    """

    table: exp.Expr
    columns: Mapping[str, exp.Expr]
    row: exp.Expr | None = None
    flaws: Mapping[str, exp.Expr] | None = None
    delimiters: exp.Expr | None = None
    rest: exp.Expr | None = None


def delimited(source: Plain, names: Sequence[str], wanted: Iterable[str], delimiter: str) -> Raw:
    """A well-formed file whose first line is its header, with columns of these lower-case names."""
    places = [str(index) for index in range(len(names))]
    columns = {name: column(places[names.index(name)]) for name in wanted}
    row = call("concat", *map(column, places))
    rest = call("replace", row.copy(), literal(delimiter), literal(""))
    inside = exp.Sub(this=call("strlen", row), expression=call("strlen", rest))
    unread = [place for place, name in zip(places, names, strict=True) if name not in columns]
    table = read_csv(source.path, places, delimiter)
    return Raw(table, columns, delimiters=inside, rest=_digest_of(unread))


def rewritten(copy: Path, names: Sequence[str], written: Sequence[str]) -> Raw:
    """A file written by `rewrite` with columns `written`, of which `names` are there."""
    columns = {name: column(name) for name in names}
    rest = column(REST) if REST in written else None
    flaws = {name: blank(column(name)) for name in FLAWS}
    row = cast(column(ROW), "bigint")
    return Raw(read_csv(copy, (ROW, *FLAWS, *written), ","), columns, row, flaws, rest=rest)


def typed_columns(
    source: Plain, wanted: Mapping[str, tuple[str, str]], unread: Sequence[str] = ()
) -> Raw:
    """A Parquet file; `wanted` gives DuckDB's name and type of each column, `unread` the others."""
    columns = {name: plain_text(column(at), type_) for name, (at, type_) in wanted.items()}
    nested = {name: column(at) for name, (at, type_) in wanted.items() if is_nested(type_)}
    table = parquet_scan(source.path, hive_partitioning=exp.false(), file_row_number=exp.true())
    row = exp.Add(this=column(NUMBER_IN_FILE), expression=number(1))
    return Raw(table, columns, row, _nested_flaws(nested), rest=_digest_of(unread))


def _digest_of(names: Sequence[str]) -> exp.Expr | None:
    """As `rewrite.rest_of`, so that a row is told by the same digest in whatever way it is read."""
    if not names:
        return None
    cells = [call("coalesce", cast(column(name), "text"), literal("")) for name in names]
    return call("md5", call("concat_ws", literal(BETWEEN), *cells))


def _nested_flaws(nested: Mapping[str, exp.Expr]) -> dict[str, exp.Expr] | None:
    """A value that is no single cell rejects its row."""
    if not nested:
        return None
    flaw, name, found = exp.case(), exp.case(), exp.case()
    for label, value in nested.items():
        is_given = is_there(value)
        flaw = flaw.when(is_given, literal("bad-cell"))
        name = name.when(is_given, literal(label))
        found = found.when(is_given, cast(value, "text"))
    return {FLAW: flaw, COLUMN: name, FOUND: found}


def is_nested(type_: str) -> bool:
    is_timestamp = type_.startswith("TIMESTAMP")
    return type_.endswith("]") or (type_.startswith(NO_CELLS) and not is_timestamp)


def plain_text(cell: exp.Expr, type_: str) -> exp.Expr:
    """A Parquet value as the text that a CSV file would hold."""
    text = cast(cell, "text")
    if is_nested(type_):
        return cast(exp.Null(), "text")
    if type_ == "TIMESTAMP WITH TIME ZONE":
        return call("strftime", cast(cell, "timestamp"), literal("%Y-%m-%dT%H:%M:%S.%fZ"))
    if type_.startswith("TIMESTAMP"):
        return call("regexp_replace", text, literal(" 00:00:00$"), literal(""))
    if type_.startswith("DECIMAL"):
        return _without_idle_zeros(text)
    return _plain_float(cell) if type_ in {"DOUBLE", "FLOAT"} else text


def _plain_float(cell: exp.Expr) -> exp.Expr:
    """A float as a decimal where that says the same, and as DuckDB writes it otherwise."""
    decimal = try_cast(cast(cell, "text"), "decimal(38,10)")
    is_same = exp.EQ(this=cast(decimal, "double"), expression=cast(cell, "double"))
    plain = _without_idle_zeros(cast(decimal, "text"))
    return exp.case().when(is_same, plain).else_(cast(cell, "text"))


def _without_idle_zeros(text: exp.Expr) -> exp.Expr:
    return call("regexp_replace", text, literal(r"\.0*$|(\.\d*[1-9])0+$"), literal(r"\1"))


def parquet_scan(path: Path, function: str = "read_parquet", **options: exp.Expr) -> exp.Expr:
    return _scan(function, path, **options)


def read_csv(
    path: Path, names: Sequence[str], delimiter: str, *, quote: str = '"', has_header: bool = True
) -> exp.Expr:
    """All columns as text under these names; an error when any row is not well formed."""
    types = [exp.PropertyEQ(this=literal(name), expression=literal("VARCHAR")) for name in names]
    return _scan(
        "read_csv",
        path,
        auto_detect=exp.false(),
        header=exp.Boolean(this=has_header),
        delim=literal(delimiter),
        quote=literal(quote),
        escape=literal(quote),
        strict_mode=exp.true(),
        columns=exp.Struct(expressions=types),
    )


def _scan(function: str, path: Path, **options: exp.Expr) -> exp.Expr:
    named = [
        exp.EQ(this=exp.to_identifier(name), expression=value) for name, value in options.items()
    ]
    return exp.Table(this=call(function, literal(str(path)), *named))
