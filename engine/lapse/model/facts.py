"""What can be known about a subscription: the built-in facts, their types, and the counters.

Three things are always distinct: a known value, `ABSENT` (known not to be there) and `UNKNOWN`.
What a blank cell means is a property of each fact.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum, auto

from lapse.model.days import is_never, parse_date, parse_instant
from lapse.model.money import Money, MoneyTable, parse_money


class Missing(Enum):
    ABSENT = "none"
    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return self.name


ABSENT = Missing.ABSENT
UNKNOWN = Missing.UNKNOWN

Known = str | int | bool | date | datetime | Money | MoneyTable | tuple[int, ...]
Value = Known | Missing


class ValueType(StrEnum):
    """The types that facts and terms are declared with; a type of number includes its unit."""

    TEXT = "text"
    CHOICE = "choice"
    FLAG = "flag"
    COUNT = "count"
    DAYS = "days"
    MONTHS = "months"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    DAYS_LIST = "days list"

    @property
    def is_number(self) -> bool:
        return self in {ValueType.COUNT, ValueType.DAYS, ValueType.MONTHS}

    @property
    def is_ordered(self) -> bool:
        return self.is_number or self in {ValueType.MONEY, ValueType.DATE, ValueType.INSTANT}


class BlankRule(Enum):
    """What a blank means where it is no fixed value: the row is rejected, or the status decides."""

    REJECTED = auto()
    BY_STATUS = auto()
    UNLESS_ACTIVE = auto()


Blank = Value | BlankRule


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact of the catalogue; `blank` is what an empty cell means.

    With `BlankRule.BY_STATUS`, a blank is unknown while the status is `status` or unknown, and
    absent otherwise; with `UNLESS_ACTIVE`, absent only while it is active. `never` is what a date
    of the year 9999 means. `pattern` is the form a text must have after upper-casing.
    """

    name: str
    type: ValueType
    blank: Blank = UNKNOWN
    choices: tuple[str, ...] = ()
    status: str | None = None
    pattern: str | None = None
    never: Missing = ABSENT
    is_testable: bool = True
    about: str = ""


class Clock(Enum):
    MARKET = auto()
    PROVIDER = auto()


@dataclass(frozen=True, slots=True)
class Counter:
    """Whole days between a date fact and the day judged; `sign` 1 counts since it, -1 until it."""

    name: str
    of: str
    sign: int
    clock: Clock = Clock.MARKET


ACTIVE = "active"
# Partner Center's (developer/subscription-resources.md); `cancelled` is its lifecycle page's.
STATUSES = (ACTIVE, "suspended", "expired", "disabled", "cancelled", "deleted", "pending")
PROGRAMS = ("legacy", "nce", "azure", "other")
CYCLES = ("monthly", "annual", "triennial", "none")
CAUSES = ("debt", "customer", "fraud", "provider")
STATUS, UNBROKEN = "status", "unbroken_since"
REQUESTS = ("reduce_seats", "add_seats", "cancel", "change_term", "reactivate")

