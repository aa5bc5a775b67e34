"""A protection is never dropped: whom a hold names in any way, nothing is known to be free of."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.inputs.gathered import EXPORT, HOLDS, Give, Told, holds
from tests.inputs.workbooks import header, row, text, workbook

from lapse.inputs.reading import InputError
from lapse.model.facts import UNKNOWN

TODAY = date(2026, 11, 23)
LATER = date(2026, 12, 31)
EVERYBODY = frozenset("ABCD")


def unknown(told: Told) -> set[str]:
    return {id_ for id_, until in told.holds().items() if until is UNKNOWN}


def knowing(*subscriptions: str, **customers: str) -> object:
    """Earlier runs that knew these subscriptions, and customers by one subscription of each."""
    known = {
        "subscription_id": {id_: {id_} for id_ in subscriptions},
        "customer_id": {id_: {with_} for id_, with_ in customers.items()},
    }

    def was_seen(named: str, ids: Sequence[str]) -> dict[str, set[str]]:
        asked = {id_.lower() for id_ in ids}
        return {id_: seen for id_, seen in known[named].items() if id_.lower() in asked}

    return was_seen


def never_asked(ids: Sequence[str]) -> frozenset[str]:
    raise AssertionError(ids)


@pytest.mark.parametrize(
    "named", ["X,", ",X", "X,C1", "AA,", "1,", "A;B,", ",'; DROP TABLE merged"]
)
def test_a_hold_that_names_nobody_may_be_anybodys(named: str, give: Give) -> None:
    told = give(holds=holds(f"{named},2026-12-31,me"), as_of=TODAY)
    assert unknown(told) == EVERYBODY
    subscription, _, customer = named.partition(",")
    assert told.unplaced() == (subscription or customer,)
    assert [problem.code for problem in told.problems] == ["unplaced-hold"]
    assert told.joining.unplaced_holds[0].rows == 1
    assert told.kept == set()


def test_whom_another_row_holds_on_that_day_is_settled(give: Give) -> None:
    settling = holds("X,,2026-12-31,me", "A,,2026-11-23,me", ",C2,2026-12-01,me")
    told = give(holds=settling, as_of=TODAY)
    assert told.holds() == {"A": TODAY, "B": UNKNOWN, "C": date(2026, 12, 1), "D": UNKNOWN}


def test_whom_an_ended_row_or_a_column_holds_is_not_settled(give: Give) -> None:
    export = "subscription_id,customer_id,hold_until\nA,C1,\nB,C1,2027-01-01\n"
    told = give(export=export, holds=holds("X,,,me", "A,,2026-11-22,me"), as_of=TODAY)
    assert unknown(told) == {"A", "B"}


@pytest.mark.parametrize(
    ("named", "meant", "held"),
    [
        ("a,", "A", {"A"}),
        ('"A\u200b",', "A", {"A"}),
        ('"A\t\u00a0\u200b",', "A", {"A"}),
        (",c2", "C2", {"C", "D"}),
        (',"C 1"', "C1", {"A", "B", "D"}),
        ("a,C9", "A", {"A"}),
    ],
)
def test_other_letters_or_blanks_hold_only_whom_they_may_mean(
    named: str, meant: str, held: set[str], give: Give
) -> None:
    """`D` has no known customer: any hold of some customer that is on may be his."""
    told = give(holds=holds(f"{named},2026-12-31,me"), as_of=TODAY, was_seen=knowing("a", "c2"))
    assert unknown(told) == held
    assert told.unplaced() == ()
    assert {(kind, rows) for _, kind, rows, _ in told.doubts()} == {("other-letters", 1)}
    assert [stray.near for stray in told.strays] == [meant]


def test_blanks_around_an_id_are_no_part_of_it(give: Give) -> None:
    assert give(holds=holds(" A\u00a0,,2026-12-31,me"), as_of=TODAY).holds()["A"] == LATER


def test_letters_that_may_mean_two_hold_both(give: Give) -> None:
    export = "subscription_id\nS-1\ns-1\nS-2\n"
    told = give(export=export, holds=holds("s- 1,,2026-12-31,me"), as_of=TODAY)
    assert unknown(told) == {"S-1", "s-1"}


@pytest.mark.parametrize("named", ["X,", ",C9", "a,", ",c1"])
def test_a_hold_that_is_over_holds_nobody(named: str, give: Give) -> None:
    told = give(holds=holds(f"{named},2026-11-22,me"), as_of=TODAY, was_seen=never_asked)
    assert set(told.holds().values()) == {None}
    assert (told.unplaced(), told.doubts(), told.kept) == ((), set(), set())
    assert [stray.day for stray in told.strays] == [date(2026, 11, 22)]


def test_a_hold_is_over_when_its_last_day_is_in_every_market(give: Give) -> None:
    row_ = holds("X,,2026-11-22,me")
    early, late = datetime(2026, 11, 23, 11, 59, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert unknown(give(holds=row_, as_of=early)) == EVERYBODY
    assert unknown(give(holds=row_, as_of=late)) == set()


def test_a_hold_settles_where_it_is_on_in_every_market(give: Give) -> None:
    rows = holds("X,,,me", "A,,2026-11-23,me", "B,,2026-11-24,me")
    late = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert unknown(give(holds=rows, as_of=late)) == {"A", "C", "D"}


@pytest.mark.parametrize("end", ["", "9999-12-31", "2026-11-23", "2999-12-31"])
def test_a_hold_without_an_end_is_never_over(end: str, give: Give) -> None:
    assert unknown(give(holds=holds(f"X,,{end},me"), as_of=TODAY)) == EVERYBODY


def test_a_hold_whose_id_an_earlier_run_knew_holds_nobody_and_stays_known(give: Give) -> None:
    rows = holds("X,,2026-12-31,me", "A,,2026-12-31,me", "a,,2026-12-31,me")
    told = give(holds=rows, as_of=TODAY, was_seen=knowing("X"))
    assert unknown(told) == {"A"}
    assert told.kept == {("subscription", id_, id_) for id_ in ("X", "A")} | {
        ("subscription", "a", "")
    }
    assert told.joining.unplaced_holds == ()


def test_an_id_in_the_other_column_was_never_seen_there(give: Give) -> None:
    """A customer's id among subscriptions, or the other way round, may be anybody's."""
    seen = knowing("A", "B", C1="A", GONE="X")
    assert unknown(give(holds=holds("C1,,2026-12-31,me"), as_of=TODAY, was_seen=seen)) == EVERYBODY
    assert unknown(give(holds=holds(",A,2026-12-31,me"), as_of=TODAY, was_seen=seen)) == EVERYBODY
    assert unknown(give(holds=holds(",GONE,2026-12-31,me"), as_of=TODAY, was_seen=seen)) == {"D"}


def test_whom_the_export_calls_otherwise_now_his_subscriptions_stay_held(give: Give) -> None:
    told = give(holds=holds(",WAS,2026-12-31,me"), as_of=TODAY, was_seen=knowing(WAS="A"))
    assert unknown(told) == {"A", "D"}
    assert told.kept == {("customer", "WAS", "A")}


def test_an_earlier_run_knew_a_guid_whatever_its_letters_and_other_ids_exactly(give: Give) -> None:
    guid = "ab000000-0000-4000-8000-00000000000f"
    rows = holds(f"{guid},,2026-12-31,me")
    assert unknown(give(holds=rows, as_of=TODAY, was_seen=knowing(guid.upper()))) == set()
    rows = holds("x-1,,2026-12-31,me")
    assert unknown(give(holds=rows, as_of=TODAY, was_seen=knowing("X-1"))) == EVERYBODY


def test_earlier_runs_are_asked_only_for_what_nothing_else_settles(give: Give) -> None:
    rows = holds("A,,2026-12-31,me", ",C2,,me", "b,,2026-12-31,me", "X,,2026-01-01,me")
    give(holds=rows, as_of=TODAY, was_seen=never_asked)
    give(holds=holds("X,,,me"), as_of=TODAY, was_seen=never_asked, ignored=("X",))


def test_a_customer_of_a_list_or_a_row_that_is_rejected_is_no_stranger(give: Give) -> None:
    export = EXPORT + "E,C5,nonsense\n"
    told = give(export=export, holds=holds("E,,,me", ",C5,2026-12-31,me"), as_of=TODAY)
    assert unknown(told) == {"D"}
    assert (told.strays, told.unplaced()) == ([], ())


def test_without_customers_in_the_exports_a_hold_of_one_may_be_anybodys(give: Give) -> None:
    export = "subscription_id,status\nA,active\nB,active\n"
    rows = holds(",C1,2026-12-31,me", "A,,2026-12-31,me")
    told = give(export=export, holds=rows, as_of=TODAY)
    assert (unknown(told), told.unplaced()) == ({"A", "B"}, ("C1",))
    told = give(export=export, holds=rows, as_of=TODAY, ignored=("C1",))
    assert told.holds() == {"A": LATER, "B": None}


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        ("X,,soon,me", "X"),
        (",,2026-12-31,me", "FILE:1"),
        (",,,me", "FILE:1"),
        ("A,,2026-12-31,me,too,many", "FILE:1"),
    ],
)
def test_a_row_that_cannot_be_read_may_be_anybodys(line: str, id_: str, give: Give) -> None:
    told = give(holds=holds(line), as_of=TODAY)
    assert unknown(told) == EVERYBODY
    (said,) = told.unplaced()
    assert said == id_.replace("FILE", told.rejected[0].input)
    assert unknown(give(holds=holds(line), as_of=TODAY, ignored=(said,))) == set()


def test_a_row_without_anything_in_it_holds_nobody(give: Give) -> None:
    told = give(holds=holds(",,,", "A,,2026-12-31,me"), as_of=TODAY)
    assert told.holds() == {"A": LATER, "B": None, "C": None, "D": None}


def test_only_a_hold_that_may_be_anybodys_can_be_ignored(give: Give) -> None:
    rows = holds("X,,2026-12-31,me", "A,,2026-12-31,me", "b,,2026-12-31,me")
    told = give(holds=rows, as_of=TODAY, ignored=("X", "A", "b", "nowhere"))
    assert told.holds() == {"A": LATER, "B": UNKNOWN, "C": None, "D": None}
    warned = [problem.message.split("`")[1] for problem in told.problems]
    assert warned == [f"--ignore-hold {id_}" for id_ in ("A", "b", "nowhere")]
    assert told.kept == {("subscription", "A", "A"), ("subscription", "b", "")}
    assert told.fingerprint != give(holds=rows, as_of=TODAY).fingerprint


@pytest.mark.parametrize("hostile", ["", " ", "\udcff", "'; --", "X\n", "%", "*"])
def test_nothing_but_its_id_ignores_a_hold(hostile: str, give: Give) -> None:
    told = give(holds=holds("X,,,me", ",,2026-12-31,me"), as_of=TODAY, ignored=(hostile,))
    assert unknown(told) == EVERYBODY
    assert [problem.code for problem in told.problems] == ["unplaced-hold", "needless-ignore"]


def test_ignoring_without_holds_is_warned_of(give: Give) -> None:
    assert [problem.code for problem in give(ignored=("X",)).problems] == ["needless-ignore"]


def test_a_hold_of_one_customers_subscription_in_anothers_name_may_protect_either(
    give: Give,
) -> None:
    told = give(holds=holds("A,C2,2026-12-31,me"), as_of=TODAY)
    assert unknown(told) == {"A", "C", "D"}
    assert told.doubts() == {("holds", "other-customer", 1, "A")}
    assert give(holds=holds("A,c1,2026-12-31,me"), as_of=TODAY).holds()["A"] == LATER
    assert give(holds=holds("A,C9,2026-12-31,me"), as_of=TODAY).holds()["A"] == LATER
    assert unknown(give(holds=holds("A,C2,2026-11-22,me"), as_of=TODAY)) == set()


def test_several_files_and_an_empty_one_are_one_list(give: Give) -> None:
    told = give(holds=(*holds("A,,2026-12-31,me"), HOLDS, *holds("X,,,me")), as_of=TODAY)
    assert unknown(told) == {"B", "C", "D"}
    assert set(give(holds=(HOLDS,), as_of=TODAY).holds().values()) == {None}


@pytest.mark.parametrize("kind", ["json", "jsonl", "xlsx"])
def test_holds_of_any_format_are_placed_alike(kind: str, give: Give, tmp_path: Path) -> None:
    file = tmp_path / f"holds.{kind}"
    cells = (f'{{"subscription_id":"{id_}","hold_until":"2026-12-31"}}' for id_ in "AbX")
    if kind == "xlsx":
        rows = "".join(
            row(number, text(f"A{number}", id_), text(f"B{number}", "2026-12-31"))
            for number, id_ in enumerate("AbX", start=2)
        )
        file.write_bytes(workbook({"One": header("subscription_id", "hold_until") + rows}))
    else:
        lines = ("\n" if kind == "jsonl" else ",").join(cells)
        file.write_text(lines if kind == "jsonl" else f"[{lines}]", encoding="utf-8")
    told = give(holds=(file,), as_of=TODAY)
    assert told.holds() == {"A": LATER, "B": UNKNOWN, "C": UNKNOWN, "D": UNKNOWN}
    assert [(stray.row, stray.subscription_id) for stray in told.strays] == [(2, "b"), (3, "X")]


def test_many_unplaced_holds_are_counted_and_some_named(give: Give) -> None:
    told = give(holds=holds(*(f"X{number},,,me" for number in range(5000))), as_of=TODAY)
    assert (told.joining.unplaced_holds[0].rows, len(told.unplaced())) == (5000, 5)
    assert len(told.strays) == 5000


def test_a_list_of_holds_for_nobody_at_all_is_refused(give: Give) -> None:
    with pytest.raises(InputError):
        give(holds=("hold_until,owner\n2026-12-31,me\n",))
