"""Nights that are what they seem pass; those that are not publish nothing and say why."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from tests.runs.conftest import Nights
from tests.runs.estate import FIRST_NIGHT, Estate, Night, One, an_estate, nightly, run_through

from lapse.model.guard import Guard
from lapse.model.record import Intake, Part
from lapse.model.rule import Rulebook
from lapse.nightly import Ending, RunResult
from lapse.policy.load import load
from lapse.runs.guards import Before, Tonight, crossings

SHIPPED = Path(__file__).parents[2] / "policies"


@pytest.fixture(scope="module")
def guarded_book(book: Rulebook) -> Rulebook:
    """The small policy set with the shipped set's guards and limits."""
    shipped = load(SHIPPED).book
    assert shipped is not None
    catalogue = shipped.catalogue
    limits = tuple(each for each in catalogue.limits if each.action in book.catalogue.actions)
    changed = replace(book.catalogue, guards=catalogue.guards, limits=limits)
    return replace(book, catalogue=changed)


@pytest.fixture
def estate_nights(tmp_path: Path, guarded_book: Rulebook) -> Nights:
    return Nights(tmp_path / "runs", guarded_book)


def test_the_shipped_set_guards_everything_there_is_a_guard_for() -> None:
    shipped = load(SHIPPED).book
    assert shipped is not None
    assert set(shipped.catalogue.guards) == set(Guard)
    assert {limit.action for limit in shipped.catalogue.limits} == {
        "suspend",
        "delete",
        "reactivate",
    }


WHOLE = an_estate()
OWED = WHOLE.owed or {}
HELD = WHOLE.holds or {}
ACTIVE = [id_ for id_, one in WHOLE.subscriptions.items() if one.status == "active"]
HALF = dict(list(OWED.items())[16:-84])
"""The ledger that breaks off at both ends: half of those suspended are not on it."""
DEBITED = {id_: due for place, (id_, due) in enumerate(OWED.items()) if place < 100}
"""Half of the ledger is cleared at once, all of it owed by active customers."""


def first(count: int, of: Mapping[str, date]) -> dict[str, date]:
    return dict(list(of.items())[:count])


def changed(number: int = 1) -> Estate:
    """The estate after a day on which little happened."""
    seats = dict.fromkeys(ACTIVE[:number], One("NO", seats="6"))
    return replace(WHOLE, subscriptions={**WHOLE.subscriptions, **seats})


def without(market: str) -> Estate:
    left = {id_: one for id_, one in WHOLE.subscriptions.items() if one.market != market}
    return replace(WHOLE, subscriptions=left)


def grown(estate: Estate, count: int) -> Estate:
    new = {f"NO{n}": One("NO") for n in range(500, 500 + count)}
    return replace(estate, subscriptions={**estate.subscriptions, **new})


def misread(count: int) -> Estate:
    bad = {id_: replace(WHOLE.subscriptions[id_], seats="five") for id_ in ACTIVE[-count:]}
    return replace(WHOLE, subscriptions={**WHOLE.subscriptions, **bad})


def with_strangers(count: int) -> Estate:
    return replace(WHOLE, strangers=count)


BROKEN: dict[str, tuple[list[Night], str]] = {
    "header only": ([Night(WHOLE.only(0))], "subscriptions_missing: 0 subscriptions, 300 on "),
    "cut off": ([Night(WHOLE.only(284))], "subscriptions_missing: 284 subscriptions, 300 on "),
    "one market missing": (
        [Night(without("SE"))],
        "subscriptions_missing: 220 subscriptions, 300 on ",
    ),
    "a market missing while another grows": (
        [Night(grown(without("DE"), 110))],
        "subscriptions_missing: 0 subscriptions in DE, 100 on ",
    ),
    "empty ledger": ([Night(replace(WHOLE, owed={}))], "invoices_missing: 0 invoices, 200 on "),
    "no ledger": (
        [Night(replace(WHOLE, owed=None))],
        "invoices_missing: no invoices are given, 200 on ",
    ),
    "less than half a ledger": (
        [Night(replace(WHOLE, owed=first(99, OWED)))],
        "invoices_missing: 99 invoices, 200 on ",
    ),
    "holds not given": (
        [Night(replace(WHOLE, holds=None))],
        "holds_missing: no holds that are not over on 2026-11-20 are given, 9 on ",
    ),
    "holds cut off": (
        [Night(replace(WHOLE, holds=first(7, HELD)))],
        "holds_missing: 7 holds that are not over on 2026-11-20, 9 on ",
    ),
    "a column in another form": (
        [Night(misread(16))],
        "rejected: 5.3 % of the subscriptions are rejected, 0.0 % on 2026-11-19",
    ),
    "ids in another form": (
        [Night(with_strangers(20))],
        "unmatched: 9.1 % of the invoices name nobody in the exports, 0.0 % on 2026-11-19",
    ),
    "the same files for days": (
        [Night(WHOLE), Night(WHOLE), Night(WHOLE)],
        "same_inputs: exports and invoices are byte for byte those of 2026-11-19, 3 days ago",
    ),
    "nobody looked for weeks": (
        [Night(changed(), days=31)],
        "days_since_last_run: the last run was for 2026-11-19, 31 days ago",
    ),
    "a forgotten file": (
        [Night(changed(), written_days_ago=4)],
        "older_than: `",
    ),
    "a clock or a year that is wrong": (
        [Night(changed(), clock_days_behind=2)],
        "ahead_of_clock: 2026-11-20 is 2 days after the clock's day, 2026-11-18",
    ),
}


