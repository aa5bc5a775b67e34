"""A small policy set and export on disk, and the command line called as people call it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lapse.cli import main

CATALOGUE = """
catalogue: test
cascade: [program, market, customer]
tracks:
  dunning: {anchor: past_due_since}
terms:
  grace_days: {type: days, at_least: 0}
  notice_days: {type: days list}
actions:
  notify: {}
  suspend: {harm: access, sets: {status: suspended, suspended_on: today, suspended_for: debt}}
limits: {suspend: 2}
"""
BASE = """
layer: Base
terms: {time_zone: UTC, calendar: none, grace_days: 14, notice_days: [1, 7]}
rules:
  remind:
    track: dunning
    step: 1
    for_each: $notice_days
    when: {status: active, days_past_due: {gte: $stage}}
    do: notify
    because: "{days_past_due} days past due"
  suspend:
    track: dunning
    step: 2
    when: {status: active, days_past_due: {gt: $grace_days}}
    after: {last_step: 2}
    do: suspend
  hold:
    when: {days_until_hold_ends: {gte: 0}}
    forbid: suspend
"""
NORWAY = """
layer: Norway
applies_to: {market: NO}
terms: {grace_days: 10}
"""
CASES = """
cases:
  - name: reminded twice, then suspended
    given: {market: NO, status: active, past_due_since: 2026-11-01}
    from: 2026-11-01
    until: 2026-11-20
    expect:
      2026-11-02: remind@1
      2026-11-08: remind@7
      2026-11-12: suspend
"""
EXPORT = """\
subscription_id,customer_id,market,status,past_due_since,hold_until,debt,currency
A,C1,NO,active,2026-11-10,,100.00,NOK
B,C1,SE,active,2026-11-20,,50.00,SEK
C,C2,,active,2026-11-10,2026-12-31,75.50,NOK
D,C3,NO,active,,,,
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `policies/` and `export.csv`, which is the current one."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "policies/catalogue.yaml": CATALOGUE,
        "policies/base.yaml": BASE,
        "policies/norway.yaml": NORWAY,
        "policies/cases/cases.yaml": CASES,
        "export.csv": EXPORT,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def lapse(workplace: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[str], Ran]:
    """Runs `lapse …` in the workplace."""
    assert workplace.is_dir()

    def call(line: str) -> Ran:
        try:
            code = main(line.split())
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return call
