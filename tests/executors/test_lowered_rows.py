"""Of settled rows SQL says what the specification says: which rules are true, false or unknown.

Rows are made of what the reference reads, so that only what is in force, names and conditions are
judged here. Worlds are those of the agreement suite, with cells blanked: much is unknown in them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.play import Case, situation
from tests.agreement.trials import thinned, trials
from tests.executors.conditions import DAY, PLACE, TODAY, WORDS
from tests.executors.settled import in_force
from tests.executors.test_durable import leaves_of, situations

from lapse.decide.reference import decide
from lapse.decide.situation import Situation
from lapse.decide.truth import leaf_missing, truth
from lapse.executors.lowered.rules.sieve import Sieve
from lapse.executors.lowered.rules.truths import Truths
from lapse.executors.lowered.words.columns import LEFT_OUT
from lapse.executors.lowered.words.scopes import lexicon
from lapse.executors.lowered.words.units import Units
from lapse.model.comparing import Truth
from lapse.model.condition import All, Choices, Leaf, Literal, Name, NameKind, Operator
from lapse.model.decision import Decision
from lapse.model.facts import ABSENT, UNKNOWN, Missing, Value, ValueType
from lapse.model.money import MoneyTable
from lapse.model.rule import (
    ALWAYS,
    Catalogue,
    Layer,
    Rule,
    Rulebook,
    Span,
    TermEntry,
    TermSpec,
)
from lapse.policy.in_force import RuleInForce, Scopes
from lapse.runs.rows import undetermined_missing
from lapse.sql.expressions import column, query, render
from lapse.sql.spark import in_spark

SEEDS = [range(first, first + 6) for first in range(0, 18, 6)]
Told = tuple[list[Truth], int | None, tuple[object, ...]]


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_sql_says_of_every_rule_what_the_specification_says(seeds: range) -> None:
    for trial in trials(seeds):
        book = trial.scopes.book
        cases = [case.case for case in trial.cases]
        judged = list(blanked(cases, trial.scopes, Random(f"blanks {trial.world.seed}")))  # noqa: S311
        words = lexicon(book)
        for at, (said, out, _) in zip(judged, told(book, judged), strict=True):
            left_out = at.force.not_covered_by()
            if left_out is not None and left_out.is_sure:
                assert out is not None
                assert book.layers[out] is left_out.layer
                continue
            assert out is None
            locks = [truth(lock, at) for lock in words.locks.values()]
            expected = [*(truth_of(rule, at) for rule in words.every_rule), *locks]
            assert said == expected, trial.world.seed


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_the_sieve_stops_only_what_is_false(seeds: range) -> None:
    stopped = passed = 0
    for trial in trials(seeds):
        book, draw = trial.scopes.book, Random(f"sieve {trial.world.seed}")  # noqa: S311
        judged = list(blanked([case.case for case in trial.cases], trial.scopes, draw))
        rules = lexicon(book).rules
        for at, (is_nothing, *passing) in zip(judged, sifted(book, judged), strict=True):
            assert not (is_nothing and any(passing))
            for rule, passes in zip(rules, passing, strict=True):
                assert passes or truth_of(rule, at) is False, (trial.world.seed, rule.name)
                stopped, passed = stopped + (not passes), passed + passes
    assert stopped
    assert passed


STATUS = Name("status", NameKind.FACT, ValueType.CHOICE)
AT_TERM_END = Name("at_term_end", NameKind.FACT, ValueType.CHOICE)
PAST_DUE = Name("days_past_due", NameKind.COUNTER, ValueType.DAYS)
FEW_FACTS: Mapping[str, tuple[Value, ...]] = {
    "market": ("NO", "SE", UNKNOWN),
    "status": ("active", "suspended", "expired", UNKNOWN),
    "at_term_end": ("renew", "cancel", ABSENT, UNKNOWN),
    "past_due_since": (TODAY - DAY, TODAY, ABSENT, UNKNOWN),
}
FEW_LEAVES = (
    *leaves_of(STATUS, [Literal("active"), Literal("suspended")]),
    *leaves_of(STATUS, [Choices(("active", "expired")), Choices(("expired", "suspended"))]),
    *leaves_of(AT_TERM_END, [Literal("renew"), Choices(("renew", "cancel"))]),
    *leaves_of(PAST_DUE, [Literal(0), Literal(1)]),
)


@st.composite
def few_rules(draw: st.DrawFn) -> Rulebook:
    """Rules of Norway's and of all, which test few things and so have parts in common."""
    pool = draw(st.lists(st.sampled_from(FEW_LEAVES), min_size=2, max_size=3, unique_by=id))
    parts = st.lists(st.sampled_from(pool), min_size=1, max_size=3, unique_by=id).map(tuple)
    whens = draw(st.lists(parts.map(All), min_size=1, max_size=3))
    whose = [draw(st.booleans()) for _ in whens]
    rules = [Rule(f"r{i}", when, PLACE, "own", action="act") for i, when in enumerate(whens)]
    norways, base = (
        {rule.name: rule for rule, own in zip(rules, whose, strict=True) if own is is_own}
        for is_own in (True, False)
    )
    norway = Layer("norway", PLACE, {"market": frozenset({"NO"})}, rules=norways)
    catalogue = Catalogue("generated", ("market",), WORDS, {}, {}, {})
    return Rulebook(catalogue, (norway, Layer("base", PLACE, {}, rules=base)))


