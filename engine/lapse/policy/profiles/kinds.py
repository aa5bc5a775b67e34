"""What a profile of each kind may tell, and what it has to."""

from lapse.model.facts import BUILT_IN, FactSpec, Vocabulary
from lapse.model.kinds import PRICE_KEYS, table
from lapse.model.profile import Gives

_OF_PRODUCTS = frozenset({"product", "product_name", "program", "trial", "min_seats", "max_seats"})
_OF_PRICES = frozenset({*PRICE_KEYS, "unit_price"})
_BUILT_IN = frozenset(spec.name for spec in BUILT_IN)


def facts_of(gives: Gives, words: Vocabulary) -> dict[str, FactSpec]:
    """What a row of this kind can tell: a product, say, has no status."""
    columns = table(gives, words).columns
    return {name: spec for name, spec in columns.items() if _tells(gives, name)}


def needed_of(gives: Gives, words: Vocabulary) -> tuple[str, ...]:
    """Without a way to each of these no row could be read."""
    return table(gives, words).needed


def owners_of(gives: Gives, words: Vocabulary) -> tuple[str, ...]:
    """Of these a row must have one."""
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
