"""The condition of a rule: a tree of tests, each leaf with its place in the policy file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from lapse.model.facts import UNKNOWN, Value, ValueType, show
from lapse.model.place import Place


class Operator(StrEnum):
    """How a leaf compares; policies write `eq` as a bare value and `in` as a list."""

    EQ = "eq"
    IN = "in"
    NE = "ne"
    NOT_IN = "not_in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    PRESENT = "present"
    KNOWN = "known"

    @property
    def is_ordering(self) -> bool:
        return self in {Operator.LT, Operator.LTE, Operator.GT, Operator.GTE}


SIGNS = {
    Operator.EQ: "is",
    Operator.NE: "is not",
    Operator.IN: "is one of",
    Operator.NOT_IN: "is none of",
    Operator.LT: "<",
    Operator.LTE: "<=",
    Operator.GT: ">",
    Operator.GTE: ">=",
}


class NameKind(Enum):
    FACT = "fact"
    COUNTER = "counter"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, counter or term that a leaf reads."""

    name: str
    kind: NameKind
    type: ValueType

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the policy."""

    value: Value

    def __str__(self) -> str:
        return show(self.value)


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of an `in` or `not_in` test."""

    values: tuple[Value, ...]

    def __str__(self) -> str:
        return ", ".join(show(value) for value in self.values)


class Stage(Enum):
    """`$stage`: the value of the stage judged; `bound` replaces it before evaluation."""

    VALUE = "$stage"

    def __str__(self) -> str:
        return "stage"


@dataclass(frozen=True, slots=True)
class Sum:
    """A term of days plus or (`sign` -1) minus a number of days.

    In `for_each` the term may be a list of days, and a number of 0 means the term alone.
    """

    term: Name
    sign: int
    number: int | Stage

    def __str__(self) -> str:
        if self.number == 0:
            return str(self.term)
        return f"{self.term} {'-' if self.sign < 0 else '+'} {self.number}"

    def of(self, value: Value) -> Value:
        """The sum for a number, maybe below 0; any other value of the term as it is."""
        assert not isinstance(self.number, Stage), "bound before anything is evaluated"
        return value + self.sign * self.number if isinstance(value, int) else value


Operand = Name | Literal | Choices | Stage | Sum


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages that `for_each` names in the order written: numbers, terms and sums."""

    parts: tuple[int | Sum, ...]

    def __str__(self) -> str:
        return ", ".join(str(part) for part in self.parts)

    def names(self) -> Iterator[Name]:
        """The terms that the stages read."""
        yield from (part.term for part in self.parts if isinstance(part, Sum))

    def values(self, value_of: Callable[[str], Value]) -> tuple[int, ...] | None:
        """The stages, each once; null where a term has no value."""
        days: list[int] = []
        for part in self.parts:
            own = _days_of(part, UNKNOWN if isinstance(part, int) else value_of(part.term.name))
            if own is None:
                return None
            days += own
        return tuple(dict.fromkeys(days))

    def every_value(self, values_of: Callable[[str], Iterable[Value]]) -> tuple[int, ...]:
        """Every possible stage, where a term can have several values."""
        days: list[int] = []
        for part in self.parts:
            values = [UNKNOWN] if isinstance(part, int) else values_of(part.term.name)
            days += [day for value in values for day in _days_of(part, value) or ()]
        return tuple(dict.fromkeys(days))


def _days_of(part: int | Sum, value: Value) -> list[int] | None:
    """The stages of one part, without sums below 0; null where its term has no value."""
    if isinstance(part, int):
        return [part]
    days = value if isinstance(value, tuple) else (value,)
    sums = [part.of(day) for day in days]
    known = [each for each in sums if isinstance(each, int)]
    if len(known) < len(sums):
        return None
    # A list may name days before a date; a sum never counts past one.
    return known if part.number == 0 else [each for each in known if each >= 0]


@dataclass(frozen=True, slots=True)
class Leaf:
    """`subject operator operand`; for `present` and `known` the operand is yes or no."""

    subject: Name
    operator: Operator
    operand: Operand
    place: Place

    def __str__(self) -> str:
        if self.operator in {Operator.PRESENT, Operator.KNOWN}:
            wanted = self.operand == Literal(value=True)
            return f"{self.subject} is {'' if wanted else 'not '}{self.operator}"
        return f"{self.subject} {SIGNS[self.operator]} {self.operand}"


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is true, also when there are no parts."""

    parts: tuple["Condition", ...]

    def __str__(self) -> str:
        return " and ".join(_in_brackets(part, (AnyOf,)) for part in self.parts) or "always"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is true; false when there are no parts."""

    parts: tuple["Condition", ...]

    def __str__(self) -> str:
        return " or ".join(_in_brackets(part, (All,)) for part in self.parts) or "never"


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"

    def __str__(self) -> str:
        return f"not ({self.part})"


Condition = Leaf | All | AnyOf | Not


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, in the order written."""
    match condition:
        case Leaf():
            yield condition
        case Not(part):
            yield from leaves(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)


def names(condition: Condition) -> Iterator[Name]:
    """Every name read, subjects and operands, in the order written."""
    for leaf in leaves(condition):
        yield leaf.subject
        named = name_read(leaf.operand)
        if named is not None:
            yield named


def name_read(operand: Operand) -> Name | None:
    """The fact or term that the right side of a leaf reads; null when it reads none."""
    match operand:
        case Name():
            return operand
        case Sum(term):
            return term
        case Literal() | Choices() | Stage():
            return None


def is_staged(leaf: Leaf) -> bool:
    """Whether a leaf reads `$stage`."""
    operand = leaf.operand
    return isinstance(operand.number if isinstance(operand, Sum) else operand, Stage)


def bound(condition: Condition, stage: int) -> Condition:
    """The condition with `$stage` replaced by a stage's value."""

    def bound_leaf(leaf: Leaf) -> Leaf:
        match leaf.operand:
            case Stage():
                return replace(leaf, operand=Literal(stage))
            case Sum(number=Stage()) as operand:
                return replace(leaf, operand=replace(operand, number=stage))
            case Name() | Literal() | Choices() | Sum():
                return leaf

    return changed(condition, bound_leaf)


def changed(condition: Condition, change: Callable[[Leaf], Leaf]) -> Condition:
    """The condition with each leaf replaced."""
    match condition:
        case Leaf():
            return change(condition)
        case Not(part):
            return Not(changed(part, change))
        case All(parts):
            return All(tuple(changed(part, change) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(changed(part, change) for part in parts))


def _in_brackets(part: Condition, kinds: tuple[type, ...]) -> str:
    return f"({part})" if isinstance(part, kinds) else str(part)
