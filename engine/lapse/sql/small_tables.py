"""Small tables made by Python, for a statement to join with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lapse.sql.sandbox import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Cell = str | int | bool | None


@dataclass(frozen=True, slots=True)
class SmallTable:
    """A table of at most some thousand rows; `types` are DuckDB's, by column."""

    name: str
    types: Mapping[str, str]
    rows: Sequence[Sequence[Cell]]

    def load(self, connection: "DuckDBPyConnection", *, is_more: bool = False) -> None:
        """Makes the table in place of one of its name, or adds the rows to it."""
        into = f'INSERT INTO "{self.name}"'
        made = into if is_more else f'CREATE OR REPLACE TABLE "{self.name}" AS'
        rows = [dict(zip(self.types, row, strict=True)) for row in self.rows]
        # Never `executemany`, which took 0.5 s for 486 rows.
        connection.execute(
            f"{made} SELECT "
            f"unnest(from_json(?, {literal(json.dumps([dict(self.types)]))}), recursive := true)",
            [json.dumps(rows)],
        )
