"""One subscription as the exports of a run tell it, and what putting several together came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lapse.model.facts import Value
from lapse.model.invoices import Ledger
from lapse.model.money import Money


@dataclass(frozen=True, slots=True)
class Record:
    """Facts by name: null is a blank cell, a fact without a column is no key.

    `assumed` is what the profiles of its exports say of facts without a column. Without a ledger
    no invoices were given, and the facts about debt are what columns say.
    """

    facts: Mapping[str, Value | None]
    assumed: Mapping[str, Value] = field(default_factory=dict)
    ledger: Ledger | None = None


@dataclass(frozen=True, slots=True)
class InputRead:
    """One file: how it was read, its data rows, and how many of them were rejected."""

    name: str
    profile: str
    gives: str
    rows: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Subscriptions for which two exports give different values; `first` names whose counts."""

    fact: str
    subscriptions: int
    example: str
    first: str


@dataclass(frozen=True, slots=True)
class OnlyIn:
    """Subscriptions that only one export has; or, `is_missing`, that a list says nothing of."""

    input: str
    subscriptions: int
    examples: tuple[str, ...]
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Rows, of what is given, that name nobody in the exports."""

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
    """How rows contradict the exports, or each other: what they say is then not known."""

    OTHER_CUSTOMER = "other-customer"
    ALIKE = "alike"
    OTHER_LETTERS = "other-letters"
    NAMELESS = "nameless"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Rows, of what is given, that contradict something; the example is an id in one of them."""

    gives: str
    kind: str
    rows: int
    example: str


@dataclass(frozen=True, slots=True)
class UnplacedHolds:
    """Holds that may be anybody's; some of their ids, and the options that say they are nobody's.

    `input` is one of the files that they stand in.
    """

    rows: int
    ids: tuple[str, ...]
    ignore: tuple[str, ...]
    input: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a profile says of a fact for which its file has no column."""

    fact: str
    value: str
    profile: str


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Why no input tells a fact, in words for people."""

    fact: str
    why: str


@dataclass(frozen=True, slots=True)
class Joining:
    """What putting exports together came to."""

    inputs: tuple[InputRead, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    only_in: tuple[OnlyIn, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    cannot_tell: tuple[CannotTell, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    unplaced_holds: tuple[UnplacedHolds, ...] = ()
    """One where there is any."""


@dataclass(frozen=True, slots=True)
class Part:
    """So many rows out of those of their kind."""

    rows: int
    of: int


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run's inputs come to in numbers, by which those of the next are guarded.

    `markets` counts rows about subscriptions, rejected or not; `holds` those that end on a day, by
    its ISO form, blank where the end is not known. Null for invoices or holds: none were given.
    `rejected` and `unmatched` go by what the rows are about. `digest` is of the exports and
    invoices byte for byte, whatever their names and order.
    """

    subscriptions: int
    markets: Mapping[str, int]
    invoices: int | None
    holds: Mapping[str, int] | None
    rejected: Mapping[str, Part]
    unmatched: Mapping[str, Part]
    digest: str

    def holds_on(self, day: date) -> int | None:
        """Holds that are not over on a day."""
        if self.holds is None:
            return None
        return sum(n for last, n in self.holds.items() if not last or last >= day.isoformat())
