"""Turns a condition into branches of plain tests, for an engine that only has rules that fire.

A condition has two sets of branches. It is true when all checks of one branch of `true` hold, false
when all of one branch of `false` do, and unknown when neither is so: a check of an unknown value
never holds. Negation is pushed to the leaves, `any` is distributed over `all`. Where that
would make many branches, a part becomes a unit of its own, and its verdict is checked like a fact.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import chain, product
from math import prod
from typing import TypeVar

from lapse.executors.durable.plain import (
    IS_ABSENT,
    IS_KNOWN,
    IS_UNKNOWN,
    AmountSide,
    EngineValue,
    plain,
)
from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    Not,
    Operator,
    Stage,
    Sum,
)
from lapse.model.facts import Value, ValueType

T = TypeVar("T")

MOST_BRANCHES = 24
"""Most branches of a unit for each verdict; beyond that its parts become units of their own."""


class Sign(Enum):
    """How a check compares, as the engine spells it."""

    EQ = "$eq"
    NE = "$neq"
    LT = "$lt"
    LTE = "$lte"
    GT = "$gt"
    GTE = "$gte"

    @property
    def opposite(self) -> "Sign":
        return OPPOSITES[self]


_PAIRS = ((Sign.EQ, Sign.NE), (Sign.LT, Sign.GTE), (Sign.GT, Sign.LTE))
OPPOSITES = {sign: other for pair in _PAIRS for sign, other in (pair, pair[::-1])}
SIGNS = {
    Operator.EQ: Sign.EQ,
    Operator.IN: Sign.EQ,
    Operator.LT: Sign.LT,
    Operator.LTE: Sign.LTE,
    Operator.GT: Sign.GT,
    Operator.GTE: Sign.GTE,
}


# All amounts must agree: less than all is less than the lowest, equal to none differs from the
# nearest, and so on. First the side to test the sign against, then the one for its opposite.
SIDES = {
    Sign.EQ: (AmountSide.FARTHEST, AmountSide.NEAREST),
    Sign.LT: (AmountSide.LOWEST, AmountSide.HIGHEST),
    Sign.LTE: (AmountSide.LOWEST, AmountSide.HIGHEST),
    Sign.GT: (AmountSide.HIGHEST, AmountSide.LOWEST),
    Sign.GTE: (AmountSide.HIGHEST, AmountSide.LOWEST),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a name is absent, known or unknown; always exists."""

    name: Name | Sum


@dataclass(frozen=True, slots=True)
class Content:
    """The value of a name; exists when it is known."""

    name: Name | Sum


@dataclass(frozen=True, slots=True)
class Amount:
    """One side of a money comparison; exists when the comparison can be made."""

    subject: Name
    operand: Name | Literal
    side: AmountSide


@dataclass(frozen=True, slots=True)
class TruthOf:
    """Whether a unit is true (1) or false (0); exists when it is either."""

    unit: int


Field = Standing | Content | Amount | TruthOf


@dataclass(frozen=True, slots=True)
class Check:
    """`field sign right`, right a constant or another field; fails where a field is not there."""

    field: Field
    sign: Sign
    right: EngineValue | Field

    @property
    def fields(self) -> tuple[Field, ...]:
        return (self.field,) if isinstance(self.right, EngineValue) else (self.field, self.right)


Branch = tuple[Check, ...]
Branches = tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """The branches that make a condition true, and those that make it false."""

    true: Branches
    false: Branches

    @property
    def negated(self) -> "Split":
        return Split(self.false, self.true)


@dataclass(frozen=True, slots=True)
class Units:
    """Conditions, and parts of them, as few branches each; a unit checks only units before it."""

    splits: list[Split] = field(default_factory=list)
    _numbers: dict[Split, int] = field(default_factory=dict)

    def add(self, condition: Condition) -> int:
        """The unit whose verdict is the condition's; conditions that split alike share one."""
        return self._number(self._split(condition))

    def _number(self, split: Split) -> int:
        if split not in self._numbers:
            self._numbers[split] = len(self.splits)
            self.splits.append(split)
        return self._numbers[split]

    def _split(self, condition: Condition) -> Split:
        match condition:
            case Leaf(operand=Choices(values)) if len(values) > MOST_BRANCHES:
                return self._split(_in_shorter_lists(condition, values))
            case Leaf():
                return leaf_split(condition)
            case Not(part):
                return self._split(part).negated
            case All(parts):
                return self._all([self._split(part) for part in parts])
            case AnyOf(parts):
                return self._all([self._split(part).negated for part in parts]).negated

    def _all(self, parts: Sequence[Split]) -> Split:
        """The branches of a conjunction: true by one branch of each part, false by any of one."""
        if prod(len(part.true) for part in parts) > MOST_BRANCHES:
            parts = [self._as_unit(part) if len(part.true) > 1 else part for part in parts]
        if sum(len(part.false) for part in parts) > MOST_BRANCHES:
            parts = [self._as_unit(part) if len(part.false) > 1 else part for part in parts]
        while len(parts) > MOST_BRANCHES:
            parts = [self._as_unit(self._all(some)) for some in _batched(parts, MOST_BRANCHES)]
        # Each branch becomes a rule of its own: durable_rules refuses a nested `$or` (error 113).
        together = (tuple(chain(*branches)) for branches in product(*(p.true for p in parts)))
        return Split(_reduced(together), _reduced(chain(*(part.false for part in parts))))

    def _as_unit(self, split: Split) -> Split:
        verdict = TruthOf(self._number(split))
        return Split(((Check(verdict, Sign.EQ, 1),),), ((Check(verdict, Sign.EQ, 0),),))