@settings(max_examples=30, deadline=None)
@given(few_rules())
def test_rules_that_are_tested_together_are_stopped_only_where_all_are_false(
    book: Rulebook,
) -> None:
    judged = [*situations(book, FEW_FACTS)]
    for at, (is_nothing, *passing) in zip(judged, sifted(book, judged), strict=True):
        said = [truth_of(rule, at) for rule in lexicon(book).rules]
        assert all(it is False for it in said) or not is_nothing
        assert all(it is False or passes for it, passes in zip(said, passing, strict=True))


def sifted(book: Rulebook, judged: Sequence[Situation]) -> list[list[bool]]:
    """Of each situation: whether no rule may act, and whether each rule passes."""
    words = lexicon(book)
    with duckdb.connect() as connection:
        names, joined = in_force(connection, words, judged)
        sieve = Sieve(words, names, Units(words, names).every())
        said = query(
            "SELECT $selects FROM $rows",
            selects=[column("place"), sieve.is_nothing(), *sieve.passing()],
            rows=sieve.steps.over(joined.subquery("joined")),
        )
        assert in_spark(said)
        return [[*row[1:]] for row in sorted(connection.execute(render(said)).fetchall())]


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_rows_of_one_signature_lack_the_same(seeds: range) -> None:
    """So one of them can be decided for all."""
    classes = 0
    for trial in trials(seeds):
        draw = Random(f"classes of {trial.world.seed}")  # noqa: S311
        scopes = Scopes(thinned(trial.scopes.book, draw))
        judged = list(blanked([case.case for case in trial.cases] * 3, scopes, draw))
        lacks = defaultdict(list)
        rules = len(lexicon(scopes.book).rules)
        for at, (said, out, signature) in zip(judged, told(scopes.book, judged), strict=True):
            # A request that no rule answers is told by orders, too: such rows are left over.
            is_asked = not isinstance(at.subscription.fact("request"), Missing)
            if out is None and not is_asked and any_of(said[:rules]) is None:
                decision = decide(at, ())
                assert isinstance(decision, Decision)
                assert not decision.actions
                assert not decision.held
                lacks[signature].append(undetermined_missing(decision))
        for found in lacks.values():
            assert all(each == found[0] for each in found), trial.world.seed
        classes += sum(1 for found in lacks.values() if len(found) > 1)
    assert classes


def blanked(cases: Sequence[Case], scopes: Scopes, draw: Random) -> Iterator[Situation]:
    """Situations on known days, in which some cells are blank and others say little."""
    calm = {"status": "active", "debt": "0", "past_due_since": None, "request": None}
    for case in cases:
        cells = {n: cell if draw.random() < 0.85 else None for n, cell in case.cells.items()}
        cells |= {n: cell for n, cell in calm.items() if n in cells and draw.random() < 0.8}
        cells["subscription_id"] = case.cells["subscription_id"]
        gone = {n for n in cells if n not in {"subscription_id", "status"} and draw.random() < 0.15}
        kept = {name: cell for name, cell in cells.items() if name not in gone}
        at = situation(replace(case, cells=kept), scopes)
        if at.moment.is_day_known:
            yield at


