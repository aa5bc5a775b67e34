"""Exports put together: a subscription is one, whichever and however many files tell of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.inputs.gathered import assert_relation_tells

from lapse.inputs.reading import Also, Export, Rejected, open_exports
from lapse.model.facts import UNKNOWN, Value, show, vocabulary
from lapse.model.profile import ProfileSet
from lapse.model.record import Joining, OnlyIn, Record
from lapse.policy.profiles.load import load_profile

WORDS = vocabulary()
PROFILES = {
    "shop": """
profile: shop
about: "our web shop"
recognised_by: [Abo]
facts:
  subscription_id: Abo
  customer_id: Kunde
  seats: Sitze
  product: Ware
  unit_price: {column: Preis, currency: Geld}
assume: {disputed: no, hold_until: none, auto_renew: yes}
""",
    "desk": """
profile: desk
about: "what the help desk knows"
recognised_by: [Desk]
facts:
  subscription_id: Desk
  seats: Seats
  status: Status
assume: {disputed: yes, trial: no}
""",
    "prices": """
profile: prices
about: "our list of prices"
gives: prices
recognised_by: [Artikel, Ab]
facts:
  product: Artikel
  currency: Geld
  unit_price: {column: Preis, currency: Geld}
in_force: {from: Ab, to: Bis}
""",
    "months": """
profile: months
about: "a row for each month"
recognised_by: [Monat]
facts: {subscription_id: Id, seats: Sitze}
one_row: {latest: Monat}
""",
}
A, B = "AB000000-0000-4000-8000-00000000000F", "ab000000-0000-4000-8000-00000000000f"


def shown(value: Value | None) -> str:
    return "" if value is None else show(value)


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of putting files together."""

    records: Mapping[str, Record]
    rejected: list[Rejected]
    read: int
    joining: Joining

    def facts(self, id_: str) -> Mapping[str, object]:
        return self.records[id_].facts

    def column(self, fact: str) -> dict[str, str]:
        """A fact of each subscription that has it, as people read it; a blank is empty."""
        return {
            id_: shown(record.facts[fact])
            for id_, record in self.records.items()
            if fact in record.facts
        }


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ProfileSet]:
    """The profiles above, each order of trust by its name."""
    profiles = {}
    for name, text in PROFILES.items():
        path = tmp_path_factory.mktemp("profiles") / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        loaded = load_profile(path, WORDS)
        assert loaded.problems == ()
        assert loaded.profile is not None
        profiles[name] = loaded.profile
    order = ("canonical", "shop", "desk", "prices")
    return {
        "shop first": ProfileSet(profiles, order),
        "desk first": ProfileSet(profiles, ("canonical", "desk", "shop")),
        "desk's seats": ProfileSet(profiles, order, {"seats": ("desk", "shop")}),
        "no order": ProfileSet(profiles),
    }


Offered = dict[str, ProfileSet]


@contextmanager
def opened(profiles: ProfileSet, files: Mapping[str, str]) -> Iterator[Export]:
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        names = [str(Path(folder, name)) for name in files]
        with open_exports(names, WORDS, Also(profiles=profiles)) as export:
            yield export


def joined(profiles: ProfileSet, files: Mapping[str, str]) -> Joined:
    """The files put together; what was read adds up."""
    with opened(profiles, files) as export:
        records = list(export.records())
        rejected = list(export.rejected())
        ours = [each for each in rejected if each.gives == "subscriptions"]
        assert export.read == len(records) + len(ours)
        by_id = {str(record.facts["subscription_id"]): record for record in records}
        assert len(by_id) == len(records)
        assert_relation_tells(export, records)
        return Joined(by_id, rejected, export.read, export.joining)


SHOP = "Abo,Kunde,Sitze\nA,C1,5\nB,C2,7\n"
DESK = "Desk,Seats,Status\nA,6,active\nB,7,active\n"


def test_the_more_trusted_profile_is_right_and_the_difference_is_counted(offered: Offered) -> None:
    found = joined(offered["shop first"], {"shop.csv": SHOP, "desk.csv": DESK})
    assert found.column("seats") == {"A": "5", "B": "7"}
    (conflict,) = found.joining.conflicts
    assert (conflict.fact, conflict.subscriptions) == ("seats", 1)
    assert (conflict.example, conflict.first) == ("A", "shop")


