"""The columns that a profile asks for, and what its ways say where a file lacks some of them.

1. The columns of one way, and the ways of one fact, are alternatives: one that is there is enough.
2. A `where` asks for each of its columns: without one, nobody knows in which rows its way counts.
3. A value written out answers only where every way before it could be asked.
4. What the profile says may be missing is blank in a `where`; a way that reads it is passed over.

Where these leave a fact without an answer the file has no column for it, and it is unknown. A blank
would be the worse guess: a blank `disputed` means no, and a dispute that has lost its column is not
settled.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lapse.model.place import Place
from lapse.model.profile import BLANK, Profile, Way


@dataclass(frozen=True, slots=True)
class MissingColumns:
    """Columns of which a profile asks for one, and a file has none; where the profile says so."""

    columns: tuple[str, ...]
    place: Place | None


@dataclass(frozen=True, slots=True)
class FileColumns:
    """The columns of a file, and those that its profile says may be missing, in lower case."""

    columns: Container[str]
    may_be_missing: Container[str] = frozenset()

    def speaking(self, ways: Sequence[Way]) -> tuple[Way, ...]:
        """The ways that may say something; none of them where the fact has no column."""
        return () if self.lack(ways) else tuple(way for way in ways if self._speaks(way))

    def lack(self, ways: Sequence[Way]) -> MissingColumns | None:
        """What of these alternatives is asked for in vain; null when nothing is."""
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
        """Whether a way that lacks no condition may say something."""
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
        """Whether the conditions may be true in some row; a column that may be missing is blank."""
        return all(where.column in self.columns or BLANK in where.values for where in way.where)

    def _undecided(self, way: Way) -> MissingColumns | None:
        """A column without which nobody knows where a way counts."""
        for where in way.where:
            if where.column not in self.columns and where.column not in self.may_be_missing:
                return MissingColumns((where.column,), where.place)
        return next(filter(None, map(self._undecided, way.parts)), None)

    def _source_lack(self, way: Way) -> MissingColumns | None:
        """What a way reads that is not there, and should be."""
        if not self._may_hold(way):
            return None
        names = sources_of(way)
        missing = tuple(name for name in names if name not in self.may_be_missing)
        if missing and not any(name in self.columns for name in names):
            # one that may be missing says that the file has it in another way
            return MissingColumns(names, way.place)
        of_parts = (self._source_lack(part) for part in way.parts)
        of_money = (self.lack(ways) for ways in (way.currency, way.covers_months) if ways)
        return next(filter(None, (*of_parts, *of_money)), None)


def sources_of(way: Way) -> tuple[str, ...]:
    """The columns of which a way reads the first that is not blank, or its list."""
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
    """A column lost that says which of several rows counts, or when one does."""
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
    """Every column that a profile reads; those that hold a list are in `lists_read`, too."""
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
    """The columns of a file that a fact is read from, the first one first."""
    named = (name for way in _every(profile.facts[fact]) for name in sources_of(way))
    return tuple(name for name in dict.fromkeys(named) if name in columns)


def _every(ways: Sequence[Way]) -> list[Way]:
    return [
        part
        for way in ways
        for part in (way, *_every((*way.parts, *way.currency, *way.covers_months)))
    ]
