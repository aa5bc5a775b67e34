"""Reads `when` and `only_if` into conditions, and checks names and types."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
    Stage,
    leaves,
)
from lapse.model.facts import Known, ValueType
from lapse.policy.reading.lexicon import CONNECTIVES, Lexicon
from lapse.policy.reading.spellings import OTHER_SPELLINGS, meant_by_key, meant_by_value
from lapse.policy.reading.sums import is_sum, parse_sum
from lapse.policy.text.amounts import has_comma
from lapse.policy.text.literals import EXPECTED, fact_literal, literal
from lapse.policy.text.nodes import Mapping, Node, Scalar, Sequence
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import NAME, described, entries, flag

MOST_DEPTH = 20  # conditions are walked by recursion; people can read far fewer levels
MOST_LEAVES = 500

_SPELLED = {op.value: op for op in Operator if op not in {Operator.EQ, Operator.IN}}


@dataclass(frozen=True, slots=True)
class Nameable:
    """The names that a condition may use; `$stage` only in rules with `for_each`."""

    lexicon: Lexicon
    problems: Problems
    has_stage: bool = False


def parse_condition(node: Node, scope: Nameable) -> Condition:
    """The condition; wrong parts are left out, each with a problem."""
    if isinstance(node, Scalar) and node.is_blank:
        help_ = "write `{}` for one that always holds"
        scope.problems.add("wrong-shape", "the condition is left blank", node.place, help_)
    condition = _every(node, scope, 1)
    count = sum(1 for _ in leaves(condition))
    if count > MOST_LEAVES:
        message = f"this condition has {count} tests"
        help_ = f"write at most {MOST_LEAVES}; a list counts as one: `customer_id: [a, b]`"
        scope.problems.add("condition-too-large", message, node.place, help_)
    return condition


def _every(node: Node, scope: Nameable, depth: int) -> Condition:
    """All entries of a mapping as one condition; a single one is not wrapped in `All`."""
    if depth > MOST_DEPTH:
        message = f"this condition nests deeper than {MOST_DEPTH} levels"
        scope.problems.add("condition-too-large", message, node.place, "write several rules")
        return All(())
    parts = tuple(
        part
        for key, value in entries(node, "a condition", scope.problems)
        for part in _entry(key, value, scope, depth)
    )
    return parts[0] if len(parts) == 1 else All(parts)


def _entry(key: Scalar, node: Node, scope: Nameable, depth: int) -> Iterator[Condition]:
    match key.text:
        case "all":
            yield _one_or(All, _parts(key, node, scope, depth))
        case "any":
            yield _one_or(AnyOf, _parts(key, node, scope, depth))
        case "not":
            yield Not(_inner(node, scope, depth))
        case _:
            subject = _subject(key, scope)
            if subject is not None:
                yield from _tests(subject, node, scope)


def _one_or(
    kind: Callable[[tuple[Condition, ...]], Condition], parts: tuple[Condition, ...]
) -> Condition:
    return parts[0] if len(parts) == 1 else kind(parts)


def _parts(key: Scalar, node: Node, scope: Nameable, depth: int) -> tuple[Condition, ...]:
    if not isinstance(node, Sequence) or not node.items:
        message = f"`{key.text}` takes a list of conditions, not {described(node)}"
        help_ = f"write `{key.text}: [{{status: active}}, {{trial: yes}}]`"
        if isinstance(node, Sequence):
            message = f"`{key.text}` has an empty list"
        scope.problems.add("wrong-shape", message, node.place, help_)
        return ()
    return tuple(_inner(item, scope, depth) for item in node.items)


def _inner(node: Node, scope: Nameable, depth: int) -> Condition:
    if isinstance(node, Mapping) and node.entries:
        return _every(node, scope, depth + 1)
    message = f"a condition belongs here, not {described(node)}"
    if isinstance(node, Mapping):
        message = "this condition is empty"
    scope.problems.add("wrong-shape", message, node.place, "write `{status: active}`")
    return All(())


def _subject(key: Scalar, scope: Nameable) -> Name | None:
    word = key.text
    name = scope.lexicon.names.get(word)
    if name is not None and scope.lexicon.is_testable(name):
        return name
    if name is not None:
        _report_untestable(word, name, key, scope)
    elif word not in scope.lexicon.broken:
        help_ = scope.problems.near(word, [*scope.lexicon.testable(), *CONNECTIVES])
        help_ = meant_by_key(word, scope.lexicon) or help_
        if word.startswith("$") and word[1:] in scope.lexicon.names:
            help_ = f"on the left write it without the sign: `{word[1:]}`"
        message = f"{shown(word)} is no fact, counter or term"
        scope.problems.add("unknown-name", message, key.place, help_)
    return None


def _report_untestable(word: str, name: Name, at: Scalar, scope: Nameable) -> None:
    if name.type is ValueType.DAYS_LIST:
        help_ = f"write `for_each: ${word}` and compare with `$stage`"
        message = f"{shown(word)} is a list of days and cannot be compared"
    else:
        help_ = "test the id instead: `customer_id`, `product`"
        message = f"{shown(word)} is for people and cannot be tested"
    scope.problems.add("not-testable", message, at.place, help_)


def _tests(subject: Name, node: Node, scope: Nameable) -> Iterator[Leaf]:
    match node:
        case Scalar():
            yield from _leaf(subject, Operator.EQ, node, scope)
        case Sequence():
            yield from _leaf(subject, Operator.IN, node, scope)
        case Mapping():
            if not node.entries:
                message = f"the test of `{subject}` is empty"
                scope.problems.add("wrong-shape", message, node.place, "write `{gte: 1}`")
            for key, value in () if has_comma(node, scope.problems) else node.entries:
                operator = _SPELLED.get(key.text)
                if operator is None:
                    _report_operator(key, scope)
                else:
                    yield from _leaf(subject, operator, value, scope, key)


def _report_operator(key: Scalar, scope: Nameable) -> None:
    help_ = OTHER_SPELLINGS.get(key.text) or scope.problems.near(key.text, _SPELLED)
    scope.problems.add("unknown-test", f"there is no test {shown(key.text)}", key.place, help_)


def _leaf(
    subject: Name, operator: Operator, node: Node, scope: Nameable, key: Scalar | None = None
) -> Iterator[Leaf]:
    if operator.is_ordering and not subject.type.is_ordered:
        message = f"`{subject}` is a {subject.type} and has no order"
        help_ = "write the bare value, a list, `ne` or `not_in`"
        scope.problems.add("not-ordered", message, (key or node).place, help_)
        return
    operand = _operand(subject, operator, node, scope)
    if operand is not None:
        yield Leaf(subject, operator, operand, node.place)


def _operand(subject: Name, operator: Operator, node: Node, scope: Nameable) -> Operand | None:
    match operator:
        case Operator.PRESENT | Operator.KNOWN:
            wanted = flag(node, f"`{operator}`", scope.problems)
            return None if wanted is None else Literal(wanted)
        case Operator.IN | Operator.NOT_IN:
            return _choices(subject, node, scope)
        case _:
            return _value(subject, operator, node, scope)


def _choices(subject: Name, node: Node, scope: Nameable) -> Operand | None:
    if not isinstance(node, Sequence) or not node.items:
        empty = isinstance(node, Sequence)
        message = "this list is empty" if empty else f"`not_in` takes a list, not {described(node)}"
        code = "empty-list" if empty else "wrong-shape"
        help_ = "name at least one value" if empty else "write `not_in: [a, b]`, or `ne` for one"
        scope.problems.add(code, message, node.place, help_)
        return None
    values: dict[Known, None] = {}
    for item in node.items:
        value = _literal(subject, item, scope)
        if value in values:
            message = f"{described(item)} stands in the list twice"
            scope.problems.add("duplicate-value", message, item.place, "keep one of them")
        elif value is not None:
            values[value] = None
    return Choices(tuple(values))


def _value(subject: Name, operator: Operator, node: Node, scope: Nameable) -> Operand | None:
    if isinstance(node, Sequence):
        message = f"`{operator}` takes one value, not a list"
        help_ = "write `not_in: [a, b]`" if operator is Operator.NE else "write one value"
        scope.problems.add("wrong-shape", message, node.place, help_)
        return None
    if isinstance(node, Scalar) and is_sum(node.text.strip()) and not node.is_quoted:
        return _sum(subject, node, scope)
    if isinstance(node, Scalar) and _is_reference(node):
        return _reference(subject, node, scope)
    value = _literal(subject, node, scope)
    return None if value is None else Literal(value)


def _is_reference(scalar: Scalar) -> bool:
    """Whether it is `$name`; in quotes only if that can be a name, as `"$5 plan"` is a text."""
    word = scalar.text.strip()
    return word.startswith("$") and (not scalar.is_quoted or bool(NAME.fullmatch(word[1:])))


def _literal(subject: Name, node: Node, scope: Nameable) -> Known | None:
    word = node.text.strip() if isinstance(node, Scalar) else ""
    meant = meant_by_value(word, subject, scope.lexicon)
    form = scope.lexicon.form(subject)
    if meant is not None and word not in form.choices:
        message = f"{shown(word)} is no value of `{subject}`"
        scope.problems.add("bad-value", message, node.place, meant)
        return None
    if subject.kind is NameKind.TERM:
        return literal(node, form, scope.problems)
    return fact_literal(node, form, scope.problems)


def _reference(subject: Name, node: Scalar, scope: Nameable) -> Operand | None:
    """`$stage`, `$term` or `$fact`, of the subject's type."""
    word = node.text.strip()[1:]
    if word == "stage":
        return _stage(subject, node, scope)
    name = scope.lexicon.names.get(word)
    if name is None:
        if word not in scope.lexicon.broken:
            message = f"{shown(node.text)} names no fact or term"
            help_ = "calculate with one sum at most, `$grace_days + 3`; or declare another term"
            if NAME.fullmatch(word):
                help_ = scope.problems.near(word, scope.lexicon.testable())
            scope.problems.add("unknown-name", message, node.place, help_)
        return None
    if not scope.lexicon.is_testable(name):
        _report_untestable(word, name, node, scope)
        return None
    if name.kind is NameKind.COUNTER:
        message = f"the counter `{word}` may stand on the left only"
        help_ = f"turn the test around: `{word}: {{…: ${subject}}}`"
        if subject.kind is NameKind.COUNTER:
            help_ = "compare a counter with a number of days or a term"
        scope.problems.add("counter-on-the-right", message, node.place, help_)
        return None
    return name if _is_same_type(subject, name.type, node, scope) else None


