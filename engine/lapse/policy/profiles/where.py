"""`where` and `prefer`: which values some columns have."""

from lapse.model.profile import ANY, Where
from lapse.policy.profiles.draft import Draft
from lapse.policy.text.nodes import Node
from lapse.policy.text.problems import shown
from lapse.policy.text.shapes import entries


def parse_where(node: Node | None, what: str, draft: Draft) -> tuple[Where, ...]:
    """The columns named and the values that each may have."""
    if node is None:
        return ()
    found: dict[str, Where] = {}
    for key, value in entries(node, what, draft.problems):
        column = draft.spelled(key.text)
        if column in found:
            message = f"{shown(key.text)} stands here a second time"
            help_ = "write its values in one list"
            draft.problems.add("duplicate-value", message, key.place, help_)
            continue
        words = draft.columns(value, f"what {shown(key.text)} is")
        found[column] = Where(column, words, key.place)
        _check_beginnings(value, words, draft)
    if not found:
        help_ = "write `{Status: active}`, or delete it"
        draft.problems.add("empty-list", f"{what} names no column", node.place, help_)
    return tuple(found.values())


def _check_beginnings(node: Node, words: tuple[str, ...], draft: Draft) -> None:
    for word in words:
        asked = word.removesuffix(ANY)
        if asked != word:
            asked = asked.removeprefix(ANY)
        if ANY in asked or not asked:
            message = f"{shown(draft.spelling[word])} is no beginning of a text, and no part of one"
            help_ = "a `*` stands behind a beginning, `MS-AZR-*`, or around a part, `*(Trial)*`"
            draft.problems.add("bad-value", message, node.place, help_)
