"""A DuckDB that may touch the named folders and nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "512MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}


@contextmanager
def store(folders: Sequence[Path]) -> Iterator["DuckDBPyConnection"]:
    """A database in memory that spills into a private folder of its own."""
    import duckdb  # noqa: PLC0415  slow to import, needed for history, parquet and sorting only

    with TemporaryDirectory(prefix="lapse-") as spill:
        connection = duckdb.connect(":memory:", config={**SETTINGS, "temp_directory": spill})
        try:
            allowed = [str(folder.absolute()) for folder in folders]
            patterns = [escape(folder) for folder in allowed]
            connection.execute("SET allowed_directories = ?", [[*allowed, *patterns]])
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        finally:
            connection.close()


def pattern(file: Path) -> str:
    """A path for DuckDB's readers, which take it for a glob."""
    return escape(str(file.absolute()))
