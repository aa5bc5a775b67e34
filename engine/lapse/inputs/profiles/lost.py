"""Messages about a column that a file lacks: where it is asked for, and which one may be meant.

For a profile they have its line and its author's words. A file without a profile asks for no
column, so they name its columns that are nearly facts.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from lapse.inputs.files import InputError
from lapse.inputs.plain_copy import DAMAGED
from lapse.model.asked import MissingColumns, facts_lost, order_lost
from lapse.model.kinds import Table
from lapse.model.place import Place, Problem, Severity
from lapse.model.profile import Profile

SAME = 0.8
"""How alike a column and a fact must be to be taken for each other, from 0 to 1."""
NEAR = 0.6
"""How alike two names must be for one to be suggested for the other, from 0 to 1."""
LEAST_WITHIN = 3
"""The fewest letters of a name that count when found within another, as `Abo` in `AboNr`."""
MOST_NAMED = 3
MOST_LISTED = 12
"""The most columns that are listed when none is near."""
HOW_TO_TEACH = (
    "`lapse profiles` lists what is recognised; for other files write a profile, "
    "which says what their columns mean: see `profiles/README.md` of your policies"
)
NOT_UTF_8 = "the file is not UTF-8, so its header is damaged: save it as UTF-8"
_WORDS = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]*|[^\W\d_]+")


def nearest(name: str, columns: Iterable[str]) -> tuple[str, ...]:
    """The columns that may be meant by a name, the nearest first."""
    by_lower = {column.lower(): column for column in columns}
    bare = name.lower()
    alike = get_close_matches(bare, by_lower, MOST_NAMED, NEAR)
    within = [
        other
        for other in by_lower
        if min(len(other), len(bare)) >= LEAST_WITHIN and (other in bare or bare in other)
    ]
    return tuple(by_lower[other] for other in dict.fromkeys((*alike, *within)))[:MOST_NAMED]


def words_of(name: str) -> frozenset[str]:
    """The words of a name in lower case: `open_balance`, `OpenBalance` and `Open balance` alike."""
    return frozenset(word.lower() for word in _WORDS.findall(name))


def help_for(name: str, columns: Sequence[str], more: str | None = None) -> str | None:
    """The help on a column that a file lacks: the columns that may be meant."""
    near = nearest(name, columns)
    said = [f"did you mean {' or '.join(_listed(near))}?"] if near else []
    if not (near or more) and 0 < len(columns) <= MOST_LISTED:
        said.append(f"columns that nobody reads: {', '.join(_listed(columns))}")
    if any(DAMAGED in column for column in columns):
        said.append(NOT_UTF_8)
    said += [more] if more else []
    return "; ".join(said).replace("?; ", "? ") or None


@dataclass(frozen=True, slots=True)
class ProfileAsks:
    """What a profile asks of a file with `columns`, in lower case; `others` are not read."""

    profile: Profile
    columns: Container[str]
    others: Sequence[str]
    file: str

    def refuse_lost(self, table: Table) -> None:
        """Refuses a file without the columns that identify its rows or choose between them."""
        lost = dict(facts_lost(self.profile, self.columns))
        needed = dict.fromkeys((*table.needed, *table.identifying))
        problems = [self._refused(lost[fact], f"reads `{fact}`") for fact in needed if fact in lost]
        order = order_lost(self.profile, self.columns)
        if order is not None:
            problems.append(self._refused(order, "tells which of several rows counts"))
        if problems:
            raise InputError(problems)

    def warnings(self) -> Iterator[Problem]:
        """A warning for each fact that is not known because its columns are not there."""
        for fact, lack in facts_lost(self.profile, self.columns):
            problem = self._refused(lack, f"reads `{fact}`")
            may_be_missing = ", ".join(self._names(lack))
            yield replace(
                problem,
                message=f"{problem.message}: it is not known",
                help=self._help(
                    lack, f"if it may be missing, write `may_be_missing: [{may_be_missing}]`"
                ),
                severity=Severity.WARNING,
            )

    def _names(self, lack: MissingColumns) -> list[str]:
        return [self.profile.spelling.get(column, column) for column in lack.columns]

    def _refused(self, lack: MissingColumns, use: str) -> Problem:
        listed = _listed(self._names(lack))
        what = f"no column {listed[0]}" if len(listed) == 1 else f"none of {', '.join(listed)}"
        message = f"has {what}, from which the profile `{self.profile.name}` {use}"
        place = Place(self.file, 1)
        return Problem("missing-column", message, place, self._help(lack), also=lack.place)

    def _help(self, lack: MissingColumns, more: str | None = None) -> str | None:
        return help_for(self._names(lack)[0], self.others, more)


def no_form(column: str, profile: Profile, file: str) -> Problem:
    """The problem of a column of dates in which no cell shows the order of day and month."""
    message = f"no cell of the column `{column}` shows whether the day or the month comes first"
    help_ = "say it in the profile: `dates: [day/month/year]` or `dates: [month/day/year]`"
    return Problem("dates-in-no-form", message, Place(file, 1), help_, also=profile.place)


def _listed(names: Iterable[str]) -> list[str]:
    return [f"`{name}`" for name in names]


def near_misses(free: Sequence[str], columns: Iterable[str], file: str) -> Iterator[Problem]:
    """A warning for each ignored column that is nearly a fact without a column."""
    for name in columns:
        alike = get_close_matches(name.lower(), free, 1, SAME)
        alike += [fact for fact in free if words_of(fact) <= words_of(name)]
        if alike:
            message = f"the column `{name}` is no fact and is ignored"
            help_ = f"did you mean `{alike[0]}`? name it so, or map it in a profile"
            yield Problem("unknown-column", message, Place(file, 1), help_, Severity.WARNING)