def test_a_fact_may_have_an_order_of_its_own(offered: Offered) -> None:
    found = joined(offered["desk's seats"], {"shop.csv": SHOP, "desk.csv": DESK})
    assert found.column("seats") == {"A": "6", "B": "7"}
    assert [each.first for each in found.joining.conflicts] == ["desk"]


def test_what_the_more_trusted_leaves_blank_another_tells(offered: Offered) -> None:
    shop = "Abo,Sitze\nA,\nB,\n"
    found = joined(offered["shop first"], {"shop.csv": shop, "desk.csv": "Desk,Seats\nA,6\nB,\n"})
    assert found.column("seats") == {"A": "6", "B": ""}
    assert found.joining.conflicts == ()


def test_names_that_are_only_shown_are_no_conflict(offered: Offered) -> None:
    files = {
        "a.csv": "subscription_id,customer_id,customer_name,seats\nA,C1,Fjord,5\n",
        "customers.csv": "customer_id,customer_name,market\nC1,FJORD,NO\n",
    }
    assert joined(offered["shop first"], files).joining.conflicts == ()


def test_a_subscription_in_one_export_only_is_kept_and_told(offered: Offered) -> None:
    files = {"shop.csv": SHOP + "C,C1,1\n", "desk.csv": DESK + "D,9,active\n"}
    found = joined(offered["shop first"], files)
    assert set(found.records) == {"A", "B", "C", "D"}
    assert found.read == 4
    only = [(each.input.rpartition("/")[2], each.examples) for each in found.joining.only_in]
    assert sorted(only) == [("desk.csv", ("D",)), ("shop.csv", ("C",))]


def test_a_fact_without_a_column_in_the_exports_of_a_row_is_no_key(offered: Offered) -> None:
    files = {"shop.csv": SHOP + "C,C1,1\n", "desk.csv": "Desk,Status\nA,\nB,active\nD,active\n"}
    found = joined(offered["shop first"], files)
    assert found.facts("A")["status"] is None
    assert "status" not in found.facts("C")
    assert not {"seats", "customer_id"} & set(found.facts("D"))


def test_profiles_assume_for_rows_of_their_own_files_only(offered: Offered) -> None:
    files = {"shop.csv": "Abo,Sitze\nA,5\nC,1\n", "desk.csv": "Desk,Status\nA,active\nD,active\n"}
    found = joined(offered["shop first"], files)
    assert found.records["C"].assumed.keys() == {"disputed", "hold_until", "auto_renew"}
    assert dict(found.records["D"].assumed) == {"disputed": True, "trial": False}
    assert found.records["A"].assumed["disputed"] is False


@pytest.mark.parametrize("order", ["shop first", "desk first", "no order"])
def test_which_assumption_counts_depends_on_no_order_of_files(order: str, offered: Offered) -> None:
    files = {"shop.csv": "Abo,Sitze\nA,5\n", "desk.csv": "Desk,Status\nA,active\n"}
    one, other = (
        joined(offered[order], dict(each)) for each in (files.items(), reversed(files.items()))
    )
    assert one.records["A"].assumed == other.records["A"].assumed
    assert one.records["A"].assumed["disputed"] is (order != "shop first")
    assert sorted(map(repr, one.joining.assumed)) == sorted(map(repr, other.joining.assumed))


def test_any_column_is_stronger_than_an_assumption(offered: Offered) -> None:
    files = {"shop.csv": SHOP, "own.csv": "subscription_id,disputed\nA,\nB,yes\n"}
    found = joined(offered["shop first"], files)
    assert found.column("disputed") == {"A": "", "B": "yes"}
    assert all("disputed" not in record.assumed for record in found.records.values())


def test_what_a_rejected_row_said_is_not_assumed(offered: Offered) -> None:
    own = "subscription_id,hold_until,term_end\nA,2026-12-31,2026-02-30\nB,,2026-12-31\n"
    found = joined(offered["shop first"], {"shop.csv": SHOP, "own.csv": own})
    assert found.facts("A")["hold_until"] is UNKNOWN
    assert "hold_until" not in found.records["A"].assumed
    assert found.facts("B")["hold_until"] is None
    assert [(each.row, each.code) for each in found.rejected] == [(1, "bad-date")]


def test_what_the_rejected_row_of_a_customer_said_is_not_known(offered: Offered) -> None:
    own = "customer_id,auto_renew,segment,market\nC1,no,edu,Norway\nC2,no,edu,NO\n"
    found = joined(offered["shop first"], {"shop.csv": SHOP, "customers.csv": own})
    assert found.column("auto_renew") == {"A": "unknown", "B": "no"}
    assert found.facts("A")["segment"] is UNKNOWN


