"""Days, numbers and sums as vendors write them, and which of several rows counts."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlglot import exp
from tests.inputs.profile_texts import profile_of

from lapse.inputs.number_forms import Decimals, unguarded
from lapse.inputs.profiles.to_sql import Lowering
from lapse.inputs.reading import Also, open_exports
from lapse.model.asked import columns_read
from lapse.model.days import AsOf
from lapse.model.facts import Value, show, vocabulary
from lapse.model.kinds import table
from lapse.model.profile import ProfileSet
from lapse.policy.profiles.load import load_profiles
from lapse.sql.expressions import column
from lapse.sql.steps import Steps

WORDS = vocabulary()
POLICIES = Path(__file__).parents[2] / "policies"
AS_OF = datetime(2026, 11, 23, 12, tzinfo=UTC)

HEAD = "profile: shop\nabout: a shop\n{more}\nfacts:\n  subscription_id: Id\n  {facts}\n"
BAD = "rejected"
Told = dict[str, Value | None]
Read = Callable[..., dict[str, Told | str]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The facts of each subscription, or the text that rejects its row."""

    def read(
        text: str, *files: str, ending: str = "csv", as_of: AsOf = AS_OF
    ) -> dict[str, Told | str]:
        profile = profile_of(tmp_path, text)
        names = [tmp_path / f"{number}.{ending}" for number in range(len(files))]
        for name, content in zip(names, files, strict=True):
            name.write_text(content, encoding="utf-8")
        also = Also(profiles=ProfileSet({"shop": profile}), named={"": "shop"}, as_of=as_of)
        with open_exports([str(name) for name in names], WORDS, also) as export:
            found: dict[str, Told | str] = {r.subscription_id: r.found for r in export.rejected()}
            found |= {str(r.facts["subscription_id"]): dict(r.facts) for r in export.records()}
        return found

    return read


def shown(read: Read, text: str, fact: str, cells: Sequence[str]) -> list[str]:
    """What each cell of a column comes to; `rejected` for those that cannot be read."""
    rows = "".join(f'{number};"{cell}"\n' for number, cell in enumerate(cells))
    found = read(text, f"Id;Cell\n{rows}")
    each_row = [found[str(number)] for number in range(len(cells))]
    return [BAD if isinstance(each, str) else _shown(each[fact]) for each in each_row]


def told(read: Read, text: str, fact: str, cells: Iterable[str]) -> dict[str, str]:
    return dict(zip(cells, shown(read, text, fact, [*cells]), strict=True))


def _shown(found: Value | None) -> str:
    return "-" if found is None else show(found)


def value(found: dict[str, Told | str], id_: str, fact: str) -> Value | None:
    """A fact of a row that is not rejected."""
    row = found[id_]
    assert isinstance(row, dict)
    return row[fact]


def shop(facts: str, more: str = "") -> str:
    return HEAD.format(facts=facts, more=more)


DAYS = {
    "2026-11-23": "2026-11-23",
    "2026-11-23T23:30:00.1234567Z": "2026-11-23",
    "2015-11-25T06: 41: 12Z": "2015-11-25",
    "2026-11-23T23:30:00-01:00": "2026-11-24",
    "9999-12-31T23:59:59-05:00": "none",
    "12/31/9999": "none",
    "2/1/2019 12:00:00 AM": "2019-02-01",
    "2/28/2019 23:59": "2019-02-28",
    "28.2.2019": "2019-02-28",
    "2/30/2019": BAD,
    "2/1/2019 13:00 PM": BAD,
    "2026-11-23T24:00:00Z": BAD,
    "2026-11-23T10:00:00+99:00": BAD,
    "9999-02-30T00:00:00Z": BAD,
    "45123": BAD,
}


def test_a_day_is_read_in_each_form(read: Read) -> None:
    text = shop("term_end: Cell", "dates: [month/day/year, day.month.year]")
    assert told(read, text, "term_end", DAYS) == DAYS


