"""What a profile makes of one row, in plain Python: the specification that its SQL agrees with.

Written from `policies/profiles/README.md` and the model, cell by cell, with no regard for speed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tests.inputs.naive_forms import amount, day, instant, months, whole

from lapse.model.facts import FactSpec, Value, ValueType, parse_fact
from lapse.model.profile import ANY, BLANK, GUID, Letters, Profile, Unmapped, Way, Where

Row = Mapping[str, str]
"""The cells of a row by column, in lower case; a column that the file lacks is no key."""

_GUARDS = (re.compile(r"'([-+=@0-9].*)", re.DOTALL), re.compile(r'="([^"]*)"'))
_GUID = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE | re.ASCII)
_MOST_MONTHS = 120


class Outcome(Enum):
    REJECTED = auto()


class Met(Enum):
    """What becomes of a way in a file with these columns."""

    THERE = auto()
    LOST = auto()
    PASSED_OVER = auto()
    UNDECIDED = auto()


@dataclass(frozen=True, slots=True)
class Unread:
    """A text with a word that no map has: it rejects its row, unless nothing comes of it."""

    text: str


Said = str | Unread | None
"""What a way says; null where it says nothing, and empty where it says that there is nothing."""


@dataclass(frozen=True, slots=True)
class Naive:
    """Reads the rows of delimited text by a profile; `columns` are those the file has."""

    profile: Profile
    columns: frozenset[str]

    def value(self, row: Row, spec: FactSpec) -> Value | Outcome | None:
        """A fact of a row: null where the row does not say, or what rejects the row."""
        text = self._text(self.profile.facts[spec.name], row, spec.type)
        if isinstance(text, Unread):
            return Outcome.REJECTED
        if text is None or not text.strip():
            return None
        value = parse_fact(text, spec)
        return Outcome.REJECTED if value is None else value

    def _text(self, ways: Sequence[Way], row: Row, type_: ValueType) -> Said:
        """What the first way that says something comes to."""
        there = self.speaking(ways)
        for way in there:
            said = self._said(way, row, is_last=way is there[-1])
            said = None if said is None else self._formed(said, way, row, type_)
            if said is not None:
                return said
        return None

    def undated(self, row: Row, fact: str) -> str | None:
        """The text of a date as the file has it; null where no column of it says anything."""
        ways = self.speaking(self.profile.facts[fact])
        for way in ways:
            if way.value is None and way.words is None:
                said = self._said(way, row, is_last=way is ways[-1])
                if isinstance(said, str) and said:
                    return said
        return None

    def speaking(self, ways: Sequence[Way]) -> list[Way]:
        """The ways that are asked, in order; none where the file has no column for their fact."""
        met = [self._met(way) for way in ways]
        if Met.UNDECIDED in met:
            return []
        there = [way for way, how in zip(ways, met, strict=True) if how is Met.THERE]
        if Met.LOST in met:
            behind = ways[met.index(Met.LOST) :]
            is_guessed = any(way.value is not None for way in there if way in behind)
            if is_guessed or all(way.value is not None for way in there):
                return []
        return there

    def _met(self, way: Way) -> "Met":
        """What a way finds of the columns that it asks for."""
        conditions = [where for where in way.where if where.column not in self.columns]
        if any(where.column not in self.profile.may_be_missing for where in conditions):
            return Met.UNDECIDED
        parts = [self._met(part) for part in way.parts]
        if Met.UNDECIDED in parts:
            return Met.UNDECIDED
        if not all(BLANK in where.values for where in conditions):
            return Met.PASSED_OVER
        needs = [*parts, *(self._met_by(more) for more in (way.currency, way.covers_months))]
        if Met.LOST in needs:
            return Met.LOST
        if way.columns and not any(name in self.columns for name in way.columns):
            is_excused = set(way.columns) <= self.profile.may_be_missing
            return Met.PASSED_OVER if is_excused else Met.LOST
        is_without_months = way.covers_months and not self.speaking(way.covers_months)
        is_passed = Met.PASSED_OVER in parts or is_without_months
        return Met.PASSED_OVER if is_passed else Met.THERE

    def _met_by(self, ways: Sequence[Way]) -> "Met":
        """What the ways to a part of an amount find together."""
        is_asked = bool({Met.LOST, Met.UNDECIDED} & {self._met(way) for way in ways})
        return Met.LOST if is_asked and not self.speaking(ways) else Met.THERE

    def _said(self, way: Way, row: Row, *, is_last: bool) -> Said:
        """The text of one way by its words."""
        if not all(_has(where, row) for where in way.where):
            return None
        said = self._bare(way, row, is_last=is_last)
        if not isinstance(said, str) or way.words is None:
            return said
        if said.lower() in way.words:
            return way.words[said.lower()]
        if isinstance(way.otherwise, str):
            return way.otherwise
        return Unread(said) if is_last and way.otherwise is Unmapped.REJECTED else None

    def _bare(self, way: Way, row: Row, *, is_last: bool) -> Said:
        """The text of one way before its words are asked what it means."""
        if way.value is not None:
            return way.value
        if way.join is None:
            texts = (_stepped(cell_text(row[name]), way) for name in way.columns if name in row)
            return next((text for text in texts if text), None)
        parts = [self._said(part, row, is_last=is_last) for part in way.parts]
        texts_ = [part.text if isinstance(part, Unread) else part for part in parts]
        whole_ = [text for text in texts_ if text]
        if len(whole_) < len(parts):
            return None
        text = _stepped(way.join.join(whole_), way)
        return Unread(text) if text and texts_ != parts else text or None

    def _formed(self, said: str | Unread, way: Way, row: Row, type_: ValueType) -> Said:
        """A text in the form of `lapse`; what a profile writes out is in that form already."""
        if type_ is ValueType.MONEY:
            return self._money(said, way, row)
        if isinstance(said, Unread) or way.value is not None or way.words is not None:
            return said
        match type_:
            case ValueType.DATE:
                return day(said, self.profile.dates)
            case ValueType.INSTANT:
                return instant(said, self.profile.dates)
            case ValueType.MONTHS:
                return months(whole(said, has_comma=self.profile.has_decimal_comma))
            case ValueType.COUNT | ValueType.DAYS:
                return whole(said, has_comma=self.profile.has_decimal_comma)
            case _:
                return said

    def _money(self, said: str | Unread, way: Way, row: Row) -> Said:
        """A share of an amount with its currency; without a number of months, no amount."""
        divisor = 1
        if way.covers_months:
            covered = self._text(way.covers_months, row, ValueType.MONTHS)
            if not isinstance(covered, str) or not re.fullmatch(r"[0-9]{1,3}", covered):
                return None
            divisor = int(covered)
        if not 1 <= divisor <= _MOST_MONTHS:
            return None
        if isinstance(said, Unread):
            return said
        is_written = way.value is not None or way.words is not None
        has_comma = self.profile.has_decimal_comma and not is_written
        found = amount(said, divisor, has_comma=has_comma)
        currency = self._text(way.currency, row, ValueType.TEXT)
        if not found or currency is None:
            return found
        return currency if isinstance(currency, Unread) else f"{found} {currency}"


def cell_text(cell: str) -> str:
    """A cell without spaces around it, and without the guard that keeps Excel from reading it."""
    bare = cell.strip()
    for guard in _GUARDS:
        found = guard.fullmatch(bare)
        if found is not None:
            return found[1].strip()
    return bare


def _stepped(text: str, way: Way) -> str:
    if text.lower() in way.blanks:
        return ""
    if way.after is not None:
        text = text.partition(way.after)[2]
    if way.before is not None:
        text = text.partition(way.before)[0]
    text = text.strip()
    if way.pad and text:
        text = text.rjust(way.pad, "0")
    match way.case:
        case Letters.LOWER:
            return text.lower()
        case Letters.UPPER:
            return text.upper()
        case None:
            return text


def _has(where: Where, row: Row) -> bool:
    text = cell_text(row.get(where.column, "")).lower()
    return any(_is_like(text, value) for value in where.values)


def _is_like(text: str, value: str) -> bool:
    if value == BLANK:
        return not text
    if value == GUID:
        return _GUID.fullmatch(text) is not None
    if value.startswith(ANY):
        return value.strip(ANY) in text
    if value.endswith(ANY):
        return text.startswith(value.removesuffix(ANY))
    return text == value