def test_a_rejected_row_alone_is_no_subscription(offered: Offered) -> None:
    files = {"shop.csv": SHOP, "desk.csv": "Desk,Seats\nA,6\nZ,many\n"}
    found = joined(offered["shop first"], files)
    assert set(found.records) == {"A", "B"}
    assert found.read == 3


def test_guids_meet_whatever_their_letters(offered: Offered) -> None:
    files = {
        "shop.csv": f"Abo,Kunde,Sitze\n{A},{A},5\n",
        "desk.csv": f"Desk,Seats\n{B},5\n",
        "customers.csv": f"customer_id,market\n{B},NO\n",
    }
    found = joined(offered["shop first"], files)
    assert found.column("market") == {A: "NO"}
    assert found.joining.conflicts == ()
    assert found.joining.only_in == ()


def test_other_ids_meet_only_in_the_same_letters(offered: Offered) -> None:
    files = {"shop.csv": "Abo,Sitze\nab-1,5\n", "desk.csv": "Desk,Seats\nAB-1,6\n"}
    assert set(joined(offered["shop first"], files).records) == {"ab-1", "AB-1"}


def test_money_keeps_the_amount_and_currency_of_one_export(offered: Offered) -> None:
    own = "subscription_id,unit_price,status\nA,10.00 NOK,active\nB,,active\nC,8,active\n"
    shop = "Abo,Preis,Geld\nA,9,EUR\nB,9,EUR\nC,8,EUR\n"
    found = joined(offered["shop first"], {"own.csv": own, "shop.csv": shop})
    assert found.column("unit_price") == {"A": "10.00 NOK", "B": "9.00 EUR", "C": "8.00"}
    assert [(each.fact, each.subscriptions) for each in found.joining.conflicts] == [
        ("unit_price", 1)
    ]


def test_an_id_twice_in_one_export_rejects_all_its_rows(offered: Offered) -> None:
    files = {"1.csv": SHOP, "2.csv": "Abo,Kunde,Sitze\nB,C2,7\nD,C4,1\n", "desk.csv": DESK}
    found = joined(offered["shop first"], files)
    assert [(each.subscription_id, each.code) for each in found.rejected] == [
        ("B", "duplicate-id"),
        ("B", "duplicate-id"),
    ]
    assert found.column("seats") == {"A": "5", "B": "7", "D": "1"}  # the desk knows B, too
    assert found.facts("B")["customer_id"] is UNKNOWN


def test_guids_in_other_letters_are_the_same_id_twice(offered: Offered) -> None:
    found = joined(offered["shop first"], {"shop.csv": f"Abo,Sitze\n{A},5\n{B},5\n"})
    assert [each.code for each in found.rejected] == ["duplicate-id", "duplicate-id"]


CUSTOMERS = "customer_id,market,currency\nC1,NO,NOK\nC9,SE,SEK\n"


def test_a_list_of_customers_adds_what_it_knows(offered: Offered) -> None:
    found = joined(offered["shop first"], {"customers.csv": CUSTOMERS, "shop.csv": SHOP})
    assert found.column("market") == {"A": "NO"}
    assert found.read == 2
    (missing,) = found.joining.only_in
    assert missing == OnlyIn(missing.input, 1, ("B",), is_missing=True)


def test_the_row_of_a_subscription_counts_before_that_of_its_customer(offered: Offered) -> None:
    files = {
        "own.csv": "subscription_id,customer_id,market,seats\nA,C1,DK,5\n",
        "customers.csv": CUSTOMERS,
    }
    for order in (files, dict(reversed(files.items()))):
        found = joined(offered["shop first"], order)
        assert found.column("market") == {"A": "DK"}


def test_an_offer_adds_to_every_subscription_of_its_product(offered: Offered) -> None:
    files = {
        "shop.csv": "Abo,Ware\nA,P1\nB,P1\nC,P2\nD,\n",
        "offers.csv": "product,min_seats,max_seats\nP1,1,300\n",
    }
    found = joined(offered["shop first"], files)
    assert found.column("max_seats") == {"A": "300", "B": "300"}