def leaf_split(leaf: Leaf) -> Split:
    """The branches of one leaf, by `truth.leaf_truth`: absence on either side comes first."""
    if isinstance(leaf.operand, Sum):
        return _summed(leaf, leaf.operand)
    standing = Standing(leaf.subject)
    is_absent: Branch = (Check(standing, Sign.EQ, IS_ABSENT),)
    match leaf.operator:
        case Operator.NE:
            return leaf_split(replace(leaf, operator=Operator.EQ)).negated
        case Operator.NOT_IN:
            return leaf_split(replace(leaf, operator=Operator.IN)).negated
        case Operator.KNOWN:
            is_unknown: Branch = (Check(standing, Sign.EQ, IS_UNKNOWN),)
            split = Split(((Check(standing, Sign.NE, IS_UNKNOWN),),), (is_unknown,))
            return split if leaf.operand == Literal(value=True) else split.negated
        case Operator.PRESENT:
            split = Split(((Check(standing, Sign.EQ, IS_KNOWN),),), (is_absent,))
            return split if leaf.operand == Literal(value=True) else split.negated
        case _:
            return _compared(leaf, is_absent)


def _compared(leaf: Leaf, is_absent: Branch) -> Split:
    match leaf.operand:
        case Literal() | Name():
            holds, fails = _comparison(leaf.subject, SIGNS[leaf.operator], leaf.operand)
            also: Branches = ()
            if isinstance(leaf.operand, Name):
                also = ((Check(Standing(leaf.operand), Sign.EQ, IS_ABSENT),),)
            return Split((holds,), (is_absent, *also, fails))
        case Choices(values):
            pairs = [_comparison(leaf.subject, Sign.EQ, Literal(value)) for value in values]
            none = tuple(chain(*(fails for _, fails in pairs)))
            return Split(tuple(holds for holds, _ in pairs), (is_absent, none))
        case Stage() | Sum():
            raise AssertionError(f"unbound stage, or a sum, at {leaf.place}")


def _summed(leaf: Leaf, operand: Sum) -> Split:
    """The branches of a comparison with a sum: one below 0 makes it false, whatever the test."""
    subject, total = Content(leaf.subject), Content(operand)
    sign = Sign.NE if leaf.operator is Operator.NE else SIGNS[leaf.operator]
    is_absent = tuple(
        (Check(Standing(side), Sign.EQ, IS_ABSENT),) for side in (leaf.subject, operand)
    )
    is_known = Check(Standing(leaf.subject), Sign.EQ, IS_KNOWN)
    holds: Branch = (Check(subject, sign, total), Check(total, Sign.GTE, 0))
    fails: Branches = (
        (Check(subject, sign.opposite, total),),
        (is_known, Check(total, Sign.LT, 0)),
    )
    if leaf.operator is Operator.NE:
        return Split((holds, *is_absent), fails)
    return Split((holds,), (*is_absent, *fails))


def _comparison(subject: Name, sign: Sign, operand: Name | Literal) -> tuple[Branch, Branch]:
    """What holds and what fails between two sides that are both known."""
    if subject.type is ValueType.MONEY:
        left = Amount(subject, operand, AmountSide.LEFT)
        true, false = (Amount(subject, operand, side) for side in SIDES[sign])
        return (Check(left, sign, true),), (Check(left, sign.opposite, false),)
    content = Content(subject)
    right = Content(operand) if isinstance(operand, Name) else plain(operand.value)
    return (Check(content, sign, right),), (Check(content, sign.opposite, right),)


def _in_shorter_lists(leaf: Leaf, values: tuple[Value, ...]) -> Condition:
    lists = tuple(
        replace(leaf, operand=Choices(tuple(some))) for some in _batched(values, MOST_BRANCHES)
    )
    return AnyOf(lists) if leaf.operator is Operator.IN else All(lists)


def _batched(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _reduced(branches: Iterable[Branch]) -> Branches:
    """Without repeated checks, and without branches that hold only when a shorter one does."""
    unique = sorted({tuple(dict.fromkeys(branch)): None for branch in branches}, key=len)
    kept: list[Branch] = []
    for branch in unique:
        if not any(set(shorter) <= set(branch) for shorter in kept):
            kept.append(branch)
    return tuple(kept)
