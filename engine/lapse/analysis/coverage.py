"""What a policy set's cases cover: rules, stages, terms, and both sides of every threshold."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lapse.analysis.explain import agreed_truth, is_judged
from lapse.decide.reference import Judge
from lapse.decide.situation import Situation
from lapse.decide.truth import leaf_truth
from lapse.model.condition import Leaf, leaves
from lapse.model.decision import Decision, MayNotApply, label
from lapse.model.facts import Missing
from lapse.model.place import Place
from lapse.model.rule import Rule, Rulebook, terms_read

BOTH = frozenset({True, False})


@dataclass(frozen=True, slots=True)
class Covered:
    """How many of a kind are covered, out of how many; `gaps` are those that are not."""

    kind: str
    covered: int
    of: int
    gaps: tuple[str, ...]


class Coverage:
    """Counts which parts of the rulebook had an effect in the decisions it watches.

    A rule is covered if it acted or, as a forbid, held something; a term if its value was known
    where a rule read it; a threshold if it was both true and false. It also checks, rule by rule,
    that the executor agrees with the reference.
    """

    def __init__(self, book: Rulebook, judge: Judge) -> None:
        self.book = book
        self._judge = judge
        self._effective: set[str] = set()
        self._sides: defaultdict[Place, set[bool | None]] = defaultdict(set)
        self._terms: set[str] = set()
        self._read: dict[int, frozenset[str]] = {}
        self._one_sided: dict[tuple[int, int | None], list[Leaf]] = {}

    def watch(self, situation: Situation, decision: Decision) -> None:
        for action in decision.actions:
            self._effective |= {action.candidate.label, action.candidate.rule.name}
        for held in decision.held:
            self._effective |= {reason.by for reason in held.reasons}
        for rule, stage, became in decision.verdicts:
            if not isinstance(became, MayNotApply):
                self._see_terms(rule, situation)
            if not is_judged(rule, stage, became):
                continue
            agreed_truth(rule, stage, situation, self._judge)
            self._see_sides(rule, stage, situation)

    def _see_terms(self, rule: Rule, situation: Situation) -> None:
        if id(rule) not in self._read:
            self._read[id(rule)] = terms_read(rule)
        for name in self._read[id(rule)] - self._terms:
            if not isinstance(situation.term(name).value, Missing):
                self._terms.add(name)

    def _see_sides(self, rule: Rule, stage: int | None, situation: Situation) -> None:
        """Evaluates only leaves not yet seen both true and false; after some days few are left."""
        key = id(rule), stage
        if key not in self._one_sided:
            self._one_sided[key] = list(leaves(rule.condition(stage)))
        for leaf in tuple(self._one_sided[key]):
            sides = self._sides[leaf.place]
            sides.add(leaf_truth(leaf, situation))
            if sides >= BOTH:
                self._one_sided[key].remove(leaf)

    def counts(self) -> tuple[Covered, ...]:
        rules = list(self.book.every_rule())
        thresholds = {
            leaf.place: f"{leaf} ({leaf.place.source})"
            for rule in rules
            for leaf in leaves(rule.when)
            if leaf.operator.is_ordering
        }
        crossed = {place for place in thresholds if self._sides[place] >= BOTH}
        return (
            _count("rules", {rule.name for rule in rules}, self._effective),
            _count("stages", set(self._stage_labels(rules)), self._effective),
            _count("terms", {name for rule in rules for name in terms_read(rule)}, self._terms),
            _count(
                "thresholds with both sides",
                set(thresholds.values()),
                {thresholds[place] for place in crossed},
            ),
        )

    def _stage_labels(self, rules: Iterable[Rule]) -> Iterable[str]:
        for rule in rules:
            stages = rule.stages.every_value(self.book.every_term_value) if rule.stages else ()
            yield from (label(rule.name, stage) for stage in stages)


def _count(kind: str, every: set[str], covered: set[str]) -> Covered:
    gaps = tuple(sorted(every - covered))
    return Covered(kind, len(every) - len(gaps), len(every), gaps)
