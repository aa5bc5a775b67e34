"""Two rulebooks, and those between them in which some edits are undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from lapse.analysis.what_if.change import Weigh
from lapse.analysis.what_if.edits import (
    ALWAYS,
    TRACK_ORDER,
    Edit,
    Piece,
    by_start,
    edits,
    layer_pairs,
)
from lapse.analysis.what_if.pieces import takes_anchor, takes_sets
from lapse.model.facts import BUILT_IN, Vocabulary, vocabulary
from lapse.model.rule import (
    ActionSpec,
    Catalogue,
    Layer,
    Rule,
    Rulebook,
    RuleEntry,
    TermEntry,
    held_back,
    layer_order,
)

T = TypeVar("T")
Undone = frozenset[Edit]


@dataclass(slots=True)
class Versions:
    """The policies of today and those they are held against."""

    before: Rulebook
    after: Rulebook
    edits: tuple[Edit, ...] = field(init=False)
    _between: dict[Undone, Rulebook] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.edits = edits(self.before, self.after)

    @property
    def actions(self) -> Mapping[str, ActionSpec]:
        """Every action that either side declares; of two the other side's."""
        return {**self.before.catalogue.actions, **self.after.catalogue.actions}

    @property
    def is_divisible(self) -> bool:
        """Whether edits can be undone one by one: no name is of another type on either side."""
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
        """The rulebook after all edits but some; with all of them undone it is the one before."""
        kept_out = frozenset(undone)
        if not kept_out:
            return self.after
        if kept_out >= frozenset(self.edits):
            return self.before
        if kept_out not in self._between:
            self._between[kept_out] = self._made(kept_out)
        return self._between[kept_out]

    def _made(self, undone: Undone) -> Rulebook:
        catalogue = _catalogue(self.before.catalogue, self.after.catalogue, undone)
        mixed = Mixed(self.before.catalogue, self.after.catalogue, catalogue, undone)
        pairs = layer_pairs(self.before, self.after)
        layers = (mixed.layer(old, new) for old, new in pairs)
        in_order = sorted(layers, key=lambda layer: layer_order(layer, catalogue.cascade))
        return Rulebook(catalogue, tuple(in_order))


@dataclass(frozen=True, slots=True)
class Mixed:
    """How a layer comes out of its two versions when some edits are undone."""

    before: Catalogue
    after: Catalogue
    catalogue: Catalogue
    undone: Undone

    def layer(self, old: Layer, new: Layer) -> Layer:
        def is_undone(piece: Piece, name: str, start: date = ALWAYS) -> bool:
            return Edit(piece, new.name, name, start) in self.undone

        scoped = old if is_undone(Piece.SCOPE, "applies_to") else new
        covering = old if is_undone(Piece.COVERAGE, "covers") else new
        holding = old if is_undone(Piece.HOLD, "hold") else new
        terms: dict[str, tuple[TermEntry, ...]] = {}
        for name in old.terms.keys() | new.terms.keys():
            before, after = (by_start(layer.terms.get(name, ())) for layer in (old, new))
            chosen = (
                (before if is_undone(Piece.TERM, name, start) else after).get(start)
                for start in sorted(before.keys() | after.keys())
            )
            terms[name] = tuple(entry for entry in chosen if entry)
        rules: dict[str, RuleEntry] = {}
        for name in old.rules.keys() | new.rules.keys():
            is_old = is_undone(Piece.RULE, name)
            entry = (old if is_old else new).rules.get(name)
            if entry is not None:
                rules[name] = self.rule(entry, self.before if is_old else self.after)
        return replace(
            covering,
            name=new.name,
            applies_to=scoped.applies_to,
            hold=self.hold(holding.hold, new.name),
            terms=terms,
            rules=rules,
        )

    def hold(self, hold: Rule | None, layer: str) -> Rule | None:
        """A hold by what harms in the catalogue as it now is."""
        if hold is None:
            return None
        return replace(hold, name=layer, layer=layer, forbids=held_back(self.catalogue.actions))

    def rule(self, entry: RuleEntry, own: Catalogue) -> RuleEntry:
        """A rule with what it takes from its track and action as the catalogue now has it."""
        if not isinstance(entry, Rule) or entry.track is None or self.catalogue is own:
            return entry
        track = self.catalogue.tracks[entry.track.name]
        action = self.catalogue.actions[entry.action or ""]
        return replace(
            entry,
            track=track,
            anchor=track.anchor if takes_anchor(entry) else entry.anchor,
            sets=action.sets if takes_sets(entry, own) else entry.sets,
        )


def _catalogue(before: Catalogue, after: Catalogue, undone: Undone) -> Catalogue:
    """What both declare; where an edit is undone, as it was."""
    is_touched = any(not edit.layer for edit in undone)
    if not is_touched and not _declares_more(before, after):
        return after

    def is_undone(piece: Piece, name: str) -> bool:
        return Edit(piece, "", name) in undone

    def chosen(piece: Piece, old: Mapping[str, T], new: Mapping[str, T]) -> dict[str, T]:
        everything = {**old, **new}
        return {
            name: old[name] if is_undone(piece, name) and name in old else value
            for name, value in everything.items()
        }

    assumed = dict(after.assumed)
    for name in before.assumed.keys() | after.assumed.keys():
        if is_undone(Piece.ASSUMED, name):
            assumed.pop(name, None)
            assumed |= {name: before.assumed[name]} if name in before.assumed else {}
    first = before if is_undone(Piece.CASCADE, "cascade") else after
    other = after if first is before else before
    tracks = chosen(Piece.DECLARED_TRACK, before.tracks, after.tracks)
    in_order = before if is_undone(Piece.DECLARED_TRACK, TRACK_ORDER) else after
    names = [*in_order.tracks, *(name for name in tracks if name not in in_order.tracks)]
    return replace(
        after,
        cascade=(*first.cascade, *(key for key in other.cascade if key not in first.cascade)),
        words=_words(before, after, undone),
        tracks={name: replace(tracks[name], index=i) for i, name in enumerate(names)},
        terms=chosen(Piece.DECLARED_TERM, before.terms, after.terms),
        actions=chosen(Piece.DECLARED_ACTION, before.actions, after.actions),
        assumed=assumed,
        runs_every=(before if is_undone(Piece.RUNS_EVERY, "runs_every") else after).runs_every,
    )


def _declares_more(before: Catalogue, after: Catalogue) -> bool:
    """Whether today's catalogue has words that the other lacks."""
    return bool(
        before.words.facts.keys() - after.words.facts.keys()
        or before.tracks.keys() - after.tracks.keys()
        or before.terms.keys() - after.terms.keys()
        or before.actions.keys() - after.actions.keys()
        or set(before.cascade) - set(after.cascade)
    )


def _words(before: Catalogue, after: Catalogue, undone: Undone) -> Vocabulary:
    old, new = before.words, after.words
    built_in = {spec.name for spec in BUILT_IN}
    custom = {**old.facts, **new.facts}
    own = tuple(
        old.facts[name] if Edit(Piece.DECLARED_FACT, "", name) in undone else spec
        for name, spec in custom.items()
        if name not in built_in
    )
    regions = old if Edit(Piece.REGIONS, "", "regions") in undone else new
    return vocabulary(own, regions.region_of)