INSTANTS = {
    "2026-11-23": "2026-11-23T00:00:00Z",
    "2026-11-23 10:15": "2026-11-23T10:15:00Z",
    "2026-11-23T10:15:00+05:30": "2026-11-23T04:45:00Z",
    "2/4/2021 8:35:31 PM": "2021-02-04T20:35:31Z",
    "2/4/2021 12:05 am": "2021-02-04T00:05:00Z",
    "9999-12-31T00:00:00": "2999-12-31T23:59:59Z",
    "12/31/9999": "2999-12-31T23:59:59Z",
    "9999-99-99": BAD,
    "2/30/2021 10:00": BAD,
    "2/4/2021 0:05 AM": BAD,
}


def test_a_currency_may_be_mapped_to_one_that_is_not_known(read: Read) -> None:
    way = "debt: {column: Cell, currency: {column: Id, map: {a: unknown, b: NOK}}}"
    found = read(shop(way), "Id;Cell\nA;5\nB;5\n")
    assert [str(value(found, id_, "debt")) for id_ in ("A", "B")] == ["5.00", "5.00 NOK"]


def test_what_is_no_instant_is_told_as_it_stands(read: Read) -> None:
    found = read(shop("cancellable_until: Cell"), 'Id;Cell\nA;"junk: 5 : 6"\n')
    assert found == {"A": "junk: 5 : 6"}


def test_an_instant_is_read_in_each_form(read: Read) -> None:
    text = shop("cancellable_until: Cell", "dates: [month/day/year]")
    assert told(read, text, "cancellable_until", INSTANTS) == INSTANTS


NUMBERS = {
    "25.0": "25",
    "1,234": "1234",
    "0E-20": "0",
    "6E-32": "0",
    "355.5E-29": "0",
    "'25": "25",
    '=""25""': "25",
    '="" 25 ""': "25",
    "12-": BAD,
    "2.5": BAD,
    "1E30": BAD,
}
MONTHS = {"P1Y": "12", "P12M": "12", "36": "36", "P1D": BAD, "p1y": BAD, "P999Y": BAD}


def test_whole_numbers_and_months_have_many_forms(read: Read) -> None:
    assert told(read, shop("seats: Cell"), "seats", NUMBERS) == NUMBERS
    assert told(read, shop("commitment_months: Cell"), "commitment_months", MONTHS) == MONTHS


def amounts(read: Read, cells: Sequence[str], months: str = "", more: str = "") -> list[str]:
    money = f"unit_price: {{column: Cell, currency: {{value: NOK}}{months}}}"
    rows = "".join(f'{number};"{cell}"\n' for number, cell in enumerate(cells))
    found = read(shop(money, more), f"Id;Cell\n{rows}")
    rows_ = [found[str(number)] for number in range(len(cells))]
    return [BAD if isinstance(row, str) else _exact(row["unit_price"]) for row in rows_]


def _exact(price: object) -> str:
    return str(getattr(price, "amount", None))


def test_an_amount_is_rounded_half_away_from_zero(read: Read) -> None:
    cells = ["0.00005", "-0.00005", "0.00004999", "1.23455", "-1.23455", "12.5-", "1,234.5"]
    assert amounts(read, cells) == [
        "0.0001", "-0.0001", "0.0000", "1.2346", "-1.2346", "-12.5000", "1234.5000",
    ]  # fmt: skip


def test_an_amount_for_months_is_divided_exactly(read: Read) -> None:
    """As floats, 0.00115 / 10 is below its half, and 16 digits are more than they hold."""
    assert amounts(read, ["0.0115", "-0.0115"], ", covers_months: 10") == ["0.0012", "-0.0012"]
    assert amounts(read, ["99999999999999.9999"], ", covers_months: 3") == ["33333333333333.3333"]
    assert amounts(read, ["100", "0.0006"], ", covers_months: 12") == ["8.3333", "0.0001"]


