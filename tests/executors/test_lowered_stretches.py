"""Where SQL is sure how far a condition's truth reaches, it says what the specification says.

Rows are those of `test_lowered_rows`. Of each the reach is asked where a decision asks for it: of
rules and stages that are true, of forbids that are true, of an `only_if` that is not.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from sqlglot import exp
from tests.agreement.play import read
from tests.agreement.trials import trials
from tests.executors.settled import in_force
from tests.executors.test_lowered_rows import blanked, stages_of
from tests.laws.nights import rulebook

from lapse.decide.forecast import situation_of
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.executors.each_change import by_jumps
from lapse.executors.lowered.orders.stretches import Edge, Stretches
from lapse.executors.lowered.words.conditions import held
from lapse.executors.lowered.words.scopes import lexicon
from lapse.model.condition import Condition
from lapse.model.days import AsOf
from lapse.model.rule import Rule, Rulebook
from lapse.policy.in_force import Scopes
from lapse.policy.load import load
from lapse.sql.expressions import aliased, column, query, render
from lapse.sql.spark import in_spark

SEEDS = range(2, 5)
POLICIES = Path(__file__).parents[2] / "policies"
BASE = date(2026, 11, 23)
AS_OF: tuple[AsOf, ...] = (BASE, datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
AWAY = (-400, -91, -61, -31, -30, -16, -15, -8, -7, -1, 0, 1, 7, 14, 30, 60, 300)
"""How far from the day judged the dates of hand-made facts lie: most near numbers of policies."""
DATES = (
    *("past_due_since", "suspended_on", "term_start", "term_end", "hold_until", "requested_on"),
    *("cancelled_on", "purchased_on", "next_due_on", "unbroken_since"),
)
CHOSEN: Mapping[str, Sequence[str | None]] = {
    "market": ("NO", "DE", "US", "JP", "CN", "SE", None),
    "program": ("legacy", "nce", "nce", "azure", "other"),
    "product": ("dynamics365", "office365", None),
    "segment": ("public", "prepaid", "commercial"),
    "status": ("active", "active", "suspended", "suspended", "expired", "disabled", "cancelled"),
    "suspended_for": ("debt", "debt", "customer", None),
    "debt": ("1200 NOK", "1200 NOK", "0", "50 EUR"),
    "currency": ("NOK", "EUR"),
    "auto_renew": ("yes", "no", None),
    "at_term_end": ("renew", "extend", "cancel", None),
    "commitment_months": ("1", "12", "36", None),
    "billing_cycle": ("monthly", "annual"),
    "seats": ("5", "50"),
    "seats_removable": ("0", "3"),
    "unit_price": ("10 NOK", None),
    "request": ("cancel", "reduce_seats", "add_seats", "change_term", "reactivate", None, None),
    "requested_seats": ("3", "60", None),
    "requested_months": ("1", "36", None),
    "extended": ("no", "yes"),
    "vip": ("no", "no", "yes"),
    "trial": ("no", "no", "yes"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """Something asked of a reach: which day, of a rule at a stage or of an `only_if`."""

    day: Callable[[Any], Callable[..., Any]]
    asked: Rule | Condition
    stage: tuple[int | None, ...] = ()

    @property
    def key(self) -> object:
        return self.day, id(self.asked), self.stage

    def edge(self, reach: Stretches) -> Edge:
        stage = (None if each is None else exp.convert(each) for each in self.stage)
        found = self.day(reach)(self.asked, *stage)
        assert isinstance(found, Edge)
        return found

    def expected(self, at: Situation) -> int | None:
        day = self.day(by_jumps)(self.asked, *self.stage, at)
        return None if day is None else int(held(day))

    def __str__(self) -> str:
        return f"{getattr(self.asked, 'name', self.asked)} {self.stage}"


FIRST, LAST = attrgetter("first_day"), attrgetter("last_day")
LAST_WITHOUT = attrgetter("last_day_without")
Told = Mapping[object, tuple[int | None, bool]]


def test_a_sure_edge_is_that_of_the_specification() -> None:
    found: Counter[bool] = Counter()
    for trial in trials(SEEDS):
        draw = Random(f"stretches of {trial.world.seed}")  # noqa: S311
        judged = list(blanked([case.case for case in trial.cases], trial.scopes, draw))
        for unit, expected, (day, is_sure) in compared(trial.scopes.book, judged):
            found[is_sure] += 1
            assert not is_sure or day == expected, f"world {trial.world.seed}: {unit}"
    # Where an edge is not sure, terms changed twice, or fell due.
    assert found[True] / found.total() > 0.99


@pytest.mark.parametrize("as_of", AS_OF)
def test_every_way_in_which_a_test_moves(as_of: AsOf) -> None:
    rules = "".join(
        f"  r{n}: {{track: dunning, step: {n}, when: {{{test}}}, do: notify{SPANS[n % 3]}}}\n"
        for n, test in enumerate(TESTS.splitlines(), start=1)
    )
    rules = f"{rules[:-2]}, for_each: [1, 6]}}\n"
    book = rulebook(POLICY + rules)
    draw, scopes = Random("moving tests"), Scopes(book)  # noqa: S311
    judged = [situation_of(read(near(draw), book.words), scopes, as_of) for _ in range(40)]
    found: Counter[bool] = Counter()
    for unit, expected, (day, is_sure) in compared(book, judged, every):
        found[is_sure] += 1
        assert not is_sure or day == expected, str(unit)
    assert found[True] / found.total() > 0.82


@pytest.mark.parametrize("as_of", AS_OF)
def test_every_edge_of_the_shipped_policies_is_sure(as_of: AsOf) -> None:
    book = load(POLICIES).book
    assert book is not None
    scopes, draw = Scopes(book), Random("facts by hand")  # noqa: S311
    rows = [read(cells(draw), book.words) for _ in range(50)]
    judged = [situation_of(row, scopes, as_of) for row in rows]
    found = list(compared(book, [at for at in judged if at.moment.is_day_known]))
    for unit, expected, (day, is_sure) in found:
        assert is_sure, str(unit)
        assert day == expected, str(unit)
    assert len({unit.key for unit, *_ in found}) > 50


TESTS = """\
days_past_due: {gte: 5}
days_past_due: {lte: 5}
days_past_due: {gt: 5}
days_past_due: {lt: 5}
days_past_due: 5
days_past_due: {ne: 5}
days_past_due: [3, 4, 9]
days_past_due: {not_in: [3, 4, 9]}
days_until_term_end: {gte: 5}
days_until_term_end: {lte: 5}
days_until_term_end: {gt: 5}
days_until_term_end: {lt: 5}
days_until_term_end: 5
days_until_term_end: {ne: 5}
days_until_term_end: [3, 4, 9]
days_until_term_end: {not_in: [3, 4, 9]}
days_past_due: {gte: $grace}
days_past_due: $grace
not: {days_past_due: {gte: $grace - 4}}
not: {days_past_due: {gte: $few - 4}}
kept: {lt: 5}
paid: {lt: 5}
days_until_term_end: {lt: $kept + 1}
days_past_due: {gt: $kept}, days_until_term_end: {ne: 2}
grace: {gt: 4}
grace: {lt: 6}
grace: {lt: 6}, seats: 1
grace: {lt: 6}, market: [SE, "NO"]
days_past_due: {lt: $extra}
is_strict: yes
is_strict: yes, any: [days_past_due: {gt: 2}, cancellation_open: yes]
any: [is_strict: no, days_until_term_end: [2, 7], kept: {gt: 9}]
any: [{days_past_due: {gte: 7}, disputed: no}, days_past_due: {lt: $grace}, days_until_term_end: 4]
not: {any: [days_past_due: {gte: 9}, {days_until_term_end: {gt: $grace}, disputed: yes}]}
cancellation_open: yes
cancellation_open: no
cancellation_open: {ne: yes}, days_past_due: {gte: 2}
cancellation_open: {known: yes}
commitment_left: {gt: 25 NOK}
commitment_left: {lt: $floor}
commitment_left: 20 NOK
commitment_left: {ne: 10 NOK}, days_past_due: {gt: 1}
any: [commitment_left: {lte: 10 NOK}, days_past_due: {gte: 6}]
debt: {gt: $floor}
any: [days_past_due: {gte: $stage}, days_past_due: {lt: $few - $stage}, days_until_term_end: 3]
"""
"""The condition of a rule each, the last for some stages; terms change, are pinned, expire."""


POLICY = """\
# catalogue.yaml
catalogue: t
cascade: [market]
tracks: {dunning: {anchor: past_due_since}}
terms:
  grace: {type: days}
  kept: {type: days, pinned_to: past_due_since}
  paid: {type: days, pinned_to: next_due_on}
  few: {type: days}
  extra: {type: days}
  floor: {type: money}
  is_strict: {type: flag}
