"""How a file of each format becomes a relation of text: one column for each fact it has.

DuckDB guesses nothing here: every option and column is given. What it cannot read exactly is
rewritten first. Rows keep the order of the file. Importing this module costs that of sqlglot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from lapse.exports.header import Columns
from lapse.exports.plain import Plain
from lapse.exports.rewrite import COLUMN, FLAW, FOUND, ROW
from lapse.exports.typed import blank, call, cast, column, is_there, literal, number, try_cast

FLAWS = (FLAW, COLUMN, FOUND)
NUMBER_IN_FILE = "file_row_number"
NO_CELLS = ("STRUCT", "MAP", "UNION", "BLOB", "BIT", "GEOMETRY", "VARIANT", "INTERVAL", "TIME")
"""Types of Parquet, by how DuckDB names them, that no cell of text stands for."""


@dataclass(frozen=True, slots=True)
class Source:
    """An input as text: `cells` gives the expression of each fact over `table`, in column order.

    A null `row` means that rows are numbered as they come. `flaws` are null for a sound row.
    `delimiters` counts those within a row's cells, where the file has that many more.
    """

    plain: Plain
    columns: Columns
    table: exp.Expr
    cells: Mapping[str, exp.Expr]
    row: exp.Expr | None = None
    flaws: Mapping[str, exp.Expr] | None = None
    delimiters: exp.Expr | None = None

    @property
    def name(self) -> str:
        return self.plain.input.name


def delimited(source: Plain, columns: Columns, delimiter: str) -> Source:
    """A well-formed file whose first line is its header."""
    names = [str(index) for index in range(len(columns.facts))]
    cells = {
        fact: column(name)
        for name, fact in zip(names, columns.facts, strict=True)
        if fact is not None
    }
    row = call("concat", *map(column, names))
    rest = call("replace", row.copy(), literal(delimiter), literal(""))
    inside = exp.Sub(this=call("strlen", row), expression=call("strlen", rest))
    table = _read_csv(source.path, names, delimiter)
    return Source(source, columns, table, cells, delimiters=inside)


def rewritten(source: Plain, columns: Columns, facts: tuple[str, ...], copy: Path) -> Source:
    """A file written by `rewrite` with a column for each of `facts`."""
    names = (ROW, *FLAWS, *facts)
    cells = {fact: column(fact) for fact in columns.known}
    flaws = {name: blank(column(name)) for name in FLAWS}
    row = cast(column(ROW), "bigint")
    return Source(source, columns, _read_csv(copy, names, ","), cells, row, flaws)


def typed_columns(source: Plain, columns: Columns, types: Sequence[tuple[str, str]]) -> Source:
    """A Parquet file; `types` are DuckDB's names and types of its columns, in order."""
    pairs = zip(types, columns.facts, strict=True)
    given = {fact: item for item, fact in pairs if fact is not None}
    cells = {fact: plain_text(column(name), type_) for fact, (name, type_) in given.items()}
    nested = {fact: column(name) for fact, (name, type_) in given.items() if is_nested(type_)}
    table = parquet_scan(source.path, hive_partitioning=exp.false(), file_row_number=exp.true())
    row = exp.Add(this=column(NUMBER_IN_FILE), expression=number(1))
    return Source(source, columns, table, cells, row, _nested_flaws(nested))


def _nested_flaws(nested: Mapping[str, exp.Expr]) -> dict[str, exp.Expr] | None:
    """A value that is no single cell rejects its row."""
    if not nested:
        return None
    flaw, name, found = exp.case(), exp.case(), exp.case()
    for fact, value in nested.items():
        is_given = is_there(value)
        flaw = flaw.when(is_given, literal("bad-cell"))
        name = name.when(is_given, literal(fact))
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


def _read_csv(path: Path, names: tuple[str, ...] | list[str], delimiter: str) -> exp.Expr:
    """All columns as text under these names; an error when any row is not well formed."""
    types = [exp.PropertyEQ(this=literal(name), expression=literal("VARCHAR")) for name in names]
    return _scan(
        "read_csv",
        path,
        auto_detect=exp.false(),
        header=exp.true(),
        delim=literal(delimiter),
        quote=literal('"'),
        escape=literal('"'),
        strict_mode=exp.true(),
        columns=exp.Struct(expressions=types),
    )


def _scan(function: str, path: Path, **options: exp.Expr) -> exp.Expr:
    named = [
        exp.EQ(this=exp.to_identifier(name), expression=value) for name, value in options.items()
    ]
    return exp.Table(this=call(function, literal(str(path)), *named))
