"""What happens to a customer of a scope who does not pay, found by deciding a made-up one.

A commitment of a year that is paid by the month begins; its first bill falls due 30 days later and
is never paid. What else could be known about it is blank, unless stated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lapse.analysis.futures import Foreseen, Foresight
from lapse.analysis.scope import Where, scope_values
from lapse.analysis.show import parts
from lapse.decide.known import RecordAndPast
from lapse.model.decision import NotCovered
from lapse.model.facts import ABSENT, ACTIVE, STATUS, Value
from lapse.model.invoices import Invoice, InvoiceStatus, Ledger
from lapse.model.money import Money, MoneyTable
from lapse.model.record import Record
from lapse.model.rule import TOLERANCE_TERM, Layer, Rulebook
from lapse.model.subscription import fact_of_key
from lapse.policy.check.meetings import MARKET, REGION
from lapse.policy.in_force import InForce, in_force

SINGLE = frozenset({"customer_id", "subscription_id"})
BEFORE = timedelta(days=30)
"""How long before the due date deciding begins, so that a bill that is announced is seen."""
AHEAD = timedelta(days=730)
"""Beyond the year of the term and what the provider then keeps, by any policy that was shipped."""
ANY_CURRENCY = "EUR"
LEAST_DEBT = Decimal(1000)
"""An amount that nobody takes for a rounding difference, in currencies with a small unit."""


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What is foreseen for a bill of a scope that falls due on a day and is never paid.

    `unknown` names what is missing to decide whether harm is due; `stated` are the facts taken.
    """

    where: Where
    due: date
    until: date
    debt: Money
    stated: Mapping[str, Value]
    foreseen: tuple[Foreseen, ...]
    left_out: NotCovered | None
    unknown: frozenset[str]

    @property
    def outcome(self) -> object:
        """What is compared between two scopes: who does what on which day, and who is left out."""
        return self.left_out, self.unknown, [(each.day, each.name) for each in self.foreseen]


def unpaid(book: Rulebook, where: Where, due: date, stated: Mapping[str, Value]) -> Unpaid:
    """The ladder of a bill that falls due on a day; stated facts come before made-up ones."""
    force = in_force(book, scope_values(where, book))
    debt = _debt(force, due, stated)
    assumed = {**_made_up(where, due, debt, book), **book.catalogue.assumed, **stated}
    blanks = {name: None for name in book.words.facts if name not in assumed}
    bill = Invoice("bill", due, debt, InvoiceStatus.OPEN)
    record = Record({**blanks, **assumed}, ledger=Ledger((bill,)))
    until = due + AHEAD
    future = Foresight(book, due - BEFORE, until, {}).future(RecordAndPast(record))
    given = {"subscription_id", *(fact_of_key(key) for key in where if key != REGION)}
    taken = {n: v for n, v in assumed.items() if n not in given and v is not ABSENT}
    return Unpaid(where, due, until, debt, taken, future.foreseen, future.left_out, future.unknown)


def differing(
    book: Rulebook, whole: Unpaid, stated: Mapping[str, Value]
) -> Iterator[tuple[Layer, Unpaid]]:
    """The layers of parts of a scope in which the ladder differs, each with the ladder there.

    Of several values that a layer names the first is tried. Layers of single customers are left
    out, for there may be thousands.
    """
    by_scope: dict[object, Layer] = {}
    for layer in reversed(parts(book, whole.where)):
        if SINGLE.isdisjoint(map(fact_of_key, layer.applies_to)):
            by_scope.setdefault(frozenset(layer.applies_to.items()), layer)
    for layer in by_scope.values():
        own = {key: min(values) for key, values in layer.applies_to.items()}
        part = unpaid(book, {**own, **whole.where}, whole.due, stated)
        if part.outcome != whole.outcome:
            yield layer, part


def _made_up(where: Where, due: date, debt: Money, book: Rulebook) -> dict[str, Value]:
    scope: dict[str, Value] = {fact_of_key(key): ABSENT for key in book.catalogue.cascade}
    scope["subscription_id"] = "unpaid"
    if REGION in where:
        scope[MARKET] = _market_of(where[REGION], book)
    scope |= {fact_of_key(key): value for key, value in where.items() if key != REGION}
    return {
        **scope,
        STATUS: ACTIVE,
        "currency": debt.currency or ABSENT,
        "purchased_on": due - BEFORE,
        "term_start": due - BEFORE,
        "commitment_months": 12,
        "billing_cycle": "monthly",
        "auto_renew": True,
    }


def _market_of(region: str, book: Rulebook) -> str:
    """A market by which a region is known; if possible, none that a layer names."""
    named = {market for layer in book.layers for market in layer.applies_to.get(MARKET, ())}
    markets = (market for market, its in book.words.region_of.items() if its == region)
    return min(markets, key=lambda market: (market in named, market))


def _debt(force: InForce, due: date, stated: Mapping[str, Value]) -> Money:
    """An amount that no tolerance forgives, in a currency that the scope has a tolerance for."""
    tolerated = Decimal(0)
    currency = stated.get("currency")
    if TOLERANCE_TERM in force.book.catalogue.terms:
        table = force.term(TOLERANCE_TERM, due, due).value
        if isinstance(table, MoneyTable):
            currency = currency or next(iter(table.amounts), ANY_CURRENCY)
            tolerated = table.amount_in(str(currency)) or tolerated
    return Money(max(LEAST_DEBT, 10 * tolerated), str(currency or ANY_CURRENCY))
