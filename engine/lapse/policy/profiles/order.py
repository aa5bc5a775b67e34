"""`order.yaml`: which of several files is right where they differ."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lapse.model.facts import Vocabulary
from lapse.model.profile import CANONICAL
from lapse.policy.profiles.draft import Draft
from lapse.policy.text.nodes import Node
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import entries, fields, written


@dataclass(frozen=True, slots=True)
class Order:
    """The names of profiles, the most trusted first, and facts that have an order of their own."""

    names: tuple[str, ...] = ()
    of_facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def parse_order(
    node: Node, profiles: Collection[str], words: Vocabulary, problems: Problems
) -> Order:
    """The order; where it has problems, what is right in it."""
    draft = Draft(words, problems)
    body = fields(node, "an order of profiles", ("order", "facts"), problems)
    help_ = f"name the most trusted first: `order: [{CANONICAL}, my-ledger]`"
    listed = body.required("order", problems, help_)
    of_facts: dict[str, tuple[str, ...]] = {}
    facts = body.get("facts")
    for key, value in entries(facts, "`facts`", problems) if facts else ():
        if key.text not in words.facts:
            near = problems.near(key.text, words.facts)
            problems.add("unknown-fact", f"{shown(key.text)} is no fact", key.place, near)
        of_facts[key.text] = _names(value, shown(key.text), profiles, draft)
    return Order(_names(listed, "`order`", profiles, draft), of_facts)


def _names(
    node: Node | None, what: str, profiles: Collection[str], draft: Draft
) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for item in draft.listed(node, what) if node else ():
        scalar = written(item, "the name of a profile", draft.problems)
        if scalar is None or not draft.is_new(scalar, names):
            continue
        name = scalar.text.strip()
        if name in profiles or name == CANONICAL:
            names[name] = None
            continue
        near = draft.problems.near(name, (*profiles, CANONICAL))
        message = f"there is no profile {shown(name)}"
        draft.problems.add("unknown-profile", message, scalar.place, near)
    return tuple(names)
