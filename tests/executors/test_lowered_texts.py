"""What SQL tells of rows is what the reasons of the specification and the outputs say of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from tests.agreement.trials import trials
from tests.executors.conditions import (
    BUILT_IN,
    DAY,
    KNOWN,
    MONEY,
    NAMES,
    OF_TYPE,
    OWN_FACTS,
    PLACE,
    TERM_VALUES,
    TERMS,
    TODAY,
    Trial,
    book_of,
    trial,
)
from tests.executors.settled import in_force
from tests.executors.test_durable import leaves_of, situations
from tests.executors.test_lowered_conditions import carried, is_not_carried, is_sayable
from tests.executors.test_lowered_rows import blanked, stages_of

from lapse.analysis.cases import case_subscription
from lapse.decide.because import reason
from lapse.decide.forecast import situation_of
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.scopes import lexicon
from lapse.executors.lowered.words.term_tables import Terms
from lapse.executors.lowered.words.texts import Texts
from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    NameKind,
    Not,
    Operand,
    Stage,
    Stages,
    Sum,
    leaves,
)
from lapse.model.days import Moment
from lapse.model.facts import ABSENT, UNKNOWN, Value, ValueType
from lapse.model.money import Money
from lapse.model.rule import ALWAYS, Layer, Rule, Rulebook, TermEntry
from lapse.model.subscription import subscription
from lapse.policy.in_force import Scopes
from lapse.policy.load import load
from lapse.runs.rows import AMOUNTS, JudgedRow
from lapse.sql.expressions import cases, column, query, render, sql
from lapse.sql.small_tables import SmallTable
from lapse.sql.spark import in_spark

POLICIES = Path(__file__).parents[2] / "policies"
ALWAYS_TRUE = All(())
NAMES_BY = {name.name: name for name in NAMES}
CLOCK = {
    "time_zone": (TermEntry("Europe/Oslo", ALWAYS, PLACE),),
    "calendar": (TermEntry("NO less 12-24", ALWAYS, PLACE),),
}
TermEntries = Mapping[str, tuple[TermEntry, ...]]
Unit = tuple[int, int, int | None]
"""A row, the rule that is true in it, and its stage."""


def test_sql_tells_of_rows_what_the_outputs_say() -> None:
    for found in trials(range(2)):
        drawn = Random(f"texts of {found.world.seed}")  # noqa: S311
        judged = list(blanked([case.case for case in found.cases], found.scopes, drawn))
        assert_told(found.scopes.book, judged)
        assert_cells_told(found.scopes.book, judged)


def test_amounts_are_told_to_the_last_place() -> None:
    """Large ones, negative ones and those that come to nothing, where Python keeps a sign."""
    prices = ("99999999999999.9999", "-99999999999999.9999", "0.0050", "-0.0050", "-0.0049", "0")
    facts: dict[str, tuple[Value, ...]] = {
        "unit_price": tuple(Money(Decimal(price), "NOK") for price in prices),
        "debt": (Money(Decimal("1.0050"), "EUR"), Money(Decimal(-7))),
        "seats": (0, 3, 10**9, ABSENT, UNKNOWN),
        "currency": ("NOK", UNKNOWN),
        "billing_cycle": ("monthly", "none"),
        "term_start": (TODAY,),
        "term_end": (TODAY + 40 * DAY,),
    }
    texts = [(f"{{{name}}}",) for name in (*AMOUNTS, "unit_price", "next_monthly_amount")]
    book = acting(book_of(()), [ALWAYS_TRUE for _ in texts], texts)
    judged = list(situations(book, facts))
    told = assert_told(book, judged)
    assert {"99999999999999999900000.00 NOK", "-0.00 NOK", "-0.01 NOK", "none", "unknown"} <= told
    assert_cells_told(book, judged)


def test_sql_tells_the_reasons_of_the_shipped_rules() -> None:
    policies = load(POLICIES)
    assert policies.book is not None
    scopes = Scopes(policies.book)
    judged = []
    for case in policies.cases:
        facts = dict(case.given)
        for at, _ in case.expect:
            for moment, changed in case.then:
                facts |= changed if str(moment) <= str(at) else {}
            found = situation_of(case_subscription(facts, scopes), scopes, at)
            judged += [found] if found.moment.is_day_known else []
    assert len(assert_told(policies.book, judged)) > 50


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(trial())
def test_sql_tells_a_condition_as_a_sentence(found: Trial) -> None:
    short = (each for each in found.conditions if len(list(leaves(each))) < 30)
    book = acting(without_odd_texts(found.book), filter(is_sayable, short))
    assert_told(book, list(under(book, found.situations)))


def test_sql_fills_templates() -> None:
    fields = [*(name.name for name in NAMES), "commitment_left", "calendar", "time_zone", "stage"]
    texts = [
        (f"{{{one}}} of {{{two}}}", f"{{{three}}} {{{{none}}}} {{nothing}} {{{one}}}")
        for one, two, three in zip(fields, fields[1:], fields[2:], strict=False)
    ]
    draw = Random("templates")  # noqa: S311
    terms = {n: draw.choice(carried(TERM_VALUES[spec.type])) for n, spec in TERMS.items()}
    entries = {n: (TermEntry(value, ALWAYS, PLACE),) for n, value in terms.items()}
    for own in (entries | CLOCK, {}):
        book = acting(book_of((), (own,)), [ALWAYS_TRUE for _ in texts], texts)
        rows = [subscription(drawn_facts(draw), book.words) for _ in range(40)]
        found = (Situation(row, Scopes(book).of(row), Moment(TODAY, TODAY)) for row in rows)
        assert_told(book, list(under(book, found)))


def drawn_facts(draw: Random) -> dict[str, Value]:
    known = {spec.name: KNOWN[spec.type] for spec in OWN_FACTS} | dict(BUILT_IN)
    facts = {n: draw.choice((*carried(v), ABSENT, UNKNOWN)) for n, v in known.items()}
    return {**facts, "subscription_id": "S1", "unit_price": draw.choice(MONEY)}


@pytest.mark.parametrize("type_", [type_ for type_ in KNOWN if type_ is not ValueType.DAYS_LIST])
def test_every_leaf_of_a_type_is_told(type_: ValueType) -> None:
    one, two = (Name(f"{type_.name.lower()}_{n}", NameKind.FACT, type_) for n in ("one", "two"))
    operands: list[Operand] = [two, *map(Literal, carried(KNOWN[type_])[:6])]
    operands += [Choices(carried(KNOWN[type_])[:2]), Choices(carried(KNOWN[type_])[1:5])]
    sides = (*carried(KNOWN[type_])[:7], ABSENT, UNKNOWN)
    facts: dict[str, tuple[Value, ...]] = {one.name: sides, two.name: sides}
    if type_ is ValueType.MONEY:
        facts = {one.name: (*MONEY[::4], ABSENT, UNKNOWN), two.name: (*MONEY[::4], ABSENT, UNKNOWN)}
        facts["currency"] = ("NOK", "USD", UNKNOWN)
    assert_told_of_leaves(list(leaves_of(one, operands)), [{}], facts)


@pytest.mark.parametrize("type_", [spec.type for spec in TERMS.values() if not spec.pinned_to])
def test_every_leaf_with_a_term_is_told(type_: ValueType) -> None:
    term = Name(f"{type_.name.lower()}_term", NameKind.TERM, type_)
    fact = Name(f"{type_.name.lower()}_one", NameKind.FACT, type_)
    values = carried(KNOWN[type_])[:7]
    literals: list[Operand] = [*map(Literal, values[:2]), Choices(values[:3])]
    every = [*leaves_of(fact, [term]), *leaves_of(term, [fact, term, *literals])]
    facts: dict[str, tuple[Value, ...]] = {fact.name: (*values, ABSENT, UNKNOWN)}
    if type_ is ValueType.MONEY:
        facts[fact.name] = (*MONEY[:6:2], UNKNOWN)
        facts |= {"currency": ("NOK", UNKNOWN), "debt": (MONEY[10], UNKNOWN)}
    if type_ is ValueType.DAYS_LIST:
        del facts[fact.name]
        every = list(leaves_of(term, [term, *literals]))
    entries = [(TermEntry(value, ALWAYS, PLACE),) for value in carried(TERM_VALUES[type_])[:8][-4:]]
    assert_told_of_leaves(every, [{term.name: entry} for entry in ((), *entries)], facts)


def test_a_stage_is_told_alone_and_in_sums() -> None:
    """As the literal that it is bound to: `days_past_due is 3`, not `days_past_due 3 is 3`."""
    days, late = Name("days_term", NameKind.TERM, ValueType.DAYS), NAMES_BY["days_past_due"]
    operands: list[Operand] = [Stage.VALUE]
    operands += [Sum(days, sign, n) for sign in (1, -1) for n in (2, Stage.VALUE)]
    terms: list[TermEntries] = [{days.name: (TermEntry(1, ALWAYS, PLACE),)}, {}]
    since: tuple[Value, ...] = (*(TODAY - n * DAY for n in range(-3, 4)), ABSENT, UNKNOWN)
    every, stages = list(leaves_of(late, operands)), Stages((-2, 0, 1, 3))
    told = assert_told_of_leaves(every, terms, {"past_due_since": since}, stages)
    assert {"days_past_due is 3", "days_past_due 1 is days_term (1)"} <= told


@pytest.mark.parametrize("type_", KNOWN)
def test_every_text_can_be_said_in_spark(type_: ValueType) -> None:
    words, stage = lexicon(book_of(())), column("stage")
    texts = Texts(Names(words.book.words, Terms(words), frozenset(words.book.words.facts)))
    rule = Rule("r", ALWAYS_TRUE, PLACE, "base", action="notify")
    for name in (OF_TYPE[type_][0], OF_TYPE[type_][-1]):
        operands: list[Operand] = [name, Literal(KNOWN[type_][0]), Choices(KNOWN[type_][:2])]
        if type_ is ValueType.DAYS:
            operands += [Stage.VALUE, Sum(NAMES_BY["days_term"], 1, Stage.VALUE)]
        every = tuple(leaves_of(name, operands))
        for when in (AnyOf(every), Not(All(every))):
            assert in_spark(texts.because(replace(rule, when=when), stage))
        assert in_spark(texts.because(replace(rule, because=(f"{{{name}}}", "{stage}")), stage))
        if name.name in words.book.words.facts:
            assert in_spark(texts.fact_cell(name.name))
        if type_ is ValueType.MONEY and name.kind is not NameKind.TERM:
            assert in_spark(texts.amount_cell(name.name))


def assert_told_of_leaves(
    every: Sequence[Leaf],
    terms: Sequence[TermEntries],
    facts: Mapping[str, tuple[Value, ...]],
    stages: Stages | None = None,
) -> set[str]:
    """Of leaves alone, negated and put together, under all these terms; returns the texts."""
    either = AnyOf((AnyOf(tuple(every[:3])), All(tuple(every[-2:])), Not(every[0]), *every[3:6]))
    both = All((either, *every[1:3]))
    conditions: tuple[Condition, ...] = (
        *every,
        *map(Not, every),
        AnyOf(()),
        AnyOf((All((every[0],)),)),
    )
    conditions += (either, both, Not(Not(either)), Not(both), Not(All(())))
    markets = [f"M{number}" for number in range(len(terms))]
    layers = [
        Layer(market, PLACE, {"market": frozenset({market})}, own)
        for market, own in zip(markets, terms, strict=True)
    ]
    book = replace(book_of(()), layers=(*layers, book_of(()).layers[-1]))
    book = acting(book, conditions, stages=stages)
    return assert_told(book, list(situations(book, {"market": tuple(markets), **facts})))


def without_odd_texts(book: Rulebook) -> Rulebook:
    """A book without terms that SQL has no word for."""
    layers = [replace(each, terms=dict(carried_terms(each))) for each in book.layers]
    return replace(book, layers=tuple(layers))


def carried_terms(layer: Layer) -> Iterator[tuple[str, tuple[TermEntry, ...]]]:
    for term, entries in layer.terms.items():
        if not any(is_not_carried(entry.value) for entry in entries):
            yield term, entries


def acting(
    book: Rulebook,
    conditions: Iterable[Condition],
    texts: Sequence[tuple[str, ...]] = (),
    stages: Stages | None = None,
) -> Rulebook:
    """A book with a rule that acts for each condition."""
    rule = Rule("r", ALWAYS_TRUE, PLACE, "base", action="notify", stages=stages)
    rules = {}
    for n, when in enumerate(conditions):
        rules[f"r{n}"] = replace(rule, name=f"r{n}", when=when, because=texts[n] if texts else ())
    *others, base = book.layers
    return replace(book, layers=(*others, replace(base, rules=rules)))


def under(book: Rulebook, found: Iterable[Situation]) -> Iterator[Situation]:
    """Situations that a table can hold, under another book."""
    scopes = Scopes(book)
    for at in found:
        values = at.subscription.facts.values()
        is_held = not any(is_not_carried(each) or is_too_large(each) for each in values)
        if at.moment.is_day_known and is_held:
            yield replace(at, force=scopes.of(at.subscription))


def is_too_large(value: Value) -> bool:
    return isinstance(value, Money) and abs(value.amount) >= 10**14


def assert_told(book: Rulebook, judged: Sequence[Situation]) -> set[str]:
    """Every reason of a true rule or stage and every cell; returns the reasons."""
    words = lexicon(book)
    units = [unit for place, at in enumerate(judged) for unit in true_ones(words.rules, place, at)]
    with duckdb.connect() as connection:
        names, joined = in_force(connection, words, judged)
        types = dict.fromkeys(("place", "number", "stage"), "BIGINT")
        SmallTable("units", types, units).load(connection)
        texts = Texts(names)
        reasons = cases(
            (sql("number = $n", n=n), texts.because(rule, column("stage") if rule.stages else None))
            for n, rule in enumerate(words.rules)
        )
        said = query(
            "SELECT place, number, stage, $reason FROM $rows AS joined JOIN units USING (place)",
            reason=reasons,
            rows=joined,
        )
        told = connection.execute(render(said)).fetchall() if units else []
    assert len(told) == len(units)
    for place, number, stage, text in told:
        assert text == reason(words.rules[number], stage, judged[place])
    return {text for *_, text in told}


def true_ones(rules: Sequence[Rule], place: int, at: Situation) -> Iterator[Unit]:
    numbers = {id(rule): number for number, rule in enumerate(rules)}
    for entry in at.rules():
        if not entry.rule.is_forbid:
            for stage in stages_of(entry, at) or ():
                if truth(entry.rule.condition(stage), at):
                    yield place, numbers[id(entry.rule)], stage


def assert_cells_told(book: Rulebook, judged: Sequence[Situation]) -> None:
    with duckdb.connect() as connection:
        names, joined = in_force(connection, lexicon(book), judged)
        texts, facts = Texts(names), list(names.words.facts)
        amounts = [*AMOUNTS, "next_monthly_amount", "unit_price"]
        cells = [*map(texts.fact_cell, facts), *map(texts.amount_cell, amounts)]
        said = query("SELECT place, $cells FROM $rows AS joined", cells=cells, rows=joined)
        found = sorted(connection.execute(render(said)).fetchall())
    for at, (_, *told) in zip(judged, found, strict=True):
        row = JudgedRow(at.subscription, at.moment, lambda _: "")
        assert told == [*map(row.text, facts), *map(row.amount_text, amounts)]
