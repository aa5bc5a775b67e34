"""Money of customers by invoices: each invoice once, those of all their subscriptions too."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lapse.analysis.what_if.customer_debts import Debts
from lapse.model.facts import Vocabulary
from lapse.model.invoices import (
    OF_SUBSCRIPTION,
    Invoice,
    InvoiceStatus,
    Ledger,
    Owed,
    Sums,
    owed,
)
from lapse.model.money import Money
from lapse.model.record import Record
from lapse.nightly import RunResult
from lapse.report.summary import summary_text
from lapse.runs.results.customers import make_customers
from lapse.runs.results.relations import RELATIONS, Drafts, make_relations
from lapse.scratch import scratch_folder
from lapse.sql.named_tables import InDuckDB
from lapse.sql.sandbox import database

if TYPE_CHECKING:
    from tests.runs.conftest import Nights

HEAD = "subscription_id,customer_id,market,program,status,seats,unit_price,currency"
TWO = ("s1,C1,NO,legacy,active,2,10,NOK", "s2,C1,NO,legacy,active,1,10,NOK")
SHARED = Invoice(
    *("I9", date(2026, 11, 1), Money(Decimal(300)), InvoiceStatus.OPEN),
    is_shared=True,
    takes_currency=True,
)


@dataclass(frozen=True)
class Invoiced:
    """An export whose records carry ledgers; one that none is named for has an empty one."""

    export: Any
    ledgers: Mapping[str, Ledger]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.export, name)

    def records(self) -> Iterator[Record]:
        for record in self.export.records():
            id_ = str(record.facts["subscription_id"])
            yield replace(record, ledger=self.ledgers.get(id_, Ledger()))


def billed(
    nights: "Nights",
    rows: Sequence[str],
    ledgers: Mapping[str, Ledger],
    day: str = "2026-11-08",
    head: str = HEAD,
) -> RunResult:
    text = "\n".join((head, *rows))
    inner = nights.options(day, text).reader

    @contextmanager
    def reader(exports: Sequence[str], words: Vocabulary) -> Iterator[Invoiced]:
        with inner(exports, words) as export:
            yield Invoiced(export, ledgers)

    return nights.run(day, text, reader=reader)


def own(amount: int, currency: str | None = "NOK", due: date = date(2026, 11, 1)) -> Invoice:
    balance = Money(Decimal(amount), currency)
    return Invoice(f"I{amount}{currency}", due, balance, InvoiceStatus.OPEN)


def debts(nights: "Nights", day: str = "2026-11-08") -> dict[str, str]:
    return {row["customer_id"]: row["debt"] for row in nights.table(day, "customers")}


def test_a_shared_invoice_counts_once_for_its_customer(nights: "Nights") -> None:
    """Each of its subscriptions owes it, and is reminded of it."""
    ledgers = {"s1": Ledger((own(200), SHARED)), "s2": Ledger((SHARED,))}
    summary = billed(nights, TWO, ledgers).summary
    owed = {row["subscription_id"]: row["debt"] for row in nights.table("2026-11-08", "actions")}
    assert owed == {"s1": "500.0000", "s2": "300.0000"}
    assert debts(nights) == {"C1": "500.00 NOK"}
    assert [(d.customer_id, d.debt) for d in summary.largest_debts] == [("C1", Decimal(500))]
    (money,) = summary.money
    assert (money.debt, money.debt_acted_on) == (Decimal(500), Decimal(500))
    assert money.monthly_acted_on == Decimal(30)


def test_of_what_is_owed_the_shared_part_is_acted_on_if_any_subscription_is(
    nights: "Nights",
) -> None:
    """The second, which is suspended for another reason, owes 40 that nobody acts on."""
    rows = (TWO[0], "s2,C1,NO,legacy,cancelled,1,10,NOK", "s3,C2,NO,legacy,cancelled,1,10,NOK")
    ledgers = {
        "s1": Ledger((own(200), SHARED)),
        "s2": Ledger((own(40), SHARED)),
        "s3": Ledger((SHARED,)),
    }
    (money,) = billed(nights, rows, ledgers).summary.money
    assert (money.debt, money.debt_acted_on) == (Decimal(840), Decimal(500))
    assert debts(nights) == {"C1": "540.00 NOK", "C2": "300.00 NOK"}


def test_a_credit_of_one_subscription_lowers_what_its_customer_owes(nights: "Nights") -> None:
    """Never below nothing; what is acted on is never more than what is owed."""
    rows = (*TWO, "s3,C2,NO,legacy,active,1,10,NOK")
    ledgers = {
        "s1": Ledger((own(200),)),
        "s2": Ledger((own(-150),)),
        "s3": Ledger((own(-20),)),
    }
    (money,) = billed(nights, rows, ledgers).summary.money
    assert (money.debt, money.debt_acted_on) == (Decimal(50), Decimal(50))
    assert debts(nights) == {"C1": "50.00 NOK"}


def test_debts_in_several_currencies_are_told_and_added_up_by_currency(nights: "Nights") -> None:
    ledgers = {"s1": Ledger((own(200), own(30, "EUR"))), "s2": Ledger((own(5, "EUR"),))}
    summary = billed(nights, TWO, ledgers).summary
    assert summary.in_several_currencies == 1
    assert debts(nights) == {"C1": "35.00 EUR; 200.00 NOK"}
    told = "  1 subscription owes in several currencies: its debt is not known"
    assert told in summary_text(summary).splitlines()
    again = nights.run("2026-11-08", "\n".join((HEAD, *TWO)), is_preview=True)
    assert again.summary.in_several_currencies == 0
    assert "several currencies" not in summary_text(again.summary)
    several = {"s1": ledgers["s1"], "s2": ledgers["s1"]}
    text = summary_text(billed(nights, TWO, several, "2026-11-09").summary)
    assert "  2 subscriptions owe in several currencies: their debt is not known" in text


def test_the_count_of_several_currencies_is_read_again(nights: "Nights") -> None:
    ledgers = {"s1": Ledger((own(200), own(30, "EUR")))}
    assert billed(nights, TWO, ledgers).summary == billed(nights, TWO, ledgers).summary
    assert nights.told("2026-11-08")["in_several_currencies"] == 1


def test_what_is_not_known_for_a_ledger_is_listed_row_by_row(nights: "Nights") -> None:
    """No column tells it, but no assumption would: it is missing for this subscription alone."""
    ledgers = {"s1": Ledger((own(200),), is_whole=False), "s2": Ledger((own(300),))}
    summary = billed(nights, TWO, ledgers).summary
    missing = {
        (row["subscription_id"], row["rule"]): row["missing"]
        for row in nights.table("2026-11-08", "undetermined")
    }
    assert missing["s1", "suspend"] == "debt; past_due_since"
    assert {id_ for id_, _ in missing} == {"s1"}
    assert not {"debt", "past_due_since"} & {lack.fact for lack in summary.missing_facts}
    assert debts(nights) == {"C1": "300.00 NOK"}


def test_a_shared_invoice_without_a_currency_is_in_that_of_all_its_subscriptions(
    nights: "Nights",
) -> None:
    ledgers = {id_: Ledger((SHARED,)) for id_ in ("s1", "s2")}
    billed(nights, TWO, ledgers)
    assert debts(nights) == {"C1": "300.00 NOK"}
    rows = (TWO[0], TWO[1].replace("NOK", "EUR"))
    billed(nights, rows, ledgers, "2026-11-09")
    assert debts(nights, "2026-11-09") == {"C1": "300.00; 0.00 EUR; 0.00 NOK"}


def test_the_order_of_rows_does_not_matter_to_money(nights: "Nights") -> None:
    rows = (*TWO, "s3,C1,NO,legacy,cancelled,1,10,NOK")
    ledgers = {
        "s1": Ledger((own(200), SHARED)),
        "s2": Ledger((own(40, "EUR"), SHARED)),
        "s3": Ledger((own(-10), SHARED)),
    }
    found = set()
    for number, order in enumerate(permutations(rows)):
        apart = replace(nights, out=nights.out / str(number))
        found.add((billed(apart, order, ledgers).summary.money, debts(apart)["C1"]))
    assert len(found) == 1


@dataclass(frozen=True)
class Billed:
    """A subscription of the customer, and what its invoices leave to pay on a day."""

    owed: Owed
    day: date
    currency: str = "NOK"
    is_acted_on: bool = True


def summed(subscriptions: Sequence[Billed]) -> dict[str, list[Decimal]]:
    """What the customer owes in a run, and what of it is acted on, by currency."""
    with scratch_folder() as scratch, Drafts(scratch) as drafts, database([scratch]) as connection:
        for each in subscriptions:
            day, actions = each.day.isoformat(), int(each.is_acted_on)
            account: dict[str, Any] = {"customer_id": "C1", "customer_name": "", "held": 0}
            account |= {"currency": each.currency, "actions": actions, "judged_on": day}
            account |= {"has_ledger": True}
            drafts.add("accounts", *map(account.get, RELATIONS["accounts"]))
            for is_shared, sums in ((False, each.owed.own), (True, each.owed.shared)):
                for named, amount in sums.items():
                    balance = "C1", "", day, each.is_acted_on, is_shared, named or "", str(amount)
                    drafts.add("balances", *balance)
        make_relations(InDuckDB(connection, scratch), drafts, {})
        make_customers(connection)
        rows = connection.execute("SELECT currency, debt, acted_on FROM debts").fetchall()
    return {currency: amounts for currency, *amounts in rows}


@pytest.mark.parametrize("is_later_first", [False, True])
def test_where_an_instant_is_in_two_days_what_is_shared_counts_as_on_the_later(
    *, is_later_first: bool
) -> None:
    """A second invoice falls due between them, where its first subscription's market is behind."""
    second = replace(SHARED, id="I8", due_date=date(2026, 11, 7))
    days = sorted((date(2026, 11, 7), date(2026, 11, 8)), reverse=is_later_first)
    ledger = Ledger((SHARED, second))
    counted = [Billed(owed(ledger, day, lambda *_: Decimal(0), "NOK"), day) for day in days]
    assert summed(counted) == {"NOK": [Decimal(600), Decimal(600)]}


