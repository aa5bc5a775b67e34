"""What SQL settles of holds and invoices is what `decide.known` makes of their records."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.agreement.test_batch import asked, contents
from tests.executors.billed import BASE, CATALOGUE, FACTS, TODAY, judging, kinds, lists, rows, table

from lapse.decide.known import Judging
from lapse.executors.lowered.pipeline import sorted_rows
from lapse.executors.row_by_row import Rows
from lapse.inputs.joining.together import LONG
from lapse.inputs.reading import Export
from lapse.nightly import Ending, run
from lapse.runs.export import AnyExport

HELD = """
    S1 C1 NO active NOK -
    S2 C2 NO active NOK 2027-01-01
    S3 C3 NO active NOK 9999-12-31
    S4 -  NO active NOK -
    S5 C5 NO active NOK -
    S6 C6 NO active NOK -
    S7 C7 NO active NOK 2026-11-01
    S8 C8 NO active NOK -
    S9 C9 NO active NOK -
"""
OF_SUBSCRIPTIONS = """
    S1 - 2026-11-23
    S2 - 2026-12-01
    S3 - 2026-12-01
    S5 - -
    S6 - 2026-11-22
    s9 - 2026-12-31
"""
OF_CUSTOMERS = """
    S1 - 2026-12-01
    -  C1 2026-12-31
    S2 - 2026-12-31
    -  C2 2026-12-01
    S5 - 2026-12-01
    -  C5 -
    -  C6 2026-11-22
"""
OVER = """
    S1 - 2026-11-22
    -  C2 2026-11-01
"""
UNPLACED = f"""{OF_SUBSCRIPTIONS}
    X9 - 2026-12-31
"""


@pytest.mark.parametrize("holds", [OF_SUBSCRIPTIONS, OF_CUSTOMERS, OVER, UNPLACED])
def test_a_row_that_is_held_is_not_left(holds: str, tmp_path: Path) -> None:
    assert kinds(tmp_path, judging(tmp_path), HELD, holds=holds) == {"unsure"}


ORDINARY = """
    1 past      - 2026-11-22  500 NOK open
    2 today     - 2026-11-23  500 NOK open
    3 ahead     - 2026-12-01  500 NOK open
    4 ahead     - 2026-12-01   50 NOK open
    5 ahead     - 2026-12-02   50 NOK open
    6 both      - 2026-10-01  500 NOK open
    7 both      - 2026-12-01  600 NOK open
    8 little    - 2026-10-01  100 NOK open
    9 more      - 2026-10-01   60 NOK open
    10 more     - 2026-10-15   60 NOK open
    11 more     - 2026-10-16   60 NOK open
    12 foreign  - 2026-10-01   50 EUR open
    13 other    - 2026-10-01    1 USD open
    14 its      - 2026-10-01  500 subscription open
    15 its      - 2026-10-01  500 NOK open
    16 part     - 2026-10-01  500 NOK open
    17 part     - 2026-10-02  500 NOK open
    18 part     - 2026-11-23 -450 NOK open
    19 whole    - 2026-10-01  500 EUR open
    20 whole    - 2026-11-01 -500 EUR open
    21 beyond   - 2026-10-01  500 NOK open
    22 beyond   - 2026-12-01  600 NOK open
    23 beyond   - 2026-12-02  700 NOK open
    24 beyond   - 2026-11-01 -1200 NOK open
    25 later    - 2026-10-01  500 NOK open
    26 later    - 2026-11-24 -500 EUR open
    27 credit   - 2026-10-01 -500 EUR open
    28 sameday  - 2026-10-01  200 NOK open
    29 sameday  - 2026-10-01  300 NOK open
    30 sameday  - 2026-10-01 -200 NOK open
    31 paid     - 2026-10-01  500 NOK paid
    32 -  Cshared 2026-10-01  500 NOK open
    33 -  Cshared 2026-10-01  -20 NOK open
    34 twice    - 2026-10-01  500 NOK open
    35 -   Ctwice 2026-09-01  300 subscription open
    36 -   Ctwice 2026-12-01  300 subscription open
