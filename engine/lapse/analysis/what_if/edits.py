"""What differs between two rulebooks, piece by piece.

Places, layer names, reasons and other texts do not count: moving or sorting files changes nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from lapse.analysis.what_if.pieces import (
    NO_START,
    UNCOUNTED,
    Found,
    Path,
    Piece,
    Pieces,
    Written,
    what_counts,
)
from lapse.model.facts import FactSpec, Missing, show
from lapse.model.place import Place
from lapse.model.rule import (
    ActionSpec,
    After,
    Layer,
    Off,
    Rule,
    RuleEntry,
    TermEntry,
    TermSpec,
    Today,
    Track,
)

_NOT_SAID = re.compile("^(is|needs)_")
"""Prefixes of our field names that the keys in policy files do not have."""


@dataclass(frozen=True, slots=True)
class Version:
    """A piece in one of the rulebooks: as text for people, and its place if that is known."""

    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A piece that differs between two rulebooks; null on a side that does not have it."""

    path: Path
    old: Version | None = field(default=None, compare=False)
    new: Version | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Such as `grace_days of Norway: 14 -> 7, from 2024-01-01`."""
        piece, layer, name, start = self.path
        what = f"{name} of {layer}" if layer else f"{name} ({piece})"
        old, new = (side.text if side else "nothing" for side in (self.old, self.new))
        since = f", from {start}" if start != NO_START else ""
        return f"{what}: {old} -> {new}{since}"

    @property
    def sources(self) -> str:
        """Such as `markets/no.yaml:14 -> new/markets/no.yaml:14`; blank if no place is known."""
        places = [side.place.source for side in (self.old, self.new) if side and side.place]
        return " -> ".join(dict.fromkeys(places))


def edits(before: Pieces, after: Pieces) -> tuple[Edit, ...]:
    """Every piece in which two rulebooks differ, sorted by path."""
    return tuple(sorted(_edits(before, after)))


def _edits(before: Pieces, after: Pieces) -> Iterator[Edit]:
    for path in before.keys() | after.keys():
        old, new = before.get(path), after.get(path)
        if old is None or new is None or what_counts(old.value) != what_counts(new.value):
            yield Edit(path, _version(path, old, new), _version(path, new, old))


def _version(path: Path, side: Found | None, other: Found | None) -> Version | None:
    if side is None:
        return None
    return Version(_text(path.piece, side.value, other and other.value), side.place)


def _text(piece: Piece, value: Any, other: Any) -> str:  # noqa: ANN401  of any piece
    """A piece as text; a rule or declaration by the fields that differ from the other version."""
    match value:
        case TermEntry() | Off():
            return alone(value).text
        case Written():
            is_alone = not isinstance(other, Written)
            return alone(value.read).text if is_alone else _apart(value.read, other.read)
        case TermSpec() | ActionSpec() | Track() | FactSpec():
            return _apart(value, other)
        case Layer():
            return show(value.is_covered)
        case Rule():
            return f"until {value.span.last}"
        case Mapping():
            return _scope_text(value) if piece is Piece.SCOPE else _regions_text(value)
        case _:
            return show(value)


def alone(entry: TermEntry | RuleEntry) -> Version:
    """An entry that is not compared with another: a term's value, or a rule by its condition."""
    match entry:
        case TermEntry():
            last = f" to {entry.span.last}" if entry.span.last else ""
            return Version((show(entry.value) or "none") + last, entry.place)
        case Off():
            return Version("switched off", entry.place)
        case Rule():
            return Version(f"when {entry.when}", entry.place)


def _apart(one: Any, other: Any) -> str:  # noqa: ANN401  any two declarations of one kind
    """The fields of one declaration that differ from another's, as text for people."""
    differing = (
        (each.name, getattr(one, each.name))
        for each in fields(one)
        if each.compare
        and each.name not in UNCOUNTED
        and what_counts(getattr(one, each.name)) != what_counts(getattr(other, each.name))
    )
    return "; ".join(f"{_NOT_SAID.sub('', name)} {_field_text(value)}" for name, value in differing)


def _field_text(value: Any) -> str:  # noqa: ANN401  the value of any field of a declaration
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
            items = (f"{key} {_field_text(item)}" for key, item in sorted(value.items()))
            return ", ".join(items) or "none"
        case frozenset() | tuple():
            return ", ".join(sorted(str(item) for item in value))
        case _:
            return str(getattr(value, "name", value))


def _scope_text(applies_to: Mapping[str, frozenset[str]]) -> str:
    named = (f"{key} {', '.join(sorted(values))}" for key, values in sorted(applies_to.items()))
    return "; ".join(named) or "everything"


def _regions_text(region_of: Mapping[str, str]) -> str:
    regions: dict[str, list[str]] = {}
    for market, region in sorted(region_of.items()):
        regions.setdefault(region, []).append(market)
    return "; ".join(f"{name}: {', '.join(markets)}" for name, markets in sorted(regions.items()))