OWN = """\
subscription_id,product,currency,term_start
A,P1,NOK,2026-03-01
B,P1,EUR,2026-03-01
C,P1,NOK,2025-12-31
D,P1,,2026-07-31
E,,NOK,2026-03-01
F,P1,NOK,
G,P1,NOK,2026-08-01
"""
LIST = """\
Artikel,Geld,Preis,Ab,Bis
P1,NOK,100,2026-01-01,2026-07-31
P1,NOK,110,2026-03-01,2026-07-31
P1,NOK,90,2024-01-01,2025-12-31
P1,EUR,10,2026-01-01,2026-03-01
P2,NOK,1,2024-01-01,9999-12-31
"""


def test_the_price_is_the_one_in_force_when_the_term_started(offered: Offered) -> None:
    found = joined(offered["shop first"], {"own.csv": OWN, "list.csv": LIST})
    assert found.column("unit_price") == {
        "A": "110.00 NOK",  # the latest of two that overlap
        "B": "10.00 EUR",  # in its currency; the last day is included
        "C": "90.00 NOK",
        "D": "110.00 NOK",  # of no currency: that of the list
    }


@pytest.mark.parametrize(
    "rows",
    [
        "P1,NOK,100,2026-01-01,9999-12-31\nP1,EUR,10,2026-01-01,9999-12-31",
        "P1,NOK,100,2026-01-01,9999-12-31\nP1,EUR,10,2025-01-01,9999-12-31",
        "P2,NOK,100,2026-01-01,9999-12-31\nP2,NOK,60,2026-01-01,9999-12-31",
    ],
    ids=["two currencies", "one of them later", "two tiers"],
)
def test_where_a_list_tells_several_prices_none_is_told(offered: Offered, rows: str) -> None:
    own = "subscription_id,product,currency,term_start,term_end\n"
    own += "".join(
        f"{n},P1,,2026-03-01,2027-02-28\n{n}x,P2,NOK,2026-03-01,2027-02-28\n" for n in "ABC"
    )
    only = "P3,NOK,1,2026-01-01,9999-12-31"
    files = {"own.csv": own, "list.csv": f"Artikel,Geld,Preis,Ab,Bis\n{rows}\n{only}\n"}
    found = joined(offered["shop first"], files)
    assert found.column("unit_price") == found.column("next_unit_price") == {}


def test_the_next_price_is_the_one_in_force_on_the_day_after_the_term(offered: Offered) -> None:
    own = """\
subscription_id,product,currency,term_start,term_end
A,P1,NOK,2025-03-01,2026-02-28
B,P1,NOK,2025-08-01,2026-07-31
C,P1,EUR,2025-03-01,2026-02-28
D,P1,,2024-12-31,2025-12-31
E,P1,NOK,2026-03-01,
F,P1,NOK,2026-03-01,9999-12-31
"""
    found = joined(offered["shop first"], {"own.csv": own, "list.csv": LIST})
    assert found.column("next_unit_price") == {
        "A": "110.00 NOK",  # from the first of March
        "C": "10.00 EUR",  # its own price then is not known, its currency is
        "D": "100.00 NOK",  # of two currencies that of the price now
        "B": "",  # nothing is in force on the first of August
        "E": "",
        "F": "",
    }
    assert found.column("unit_price")["C"] == ""


def test_what_somebody_charges_is_not_held_against_a_list_of_what_it_costs(
    offered: Offered,
) -> None:
    own = """\
subscription_id,product,currency,term_start,term_end,unit_price
A,P1,NOK,2025-03-01,2026-02-28,150.00
B,P1,NOK,2025-03-01,2026-02-28,
"""
    found = joined(offered["shop first"], {"own.csv": own, "list.csv": LIST})
    assert found.column("next_unit_price") == {"A": "", "B": "110.00 NOK"}


def test_a_column_of_the_next_price_counts(offered: Offered) -> None:
    own = """\
subscription_id,product,currency,term_start,term_end,unit_price,next_unit_price
A,P1,NOK,2025-03-01,2026-02-28,150.00,165.00
"""
    found = joined(offered["shop first"], {"own.csv": own, "list.csv": LIST})
    assert found.column("next_unit_price") == {"A": "165.00"}


def test_a_list_without_days_tells_no_next_price(offered: Offered) -> None:
    own = "subscription_id,product,term_start,term_end\nA,P1,2025-03-01,2026-02-28\n"
    prices = "product,unit_price\nP1,100.00 NOK\n"
    found = joined(offered["shop first"], {"own.csv": own, "prices.csv": prices})
    assert found.column("unit_price") == {"A": "100.00 NOK"}
    assert found.column("next_unit_price") == {}


