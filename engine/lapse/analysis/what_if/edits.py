"""What differs between two rulebooks, piece by piece, so that each piece can be undone.

A piece is a dated value of a term, a rule, a layer's scope or coverage, or a declaration of the
catalogue. Where something stands, what it is called by whom and why does not count: a file that is
sorted anew or moved changes nothing. What only one catalogue declares changes nothing by itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any

from lapse.analysis.what_if.pieces import (
    UNCOUNTED,
    entry_essence,
    essence,
    hold_essence,
    rule_essence,
)
from lapse.model.facts import Missing, show
from lapse.model.place import Place
from lapse.model.rule import (
    After,
    Catalogue,
    Layer,
    Off,
    Rule,
    Rulebook,
    RuleEntry,
    TermEntry,
    Today,
)

ALWAYS = date.min
"""The start of a value that has none."""
_NOT_SAID = re.compile("^(is|needs)_")
"""What our names of fields begin with, and the keys of files do not."""
TRACK_ORDER = "order of tracks"


class Piece(StrEnum):
    """What kind of thing an edit changes; what a catalogue declares comes last."""

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


@dataclass(frozen=True, slots=True)
class Version:
    """A piece as one side has it: its text for people, and where it stands if that is known."""

    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A piece that differs; a side that does not have it is null.

    `start` tells a term's dated values apart. `layer` is blank for what a catalogue declares.
    """

    piece: Piece
    layer: str
    name: str
    start: date = ALWAYS
    old: Version | None = field(default=None, compare=False)
    new: Version | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """`grace_days of Norway: 14 -> 7, from 2024-01-01`."""
        what = f"{self.name} of {self.layer}" if self.layer else f"{self.name} ({self.piece})"
        old, new = (side.text if side else "nothing" for side in (self.old, self.new))
        since = f", from {self.start}" if self.start != ALWAYS else ""
        return f"{what}: {old} -> {new}{since}"

    @property
    def sources(self) -> str:
        """`markets/no.yaml:14 -> new/markets/no.yaml:14`; blank where no place is known."""
        places = [side.place.source for side in (self.old, self.new) if side and side.place]
        return " -> ".join(dict.fromkeys(places))


def edits(before: Rulebook, after: Rulebook) -> tuple[Edit, ...]:
    """Every piece in which two rulebooks differ, in a total order."""
    found = list(_catalogue_edits(before.catalogue, after.catalogue))
    for old, new in layer_pairs(before, after):
        found += _scope_edits(old, new)
        found += _hold_edits(old, new)
        found += _term_edits(old, new)
        found += _rule_edits(old, new, before.catalogue, after.catalogue)
    return tuple(sorted(found))


def layer_pairs(before: Rulebook, after: Rulebook) -> Iterator[tuple[Layer, Layer]]:
    """Each layer with its other version; one renamed is known by its scope.

    One that only one side has stands beside an empty layer of its scope, which changes nothing.
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


def by_start(entries: tuple[TermEntry, ...]) -> dict[date, TermEntry]:
    """A term's dated values by their first day."""
    return {entry.span.first or ALWAYS: entry for entry in entries}


def _term_edits(old: Layer, new: Layer) -> Iterator[Edit]:
    for name in old.terms.keys() | new.terms.keys():
        before, after = (by_start(layer.terms.get(name, ())) for layer in (old, new))
        for start in before.keys() | after.keys():
            one, other = before.get(start), after.get(start)
            if entry_essence(one) != entry_essence(other):
                versions = entry_version(one), entry_version(other)
                yield Edit(Piece.TERM, new.name, name, start, *versions)


def _rule_edits(old: Layer, new: Layer, before: Catalogue, after: Catalogue) -> Iterator[Edit]:
    for name in old.rules.keys() | new.rules.keys():
        one, other = old.rules.get(name), new.rules.get(name)
        if rule_essence(one, before) != rule_essence(other, after):
            versions = rule_version(one, other), rule_version(other, one)
            yield Edit(Piece.RULE, new.name, name, ALWAYS, *versions)


def _scope_edits(old: Layer, new: Layer) -> Iterator[Edit]:
    if old.applies_to != new.applies_to:
        versions = (Version(_scope_text(layer), _at(layer, "applies_to")) for layer in (old, new))
        yield Edit(Piece.SCOPE, new.name, "applies_to", ALWAYS, *versions)
    if old.is_covered is not new.is_covered:
        versions = (Version(show(layer.is_covered), _at(layer, "covers")) for layer in (old, new))
        yield Edit(Piece.COVERAGE, new.name, "covers", ALWAYS, *versions)


def _hold_edits(old: Layer, new: Layer) -> Iterator[Edit]:
    if hold_essence(old.hold) != hold_essence(new.hold):
        versions = (hold_version(layer.hold) for layer in (old, new))
        yield Edit(Piece.HOLD, new.name, "hold", ALWAYS, *versions)


def hold_version(hold: Rule | None) -> Version | None:
    return None if hold is None else Version(f"until {hold.span.last}", hold.place)


def _at(layer: Layer, key: str) -> Place:
    return layer.places.get(key, layer.place)


