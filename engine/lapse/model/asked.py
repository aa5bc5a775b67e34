"""The columns that a profile asks for, and what its ways give where a file lacks some of them.

1. The columns of one way, and the ways of one fact, are alternatives: one present is enough.
2. A `where` needs each of its columns: without one, it is not known in which rows its way counts.
3. A `value` counts only where every way before it had its columns.
4. A column that may be missing is blank in a `where`; a way that reads it is passed over.

A fact that has no answer by these rules has no column in the file, and is unknown. To take it as
blank would be a worse guess: a blank `disputed` means no, but a dispute is not settled because its
column was lost.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lapse.model.place import Place
from lapse.model.profile import BLANK, Profile, Way


@dataclass(frozen=True, slots=True)
class MissingColumns:
    """Columns of which a file should have one and has none; `place` is where the profile asks."""

    columns: tuple[str, ...]
    place: Place | None


@dataclass(frozen=True, slots=True)
class FileColumns:
    """The columns of a file and those that its profile allows to be missing, all in lower case."""

    columns: Container[str]
    may_be_missing: Container[str] = frozenset()

    def speaking(self, ways: Sequence[Way]) -> tuple[Way, ...]:
        """The ways that can give a value; none where the file has no column for the fact."""
        return () if self.lack(ways) else tuple(way for way in ways if self._speaks(way))

    def lack(self, ways: Sequence[Way]) -> MissingColumns | None:
        """The columns that these alternatives ask for and the file lacks; null when none are."""
        for way in ways:
            undecided = self._undecided(way)
            if undecided is not None:
                return undecided
        lacks = [self._source_lack(way) for way in ways]
        lost = next((place for place, lack in enumerate(lacks) if lack), None)
        if lost is None:
            return None
        speaking = [self._speaks(way) for way in ways]
        is_read = any(one and way.value is None for one, way in zip(speaking, ways, strict=True))
        is_guessed = any(
            one and way.value is not None
            for one, way in zip(speaking[lost:], ways[lost:], strict=True)
        )
        return None if is_read and not is_guessed else lacks[lost]

    def _speaks(self, way: Way) -> bool:
        """Whether a way can give a value, if all columns of its conditions are there."""
        if not self._may_hold(way):
            return False
        for extra in (way.currency, way.covers_months):
            if extra and self.lack(extra):
                return False
        if way.covers_months and not self.speaking(way.covers_months):
            return False
        if way.value is not None:
            return True
        if way.join is not None:
            return all(self._speaks(part) for part in way.parts)
        return any(name in self.columns for name in sources_of(way))

    def _may_hold(self, way: Way) -> bool:
        """Whether the conditions can be true in some row; a missing column counts as blank."""
        return all(where.column in self.columns or BLANK in where.values for where in way.where)

    def _undecided(self, way: Way) -> MissingColumns | None:
        """A missing column without which it is not known in which rows a way counts."""
        for where in way.where:
            if where.column not in self.columns and where.column not in self.may_be_missing:
                return MissingColumns((where.column,), where.place)
        return next(filter(None, map(self._undecided, way.parts)), None)

    def _source_lack(self, way: Way) -> MissingColumns | None:
        """The columns that a way reads and the file should have, but lacks; null when none."""
        if not self._may_hold(way):
            return None
        names = sources_of(way)
        missing = tuple(name for name in names if name not in self.may_be_missing)
        if missing and not any(name in self.columns for name in names):
            # a column may be missing because the file has the fact in another way
            return MissingColumns(names, way.place)
        of_parts = (self._source_lack(part) for part in way.parts)
        of_money = (self.lack(ways) for ways in (way.currency, way.covers_months) if ways)
        return next(filter(None, (*of_parts, *of_money)), None)


def sources_of(way: Way) -> tuple[str, ...]:
    """The columns that a way reads: those of which the first not blank counts, or its list."""
    return way.columns if way.total is None else (way.total.column,)


def given(profile: Profile, columns: Container[str]) -> FileColumns:
    return FileColumns(columns, profile.may_be_missing)


def facts_lost(profile: Profile, columns: Container[str]) -> Iterator[tuple[str, MissingColumns]]:
    """Each fact for which a file has no column although the profile asks for some."""
    there = given(profile, columns)
    for fact, ways in profile.facts.items():
        lack = there.lack(ways)
        if lack is not None:
            yield fact, lack


def order_lost(profile: Profile, columns: Container[str]) -> MissingColumns | None:
    """A missing column that decides which of several rows counts, or on which days one counts."""
    there = given(profile, columns)
    if profile.one_row is not None:
        undecided = there.lack((Way(value="", where=profile.one_row.prefer),))
        if undecided is not None:
            return undecided
    order = [(each.latest, each.place) for each in (profile.one_row,) if each]
    for each in (profile.in_force,) if profile.in_force else ():
        order += [(each.first, each.place), (each.last, each.place)]
    ways = [Way((name,), place=place) for name, place in order if name]
    return next(filter(None, (there.lack((way,)) for way in ways)), None)


def columns_read(profile: Profile) -> frozenset[str]:
    """Every column that a profile reads; those with a list are also in `lists_read`."""
    ways = [way for each in profile.facts.values() for way in _every(each)]
    named = {name for way in ways for name in sources_of(way)}
    named |= {where.column for way in ways for where in way.where}
    if profile.one_row is not None:
        named |= {where.column for where in profile.one_row.prefer}
        named |= {profile.one_row.latest or ""}
    if profile.in_force is not None:
        named |= {profile.in_force.first, profile.in_force.last or ""}
    return frozenset(named - {""})


def lists_read(profile: Profile) -> frozenset[str]:
    """The columns that hold a JSON list to be summed."""
    ways = [way for each in profile.facts.values() for way in _every(each)]
    return frozenset(way.total.column for way in ways if way.total is not None)


def columns_of_fact(profile: Profile, fact: str, columns: Mapping[str, object]) -> tuple[str, ...]:
    """The columns of a file that a fact is read from, in the order in which they are tried."""
    named = (name for way in _every(profile.facts[fact]) for name in sources_of(way))
    return tuple(name for name in dict.fromkeys(named) if name in columns)


def _every(ways: Sequence[Way]) -> list[Way]:
    return [
        part
        for way in ways
        for part in (way, *_every((*way.parts, *way.currency, *way.covers_months)))
    ]