def test_an_amount_for_an_unknown_time_is_none(read: Read) -> None:
    text = shop("unit_price: {column: Cell, covers_months: {column: Months}}")
    times = ["", "0", "121", "11.6", "-1", "99999999999999999999", "x", "P1Y", "12.0"]
    rows = "".join(f"{number},12,{time}\n" for number, time in enumerate(times))
    found = read(text, f"Id,Cell,Months\n{rows}")
    prices = [value(found, str(number), "unit_price") for number in range(len(times))]
    assert [_shown(price) for price in prices] == ["-"] * 7 + ["1.00", "1.00"]


def test_where_decimals_have_a_comma_a_point_marks_thousands_only(read: Read) -> None:
    cells = ["1.234,50", "1.234", "12,5", "1'234,5", "1 234 567,5", "12.5", "1.5E3", "1,5E3"]
    assert amounts(read, cells, more="decimals: comma") == [
        "1234.5000", "1234.0000", "12.5000", "1234.5000", "1234567.5000", BAD, BAD, "1500.0000",
    ]  # fmt: skip
    assert amounts(read, ["1.234'567", "1.5 NOK", "1,234.50"], more="decimals: comma") == [BAD] * 3


def test_json_numbers_have_a_point_whatever_the_file_says(read: Read) -> None:
    text = shop("unit_price: Cell", "decimals: comma")
    rows = [{"Id": "1", "Cell": 12.5}, {"Id": "2", "Cell": "1.234,50"}, {"Id": "3", "Cell": "2,5"}]
    found = read(text, json.dumps(rows), ending="json")
    assert [_exact(value(found, id_, "unit_price")) for id_ in "123"] == [
        "12.5000", "1234.5000", "2.5000",
    ]  # fmt: skip


def test_a_word_that_a_map_lacks_rejects_even_where_it_is_one_of_ours(read: Read) -> None:
    text = shop("status: {column: Cell, map: {Active: active, Churned: cancelled}}")
    cells = ["ACTIVE", "churned", "suspended", ""]
    assert shown(read, text, "status", cells) == ["active", "cancelled", BAD, "-"]


def test_an_amount_in_a_currency_that_a_map_lacks_rejects_its_row(read: Read) -> None:
    """Without a currency it would be taken for one in the currency of the subscription."""
    text = shop("unit_price: {column: Cell, currency: {column: In, map: {kr: NOK}}}")
    found = read(text, "Id,Cell,In\n1,5,KR\n2,5,SEK\n3,,SEK\n4,5,\n")
    assert found["2"] == "5 SEK"
    prices = [value(found, id_, "unit_price") for id_ in "134"]
    assert [_shown(price) for price in prices] == ["5.00 NOK", "-", "5.00"]


def test_blank_in_where_holds_in_a_file_without_a_column_that_may_be_missing(read: Read) -> None:
    facts = "trial: {value: yes, where: {Paid: blank}}\n  disputed: {value: yes, where: {Paid: x}}"
    assert read(shop(facts), "Id\n1\n") == {"1": {"subscription_id": "1"}}
    told = {"subscription_id": "1", "trial": True}
    assert read(shop(facts, "may_be_missing: [Paid]"), "Id\n1\n") == {"1": told}
    paid = {"subscription_id": "1", "trial": None, "disputed": True}
    assert read(shop(facts), "Id,Paid\n1,x\n") == {"1": paid}


REMOVABLE = shop("seats_removable: {sum: quantity, of: Refunds.details, until: allowedUntil}")


