"""Rows of typed columns as records: facts, the invoices they are owed by, and what is assumed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from lapse.model.days import NEVER
from lapse.model.facts import UNKNOWN, FactSpec, Value, ValueType
from lapse.model.invoices import OF_SUBSCRIPTION, Invoice, InvoiceStatus
from lapse.model.money import Money
from lapse.model.tables import currency_of, value_columns

if TYPE_CHECKING:
    from lapse.inputs.joining.holds import Holds

REJECTED = -1
"""In place of the input that a row comes from: an export has it, but it cannot be read."""

Row = tuple[Any, ...]
Facts = dict[str, Value | None]


@dataclass(frozen=True, slots=True)
class Told:
    """What one input tells: the facts it has a column for, and what its profile assumes.

    `lost` are those for which a rejected row has a column.
    """

    facts: frozenset[str]
    assumed: Mapping[str, Value] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()


def facts_reader(
    names: Sequence[str], specs: Mapping[str, FactSpec]
) -> Callable[[Sequence[object]], Facts]:
    """What makes a mapping of facts from the values of their columns."""
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


@dataclass(slots=True)
class Presence:
    """Which facts a row of merged exports has a column for, by the inputs that it comes from.

    `inputs` holds for each export, in the order in which its assumptions count, what each of its
    inputs tells.
    """

    inputs: Sequence[Sequence[Told]]
    facts: frozenset[str]
    _known: dict[Row, Told] = field(default_factory=dict)

    def of(self, sources: Row) -> Told:
        """What the inputs of a row tell; `sources` has the place of each, or null."""
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
        """The facts less those that no input of the row has a column for.

        What a rejected row alone could have told is unknown, and so is what the others leave blank.
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
    """Open invoices from structs, or from null; `is_shared` are those of a whole customer."""
    return tuple(_invoice(each, is_shared=is_shared) for each in structs or ())


def _invoice(each: Mapping[str, Any], *, is_shared: bool) -> Invoice:
    takes = each["currency"] == OF_SUBSCRIPTION
    balance = Money(each["amount"], None if takes else each["currency"])
    return Invoice(each["id"], each["due_date"], balance, InvoiceStatus.OPEN, is_shared, takes)


def hold_of(
    own: Row, shared: Row, facts: Facts, holds: "Holds", *, is_customer_known: bool
) -> Value | None:
    """The end of a hold: of the longest that names it or its customer, else of its own column.

    Each side is the last day, or null, and whether the end of some hold is not known; null for
    both where no hold names it. Of an unknown customer, any hold of a customer may be his. A hold
    that cannot be placed may be that of anybody whom no other holds on the day judged.
    """
    if own[1] or shared[1] or (holds.is_any_shared and not is_customer_known):
        return UNKNOWN
    latest = max((side[0] for side in (own, shared) if side[0] is not None), default=None)
    if holds.unplaced and (latest is None or latest < holds.last_day):
        return UNKNOWN
    return facts.get("hold_until") if latest is None else latest
