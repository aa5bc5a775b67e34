"""The columns of a batch's rows: facts as they are settled, the moment judged, what is in force.

Days are whole numbers since 1970, instants microseconds since then. A null is unknown; what is
absent is null too, and has a column that is true where it is.
"""

from dataclasses import dataclass

from sqlglot import exp

from lapse.model.facts import FactSpec, ValueType
from lapse.model.tables import currency_of
from lapse.sql.expressions import aliased, cast, sql

DAY, PROVIDER_DAY, INSTANT = "day", "provider_day", "instant"
"""The day judged in the row's market, the provider's day, and the instant where one is judged."""
LEFT = "is left"
"""True where a row is for `decide.known` to settle."""
BALANCES = OWN, SHARED, SHARED_OF_ITS, BALANCES_IN = (
    *("own balance", "shared balance"),
    *("shared balance of subscriptions", "currency of balances"),
)
"""What counts of a row's invoices, and of its customer's; null where none does.

The last but one is of those that are in the currency of whatever subscription.
"""
READ = "is status read"
"""True where a column tells the status of a row."""
FIRST_SEEN, UNBROKEN_SEEN = "first seen", "seen unbroken since"
"""The first day of a row's sightings, with tonight's, and that since which they are unbroken."""
SUSPENDED_BY_US = "suspended by us"
"""The day on which our latest order about a row's status was given, where it suspends for debt."""
REGION, CURRENCY, TERM_END = "region", "currency", "term_end"
BILLED_UNTIL_NOW, BILLED_IN_ALL = "billed until now", "billed in all"
"""How many billing dates of a term are not after the provider's day, and the term's end."""
LEFT_OUT = "left out by"
"""The number of the layer that leaves a subscription out; null where it is, or may be, covered."""
EVERYWHERE = "everywhere"
"""The key of what no layer sets for some scope only, the same in every row."""
TYPES = {
    ValueType.TEXT: "VARCHAR",
    ValueType.CHOICE: "VARCHAR",
    ValueType.DAYS_LIST: "VARCHAR",
    ValueType.FLAG: "BOOLEAN",
    ValueType.MONEY: "DECIMAL(18, 4)",
}
"""DuckDB's types of values; all others are whole numbers."""


def absent_column(fact: str) -> str:
    return f"{fact} is absent"


def day_column(fact: str) -> str:
    """The UTC day of an instant."""
    return f"{fact} on"


def as_told(fact: str) -> str:
    """A fact as cells tell it, before it is completed."""
    return f"{fact} as told"


def key_column(key: str) -> str:
    """The place of a row's value of a key among those that layers name."""
    return f"key {key}"


def pin_column(fact: str) -> str:
    """The day on which terms pinned to a fact count."""
    return f"pin {fact}"


def rule_column(number: int) -> str:
    """True where a rule exists, null where that is not known."""
    return f"rule {number}"


def term_column(term: str) -> str:
    return f"term {term}"


def amount_column(term: str, currency: str) -> str:
    """A money term's amount in a currency."""
    return f"term {term} in {currency}"


def stage_column(term: str, place: int) -> str:
    """One number of a list of days, counted from 0; null beyond its end."""
    return f"term {term} at {place}"


def lacks_column(number: int) -> str:
    """What is missing for the terms and rules of a table: equal numbers, equal names."""
    return f"lacks {number}"


def may_exist_column(number: int) -> str:
    """Whether a table has rules of which nobody knows whether they exist."""
    return f"may exist {number}"


BITS = 62
"""Flags in one whole number of 64 bits, which also has a sign."""


def existing_column(number: int, word: int) -> str:
    """Which of a table's rules exist, or may: as bits, `BITS` in each word."""
    return f"existing {number} {word}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A settled fact; `is_absent` is null where it is never absent. Money has a `currency`."""

    value: exp.Expr
    is_absent: exp.Expr | None = None
    currency: exp.Expr | None = None


def nothing(spec: FactSpec) -> Fact:
    """A fact that is not known in any row."""
    return Fact(cast(None, TYPES.get(spec.type, "BIGINT")))


def columns(spec: FactSpec, fact: Fact, name: str) -> list[exp.Expr]:
    """The columns of a settled fact under a name."""
    found = [aliased(cast(fact.value, TYPES.get(spec.type, "BIGINT")), name)]
    if fact.is_absent is not None:
        found.append(aliased(fact.is_absent, absent_column(name)))
    if spec.type is ValueType.MONEY:
        found.append(aliased(cast(fact.currency, "VARCHAR"), currency_of(name)))
    if spec.type is ValueType.INSTANT:
        found.append(aliased(_utc_day(fact.value), day_column(name)))
    return found


def _utc_day(instant: exp.Expr) -> exp.Expr:
    day = sql("CAST(make_timestamp($instant) AS DATE)", instant=instant)
    return sql("date_diff('day', DATE '1970-01-01', $day)", day=day)
