"""What is owed on a day, by the invoices of a subscription and those of its customer.

Invoices are facts of their own, counted anew on each day judged or foreseen: only open ones count,
from the day after their due date; credits (negative balances) from their date on, the oldest debt
first.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lapse.money import Money


class InvoiceStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    DRAFT = "draft"
    VOID = "void"
    WRITTEN_OFF = "written_off"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice or credit; `balance` is what is left of it.

    A shared one names no subscription: its customer owes it for all of them.
    """

    id: str
    due_date: date
    balance: Money
    status: InvoiceStatus
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """The invoices of one subscription; not `is_whole` when one that may be its own is not known.

    That is so where a row that names it was rejected, or where its customer is not known and some
    invoices name a customer only.
    """

    invoices: tuple[Invoice, ...] = ()
    is_whole: bool = True
