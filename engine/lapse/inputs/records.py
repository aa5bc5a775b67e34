"""Rows of typed columns as records: the facts, the open invoices, and what is assumed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from lapse.model.days import NEVER
from lapse.model.facts import UNKNOWN, FactSpec, Value, ValueType
from lapse.model.invoices import OF_SUBSCRIPTION, Invoice, InvoiceStatus
from lapse.model.money import Money
from lapse.model.profile import Gives
from lapse.model.tables import currency_of, value_columns

if TYPE_CHECKING:
    from lapse.inputs.joining.holds import Holds

REJECTED = -1
"""Used as the input of a row: the export has the row, but it cannot be read."""

Row = tuple[Any, ...]
Facts = dict[str, Value | None]


@dataclass(frozen=True, slots=True)
class Told:
    """The facts that one input has a column for, and what its profile assumes.

    `lost` are the facts for which a rejected row has a column.
    """

    facts: frozenset[str]
    assumed: Mapping[str, Value] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()


def facts_reader(
    names: Sequence[str], specs: Mapping[str, FactSpec]
) -> Callable[[Sequence[object]], Facts]:
    """A function that turns the values of columns into a mapping of facts."""
    columns = [column for name in names for column in value_columns(specs[name])]
    of_type = {type_: [n for n in names if specs[n].type is type_] for type_ in ValueType}
    monies = [(name, currency_of(name)) for name in of_type[ValueType.MONEY]]
    instants, lists = of_type[ValueType.INSTANT], of_type[ValueType.DAYS_LIST]
    dates = [(name, specs[name].never) for name in of_type[ValueType.DATE]]

    def read(row: Sequence[object]) -> Facts:
        values: dict[str, Any] = dict(zip(columns, row, strict=True))
        for name, its_currency in monies:
            amount, currency = values[name], values.pop(its_currency)
            values[name] = None if amount is None else Money(amount, currency)
        for name in instants:
            instant = values[name]
            values[name] = None if instant is None else instant.replace(tzinfo=UTC)
        for name, never in dates:
            if values[name] is not None and values[name].year == NEVER:
                values[name] = never
        for name in lists:
            items = values[name]
            values[name] = None if items is None else tuple(items)
        return values

    return read


@dataclass(frozen=True, slots=True)
class Rejected:
    """A data row that is not handed on; `row` counts from 1, and `gives` is what its file lists."""

    input: str
    row: int
    subscription_id: str
    code: str
    column: str
    found: str
    gives: Gives = Gives.SUBSCRIPTIONS


@dataclass(slots=True)
class Presence:
    """Which facts a row of merged exports has a column for, from the inputs that it comes from.

    `inputs` has, for each export, the `Told` of each of its inputs. The assumptions of earlier
    exports count first.
    """

    inputs: Sequence[Sequence[Told]]
    facts: frozenset[str]
    _known: dict[Row, Told] = field(default_factory=dict)

    def of(self, sources: Row) -> Told:
        """The facts and assumptions of a row; `sources` has its input in each export, or null."""
        if sources not in self._known:
            told = [
                self.inputs[export][place]
                for export, place in enumerate(sources)
                if place is not None and place != REJECTED
            ]
            facts = frozenset(fact for each in told for fact in each.facts)
            lost = frozenset(
                fact
                for export, place in enumerate(sources)
                if place == REJECTED
                for each in self.inputs[export]
                for fact in each.facts
            )
            assumed: dict[str, Value] = {}
            for each in told:
                assumed = {**each.assumed, **assumed}
            said = facts | lost
            self._known[sources] = Told(
                facts, {fact: value for fact, value in assumed.items() if fact not in said}, lost
            )
        return self._known[sources]

    def only_told(self, facts: Facts, told: Told) -> Facts:
        """The facts without those that no input of the row has a column for.

        A fact that a rejected row has a column for is unknown where it is null or missing.
        """
        if len(told.facts) < len(self.facts):
            for fact in self.facts - told.facts:
                del facts[fact]
        for fact in told.lost:
            if facts.get(fact) is None:
                facts[fact] = UNKNOWN
        return facts


def invoices_of(
    structs: Sequence[Mapping[str, Any]] | None, *, is_shared: bool
) -> tuple[Invoice, ...]:
    """Open invoices from structs, or from null; `is_shared` if they are those of a customer."""
    return tuple(_invoice(each, is_shared=is_shared) for each in structs or ())


def _invoice(each: Mapping[str, Any], *, is_shared: bool) -> Invoice:
    takes = each["currency"] == OF_SUBSCRIPTION
    balance = Money(each["amount"], None if takes else each["currency"])
    return Invoice(each["id"], each["due_date"], balance, InvoiceStatus.OPEN, is_shared, takes)


def hold_of(
    own: Row, shared: Row, facts: Facts, holds: "Holds", *, is_customer_known: bool
) -> Value | None:
    """The end of the longest hold on a subscription or its customer, else that of its own column.

    `own` and `shared` are the last day, or null, and whether the end of some hold is unknown; both
    are null without a hold. If the customer is unknown, any hold of a customer may be his. A hold
    that cannot be placed may be on anybody who has no other hold on the day judged.
    """
    if own[1] or shared[1] or (holds.is_any_shared and not is_customer_known):
        return UNKNOWN
    latest = max((side[0] for side in (own, shared) if side[0] is not None), default=None)
    if holds.unplaced and (latest is None or latest < holds.last_day):
        return UNKNOWN
    return facts.get("hold_until") if latest is None else latest
