"""The results of a run for people: counts, money, and what was not known.

Nothing in them depends on the order of the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from lapse.model.facts import BlankRule, FactSpec, Missing, ValueType, show
from lapse.model.record import Joining


@dataclass(frozen=True, slots=True)
class ActionCount:
    """How often an action of ours is given for the first time, and given again."""

    action: str
    new: int
    again: int


@dataclass(frozen=True, slots=True)
class HeldCount:
    action: str
    held_by: str
    count: int


@dataclass(frozen=True, slots=True)
class NotCoveredCount:
    layer: str
    because: str
    count: int


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact without a column in any input, and how much it left undetermined or held."""

    fact: str
    rules: Mapping[str, int]
    subscriptions: int
    held: int
    assume: str


@dataclass(frozen=True, slots=True)
class RestingCount:
    """How many orders of a harmful action rest on an assumed fact."""

    fact: str
    value: str
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class MoneySum:
    """A run's money in one currency; each subscription and each invoice counts once.

    `debt` is of all subscriptions decided, the other amounts of those with an action of ours.
    """

    currency: str
    debt: Decimal
    debt_acted_on: Decimal
    monthly_acted_on: Decimal


@dataclass(frozen=True, slots=True)
class LargeDebt:
    """A customer's debt, one of the largest in its currency."""

    currency: str
    customer_id: str
    customer_name: str
    debt: Decimal
    actions: int
    held: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a run; `undetermined` counts pairs of subscription and rule, listed or not.

    `in_several_currencies` counts subscriptions whose debt is unknown for this reason.
    `rejected_elsewhere` counts rejected rows about other things, such as invoices, by input.
    """

    read: int
    decided: int
    rejected: int
    not_covered: int
    actions: int
    provider: int
    held: int
    undetermined: int
    by_action: tuple[ActionCount, ...]
    provider_by_action: Mapping[str, int]
    held_by: tuple[HeldCount, ...]
    rejected_by_code: Mapping[str, int]
    not_covered_by: tuple[NotCoveredCount, ...]
    missing_facts: tuple[MissingFact, ...]
    money: tuple[MoneySum, ...]
    largest_debts: tuple[LargeDebt, ...]
    in_several_currencies: int = 0
    rejected_elsewhere: Mapping[str, int] = field(default_factory=dict)
    joining: Joining = field(default_factory=Joining)
    to_approve: int = 0
    resting: tuple[RestingCount, ...] = ()


def nothing_decided(read: int = 0, joining: Joining | None = None) -> Summary:
    """The summary where no row was decided."""
    zeros = 0, 0, 0, 0, 0, 0, 0
    told = Summary(read, *zeros, (), {}, (), {}, (), (), (), ())
    return told if joining is None else replace(told, joining=joining)


def assumption(spec: FactSpec) -> str:
    """The `--assume` option for a fact without a column, with a value or a placeholder for one."""
    blank = spec.blank
    if spec.type is ValueType.FLAG:
        value = "no"
    elif spec.choices and (isinstance(blank, BlankRule) or blank is Missing.UNKNOWN):
        value = "|".join(spec.choices)
    elif isinstance(blank, BlankRule) or blank is Missing.UNKNOWN:
        value = spec.type.upper()
    else:
        value = show(blank)
    return f"--assume {spec.name}={value}"
