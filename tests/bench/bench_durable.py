# ruff: noqa: T201  its numbers are what it is for
"""Memory and time of the durable executor on the shipped policies, one subscription at a time."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random

from lapse.decide.situation import Situation
from lapse.executors.durable.engine import DurableExecutor, stages
from lapse.model.days import Moment
from lapse.model.facts import ABSENT, UNKNOWN, Value, Vocabulary
from lapse.model.money import Money
from lapse.model.rule import Rulebook
from lapse.model.subscription import Subscription, settled, subscription
from lapse.policy.in_force import Scopes
from lapse.policy.load import load

POLICIES = Path(__file__).parents[2] / "policies"
MEMORY = Path("/proc/self/statm")
TODAY = date(2026, 11, 23)
FEW, MANY = 10_000, 100_000
BOOKS = 1_000


def test_memory_stays_while_subscriptions_pass() -> None:
    book = shipped()
    executor, scopes, population = DurableExecutor(book), Scopes(book), subscriptions(book.words)
    grown = 0.0
    for count in (FEW, MANY - FEW):
        before, start = memory_mb(), time.perf_counter()
        judged = sum(judge_all(executor, scopes, one) for one in islice(population, count))
        each = (time.perf_counter() - start) / count * 1e6
        grown = memory_mb() - before
        print(f"\n{count:,} subscriptions of {judged / count:.0f} conditions: {each:.0f} µs each")
        print(f"{memory_mb():.0f} MB, {grown:+.1f} MB by these")
    assert grown <= 20


def test_a_decision_takes_about_a_millisecond() -> None:
    book = shipped()
    executor, scopes = DurableExecutor(book), Scopes(book)
    start = time.perf_counter()
    for one in islice(subscriptions(book.words), FEW):
        executor.decide(Situation(one, scopes.of(one), Moment(TODAY, TODAY)), ())
    print(f"\n{(time.perf_counter() - start) / FEW * 1e6:.0f} µs for a decision")


def test_memory_stays_while_books_come_and_go() -> None:
    book = shipped()
    empty = memory_mb()
    held = [DurableExecutor(book) for _ in range(10)]
    before, start = memory_mb(), time.perf_counter()
    for _ in range(BOOKS):
        held[0] = DurableExecutor(book)
    each = (time.perf_counter() - start) / BOOKS * 1e3
    grown = memory_mb() - before
    print(
        f"\n{BOOKS:,} books: {each:.1f} ms each, {grown:+.1f} MB; ten held: {before - empty:.0f} MB"
    )
    assert grown <= 20


def shipped() -> Rulebook:
    book = load(POLICIES).book
    assert book is not None
    return book


def judge_all(executor: DurableExecutor, scopes: Scopes, one: Subscription) -> int:
    """Judges every rule in force; returns how many conditions that were."""
    at = Situation(one, scopes.of(one), Moment(TODAY, TODAY))
    conditions = [
        entry.rule.condition(stage)
        for entry in at.force.rules(TODAY)
        for stage in stages(entry.rule, at.force.book)
    ]
    for condition in conditions:
        executor.judge(condition, at)
    return len(conditions)


def subscriptions(words: Vocabulary) -> Iterator[Subscription]:
    """Subscriptions of all kinds without end, the same on every run."""
    draw = Random(1)  # noqa: S311  no secret
    number = 0
    while True:
        number += 1
        start = TODAY - timedelta(days=draw.randrange(800))
        due = draw.choice((None, None, TODAY - timedelta(days=draw.randrange(120))))
        cells: dict[str, Value | None] = {
            "subscription_id": f"S{number}",
            "customer_id": f"C{number // 3}",
            "market": draw.choice(("NO", "DE", "US", "SE", "JP")),
            "program": draw.choice(("legacy", "nce")),
            "product": draw.choice(("P1", "P2")),
            "segment": draw.choice(("commercial", "education", UNKNOWN)),
            "status": draw.choice(("active", "active", "active", "suspended", "deleted")),
            "seats": draw.randrange(300),
            "unit_price": Money(Decimal(draw.randrange(4_000)) / 100),
            "currency": draw.choice(("NOK", "EUR", "USD")),
            "billing_cycle": draw.choice(("monthly", "annual")),
            "commitment_months": draw.choice((1, 12, 36)),
            "term_start": start,
            "auto_renew": draw.random() < 0.5,
            "trial": draw.random() < 0.1,
            "disputed": draw.choice((True, None, None, UNKNOWN)),
            "vip": draw.choice((True, None, None, None)),
            "legal_hold": None,
            "suspended_on": draw.choice((None, TODAY - timedelta(days=draw.randrange(120)))),
            "suspended_for": draw.choice((None, "debt", "fraud")),
            "past_due_since": ABSENT if due is None else due,
            "debt": None if due is None else Money(Decimal(draw.randrange(400_000)) / 100),
            "hold_until": draw.choice((None, None, TODAY + timedelta(days=draw.randrange(9)))),
            "request": draw.choice((None, None, "reduce_seats", "cancel")),
            "requested_on": TODAY,
            "requested_seats": draw.randrange(300),
        }
        yield subscription(settled(cells, words), words)


def memory_mb() -> float:
    return int(MEMORY.read_text().split()[1]) * 4096 / 2**20
