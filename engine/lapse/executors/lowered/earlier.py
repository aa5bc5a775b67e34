"""What earlier runs gave, as a table beside a batch (`decide.orders`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.decide.orders import Orders
from lapse.executors.lowered.units import Unit
from lapse.model.decision import Given
from lapse.model.rule import Rulebook
from lapse.sql.sandbox import pattern
from lapse.sql.small_tables import Cell, SmallTable

if TYPE_CHECKING:
    from lapse.sql.sandbox import Connection


@dataclass(frozen=True, slots=True)
class Earlier:
    """The orders of earlier runs in a file of Parquet (`History.keep`), null without any."""

    book: Rulebook
    file: Path | None

    def load(self, connection: "Connection", units: Sequence[Unit]) -> None:
        """Makes the tables `given_before` and `undoing`."""
        if self.file is None:
            SmallTable("given_before", _GIVEN_BEFORE, ()).load(connection)
            SmallTable("undoing", _UNDOING, ()).load(connection)
            return
        connection.read_parquet(pattern(self.file)).create_view("given_kept", replace=True)
        kinds = [_kind(*row) for row in connection.execute(_KINDS).fetchall()]
        SmallTable("givers", _GIVERS, [self._giver(each) for each in kinds]).load(connection)
        SmallTable("undoing", _UNDOING, list(self._undoing(kinds, units))).load(connection)
        connection.execute(_MAKE)

    def _giver(self, kind: Given) -> tuple[Cell, ...]:
        told, track = self._orders, self.book.catalogue.tracks.get(kind.track)
        index = -1 if track is None else track.index
        key = kind.track, kind.rule, kind.action, kind.anchor_of
        return *key, told.clock_of(kind), index, told.is_providers(kind)

    def _undoing(self, kinds: Sequence[Given], units: Sequence[Unit]) -> Iterator[tuple[Cell, ...]]:
        """Each unit with the orders that set anew what its own order had set."""
        for rule, action in sorted({(kind.rule, kind.action) for kind in kinds}):
            kind = _kind("", rule, action, "")
            facts = self._orders.facts_set_by(kind)
            for unit in units:
                if action != unit.rule.action and not facts.isdisjoint(unit.rule.sets):
                    yield unit.number, rule, action

    @property
    def _orders(self) -> Orders:
        return Orders((), self.book, date.min)


def _kind(track: str, rule: str, action: str, anchor_of: str) -> Given:
    return Given(track, "", rule, None, 0, action, date.min, date.min, date.min, 1, anchor_of)


_UNDOING = {"unit": "BIGINT", "rule": "VARCHAR", "action": "VARCHAR"}
_GIVERS = {
    **dict.fromkeys(("track", "rule", "action", "anchor_of", "clock"), "VARCHAR"),
    "track_index": "BIGINT",
    "is_providers": "BOOLEAN",
}
_GIVEN_BEFORE = {
    **dict.fromkeys(("subscription_id", "track", "anchor", "rule", "action", "clock"), "VARCHAR"),
    **dict.fromkeys(("stage", "step", "number", "last_run", "track_index"), "BIGINT"),
    **dict.fromkeys(("due_on", "first_given", "last_given"), "BIGINT"),
    "is_providers": "BOOLEAN",
}
_KINDS = "SELECT DISTINCT track, rule, action, anchor_of FROM given_kept"
_MAKE = """
CREATE OR REPLACE TABLE given_before AS
SELECT given_kept.* REPLACE (
    date_diff('day', DATE '1970-01-01', due_on) AS due_on,
    date_diff('day', DATE '1970-01-01', first_given) AS first_given,
    date_diff('day', DATE '1970-01-01', last_given) AS last_given
), clock, track_index, is_providers
FROM given_kept JOIN givers USING (track, rule, action, anchor_of)
SEMI JOIN acting USING (subscription_id)
"""
