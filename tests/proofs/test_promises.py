"""The shipped promises hold, and each fault that they are there for breaks one."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from lapse.analysis.counterexamples import counterexample
from lapse.policy.in_force import Scopes
from lapse.policy.load import PolicySet, load
from lapse.policy.text.shipped import shipped_policies
from lapse.proofs.proving import Outcome, Prover

FIRST = date(2026, 12, 1)
SHIPPED = load(shipped_policies())


@cache
def prover() -> Prover:
    assert SHIPPED.book is not None
    return Prover(SHIPPED.book, FIRST)


@pytest.mark.parametrize("promise", SHIPPED.promises, ids=lambda promise: promise.name)
def test_a_shipped_promise_holds_and_not_for_want_of_what_could_break_it(promise: object) -> None:
    verdict = prover().prove(promise)  # type: ignore[arg-type]
    assert verdict.outcome is Outcome.PROVED
    assert verdict.promise.source


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip of the pen in a shipped file, and the promise that it breaks."""

    name: str
    file: str
    text: str
    instead: str
    breaks: str

    def __str__(self) -> str:
        return self.name


DAY_60 = "no data is removed in the first 60 days of a suspension"
REMINDED = "nobody is suspended without a reminder the day before or earlier"
SLIPS = (
    Slip(
        "data kept for 45 days",
        "programs/legacy.yaml",
        "    value: 90\n    at_least: 60\n",
        "    value: 45\n",
        DAY_60,
    ),
    Slip(
        "suspended without a reminder",
        "base.yaml",
        "    after: {last_step: $suspension_notice_days, within: $notice_fresh_days}\n",
        "",
        REMINDED,
    ),
    Slip(
        "a task counted as a reminder",
        "base.yaml",
        "    step: 4\n    when:\n      status: active\n      vip: yes",
        "    step: 2\n    when:\n      status: active\n      vip: yes",
        REMINDED,
    ),
    Slip(
        "the last day of a hold left out",
        "base.yaml",
        "when: {days_until_hold_ends: {gte: 0}}",
        "when: {days_until_hold_ends: {gt: 0}}",
        "nobody is suspended in a trial, on hold, in a dispute or with a named account",
    ),
    Slip(
        "suspended for any debt or none",
        "base.yaml",
        "      debt: {gt: $debt_tolerance}\n    days: business",
        "    days: business",
        "nobody is suspended who owes nothing",
    ),
)


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_slip_breaks_a_promise_and_the_reference_says_so(slip: Slip, tmp_path: Path) -> None:
    policies = _with(slip, tmp_path / "policies")
    assert policies.book is not None, policies.problems
    promise = next(each for each in policies.promises if each.name == slip.breaks)
    verdict = Prover(policies.book, FIRST).prove(promise)
    assert verdict.outcome is Outcome.REFUTED
    assert verdict.refutation is not None
    found = counterexample(promise, verdict.refutation, Scopes(policies.book))
    assert found is not None
    assert found.case.until - FIRST <= (date(2026, 12, 4) - FIRST)
    assert len(found.case.given) <= 6


def _with(slip: Slip, folder: Path) -> PolicySet:
    copytree(shipped_policies(), folder)
    file = folder / slip.file
    text = file.read_text(encoding="utf-8")
    assert text.count(slip.text) == 1
    file.write_text(text.replace(slip.text, slip.instead), encoding="utf-8")
    return load(folder)