actions: {notify: {}}
# base.yaml
layer: Base
terms:
  time_zone: Europe/Oslo
  grace:
    - {to: 2026-10-31, value: 8}
    - {from: 2026-11-01, to: 2026-11-18, value: 3}
    - {from: 2026-11-19, to: 2026-11-25, value: 5}
    - {from: 2026-11-26, to: 2026-12-01, value: 1}
    - {from: 2026-12-02, value: 6}
  kept:
    - {to: 2026-11-15, value: 2}
    - {from: 2026-11-16, to: 2026-11-21, value: 9}
    - {from: 2026-11-22, value: 4}
  paid: [{to: 2026-11-20, value: 7}, {from: 2026-11-21, value: 4}]
  few: 2
  extra: 2
  floor: [{to: 2026-11-20, value: {NOK: 10}}, {from: 2026-11-21, value: {NOK: 30, other: 5}}]
  is_strict: [{to: 2026-11-20, value: yes}, {from: 2026-11-21, to: 2026-11-29, value: no}]
# norway.yaml
layer: Norway
applies_to: {market: "NO"}
terms:
  kept:
    value: 12
    override: {approved_by: "CFO", reason: "pilot", expires: 2026-11-27}
  extra:
    value: 9
    override: {approved_by: "CFO", reason: "pilot", expires: 2026-11-25}
  is_strict: {value: yes, override: {approved_by: "CFO", reason: "pilot", expires: 2026-11-24}}
