"""What each kind of input may tell: its columns and their types, and what a row must have."""

from collections.abc import Mapping
from dataclasses import dataclass

from lapse.exports.profile import Gives
from lapse.facts import BlankRule, FactSpec, ValueType, Vocabulary
from lapse.invoices import InvoiceStatus

_T = ValueType
INVOICE_COLUMNS: tuple[FactSpec, ...] = (
    FactSpec("invoice_id", _T.TEXT),
    FactSpec("subscription_id", _T.TEXT),
    FactSpec("customer_id", _T.TEXT),
    FactSpec("due_date", _T.DATE, BlankRule.REJECTED),
    FactSpec("balance", _T.MONEY, BlankRule.REJECTED, about="what is left; a credit is negative"),
    FactSpec("currency", _T.TEXT, pattern="[A-Z]{3}", about="ISO 4217"),
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


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of input. A row with a blank in `key` is rejected, and so are rows with the same key.

    Of `owners` a row must have one. Only `unique` is compared where a key may stand twice.
    """

    gives: Gives
    columns: Mapping[str, FactSpec]
    key: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


def table(gives: Gives, words: Vocabulary) -> Table:
    """A kind of input under a vocabulary."""
    match gives:
        case Gives.SUBSCRIPTIONS:
            return Table(gives, words.facts, ("subscription_id",))
        case Gives.CUSTOMERS:
            return Table(gives, words.facts, ("customer_id",))
        case Gives.OFFERS:
            return Table(gives, words.facts, ("product",))
        case Gives.PRICES:
            return Table(gives, words.facts, PRICE_KEYS)
        case Gives.INVOICES:
            return Table(gives, _named(INVOICE_COLUMNS), owners=("subscription_id", "customer_id"))
        case Gives.HOLDS:
            return Table(gives, _named(HOLD_COLUMNS), owners=("subscription_id", "customer_id"))


def _named(specs: tuple[FactSpec, ...]) -> dict[str, FactSpec]:
    return {spec.name: spec for spec in specs}
