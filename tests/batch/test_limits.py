"""The most a run may do."""

from decimal import Decimal

import pytest

from lapse.batch.limits import crossed
from lapse.rule import Limit

SHARE = Limit("suspend", Decimal(2), is_share=True)
COUNT = Limit("delete", Decimal(5), is_share=False)


@pytest.mark.parametrize(
    ("given", "decided", "expected"),
    [
        (12, 512, ["suspend: 12 of at most 10 (2 % of 512)"]),
        (11, 512, ["suspend: 11 of at most 10 (2 % of 512)"]),
        (10, 512, []),
        (10, 500, []),
        (11, 500, ["suspend: 11 of at most 10 (2 % of 500)"]),
        (499, 499, []),
        (0, 0, []),
    ],
)
def test_a_share_counts_from_500_rows_decided(
    given: int, decided: int, expected: list[str]
) -> None:
    assert list(crossed((SHARE,), {"suspend": given}, decided)) == expected


@pytest.mark.parametrize(("given", "expected"), [(5, []), (6, ["delete: 6 of at most 5"])])
def test_a_count_always_counts(given: int, expected: list[str]) -> None:
    assert list(crossed((COUNT,), {"delete": given}, 10)) == expected


def test_a_broken_percentage_reads_as_written() -> None:
    limit = Limit("suspend", Decimal("0.50"), is_share=True)
    assert list(crossed((limit,), {"suspend": 6}, 1000)) == [
        "suspend: 6 of at most 5 (0.5 % of 1000)"
    ]


def test_limits_of_other_actions_are_not_crossed() -> None:
    assert list(crossed((SHARE, COUNT), {"notify": 400}, 500)) == []
    assert len(list(crossed((SHARE, COUNT), {"suspend": 40, "delete": 6}, 500))) == 2
