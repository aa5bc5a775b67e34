"""What earlier runs gave, as a table beside a batch (`decide.orders`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lapse.decide.orders import Orders
from lapse.decide.seen import DEBT, statuses_set
from lapse.decide.seen import SUSPENDED as STATUS_SUSPENDED
from lapse.executors.lowered.facts.sighted import SUSPENDED
from lapse.executors.lowered.words.units import Unit
from lapse.model.decision import Given
from lapse.model.rule import Rulebook
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import Cell, SmallTable


@dataclass(frozen=True, slots=True)
class Earlier:
    """The orders of earlier runs in a file of Parquet (`History.keep`), null without any."""

    book: Rulebook
    file: Path | None

    def load(self, tables: Tables) -> None:
        """Makes the tables `given_kept` and `suspended_by_us`, which rows are settled with."""
        if self.file is None:
            tables.load(SmallTable("given_kept", _GIVEN_KEPT, ()))
        else:
            tables.read("given_kept", self.file)
        givers = [self._giver(_kind(*row)) for row in tables.found(_KINDS)]
        tables.load(SmallTable("givers", _GIVERS, givers))
        tables.make(SUSPENDED, _SUSPENDED)

    def load_acting(self, tables: Tables) -> None:
        """Makes the table `given_before`, of the rows that act."""
        tables.make("given_before", _GIVEN_BEFORE)

    def _giver(self, kind: Given) -> tuple[Cell, ...]:
        told, track = self._orders, self.book.catalogue.tracks.get(kind.track)
        index = -1 if track is None else track.index
        key = kind.track, kind.rule, kind.action, kind.anchor_of
        is_ours = track is not None and not track.is_provider
        sets = statuses_set(kind, self.book) if is_ours else set()
        suspends = sets == {(STATUS_SUSPENDED, DEBT)} if sets else None
        return *key, told.clock_of(kind), index, told.is_providers(kind), suspends

    def load_undoing(self, tables: Tables, units: Sequence[Unit], *, is_foreseen: bool) -> None:
        """Makes the table `undoing`: each unit with the orders that set anew what its own had set.

        If days to come are foreseen, these may be orders of all units, too.
        """
        kinds = {(rule, action) for rule, action in tables.found(_ACTIONS)}
        if is_foreseen:
            kinds |= {(unit.rule.name, str(unit.rule.action)) for unit in units}
        tables.load(SmallTable("undoing", _UNDOING, list(self._undoing(kinds, units))))

    def _undoing(
        self, kinds: Iterable[tuple[str, str]], units: Sequence[Unit]
    ) -> Iterator[tuple[Cell, ...]]:
        for rule, action in sorted(kinds):
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
    "suspends_for_debt": "BOOLEAN",
}
"""The last is null for an order that sets no status, or is not ours."""
_GIVEN_KEPT = {
    **dict.fromkeys(("subscription_id", "track", "anchor", "rule", "action"), "VARCHAR"),
    "anchor_of": "VARCHAR",
    **dict.fromkeys(("stage", "step", "number", "last_run"), "BIGINT"),
    **dict.fromkeys(("due_on", "first_given", "last_given"), "DATE"),
}
_ACTIONS = "SELECT DISTINCT rule, action FROM givers"
_KINDS = "SELECT DISTINCT track, rule, action, anchor_of FROM given_kept"
# By runs, not by days alone, as in `decide.seen`.
_SUSPENDED = """
SELECT id, date_diff('day', DATE '1970-01-01', latest.day) AS given_on
FROM (
    SELECT subscription_id AS id,
        arg_max({'day': last_given, 'suspends': suspends_for_debt},
            {'run': last_run, 'day': last_given, 'track': track_index}) AS latest
    FROM given_kept JOIN givers USING (track, rule, action, anchor_of)
    WHERE suspends_for_debt IS NOT NULL
    GROUP BY subscription_id
)
WHERE latest.suspends
"""
_GIVEN_BEFORE = """
SELECT given_kept.* EXCLUDE (due_on, first_given, last_given),
    date_diff('day', DATE '1970-01-01', due_on) AS due_on,
    date_diff('day', DATE '1970-01-01', first_given) AS first_given,
    date_diff('day', DATE '1970-01-01', last_given) AS last_given,
    clock, track_index, is_providers
FROM given_kept JOIN givers USING (track, rule, action, anchor_of)
SEMI JOIN acting USING (subscription_id)
"""
