"""Reads `promises.yaml`: what holds for every subscription, on every day, whatever its history."""

from collections.abc import Iterator
from dataclasses import dataclass

from lapse.model.condition import All, Condition
from lapse.model.place import Place
from lapse.policy.reading.catalogue import Declared
from lapse.policy.reading.condition import Nameable, parse_condition
from lapse.policy.text.literals import whole
from lapse.policy.text.nodes import Mapping, Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import entries, fields, items, text

WITHOUT = "without"
_KINDS = ("never", "always", "never_harsher")
_KEYS = ("name", *_KINDS, "where", "source")
_NEVER = "write `never: {delete: {days_suspended: {lte: 60}}}`"
_EARLIER = "write `never: {suspend: {without: {notify: 1}}}`"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A lower step's action that must have been given for the anchor, at least `days` before."""

    action: str
    days: int


@dataclass(frozen=True, slots=True)
class Never:
    """An action of ours that is never given while the condition is true or unknown.

    Or never without an earlier one.
    """

    action: str
    unless: Condition | Earlier
    place: Place


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence about every subscription for which `where` is true."""

    name: str
    never: tuple[Never, ...]
    where: Condition
    place: Place
    source: str | None = None


def parse_promises(node: Node, declared: Declared, problems: Problems) -> tuple[Promise, ...]:
    """The promises that can be proved or refuted, in the order written."""
    body = fields(node, "a promises file", ("promises",), problems)
    list_node = body.required("promises", problems, "write `promises:` and a list below it")
    promises: dict[str, Promise] = {}
    for item in items(list_node, "`promises`", problems) if list_node else ():
        promise = _promise(item, declared, problems)
        if promise is None:
            continue
        first = promises.setdefault(promise.name, promise)
        if first is not promise:
            message = f"there is another promise {shown(promise.name)}"
            help_ = "give each its own name"
            problems.add("duplicate-promise", message, promise.place, help_, also=first.place)
    return tuple(promises.values())


def _promise(node: Node, declared: Declared, problems: Problems) -> Promise | None:
    body = fields(node, "a promise", _KEYS, problems)
    if not isinstance(node, Mapping):
        return None
    name_node = body.required("name", problems, "say what it promises, in a sentence")
    name = text(name_node, "`name`", problems)
    kinds = [kind for kind in _KINDS if kind in body]
    if len(kinds) != 1:
        has = " and ".join(f"`{kind}`" for kind in kinds) or "none of them"
        message = f"a promise needs one of `never`, `always` and `never_harsher`, and has {has}"
        help_ = f"keep one of them, or make two promises; {_NEVER}"
        problems.add("promise-kind", message, node.place, help_)
        return None
    if kinds != ["never"]:
        message = f"promises with `{kinds[0]}` cannot be proved yet"
        help_ = "keep what can be said with `never`; `lapse what-if --against` compares two sets"
        problems.add("promise-not-provable", message, body.key_place(kinds[0]), help_)
        return None
    where = body.get("where")
    promise = Promise(
        name or "",
        tuple(_never(body.entries["never"][1], declared, problems)),
        All(()) if where is None else parse_condition(where, Nameable(declared.lexicon, problems)),
        name_node.place if name_node else node.place,
        text(body.get("source"), "`source`", problems),
    )
    return promise if promise.name and promise.never else None


def _never(node: Node, declared: Declared, problems: Problems) -> Iterator[Never]:
    if isinstance(node, Scalar) and node.is_blank:
        problems.add("wrong-shape", "`never` is left blank", node.place, _NEVER)
    for key, value in entries(node, "`never`", problems):
        if _is_action(key, declared, problems):
            unless = _unless(value, declared, problems)
            if unless is not None:
                yield Never(key.text, unless, key.place)


def _unless(node: Node, declared: Declared, problems: Problems) -> Condition | Earlier | None:
    named = {key.text: key for key, _ in node.entries} if isinstance(node, Mapping) else {}
    if WITHOUT not in named:
        return parse_condition(node, Nameable(declared.lexicon, problems))
    assert isinstance(node, Mapping)
    if len(named) > 1:
        message = "`without` stands beside a condition"
        help_ = "move the condition to `where`, or make two promises"
        problems.add("misplaced-key", message, named[WITHOUT].place, help_)
        return None
    return _earlier(node.entries[0][1], declared, problems)


def _earlier(node: Node, declared: Declared, problems: Problems) -> Earlier | None:
    pairs = tuple(entries(node, "`without`", problems))
    if len(pairs) != 1:
        if isinstance(node, Mapping):
            message = "`without` names one earlier action and a number of days"
            problems.add("wrong-shape", message, node.place, _EARLIER)
        return None
    key, value = pairs[0]
    days = whole(value, f"`{key.text}`", problems, least=1)
    is_known = _is_action(key, declared, problems)
    return Earlier(key.text, days) if is_known and days is not None else None


def _is_action(key: Scalar, declared: Declared, problems: Problems) -> bool:
    actions = declared.catalogue.actions
    if key.text not in actions:
        help_ = problems.near(key.text, actions)
        problems.add(
            "unknown-action", f"the action {shown(key.text)} is not known", key.place, help_
        )
    return key.text in actions
