"""The tree that a policy file is read into: every scalar keeps its text and its place."""

from dataclasses import dataclass

from lapse.model.place import Place

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written; `is_quoted` is true of block text, too."""

    text: str
    place: Place
    is_quoted: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether it is nothing, or what YAML writes for it; in quotes it is a text."""
        return not self.is_quoted and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; no key stands twice."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place


Node = Scalar | Sequence | Mapping
