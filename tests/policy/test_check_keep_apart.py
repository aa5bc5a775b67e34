"""Whatever is proved to be apart never holds at once, by the truth that decides."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import event, given
from hypothesis import strategies as st

from lapse.decide.situation import Situation
from lapse.decide.truth import truth
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
    Operator,
)
from lapse.model.days import Moment
from lapse.model.facts import (
    ABSENT,
    STATUSES,
    UNKNOWN,
    FactSpec,
    Missing,
    Value,
    ValueType,
    vocabulary,
)
from lapse.model.money import Money, MoneyTable
from lapse.model.place import Place
from lapse.model.rule import ALWAYS, Catalogue, Layer, Rulebook, TermEntry, TermSpec
from lapse.model.subscription import subscription
from lapse.policy.check.keep_apart import are_apart, are_apart_by, subjects, terms_compared
from lapse.policy.in_force import in_force

HERE = Place("a.yaml", 1)
TODAY = date(2026, 11, 16)
WORDS = vocabulary((FactSpec("called_on", ValueType.DATE, ABSENT),))
TERMS: Mapping[str, tuple[ValueType, Value]] = {
    "grace_days": (ValueType.DAYS, 2),
    "other_days": (ValueType.DAYS, 3),
    "minimum": (ValueType.COUNT, 2),
    "tolerance": (ValueType.MONEY, MoneyTable({"NOK": Decimal(1), "EUR": Decimal(2)})),
    "low": (ValueType.MONEY, MoneyTable({"NOK": Decimal(1)}, Decimal(0))),
    "never": (ValueType.DAYS, UNKNOWN),
}
CATALOGUE = Catalogue(
    name="test",
    cascade=("market",),
    words=WORDS,
    tracks={},
    terms={name: TermSpec(name, type_) for name, (type_, _) in TERMS.items()},
    actions={},
)
SET = {
    name: (TermEntry(value, ALWAYS, HERE),)
    for name, (_, value) in TERMS.items()
    if not isinstance(value, Missing)
}
FORCE = in_force(Rulebook(CATALOGUE, (Layer("base", HERE, {}, SET),)), (ABSENT,))

FAMILIES = (
    ("status",),
    ("trial",),
    ("segment",),
    ("seats",),
    ("called_on", "days_since_called_on", "days_until_called_on"),
    ("debt",),
    ("grace_days",),
)
"""Names whose tests are about one thing: a pair of conditions mostly tests one family."""
ANY_NAME = tuple(name for family in FAMILIES for name in family)
NUMBERS = st.integers(-1, 4)
AMOUNTS = st.builds(Money, st.sampled_from([Decimal(n) for n in (-1, 0, 1, 2)]))
MONEY = st.one_of(
    st.just(Money(Decimal(0))),
    st.builds(lambda m, c: Money(m.amount, c), AMOUNTS, st.sampled_from(["NOK", "EUR", "SEK"])),
)
VALUES: Mapping[ValueType, st.SearchStrategy[Value]] = {
    ValueType.CHOICE: st.sampled_from(["active", "suspended", "expired"]),
    ValueType.FLAG: st.booleans(),
    ValueType.TEXT: st.sampled_from(["a", "b", "c"]),
    ValueType.COUNT: NUMBERS,
    ValueType.DAYS: NUMBERS,
    ValueType.DATE: st.integers(13, 18).map(lambda day: date(2026, 11, day)),
    ValueType.MONEY: MONEY,
}
OTHERS = {
    ValueType.COUNT: ("min_seats", "minimum"),
    ValueType.DAYS: ("grace_days", "other_days", "never"),
    ValueType.DATE: ("past_due_since",),
    ValueType.MONEY: ("tolerance", "low", "unit_price"),
}


def name_of(word: str) -> Name:
    if word in TERMS:
        return Name(word, NameKind.TERM, TERMS[word][0])
    type_ = WORDS.type_of(word)
    assert type_ is not None
    return Name(word, NameKind.COUNTER if word in WORDS.counters else NameKind.FACT, type_)


@st.composite
def leaves_about(draw: st.DrawFn, family: tuple[str, ...]) -> Leaf:
    subject = name_of(draw(st.sampled_from(family if draw(st.integers(0, 4)) else ANY_NAME)))
    other = draw(st.sampled_from([None, *OTHERS.get(subject.type, ())]))
    if other is None:
        return draw(plain_leaves(subject.name))
    tests = [test for test in Operator if test.is_ordering or test in {Operator.EQ, Operator.NE}]
    return Leaf(subject, draw(st.sampled_from(tests)), name_of(other), HERE)


@st.composite
def plain_leaves(draw: st.DrawFn, word: str) -> Leaf:
    subject = name_of(word)
    values = VALUES[subject.type]
    test = draw(
        st.sampled_from([o for o in Operator if subject.type.is_ordered or not o.is_ordering])
    )
    if test in {Operator.PRESENT, Operator.KNOWN}:
        return Leaf(subject, test, Literal(draw(st.booleans())), HERE)
    if test in {Operator.IN, Operator.NOT_IN}:
        chosen = draw(st.lists(values, min_size=1, max_size=3))
        return Leaf(subject, test, Choices(tuple(chosen)), HERE)
    return Leaf(subject, test, Literal(draw(values)), HERE)


def conditions_about(family: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    leaf = leaves_about(family)
    some = st.lists(leaf, min_size=1, max_size=3).map(tuple)
    denied = st.builds(Not, st.one_of(leaf, st.builds(All, some), st.builds(AnyOf, some)))
    part = st.one_of(leaf, leaf, leaf, denied, st.builds(AnyOf, some))
    return st.one_of(part, st.builds(All, st.lists(part, max_size=3).map(tuple)))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Condition, Condition]:
    conditions = conditions_about(draw(st.sampled_from(FAMILIES)))
    return draw(conditions), draw(conditions)


def population(size: int) -> Iterator[Situation]:
    """Subscriptions with few values each, so that they meet the tests; the same on every run."""
    chance = Random(0)  # noqa: S311  no secret
    days: list[Value] = [date(2026, 11, day) for day in range(12, 20)]
    debts: list[Value] = [
        Money(Decimal(amount), code) for amount in (-1, 0, 1, 2) for code in ("NOK", "EUR", "SEK")
    ]
    choices: Mapping[str, list[Value]] = {
        "status": [*STATUSES],
        "trial": [True, False],
        "segment": ["a", "b", "c", "d"],
        "seats": [*range(-2, 6)],
        "min_seats": [0, 1, 2, 3, 4],
        "called_on": days,
        "past_due_since": days,
        "debt": [Money(Decimal(0)), *debts],
        "unit_price": debts,
    }
    for _ in range(size):
        facts = {
            name: chance.choice([*values, ABSENT, UNKNOWN]) for name, values in choices.items()
        }
        yield Situation(subscription(facts, WORDS), FORCE, Moment(TODAY, TODAY))


EVERYONE = tuple(population(500))


def hold_together(one: Condition, other: Condition) -> bool:
    return any(truth(one, each) and truth(other, each) for each in EVERYONE)


@given(pairs())
def test_conditions_kept_apart_never_hold_together(pair: tuple[Condition, Condition]) -> None:
    is_apart = are_apart(*pair, CATALOGUE)
    event(f"apart: {is_apart}")
    if is_apart:
        assert not hold_together(*pair), tuple(map(str, pair))


@given(pairs())
def test_terms_with_these_values_keep_apart(pair: tuple[Condition, Condition]) -> None:
    for subject in subjects(*pair, CATALOGUE):
        values = {name: TERMS[name][1] for name in terms_compared(subject, *pair)}
        is_apart = are_apart_by(subject, *pair, values)
        event(f"apart: {is_apart}")
        if is_apart:
            assert not hold_together(*pair), tuple(map(str, pair))


@given(st.data(), st.sampled_from(["status", "trial", "segment", "seats"]))
def test_plain_tests_that_are_not_kept_apart_hold_together(data: st.DataObject, name: str) -> None:
    """Of one fact compared with plain values nothing is missed."""
    pair = data.draw(plain_leaves(name)), data.draw(plain_leaves(name))
    assert are_apart(*pair, CATALOGUE) or hold_together(*pair), tuple(map(str, pair))
