"""Formulas over the solver's variables, folded where they are constant, and Kleene's logic on them.

A formula is a `bool` where it is known when it is written, else a term of z3. So what a policy set
says of no scope at hand costs nothing, and a question over constants needs no solver.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import z3

Formula = Any
"""A `bool`, or a boolean term of z3, which has no types."""
Number = Any
"""An `int`, or a term of z3 that stands for one."""


def conj(parts: Iterable[Formula]) -> Formula:
    """Whether all hold."""
    left = [part for part in parts if part is not True]
    if any(part is False for part in left):
        return False
    return _joined(z3.Z3_mk_and, left) if len(left) > 1 else left[0] if left else True


def disj(parts: Iterable[Formula]) -> Formula:
    """Whether at least one holds."""
    left = [part for part in parts if part is not False]
    if any(part is True for part in left):
        return True
    return _joined(z3.Z3_mk_or, left) if len(left) > 1 else left[0] if left else False


def _joined(make: Callable[..., Any], parts: list[Any]) -> Any:  # noqa: ANN401
    """As `z3.And` and `z3.Or` do, which first look for what they must convert: ten times slower."""
    context = z3.main_ctx()
    terms = (z3.Ast * len(parts))(*(part.as_ast() for part in parts))
    return z3.BoolRef(make(context.ref(), len(parts), terms), context)


def neg(part: Formula) -> Formula:
    return not part if isinstance(part, bool) else z3.Not(part)


def either(test: Formula, yes: Number, no: Number) -> Number:
    """`yes` where the test holds, else `no`."""
    if isinstance(test, bool):
        return yes if test else no
    return yes if yes is no else z3.If(test, yes, no)


def same(left: Formula, right: Formula) -> Formula:
    """Whether two formulas hold together or not at all."""
    if isinstance(left, bool):
        return right if left else neg(right)
    return left if right is True else neg(left) if right is False else left == right


@dataclass(frozen=True, slots=True)
class Kleene:
    """A three-valued truth: true, unknown, or, where it is neither, false."""

    true: Formula
    unknown: Formula = False

    @property
    def false(self) -> Formula:
        return neg(self.possible)

    @property
    def possible(self) -> Formula:
        """Whether it is true or unknown."""
        return disj((self.true, self.unknown))

    def within(self, guard: Formula) -> "Kleene":
        """The same where the guard holds; false elsewhere."""
        return Kleene(conj((guard, self.true)), conj((guard, self.unknown)))


def all_of(parts: Iterable[Kleene]) -> Kleene:
    parts = tuple(parts)
    true = conj(part.true for part in parts)
    return Kleene(true, conj((*(part.possible for part in parts), neg(true))))


def any_of(parts: Iterable[Kleene]) -> Kleene:
    parts = tuple(parts)
    true = disj(part.true for part in parts)
    return Kleene(true, conj((disj(part.unknown for part in parts), neg(true))))


def not_of(part: Kleene) -> Kleene:
    return Kleene(part.false, part.unknown)


def one_of(parts: Iterable[tuple[Formula, Kleene]]) -> Kleene:
    """The truth of the one part whose guard holds."""
    guarded = [part.within(guard) for guard, part in parts]
    return Kleene(disj(p.true for p in guarded), disj(p.unknown for p in guarded))
