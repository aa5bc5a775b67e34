"""What runs saw is evidence: nights that are missing never remove data early."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from tests.laws.nights import holds, rulebook
from tests.runs.conftest import Nights

POLICY = """\
# catalogue.yaml
catalogue: evidence
cascade: [market]
tracks: {dunning: {anchor: suspended_on}}
actions:
  notify: {}
  reactivate: {sets: {status: active}}
  suspend: {harm: access, sets: {status: suspended, suspended_on: today}}
  delete: {harm: data, sets: {status: deleted}, only_if: {days_unbroken: {gt: 5}}}
runs_every: 2
# base.yaml
layer: Base
terms: {time_zone: UTC}
rules:
  warn:
    track: dunning
    step: 1
    for_each: [1, 2, 4]
    when: {status: suspended, days_suspended: {gte: $stage}}
    do: notify
  delete:
    track: dunning
    step: 2
    when: {status: suspended, days_suspended: {gt: 5}}
    after: {last_step: 2}
    do: delete
"""
FIRST, LAST_NIGHT = date(2026, 3, 1), 14
STAGES = (1, 2, 4)


def night(number: int) -> str:
    return (FIRST + timedelta(days=number - 1)).isoformat()


def given(
    out: Path,
    numbers: Iterable[int],
    statuses: Mapping[int, str] | None = None,
    policy: str = POLICY,
) -> dict[int, list[str]]:
    """The rules that acted on each night that was run; suspended unless told otherwise."""
    nights = Nights(out, rulebook(policy))
    found = {}
    for number in numbers:
        status = (statuses or {}).get(number, "suspended")
        nights.run(night(number), f"subscription_id,status\nS,{status}\n")
        found[number] = [id_.split(":")[1] for id_ in nights.ids(night(number))]
    return found


def some_nights(draw: Random, always: Iterable[int] = ()) -> list[int]:
    """A few of the nights: each with some chance, and some long after."""
    chance, gap = draw.choice((0.3, 0.6, 0.9)), draw.choice((0, 0, 5, 29, 32))
    kept = {n for n in range(1, LAST_NIGHT) if draw.random() < chance}
    late = {LAST_NIGHT + gap + n for n in (0, 2, 4, 6)} if gap else {LAST_NIGHT}
    return sorted({*kept, *always, *late})


def first_deletion(found: Mapping[int, list[str]]) -> int:
    return min((number for number, rules in found.items() if "delete" in rules), default=99)


@pytest.mark.parametrize("away", [{}, {4: "active"}, {3: "cancelled", 5: "active"}])
def test_missing_nights_never_make_a_deletion_earlier(tmp_path: Path, away: dict[int, str]) -> None:
    every = first_deletion(given(tmp_path / "every", range(1, LAST_NIGHT), away))
    assert every == max([*away, 0]) + 7
    draw = Random(f"gaps {away}")  # noqa: S311  seeds are no secrets
    delayed = 0
    for number in range(3):
        found = first_deletion(given(tmp_path / str(number), some_nights(draw, away), away))
        assert found >= every
        delayed += found > every
    assert delayed


def test_a_warning_is_late_by_at_most_the_nights_missed(tmp_path: Path) -> None:
    """Of several that have come due in a gap, the latest stands for all."""
    draw = Random("warnings")  # noqa: S311
    for number in range(4):
        nights = some_nights(draw)[:-3]
        found = given(tmp_path / str(number), nights)
        warned = [(n, int(rule[5:])) for n, rules in found.items() for rule in rules if "@" in rule]
        for stage in STAGES:
            due = 1 + stage
            on = min((n for n, told in warned if told >= stage), default=None)
            until = on or nights[-1]
            missed = sum(n not in found for n in range(1, until))
            assert until - due <= missed, (nights, stage)


def test_a_status_seen_otherwise_ends_the_row(tmp_path: Path) -> None:
    """An oracle that keeps every night: it walks back from each to where its row begins."""
    draw = Random("rows")  # noqa: S311
    for number in range(2):
        nights = Nights(tmp_path / str(number), rulebook(POLICY))
        told: dict[int, str] = {}
        for n in sorted(draw.sample(range(1, 70), 12)):
            told[n] = draw.choice(("suspended",) * 5 + ("cancelled", "active", ""))
            nights.run(night(n), f"subscription_id,status\nS,{told[n]}\n")
            rows = {(r["first_day"], r["unbroken_since"]) for r in nights.table(night(n), "seen")}
            assert rows == expected(told, n), (told, n)


def expected(told: Mapping[int, str], today: int) -> set[tuple[str, str]]:
    readable = [n for n in sorted(told) if told[n]]
    if not readable or today - readable[-1] > 30 or told[readable[-1]] == "active":
        return set()
    status, first, unbroken, is_near = told[readable[-1]], readable[-1], readable[-1], True
    for n in reversed(readable):
        if told[n] != status or first - n > 30:
            break
        is_near = is_near and first - n <= 2
        first, unbroken = n, n if is_near else unbroken
    return {(night(first), night(unbroken))}


def test_who_runs_on_weekdays_deletes_on_time(tmp_path: Path) -> None:
    policy = POLICY.replace("runs_every: 2\n", "")
    weekdays = [n for n in range(2, 14) if date.fromisoformat(night(n)).weekday() < 5]
    found = given(tmp_path / "out", weekdays, policy=policy)
    assert first_deletion(found) == min(n for n in weekdays if n > weekdays[0] + 5)


def test_a_gap_longer_than_runs_every_holds_a_deletion_and_no_warning(tmp_path: Path) -> None:
    found = given(tmp_path / "out", [1, 2, 8, 10, 12, 13, 14])
    assert found[8] == ["warn@4"]
    assert first_deletion(found) == 14
    nights = Nights(tmp_path / "out", rulebook(POLICY))
    assert nights.column(night(13), "held", "held_by") == ["only_if"]
    assert nights.column(night(13), "held", "held_until") == [night(13)]


def test_in_cases_a_status_is_unbroken_since_its_own_day() -> None:
    """What sets a status starts it anew, and so does a status that changes by itself.

    cases:
      - name: kept through the fifth day
        given: {status: suspended, suspended_on: 2026-03-01}
        from: 2026-03-05
        until: 2026-03-10
        expect: {2026-03-05: warn@4, 2026-03-07: delete}
      - name: seen only lately
        given: {status: suspended, suspended_on: 2026-02-01, unbroken_since: 2026-03-05}
        from: 2026-03-08
        until: 2026-03-15
        expect: {2026-03-08: warn@4, 2026-03-10: {held: delete}, 2026-03-11: delete}
      - name: suspended again
        given: {status: suspended, suspended_on: 2026-02-01, unbroken_since: 2026-03-05}
        from: 2026-03-08
        until: 2026-03-30
        then:
          2026-03-09: {status: active, suspended_on: none}
          2026-03-12: {status: suspended, suspended_on: 2026-03-12}
        expect:
          2026-03-08: warn@4
          2026-03-13: warn@1
          2026-03-14: warn@2
          2026-03-16: warn@4
          2026-03-18: delete
    """
    holds(test_in_cases_a_status_is_unbroken_since_its_own_day, POLICY)
