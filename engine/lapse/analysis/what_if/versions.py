"""Two rulebooks, and mixtures of them in which some edits are undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lapse.analysis.what_if.change import Weigh
from lapse.analysis.what_if.edits import Edit, edits
from lapse.analysis.what_if.pieces import put_together, taken_apart
from lapse.model.rule import ActionSpec, Rulebook

Undone = frozenset[Edit]


@dataclass(slots=True)
class Versions:
    """Today's policies (`before`) and those that they are compared with (`after`)."""

    before: Rulebook
    after: Rulebook
    edits: tuple[Edit, ...] = field(init=False)
    _between: dict[Undone, Rulebook] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.edits = edits(*taken_apart(self.before, self.after))

    @property
    def actions(self) -> Mapping[str, ActionSpec]:
        """Every action that either side declares; as in `after` if both do."""
        return {**self.before.catalogue.actions, **self.after.catalogue.actions}

    @property
    def is_divisible(self) -> bool:
        """Whether edits can be undone one by one: each fact and term has one type on both sides."""
        old, new = self.before.catalogue, self.after.catalogue
        pairs = ((old.words.facts, new.words.facts), (old.terms, new.terms))
        return all(
            before[name].type is after[name].type
            for before, after in pairs
            for name in before.keys() & after.keys()
        )

    @property
    def weigh(self) -> Weigh:
        return Weigh(self.before.catalogue.actions, self.after.catalogue.actions)

    def without(self, undone: Iterable[Edit]) -> Rulebook:
        """The rulebook with all edits except `undone`; it is `before` if all are undone."""
        kept_out = frozenset(undone)
        if not kept_out:
            return self.after
        if kept_out >= frozenset(self.edits):
            return self.before
        if kept_out not in self._between:
            self._between[kept_out] = self._made(kept_out)
        return self._between[kept_out]

    def _made(self, undone: Undone) -> Rulebook:
        old, new = taken_apart(self.before, self.after)
        mixed = {**new, **{edit.path: old.get(edit.path) for edit in undone}}
        pieces = {path: piece for path, piece in mixed.items() if piece is not None}
        return put_together(pieces, self.before.catalogue, self.after.catalogue)
