"""A DuckDB in memory that may touch the given folders and files, and nothing else."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.model.place import LapseError
from lapse.scratch import no_room, scratch_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    Connection = DuckDBPyConnection
    """For those who may not import DuckDB themselves."""

SPILL = "20GB"
A_THREAD = 128
"""The megabytes that each thread needs: with 8 threads 500,000 rows were too many for 512 MB."""


class MemoryLimitError(LapseError):
    """A statement takes more memory than is allowed, and cannot do with files."""


@contextmanager
def sandbox(
    spill: Path, *, memory: str, folders: Iterable[Path] = (), files: Iterable[Path] = ()
) -> Iterator["DuckDBPyConnection"]:
    """A connection that may open `files` and what is in `folders`; it spills into `spill`.

    `memory` is a whole number of `MB` or `GB`. Too little memory or disk is a `LapseError`.
    """
    import duckdb  # noqa: PLC0415  slow to import, needed when rows are read

    connection = duckdb.connect(
        config={
            # DuckDB fetches extensions from the network at their first use.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "memory_limit": memory,
            "threads": _threads(memory),
            "temp_directory": str(spill / "spill"),
            "max_temp_directory_size": SPILL,
        }
    )
    try:
        connection.execute("SET enable_progress_bar = false")
        # Casts of instants go by the session's time zone, which by default is the machine's.
        connection.execute("SET TimeZone = 'UTC'")
        allowed = [f"{folder.absolute()}/" for folder in folders]
        # DuckDB compares a path with these both as it is and as a glob pattern: see `pattern`.
        connection.execute("SET allowed_directories = ?", [[*allowed, *map(escape, allowed)]])
        connection.execute("SET allowed_paths = ?", [[str(file.resolve()) for file in files]])
        # In this order: the lists above cannot be changed once access is off, and nothing can once
        # the configuration is locked (duckdb 1.5.5).
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    except duckdb.OutOfMemoryException as error:  # also when the spilled data fills the disk
        told = words_of(error)
        if "offload" in told:
            raise no_room("what does not fit into memory", told) from error
        message = f"this takes more than the {memory} of memory allowed: {told}"
        raise MemoryLimitError(message) from error
    finally:
        connection.close()


def _threads(memory: str) -> int:
    """As many as there are processors, but no more than the memory is enough for."""
    megabytes = int(memory[:-2]) * (1000 if memory.endswith("GB") else 1)
    return max(1, min(os.cpu_count() or 1, megabytes // A_THREAD))


@contextmanager
def database(folders: Iterable[Path]) -> Iterator["DuckDBPyConnection"]:
    """A sandbox with its own scratch folder, to read what runs wrote into these folders."""
    with scratch_folder() as spill, sandbox(spill, memory="512MB", folders=folders) as connection:
        yield connection


@contextmanager
def failing_as(kind: type[LapseError], what: str) -> Iterator[None]:
    """Raises DuckDB's errors within the block as `kind`; lack of memory is left to `sandbox`."""
    import duckdb  # noqa: PLC0415

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise kind(f"{what}: {words_of(error)}") from error


def write_scratch(rows: "DuckDBPyRelation", file: Path) -> None:
    """Writes rows as Parquet into a scratch folder; a `LapseError` where there is no room."""
    import duckdb  # noqa: PLC0415

    try:
        rows.write_parquet(str(file), compression="zstd")
    except duckdb.IOException as error:
        # Rows are read while they are written: errors about other files are not of the folder.
        if str(file) not in str(error):
            raise
        raise no_room("the rows that are read", words_of(error)) from error


def pattern(file: Path) -> str:
    """A path for DuckDB's readers, escaped because they read paths as globs."""
    return escape(str(file.absolute()))


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def words_of(error: Exception) -> str:
    """The first line of DuckDB's message, without its `... Error:` and the final full stop."""
    return re.sub(r"^[A-Za-z ]+ Error: ", "", str(error).partition("\n")[0]).strip().rstrip(".")
