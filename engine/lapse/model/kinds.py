"""What each kind of input may have: its columns and their types, and what a row must have."""

from collections.abc import Mapping
from dataclasses import dataclass

from lapse.model.facts import BUILT_IN, BlankRule, FactSpec, ValueType, Vocabulary
from lapse.model.invoices import CODE_OR_ITS_OWN, InvoiceStatus
from lapse.model.profile import Gives

_T = ValueType
INVOICE_COLUMNS: tuple[FactSpec, ...] = (
    FactSpec("invoice_id", _T.TEXT),
    FactSpec("subscription_id", _T.TEXT),
    FactSpec("customer_id", _T.TEXT),
    FactSpec("due_date", _T.DATE, BlankRule.REJECTED),
    FactSpec("balance", _T.MONEY, BlankRule.REJECTED, about="what is left; a credit is negative"),
    FactSpec(
        "currency",
        _T.TEXT,
        pattern=CODE_OR_ITS_OWN,
        about="ISO 4217, or `subscription`: that of the subscription",
    ),
    FactSpec("status", _T.CHOICE, BlankRule.REJECTED, choices=tuple(InvoiceStatus)),
)
HOLD_COLUMNS: tuple[FactSpec, ...] = (
    FactSpec("subscription_id", _T.TEXT),
    FactSpec("customer_id", _T.TEXT),
    FactSpec("hold_until", _T.DATE),
    FactSpec("owner", _T.TEXT),
    FactSpec("reason", _T.TEXT),
)
PRICE_KEYS = ("product", "market", "currency", "commitment_months", "billing_cycle")
PRICE, NEXT_PRICE = "unit_price", "next_unit_price"
OWNERS = ("subscription_id", "customer_id")


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of input; `columns` are those it may have.

    It must have all columns in `needed` and one of `owners`. Every row must fill them, except those
    in `may_be_blank`. No two rows of one export may have the same `key`. A column in `identifying`
    that a profile reads must be in the file: without it a row would be taken for another's, such as
    an invoice of one subscription for one that covers all of its customer's.
    """

    gives: Gives
    columns: Mapping[str, FactSpec]
    needed: tuple[str, ...]
    key: str | None = None
    owners: tuple[str, ...] = ()
    may_be_blank: frozenset[str] = frozenset()
    identifying: tuple[str, ...] = ()

    @property
    def is_lookup(self) -> bool:
        """Whether its rows only add facts to subscriptions."""
        return self.gives in {Gives.CUSTOMERS, Gives.OFFERS, Gives.PRICES}


def table(gives: Gives, words: Vocabulary) -> Table:
    """The table of a kind of input, with the facts of a vocabulary."""
    match gives:
        case Gives.SUBSCRIPTIONS:
            return Table(gives, words.facts, ("subscription_id",), "subscription_id")
        case Gives.CUSTOMERS:
            return Table(gives, words.facts, ("customer_id",), "customer_id")
        case Gives.OFFERS:
            return Table(gives, words.facts, ("product",), "product")
        case Gives.PRICES:
            priced = ("product", PRICE)
            return Table(gives, words.facts, priced, identifying=PRICE_KEYS)
        case Gives.INVOICES:
            needed = ("due_date", "balance", "status")
            named = _named(INVOICE_COLUMNS)
            identifying = ("invoice_id", *OWNERS)
            return Table(gives, named, needed, "invoice_id", OWNERS, identifying=identifying)
        case Gives.HOLDS:
            named = _named(HOLD_COLUMNS)
            blank = frozenset({"hold_until"})
            return Table(gives, named, ("hold_until",), None, OWNERS, blank, OWNERS)


def _named(specs: tuple[FactSpec, ...]) -> dict[str, FactSpec]:
    return {spec.name: spec for spec in specs}


_OF_PRODUCTS = frozenset({"product", "product_name", "program", "trial", "min_seats", "max_seats"})
_OF_PRICES = frozenset({*PRICE_KEYS, "unit_price"})
_BUILT_IN = frozenset(spec.name for spec in BUILT_IN)


def facts_of(gives: Gives, words: Vocabulary) -> dict[str, FactSpec]:
    """The facts that a row of this kind can have; a product, for example, has no status."""
    columns = table(gives, words).columns
    return {name: spec for name, spec in columns.items() if _tells(gives, name)}


def needed_of(gives: Gives, words: Vocabulary) -> tuple[str, ...]:
    """The columns that a profile of this kind must read."""
    return table(gives, words).needed


def owners_of(gives: Gives, words: Vocabulary) -> tuple[str, ...]:
    """The columns of which a row must have at least one; none for kinds without an owner."""
    return table(gives, words).owners


def _tells(gives: Gives, name: str) -> bool:
    match gives:
        case Gives.CUSTOMERS:
            return name != "subscription_id"
        case Gives.OFFERS:
            return name in _OF_PRODUCTS or name not in _BUILT_IN
        case Gives.PRICES:
            return name in _OF_PRICES
        case Gives.SUBSCRIPTIONS | Gives.INVOICES | Gives.HOLDS:
            return True
