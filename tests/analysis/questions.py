"""A small ladder in three markets, and what other terms would change in it."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.ladder import ACTIONS, REACTIVATE, REMIND, SUSPEND
from tests.laws.nights import ledger

from lapse.analysis.population import InputsRead, Population
from lapse.analysis.what_if.compare import Outlook
from lapse.analysis.what_if.limits import parse_limit
from lapse.analysis.what_if.result import WhatIf, what_if
from lapse.analysis.what_if.versions import Versions
from lapse.decide.known import RecordAndPast
from lapse.model.days import utc_day
from lapse.model.facts import Value, parse_fact
from lapse.model.record import Record
from lapse.model.rule import Rulebook
from lapse.policy.load import load

DAY = date(2026, 11, 2)
"""A Monday."""

CATALOGUE = """\
catalogue: small
cascade: [region, market, product, customer]
regions: {nordics: ["NO", SE]}
tracks:
  dunning: {anchor: past_due_since}
  request: {anchor: requested_on}
  provider: {anchor: term_end, by: provider}
facts: {vip: {type: flag, blank: no}}
assume: {vip: no}
terms:
  grace_days: {type: days, at_least: 0, at_most: 60, harsher: lower, pinned_to: past_due_since}
  notice_days: {type: days list}
  retention_days: {type: days, at_least: 10, harsher: lower}
  wait_days: {type: days}
  debt_tolerance: {type: money, harsher: lower}
"""
CATALOGUE += ACTIONS
CATALOGUE += """\
  flag: {}
  delete:
    harm: data
    sets: {status: deleted, deleted_on: today}
    only_if: {days_suspended: {gt: $retention_days}}
  expire: {harm: access, sets: {status: expired}}
  allow: {harm: money}
  refuse: {}
"""
BASE = """\
layer: Base
terms:
  time_zone: UTC
  calendar: none
  grace_days: 20
  notice_days: [1, 5]
  retention_days: 30
  wait_days: 2
  debt_tolerance: {other: 0}
rules:
"""
BASE += REMIND + SUSPEND.replace("last_step: 2", "last_step: $wait_days") + REACTIVATE
BASE += """\
  delete:
    track: dunning
    step: 3
    anchor: suspended_on
    when: {status: suspended, suspended_for: debt, days_suspended: {gt: $retention_days}}
    do: delete
  vip: {when: {vip: yes}, forbid: [suspend, delete]}
  answer: {track: request, step: 1, when: {request: cancel}, do: allow}
  ends:
    track: provider
    step: 1
    when: {status: active, days_since_term_end: {gt: 0}}
    do: expire
"""
NORWAY = """\
layer: Norway
applies_to: {market: "NO"}
terms:
  grace_days:
    - {from: 2020-01-01, value: 14}
"""
TODAY: Mapping[str, str] = {"catalogue.yaml": CATALOGUE, "base.yaml": BASE, "no.yaml": NORWAY}

OWING = {
    "market": "NO",
    "status": "active",
    "debt": "900 NOK",
    "past_due_since": "2026-11-01",
    "unit_price": "10 NOK",
    "seats": "5",
    "currency": "NOK",
    "customer_name": "Fjordlys",
}
"""A Norwegian customer on the first day of his debt."""


def changed(**files: str) -> Mapping[str, str]:
    """Today's policies with other files; `base` for `base.yaml`."""
    return {**TODAY, **{f"{name}.yaml": text for name, text in files.items()}}


@cache
def _book(files: tuple[tuple[str, str], ...]) -> Rulebook:
    with TemporaryDirectory() as folder:
        for name, text in files:
            Path(folder, name).write_text(text, encoding="utf-8")
        found = load(Path(folder))
    assert found.book is not None, found.problems
    return found.book


def book(files: Mapping[str, str] = TODAY) -> Rulebook:
    return _book(tuple(files.items()))


def row(
    facts: Mapping[str, str | None],
    *,
    number: int = 1,
    invoices: str | None = None,
    files: Mapping[str, str] = TODAY,
) -> RecordAndPast:
    """A subscription, its blanks blank; invoices as in `Nights`."""
    words = book(files).words
    cells: dict[str, str | None] = {**dict.fromkeys(words.facts), **facts}
    cells["subscription_id"] = cells.get("subscription_id") or f"S{number}"
    cells["vip"] = cells["vip"] or "no"
    read: dict[str, Value | None] = {}
    for name, cell in cells.items():
        read[name] = None if cell is None else parse_fact(cell, words.facts[name])
    return RecordAndPast(Record(read, ledger=None if invoices is None else ledger(invoices)))


def rows(*facts: Mapping[str, str | None]) -> tuple[RecordAndPast, ...]:
    return tuple(row(each, number=number) for number, each in enumerate(facts, start=1))


def ask(
    other: Mapping[str, str] | Rulebook,
    people: tuple[RecordAndPast, ...] | None = None,
    *,
    today: Mapping[str, str] = TODAY,
    limits: tuple[str, ...] = (),
    days: int = 120,
) -> WhatIf:
    """What changes under other policies; by default for one Norwegian customer who owes."""
    versions = Versions(book(today), other if isinstance(other, Rulebook) else book(other))
    found = Population(people or rows(OWING), InputsRead(0, 0, "", ""))
    asked = Outlook(DAY, utc_day(DAY) + timedelta(days=days))
    parsed = [parse_limit(text, versions.actions) for text in limits]
    return what_if(versions, asked, found, found, parsed)


def told(found: WhatIf) -> list[str]:
    """Every change but the kept ones: `sooner suspend 2026-11-16 -> 2026-11-10 harsher`."""
    return [
        f"{change.kind} {change.latest.label} "
        f"{change.old.day if change.old else '-'} -> {change.new.day if change.new else '-'} "
        f"{change.direction}"
        for _, change in found.changes
    ]


def in_norway(text: str) -> Mapping[str, str]:
    """Today's policies with another line for the grace of Norway."""
    return changed(no=NORWAY.replace("- {from: 2020-01-01, value: 14}", text))