"""
IDS = (
    *("past", "today", "ahead", "both", "little", "more", "foreign", "other", "its", "part"),
    *("whole", "beyond", "later", "credit", "sameday", "paid", "shared", "twice", "none"),
)


def test_a_row_with_ordinary_invoices_is_not_left(tmp_path: Path) -> None:
    found = kinds(tmp_path, judging(tmp_path), rows(*IDS), invoices=ORDINARY)
    assert found == {"nothing"}


def test_a_row_is_left_where_the_currencies_of_its_invoices_differ(tmp_path: Path) -> None:
    invoices = """
        1 several - 2026-10-01 500 NOK open
        2 several - 2026-12-01 500 EUR open
        3 none    - 2026-10-01 500 -   open
        4 part    - 2026-10-01 500 NOK open
        5 part    - 2026-10-01 500 -   open
        6 large   - 2026-10-01 99999999999999 NOK open
        7 large   - 2026-10-02 99999999999999 NOK open
        8 nobody  - 2026-10-01 500 subscription open
    """
    subscriptions = rows("several", "none", "part", "large") + rows("nobody", currency="-")
    found = kinds(tmp_path, judging(tmp_path), subscriptions, invoices=invoices)
    assert found == {"several left", "none left", "part left", "large left", "nobody left"}


def test_what_is_owed_is_not_known_where_an_invoice_may_be_missing(tmp_path: Path) -> None:
    """A row that cannot be read, and an unknown customer while some owe for all they have."""
    invoices = """
        1 bad   - 2026-10-01  500 NOK open
        2 bad   - 2026-10-01 many NOK open
        3 stray - 2026-10-01  500 NOK open
        4 - Cgood 2026-10-01  500 NOK open
    """
    subscriptions = rows("bad", "good") + "stray - NO active NOK -\n"
    found = kinds(tmp_path, judging(tmp_path), subscriptions, invoices=invoices)
    assert found == {"unsure", "nothing"}


def test_a_row_is_left_where_its_customer_has_very_many_invoices(tmp_path: Path) -> None:
    invoices = "".join(
        f"{n} - C{id_} 2026-10-01 500 NOK open\n{n}{id_} {id_} - 2026-10-01 500 NOK open\n"
        for id_, most in (("few", LONG), ("many", LONG + 1))
        for n in (f"{id_}{number}" for number in range(most))
    )
    found = kinds(tmp_path, judging(tmp_path), rows("few", "many"), invoices=invoices)
    assert found == {"nothing", "many left"}


DATED = BASE.replace(
    "{NOK: 100, EUR: 10, other: 0}",
    "[{value: {NOK: 1000}}, {from: 2026-11-01, to: 2026-11-20, value: {NOK: 100}}]",
)
OF_GERMANY = """
layer: Germany
applies_to: {market: DE}
terms:
  debt_tolerance: {NOK: 700, other: 5}
"""
MARKETS = """
    no C1 NO active NOK -
    de C2 DE active NOK -
    -- C3 -  active NOK -
"""


def pinned(to: str) -> str:
    return CATALOGUE.replace("{type: money}", f"{{type: money, pinned_to: {to}}}")


@pytest.mark.parametrize(
    ("catalogue", "layers", "left"),
    [
        (CATALOGUE, [DATED], {"foreign left"}),
        (pinned("past_due_since"), [DATED], {"foreign left"}),
        (pinned("term_start"), [DATED], {"no left", "de left", "-- left", "foreign left"}),
        (pinned("hold_until"), [DATED], {"foreign left"}),
        (pinned("suspended_on"), [DATED], {"no left", "de left", "-- left", "foreign left"}),
        (CATALOGUE, [BASE, OF_GERMANY], {"-- left"}),
        (CATALOGUE.partition("terms:")[0], [BASE.replace("  debt_tolerance", "  # ")], set()),
    ],
)
def test_a_debt_is_tolerated_as_is_in_force(
    catalogue: str, layers: list[str], left: set[str], tmp_path: Path
) -> None:
    invoices = "".join(
        f"{id_}{day} {id_} - 2026-{day} 200 NOK open\n"
        for id_ in ("no", "de", "--")
        for day in ("10-05", "10-20", "11-05", "11-21", "11-22", "11-30")
    )
    invoices += "f foreign - 2026-10-01 500 EUR open\n"
    subscriptions = MARKETS + rows("foreign")
    by = judging(tmp_path, catalogue, layers)
    found = kinds(tmp_path, by, subscriptions, invoices=invoices)
    assert found - {"nothing", "unsure"} == left


def test_what_is_owed_depends_on_the_day_in_its_market(tmp_path: Path) -> None:
    base = BASE.replace("terms:", "terms:\n  time_zone: Europe/Oslo")
    tokyo = "layer: Japan\napplies_to: {market: JP}\nterms:\n  time_zone: Asia/Tokyo\n"
    by = judging(tmp_path, layers=[base, tokyo], as_of=datetime(2026, 11, 22, 22, tzinfo=UTC))
    invoices = "1 no - 2026-11-22 500 NOK open\n2 jp - 2026-11-22 500 NOK open\n"
    subscriptions = "no C1 NO active NOK -\njp C2 JP active NOK -\n-- C3 - active NOK -\n"
    found = kinds(tmp_path, by, subscriptions, invoices=invoices)
    assert found == {"nothing", "-- left"}


def test_money_of_customers_is_as_row_by_row(tmp_path: Path) -> None:
    """Their debts in the rows that are only counted, shared ones once, and in those left."""
    subscriptions = (
        rows(*IDS)
        + """
        a Cmany NO active NOK -
        b Cmany NO active NOK -
        c Cmany DE active EUR -
        d Ctwice NO active NOK -
        e Cpart NO active EUR -
    """
    )
    invoices = (
        ORDINARY
        + """
        a1 a -      2026-10-01  500 NOK open
        a2 b -      2026-10-01 -900 NOK open
        a3 c -      2026-10-01  500 EUR open
        a4 - Cmany  2026-10-01   50 subscription open
        a5 e -      2026-10-01   50 EUR open
        a6 e -      2026-10-01   50 NOK open
    """
    )
    by = judging(tmp_path)
    (export,) = table(tmp_path / "export.csv", FACTS, subscriptions)
    also = lists(tmp_path, by, invoices)
    book = by.scopes.book
    single = asked(book, TODAY.isoformat(), tmp_path / "single", Path(export), also)

    def sorter(export: AnyExport, judged: Judging, *past: Any) -> Rows:  # noqa: ANN401
        assert isinstance(export, Export)
        return sorted_rows(export, judged, *past)

    batch = replace(single, out=tmp_path / "batch", sorter=sorter)
    assert {run(each).ending for each in (single, batch)} == {Ending.PUBLISHED}
    assert contents(tmp_path / "batch") == contents(tmp_path / "single")
