"""A DuckDB that reads one private folder and the files linked there, and nothing else."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "1GB"
SPILL = "20GB"


def sandbox(folder: Path, files: Iterable[Path]) -> "DuckDBPyConnection":
    """A connection in memory that opens `files` and what is in `folder`, and spills there."""
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
    connection.execute(f"SET allowed_directories = {_texts([f'{folder}/'])}")
    connection.execute(f"SET allowed_paths = {_texts(str(file.resolve()) for file in files)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _texts(values: Iterable[str]) -> str:
    from sqlglot import exp  # noqa: PLC0415

    return exp.Array(expressions=[exp.Literal.string(value) for value in values]).sql("duckdb")
