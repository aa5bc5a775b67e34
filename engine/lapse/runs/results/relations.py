"""What a run decides, as relations of one connection: the same columns from every executor.

A relation has two parts: the rows of a batch, as a query of its executor, and those decided one by
one, which Python writes as JSON lines. A text that is unknown or absent is blank or null.

- `orders`: the columns of `held`, the `output` an order goes to (`actions`, `provider` or `held`),
  and whether it was given before. Of what is not held, the columns on holding are null.
- `accounts`: of each subscription decided, its amounts, and how many of its orders are ours. With
  a ledger its debt is a sum of `balances`.
- `balances`: what the invoices of each such subscription leave to pay, by currency, and apart from
  that what those do that all of its customer share; a currency may be `OF_SUBSCRIPTION`.
- `undetermined`, `seen`, `rejected`, `unmatched` and `holds` are the outputs of these names; of
  what is rejected, `gives` says what it was about.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from lapse.model.tables import HELD, LAYOUTS, CellKind, Cells, Column, currency_of
from lapse.runs.cells import encoded
from lapse.runs.rows import AMOUNTS
from lapse.scratch import room_for
from lapse.sql.sandbox import literal, pattern

if TYPE_CHECKING:
    from lapse.sql.named_tables import Tables

Value = str | int | bool | Decimal | None

TYPES = {
    CellKind.WHOLE: "BIGINT",
    CellKind.DATE: "DATE",
    CellKind.TEXT: "VARCHAR",
    CellKind.OURS: "VARCHAR",
}
"""DuckDB's type for each kind of cell."""
AMOUNT = "DECIMAL(38, 4)"
IN_PLACE = "is_alone, place, part"
"""The columns that order a relation; rows decided one by one come last."""


def types_of(columns: Sequence[Column]) -> Mapping[str, str]:
    return {column.name: TYPES[column.kind] for column in columns}


RELATIONS: Mapping[str, Mapping[str, str]] = {
    "orders": {**types_of(HELD), "output": "VARCHAR", "is_again": "BOOLEAN"},
    "accounts": {
        **dict.fromkeys(("customer_id", "customer_name", "market", "currency"), "VARCHAR"),
        **dict.fromkeys(("actions", "held"), "BIGINT"),
        "judged_on": "DATE",
        **dict.fromkeys(("has_ledger", "is_in_several_currencies"), "BOOLEAN"),
        **dict.fromkeys(AMOUNTS, AMOUNT),
        **dict.fromkeys(map(currency_of, AMOUNTS), "VARCHAR"),
    },
    "balances": {
        **dict.fromkeys(("customer_id", "customer_name"), "VARCHAR"),
        "judged_on": "DATE",
        **dict.fromkeys(("is_acted_on", "is_shared"), "BOOLEAN"),
        "currency": "VARCHAR",
        "amount": AMOUNT,
    },
    **{
        name: types_of(LAYOUTS[name].columns)
        for name in ("undetermined", "seen", "unmatched", "holds")
    },
    "rejected": {**types_of(LAYOUTS["rejected"].columns), "gives": "VARCHAR"},
}
"""The columns of each relation with their types; a query adds `place` and `part` to order it."""


class Drafts:
    """The rows that Python adds to relations, in files of a private folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}
        self._rows = dict.fromkeys(RELATIONS, 0)

    def add(self, name: str, *values: Value) -> None:
        """Adds a row, its values in the order of the relation's columns; blank numbers are null."""
        row: dict[str, Value] = {
            column: None if value == "" and type_ != "VARCHAR" else value
            for (column, type_), value in zip(RELATIONS[name].items(), values, strict=True)
        }
        told = json.dumps({**row, "place": self._rows[name]}, ensure_ascii=False, default=str)
        self._rows[name] += 1
        with room_for("what is decided"):
            if name not in self._open:
                self._open[name] = self._file(name).open("xb")
            self._open[name].write(encoded(told + "\n"))

    def order(self, output: str, cells: Cells, *, is_again: bool = False) -> None:
        """Adds an order, with the cells of what is given or of what is held."""
        nothing = ("",) * (len(HELD) - len(cells))
        self.add("orders", *cells, *nothing, output, is_again)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            with suppress(OSError):
                file.close()

    def is_empty(self, name: str) -> bool:
        return name not in self._open

    def query(self, name: str) -> str | None:
        """The rows added to a relation until now, in SQL; null where there are none."""
        if name not in self._open:
            return None
        with room_for("what is decided"):
            self._open[name].flush()
        types = {**RELATIONS[name], "place": "BIGINT"}
        told = ", ".join(f"{literal(each)}: {literal(type_)}" for each, type_ in types.items())
        file = literal(pattern(self._file(name)))
        return f"FROM read_json({file}, columns = {{{told}}}, format = 'newline_delimited')"

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.decided"


def make_relations(tables: "Tables", drafts: Drafts, queries: Mapping[str, str]) -> frozenset[str]:
    """Makes a view `decided_NAME` of each relation, and returns the names of those without rows.

    `queries` are those of a batch over `tables`, where the views come to stand; of what they return
    nothing is known here.
    """
    connection = tables.connection
    for name, types in RELATIONS.items():
        columns = ", ".join(f'"{each}" {type_}' for each, type_ in types.items())
        connection.execute(f"CREATE OR REPLACE TABLE alone_{name} ({columns}, place BIGINT)")
        added = drafts.query(name)
        if added is not None:
            # Once: each statement over a view would read the file again.
            connection.execute(f"INSERT INTO alone_{name} {added}")
        tables.share(f"alone_{name}")
        parts = [f"SELECT *, 0 AS part, TRUE AS is_alone FROM alone_{name}"]
        if name in queries:
            cells = ", ".join(f'CAST("{n}" AS {type_}) AS "{n}"' for n, type_ in types.items())
            told = f"SELECT {cells}, place, part, FALSE AS is_alone"
            parts.insert(0, f"{told} FROM ({queries[name]}) AS batch")
        tables.view(f"decided_{name}", " UNION ALL ".join(parts))
    return frozenset(name for name in RELATIONS if name not in queries and drafts.is_empty(name))
