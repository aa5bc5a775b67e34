"""Tables that statements make and read one after another: where they stand, and what runs them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlglot import exp

from lapse.sql.expressions import render
from lapse.sql.sandbox import pattern, write_scratch
from lapse.sql.small_tables import SmallTable

if TYPE_CHECKING:
    from lapse.sql.sandbox import Connection

Row = tuple[Any, ...]
AT_ONCE = 10_000


class Tables(Protocol):
    """Tables by their names; a text is in DuckDB's SQL, or is what `render` made.

    A table that is made takes the place of one of its name. `take`, `share`, `give` and `result`
    connect these tables with those of the exports, which DuckDB reads.
    """

    @property
    def connection(self) -> "Connection":
        """That of the exports."""

    @property
    def render(self) -> Callable[[exp.Expr], str]:
        """Makes the text of a tree, which must not be used again."""

    def make(self, name: str, rows: str) -> None: ...
    def keep(self, name: str, rows: str) -> None:
        """As `make`, of rows that may not fit into memory."""

    def add(self, name: str, rows: str) -> None: ...
    def load(self, table: SmallTable, *, is_more: bool = False) -> None: ...
    def view(self, name: str, rows: str) -> None:
        """As `make`, of rows that are computed when they are asked for."""

    def read(self, name: str, file: Path) -> None:
        """Makes a table of a file of Parquet in the private folder of the exports."""

    def take(self, name: str, rows: str) -> None:
        """Makes a table of what a query says of the exports, over their connection."""

    def share(self, name: str) -> None:
        """Makes a table of the exports known here, too."""

    def give(self, name: str) -> None:
        """Makes a table known to the connection of the exports."""

    def result(self, name: str, rows: str) -> str:
        """What a query says, as a query over the connection of the exports."""

    def columns(self, name: str) -> Sequence[tuple[str, str]]:
        """The names of a table's columns, with their types."""

    def found(self, query: str) -> list[Row]: ...
    def blocks(self, query: str) -> Iterator[list[Row]]:
        """The rows of a query that may not fit into memory."""


@dataclass(frozen=True, slots=True)
class InDuckDB:
    """Tables beside those of the exports, in the same connection; `scratch` is a private folder."""

    connection: "Connection"
    scratch: Path

    render = staticmethod(render)

    def make(self, name: str, rows: str) -> None:
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS {rows}')

    def keep(self, name: str, rows: str) -> None:
        # A file: of all rows in memory there is no bound.
        file = self.scratch / f"{name}.parquet"
        write_scratch(self.connection.sql(rows), file)
        self.read(name, file)

    def add(self, name: str, rows: str) -> None:
        self.connection.execute(f'INSERT INTO "{name}" {rows}')

    def load(self, table: SmallTable, *, is_more: bool = False) -> None:
        table.load(self.connection, is_more=is_more)

    def view(self, name: str, rows: str) -> None:
        self.connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS {rows}')

    def read(self, name: str, file: Path) -> None:
        self.connection.read_parquet(pattern(file)).create_view(name, replace=True)

    take = view

    def share(self, name: str) -> None:
        """Nothing: it stands here."""

    def give(self, name: str) -> None:
        """Nothing: it stands there."""

    def result(self, name: str, rows: str) -> str:  # noqa: ARG002  nothing is made
        return rows

    def columns(self, name: str) -> Sequence[tuple[str, str]]:
        described = self.connection.execute(f'DESCRIBE "{name}"').fetchall()
        return [(column, type_) for column, type_, *_ in described]

    def found(self, query: str) -> list[Row]:
        return self.connection.execute(query).fetchall()

    def blocks(self, query: str) -> Iterator[list[Row]]:
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(AT_ONCE):
                yield rows