# rules.yaml
layer: Rules
applies_to: {market: ["NO", SE]}
rules:
"""
SPANS = ("", ", from: 2026-11-19", ", from: 2026-10-20, to: 2026-12-10")


def near(draw: Random) -> dict[str, str | None]:
    """Cells with dates near the day judged, some blank."""

    def day() -> str | None:
        return str(BASE + timedelta(days=draw.randint(-14, 14))) if draw.random() < 0.85 else None

    return {
        "subscription_id": "S",
        "market": draw.choice(("NO", "SE", "SE")),
        "status": "active",
        "currency": draw.choice(("NOK", "NOK", "EUR", None)),
        "past_due_since": day(),
        "term_start": str(BASE - timedelta(days=draw.randint(0, 90))),
        "term_end": day(),
        "next_due_on": day(),
        "billing_cycle": "monthly",
        "seats": "1",
        "unit_price": "10 NOK",
        "debt": draw.choice(("0", "20 NOK", "20 EUR")),
        "disputed": draw.choice(("yes", "no")),
        "cancellable_until": draw.choice(
            (None, f"{day() or BASE}T{draw.choice(('06:00', '23:30'))}:00Z")
        ),
    }


def cells(draw: Random) -> dict[str, str | None]:
    found = {name: draw.choice(values) for name, values in CHOSEN.items()}
    for name in DATES:
        is_there = draw.random() < 0.8
        found[name] = str(BASE + timedelta(days=draw.choice(AWAY))) if is_there else None
    until = BASE + timedelta(days=draw.choice((-1, 0, 1, 5)))
    found["cancellable_until"] = f"{until}T{draw.choice(('06:00', '23:45'))}:00Z"
    return found | {"subscription_id": "S"}


def decided(at: Situation) -> Iterator[Unit]:
    """What a decision asks."""
    for entry in at.rules():
        rule = entry.rule
        stages = () if entry.missing else (None,) if rule.is_forbid else stages_of(entry, at)
        for stage in stages or ():
            if truth(rule.condition(stage), at) is True:
                yield Unit(LAST, rule) if rule.is_forbid else Unit(FIRST, rule, (stage,))
    for action in at.force.book.catalogue.actions.values():
        if action.only_if is not None and truth(action.only_if, at) is not True:
            yield Unit(LAST_WITHOUT, action.only_if)


def every(at: Situation) -> Iterator[Unit]:
    """All that can be asked of the condition of each rule."""
    for entry in at.rules():
        rule = entry.rule
        for stage in stages_of(entry, at) or ():
            if truth(rule.condition(stage), at) is not True:
                yield Unit(LAST_WITHOUT, rule.condition(stage))
                continue
            yield Unit(FIRST, rule, (stage,))
            if stage is None:
                yield Unit(LAST, rule)


def compared(
    book: Rulebook,
    judged: Sequence[Situation],
    units_of: Callable[[Situation], Iterable[Unit]] = decided,
) -> Iterator[tuple[Unit, int | None, tuple[int | None, bool]]]:
    """Of every unit in every row, the day that the specification says and the edge in SQL."""
    covered = [at for at in judged if at.force.not_covered_by() is None]
    asked = [list(units_of(at)) for at in covered]
    for at, its, edges in zip(covered, asked, told(book, covered, asked), strict=True):
        for unit in its:
            yield unit, unit.expected(at), edges[unit.key]


def told(
    book: Rulebook, judged: Sequence[Situation], asked: Sequence[Sequence[Unit]]
) -> Iterator[Told]:
    units = list({unit.key: unit for its in asked for unit in its}.values())
    if not units:
        return
    with duckdb.connect() as connection:
        names, joined = in_force(connection, lexicon(book), judged)
        connection.execute(f"CREATE TABLE joined AS {render(joined)}")
        edges = [unit.edge(Stretches(names)) for unit in units]
        selects = [aliased(edge.day, f"day {n}") for n, edge in enumerate(edges)]
        selects += [aliased(edge.is_sure, f"is sure {n}") for n, edge in enumerate(edges)]
        said = query(
            "SELECT $selects FROM joined ORDER BY $place", selects=selects, place=column("place")
        )
        for each in selects:
            assert in_spark(each)
        for row in connection.execute(render(said)).fetchall():
            edges_told = zip(row[: len(units)], row[len(units) :], strict=True)
            yield dict(zip((unit.key for unit in units), edges_told, strict=True))
