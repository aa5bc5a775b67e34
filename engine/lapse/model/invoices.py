"""What is owed on a day, by the invoices of a subscription and those of its customer.

Invoices are counted anew on each day judged or foreseen. Only open ones count: debts from the day
after their due date, credits (negative balances) from their date on. Credits pay the oldest debt
first, debts of one day by id. Amounts in different currencies are never added. An amount without a
currency is in its subscription's only if the ledger's profile says so.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from lapse.model.days import ONE_DAY
from lapse.model.facts import ABSENT, UNKNOWN, Missing, Value
from lapse.model.money import Money

DEBT, PAST_DUE_SINCE, UNPAID_INVOICES = "debt", "past_due_since", "unpaid_invoices"
NEXT_DUE_ON, NEXT_DUE = "next_due_on", "next_due"
FACTS_OWED = (DEBT, PAST_DUE_SINCE, UNPAID_INVOICES, NEXT_DUE_ON, NEXT_DUE)
"""The facts that a ledger decides, whatever columns say."""
OF_SUBSCRIPTION = "SUBSCRIPTION"
"""In place of a currency: that of the subscription. It is no code, since those have 3 letters."""
CODE_OR_ITS_OWN = f"[A-Z]{{3}}|{OF_SUBSCRIPTION}"

IN_A_CURRENCY = frozenset({"currency"})
MUST_BE_TOLD = (
    "can only be assumed 0 or none: who owes is told by a ledger (--invoices) or by a column"
)
"""Why a debt is never assumed: every customer of a file without the column would be dunned."""

Sums = Mapping[str | None, Decimal]
"""Amounts by currency; null is an unknown currency."""

Tolerance = Callable[[date, str | None], Decimal | frozenset[str]]
"""The amount up to which a debt since a due date is ignored, or the names that are missing."""


def may_be_assumed(fact: str, value: Value) -> bool:
    """Whether a fact without a column may be assumed to have this value; a debt only 0 or none."""
    if fact not in FACTS_OWED:
        return True
    return value.is_zero if isinstance(value, Money) else isinstance(value, Missing) or value == 0


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

    A shared one names no subscription: its customer owes it for all of them. With `takes_currency`
    its currency is that of its subscription; otherwise the currency of a balance without one is
    not known.
    """

    id: str
    due_date: date
    balance: Money
    status: InvoiceStatus
    is_shared: bool = False
    takes_currency: bool = False

    @property
    def is_credit(self) -> bool:
        return self.balance.amount < 0

    @property
    def counts_from(self) -> date | None:
        """The first day on which it is owed, or a credit can be used; null when it never is."""
        if self.status is not InvoiceStatus.OPEN or self.balance.is_zero:
            return None
        # A bill due today is past due tomorrow.
        return self.due_date if self.is_credit else self.due_date + ONE_DAY

    @property
    def lacks_currency(self) -> bool:
        return self.balance.currency is None and not self.takes_currency

    def counts_on(self, day: date) -> bool:
        return self.counts_from is not None and self.counts_from <= day

    def is_ahead(self, day: date) -> bool:
        """Whether it is a debt that is not past due yet; this includes its due date."""
        return self.counts_from is not None and not self.is_credit and self.counts_from > day


@dataclass(frozen=True, slots=True)
class Ledger:
    """The invoices of one subscription; `is_whole` is false when some may not be known.

    That is so where a row that names it was rejected, or where its customer is not known and some
    invoices name a customer only.
    """

    invoices: tuple[Invoice, ...] = ()
    is_whole: bool = True

    def next_change(self, day: date) -> date | None:
        """The first later day on which another invoice or credit counts; null if there is none."""
        days = (invoice.counts_from for invoice in self.invoices)
        return min((start for start in days if start and start > day), default=None)


