"""A DuckDB that reads one private folder and nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1GB"
SPILL = "20GB"


def sandbox(folder: Path) -> "DuckDBPyConnection":
    """A connection in memory that opens files in `folder` only, and spills there."""
    import duckdb  # noqa: PLC0415  slow to import, needed when rows are read

    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "memory_limit": MEMORY,
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": SPILL,
        }
    )
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(_allow(folder))
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _allow(folder: Path) -> str:
    from sqlglot import exp  # noqa: PLC0415

    allowed = exp.Array(expressions=[exp.Literal.string(f"{folder}/")])
    return f"SET allowed_directories = {allowed.sql(dialect='duckdb')}"