def _sum(subject: Name, node: Scalar, scope: Nameable) -> Operand | None:
    operand = parse_sum(node, (ValueType.DAYS,), scope.lexicon, scope.problems)
    if operand is None or not _is_same_type(subject, ValueType.DAYS, node, scope):
        return None
    return operand if isinstance(operand.number, int) or _has_stage(node, scope) else None


def _stage(subject: Name, node: Scalar, scope: Nameable) -> Operand | None:
    is_fitting = _has_stage(node, scope) and _is_same_type(subject, ValueType.DAYS, node, scope)
    return Stage.VALUE if is_fitting else None


def _has_stage(node: Scalar, scope: Nameable) -> bool:
    if not scope.has_stage:
        help_ = "add `for_each:` and a list of days, or write a number here"
        message = "`$stage` stands in a rule without `for_each`"
        scope.problems.add("stage-without-for-each", message, node.place, help_)
    return scope.has_stage


def _is_same_type(subject: Name, type_: ValueType, node: Scalar, scope: Nameable) -> bool:
    if subject.type is type_:
        return True
    message = f"`{subject}` is {_typed(subject.type)}, but {shown(node.text)} is {_typed(type_)}"
    help_ = f"compare it with {_typed(subject.type)}"
    scope.problems.add("unit-mismatch", message, node.place, help_)
    return False


def _typed(type_: ValueType) -> str:
    """A type as prose."""
    return "a choice" if type_ is ValueType.CHOICE else EXPECTED[type_]