IN_THE_TRAIN = (
    "header only",
    "cut off",
    "one market missing",
    "a market missing while another grows",
)
ALSO = {name: {Guard.UNMATCHED} for name in IN_THE_TRAIN}
"""Invoices of those who are missing name nobody."""


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_night_publishes_nothing_until_its_own_guard_is_lifted(
    estate_nights: Nights, tmp_path: Path, name: str
) -> None:
    row, told = BROKEN[name]
    guard = Guard(told.partition(":")[0])
    *before, last = [Night(WHOLE), *row]
    run_through(estate_nights, tmp_path, before)
    there = estate_nights.names()
    day = FIRST_NIGHT + timedelta(days=sum(night.days for night in row))

    def ended(*despite: Guard) -> RunResult:
        options = {"despite": frozenset(despite), "is_over_limit": True}
        return nightly(estate_nights, tmp_path, day, replace(last, options=options))

    stopped = ended()
    assert stopped.ending is Ending.GUARDED
    assert stopped.stops[0].what.startswith(told), stopped.stops
    others = ended(*(set(Guard) - {guard}))
    assert [stop.lifted_by for stop in others.stops] == [f"--despite {guard}"]
    assert estate_nights.names() == there
    lifted = ended(guard, *ALSO.get(name, ()))
    assert lifted.ending is Ending.PUBLISHED, lifted.stops
    assert estate_nights.told(day.isoformat())["crossed"] == list(lifted.crossed)
    assert lifted.crossed[0].startswith(told)


def test_half_a_ledger_reactivates_nobody(estate_nights: Nights, tmp_path: Path) -> None:
    half = replace(WHOLE, owed=HALF, holds=None)
    row = [Night(replace(WHOLE, holds=None)), Night(half, is_decided=True)]
    result = run_through(estate_nights, tmp_path, row)
    assert result.ending is Ending.OVER_LIMIT
    assert result.crossed[0].startswith("reactivate: 16 of at most 15 (5 % of 300): ")


def test_a_limit_that_is_lifted_lifts_no_guard(estate_nights: Nights, tmp_path: Path) -> None:
    night = Night(replace(WHOLE, owed={}), options={"is_over_limit": True})
    assert run_through(estate_nights, tmp_path, [Night(WHOLE), night]).ending is Ending.GUARDED


def test_a_preview_tells_what_would_stop_the_run_and_decides(
    estate_nights: Nights, tmp_path: Path
) -> None:
    night = Night(replace(WHOLE, owed={}), is_decided=True, options={"is_preview": True})
    result = run_through(estate_nights, tmp_path, [Night(WHOLE), night])
    assert result.ending is Ending.PREVIEWED
    assert [stop.lifted_by for stop in result.stops] == [
        "--despite invoices_missing",
        "--over-limit",
    ]
    assert result.summary.actions == 30


def test_those_missing_are_named_where_something_is_open_on_them(
    estate_nights: Nights, tmp_path: Path
) -> None:
    row = [Night(WHOLE, is_decided=True), Night(WHOLE.only(200))]
    result = run_through(estate_nights, tmp_path, row)
    (stop,) = result.stops
    assert stop.what.endswith("missing with orders or sightings: DE80, DE90, SE0 and 7 more")


def test_a_catalogue_without_guards_lets_everything_pass(nights: Nights, tmp_path: Path) -> None:
    night = Night(WHOLE.only(3), days=900, written_days_ago=90, clock_days_behind=90)
    assert run_through(nights, tmp_path, [Night(WHOLE), night]).ending is Ending.PUBLISHED