_T = ValueType
BUILT_IN: tuple[FactSpec, ...] = (
    FactSpec("subscription_id", _T.TEXT, BlankRule.REJECTED),
    FactSpec("customer_id", _T.TEXT),
    FactSpec("customer_name", _T.TEXT, is_testable=False),
    FactSpec("product", _T.TEXT),
    FactSpec("product_name", _T.TEXT, is_testable=False),
    FactSpec("segment", _T.TEXT),
    FactSpec("market", _T.TEXT, pattern="[A-Z]{2}", about="ISO 3166-1 alpha-2"),
    FactSpec("program", _T.CHOICE, choices=PROGRAMS),
    FactSpec("status", _T.CHOICE, choices=STATUSES),
    FactSpec("seats", _T.COUNT),
    FactSpec("min_seats", _T.COUNT),
    FactSpec("max_seats", _T.COUNT),
    FactSpec("seats_removable", _T.COUNT, about="still inside their own cancellation window"),
    FactSpec("unit_price", _T.MONEY, about="per seat and month"),
    FactSpec("next_unit_price", _T.MONEY, about="per seat and month of the term after this one"),
    FactSpec("currency", _T.TEXT, pattern="[A-Z]{3}", about="ISO 4217"),
    FactSpec("billing_cycle", _T.CHOICE, choices=CYCLES),
    FactSpec("commitment_months", _T.MONTHS),
    FactSpec("term_start", _T.DATE, about="provider's day"),
    FactSpec("term_end", _T.DATE, about="provider's day, the whole of it included"),
    FactSpec("auto_renew", _T.FLAG),
    FactSpec("trial", _T.FLAG, blank=False),
    FactSpec("extended", _T.FLAG, blank=False, about="goes on month by month past its term"),
    FactSpec("disputed", _T.FLAG, blank=False),
    FactSpec("at_term_end", _T.CHOICE, ABSENT, choices=("renew", "extend", "cancel")),
    FactSpec("purchased_on", _T.DATE, about="provider's day"),
    # Microsoft's subscriptions have no such date: while suspended, a blank is unknown, not absent.
    FactSpec("suspended_on", _T.DATE, BlankRule.BY_STATUS, status="suspended"),
    FactSpec("cancelled_on", _T.DATE, BlankRule.BY_STATUS, status="cancelled"),
    FactSpec("deleted_on", _T.DATE, BlankRule.BY_STATUS, status="deleted"),
    FactSpec("unbroken_since", _T.DATE, BlankRule.UNLESS_ACTIVE, about="seen without a break"),
    FactSpec("suspended_for", _T.CHOICE, BlankRule.BY_STATUS, CAUSES, "suspended"),
    FactSpec("suspension_reasons", _T.TEXT, ABSENT, is_testable=False, about="provider's words"),
    # Null means that it cannot be cancelled (learn.microsoft.com: CancellationAllowedUntilDate).
    FactSpec("cancellable_until", _T.INSTANT, ABSENT),
    FactSpec("past_due_since", _T.DATE, ABSENT, about="due date of the earliest debt"),
    FactSpec("debt", _T.MONEY, Money(parse_money("0").amount)),  # type: ignore[union-attr]
    FactSpec("unpaid_invoices", _T.COUNT, 0),
    FactSpec("next_due_on", _T.DATE, ABSENT, about="due date of the earliest bill not past due"),
    FactSpec("next_due", _T.MONEY, Money(parse_money("0").amount)),  # type: ignore[union-attr]
    FactSpec("hold_until", _T.DATE, ABSENT, never=UNKNOWN, about="without an end it holds, too"),
    FactSpec("request", _T.CHOICE, ABSENT, choices=REQUESTS),
    FactSpec("requested_on", _T.DATE, ABSENT),
    FactSpec("requested_seats", _T.COUNT, ABSENT),
    FactSpec("requested_months", _T.MONTHS, ABSENT),
)

BUILT_IN_COUNTERS: tuple[Counter, ...] = (
    Counter("days_past_due", "past_due_since", 1),
    Counter("days_until_next_due", "next_due_on", -1),
    Counter("days_suspended", "suspended_on", 1),
    Counter("days_cancelled", "cancelled_on", 1),
    Counter("days_unbroken", "unbroken_since", 1),
    Counter("days_since_purchase", "purchased_on", 1, Clock.PROVIDER),
    Counter("days_since_term_start", "term_start", 1, Clock.PROVIDER),
    Counter("days_since_term_end", "term_end", 1, Clock.PROVIDER),
    Counter("days_until_term_end", "term_end", -1, Clock.PROVIDER),
    Counter("days_until_hold_ends", "hold_until", -1),
    Counter("days_until_cancellation_closes", "cancellable_until", -1, Clock.PROVIDER),
)