@dataclass(frozen=True, slots=True)
class Unpaid:
    """An invoice that is a debt, and what credits leave of it."""

    invoice: Invoice
    left: Money


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed by a ledger on one day; `lacks` has what is missing for each unknown fact.

    `own` and `shared` are sums of the balances that count, credits included. They can be added up
    over subscriptions, the shared ones once for a customer. A shared balance in the currency of its
    subscriptions is under `OF_SUBSCRIPTION`, since they may differ. Both are empty where the debt
    is unknown for another reason than its currencies.
    """

    debt: Money | Missing = UNKNOWN
    past_due_since: date | Missing = UNKNOWN
    unpaid_invoices: int | Missing = UNKNOWN
    next_due_on: date | Missing = UNKNOWN
    next_due: Money | Missing = UNKNOWN
    unpaid: tuple[Unpaid, ...] = ()
    own: Sums = field(default_factory=dict)
    shared: Sums = field(default_factory=dict)
    is_in_several_currencies: bool = False
    lacks: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, Value]:
        return {name: getattr(self, name) for name in FACTS_OWED}

    def agreed(self, others: Iterable["Owed"], lacks: frozenset[str]) -> "Owed":
        """What is known where this or any of `others` may be right; `lacks` would decide which."""
        others = [other for other in others if other != self]
        differing = [
            name
            for name, value in self.facts.items()
            if any(other.facts[name] != value for other in others)
        ]
        if not others:
            return self
        return Owed(
            **{**self.facts, **dict.fromkeys(differing, UNKNOWN)},  # type: ignore[arg-type]
            is_in_several_currencies=self.is_in_several_currencies,
            lacks={
                **self.lacks,
                **{name: self.lacks.get(name, frozenset()) | lacks for name in differing},
            },
        )


def owed(ledger: Ledger, day: date, tolerance: Tolerance, currency: str | None) -> Owed:
    """What is owed on a day, credits applied; `currency` is that of the subscription."""
    counting = [invoice for invoice in ledger.invoices if invoice.counts_on(day)]
    ahead = [invoice for invoice in ledger.invoices if invoice.is_ahead(day)]
    # Credits go to the oldest debt first, so what is past due takes them before what is ahead.
    every = _unpaid([*counting, *ahead], currency)
    unpaid = tuple(one for one in every if one.invoice.counts_on(day))
    # What cannot be read may be a credit for any of it.
    if not ledger.is_whole:
        return Owed(unpaid=unpaid)
    amounts = Owed(
        unpaid_invoices=len(unpaid),
        unpaid=unpaid,
        own=_sums((i for i in counting if not i.is_shared), currency),
        shared=_sums((i for i in counting if i.is_shared), OF_SUBSCRIPTION),
    )
    left = every[len(unpaid) :]
    amounts = _with_next(amounts, left, [*counting, *ahead] if ahead else [], currency)
    if any(i.lacks_currency for i in counting) and not all(i.is_credit for i in counting):
        return _in_none(amounts, counting)
    currencies = {_currency(invoice, currency) for invoice in counting}
    if not unpaid:
        zero = Money(Decimal(0), currencies.pop() if len(currencies) == 1 else currency)
        return replace(amounts, debt=zero, past_due_since=ABSENT)
    if len(currencies) > 1:
        return _in_several(amounts, currencies, has_credits=any(i.is_credit for i in counting))
    debt = sum((one.left.amount for one in unpaid), Decimal(0))
    since = _past_due_since(unpaid, tolerance)
    amounts = replace(amounts, debt=Money(debt, currencies.pop()))
    if isinstance(since, frozenset):
        return replace(amounts, lacks={**amounts.lacks, PAST_DUE_SINCE: since})
    return replace(amounts, past_due_since=since)


def _in_none(owed: Owed, counting: list[Invoice]) -> Owed:
    """What is owed where some currency is not known: which debt a credit pays is then unknown."""
    has_credits = any(invoice.is_credit for invoice in counting)
    number = UNKNOWN if has_credits else owed.unpaid_invoices
    names = (DEBT, PAST_DUE_SINCE, *((UNPAID_INVOICES,) if has_credits else ()))
    lacks = {**owed.lacks, **dict.fromkeys(names, IN_A_CURRENCY)}
    return replace(owed, unpaid_invoices=number, lacks=lacks)


def _in_several(owed: Owed, currencies: set[str | None], *, has_credits: bool) -> Owed:
    """What is owed in several currencies; an unknown one may be the same as that of another."""
    if None not in currencies:
        return replace(owed, is_in_several_currencies=True)
    number = UNKNOWN if has_credits else owed.unpaid_invoices
    names = (DEBT, PAST_DUE_SINCE, *((UNPAID_INVOICES,) if number is UNKNOWN else ()))
    return replace(
        owed,
        unpaid_invoices=number,
        is_in_several_currencies=len(currencies) > 2,  # noqa: PLR2004  two besides it
        lacks={**owed.lacks, **dict.fromkeys(names, IN_A_CURRENCY)},
    )


def _with_next(
    owed: Owed, ahead: tuple[Unpaid, ...], invoices: list[Invoice], currency: str | None
) -> Owed:
    """Adds the next due date, and the amount that credits leave to fall due on it.

    `ahead` is what credits leave of debts not past due yet. `invoices` are all that count or are
    ahead, none where no debt is ahead.
    """
    names = {_currency(invoice, currency) for invoice in invoices}
    is_any_nameless = any(invoice.lacks_currency for invoice in invoices)
    is_unsure = is_any_nameless or (None in names and len(names) > 1)
    if is_unsure and any(invoice.is_credit for invoice in invoices):
        # A credit in a currency that is not known may be what pays the next bill.
        lacks = dict.fromkeys((NEXT_DUE_ON, NEXT_DUE), IN_A_CURRENCY)
        return replace(owed, lacks={**owed.lacks, **lacks})
    if not ahead:
        return replace(owed, next_due_on=ABSENT, next_due=Money(Decimal(0), currency))
    next_due_on = ahead[0].invoice.due_date
    due = [one for one in ahead if one.invoice.due_date == next_due_on]
    if any(one.invoice.lacks_currency for one in due):
        lacks = {**owed.lacks, NEXT_DUE: IN_A_CURRENCY}
        return replace(owed, next_due_on=next_due_on, lacks=lacks)
    named = {one.left.currency for one in due}
    total = Money(sum((one.left.amount for one in due), Decimal(0)), due[0].left.currency)
    return replace(owed, next_due_on=next_due_on, next_due=total if len(named) == 1 else UNKNOWN)


def _unpaid(counting: list[Invoice], currency: str | None) -> tuple[Unpaid, ...]:
    """The debts that credits in their currency do not pay in full, the oldest first."""
    credits_ = _sums((invoice for invoice in counting if invoice.is_credit), currency)
    pools = {name: -amount for name, amount in credits_.items()}
    unpaid = []
    for invoice in sorted((i for i in counting if not i.is_credit), key=_order):
        name, amount = _currency(invoice, currency), invoice.balance.amount
        used = min(amount, pools.get(name, Decimal(0)))
        if used:
            pools[name] -= used
        if used < amount:
            unpaid.append(Unpaid(invoice, Money(amount - used, name)))
    return tuple(unpaid)


def _past_due_since(
    unpaid: tuple[Unpaid, ...], tolerance: Tolerance
) -> date | Missing | frozenset[str]:
    """The due date at which debts of one currency first exceed the tolerance, or what is missing.

    A tolerance may be pinned to this very date, so it is looked up for each due date in turn.
    """
    total = Decimal(0)
    for _, group in groupby(unpaid, key=lambda one: one.invoice.due_date):
        debts = list(group)
        due_date = debts[0].invoice.due_date
        total += sum(one.left.amount for one in debts)
        most = tolerance(due_date, debts[0].left.currency)
        if isinstance(most, frozenset):
            return most
        if total > most:
            return due_date
    return ABSENT


def _sums(invoices: Iterable[Invoice], currency: str | None) -> Sums:
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for invoice in invoices:
        sums[_currency(invoice, currency)] += invoice.balance.amount
    return dict(sums)


def _currency(invoice: Invoice, currency: str | None) -> str | None:
    return currency if invoice.takes_currency else invoice.balance.currency


def _order(invoice: Invoice) -> tuple[date, str, Decimal, bool]:
    return invoice.due_date, invoice.id, invoice.balance.amount, invoice.is_shared
