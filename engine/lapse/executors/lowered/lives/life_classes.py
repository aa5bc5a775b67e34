"""What is missing in the judged days of a segment, looked up once for each class of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lapse.decide.forecast import facts_set
from lapse.decide.known import Judging
from lapse.decide.owing import situation_at
from lapse.decide.situation import Situation
from lapse.executors.direct import direct_executor
from lapse.executors.lowered.batch import Facts as Exports
from lapse.executors.lowered.lives.life_rows import LIFE
from lapse.executors.lowered.orders.candidates import Candidates
from lapse.executors.lowered.rules.lacking import Lacks, Unknowns
from lapse.executors.lowered.words.term_days import day_of
from lapse.executors.row_by_row import known_rows
from lapse.inputs.relation import Relation
from lapse.model.decision import Decision, MayNotApply, Undetermined
from lapse.runs.history import History
from lapse.runs.rows import LIST_MARK
from lapse.sql.named_tables import Tables
from lapse.sql.small_tables import SmallTable


@dataclass(frozen=True, slots=True)
class LifeClasses:
    """The classes of judged days: the specification is asked of one day of each."""

    export: Exports
    relation: Relation
    judging: Judging
    history: History
    candidates: Candidates

    def tables(self, tables: Tables, unknowns: Mapping[int, Unknowns]) -> Iterator[SmallTable]:
        """The table `lacks`, and `class_lacks`: what is missing to tell whether harm is due."""
        examples = list(self._examples(tables))
        found = (
            (number, situation, unknowns[row]) for number, row, acts, situation in examples if acts
        )
        yield Lacks(self.candidates.lexicon, self.candidates.units).table(found)
        lacking = [
            (number, LIST_MARK.join(sorted(names)))
            for number, _, _, situation in examples
            if (names := self._lacking(situation))
        ]
        yield SmallTable("class_lacks", {"class": "BIGINT", "missing": "VARCHAR"}, lacking)

    def _lacking(self, situation: Situation) -> frozenset[str]:
        """What is missing for rules of ours that harm, as in `analysis.futures`."""
        decision = direct_executor()(situation, ())
        assert isinstance(decision, Decision), "a life that is left out is in no class"
        book = self.candidates.lexicon.book
        return frozenset(
            name
            for rule, _, became in decision.verdicts
            if isinstance(became, MayNotApply | Undetermined)
            and rule.track is not None
            and not rule.track.is_provider
            and book.is_harmful(rule)
            for name in became.missing
        )

    def _examples(self, tables: Tables) -> Iterator[tuple[int, int, bool, Situation]]:
        """The number of each class, its example's row, whether that acts, and its situation."""
        of_lives: dict[str, list[tuple[int, int, int, bool, int]]] = {}
        for id_, *rest in tables.found(_EXAMPLES):
            of_lives.setdefault(id_, []).append(tuple(rest))
        set_: dict[int, list[tuple[int, int]]] = {}
        if of_lives:
            for life, day, unit in tables.found(_SETTING_BEFORE):
                set_.setdefault(life, []).append((day, unit))
        records = self.export.records_of(self.relation, "examples")
        for row in known_rows(records, self.judging, self.history):
            for number, place, day, acts, life in of_lives[row.situation.subscription.id]:
                yield number, place, acts, self._at(row.situation, set_.get(life, ()), day)

    def _at(self, first: Situation, orders: Sequence[tuple[int, int]], day: int) -> Situation:
        """A life's situation on a day, after the orders that set facts before it."""
        subscription = first.subscription
        for ordered_on, unit in orders:
            rule = self.candidates.units[unit].rule
            subscription = subscription.with_facts(facts_set(rule, day_of(ordered_on)))
        force = self.judging.scopes.of(subscription)
        return situation_at(subscription, force, first.moment.on(day_of(day)))


_EXAMPLES = f"""
SELECT example.id, class, example.row, day, example.acts, "{LIFE}"
FROM classes JOIN judged_days ON judged_days."#row" = classes.example.row
"""  # noqa: S608  a name of ours
_SETTING_BEFORE = f"""
SELECT life, day, unit FROM carried_out
WHERE life IN (
    SELECT "{LIFE}" FROM judged_days
    WHERE "#row" IN (SELECT example.row FROM classes)
)
ORDER BY day, track_index
"""  # noqa: S608  a name of ours
