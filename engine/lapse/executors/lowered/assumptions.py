"""How many harmful orders of a batch rest on assumed facts (`runs.resting`)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.rules.truths import numbers_in, packed
from lapse.executors.lowered.words.columns import rule_column
from lapse.executors.lowered.words.units import Units
from lapse.inputs.relation import TOLD
from lapse.model.decision import Action, Candidate, Decision
from lapse.model.facts import Value
from lapse.model.invoices import FACTS_OWED
from lapse.policy.in_force import RuleInForce
from lapse.runs.resting import Rest, rests_on
from lapse.sql.expressions import column, query, render, sql

Found = Callable[[str], Iterable[tuple[Any, ...]]]


def resting(rows: JudgedRows, found: Found) -> Iterator[tuple[Rest, int]]:
    """What harmful orders rest on, each with the number of orders."""
    words = rows.lexicon
    assumed = [_standing(rows, number) for number in range(len(rows.relation.told))]
    if not any(assumed):
        return
    first = len(words.rules)
    there = [
        sql("coalesce($exists, TRUE)", exists=column(rule_column(first + number), "acting"))
        for number in range(len(words.forbids))
    ]
    counted = query(
        """SELECT unit, $told, count(*), $there FROM outcomes
        JOIN acting ON acting."#row" = outcomes.row_id
        WHERE output = 'actions' AND is_harmful GROUP BY ALL""",
        told=column(TOLD, "acting"),
        there=packed(there),
    )
    units = Units(words, rows.names).every()
    for unit, told, count, *bits in found(render(counted)):
        forbids = [words.forbids[number] for number in numbers_in(bits)]
        candidate = Candidate(units[unit].rule, None, "", date.min, None)
        decision = Decision(date.min, (Action(candidate, date.min),))
        in_force = [RuleInForce(rule) for rule in forbids]
        for rest in rests_on(decision, lambda: in_force, assumed[told], words.book):  # noqa: B023
            yield rest, count


def _standing(rows: JudgedRows, number: int) -> Mapping[str, Value]:
    """The values assumed of facts that rows of these inputs have no column for."""
    told, relation = rows.relation.told[number], rows.relation
    known = told.facts | told.lost | (set(FACTS_OWED) if relation.has_invoices else set())
    known |= {"hold_until"} if relation.has_holds else set()
    assumed = {**told.assumed, **rows.judging.assumed}
    return {fact: value for fact, value in assumed.items() if fact not in known}
