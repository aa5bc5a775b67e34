"""DataFrames as files of Parquet, and rows as a DataFrame of the same kind.

Each kind is written and made by its own library, which is there where such a frame is: none is
imported here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from lapse.model.place import LapseError, MisuseError

Rows = Any
"""A relation of DuckDB, which only `inputs`, `runs` and `sql` may name."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Writes a frame as a file; makes a frame of the rows of a relation, as `like` is one."""

    write: Callable[[Any, Path], object]
    made: Callable[[Rows, Any], Any]


def is_of_spark(frame: object) -> bool:
    """Whether a frame is Spark's, which is never brought here."""
    return _library(frame) == "pyspark"


def _library(frame: object) -> str:
    return type(frame).__module__.partition(".")[0]


def kind_of(frame: object) -> Kind:
    """The kind of a frame; a `MisuseError` for anything else."""
    library = _library(frame)
    if type(frame).__name__ == "LazyFrame":
        raise MisuseError("a lazy frame is collected first: `facts.collect()`")
    if library not in KINDS or not hasattr(frame, "columns"):
        name = f"{type(frame).__module__}.{type(frame).__qualname__}"
        known = "a DuckDB relation, an Arrow table, or a frame of pandas, Polars or Spark"
        raise MisuseError(f"facts are {known}, not a `{name}`")
    return KINDS[library]


def _write_by_duckdb(frame: Any, file: Path) -> None:  # noqa: ANN401
    import duckdb  # noqa: PLC0415

    with duckdb.connect() as connection:
        given = connection.from_df if hasattr(frame, "iloc") else connection.from_arrow
        given(frame).write_parquet(str(file))


def _in_pandas(rows: Rows, _: object) -> Any:  # noqa: ANN401
    # Else a whole number beside a null would be a float.
    return rows.df().convert_dtypes()


def _in_polars(rows: Rows, _: object) -> Any:  # noqa: ANN401
    names, types = rows.columns, map(str, rows.types)
    polars = import_module("polars")
    schema = {n: getattr(polars, _POLARS[t]) for n, t in zip(names, types, strict=True)}
    return polars.DataFrame(rows.fetchall(), schema=schema, orient="row")


def _in_duckdb(rows: Rows, like: Any) -> Any:  # noqa: ANN401
    """A relation of the connection that `like` belongs to, over an Arrow table."""
    try:
        told = rows.to_arrow_table()  # noqa: F841  DuckDB finds it by its name
    except ModuleNotFoundError as error:
        raise LapseError("a relation comes back as Arrow: `pip install pyarrow`") from error
    return like.query("facts", "SELECT * FROM told")


_POLARS = {"VARCHAR": "String", "BIGINT": "Int64", "DATE": "Date"}
KINDS: Mapping[str, Kind] = {
    "_duckdb": Kind(lambda rows, file: rows.write_parquet(str(file)), _in_duckdb),
    "pandas": Kind(_write_by_duckdb, _in_pandas),
    "polars": Kind(lambda frame, file: frame.write_parquet(file), _in_polars),
    "pyarrow": Kind(_write_by_duckdb, lambda rows, _: rows.to_arrow_table()),
}
"""By the package of a frame's type."""
