"""One night: which rows come out, in which words, and what the account says of them."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from lapse.nightly import Ending

if TYPE_CHECKING:
    from tests.runs.conftest import Nights

EXPORT = """
subscription_id,customer_id,customer_name,market,program,product,status,seats,unit_price,past_due_since,debt,currency,term_end
S1,C1,"Fab, Inc",NO,legacy,P1,active,10,20,2026-11-01,1200,NOK,2027-01-31
S2,C1,"Fab, Inc",NO,legacy,P1,active,,,2026-11-01,50,NOK,2026-10-10
S3,C2,Con,SE,nce,P2,active,1,5 EUR,2026-11-01,30 EUR,SEK,
S4,C2,Con,SE,azure,P3,active,,,2026-11-01,900,SEK,
S5,C3,Tail,NO,legacy,P1,active,ten,,,,,
S6,C4,Quiet,NO,legacy,P1,active,3,10,,,NOK,2027-01-31
"""


def test_an_action_says_who_what_since_when_and_why(nights: "Nights") -> None:
    nights.run("2026-11-10", EXPORT)
    first, second = sorted(nights.table("2026-11-10", "actions"), key=lambda row: row["action_id"])
    assert first == {
        "action_id": "S1:remind@7:2026-11-01",
        "subscription_id": "S1",
        "customer_id": "C1",
        "customer_name": "Fab, Inc",
        "market": "NO",
        "program": "legacy",
        "product": "P1",
        "track": "dunning",
        "step": "1",
        "rule": "remind",
        "stage": "7",
        "action": "notify",
        "by": "partner",
        "anchor": "2026-11-01",
        "anchor_of": "past_due_since",
        "due_on": "2026-11-08",
        "days_late": "2",
        "first_given": "2026-11-10",
        "as_of": "2026-11-10",
        "because": "1200.00 NOK owed, over 100.00 NOK; day 7 {sic}",
        "source": first["source"],
        "debt": "1200.0000",
        "monthly_amount": "200.0000",
        "commitment_left": "",
        "currency": "NOK",
        "with": '{"template":"payment","urgent":"yes"}',
    }
    assert first["source"].endswith("base.yaml:10")
    assert (second["debt"], second["currency"]) == ("30.0000 EUR", "SEK")


def test_what_the_provider_does_is_never_among_actions(nights: "Nights") -> None:
    nights.run("2026-11-10", EXPORT)
    (foreseen,) = nights.table("2026-11-10", "provider")
    assert foreseen["action_id"] == "S2:ends:2026-10-10"
    assert foreseen["by"] == "provider"
    assert nights.column("2026-11-10", "actions", "subscription_id") == ["S1", "S3"]


def test_every_row_is_counted_once(nights: "Nights") -> None:
    nights.run("2026-11-10", EXPORT)
    counts = nights.told("2026-11-10")["counts"]
    assert counts["read"] == 6
    assert counts["decided"] == 4
    assert counts["rejected"] == 1
    assert counts["not_covered"] == 1


def test_a_row_lost_on_the_way_is_a_bug_and_publishes_nothing(
    nights: "Nights", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lapse.runs.results.tally.Tally.leave_out", lambda *_: None)
    with pytest.raises(AssertionError, match="rows were lost"):
        nights.run("2026-11-10", EXPORT)
    assert nights.names() == set()


def test_rejected_rows_and_what_is_not_covered_are_told(nights: "Nights") -> None:
    summary = nights.run("2026-11-10", EXPORT).summary
    (rejected,) = nights.table("2026-11-10", "rejected")
    assert rejected == {
        "input": "export.csv",
        "row": "6",
        "subscription_id": "S5",
        "code": "bad-cell",
        "column": "seats",
        "found": "ten",
    }
    assert summary.rejected_by_code == {"bad-cell": 1}
    (left_out,) = summary.not_covered_by
    assert (left_out.layer, left_out.because, left_out.count) == ("Azure", "billed by use", 1)


def test_customers_have_each_subscription_once_and_money_by_currency(nights: "Nights") -> None:
    nights.run("2026-11-10", EXPORT)
    assert nights.table("2026-11-10", "customers") == [
        {
            "customer_id": "C1",
            "customer_name": "Fab, Inc",
            "market": "NO",
            "subscriptions": "2",
            "actions": "1",
            "held": "0",
            "debt": "1250.00 NOK",
            "monthly_amount": "200.00 NOK",
            "commitment_left": "",
        },
        {
            "customer_id": "C2",
            "customer_name": "Con",
            "market": "SE",
            "subscriptions": "1",
            "actions": "1",
            "held": "0",
            "debt": "30.00 EUR",
            "monthly_amount": "5.00 EUR",
            "commitment_left": "",
        },
    ]


def test_a_fact_without_a_column_stands_once_in_the_account(nights: "Nights") -> None:
    late = EXPORT.replace("S6,C4,Quiet,NO,legacy,P1,active", "S6,C4,Quiet,NO,legacy,P1,")
    nights.run("2026-11-10", late)
    nights.run("2026-11-20", late)
    (held,) = (row for row in nights.table("2026-11-20", "held") if row["subscription_id"] == "S1")
    assert (held["held_by"], held["missing"], held["first_given"]) == ("dispute", "disputed", "")
    facts = {found["fact"]: found for found in nights.told("2026-11-20")["missing_facts"]}
    assert facts["disputed"] == {
        "fact": "disputed",
        "rules": {},
        "subscriptions": 2,
        "held": 2,
        "assume": "--assume disputed=no",
    }
    rows = nights.table("2026-11-20", "undetermined")
    assert {"subscription_id": "S3", "rule": "ends", "missing": "term_end"} in rows
    assert {row["subscription_id"] for row in rows} == {"S3", "S6"}


def test_what_is_missing_for_a_whole_file_is_in_no_row(nights: "Nights") -> None:
    text = """
    subscription_id,program,status
    S1,legacy,active
    S2,legacy,active
    """
    summary = nights.run("2026-11-10", text).summary
    assert nights.table("2026-11-10", "undetermined") == []
    assert summary.undetermined == 6
    found = {fact.fact: (fact.rules, fact.subscriptions) for fact in summary.missing_facts}
    assert found["term_end"] == ({"ends": 2}, 2)
    assert found["debt"] == ({"remind": 2, "suspend": 2}, 2)
    assert {fact.fact: fact.assume for fact in summary.missing_facts} == {
        "debt": "--assume debt=0.00",
        "past_due_since": "--assume past_due_since=none",
        "term_end": "--assume term_end=DATE",
    }


def test_the_summary_tells_money_and_the_largest_debts(nights: "Nights") -> None:
    summary = nights.run("2026-11-10", EXPORT).summary
    money = {found.currency: found for found in summary.money}
    assert money["NOK"].debt == Decimal(1250)
    assert money["NOK"].debt_acted_on == Decimal(1200)
    assert money["NOK"].monthly_acted_on == Decimal(200)
    debts = [(d.currency, d.customer_id, d.debt) for d in summary.largest_debts]
    assert debts == [("EUR", "C2", Decimal(30)), ("NOK", "C1", Decimal(1250))]


def test_the_five_largest_debts_of_a_currency_come_largest_first(nights: "Nights") -> None:
    rows = "\n".join(f"S{n},C{n % 8},legacy,{n}0,NOK" for n in range(1, 10))
    summary = nights.run(
        "2026-11-10", f"subscription_id,customer_id,program,debt,currency\n{rows}"
    ).summary
    debts = [(found.customer_id, int(found.debt)) for found in summary.largest_debts]
    assert debts == [("C1", 100), ("C0", 80), ("C7", 70), ("C6", 60), ("C5", 50)]


def test_an_assumption_counts_where_there_is_no_column(nights: "Nights") -> None:
    nights.run("2026-11-10", EXPORT)
    nights.run("2026-11-20", EXPORT, assumed={"disputed": False})
    assert nights.ids("2026-11-20") == ["S1:suspend:2026-11-01", "S3:suspend:2026-11-01"]


def test_the_command_line_is_before_what_the_catalogue_assumes(nights: "Nights") -> None:
    catalogue = replace(nights.book.catalogue, assumed={"disputed": False})
    assuming = replace(nights, book=replace(nights.book, catalogue=catalogue))
    assuming.run("2026-11-10", EXPORT)
    assert assuming.run("2026-11-20", EXPORT, is_preview=True).summary.held == 0
    told = assuming.run("2026-11-20", EXPORT, is_preview=True, assumed={"disputed": True}).summary
    assert [held.held_by for held in told.held_by] == ["dispute"]


def test_a_preview_reads_the_history_and_writes_nothing(nights: "Nights") -> None:
    before = nights.run("2026-11-10", EXPORT, is_preview=True)
    assert before.ending is Ending.PREVIEWED
    assert not nights.out.exists()
    nights.run("2026-11-10", EXPORT)
    there = nights.names()
    after = nights.run("2026-11-11", EXPORT, is_preview=True)
    assert [row["action_id"] for row in before.actions] == [
        "S1:remind@7:2026-11-01",
        "S3:remind@7:2026-11-01",
    ]
    assert after.actions == ()
    assert nights.names() == there


def test_progress_is_told_in_rows(nights: "Nights") -> None:
    told: list[int] = []
    rows = "\n".join(f"S{number},azure" for number in range(1200))
    nights.run("2026-11-10", f"subscription_id,program\n{rows}", progress=told.append)
    assert told == [500, 1000]


def test_sorted_rows_go_by_subscription(nights: "Nights") -> None:
    rows = EXPORT.replace("S3,", "S1-1,")
    nights.run("2026-11-10", rows, is_sorted=True)
    found = [row["subscription_id"] for row in nights.table("2026-11-10", "actions")]
    assert found == ["S1", "S1-1"]
