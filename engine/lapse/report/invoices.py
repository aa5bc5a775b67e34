"""The unpaid invoices of a subscription, as `explain` shows them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lapse.decide.situation import Situation
from lapse.model.facts import show
from lapse.model.invoices import FACTS_OWED, PAST_DUE_SINCE, Unpaid
from lapse.model.money import Money
from lapse.model.subscription import Subscription

MOST_SHOWN = 8

Moving = Mapping[str, date]
"""Names whose values invoices alone may change, with the next day on which they may."""


def moving_names(situation: Situation) -> Moving:
    """The facts of debt and their counters, with the day on which an invoice begins to count."""
    subscription, ledger = situation.subscription, situation.subscription.ledger
    day = ledger.next_change(situation.moment.day) if ledger else None
    if day is None:
        return {}
    counters = subscription.vocabulary.counters.values()
    of_debt = (counter.name for counter in counters if counter.of == PAST_DUE_SINCE)
    return dict.fromkeys((*FACTS_OWED, *of_debt), day)


def invoices_text(subscription: Subscription) -> Iterator[str]:
    """Each unpaid invoice, the oldest first, with the amount left; empty without a ledger."""
    ledger, owed = subscription.ledger, subscription.owed
    if ledger is None or owed is None:
        return
    yield from ("", "Invoices that count")
    yield from (f"  {_unpaid(one)}" for one in owed.unpaid[:MOST_SHOWN])
    if not owed.unpaid:
        yield "  none"
    elif len(owed.unpaid) > MOST_SHOWN:
        yield f"  and {len(owed.unpaid) - MOST_SHOWN} more"
    if not ledger.is_whole:
        yield "  not all of its invoices are known, so its debt is not"
    elif owed.is_in_several_currencies:
        yield "  they are in several currencies, so the debt is not known"
    elif any(one.invoice.lacks_currency for one in owed.unpaid):
        yield "  not all say their currency, so the debt is not known"


def _unpaid(one: Unpaid) -> str:
    """`I-7, due 2026-11-01: 40.00 NOK left of 100.00 after credits`."""
    total = one.invoice.balance.amount
    rest = f" of {Money(total)} after credits" if one.left.amount < total else ""
    whose = ", owed for all its customer's subscriptions" if one.invoice.is_shared else ""
    name = one.invoice.id or "an invoice"
    return f"{name}, due {one.invoice.due_date}: {one.left} left{rest}{whose}"


def invoices_json(subscription: Subscription) -> list[dict[str, Any]] | None:
    """The unpaid invoices, the oldest first; null when no invoices were given."""
    if subscription.owed is None:
        return None
    return [
        {
            "invoice_id": one.invoice.id,
            "due_date": one.invoice.due_date.isoformat(),
            "left": show(one.left),
            "is_shared": one.invoice.is_shared,
        }
        for one in subscription.owed.unpaid
    ]
