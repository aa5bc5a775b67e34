"""Whether the tests of one fact keep two conditions from holding at once.

Only one subject's value is taken as known. A test of that subject is then true, false or neither;
any other test can be either. A subject keeps two conditions apart when with none of its values both
can hold.

Where both conditions compare the subject with the same term or fact, that is also enough: then only
less, equal, more and absent need to be tried.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain

from lapse.model.comparing import compared, said
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
    Stage,
    Sum,
    leaves,
    name_read,
)
from lapse.model.facts import ABSENT, UNKNOWN, Missing, Value, ValueType
from lapse.model.money import MoneyTable
from lapse.model.rule import Catalogue
from lapse.policy.check.points import points

Valuation = Mapping[str, Value]
"""A value for each of some terms."""


@dataclass(frozen=True, slots=True)
class Possible:
    """Whether a condition can be true, and whether it can be false; neither if it is unknown."""

    is_true: bool
    is_false: bool


EITHER = Possible(is_true=True, is_false=True)
JUST: Mapping[bool | None, Possible] = {
    True: Possible(is_true=True, is_false=False),
    False: Possible(is_true=False, is_false=True),
    None: Possible(is_true=False, is_false=False),
}

LeafJudge = Callable[[Leaf], Possible]


def possible(condition: Condition, judge: LeafJudge) -> Possible:
    """What a condition can be, given what each leaf can be."""
    match condition:
        case Leaf():
            return judge(condition)
        case Not(part):
            inner = possible(part, judge)
            return Possible(inner.is_false, inner.is_true)
        case All(parts):
            outcomes = [possible(part, judge) for part in parts]
            return Possible(all(f.is_true for f in outcomes), any(f.is_false for f in outcomes))
        case AnyOf(parts):
            outcomes = [possible(part, judge) for part in parts]
            return Possible(any(f.is_true for f in outcomes), all(f.is_false for f in outcomes))


@dataclass(frozen=True, slots=True)
class Subject:
    """What tests are about: a fact, a term, or the days since a date.

    `signs` has the names that read it; -1 is for days until a date, which are the days since it,
    negated. `whole` is the date fact that the days count from.
    """

    signs: Mapping[str, int]
    type: ValueType
    choices: tuple[str, ...] = ()
    whole: str | None = None

    def is_read_by(self, leaf: Leaf) -> bool:
        return leaf.subject.name in self.signs or self.is_presence(leaf)

    def is_presence(self, leaf: Leaf) -> bool:
        """Whether a leaf tests if the date is present; a counter is present when its date is."""
        return leaf.subject.name == self.whole and leaf.operator is Operator.PRESENT


def are_apart(one: Condition, other: Condition, catalogue: Catalogue) -> bool:
    """Whether one subject keeps two conditions apart, whatever values the terms have."""
    shared = _comparisons(one) & _comparisons(other)
    return any(are_apart_by_name(one, other, *pair) for pair in shared) or any(
        are_apart_by(subject, one, other, {}) for subject in subjects(one, other, catalogue)
    )


def are_apart_by_name(one: Condition, other: Condition, left: Name, right: Name) -> bool:
    """Whether comparing one name with another keeps two conditions apart."""

    def judge_at(sign: int | Missing) -> LeafJudge:
        def judge(leaf: Leaf) -> Possible:
            if leaf.subject != left or leaf.operand != right:
                return EITHER
            return JUST[compared(leaf.operator, sign, 0, None)]

        return judge

    return not any(_can_both(one, other, judge_at(sign)) for sign in (-1, 0, 1, ABSENT))


def are_apart_by(
    subject: Subject, one: Condition, other: Condition, terms: Valuation, *, is_ahead: bool = False
) -> bool:
    """Whether no value of a subject lets both conditions hold while terms have these values.

    A comparison with a fact, `$stage` or a term that has no value here can be anything. With
    `is_ahead`, the date that a subject counts from lies after the day judged.
    """

    def judge_at(point: Value) -> LeafJudge:
        def judge(leaf: Leaf) -> Possible:
            value = terms.get(leaf.subject.name) if _is_term(leaf) else None
            if value is not None and not isinstance(value, MoneyTable):
                return _tested(leaf, value, terms)
            if not subject.is_read_by(leaf) or (point is UNKNOWN and subject.is_presence(leaf)):
                return EITHER
            return _tested(leaf, _signed(point, subject.signs.get(leaf.subject.name, 1)), terms)

        return judge

    named = [
        _signed(value, subject.signs[leaf.subject.name])
        for leaf in chain(leaves(one), leaves(other))
        if leaf.subject.name in subject.signs
        for value in _values_named(leaf, terms)
    ]
    tried = points(subject.type, subject.choices, named)
    if is_ahead:  # days of the provider may be one further than those of the market judged
        tried = [point for point in tried if not (isinstance(point, int) and point > 0)]
    return not any(_can_both(one, other, judge_at(point)) for point in tried)


def _is_term(leaf: Leaf) -> bool:
    return leaf.subject.kind is NameKind.TERM


def subjects(one: Condition, other: Condition, catalogue: Catalogue) -> list[Subject]:
    """Every subject that both conditions test."""
    candidates: list[Subject] = []
    for leaf in chain(leaves(one), leaves(other)):
        subject = _subject(leaf.subject, catalogue)
        if subject is not None and subject not in candidates:
            candidates.append(subject)
    return [subject for subject in candidates if _reads(subject, one) and _reads(subject, other)]


def terms_compared(subject: Subject, *conditions: Condition) -> frozenset[str]:
    """The terms that a subject is compared with."""
    all_leaves = chain.from_iterable(map(leaves, conditions))
    read = (name_read(leaf.operand) for leaf in all_leaves if subject.is_read_by(leaf))
    return frozenset(name.name for name in read if name and name.kind is NameKind.TERM)


def terms_tested(*conditions: Condition) -> frozenset[str]:
    """The terms that have tests of their own, such as `grace_days: {gt: 30}`."""
    all_leaves = chain.from_iterable(map(leaves, conditions))
    return frozenset(leaf.subject.name for leaf in all_leaves if _is_term(leaf))


def _can_both(one: Condition, other: Condition, judge: LeafJudge) -> bool:
    return possible(one, judge).is_true and possible(other, judge).is_true


def _comparisons(condition: Condition) -> set[tuple[Name, Name]]:
    """The pairs of names that a condition compares."""
    all_leaves = leaves(condition)
    return {(leaf.subject, leaf.operand) for leaf in all_leaves if isinstance(leaf.operand, Name)}


def _subject(name: Name, catalogue: Catalogue) -> Subject | None:
    """What a name is about; null for money terms, which are one number for each currency."""
    match name.kind:
        case NameKind.TERM if name.type is ValueType.MONEY:
            return None
        case NameKind.TERM:
            term = catalogue.terms.get(name.name)
            return Subject({name.name: 1}, name.type, term.choices if term else ())
        case NameKind.FACT:
            fact = catalogue.words.facts.get(name.name)
            return Subject({name.name: 1}, name.type, fact.choices if fact else ())
        case NameKind.COUNTER:
            counters = catalogue.words.counters
            mine = counters[name.name]
            signs = {
                other.name: other.sign
                for other in counters.values()
                if (other.of, other.clock) == (mine.of, mine.clock)
            }
            return Subject(signs, ValueType.DAYS, whole=mine.of)


def _reads(subject: Subject, condition: Condition) -> bool:
    return any(subject.is_read_by(leaf) for leaf in leaves(condition))


def _tested(leaf: Leaf, left: Value, terms: Valuation) -> Possible:
    """What a leaf can be when its subject has a value."""
    match leaf.operand:
        case Literal(value):
            return JUST[said(leaf, left, value, None)]
        case Choices():
            return JUST[said(leaf, left, UNKNOWN, None)]
        case Name(name) if name in terms:
            return JUST[said(leaf, left, terms[name], None)]
        case Sum(term, _, int()) if term.name in terms:
            return JUST[said(leaf, left, leaf.operand.of(terms[term.name]), None)]
        case Name() | Stage() | Sum():
            return EITHER


def _values_named(leaf: Leaf, terms: Valuation) -> list[Value]:
    """The known values that a leaf compares its subject with."""
    if leaf.operator in {Operator.PRESENT, Operator.KNOWN}:
        return []
    named: tuple[Value, ...] = ()
    match leaf.operand:
        case Literal(value):
            named = (value,)
        case Choices(values):
            named = values
        case Name(name):
            named = (terms.get(name, UNKNOWN),)
        case Sum(term, _, int()):
            named = (leaf.operand.of(terms.get(term.name, UNKNOWN)),)
        case Stage() | Sum():
            pass
    return [value for value in named if not isinstance(value, Missing)]


def _signed(value: Value, sign: int) -> Value:
    return -value if sign < 0 and isinstance(value, int) else value
