"""One subscription as the exports of a run have it, and the findings of joining the exports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lapse.model.facts import Value
from lapse.model.invoices import Ledger
from lapse.model.money import Money


@dataclass(frozen=True, slots=True)
class Record:
    """Facts by name: null is a blank cell; a fact without a column has no entry.

    `assumed` has the values that the profiles of its exports state for facts without a column. A
    null ledger means that no invoices were given: columns then say what is owed.
    """

    facts: Mapping[str, Value | None]
    assumed: Mapping[str, Value] = field(default_factory=dict)
    ledger: Ledger | None = None


@dataclass(frozen=True, slots=True)
class InputRead:
    """One input file: its profile, what it gives, its data rows, and how many were rejected."""

    name: str
    profile: str
    gives: str
    rows: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Subscriptions for which two exports give different values; the value of `first` counts."""

    fact: str
    subscriptions: int
    example: str
    first: str


@dataclass(frozen=True, slots=True)
class OnlyIn:
    """Subscriptions that only `input` has; with `is_missing`, those that a lookup `input` lacks."""

    input: str
    subscriptions: int
    examples: tuple[str, ...]
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Rows of one kind of input (`gives`) that name nobody in the exports."""

    gives: str
    rows: int


@dataclass(frozen=True, slots=True)
class Stray:
    """One row that names nobody; `near` is an id that differs from its own in case or blanks."""

    input: str
    row: int
    gives: str
    subscription_id: str | None
    customer_id: str | None
    invoice_id: str | None
    day: date | None
    balance: Money | None
    near: str | None


class DoubtKind(StrEnum):
    """How rows contradict the exports or each other; what they say is then not known."""

    OTHER_CUSTOMER = "other-customer"
    ALIKE = "alike"
    OTHER_LETTERS = "other-letters"
    NAMELESS = "nameless"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Rows of one kind of input that contradict something; `example` is an id from one of them."""

    gives: str
    kind: str
    rows: int
    example: str


@dataclass(frozen=True, slots=True)
class UnplacedHolds:
    """Holds that may be anybody's.

    `ids` are some of their ids, `ignore` the options that declare them nobody's, and `input` one of
    the files that they are in.
    """

    rows: int
    ids: tuple[str, ...]
    ignore: tuple[str, ...]
    input: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """The value that a profile states for a fact for which its file has no column."""

    fact: str
    value: str
    profile: str


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Why no input has a fact, in words for people."""

    fact: str
    why: str


@dataclass(frozen=True, slots=True)
class Joining:
    """What was found while the exports were joined."""

    inputs: tuple[InputRead, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    only_in: tuple[OnlyIn, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    cannot_tell: tuple[CannotTell, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    unplaced_holds: tuple[UnplacedHolds, ...] = ()
    """At most one."""


@dataclass(frozen=True, slots=True)
class Part:
    """A number of rows, and the number of all rows of their kind."""

    rows: int
    of: int


@dataclass(frozen=True, slots=True)
class Intake:
    """A run's inputs in numbers; the guards compare the next run's with them.

    `markets` counts rows about subscriptions by market, rejected or not. `holds` counts holds by
    their last day in ISO form, blank where it is not known. Invoices or holds are null when none
    were given. `rejected` and `unmatched` are by what the rows are about. `digest` is computed from
    the bytes of exports and invoices, whatever their names and order.
    """

    subscriptions: int
    markets: Mapping[str, int]
    invoices: int | None
    holds: Mapping[str, int] | None
    rejected: Mapping[str, Part]
    unmatched: Mapping[str, Part]
    digest: str

    def holds_on(self, day: date) -> int | None:
        """The number of holds that are not over on a day; null when no holds were given."""
        if self.holds is None:
            return None
        return sum(n for last, n in self.holds.items() if not last or last >= day.isoformat())
