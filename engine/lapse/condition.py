"""The condition of a rule: a tree of tests, each leaf with its place in the policy file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from lapse.facts import Value, ValueType, show
from lapse.place import Place


class Operator(StrEnum):
    """How a leaf compares; `eq` is written as a bare value, `in` as a list."""

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
    """`$stage`: the value of the stage judged; bound to a literal before anything is evaluated."""

    VALUE = "$stage"

    def __str__(self) -> str:
        return "stage"


Operand = Name | Literal | Choices | Stage


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
    """Every part holds; with no parts it is true."""

    parts: tuple["Condition", ...]

    def __str__(self) -> str:
        return " and ".join(_in_brackets(part, (AnyOf,)) for part in self.parts) or "always"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; with no parts it is false."""

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
        if isinstance(leaf.operand, Name):
            yield leaf.operand


def bound(condition: Condition, stage: Value) -> Condition:
    """The condition with `$stage` replaced by a stage's value."""
    match condition:
        case Leaf(operand=Stage()):
            return replace(condition, operand=Literal(stage))
        case Leaf():
            return condition
        case Not(part):
            return Not(bound(part, stage))
        case All(parts):
            return All(tuple(bound(part, stage) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(bound(part, stage) for part in parts))


def _in_brackets(part: Condition, kinds: tuple[type, ...]) -> str:
    return f"({part})" if isinstance(part, kinds) else str(part)
