"""How one input is read: by which profile, and what its columns give."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lapse.inputs.files import refusal
from lapse.inputs.profiles.lost import HOW_TO_TEACH, ProfileAsks, help_for, near_misses
from lapse.model.asked import columns_of_fact, columns_read, given, lists_read
from lapse.model.kinds import Table
from lapse.model.place import Problem
from lapse.model.profile import CANONICAL, DateForm, Profile

if TYPE_CHECKING:
    from sqlglot import exp

    from lapse.inputs.number_forms import Decimals
    from lapse.inputs.profiles.to_sql import Cell
    from lapse.model.days import AsOf
    from lapse.sql.steps import Steps

PAGE_KEYS = ("items", "value")
"""The keys under which pages of JSON keep their rows, where no profile says so."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of table and the profile it is read by; without one, columns carry fact names.

    `forms` has the date forms of facts where the cells decide and the profile names none.
    """

    table: Table
    profile: Profile | None = None
    forms: Mapping[str, tuple[DateForm, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return CANONICAL if self.profile is None else self.profile.name

    @property
    def key(self) -> str | None:
        """The fact that is unique in an export; null where several rows may share it."""
        return None if self.has_several_rows else self.table.key

    @property
    def has_several_rows(self) -> bool:
        """Whether several rows may have one key, so that a profile chooses between them."""
        return self.profile is not None and self.profile.one_row is not None

    def wanted(self) -> frozenset[str]:
        """The columns to read, in lower case; in JSON, paths."""
        if self.profile is None:
            return frozenset(name.lower() for name in self.table.columns)
        return columns_read(self.profile)

    @property
    def rows(self) -> tuple[str, ...]:
        """The keys under which a JSON page keeps its rows."""
        return PAGE_KEYS if self.profile is None else self.profile.rows

    def about(self, names: Collection[str]) -> tuple[str, ...]:
        """The columns, of those given, that a row needs."""
        facts = (*self.table.needed, *self.table.owners)
        if self.profile is None:
            return tuple(name for name in names if name in facts)
        given = {name: name for name in names}
        ways = [fact for fact in facts if fact in self.profile.facts]
        return tuple(name for fact in ways for name in columns_of_fact(self.profile, fact, given))

    def lists(self) -> frozenset[str]:
        """The wanted columns that hold lists."""
        if self.profile is None:
            return frozenset()
        return lists_read(self.profile)

    def cells(
        self, columns: Mapping[str, "exp.Expr"], decimals: "Decimals", as_of: "AsOf", steps: "Steps"
    ) -> dict[str, "Cell"]:
        """The text of each fact that these columns give, in the order of the columns."""
        from lapse.inputs.profiles.to_sql import Cell, Lowering  # noqa: PLC0415

        if self.profile is not None:
            lowering = Lowering(self.profile, columns, decimals, as_of, steps, self.forms)
            return lowering.cells(self.table.columns)
        facts = {name.lower(): name for name in self.table.columns}
        return {facts[name]: Cell(cell) for name, cell in columns.items()}

    def column_of(self, fact: str, spelled: Mapping[str, str]) -> str:
        """The column that a fact is read from, as it is spelled in the file."""
        if self.profile is None:
            return fact
        names = columns_of_fact(self.profile, fact, spelled)
        return spelled[names[0]] if names else fact


@dataclass(frozen=True, slots=True)
class Names:
    """The columns of a file as spelled there, by their lower case; in JSON, those wanted."""

    spelled: Mapping[str, str]
    others: tuple[str, ...] = ()
    """Columns that are not read."""


def names_read(names: Iterable[str], shape: Shape, file: str) -> Names:
    """The columns of a table that are read; `InputError` when one of them occurs twice."""
    wanted = shape.wanted()
    spelled: dict[str, str] = {}
    others: list[str] = []
    for name in names:
        lower = name.lower()
        if lower not in wanted:
            others += [name] if name else []
        elif lower in spelled:
            raise refusal("same-column-twice", f"has two columns `{spelled[lower]}`", file)
        else:
            spelled[lower] = name
    columns = Names(spelled, tuple(others))
    require_keys(columns, shape, file)
    return columns


def require_keys(names: Names, shape: Shape, file: str) -> None:
    """Refuses a file without the columns that its rows need."""
    if shape.profile is not None:
        ProfileAsks(shape.profile, names.spelled, names.others, file).refuse_lost(shape.table)
    needed = [fact for fact in shape.table.needed if not _is_given(fact, names, shape)]
    if needed:
        help_ = help_for(needed[0], names.others, HOW_TO_TEACH)
        raise refusal("missing-column", f"has no column `{needed[0]}`", file, help_=help_)
    owners = shape.table.owners
    if owners and not any(_is_given(fact, names, shape) for fact in owners):
        either = " or ".join(f"`{fact}`" for fact in owners)
        help_ = help_for(owners[0], names.others, HOW_TO_TEACH)
        raise refusal("missing-column", f"has no column {either}", file, help_=help_)


def _is_given(fact: str, names: Names, shape: Shape) -> bool:
    if shape.profile is None:
        return fact.lower() in names.spelled
    ways = shape.profile.facts.get(fact, ())
    return bool(given(shape.profile, names.spelled).speaking(ways))


def column_problems(names: Names, shape: Shape, file: str) -> list[Problem]:
    """Warnings about facts whose columns are lost, or ignored columns that are nearly facts."""
    if shape.profile is not None:
        return list(ProfileAsks(shape.profile, names.spelled, names.others, file).warnings())
    free = [name for name in shape.table.columns if name.lower() not in names.spelled]
    return list(near_misses(free, names.others, file))
