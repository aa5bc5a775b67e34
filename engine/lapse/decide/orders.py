"""Step 4 of deciding: what earlier runs gave, and what that makes of a rule today."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date

from lapse.model.decision import EVERYTHING, Action, Candidate, Given, clock, label
from lapse.model.rule import Rule, Rulebook


def _when(given: Given) -> tuple[date, int, date, str]:
    """A sort key whose maximum is the latest order; names break ties."""
    # By `first_given`, not by the last day: an order given again each night is as old as its first.
    return given.first_given, given.step, given.due_on, label(given.rule, given.stage)


@dataclass(frozen=True, slots=True)
class Orders:
    """What was given to one subscription before the moment judged."""

    given: tuple[Given, ...]
    book: Rulebook
    today: date
    subscription_id: str = ""
    approved: Container[str] = EVERYTHING

    def ladder(self, candidate: Candidate) -> list[Given]:
        """What was given in a candidate's track for its anchor."""
        rule = candidate.rule
        assert rule.track is not None
        return list(self.at(rule.track.name, rule.anchor, candidate.anchor))

    def at(self, track: str, fact: str, anchor: str) -> Iterator[Given]:
        """What was given in a track for an anchor: a date fact and its day."""
        for given in self.given:
            # The fact as well as its day: a reminder of a debt due on the 1st is no warning of a
            # suspension begun on the 1st.
            if (given.track, given.anchor) == (track, anchor) and self._runs_from(given, fact):
                yield given

    def served_by(self, candidate: Candidate) -> Given | None:
        """Its own order, or that of a step at or above its own that was due no earlier.

        The latest of several, or null. Actions with `sets` are never served: for those the facts
        decide.
        """
        rule, since = candidate.rule, candidate.stretch_from
        # An order that the facts do not show took no effect: it is given again, under the same id.
        if rule.sets or candidate.is_once_more:
            return None
        ladder = self.ladder(candidate)
        own = [g for g in ladder if g.rule == rule.name and g.stage == candidate.stage]
        # A step that waits for a working day is no candidate on a Saturday; what was given at it
        # must still serve the steps below, or one of them would act again.
        serving = own or [
            given
            for given in ladder
            if given.step >= rule.step and (since is None or given.due_on >= since)
        ]
        return max(serving, key=_when, default=None)

    def is_one_anchor(self, one: Candidate, other: Candidate) -> bool:
        """Whether two candidates have one anchor day, from one date fact or two of one bill."""
        return (clock(one.rule.anchor), one.anchor) == (clock(other.rule.anchor), other.anchor)

    def action(self, candidate: Candidate) -> Action:
        """The order of a candidate, with the number and first day it has or would have."""
        rule, stage, anchor = candidate.rule, candidate.stage, candidate.anchor
        number, first_given = self.order(rule, stage, anchor)
        if candidate.is_once_more:
            number, first_given = self._following(rule, stage, anchor), self.today
        return Action(candidate, first_given, number)

    def order(self, rule: Rule, stage: int | None, anchor: str) -> tuple[int, date]:
        """The number and first day of the order for a rule, stage and anchor.

        An order that took no effect is given again under its number. It is a new order once
        another action of ours has set the same fact since; the provider's actions are only
        foreseen, and do not count. It is also new where an earlier one ran from another fact with
        the same day: ids contain only the day, and two orders must not share an id.
        """
        alike = self._alike(rule, stage, anchor)
        mine = [given for given in alike if self._runs_from(given, rule.anchor)]
        following = self._following(rule, stage, anchor)
        if not mine:
            return following, self.today
        last = max(mine, key=lambda g: g.number)
        # The provider's orders are foreseen each night: counted, they gave our suspension a new
        # number each time, so that no approval and no earlier step ever fitted it.
        is_undone = any(
            other.action != rule.action
            and not self.is_providers(other)
            and self._settled_at(other) > self._settled_at(last)
            and not rule.sets.keys().isdisjoint(self.facts_set_by(other))
            for other in self.given
        )
        return (following, self.today) if is_undone else (last.number, last.first_given)

    def lacks_approval(self, candidate: Candidate) -> bool:
        """Whether an order of ours lacks an approval that it needs; a served one needs none."""
        rule = candidate.rule
        assert rule.track is not None
        spec = self.book.catalogue.actions[str(rule.action)]
        if not spec.needs_approval or rule.track.is_provider or self.served_by(candidate):
            return False
        return self.action(candidate).id(self.subscription_id) not in self.approved

    def _alike(self, rule: Rule, stage: int | None, anchor: str) -> list[Given]:
        """The earlier orders for a rule, stage and anchor; their ids differ only in the number."""
        return [
            g for g in self.given if g.rule == rule.name and g.stage == stage and g.anchor == anchor
        ]

    def _following(self, rule: Rule, stage: int | None, anchor: str) -> int:
        return max((given.number for given in self._alike(rule, stage, anchor)), default=0) + 1

    def _settled_at(self, given: Given) -> tuple[int, date, int]:
        """When an order last set its facts; within one run a later track comes later.

        By run, not by day alone: a day may have several runs.
        """
        track = self.book.catalogue.tracks.get(given.track)
        return given.last_run, given.last_given, track.index if track else -1

    def is_providers(self, given: Given) -> bool:
        track = self.book.catalogue.tracks.get(given.track)
        return track is not None and track.is_provider

    def _runs_from(self, given: Given, fact: str) -> bool:
        """Whether an order's clock started with a date fact, or with one of the same clock."""
        return self.clock_of(given) == clock(fact)

    def clock_of(self, given: Given) -> str:
        """The common name of the date fact that an order's clock started with."""
        return clock(given.anchor_of or self._anchor_of(given))

    def _anchor_of(self, given: Given) -> str:
        """The date fact of an order that does not record one: the anchor of the rule with its name.

        Where rules of that name differ, only those on its track count. Where there are none, or
        they differ too, it is the track's anchor; blank for an unknown track.
        """
        named = [rule for rule in self.book.every_rule() if rule.name == given.rule and rule.track]
        on_track = [rule for rule in named if rule.track and rule.track.name == given.track]
        for rules in (named, on_track):
            anchors = {rule.anchor for rule in rules}
            if len(anchors) == 1:
                return anchors.pop()
        track = self.book.catalogue.tracks.get(given.track)
        return track.anchor if track else ""

    def facts_set_by(self, given: Given) -> frozenset[str]:
        """The facts that an earlier action set, by today's rulebook."""
        rules = [r for r in self.book.every_rule() if r.name == given.rule]
        names = frozenset(n for rule in rules if rule.action == given.action for n in rule.sets)
        action = self.book.catalogue.actions.get(given.action)
        return names or frozenset(action.sets if action else ())
