"""The most a run may do, whatever it is split into."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from lapse.model.facts import vocabulary
from lapse.model.guard import Limit
from lapse.model.rule import Catalogue, Track
from lapse.model.tables import LAYOUTS
from lapse.nightly import Ending
from lapse.runs.results.limits import crossed_limits
from lapse.runs.results.relations import Drafts, make_relations
from lapse.scratch import scratch_folder
from lapse.sql.named_tables import InDuckDB
from lapse.sql.sandbox import database

if TYPE_CHECKING:
    from tests.runs.conftest import Nights

SHARE = Limit("suspend", Decimal(2), is_share=True)
COUNT = Limit("delete", Decimal(5), is_share=False)


def catalogue(*limits: Limit) -> Catalogue:
    tracks = {
        "dunning": Track("dunning", "past_due_since", is_provider=False, index=0),
        "provider": Track("provider", "term_end", is_provider=True, index=1),
    }
    return Catalogue("test", (), vocabulary(), tracks, {}, {}, limits=limits)


def crossed(
    limits: tuple[Limit, ...],
    given: Mapping[str, Iterable[str]],
    decided: int,
    earlier: Iterable[tuple[str, str, str]] = (),
    cells: Mapping[str, str] = MappingProxyType({"by": "partner"}),
) -> list[str]:
    """The limits crossed by orders for subscriptions, by action; what is held never counts."""
    output = "actions" if cells.get("by") == "partner" else "provider"
    with scratch_folder() as scratch, Drafts(scratch) as drafts, database([scratch]) as connection:
        for action, subscriptions in given.items():
            for id_ in subscriptions:
                known = {"action_id": f"{action}-{id_}", "action": action, "subscription_id": id_}
                order = tuple(
                    (known | {**cells}).get(name, "") for name in LAYOUTS["actions"].names
                )
                drafts.order(output, order)
                drafts.order("held", order)
        make_relations(InDuckDB(connection, scratch), drafts, {})
        return list(crossed_limits(connection, catalogue(*limits), earlier, decided))


def subscriptions(count: int) -> list[str]:
    return [f"S{number}" for number in range(count)]


@pytest.mark.parametrize(
    ("given", "decided", "expected"),
    [
        (11, 512, ["11 of at most 10 (2 % of 512): S0, S1, S10 and 8 more"]),
        (10, 512, []),
        (20, 1000, []),
        (21, 1000, ["21 of at most 20 (2 % of 1000): S0, S1, S10 and 18 more"]),
        (10, 10, []),
        (11, 11, ["11 of at most 10 (2 % of 11; a share lets 10 pass): S0, S1, S10 and 8 more"]),
        (0, 0, []),
    ],
)
def test_a_share_counts_however_few_rows_there_are_and_lets_ten_pass(
    given: int, decided: int, expected: list[str]
) -> None:
    told = [f"suspend: {text}" for text in expected]
    assert crossed((SHARE,), {"suspend": subscriptions(given)}, decided) == told


@pytest.mark.parametrize(
    ("given", "expected"), [(5, []), (6, ["delete: 6 of at most 5: S0, S1, S2 and 3 more"])]
)
def test_a_count_always_counts(given: int, expected: list[str]) -> None:
    assert crossed((COUNT,), {"delete": subscriptions(given)}, 10) == expected


def test_a_share_of_nothing_lets_none_pass() -> None:
    none = Limit("suspend", Decimal(0), is_share=True)
    (told,) = crossed((none,), {"suspend": ["S0"]}, 512)
    assert told == "suspend: 1 of at most 0 (0 % of 512): S0"


def test_a_broken_percentage_reads_as_written() -> None:
    limit = Limit("suspend", Decimal("0.50"), is_share=True)
    (told,) = crossed((limit,), {"suspend": subscriptions(16)}, 3000)
    assert told.startswith("suspend: 16 of at most 15 (0.5 % of 3000): ")


def test_limits_of_other_actions_are_not_crossed() -> None:
    assert crossed((SHARE, COUNT), {"notify": subscriptions(400)}, 500) == []
    both = {"suspend": subscriptions(40), "delete": subscriptions(6)}
    assert len(crossed((SHARE, COUNT), both, 500)) == 2


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"customer_name": "Fjord AS", "customer_id": "C1"}, "S7 (Fjord AS)"),
        ({"customer_id": "C1"}, "S7 (C1)"),
        ({}, "S7"),
    ],
)
def test_a_customer_is_named_beside_his_subscription(cells: dict[str, str], named: str) -> None:
    none = Limit("delete", Decimal(0), is_share=False)
    told = crossed((none,), {"delete": ["S7"]}, 1, cells=cells | {"by": "partner"})
    assert told == [f"delete: 1 of at most 0: {named}"]


def test_what_the_provider_does_by_itself_counts_for_nobody() -> None:
    earlier = [("delete", f"S{n}", "provider") for n in range(5)] + [("delete", "S9", "dunning")]
    (told,) = crossed((COUNT,), {"delete": subscriptions(5)}, 1, earlier=earlier)
    assert told.startswith("delete: 6 of at most 5, 1 of them earlier on the day: ")
    assert not crossed((COUNT,), {"delete": subscriptions(9)}, 1, earlier, {"by": "provider"})


def test_what_was_given_earlier_on_the_day_counts_once() -> None:
    earlier = [("delete", f"delete-S{n}", "dunning") for n in range(5)]
    assert not crossed((COUNT,), {"delete": subscriptions(5)}, 1, earlier=earlier)
    (told,) = crossed((COUNT,), {"delete": subscriptions(6)}, 1, earlier=earlier)
    assert told == "delete: 6 of at most 5, 5 of them earlier on the day: S5"


HEADER = "subscription_id,program,status,past_due_since,debt,currency,term_end,disputed"


def part(*numbers: int) -> str:
    rows = [f"S{n},legacy,active,2026-11-01,1200,NOK,2027-01-31,no" for n in numbers]
    return "\n".join([HEADER, *rows])


def test_running_a_day_again_in_parts_does_not_go_round_a_limit(nights: "Nights") -> None:
    day = "2026-11-10"
    assert nights.run(day, part(0, 1, 2)).ending is Ending.PUBLISHED
    stopped = nights.run(day, part(3, 4, 5), is_again=True)
    assert stopped.ending is Ending.OVER_LIMIT
    assert stopped.crossed == ("notify: 6 of at most 5, 3 of them earlier on the day: S3, S4, S5",)
    assert nights.run(day, part(3, 4), is_again=True).ending is Ending.PUBLISHED
    assert nights.run("2026-11-11", part(5, 6, 7, 8, 9)).ending is Ending.PUBLISHED


def test_an_order_given_again_on_the_day_counts_once(nights: "Nights") -> None:
    nights.run("2026-11-10", part(*range(11)), is_over_limit=True)
    for day in ("2026-11-13", "2026-11-16"):  # suspensions: given again until the export shows them
        nights.run(day, part(*range(11)), is_over_limit=True)
    again = nights.run("2026-11-16", part(*range(10)), is_again=True)
    assert (again.ending, again.summary.actions) == (Ending.PUBLISHED, 10)


def test_what_the_day_gave_over_a_limit_stops_no_run_that_adds_nothing(nights: "Nights") -> None:
    nights.run("2026-11-10", part(*range(6)), is_over_limit=True)
    again = nights.run("2026-11-10", part(*range(3)), is_again=True)
    assert again.ending is Ending.PUBLISHED