DERIVED: Mapping[str, ValueType] = {
    "region": _T.TEXT,
    "cancellation_open": _T.FLAG,
    "seats_floor": _T.COUNT,
    "monthly_amount": _T.MONEY,
    "next_monthly_amount": _T.MONEY,
    "commitment_left": _T.MONEY,
}
"""Facts that no column gives; `subscription.py` computes them."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every name that a condition may use for something known about a subscription."""

    facts: Mapping[str, FactSpec]
    counters: Mapping[str, Counter]
    region_of: Mapping[str, str]
    """The region of each market that is in one."""

    def type_of(self, name: str) -> ValueType | None:
        """The declared type of a fact, derived fact or counter; null when there is none."""
        if name in self.facts:
            return self.facts[name].type
        if name in self.counters:
            return ValueType.DAYS
        return DERIVED.get(name)


def vocabulary(
    custom: tuple[FactSpec, ...] = (), region_of: Mapping[str, str] | None = None
) -> Vocabulary:
    """The built-in facts and counters, and a catalogue's own: each own date gets two counters."""
    facts = {spec.name: spec for spec in (*BUILT_IN, *custom)}
    counters = {counter.name: counter for counter in BUILT_IN_COUNTERS}
    for spec in custom:
        if spec.type is ValueType.DATE:
            for name, sign in ((f"days_since_{spec.name}", 1), (f"days_until_{spec.name}", -1)):
                counters[name] = Counter(name, spec.name, sign)
    return Vocabulary(facts, counters, region_of or {})


FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
MOST = {ValueType.COUNT: 10**9, ValueType.DAYS: 40_000, ValueType.MONTHS: 1_200}
"""The largest number of each unit; a larger one is taken for a typing error."""

_WHOLE = re.compile(r"-?\d{1,10}")


def parse_value(text: str, type_: ValueType, choices: tuple[str, ...] = ()) -> Known | None:
    """A cell or literal read as its declared type; null when it does not fit.

    >>> parse_value("NO", ValueType.TEXT), parse_value("no", ValueType.FLAG)
    ('NO', False)
    """
    text = text.strip()
    match type_:
        case ValueType.TEXT:
            return text or None
        case ValueType.CHOICE:
            return text.lower() if text.lower() in choices else None
        case ValueType.FLAG:
            return FLAGS.get(text.lower())
        case ValueType.COUNT | ValueType.DAYS | ValueType.MONTHS:
            return _parse_whole(text, MOST[type_])
        case ValueType.MONEY:
            return parse_money(text)
        case ValueType.DATE:
            return parse_date(text)
        case ValueType.INSTANT:
            return parse_instant(text)
        case ValueType.DAYS_LIST:
            items = [_parse_whole(item, MOST[ValueType.DAYS]) for item in text.split()]
            return tuple(item for item in items if item is not None) if all_known(items) else None


def parse_fact(text: str, spec: FactSpec) -> Value | None:
    """A cell read as a fact, or null when it does not fit; a fact with a pattern is upper-cased.

    A date in the year 9999 means never: it is absent, except that the end of a hold is unknown.
    Negative numbers do not fit.
    """
    if spec.type is ValueType.DATE and is_never(text.strip()):
        return spec.never
    value = parse_value(text, spec.type, spec.choices)
    if spec.pattern is None or not isinstance(value, str):
        return value if not is_negative(value) else None
    code = value.upper() if value.isascii() else ""
    return code if re.fullmatch(spec.pattern, code) else None


def is_negative(value: Known | None) -> bool:
    return isinstance(value, int) and value < 0


def all_known(items: list[int | None]) -> bool:
    return bool(items) and None not in items


def _parse_whole(text: str, most: int) -> int | None:
    if not text.isascii() or not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if abs(number) <= most else None


def blank_value(spec: FactSpec, status: Value) -> Value:
    """What an empty cell means for a fact; for some facts the status decides."""
    if spec.blank is BlankRule.BY_STATUS:
        return UNKNOWN if status is UNKNOWN or status == spec.status else ABSENT
    if spec.blank is BlankRule.UNLESS_ACTIVE:
        return ABSENT if status == ACTIVE else UNKNOWN
    return UNKNOWN if isinstance(spec.blank, BlankRule) else spec.blank


def show(value: Value) -> str:
    """A value as people read it: ISO dates, money with two places, `none`, `unknown`."""
    match value:
        case Missing():
            return value.value
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case tuple():
            return ", ".join(str(item) for item in value)
        case _:
            return str(value)