def truth_of(rule: Rule, at: Situation) -> Truth:
    """Whether some stage of a rule is true; unknown where its existence or its stages are."""
    entry = next((each for each in at.rules() if each.rule is rule), None)
    if entry is None:
        return False
    stages = stages_of(entry, at)
    if stages is None:
        return None
    return any_of([truth(rule.condition(stage), at) for stage in stages])


def stages_of(entry: RuleInForce, at: Situation) -> tuple[int | None, ...] | None:
    if entry.missing:
        return None
    if entry.rule.stages is None:
        return (None,)
    return entry.rule.stages.values(lambda name: at.term(name).value)


def test_a_money_term_that_is_known_in_some_currencies_has_signatures_of_its_own() -> None:
    """Of a customer who is not known, it lacks the customer from today on, and nothing before."""
    tolerance = Name("tolerance", NameKind.TERM, ValueType.MONEY)
    when = Leaf(Name("debt", NameKind.FACT, ValueType.MONEY), Operator.GT, tolerance, PLACE)
    before, after = Span(last=TODAY - DAY), Span(first=TODAY)
    zero, some = (MoneyTable({"NOK": Decimal(amount)}, Decimal(1)) for amount in (0, 50))
    ones = MoneyTable({"NOK": Decimal(0)}, Decimal(2))
    base = (TermEntry(zero, before, PLACE), TermEntry(some, after, PLACE))
    rule = Rule("owes", when, PLACE, "base", action="act")
    layers = (
        Layer(
            "C1",
            PLACE,
            {"customer": frozenset({"C1"})},
            {"tolerance": (TermEntry(ones, ALWAYS, PLACE),)},
        ),
        Layer("base", PLACE, {}, {"tolerance": base}, {"owes": rule}),
    )
    terms = {"tolerance": TermSpec("tolerance", ValueType.MONEY, pinned_to="date_one")}
    catalogue = Catalogue("generated", ("customer",), WORDS, {}, terms, {})
    facts: Mapping[str, tuple[Value, ...]] = {
        "date_one": (TODAY - DAY, TODAY),
        "currency": ("NOK", "EUR"),
    }
    judged = [*situations(Rulebook(catalogue, layers), facts)]
    missing = [leaf_missing(when, at) for at in judged]
    signatures = [signature for _, _, signature in told(Rulebook(catalogue, layers), judged)]
    assert missing == [{"debt"}, *[{"debt", "customer_id"}] * 3]
    assert signatures[0] not in signatures[1:]


def told(book: Rulebook, judged: Sequence[Situation]) -> list[Told]:
    """Of each situation: every rule and `only_if`, the layer it is left out by, and a signature."""
    if not judged:
        return []
    words = lexicon(book)
    with duckdb.connect() as connection:
        names, joined = in_force(connection, words, judged)
        truths = Truths(words, names, range(len(words.rules)))
        units, forbids, locks = truths.of_units(), truths.of_forbids(), truths.of_locks()
        selects = [*units, *forbids, *locks, *truths.signature()]
        said = query(
            "SELECT $selects FROM $rows",
            selects=[column("place"), column(LEFT_OUT), *selects],
            rows=truths.steps.over(joined.subquery("joined")),
        )
        assert in_spark(said)
        rows = [row[1:] for row in sorted(connection.execute(render(said)).fetchall())]
    of = [unit.of for unit in Units(words, names).every()]
    first, after = 1 + len(units), 1 + len(units) + len(forbids) + len(locks)
    return [
        ([*any_of_each(row[1:first], of), *row[first:after]], row[0], row[after:]) for row in rows
    ]


def any_of_each(said: Sequence[Truth], of: Sequence[int]) -> Iterator[Truth]:
    """The truth of each rule: whether any of its stages is true."""
    for rule in dict.fromkeys(of):
        yield any_of([each for each, its in zip(said, of, strict=True) if its == rule])


def any_of(truths: Sequence[Truth]) -> Truth:
    return True if True in truths else None if None in truths else False
