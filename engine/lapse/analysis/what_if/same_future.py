"""Whether a subscription surely has the same future under other policies.

A future depends on rules, and on terms looked up for certain days. If these are the same under the
other policies, on those days and on every later day on which they can change, so is the future.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from lapse.analysis.futures import Foresight, Watched
from lapse.analysis.what_if.pieces import Piece
from lapse.analysis.what_if.versions import Versions
from lapse.model.rule import Rulebook
from lapse.policy.in_force import InForce


@dataclass(slots=True)
class SameFuture:
    """Compares what was read from today's policies with the others, whose foresight is `new`."""

    versions: Versions
    new: Foresight
    _terms: frozenset[str] = field(init=False)
    _layers: frozenset[str] = field(init=False)
    _is_ever: bool = field(init=False)

    def __post_init__(self) -> None:
        paths = [edit.path for edit in self.versions.edits]
        self._terms = frozenset(path.name for path in paths if path.piece is Piece.TERM)
        others = (path.layer for path in paths if path.piece is not Piece.TERM)
        self._layers = frozenset(others) - {""}
        is_all_in_layers = all(path.layer for path in paths)
        before, after = self.versions.before, self.versions.after
        # Earlier orders are read with the rules of all layers: another market's rule may matter.
        self._is_ever = is_all_in_layers and what_rules_set(before) == what_rules_set(after)

    def is_sure(self, watched: Watched) -> bool:
        if not self.versions.edits:
            return True
        if not self._is_ever or watched.scopes > 1:
            return False
        future = watched.future
        before, after = future.first.force, self.new.scopes.of(future.subscription)
        applied = {each.layer.name for force in (before, after) for each in force.layers}
        if applied & self._layers:
            return False
        days: dict[str, set[date]] = {}
        for name, day, judged in watched.reads:
            if name not in self._terms:
                continue
            if before.term(name, day, judged).readings != after.term(name, day, judged).readings:
                return False
            days.setdefault(name, set()).add(day)
        return all(self._stays(name, read_on, before, after) for name, read_on in days.items())

    def _stays(self, name: str, days: set[date], before: InForce, after: InForce) -> bool:
        """Whether a term is the same under both policy sets on each day on which it can change."""
        changing = before.term_days(name) | after.term_days(name)
        return all(
            before.term(name, day, judged).readings == after.term(name, day, judged).readings
            for judged in changing
            if judged <= self.new.until
            for day in (judged, *days)
        )


def what_rules_set(book: Rulebook) -> Counter[object]:
    """What the reading of earlier orders depends on, in any scope: the facts that each rule sets.

    Also its track and anchor, for orders that do not record which fact started their clock.
    """
    return Counter(
        (
            rule.name,
            rule.action,
            frozenset(rule.sets.items()),
            rule.track and rule.track.name,
            rule.anchor,
        )
        for rule in book.every_rule()
    )