def _catalogue_edits(old: Catalogue, new: Catalogue) -> Iterator[Edit]:
    for piece, section in DECLARED.items():
        one, other = _section(old, section), _section(new, section)
        for name in one.keys() & other.keys():
            if essence(one[name]) != essence(other[name]):
                yield Edit(
                    piece,
                    "",
                    name,
                    ALWAYS,
                    Version(_apart(one[name], other[name]), old.places.get((section, name))),
                    Version(_apart(other[name], one[name]), new.places.get((section, name))),
                )
    yield from _assumed_edits(old, new)
    if old.words.region_of != new.words.region_of:
        yield _section_edit(Piece.REGIONS, "regions", "regions", old, new)
    if old.cascade != new.cascade:
        yield _section_edit(Piece.CASCADE, "cascade", "cascade", old, new)
    if old.runs_every != new.runs_every:
        yield _section_edit(Piece.RUNS_EVERY, "runs_every", "runs_every", old, new)
    shared = [name for name in old.tracks if name in new.tracks]
    if shared != [name for name in new.tracks if name in old.tracks]:
        yield _section_edit(Piece.DECLARED_TRACK, TRACK_ORDER, "tracks", old, new)


DECLARED = {
    Piece.DECLARED_TERM: "terms",
    Piece.DECLARED_ACTION: "actions",
    Piece.DECLARED_TRACK: "tracks",
    Piece.DECLARED_FACT: "facts",
}
"""The section of a catalogue that declares each kind of piece."""


def _section(catalogue: Catalogue, section: str) -> Mapping[str, Any]:
    """What a section declares, by name."""
    found: Mapping[str, Any] = getattr(
        catalogue.words if section == "facts" else catalogue, section
    )
    return found


def _assumed_edits(old: Catalogue, new: Catalogue) -> Iterator[Edit]:
    for name in old.assumed.keys() | new.assumed.keys():
        sides = [
            Version(show(catalogue.assumed[name]), catalogue.places.get(("assume", name)))
            if name in catalogue.assumed
            else None
            for catalogue in (old, new)
        ]
        if old.assumed.get(name) != new.assumed.get(name):
            yield Edit(Piece.ASSUMED, "", name, ALWAYS, *sides)


def _section_edit(piece: Piece, name: str, section: str, old: Catalogue, new: Catalogue) -> Edit:
    """A section that differs as a whole."""
    versions = (
        Version(_section_text(section, each), each.places.get((section, ""))) for each in (old, new)
    )
    return Edit(piece, "", name, ALWAYS, *versions)


def _section_text(section: str, catalogue: Catalogue) -> str:
    if section == "regions":
        return _regions_text(catalogue)
    if section == "runs_every":
        return str(catalogue.runs_every)
    return ", ".join(catalogue.cascade if section == "cascade" else catalogue.tracks)


def entry_version(entry: TermEntry | None) -> Version | None:
    if entry is None:
        return None
    last = f" to {entry.span.last}" if entry.span.last else ""
    return Version((show(entry.value) or "none") + last, entry.place)


def rule_version(entry: RuleEntry | None, other: RuleEntry | None) -> Version | None:
    """A rule by what the other version has not; its condition where it is alone."""
    match entry:
        case None:
            return None
        case Off():
            return Version("switched off", entry.place)
        case Rule() if isinstance(other, Rule):
            return Version(_apart(entry, other), entry.place)
        case Rule():
            return Version(f"when {entry.when}", entry.place)


def _apart(one: Any, other: Any) -> str:  # noqa: ANN401  any two declarations of one kind
    """The fields of one declaration that differ from another's, as people read them."""
    differing = (
        (each.name, getattr(one, each.name))
        for each in fields(one)
        if each.compare
        and each.name not in UNCOUNTED
        and essence(getattr(one, each.name)) != essence(getattr(other, each.name))
    )
    return "; ".join(f"{_NOT_SAID.sub('', name)} {_text(value)}" for name, value in differing)


def _text(value: Any) -> str:  # noqa: ANN401  the value of any field of a declaration
    match value:
        case None | ():
            return "none"
        case Today() | StrEnum():
            return str(value.value)
        case After():
            within = "" if value.within is None else f", within {value.within}"
            return f"{'last' if value.is_last else 'first'}_step {value.days}{within}"
        case bool() | Missing():
            return show(value)
        case Mapping():
            return (
                ", ".join(f"{key} {_text(item)}" for key, item in sorted(value.items())) or "none"
            )
        case frozenset() | tuple():
            return ", ".join(sorted(str(item) for item in value))
        case _:
            return str(getattr(value, "name", value))


def _scope_text(layer: Layer) -> str:
    named = (f"{key} {', '.join(sorted(v))}" for key, v in sorted(layer.applies_to.items()))
    return "; ".join(named) or "everything"


def _regions_text(catalogue: Catalogue) -> str:
    regions: dict[str, list[str]] = {}
    for market, region in sorted(catalogue.words.region_of.items()):
        regions.setdefault(region, []).append(market)
    return "; ".join(f"{name}: {', '.join(found)}" for name, found in sorted(regions.items()))
