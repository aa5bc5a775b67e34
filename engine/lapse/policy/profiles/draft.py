"""A profile while it is read: the vocabulary, the problems so far, and the spelling of columns."""

from dataclasses import dataclass, field

from lapse.model.facts import Vocabulary
from lapse.model.profile import ANY, Where
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import entries, items, written

MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Draft:
    words: Vocabulary
    problems: Problems
    spelling: dict[str, str] = field(default_factory=dict)

    def spelled(self, text: str) -> str:
        """A column or word in lower case, without spaces around it; its spelling is recorded."""
        bare = text.strip()
        self.spelling.setdefault(bare.lower(), bare)
        return bare.lower()

    def column(self, node: Node | None, what: str) -> str | None:
        scalar = None if node is None else written(node, what, self.problems)
        return self.spelled(scalar.text) if scalar else None

    def columns(self, node: Node | None, what: str) -> tuple[str, ...]:
        """The names of columns or words in a list, or a single one; each once, else a problem."""
        names: dict[str, None] = {}
        for item in () if node is None else self.listed(node, what):
            scalar = written(item, what, self.problems)
            if scalar is not None and self.is_new(scalar, names):
                names[self.spelled(scalar.text)] = None
        return tuple(names)

    def is_new(self, word: Scalar, found: dict[str, None]) -> bool:
        """Whether a list does not have a word yet; a problem when it does."""
        if word.text.strip().lower() not in found:
            return True
        message = f"{shown(word.text)} stands in the list twice"
        help_ = "upper and lower case are the same here; keep one of them"
        self.problems.add("duplicate-value", message, word.place, help_)
        return False

    def listed(self, node: Node, what: str) -> tuple[Node, ...]:
        """The items of a list or a single value; a list that is too long is a problem."""
        nodes = items(node, what, self.problems)
        if len(nodes) > MOST_ITEMS:
            message = f"{what} is a list of {len(nodes)}"
            help_ = f"name at most {MOST_ITEMS}"
            self.problems.add("list-too-long", message, node.place, help_)
            return ()
        return nodes


def parse_where(node: Node | None, what: str, draft: Draft) -> tuple[Where, ...]:
    """The conditions of a mapping: each column named, with the values that it may have."""
    if node is None:
        return ()
    by_column: dict[str, Where] = {}
    for key, value in entries(node, what, draft.problems):
        column = draft.spelled(key.text)
        if column in by_column:
            message = f"{shown(key.text)} stands here a second time"
            help_ = "write its values in one list"
            draft.problems.add("duplicate-value", message, key.place, help_)
            continue
        words = draft.columns(value, f"what {shown(key.text)} is")
        by_column[column] = Where(column, words, key.place)
        _check_beginnings(value, words, draft)
    if not by_column:
        help_ = "write `{Status: active}`, or delete it"
        draft.problems.add("empty-list", f"{what} names no column", node.place, help_)
    return tuple(by_column.values())


def _check_beginnings(node: Node, words: tuple[str, ...], draft: Draft) -> None:
    for word in words:
        asked = word.removesuffix(ANY)
        if asked != word:
            asked = asked.removeprefix(ANY)
        if ANY in asked or not asked:
            message = f"{shown(draft.spelling[word])} is no beginning of a text, and no part of one"
            help_ = "a `*` stands behind a beginning, `MS-AZR-*`, or around a part, `*(Trial)*`"
            draft.problems.add("bad-value", message, node.place, help_)
