"""One subscription as the exports of a run tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lapse.facts import Value
from lapse.invoices import Ledger


@dataclass(frozen=True, slots=True)
class Record:
    """Facts by name: null is a blank cell, a fact without a column is no key.

    `assumed` is what the profiles of its exports say of facts without a column. Without a ledger
    no invoices were given, and the facts about debt are what columns say.
    """

    facts: Mapping[str, Value | None]
    assumed: Mapping[str, Value] = field(default_factory=dict)
    ledger: Ledger | None = None
