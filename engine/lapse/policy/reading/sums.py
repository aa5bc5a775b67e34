"""Sums of a term of days and a number: in tests, and for the stages of a rule."""

import re

from lapse.model.condition import Name, NameKind, Stage, Stages, Sum
from lapse.model.facts import MOST, ValueType, parse_value
from lapse.policy.reading.lexicon import Lexicon
from lapse.policy.text.amounts import MOST_DAYS, days_list
from lapse.policy.text.nodes import Node, Scalar, Sequence
from lapse.policy.text.problems import Problems, shown

# A name may contain a `-`, so a sum needs a space before its sign.
_SUM = re.compile(r"\$(\S+)\s+([+-])\s*(\S.*)")
_CLOSE = re.compile(r"\$(\w+)([+-])\s*(\$?\w+)")
SIGNS = {"+": 1, "-": -1}
HELP = "write a term of days and one number: `$grace_days - 3`"
_OF_STAGES = (ValueType.DAYS_LIST, ValueType.DAYS)


def is_sum(word: str) -> bool:
    return _SUM.fullmatch(word) is not None or _CLOSE.fullmatch(word) is not None


def parse_sum(
    scalar: Scalar, types: tuple[ValueType, ...], lexicon: Lexicon, problems: Problems
) -> Sum | None:
    """A sum such as `$term + 3` or `$term - $stage`; its term must be of one of these types."""
    word = scalar.text.strip()
    match = _SUM.fullmatch(word)
    if match is None:
        close = _CLOSE.fullmatch(word)
        help_ = (
            f"write spaces around the sign: `${close[1]} {close[2]} {close[3]}`" if close else HELP
        )
        problems.add("bad-sum", f"{shown(word)} is no sum", scalar.place, help_)
        return None
    term = _term("$" + match[1], scalar, types, lexicon, problems)
    number = _number(match[3], scalar, problems)
    return None if term is None or number is None else Sum(term, SIGNS[match[2]], number)


def _number(word: str, scalar: Scalar, problems: Problems) -> int | Stage | None:
    if word == Stage.VALUE.value:
        return Stage.VALUE
    number = parse_value(word, ValueType.DAYS)
    if isinstance(number, int) and number >= 0:
        return number
    message = f"{shown(word)} cannot be added or taken away"
    help_ = f"{HELP}; the number is whole, up to {MOST[ValueType.DAYS]}, or `$stage`"
    problems.add("bad-sum", message, scalar.place, help_)
    return None


def parse_stages(node: Node | None, lexicon: Lexicon, problems: Problems) -> Stages | None:
    """The stages that `for_each` names; null, with a problem, when it is wrong.

    It is a term that lists days, a sum with such a term, or a list of days, terms and sums.
    """
    if node is None:
        return None
    if isinstance(node, Scalar) and node.text.startswith("$"):
        part = _part(node, (ValueType.DAYS_LIST,), lexicon, problems)
        return None if part is None else Stages((part,))
    if isinstance(node, Sequence) and any(_is_reference(item) for item in node.items):
        return _listed(node, lexicon, problems)
    if isinstance(node, Scalar) and lacks_sign(node, lexicon, problems):
        return None
    days = days_list(node, problems)
    if days == ():
        problems.add("empty-list", "`for_each` is an empty list", node.place, "name at least one")
    return None if days is None else Stages(days)


def _is_reference(node: Node) -> bool:
    return isinstance(node, Scalar) and node.text.startswith("$")


def _listed(node: Sequence, lexicon: Lexicon, problems: Problems) -> Stages | None:
    if len(node.items) > MOST_DAYS:
        message = f"this list has {len(node.items)} days"
        problems.add("list-too-long", message, node.place, f"name at most {MOST_DAYS}")
        return None
    parts: list[int | Sum] = []
    for item in node.items:
        if isinstance(item, Scalar) and _is_reference(item):
            part = _part(item, _OF_STAGES, lexicon, problems)
            parts += [] if part is None else [part]
        else:
            parts += days_list(Sequence((item,), item.place), problems) or ()
    return Stages(tuple(parts)) if parts else None


def _part(
    scalar: Scalar, types: tuple[ValueType, ...], lexicon: Lexicon, problems: Problems
) -> Sum | None:
    if not is_sum(scalar.text.strip()):
        term = term_named(scalar, types, lexicon, problems)
        return None if term is None else Sum(term, 1, 0)
    part = parse_sum(scalar, types, lexicon, problems)
    if part is None or not isinstance(part.number, Stage):
        return part
    help_ = "here it would have to name itself; write a number"
    problems.add("bad-sum", "`$stage` stands in `for_each`", scalar.place, help_)
    return None


def lacks_sign(scalar: Scalar, lexicon: Lexicon, problems: Problems) -> bool:
    """Whether it is a term's name without its `$`; a problem when it is."""
    word = scalar.text.strip()
    if word not in lexicon.terms:
        return False
    message = f"{shown(word)} is a term, and stands here as a text"
    problems.add("bad-value", message, scalar.place, f"did you mean `${word}`?")
    return True


def term_named(
    scalar: Scalar, types: tuple[ValueType, ...], lexicon: Lexicon, problems: Problems
) -> Name | None:
    """The term that `$name` refers to, of one of these types."""
    return _term(scalar.text.strip(), scalar, types, lexicon, problems)


def _term(
    text: str, at: Scalar, types: tuple[ValueType, ...], lexicon: Lexicon, problems: Problems
) -> Name | None:
    word = text[1:]
    if word in lexicon.broken:
        return None
    fitting = [spec.name for spec in lexicon.terms.values() if spec.type in types]
    if word in fitting:
        return lexicon.names[word]
    known = lexicon.names.get(word)
    if known is not None:
        what = "term" if known.kind is NameKind.TERM else known.kind.value
        message = f"{shown(text)} is a {what} of type {known.type}"
        help_ = f"a term of type {' or '.join(types)} belongs here"
        problems.add("unit-mismatch", message, at.place, help_)
    else:
        message = f"{shown(text)} names no term"
        problems.add("unknown-term", message, at.place, problems.near(word, fitting))
    return None
