"""A DuckDB in memory that may touch the folders and files named, and nothing else."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.model.place import LapseError
from lapse.scratch import no_room, scratch_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SPILL = "20GB"


@contextmanager
def sandbox(
    spill: Path, *, memory: str, folders: Iterable[Path] = (), files: Iterable[Path] = ()
) -> Iterator["DuckDBPyConnection"]:
    """A connection that opens `files` and what is in `folders`; it spills into a scratch folder."""
    import duckdb  # noqa: PLC0415  slow to import, needed when rows are read

    connection = duckdb.connect(
        config={
            # DuckDB fetches extensions from the network at their first use.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "memory_limit": memory,
            "temp_directory": str(spill / "spill"),
            "max_temp_directory_size": SPILL,
        }
    )
    try:
        connection.execute("SET enable_progress_bar = false")
        # Casts of instants go by the session's time zone, which by default is the machine's.
        connection.execute("SET TimeZone = 'UTC'")
        allowed = [f"{folder.absolute()}/" for folder in folders]
        # A path is held against these both as it is and as a pattern: see `pattern`.
        connection.execute("SET allowed_directories = ?", [[*allowed, *map(escape, allowed)]])
        connection.execute("SET allowed_paths = ?", [[str(file.resolve()) for file in files]])
        # In this order: the lists above cannot be changed once access is off, and nothing can once
        # the configuration is locked (duckdb 1.5.5).
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    except duckdb.OutOfMemoryException as error:  # also where what spills fills the disk
        told = words_of(error)
        if "offload" in told:
            raise no_room("what does not fit into memory", told) from error
        raise LapseError(f"this takes more than the {memory} of memory allowed: {told}") from error
    finally:
        connection.close()


@contextmanager
def database(folders: Iterable[Path]) -> Iterator["DuckDBPyConnection"]:
    """A sandbox with a scratch folder of its own, for what runs wrote into some folders."""
    with scratch_folder() as spill, sandbox(spill, memory="512MB", folders=folders) as connection:
        yield connection


@contextmanager
def failing_as(kind: type[LapseError], what: str) -> Iterator[None]:
    """DuckDB's errors within the block as errors of a kind; lack of memory is the sandbox's."""
    import duckdb  # noqa: PLC0415

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise kind(f"{what}: {words_of(error)}") from error


def pattern(file: Path) -> str:
    """A path for DuckDB's readers, which take it for a glob."""
    return escape(str(file.absolute()))


def words_of(error: Exception) -> str:
    """The first line of what DuckDB says, without its own words for errors."""
    return re.sub(r"^[A-Za-z ]+ Error: ", "", str(error).partition("\n")[0]).strip().rstrip(".")
