"""Conditions of every operator, type and shape, and situations on which their tests are near."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from lapse.decide.situation import Situation
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
    Operator,
)
from lapse.model.days import Moment
from lapse.model.facts import ABSENT, UNKNOWN, FactSpec, Known, Value, ValueType, vocabulary
from lapse.model.money import Money, MoneyTable
from lapse.model.place import Place
from lapse.model.rule import Catalogue, Layer, Rule, Rulebook, Span, TermEntry, TermSpec
from lapse.model.subscription import Subscription, subscription
from lapse.policy.in_force import Scopes

Terms = Mapping[str, tuple[TermEntry, ...]]
PLACE = Place("generated.yaml", 1)
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
T = ValueType

AMOUNTS = ("0", "0.0001", "-1", "100", "100.0001", "99999999999999.9999")
MONEY = tuple(Money(Decimal(a), c) for a in AMOUNTS for c in ("NOK", "EUR", None))
TABLES = tuple(
    MoneyTable(
        {"NOK": Decimal(nok), "EUR": Decimal(eur)}, other if other is None else Decimal(other)
    )
    for nok in ("0", "100")
    for eur in ("0", "-1")
    for other in ("0", "100", "-1", None)
)
TEXTS = (
    "NO",
    "no",
    "5",
    "true",
    "=NO",
    'a"b',
    "a\\",
    "\x00",
    "\ud800",
    "é",
    "x" * 300,
    "x" * 70_000,
)
KNOWN: Mapping[ValueType, tuple[Known, ...]] = {
    T.TEXT: TEXTS,
    T.CHOICE: ("a", "b", "none"),
    T.FLAG: (True, False),
    T.COUNT: (0, 1, 5, 10**9),
    T.DAYS: (-1, 0, 1, 2),
    T.MONTHS: (0, 1, 12),
    T.MONEY: MONEY,
    T.DATE: (date.min, TODAY - DAY, TODAY, TODAY + DAY, date(2999, 12, 31)),
    T.INSTANT: (
        NOON + timedelta(microseconds=1),
        NOON,
        NOON + DAY,
        datetime(1900, 1, 1, tzinfo=UTC),
    ),
    T.DAYS_LIST: ((1, 7), (7,)),
}
TERM_VALUES: Mapping[ValueType, tuple[Known, ...]] = {**KNOWN, T.MONEY: TABLES}

OWN_FACTS = tuple(
    FactSpec(f"{type_.name.lower()}_{which}", type_, choices=("a", "b", "none"))
    for type_ in KNOWN
    if type_ is not T.DAYS_LIST
    for which in ("one", "two")
)
WORDS = vocabulary(OWN_FACTS, {"NO": "nordics", "SE": "nordics"})
TERMS = {
    f"{type_.name.lower()}_term": TermSpec(f"{type_.name.lower()}_term", type_)
    for type_ in KNOWN
    if type_ is not T.INSTANT
}
TERMS |= {"pinned": TermSpec("pinned", T.DAYS, pinned_to="date_one")}
BUILT_IN: Mapping[str, tuple[Known, ...]] = {
    "market": ("NO", "SE", "DE"),
    "currency": ("NOK", "EUR", "USD"),
    "debt": MONEY,
    "unit_price": (*MONEY, Money(Decimal("1e14"), "NOK")),
    "next_unit_price": MONEY,
    "seats": KNOWN[T.COUNT],
    "seats_removable": (0, 1),
    "cancellable_until": KNOWN[T.INSTANT],
    "past_due_since": KNOWN[T.DATE][1:],
    "hold_until": KNOWN[T.DATE][1:],
    "term_start": (TODAY - DAY, TODAY),
}
COUNTERS = ("days_past_due", "days_until_hold_ends", "days_since_term_start", "days_until_date_one")
DERIVED = (
    *("region", "monthly_amount", "next_monthly_amount", "seats_floor"),
    "cancellation_open",
)


def _names() -> tuple[Name, ...]:
    facts = [Name(s.name, NameKind.FACT, s.type) for s in OWN_FACTS]
    facts += [Name(n, NameKind.FACT, WORDS.facts[n].type) for n in BUILT_IN]
    facts += [Name(n, NameKind.FACT, WORDS.type_of(n) or T.TEXT) for n in DERIVED]
    counters = [Name(n, NameKind.COUNTER, T.DAYS) for n in COUNTERS]
    terms = [Name(s.name, NameKind.TERM, s.type) for s in TERMS.values()]
    return (*facts, *counters, *terms)


NAMES = _names()
OF_TYPE = {type_: [name for name in NAMES if name.type is type_] for type_ in KNOWN}


@dataclass(frozen=True, slots=True)
class Trial:
    """Some conditions as the rules of one book, and situations to judge them in."""

    book: Rulebook
    conditions: tuple[Condition, ...]
    situations: tuple[Situation, ...]


@st.composite
def leaf(draw: st.DrawFn) -> Leaf:
    subject = draw(st.sampled_from(NAMES))
    operators = [op for op in Operator if subject.type.is_ordered or not op.is_ordering]
    operator = draw(st.sampled_from(operators))
    return Leaf(subject, operator, draw(operand(subject, operator)), PLACE)


def operand(subject: Name, operator: Operator) -> st.SearchStrategy[Operand]:
    values = st.sampled_from(KNOWN[subject.type])
    if operator in {Operator.PRESENT, Operator.KNOWN}:
        return st.booleans().map(Literal)
    if operator in {Operator.IN, Operator.NOT_IN}:
        return st.lists(values, min_size=1, max_size=4).map(lambda some: Choices(tuple(some)))
    return values.map(Literal) | st.sampled_from(OF_TYPE[subject.type])


def condition() -> st.SearchStrategy[Condition]:
    """Leaves in small trees, and some of those many times over."""
    small = st.recursive(leaf(), _nested, max_leaves=10)
    return small | st.lists(leaf(), min_size=2, max_size=12).flatmap(_many)


def _nested(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, max_size=4).map(tuple)
    return inner.map(Not) | parts.map(All) | parts.map(AnyOf)


def _many(found: list[Leaf]) -> st.SearchStrategy[Condition]:
    """Up to 144 parts of two leaves each, in each way to put them together."""
    ways: list[Condition] = []
    for inner in (All, AnyOf):
        for outer in (All, AnyOf):
            pairs = tuple(inner((one, Not(other))) for one in found for other in found)
            ways += [outer(pairs), Not(outer(pairs)), outer((outer(pairs[:9]), inner(pairs[9:])))]
    return st.sampled_from(ways)


@st.composite
def trial(draw: st.DrawFn) -> Trial:
    conditions = tuple(draw(st.lists(condition(), min_size=1, max_size=4)))
    book = book_of(conditions, (draw(layer_terms()), draw(layer_terms())))
    scopes = Scopes(book)
    subscriptions = draw(st.lists(facts().map(_subscription), min_size=1, max_size=4))
    situations = tuple(Situation(s, scopes.of(s), draw(moments())) for s in subscriptions)
    return Trial(book, conditions, situations)


def facts() -> st.SearchStrategy[dict[str, Value]]:
    """Each fact mostly known, else absent or unknown."""
    known = {spec.name: KNOWN[spec.type] for spec in OWN_FACTS} | dict(BUILT_IN)
    return st.fixed_dictionaries(
        {
            name: st.sampled_from((*values, *values, *values, ABSENT, UNKNOWN))
            for name, values in known.items()
        }
    )


def _subscription(given: dict[str, Value]) -> Subscription:
    return subscription({"subscription_id": "S1", **given}, WORDS)


def moments() -> st.SearchStrategy[Moment]:
    """A day; an instant; an instant where the market's day is not known."""
    return st.sampled_from(
        (
            Moment(TODAY, TODAY),
            Moment(TODAY, TODAY - DAY, NOON),
            Moment(TODAY, TODAY, NOON, is_day_known=False),
        )
    )


def layer_terms() -> st.SearchStrategy[Terms]:
    """Most terms set, some of those from today on or until yesterday."""
    spans = (Span(), Span(), Span(first=TODAY), Span(last=TODAY - DAY))
    return st.fixed_dictionaries(
        {
            name: st.tuples(st.sampled_from(TERM_VALUES[spec.type]), st.sampled_from(spans)).map(
                lambda found: (TermEntry(found[0], found[1], PLACE),)
            )
            for name, spec in TERMS.items()
        }
    )


def book_of(
    conditions: tuple[Condition, ...],
    terms: tuple[Terms, ...] = (),
) -> Rulebook:
    """A book of one forbid for each condition; the second terms are Norway's."""
    base, norway = (*terms, {}, {})[:2]
    rules = {f"r{i}": Rule(f"r{i}", when, PLACE, "base") for i, when in enumerate(conditions)}
    layers = (
        Layer("norway", PLACE, {"market": frozenset({"NO"})}, norway),
        Layer("base", PLACE, {}, base, rules),
    )
    catalogue = Catalogue("generated", ("market",), WORDS, {}, TERMS, {})
    return Rulebook(catalogue, layers)
