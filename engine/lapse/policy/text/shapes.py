"""The shapes that policy files are made of: mappings with known keys, lists, texts, flags, days."""

import re
from collections.abc import Collection, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import date

from lapse.model.days import parse_date
from lapse.model.facts import FLAGS
from lapse.model.place import Place
from lapse.model.rule import ALWAYS, Override, Span
from lapse.policy.text.lookalikes import odd_space
from lapse.policy.text.nodes import Mapping, Node, Scalar, Sequence
from lapse.policy.text.problems import Problems, shown

NAME = re.compile(r"[^\W\d_][\w-]{0,59}")
MOST_NAMES = 500
NAME_HELP = "a name is made of letters, digits, `_` and `-`, and begins with a letter"
DATE_HELP = "write a day that exists as `2026-11-30`, between 1900 and 2999"


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping's known keys; `what` names it in messages, `place` is shown for a missing key.

    Without `is_mapping` it was something else, which is reported, and no key counts as missing.
    """

    what: str
    place: Place
    entries: MappingOf[str, tuple[Scalar, Node]]
    is_mapping: bool = True

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def key_place(self, key: str) -> Place:
        return self.entries[key][0].place

    def required(self, key: str, problems: Problems, help_: str | None = None) -> Node | None:
        node = self.get(key)
        if node is None and self.is_mapping:
            problems.add("missing-key", f"{self.what} lacks `{key}`", self.place, help_)
        return node


def fields(
    node: Node, what: str, known: Collection[str], problems: Problems, place: Place | None = None
) -> Fields:
    """The known entries of a mapping; other keys are problems. A blank is an empty mapping."""
    by_key: dict[str, tuple[Scalar, Node]] = {}
    for key, value in entries(node, what, problems):
        if key.text in known:
            by_key[key.text] = key, value
            continue
        near = problems.near(key.text, known)
        problems.add("unknown-key", f"{what} has no key {shown(key.text)}", key.place, near)
    is_mapping = isinstance(node, Mapping) or (isinstance(node, Scalar) and node.is_blank)
    return Fields(what, place or node.place, by_key, is_mapping)


def entries(node: Node, what: str, problems: Problems) -> Iterator[tuple[Scalar, Node]]:
    """The keys and values of a mapping, as written; a blank has none."""
    if isinstance(node, Mapping):
        yield from node.entries
    elif not (isinstance(node, Scalar) and node.is_blank):
        message = f"{what} must be a mapping, not {described(node)}"
        space = odd_space(node.text) if isinstance(node, Scalar) and ":" in node.text else None
        help_ = space or "write `key: value` lines below it"
        problems.add("wrong-shape", message, node.place, help_)


def declarations(node: Node | None, what: str, problems: Problems) -> Iterator[tuple[Scalar, Node]]:
    """The entries of a section of the catalogue; more than `MOST_NAMES` are a problem."""
    if node is None:
        return
    for count, (key, value) in enumerate(entries(node, what, problems)):
        if count == MOST_NAMES:
            message = f"{what} declares more than {MOST_NAMES} names"
            problems.add("too-many-names", message, key.place, "delete those that nothing uses")
            return
        yield key, value


def items(node: Node, what: str, problems: Problems) -> tuple[Node, ...]:
    """The items of a list; a single value counts as a list of one."""
    if isinstance(node, Sequence):
        if not node.items:
            problems.add("empty-list", f"{what} is an empty list", node.place, "name at least one")
        return node.items
    if isinstance(node, Mapping):
        message = f"{what} must be a value or a list, not {described(node)}"
        problems.add("wrong-shape", message, node.place, "write `[a, b]`")
        return ()
    return (node,)


def written(node: Node, what: str, problems: Problems) -> Scalar | None:
    """A single value that is not blank; null, with a problem, for anything else."""
    if not isinstance(node, Scalar):
        message = f"{what} must be a single value, not {described(node)}"
        problems.add("wrong-shape", message, node.place, "write one value")
        return None
    if node.is_blank or not node.text.strip():
        help_ = "write a value, or delete the line"
        problems.add("wrong-shape", f"{what} is left blank", node.place, help_)
        return None
    return node


def text(node: Node | None, what: str, problems: Problems) -> str | None:
    """A text on one line; null where there is none or it is wrong."""
    scalar = None if node is None else written(node, what, problems)
    return " ".join(scalar.text.split()) if scalar else None


def flag(node: Node | None, what: str, problems: Problems) -> bool | None:
    scalar = None if node is None else written(node, what, problems)
    if scalar is None:
        return None
    value = FLAGS.get(scalar.text.strip().lower())
    if value is None:
        message = f"{what} must be `yes` or `no`, not {shown(scalar.text)}"
        problems.add("bad-value", message, scalar.place, "write `yes` or `no`")
    return value


def day(node: Node | None, what: str, problems: Problems) -> date | None:
    scalar = None if node is None else written(node, what, problems)
    if scalar is None:
        return None
    value = parse_date(scalar.text.strip())
    if value is None:
        help_ = day_meant(scalar.text.strip()) or DATE_HELP
        problems.add("bad-value", f"{shown(scalar.text)} is no date", scalar.place, help_)
    return value


def day_meant(text: str) -> str | None:
    """How to write a date with dots, or one with a time; null for any other."""
    found = re.fullmatch(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})", text)
    found = found or re.fullmatch(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)[T ].*", text)
    iso = f"{found['y']}-{found['m']:0>2}-{found['d']:0>2}" if found else ""
    return f"write `{iso}`" if parse_date(iso) else None


def one_of(
    node: Node | None, what: str, known: Collection[str], code: str, problems: Problems
) -> str | None:
    """One of the known words; null, with a problem of this code, when it is none of them."""
    word = text(node, what, problems)
    if node is None or word is None or word in known:
        return word
    problems.add(code, f"{what} {shown(word)} is not known", node.place, problems.near(word, known))
    return None


def is_name(key: Scalar, what: str, problems: Problems) -> bool:
    """Whether a key may be a name that the author chooses; a problem when it may not."""
    if NAME.fullmatch(key.text):
        return True
    near = re.sub(r"[^\w-]+", "_", key.text).strip("_-")
    help_ = f"{NAME_HELP}: `{near if NAME.fullmatch(near) else 'grace_days'}`"
    problems.add("bad-name", f"{shown(key.text)} cannot name {what}", key.place, help_)
    return False


def span(body: Fields, problems: Problems) -> Span | None:
    """The days from `from` to `to`, both included; null when one of them is wrong."""
    first_node, last_node = body.get("from"), body.get("to")
    first, last = day(first_node, "`from`", problems), day(last_node, "`to`", problems)
    if first and last and last < first and last_node is not None:
        message = f"`to` is before `from`: {last} is earlier than {first}"
        help_ = "both days are included; swap them"
        also = first_node.place if first_node else None
        problems.add("dates-reversed", message, last_node.place, help_, also=also)
        return None
    if (first_node and not first) or (last_node and not last):
        return None
    return Span(first, last) if first or last else ALWAYS


def override(body: Fields, problems: Problems) -> Override | None:
    node = body.get("override")
    if node is None:
        return None
    keys = ("approved_by", "reason", "expires")
    place = body.key_place("override")
    inner = fields(node, "an override", keys, problems, place)
    help_ = "write `override: {approved_by: Kari, reason: …, expires: 2027-06-30}`"
    approved_by, reason, expires = (inner.required(key, problems, help_) for key in keys)
    name = text(approved_by, "`approved_by`", problems)
    why = text(reason, "`reason`", problems)
    last = day(expires, "`expires`", problems)
    return Override(name, why, last) if name and why and last else None


def described(node: Node) -> str:
    match node:
        case Scalar():
            return "nothing" if node.is_blank else shown(node.text)
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"
