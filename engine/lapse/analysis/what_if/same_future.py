"""Whether other policies give a subscription the same future, by what was read to foresee it.

To foresee is to look at terms on days and at rules. Where all of that is the same under the other
policies, on those days and on every later one on which it may change, so is what comes out.
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
    """Judges what was read under today's policies; `new` is foresight under the others."""

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
        # History is read by the rules of all layers, so that one of another market may count.
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
        """Whether a term is the same on each later day on which it can change."""
        changing = before.term_days(name) | after.term_days(name)
        return all(
            before.term(name, day, judged).readings == after.term(name, day, judged).readings
            for judged in changing
            if judged <= self.new.until
            for day in (judged, *days)
        )


def what_rules_set(book: Rulebook) -> Counter[object]:
    """What history is read by, whatever the scope: what rules of a name and action set.

    And what starts their clocks, for orders that do not tell.
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
