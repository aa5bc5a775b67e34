"""The tree of a policy file; every scalar keeps its text and its place."""

from dataclasses import dataclass

from lapse.model.place import Place

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written; `is_quoted` is also true for block text."""

    text: str
    place: Place
    is_quoted: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether it is empty, or a null of YAML, and not in quotes."""
        return not self.is_quoted and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; each key is there once."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place


Node = Scalar | Sequence | Mapping
