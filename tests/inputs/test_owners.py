"""Invoices and holds reach the subscriptions that they name, or that their customer has."""

from datetime import date
from pathlib import Path

import pytest
from tests.inputs.gathered import EXPORT, WORDS, Give, holds, invoices

from lapse.inputs.joining import together
from lapse.inputs.reading import Also, InputError, open_exports
from lapse.model.facts import UNKNOWN
from lapse.model.invoices import Ledger

LOWER, UPPER = "ab000000-0000-4000-8000-00000000000f", "AB000000-0000-4000-8000-00000000000F"


def test_an_invoice_of_a_subscription_is_its_own_and_one_of_a_customer_is_shared(
    give: Give,
) -> None:
    told = give(
        invoices=invoices(
            "I1,A,C1,2026-11-01,100,NOK,open",
            "I2,,C1,2026-11-02,50,NOK,open",
            "I3,C,,2026-11-03,-7.5,NOK,open",
        )
    )
    assert told.owed("A") == {("I1", "100.00 NOK", False), ("I2", "50.00 NOK", True)}
    assert told.owed("B") == {("I2", "50.00 NOK", True)}
    assert told.owed("C") == {("I3", "-7.50 NOK", False)}
    assert told.read == 4


def test_a_long_list_of_a_customer_is_the_same_as_a_short_one(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = invoices(
        "I1,A,C1,2026-11-01,100,NOK,open",
        *(f"J{n},,C1,2026-11-{n:02},{n},NOK,open" for n in range(1, 10)),
        "K1,,C2,2026-11-03,7,NOK,soon",
        "K2,,C2,2026-11-03,8,NOK,open",
    )
    told = give(invoices=rows)
    monkeypatch.setattr(together, "LONG", 1)
    other = give(invoices=rows)
    for each in "ABCD":
        assert other.owed(each) == told.owed(each)
    assert len(other.owed("A")) == 10
    assert other.not_whole() == told.not_whole() == {"C", "D"}
    assert other.ledger("B").invoices is not told.ledger("B").invoices


def test_customers_share_one_list(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy for each of 3,000 subscriptions of 6,000 invoices took 9.5 GB."""
    monkeypatch.setattr(together, "LONG", 1)
    export = EXPORT.replace("C,C2", "C,C1")
    told = give(
        export=export, invoices=invoices(*(f"J{n},,C1,2026-11-01,1,NOK,open" for n in "123"))
    )
    assert told.ledger("A").invoices is told.ledger("C").invoices


def test_a_subscription_named_counts_before_its_own_customer(give: Give) -> None:
    told = give(invoices=invoices("I1,A,C1,2026-11-01,100,NOK,open"))
    assert told.owed("A") == {("I1", "100.00 NOK", False)}
    assert told.owed("B") == set()
    assert told.not_whole() == set()


@pytest.mark.parametrize("status", ["paid", "draft", "void", "written_off", "disputed"])
def test_only_open_invoices_count(status: str, give: Give) -> None:
    told = give(invoices=invoices(f"I1,A,C1,2026-11-01,100,NOK,{status}"))
    assert told.ledger("A") == Ledger()


def test_nothing_left_and_never_due_count_for_nothing(give: Give) -> None:
    told = give(invoices=invoices("I1,A,,2026-11-01,0,NOK,open", "I2,A,,9999-12-31,5,NOK,open"))
    assert told.ledger("A") == Ledger()


def test_without_invoices_there_is_no_ledger_and_with_some_everybody_has_one(give: Give) -> None:
    assert give().records["A"].ledger is None
    told = give(invoices=invoices())
    assert {id_: record.ledger for id_, record in told.records.items()} == dict.fromkeys(
        "ABCD", Ledger()
    )


def test_an_amount_without_a_currency_is_told_and_in_none(give: Give, tmp_path: Path) -> None:
    rows = ("I1,A,,2026-11-01,100,,open", "I2,C,,2026-11-01,5,,paid", "I3,B,,2026-11-01,0,,open")
    own = "I4,C,,2026-11-01,7,subscription,open"
    told = give(invoices=invoices(*rows, own))
    assert [one.lacks_currency for one in told.ledger("A").invoices] == [True]
    assert [one.takes_currency for one in told.ledger("C").invoices] == [True]
    with open_exports(
        [str(tmp_path / "export0.csv")], WORDS, Also((str(tmp_path / "invoices0.csv"),))
    ) as opened:
        (problem,) = opened.problems
    assert problem.code == "no-currency"
    assert problem.message == "1 open amount in no known currency: what is owed is not known"


def test_owners_meet_whatever_the_letters_of_a_guid(give: Give) -> None:
    export = f"subscription_id,customer_id\n{LOWER},C1\nX,{LOWER}\n"
    told = give(
        export=export,
        invoices=invoices(f"I1,{UPPER},,2026-11-01,1,NOK,open", f"I2,,{UPPER},2026-11-01,2,,open"),
        holds=holds(f"{UPPER},,2026-12-01,me"),
    )
    assert told.owed(LOWER) == {("I1", "1.00 NOK", False)}
    assert told.owed("X") == {("I2", "2.00", True)}
    assert told.holds() == {LOWER: date(2026, 12, 1), "X": None}
    assert told.joining.unmatched == ()


@pytest.mark.parametrize(
    ("row", "unsure"),
    [
        ("I1,A,C1,2026-02-30,100,NOK,open", {"A"}),
        ("I1,,C1,2026-02-30,100,NOK,open", {"A", "B"}),
        ("I1,A,C1,2026-11-01,a lot,NOK,open", {"A"}),
        ("I1,A,C1,2026-11-01,100,NOK,overdue", {"A"}),
        ("I1,A,C1,2026-11-01,100,NOK,", {"A"}),
        ("I1,A,C1,2026-02-30,100,NOK,paid", set()),
        ("I1,A,C1,2026-02-30,100,NOK,VOID", set()),
        ("I1,A,C1,2026-02-30,100,NOK,written_off", set()),
        ("I1,Z,C1,2026-02-30,100,NOK,open", set()),
        ("I1,,,2026-11-01,100,NOK,open", set()),
    ],
)
def test_a_rejected_invoice_makes_only_those_unsure_whom_it_names(
    row: str, unsure: set[str], give: Give
) -> None:
    told = give(
        export=EXPORT.replace("D,,", "D,C4,"), invoices=invoices(row, "I9,C,,2026-11-01,1,NOK,open")
    )
    assert told.not_whole() == unsure
    assert [(each.row, each.gives) for each in told.rejected] == [(1, "invoices")]
    assert told.read == len(told.records) == 4


def test_an_invoice_twice_is_neither_counted_nor_forgotten(give: Give) -> None:
    row = "I1,A,C1,2026-11-01,100,NOK,open"
    told = give(invoices=(*invoices(row), *invoices(row, "I2,B,,2026-11-01,1,NOK,open")))
    assert told.owed("A") == set()
    assert told.not_whole() == {"A"}
    assert [each.code for each in told.rejected] == ["duplicate-id", "duplicate-id"]


def test_who_has_no_known_customer_may_owe_what_customers_owe(give: Give) -> None:
    own = "I1,D,,2026-11-01,100,NOK,open"
    assert give(invoices=invoices(own)).not_whole() == set()
    told = give(invoices=invoices(own, "I2,,C1,2026-11-01,1,NOK,open"))
    assert told.not_whole() == {"D"}
    assert told.owed("D") == {("I1", "100.00 NOK", False)}
    without = "subscription_id,status\nA,active\n"
    assert give(export=without, invoices=invoices("I2,,C1,2026-11-01,1,NOK,open")).not_whole() == {
        "A"
    }


def test_a_rejected_invoice_of_some_customer_may_be_that_of_an_unknown_one(give: Give) -> None:
    told = give(invoices=invoices("I2,,C1,2026-02-30,1,NOK,open"))
    assert told.not_whole() == {"A", "B", "D"}


def test_a_paid_invoice_of_some_customer_is_nobodys_debt(give: Give) -> None:
    assert give(invoices=invoices("I2,,C1,2026-11-01,1,NOK,paid")).not_whole() == set()


@pytest.mark.parametrize("end", ["", "9999-12-31", "soon", "2026-02-30"])
def test_a_hold_without_a_known_end_is_unknown_for_whom_it_names(end: str, give: Give) -> None:
    told = give(holds=holds(f"A,,{end},me", "B,,2026-12-01,me"))
    assert told.records["A"].facts["hold_until"] is UNKNOWN
    assert told.records["B"].facts["hold_until"] == date(2026, 12, 1)
    told = give(holds=holds(f",C1,{end},me", "B,,2026-12-01,me"))
    assert told.records["A"].facts["hold_until"] is UNKNOWN
    assert told.records["B"].facts["hold_until"] is UNKNOWN
    assert told.records["C"].facts.get("hold_until") is None


def test_the_longest_hold_counts(give: Give) -> None:
    told = give(holds=holds("A,,2026-12-01,me", "A,,2026-12-24,me", ",C1,2026-12-10,you"))
    assert told.records["A"].facts["hold_until"] == date(2026, 12, 24)
    assert told.records["B"].facts["hold_until"] == date(2026, 12, 10)


def test_who_is_named_by_no_hold_keeps_his_column_and_else_has_none(give: Give) -> None:
    export = "subscription_id,customer_id,hold_until\nA,C1,2026-12-31\nB,C1,\nC,C2,2027-01-01\n"
    told = give(export=export, holds=holds("A,,2026-12-01,me"))
    assert told.holds() == {"A": date(2026, 12, 1), "B": None, "C": date(2027, 1, 1)}
    assert give(holds=holds("A,,2026-12-01,me")).records["B"].facts["hold_until"] is None


def test_who_has_no_known_customer_may_be_held_with_one(give: Give) -> None:
    assert give(holds=holds("A,,2026-12-01,me")).records["D"].facts["hold_until"] is None
    told = give(holds=holds(",C1,2026-12-01,me"))
    assert told.records["D"].facts["hold_until"] is UNKNOWN


def test_who_is_in_no_export_is_counted(give: Give) -> None:
    told = give(
        invoices=invoices(
            "I1,Z,C1,2026-11-01,1,NOK,open",
            "I2,,C9,2026-11-01,1,NOK,open",
            "I3,,C1,2026-11-01,1,NOK,open",
            "I4,Z,,2026-11-01,1,NOK,paid",
        ),
        holds=holds("Z,,2026-12-01,me", "A,C9,2026-12-01,me", ",C9,,me"),
    )
    assert {each.gives: each.rows for each in told.joining.unmatched} == {"invoices": 2, "holds": 2}


@pytest.mark.parametrize("kind", ["invoices", "holds"])
def test_a_list_that_names_nobody_is_refused(kind: str, give: Give) -> None:
    columns = {"invoices": "due_date,balance,status\n", "holds": "hold_until,owner\n"}
    with pytest.raises(InputError) as refused:
        give(**{kind: (columns[kind],)})
    assert [problem.code for problem in refused.value.problems] == ["missing-column"]
    assert "`subscription_id` or `customer_id`" in refused.value.problems[0].message
