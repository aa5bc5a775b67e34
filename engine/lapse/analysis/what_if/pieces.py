"""Takes rulebooks apart into pieces, and puts one together from the pieces of two.

A piece is a dated value of a term, a rule, a layer's scope, coverage or hold, or a declaration of
the catalogue. A declaration of only one catalogue is put in both: by itself it changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from lapse.model.facts import BUILT_IN, vocabulary
from lapse.model.place import Place
from lapse.model.rule import (
    Catalogue,
    Layer,
    Off,
    Rule,
    Rulebook,
    RuleEntry,
    TermEntry,
    held_back,
    layer_order,
)

NO_START = date.min
"""The start in the path of a value that has no first day."""
TRACK_ORDER = "order of tracks"


class Piece(StrEnum):
    """The kind of a piece; what a catalogue declares comes last."""

    TERM = "term"
    RULE = "rule"
    SCOPE = "scope"
    COVERAGE = "coverage"
    HOLD = "hold"
    DECLARED_TERM = "declared term"
    DECLARED_ACTION = "declared action"
    DECLARED_TRACK = "declared track"
    DECLARED_FACT = "declared fact"
    ASSUMED = "assumed fact"
    REGIONS = "regions"
    CASCADE = "cascade"
    RUNS_EVERY = "runs_every"


DECLARED = {
    Piece.DECLARED_TERM: "terms",
    Piece.DECLARED_ACTION: "actions",
    Piece.DECLARED_TRACK: "tracks",
    Piece.DECLARED_FACT: "facts",
}
"""The section of a catalogue that declares each kind of piece."""


class Path(NamedTuple):
    """Where a piece belongs: `layer` is blank for what a catalogue declares.

    `start` distinguishes the dated values of a term.
    """

    piece: Piece
    layer: str
    name: str
    start: date = NO_START


class Found(NamedTuple):
    """A piece in one rulebook, and its place in the files."""

    value: Any
    place: Place | None


Pieces = Mapping[Path, Found]


@dataclass(frozen=True, slots=True)
class Written:
    """A rule as read, and as its file has it (`own`): without what its track and action supply."""

    read: Rule = field(compare=False)
    own: Rule
    track: str
    takes_anchor: bool
    takes_sets: bool

    def under(self, catalogue: Catalogue) -> Rule:
        """The rule with what its track and action in a catalogue supply."""
        if self.read.track is None:
            return self.read
        track, action = catalogue.tracks[self.track], catalogue.actions[self.read.action or ""]
        anchor = track.anchor if self.takes_anchor else self.read.anchor
        sets = action.sets if self.takes_sets else self.read.sets
        return replace(self.read, track=track, anchor=anchor, sets=sets)


def written(rule: Rule, catalogue: Catalogue) -> Written:
    """A rule as its file has it; `catalogue` is the one it was read with."""
    if rule.track is None:
        return Written(rule, rule, "", takes_anchor=True, takes_sets=True)
    is_its_tracks = rule.anchor == rule.track.anchor
    is_its_actions = what_counts(rule.sets) == what_counts(
        catalogue.actions[rule.action or ""].sets
    )
    anchor, sets = "" if is_its_tracks else rule.anchor, {} if is_its_actions else rule.sets
    own = replace(rule, track=None, anchor=anchor, sets=sets)
    return Written(rule, own, rule.track.name, is_its_tracks, is_its_actions)


UNCOUNTED = frozenset(
    {
        "about",
        "also",
        "approved_by",
        "at_least",
        "at_most",
        "because",
        "column",
        "harsher",
        "index",
        "is_replacement",
        "layer",
        "place",
        "reason",
        "source",
    }
)
"""Fields that have no effect on decisions once a policy set is checked."""


def what_counts(value: object) -> object:
    """A value without its places and texts; two that are equal lead to the same decisions."""
    if isinstance(value, Enum) or not (
        is_dataclass(value) or isinstance(value, Mapping | tuple | AbstractSet)
    ):
        return value
    if isinstance(value, Mapping):
        items = ((str(key), what_counts(item)) for key, item in value.items())
        # Sorted as text, because values of different types have no order.
        return tuple(sorted(items, key=repr))
    if isinstance(value, tuple):
        return tuple(what_counts(item) for item in value)
    if isinstance(value, AbstractSet):
        return tuple(sorted((what_counts(item) for item in value), key=repr))
    counted = [each.name for each in fields(value) if each.compare and each.name not in UNCOUNTED]
    return type(value).__name__, *((name, what_counts(getattr(value, name))) for name in counted)


def taken_apart(before: Rulebook, after: Rulebook) -> tuple[Pieces, Pieces]:
    """The pieces of both rulebooks; a layer that was renamed has its new name in both."""
    old = dict(_of_catalogue(before.catalogue, after.catalogue))
    new = dict(_of_catalogue(after.catalogue, before.catalogue))
    for one, other in layer_pairs(before, after):
        old |= _of_layer(one, other.name, before.catalogue)
        new |= _of_layer(other, other.name, after.catalogue)
    return old, new


def layer_pairs(before: Rulebook, after: Rulebook) -> Iterator[tuple[Layer, Layer]]:
    """The old and the new version of each layer; a renamed one is recognized by its scope.

    One that only one side has is paired with an empty layer of its scope, which changes nothing.
    """
    old, new = ({layer.name: layer for layer in book.layers} for book in (before, after))
    gone = {name: layer for name, layer in old.items() if name not in new}
    for name, layer in new.items():
        other = old.get(name) or next(
            (each for each in gone.values() if each.applies_to == layer.applies_to), None
        )
        gone.pop(other.name if other else "", None)
        yield other or _empty(layer), layer
    for layer in gone.values():
        yield layer, _empty(layer)


def _empty(layer: Layer) -> Layer:
    return Layer(layer.name, layer.place, layer.applies_to)


def _of_layer(layer: Layer, name: str, own: Catalogue) -> Iterator[tuple[Path, Found]]:
    def at(key: str) -> Place:
        return layer.places.get(key, layer.place)

    bare = replace(layer, name=name, applies_to={}, terms={}, rules={}, hold=None)
    yield Path(Piece.SCOPE, name, "applies_to"), Found(layer.applies_to, at("applies_to"))
    yield Path(Piece.COVERAGE, name, "covers"), Found(bare, at("covers"))
    if layer.hold is not None:
        hold = replace(layer.hold, name=name, layer=name, forbids=frozenset())
        yield Path(Piece.HOLD, name, "hold"), Found(hold, hold.place)
    for term, entries in layer.terms.items():
        for entry in entries:
            path = Path(Piece.TERM, name, term, entry.span.first or NO_START)
            yield path, Found(entry, entry.place)
    for rule, entry_ in layer.rules.items():
        value = entry_ if isinstance(entry_, Off) else written(entry_, own)
        yield Path(Piece.RULE, name, rule), Found(value, entry_.place)


def _of_catalogue(own: Catalogue, other: Catalogue) -> Iterator[tuple[Path, Found]]:
    for piece, section in DECLARED.items():
        for name, spec in {**_section(other, section), **_section(own, section)}.items():
            yield Path(piece, "", name), Found(spec, own.places.get((section, name)))
    shared = own.tracks.keys() & other.tracks.keys()
    if [name for name in own.tracks if name in shared] != [n for n in other.tracks if n in shared]:
        order = Found(tuple(own.tracks), own.places.get(("tracks", "")))
        yield Path(Piece.DECLARED_TRACK, "", TRACK_ORDER), order
    for name, value in own.assumed.items():
        yield Path(Piece.ASSUMED, "", name), Found(value, own.places.get(("assume", name)))
    for piece, whole in (
        (Piece.REGIONS, own.words.region_of),
        (Piece.CASCADE, own.cascade),
        (Piece.RUNS_EVERY, own.runs_every),
    ):
        yield Path(piece, "", piece.value), Found(whole, own.places.get((piece.value, "")))


def _section(catalogue: Catalogue, section: str) -> Mapping[str, object]:
    """The declarations in a section of a catalogue, by name."""
    declared: Mapping[str, object] = getattr(
        catalogue.words if section == "facts" else catalogue, section
    )
    return declared


def put_together(pieces: Pieces, before: Catalogue, after: Catalogue) -> Rulebook:
    """The rulebook made of some pieces of two versions, and of the catalogues of both."""
    of: defaultdict[str, dict[Path, Any]] = defaultdict(dict)
    for path in pieces:
        of[path.layer][path] = pieces[path].value
    catalogue = _catalogue(of.pop(""), before, after)
    layers = (_layer(parts, catalogue) for parts in of.values())
    in_order = sorted(layers, key=lambda layer: layer_order(layer, catalogue.cascade))
    return Rulebook(catalogue, tuple(in_order))


def _layer(found: Mapping[Path, Any], catalogue: Catalogue) -> Layer:
    terms: defaultdict[str, tuple[TermEntry, ...]] = defaultdict(tuple)
    rules: dict[str, RuleEntry] = {}
    only: dict[Piece, Any] = {}
    for path, value in sorted(found.items(), key=lambda item: item[0]):
        if path.piece is Piece.TERM:
            terms[path.name] += (value,)
        elif path.piece is Piece.RULE:
            rules[path.name] = value.under(catalogue) if isinstance(value, Written) else value
        else:
            only[path.piece] = value
    hold = only.get(Piece.HOLD)
    bare: Layer = only[Piece.COVERAGE]
    return replace(
        bare,
        applies_to=only[Piece.SCOPE],
        hold=hold and replace(hold, forbids=held_back(catalogue.actions)),
        terms=terms,
        rules=rules,
    )


def _catalogue(found: Mapping[Path, Any], before: Catalogue, after: Catalogue) -> Catalogue:
    of: defaultdict[Piece, dict[str, Any]] = defaultdict(dict)
    for path, value in found.items():
        of[path.piece][path.name] = value
    tracks = of[Piece.DECLARED_TRACK]
    names = dict.fromkeys((*tracks.pop(TRACK_ORDER, after.tracks), *tracks))
    cascade = of[Piece.CASCADE][Piece.CASCADE], after.cascade, before.cascade
    built_in = {spec.name for spec in BUILT_IN}
    facts = of[Piece.DECLARED_FACT]
    custom = tuple(spec for name, spec in facts.items() if name not in built_in)
    return replace(
        after,
        cascade=tuple(dict.fromkeys(key for keys in cascade for key in keys)),
        words=vocabulary(custom, of[Piece.REGIONS][Piece.REGIONS]),
        tracks={name: replace(tracks[name], index=i) for i, name in enumerate(names)},
        terms=of[Piece.DECLARED_TERM],
        actions=of[Piece.DECLARED_ACTION],
        assumed=of[Piece.ASSUMED],
        runs_every=of[Piece.RUNS_EVERY][Piece.RUNS_EVERY],
    )
