"""What a way makes of the text that it finds: cut, padded, joined, in other words.

Importing this module costs the import of sqlglot.
"""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from lapse.inputs.steps import Steps
from lapse.inputs.typed import SPACES, blank, call, is_there, literal, number, when
from lapse.model.profile import Letters, Unmapped, Way


def joined(parts: Sequence[exp.Expr], mark: str) -> exp.Expr:
    """All the parts in one text, null when one of them is blank."""
    spaced = [piece.copy() for part in parts for piece in (literal(mark), part)][1:]
    is_whole = [exp.NEQ(this=part.copy(), expression=literal("")) for part in parts]
    return when(exp.and_(*is_whole, copy=False), call("concat", *spaced))


def is_other(text: exp.Expr, words: Iterable[str]) -> exp.Expr:
    """Whether a text is none of these words."""
    known = exp.In(this=call("lower", text.copy()), expressions=[literal(w) for w in words])
    return exp.Not(this=known)


def stepped(text: exp.Expr, way: Way, steps: Steps) -> exp.Expr:
    """A text without its blanks, cut, padded and in the letters wanted."""
    if way.blanks:
        text = _without(text, way.blanks)
    if way.after is not None or way.before is not None:
        text = steps.named(_between(text, way.after, way.before))
    if way.pad:
        text = _padded(text, way.pad)
    if way.case is not None:
        text = call("lower" if way.case is Letters.LOWER else "upper", text)
    return text


def _without(text: exp.Expr, blanks: frozenset[str]) -> exp.Expr:
    is_blank = exp.In(
        this=call("lower", text), expressions=[literal(b.lower()) for b in sorted(blanks)]
    )
    return when(exp.Not(this=is_blank), text.copy())


def _between(text: exp.Expr, after: str | None, before: str | None) -> exp.Expr:
    """What stands after one text and before another; to the end where the other is not there."""
    found = text
    if after is not None:
        start = exp.Add(
            this=call("strpos", text.copy(), literal(after)), expression=number(len(after))
        )
        rest = call("substr", text.copy(), start)
        found = when(call("contains", text.copy(), literal(after)), rest)
    if before is not None:
        found = call("split_part", found, literal(before), number(1))
    return blank(call("trim", found, literal(SPACES)))


def _padded(text: exp.Expr, width: int) -> exp.Expr:
    is_short = exp.LT(this=call("length", text), expression=number(width))
    padded = call("lpad", text.copy(), number(width), literal("0"))
    return when(is_short, padded).else_(text.copy(), copy=False)


def mapped(text: exp.Expr, lower: exp.Expr, way: Way, *, keeps_others: bool) -> exp.Expr:
    found = exp.case()
    for word, value in (way.words or {}).items():
        is_word = exp.EQ(this=lower.copy(), expression=literal(word))
        found = found.when(is_word, literal(value), copy=False)
    otherwise = way.otherwise
    if isinstance(otherwise, str):
        return found.when(is_there(text), literal(otherwise), copy=False)
    if otherwise is Unmapped.UNKNOWN or not keeps_others:
        return found
    return found.else_(text.copy(), copy=False)