def test_without_a_key_of_the_list_nothing_is_priced(offered: Offered) -> None:
    own = "subscription_id,product,currency\nA,P1,NOK\n"
    found = joined(offered["shop first"], {"own.csv": own, "list.csv": LIST})
    assert found.column("unit_price") == {}


def test_the_product_that_prices_may_come_from_another_file(offered: Offered) -> None:
    own = "subscription_id,term_start,customer_id\nA,2026-03-01,C1\n"
    files = {"list.csv": LIST, "own.csv": own, "shop.csv": "Abo,Ware\nA,P1\n", "c.csv": CUSTOMERS}
    assert joined(offered["shop first"], files).column("unit_price") == {"A": "110.00 NOK"}


def test_rows_that_tie_are_chosen_by_no_order_of_files(offered: Offered) -> None:
    texts = [f"Id,Monat,Sitze\nA,2026-10-01,{seats}\n" for seats in range(1, 9)]
    one = {f"{number}.csv": text for number, text in enumerate(texts)}
    other = dict(reversed(one.items()))
    first, second = (joined(offered["no order"], files).column("seats") for files in (one, other))
    assert first == second


ids = st.sampled_from("ABC")
seats = st.sampled_from(["", "1", "2", "3", "many"])
CELLS = {
    "shop.csv": ("Abo,Kunde,Sitze", st.tuples(ids, st.sampled_from(["", "C1", "C2"]), seats)),
    "desk.csv": ("Desk,Seats,Status", st.tuples(ids, seats, st.sampled_from(["", "active"]))),
    "own.csv": (
        "subscription_id,market,status",
        st.tuples(ids, st.sampled_from(["SE", "NO", "se", "x"]), st.sampled_from(["", "expired"])),
    ),
    "more.csv": (
        "subscription_id,market,disputed",
        st.tuples(
            ids, st.sampled_from(["", "NO", "DK", "FI"]), st.sampled_from(["", "yes", "perhaps"])
        ),
    ),
    "customers.csv": (
        "customer_id,market,segment",
        st.tuples(
            st.sampled_from(["C1", "C2"]), st.sampled_from(["", "FI"]), st.sampled_from(["", "edu"])
        ),
    ),
}


@st.composite
def estates(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """The same files twice, with their rows and themselves in another order."""
    names = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=2, unique=True))
    names += [] if set(names) - {"customers.csv"} else ["own.csv"]
    texts: list[dict[str, str]] = [{}, {}]
    for name in names:
        header, row = CELLS[name]
        by_id = draw(st.sampled_from([None, itemgetter(0), itemgetter(0)]))
        rows = [",".join(cells) for cells in draw(st.lists(row, max_size=4, unique_by=by_id))]
        for text, order in zip(texts, (rows, draw(st.permutations(rows))), strict=True):
            text[name] = "\n".join([header, *order, ""])
    return texts[0], {name: texts[1][name] for name in draw(st.permutations(names))}


def told(found: Joined) -> object:
    """All there is to know, in one order."""
    records = sorted(
        (id_, sorted((fact, repr(value)) for fact, value in record.facts.items()))
        for id_, record in found.records.items()
    )
    assumed = sorted((id_, sorted(each.assumed.items())) for id_, each in found.records.items())
    rejected = sorted((each.subscription_id, each.code, each.found) for each in found.rejected)
    joining = found.joining
    counted = sorted((e.fact, e.subscriptions, e.example, e.first) for e in joining.conflicts)
    only = sorted((e.input.rpartition("/")[2], e.examples, e.is_missing) for e in joining.only_in)
    return records, repr(assumed), rejected, found.read, counted, only


OF_ONE = {
    "own.csv": "subscription_id,market,status\nA,NO,\n",
    "more.csv": "subscription_id,market,disputed\nA,DK,\n",
}


@example((OF_ONE, dict(reversed(OF_ONE.items()))), "no order")
@settings(max_examples=12, deadline=None)
@given(estates(), st.sampled_from(["shop first", "desk's seats", "no order"]))
def test_order_of_files_and_rows_does_not_matter(
    offered: Offered, estate: tuple[dict[str, str], dict[str, str]], order: str
) -> None:
    one, other = (joined(offered[order], files) for files in estate)
    assert told(one) == told(other)
