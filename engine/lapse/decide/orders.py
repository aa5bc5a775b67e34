"""Step 4 of deciding: what earlier runs gave, and what that makes of a rule today."""

from dataclasses import dataclass
from datetime import date

from lapse.decision import Candidate, Given
from lapse.rule import Rule, Rulebook


@dataclass(frozen=True, slots=True)
class Orders:
    """What was given to one subscription before the moment judged."""

    given: tuple[Given, ...]
    book: Rulebook
    today: date

    def ladder(self, candidate: Candidate) -> list[Given]:
        """What was given in a candidate's track for its anchor."""
        assert candidate.rule.track is not None
        track = candidate.rule.track.name
        return [g for g in self.given if g.track == track and g.anchor == candidate.anchor]

    def has_served(self, candidate: Candidate) -> bool:
        """Given itself, or silenced by a step at or above its own that was due no earlier.

        Actions with `sets` are never served: what facts can show, facts decide.
        """
        rule = candidate.rule
        if rule.sets:
            return False
        return any(
            (given.rule == rule.name and given.stage == candidate.stage)
            or (
                given.step >= rule.step
                and (candidate.stretch_from is None or given.due_on >= candidate.stretch_from)
            )
            for given in self.ladder(candidate)
        )

    def order(self, rule: Rule, stage: int | None, anchor: str) -> tuple[int, date]:
        """The number and first day of the order that a rule, stage and anchor gives.

        An order that took no effect is given again; once another action has set the same fact
        since, it is a new one.
        """
        mine = [
            g for g in self.given if g.rule == rule.name and g.stage == stage and g.anchor == anchor
        ]
        if not mine:
            return 1, self.today
        last = max(mine, key=lambda g: g.number)
        is_undone = any(
            other.action != rule.action
            and self._settled_at(other) > self._settled_at(last)
            and not rule.sets.keys().isdisjoint(self._facts_set_by(other))
            for other in self.given
        )
        return (last.number + 1, self.today) if is_undone else (last.number, last.first_given)

    def _settled_at(self, given: Given) -> tuple[date, int]:
        """When an order last set its facts; on one day the later track's comes after."""
        track = self.book.catalogue.tracks.get(given.track)
        return given.last_given, track.index if track else -1

    def _facts_set_by(self, given: Given) -> frozenset[str]:
        """The facts that an earlier action set, by today's rulebook."""
        rules = [r for r in self.book.every_rule() if r.name == given.rule]
        found = frozenset(n for rule in rules if rule.action == given.action for n in rule.sets)
        action = self.book.catalogue.actions.get(given.action)
        return found or frozenset(action.sets if action else ())