def test_a_folder_without_counts_has_nothing_to_compare(
    estate_nights: Nights, tmp_path: Path
) -> None:
    folder = run_through(estate_nights, tmp_path, [Night(WHOLE)]).folder
    assert folder is not None
    told = json.loads((folder / "run.json").read_text("utf-8"))
    del told["intake"]
    (folder / "run.json").write_text(json.dumps(told), encoding="utf-8")
    night = Night(replace(WHOLE.only(3), owed=None))
    row = [Night(WHOLE, days=0), replace(night, days=1)]
    result = run_through(estate_nights, tmp_path, row)
    assert result.ending is Ending.PUBLISHED


FEW = replace(WHOLE.only(3), owed={"NO0": date(2026, 10, 1), "NO1": date(2026, 11, 25)}, holds=None)


@pytest.mark.parametrize(
    ("then", "now", "is_stopped"),
    [
        (FEW, FEW.only(2), False),
        (FEW.only(1), FEW.only(0), True),
        (FEW, replace(FEW, owed={"NO0": date(2026, 10, 1)}), False),
        (replace(FEW, owed={"NO0": date(2026, 10, 1)}), replace(FEW, owed={}), True),
        (replace(FEW, owed={"NO0": date(2026, 10, 1)}), replace(FEW, owed=None), True),
        (replace(FEW, owed={}), replace(FEW, owed=None), False),
        (replace(FEW, owed=None), FEW, False),
    ],
)
def test_one_row_fewer_stops_no_run_unless_it_was_the_last(
    estate_nights: Nights, tmp_path: Path, then: Estate, now: Estate, *, is_stopped: bool
) -> None:
    result = run_through(estate_nights, tmp_path, [Night(then), Night(now)])
    assert (result.ending is Ending.GUARDED) is is_stopped, result.stops


def test_a_share_of_rejected_rows_grows_in_a_shorter_file_too() -> None:
    """Of what names nobody there must be more: a direct debit takes the other rows away."""

    def told(guard: Guard) -> list[str]:
        part = {"invoices": Part(20, 800)}, {"invoices": Part(20, 200)}
        then, now = (Intake(9, {}, 800, None, each, each, "") for each in part)
        before = Before(FIRST_NIGHT, then)
        tonight = Tonight(FIRST_NIGHT + timedelta(days=1), now, {}, None, [before])
        return [str(each) for each in crossings({guard: Decimal(5)}, tonight)]

    (rejected,) = told(Guard.REJECTED)
    assert rejected.startswith("rejected: 10.0 % of the invoices are rejected, 2.5 % on ")
    assert told(Guard.UNMATCHED) == []


LOOKED_AT = {"despite": frozenset(Guard)}
ORDINARY: dict[str, list[Night]] = {
    "a Sunday without changes": [Night(changed(1)), Night(changed(1)), Night(changed(2))],
    "a direct debit that clears half the ledger": [Night(replace(WHOLE, owed=DEBITED))],
    "a direct debit on a ledger full of other things": [
        Night(replace(WHOLE, owed=DEBITED, strangers=800)),
    ],
    "a hold that ends": [Night(changed(1)), Night(replace(changed(2), holds=first(8, HELD)))],
    "the last hold ends": [
        Night(replace(changed(1), holds={"NO1": date(2026, 11, 20)}), options=LOOKED_AT),
        Night(replace(changed(2), holds={})),
    ],
    "a ledger full of other things": [
        Night(replace(changed(number), strangers=800 + 9 * number)) for number in range(1, 5)
    ],
    "a partner on weekdays": [Night(changed(1)), Night(changed(2), days=3), Night(changed(3))],
    "a few that cannot be read": [Night(misread(14)), Night(misread(15))],
    "a few who leave and come": [Night(changed(1).only(286)), Night(changed(2))],
    "a weekend's file": [Night(changed(1), days=3, written_days_ago=3)],
    "half a year of nights missed, and looked at": [
        Night(changed(1), days=180, options=LOOKED_AT),
        Night(changed(2)),
    ],
}


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_night_passes(estate_nights: Nights, tmp_path: Path, name: str) -> None:
    before = Night(with_strangers(800)) if "other things" in name else Night(WHOLE)
    result = run_through(estate_nights, tmp_path, [before, *ORDINARY[name]])
    assert result.ending is Ending.PUBLISHED, result.stops