CURRENCIES = st.sampled_from([None, "EUR", "NOK"])
SUMS = st.dictionaries(CURRENCIES, st.integers(-50, 90).map(Decimal), max_size=2)
SHARED_SUMS = st.dictionaries(
    CURRENCIES | st.just(OF_SUBSCRIPTION), st.integers(-50, 90).map(Decimal), max_size=2
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(SUMS, st.booleans(), st.sampled_from(["", "EUR", "NOK"]), st.booleans()),
        min_size=1,
        max_size=4,
    ),
    st.tuples(SHARED_SUMS, SHARED_SUMS),
)
def test_a_run_adds_debts_up_as_a_what_if_does(
    drawn: list[tuple[Sums, bool, str, bool]], shared: tuple[Sums, Sums]
) -> None:
    """What all share is the same in each subscription judged on one day."""
    billed = [
        Billed(Owed(own=own, shared=shared[late]), date(2026, 11, 7 + late), currency, acted_on)
        for own, late, currency, acted_on in drawn
    ]
    found = Debts()
    for each in billed:
        found.add(each.owed, each.day, each.currency)
    debts_in_run = summed(billed)
    assert {currency: debt for currency, (debt, _) in debts_in_run.items()} == found.owed()
    for debt, acted_on in debts_in_run.values():
        assert 0 <= acted_on <= debt
    if all(each.is_acted_on for each in billed):
        assert all(debt == acted_on for debt, acted_on in debts_in_run.values())
    if not any(each.is_acted_on for each in billed):
        assert not any(acted_on for _, acted_on in debts_in_run.values())


def test_nothing_owed_by_invoices_reads_zero(nights: "Nights") -> None:
    """As where a column tells it; a column that says otherwise does not count."""
    head = f"{HEAD},suspended_for,suspended_on,debt"
    rows = ("s1,C1,NO,legacy,suspended,1,10,NOK,debt,2026-11-01,9",)
    ledgers = {"s1": Ledger((replace(own(9), status=InvoiceStatus.PAID),))}
    summary = billed(nights, rows, ledgers, head=head).summary
    assert nights.column("2026-11-08", "actions", "rule") == ["reactivate"]
    assert debts(nights) == {"C1": "0.00 NOK"}
    assert [found.debt for found in summary.money] == [Decimal(0)]
