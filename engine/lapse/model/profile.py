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
"""In `where`: any GUID, an empty cell, and the mark for "any text" in a pattern."""
CANONICAL = "canonical"
"""In an order and for `--profile`: the name for files that need no profile."""
PAGE = "page"
"""The first part of a JSON path that looks in the page around the rows."""


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
    """What happens when a map does not have a word: the row is rejected, or the fact unknown."""

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
    """A condition: a column has one of these values, in lower case.

    `abc*` is any text that begins so, `*abc*` any that contains it; `guid` and `blank` are forms.
    The place is no part of the condition.
    """

    column: str
    values: tuple[str, ...]
    place: Place | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListSum:
    """The sum of `number` over the items of a JSON list whose `until` is not yet past.

    `number` and `until` are names of members, in upper and lower case as written.
    """

    column: str
    number: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read a fact's text; blank where it says nothing.

    The text is `value`, or `total`, or with `join` all of `parts`, or else the first of `columns`
    that is not blank. Then these apply in this order: `blanks` (in lower case), `after` and
    `before`, `pad`, `case`, `words` (keys in lower case). `value` and the values of `words` and
    `otherwise` are written as `lapse` writes them, not as the file does; an empty one is a blank.
    `currency` and `covers_months` are ways to read the rest of an amount.
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
    """Where the profile defines this way; not compared, so that moving it changes nothing."""


@dataclass(frozen=True, slots=True)
class OneRow:
    """Which of several rows with one key counts: a preferred one first, then the latest."""

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
    """How to read one kind of file; of the ways to a fact, the first that says something counts.

    Without `dates`, the order of day and month is found from a column's cells. `spelling` maps
    columns and words in lower case to their author's spelling.
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
    """The profiles of a run by name; where two files differ, the first profile in `order` is right.

    `order_of` holds the orders of facts that have their own. A profile in no order comes last. The
    fingerprint is the same for the same files, whatever their names.
    """

    profiles: Mapping[str, Profile]
    order: tuple[str, ...] = ()
    order_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fingerprint: str = ""

    def having(self, profile: Profile) -> "ProfileSet":
        """The set with one more profile, which replaces one of the same name."""
        profiles = {**self.profiles, profile.name: profile}
        told = repr(replace(profile, place=Place("", 1)))
        fingerprint = sha256(f"{self.fingerprint} {told}".encode()).hexdigest()
        return replace(self, profiles=profiles, fingerprint=fingerprint)
