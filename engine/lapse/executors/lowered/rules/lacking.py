"""What is missing where something is unknown: looked up once for each class of rows.

Rows of one class have one `signature` (see `truths`): the same is unknown in them, for want of the
same. So the specification is asked of one of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lapse.decide.situation import Situation
from lapse.decide.truth import missing
from lapse.executors.lowered.words.scopes import Lexicon
from lapse.executors.lowered.words.units import Unit
from lapse.model.rule import Rule
from lapse.runs.rows import LIST_MARK
from lapse.sql.small_tables import SmallTable

TYPES = {"class": "BIGINT", "what": "VARCHAR", "number_of": "BIGINT", "names": "VARCHAR"}
"""The columns of `lacks`: units, forbids and locks by their number; `names` is not empty."""

OpenStage = tuple[int, int | None]
"""The number of a unit that is unknown, and its stage, null where there is none or nobody knows."""


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What is unknown in an example of a class: units, forbids and locks, by their number."""

    units: Sequence[OpenStage]
    forbids: Iterable[int]
    locks: Iterable[int]


@dataclass(frozen=True, slots=True)
class Lacks:
    """Looks up what is missing."""

    lexicon: Lexicon
    units: Sequence[Unit]

    def table(self, found: Iterable[tuple[int, Situation, Unknowns]]) -> SmallTable:
        """The table `lacks` for the example of each class."""
        rows = [
            (of_class, what, number, LIST_MARK.join(sorted(names)))
            for of_class, situation, unknowns in found
            for what, number, names in self._of(situation, unknowns)
            if names
        ]
        return SmallTable("lacks", TYPES, rows)

    def _of(
        self, situation: Situation, unknowns: Unknowns
    ) -> Iterator[tuple[str, int, frozenset[str]]]:
        exists = {id(entry.rule): entry.missing for entry in situation.rules()}
        for number, stage in unknowns.units:
            rule = self.units[number].rule
            names = exists[id(rule)] or self._for_unit(situation, rule, stage)
            yield "unit", number, names
        for number in unknowns.forbids:
            rule = self.lexicon.forbids[number]
            yield "forbid", number, exists[id(rule)] or missing(rule.when, situation)
        locks = tuple(self.lexicon.locks.values())
        for number in unknowns.locks:
            yield "lock", number, missing(locks[number], situation)

    def _for_unit(self, situation: Situation, rule: Rule, stage: int | None) -> frozenset[str]:
        if rule.stages is not None and stage is None:
            terms = (situation.term(name.name) for name in rule.stages.names())
            return frozenset(lack for term in terms for lack in term.missing)
        return missing(rule.condition(stage), situation)
