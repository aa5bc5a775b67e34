"""The durable executor against the reference: every leaf, every tree, whole decisions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from tests.executors.conditions import (
    KNOWN,
    PLACE,
    TERM_VALUES,
    TERMS,
    TODAY,
    WORDS,
    Trial,
    book_of,
    trial,
)

from lapse.decide.reference import decide
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.executors.durable.engine import DurableExecutor
from lapse.model.condition import (
    All,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    NameKind,
    Operand,
    Operator,
    Stage,
    Stages,
    Sum,
)
from lapse.model.days import Moment
from lapse.model.decision import Decision
from lapse.model.facts import ABSENT, UNKNOWN, Value, ValueType
from lapse.model.rule import ALWAYS, ActionSpec, Harm, Rule, Rulebook, TermEntry, Track
from lapse.model.subscription import subscription
from lapse.policy.in_force import Scopes

LIST_TERM = Name("days_list_term", NameKind.TERM, ValueType.DAYS_LIST)
PAST_DUE = Name("days_past_due", NameKind.COUNTER, ValueType.DAYS)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(trial())
def test_what_fires_is_the_truth(found: Trial) -> None:
    assert_agrees(found.book, found.conditions, found.situations)


@pytest.mark.parametrize("type_", [type_ for type_ in KNOWN if type_ is not ValueType.DAYS_LIST])
def test_every_leaf_of_a_type_for_all_values_on_both_sides(type_: ValueType) -> None:
    one, two = (Name(f"{type_.name.lower()}_{n}", NameKind.FACT, type_) for n in ("one", "two"))
    operands: list[Operand] = [two, *map(Literal, KNOWN[type_][:6])]
    operands += [Choices(KNOWN[type_][:2]), Choices(KNOWN[type_][1:5])]
    conditions = tuple(leaves_of(one, operands))
    book = book_of(conditions)
    sides = (*KNOWN[type_], ABSENT, UNKNOWN)
    currencies = ("NOK", "USD", UNKNOWN) if type_ is ValueType.MONEY else (UNKNOWN,)
    facts = {one.name: sides, two.name: sides, "currency": currencies}
    assert_agrees(book, conditions, situations(book, facts))


@pytest.mark.parametrize("type_", [spec.type for spec in TERMS.values() if not spec.pinned_to])
def test_every_leaf_with_a_term_for_all_its_values(type_: ValueType) -> None:
    term = Name(f"{type_.name.lower()}_term", NameKind.TERM, type_)
    fact = Name(f"{type_.name.lower()}_one", NameKind.FACT, type_)
    values = KNOWN[type_]
    facts = {fact.name: (*values, ABSENT, UNKNOWN), "currency": ("NOK", "USD", UNKNOWN)}
    literals: list[Operand] = [*map(Literal, values[:4]), Choices(values[:3])]
    conditions = (*leaves_of(fact, [term]), *leaves_of(term, [fact, term, *literals]))
    for value in (None, *TERM_VALUES[type_]):
        entries = () if value is None else (TermEntry(value, ALWAYS, PLACE),)
        book = book_of(conditions, ({term.name: entries},))
        assert_agrees(book, conditions, situations(book, facts))


def test_decisions_are_the_references() -> None:
    book = staged_book()
    executor = DurableExecutor(book)
    seen: set[str] = set()
    facts: dict[str, tuple[Value, ...]] = {
        "market": ("NO", "SE", UNKNOWN),
        "past_due_since": tuple(TODAY - timedelta(days=late) for late in range(9)),
        "seats": (0, 1, ABSENT, UNKNOWN),
    }
    for at in situations(book, facts):
        found = executor.decide(at, ())
        assert found == decide(at, ())
        assert isinstance(found, Decision)
        seen |= {action.candidate.label for action in found.actions}
        seen |= {f"held by {held.by}" for held in found.held}
        seen |= {f"unknown {rule.rule}" for rule in found.undetermined}
    assert seen == {
        *("remind@0", "remind@1", "remind@5", "remind@7", "suspend"),
        *("held by only_if", "unknown remind"),
    }


def assert_agrees(
    book: Rulebook, conditions: tuple[Condition, ...], situations: Iterable[Situation]
) -> None:
    executor = DurableExecutor(book)
    for at in situations:
        for condition in conditions:
            said, expected = executor.judge(condition, at), truth(condition, at)
            assert said is expected, f"{condition}: {said}, not {expected}"


def situation(book: Rulebook, facts: Mapping[str, Value]) -> Situation:
    found = subscription({"subscription_id": "S1", **facts}, WORDS)
    return Situation(found, Scopes(book).of(found), Moment(TODAY, TODAY))


def situations(book: Rulebook, values: Mapping[str, tuple[Value, ...]]) -> Iterator[Situation]:
    """One for each way to give every fact one of its values."""
    for given_ in product(*values.values()):
        yield situation(book, dict(zip(values, given_, strict=True)))


def leaves_of(subject: Name, operands: list[Operand]) -> Iterator[Leaf]:
    """Every operator that fits, with every operand that fits it."""
    for operator, operand in product(Operator, operands):
        takes_list = operator in {Operator.IN, Operator.NOT_IN}
        if operator in {Operator.PRESENT, Operator.KNOWN}:
            yield Leaf(subject, operator, Literal(operand is operands[0]), PLACE)
        elif (subject.type.is_ordered or not operator.is_ordering) and takes_list == isinstance(
            operand, Choices
        ):
            yield Leaf(subject, operator, operand, PLACE)


def staged_book() -> Rulebook:
    """Reminders on the days of a list that Norway has its own of, then a suspension."""
    lists = (((0, 5),), ((1, 7),))
    terms = tuple({"days_list_term": (TermEntry(*value, ALWAYS, PLACE),)} for value in lists)
    book = book_of((), terms)
    track = Track("dunning", "past_due_since", is_provider=False, index=0)
    late = Leaf(PAST_DUE, Operator.GTE, Stage.VALUE, PLACE)
    remind = Rule("remind", late, PLACE, "base", action="notify", track=track, step=1)
    remind = replace(remind, anchor=track.anchor, stages=Stages((Sum(LIST_TERM, 1, 0),)))
    later = All((Leaf(PAST_DUE, Operator.GT, Literal(7), PLACE),))
    suspend = Rule("suspend", later, PLACE, "base", action="suspend", track=track, step=2)
    suspend = replace(suspend, anchor=track.anchor)
    has_seats = Leaf(Name("seats", NameKind.FACT, ValueType.COUNT), Operator.GT, Literal(0), PLACE)
    actions = {
        "notify": ActionSpec("notify", None, {}, None),
        "suspend": ActionSpec("suspend", Harm.ACCESS, {}, has_seats),
    }
    catalogue = replace(book.catalogue, tracks={track.name: track}, actions=actions)
    base = replace(book.layers[1], rules={rule.name: rule for rule in (remind, suspend)})
    return replace(book, catalogue=catalogue, layers=(book.layers[0], base))