@pytest.mark.parametrize(
    ("details", "seats"),
    [
        ([("2026-11-23T12:00:00Z", 3), ("2026-11-24T00:00:00", 4)], "7"),
        ([("2026-11-23T11:59:59Z", 3), ("11/24/2026", 4)], "-"),
        ([("2026-11-23T11:59:59Z", 3)], "0"),
        ([("2026-11-23T11:59:59Z", None), ("2026-11-24", 2)], "2"),
        ([("2026-11-24", None), ("2026-11-24", 2)], "-"),
        ([(None, 3)], "-"),
        ([], "0"),
        (None, "-"),
    ],
    ids=["open", "no date", "past", "past unknown", "open unknown", "no end", "empty", "no list"],
)
def test_a_sum_counts_what_is_still_allowed(
    details: list[tuple[str | None, int | None]] | None, seats: str, read: Read
) -> None:
    items = None
    if details is not None:
        items = [{"allowedUntil": until, "quantity": number} for until, number in details]
    row = {"Id": "1", "Refunds": {"details": items}}
    other = {"Id": "2", "Refunds": {"details": [{"quantity": 1, "allowedUntil": "2999-01-01"}]}}
    found = read(REMOVABLE, json.dumps([row, other]), ending="json")
    assert _shown(value(found, "1", "seats_removable")) == seats
    assert value(found, "2", "seats_removable") == 1


def test_of_a_day_a_sum_counts_what_is_open_after_it(read: Read) -> None:
    ends = {"2026-11-23T10:00:00Z": 1, "2026-11-23T23:00:00Z": 1, "2026-11-24T00:00:00Z": 5}
    details = [{"allowedUntil": end, "quantity": number} for end, number in ends.items()]
    found = read(
        REMOVABLE,
        json.dumps({"Id": "1", "Refunds": {"details": details}}),
        ending="json",
        as_of=date(2026, 11, 23),
    )
    assert value(found, "1", "seats_removable") == 5


LATEST = shop("seats: Seats", "one_row: {prefer: {Kind: [cycle, new]}, latest: From}")
ROWS = (
    "s-1,cycle,2026-01-01,1\n",
    "s-1,New,2026-03-01,3\n",
    "s-1,refund,2026-09-01,9\n",
    "s-1,cycle,,7\n",
    "s-2,refund,2026-01-01,1\n",
    "S-3,cycle,2026-01-01,5\n",
)


@pytest.mark.parametrize("cut", [6, 3, 1])
def test_of_several_rows_a_preferred_one_counts_then_the_latest(cut: int, read: Read) -> None:
    for rows in list(permutations(ROWS))[cut::240]:
        parts = [rows[:cut], rows[cut:]] if cut < len(rows) else [rows]
        files = ["Id,Kind,From,Seats\n" + "".join(part) for part in parts]
        found = read(LATEST, *files)
        assert {id_: value(found, id_, "seats") for id_ in found} == {
            "s-1": 3, "s-2": 1, "S-3": 5,
        }  # fmt: skip


def test_between_rows_alike_the_same_counts_in_any_order(read: Read) -> None:
    rows = [f"s-1,cycle,2026-01-01,{seats}\n" for seats in (4, 8, 15)]
    head = "Id,Kind,From,Seats\n"
    counted = set()
    for order, cut in zip(permutations(rows), (0, 1, 2) * 2, strict=True):
        found = read(LATEST, head + "".join(order[:cut]), head + "".join(order[cut:]))
        counted.add(value(found, "s-1", "seats"))
    assert len(counted) == 1


def test_the_sql_of_the_shipped_profiles_stays_small() -> None:
    """Trees that copy their parts grow with every layer: a price once had 341,000 nodes."""
    shipped = load_profiles(POLICIES, WORDS).profiles
    assert shipped is not None
    for profile in shipped.profiles.values():
        steps = Steps()
        columns = {name: steps.named(unguarded(column(name))) for name in columns_read(profile)}
        lowering = Lowering(profile, columns, Decimals.COMMA, AS_OF, steps)
        assert lowering.cells(table(profile.gives, WORDS).columns)
        assert sum(1 for _ in steps.over(exp.to_table("raw")).walk()) < 5_000
