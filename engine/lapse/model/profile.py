"""An export profile: how the columns of a vendor's file give facts, as checked when loaded.

Everything here is trusted: `profiles` is the gate, and no invalid profile gets past it.
A column is named in lower case without spaces around; in JSON it is a path with dots.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from hashlib import sha256

from lapse.model.facts import Value
from lapse.model.place import Place

GUID, BLANK, ANY = "guid", "blank", "*"
"""In `where`: the form of a GUID, an empty cell, and what a beginning ends with."""
CANONICAL = "canonical"
"""In an order and for `--profile`: files that need no profile."""
PAGE = "page"
"""The first part of a path that looks in the page around the rows."""


class Gives(StrEnum):
    """What a row of a file is about."""

    SUBSCRIPTIONS = "subscriptions"
    CUSTOMERS = "customers"
    OFFERS = "offers"
    PRICES = "prices"
    INVOICES = "invoices"
    HOLDS = "holds"


class Letters(StrEnum):
    LOWER = "lower"
    UPPER = "upper"


class Unmapped(Enum):
    """What becomes of a word that a map does not have: the row, or the fact."""

    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DateForm:
    """The order of `year`, `month` and `day`, and the mark between them."""

    order: tuple[str, str, str]
    mark: str


ISO_DATES = (DateForm(("year", "month", "day"), "-"),)


@dataclass(frozen=True, slots=True)
class Where:
    """That a column has one of these values, in lower case.

    A value that ends with `*` is a beginning, and between two of them a part; `guid` and `blank`
    are forms. The place is no part of what is asked.
    """

    column: str
    values: tuple[str, ...]
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListSum:
    """The sum of `number` over the items of a JSON list, those whose `until` is not yet past.

    The names of `number` and `until` are as written.
    """

    column: str
    number: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a fact's text; blank where it says nothing.

    Either `value`, or `total`, or with `join` all of `parts`, or the first of `columns` that is not
    blank. Then in this order: `blanks` (in lower case), `after` and `before`, `pad`, `case`,
    `words` (keys in lower case). `value` and what `words` and `otherwise` come to are in the forms
    of `lapse`, not in those of the file, and an empty one is a blank. `currency` and
    `covers_months` are ways to the rest of an amount.
    """

    columns: tuple[str, ...] = ()
    value: str | None = None
    total: ListSum | None = None
    where: tuple[Where, ...] = ()
    blanks: frozenset[str] = frozenset()
    after: str | None = None
    before: str | None = None
    pad: int = 0
    case: Letters | None = None
    join: str | None = None
    parts: tuple["Way", ...] = ()
    words: Mapping[str, str] | None = None
    otherwise: str | Unmapped = Unmapped.REJECTED
    currency: tuple["Way", ...] = ()
    covers_months: tuple["Way", ...] = ()
    place: Place | None = field(default=None, compare=False, repr=False)
    """Where the profile says so; no part of what it says, which moving it does not change."""


@dataclass(frozen=True, slots=True)
class OneRow:
    """Which row counts of several with one key: one that is preferred, then the latest."""

    prefer: tuple[Where, ...] = ()
    latest: str | None = None
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ValidDays:
    """The columns that say from when and until when a row counts."""

    first: str
    last: str | None = None
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of file; of the ways to a fact the first that says something counts.

    Without `dates` the cells of a column say which of their numbers is the day. `spelling` holds
    columns and words as their author wrote them, by their lower case.
    """

    name: str
    place: Place
    about: str
    source: str
    gives: Gives = Gives.SUBSCRIPTIONS
    recognised_by: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    dates: tuple[DateForm, ...] = ()
    has_decimal_comma: bool = False
    facts: Mapping[str, tuple[Way, ...]] = field(default_factory=dict)
    assumed: Mapping[str, Value] = field(default_factory=dict)
    cannot_know: Mapping[str, str] = field(default_factory=dict)
    one_row: OneRow | None = None
    in_force: ValidDays | None = None
    may_be_missing: frozenset[str] = frozenset()
    spelling: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProfileSet:
    """The profiles of a run by name, and which is right where two differ: the first named.

    `order_of` holds the facts that have an order of their own. A profile in no order comes last.
    The fingerprint is the same for the same files, whatever their names.
    """

    profiles: Mapping[str, Profile]
    order: tuple[str, ...] = ()
    order_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fingerprint: str = ""

    def having(self, profile: Profile) -> "ProfileSet":
        """The set with one more profile, or another in its place."""
        profiles = {**self.profiles, profile.name: profile}
        told = repr(replace(profile, place=Place("", 1)))
        fingerprint = sha256(f"{self.fingerprint} {told}".encode()).hexdigest()
        return replace(self, profiles=profiles, fingerprint=fingerprint)
