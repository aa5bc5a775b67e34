"""`lapse prove` as a policy owner calls it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Ran

from lapse.model.decision import Decision

Lapse = Callable[[str], Ran]

PROMISES = """
promises:
  - name: nobody is suspended without a reminder two days before
    never: {suspend: {without: {notify: 2}}}
  - name: nobody is suspended on the due date
    never: {suspend: {days_past_due: {lt: 1}}}
"""
BROKEN = """
  - name: Norway waits two weeks
    never: {suspend: {days_past_due: {lte: 14}}}
    where: {market: NO}
"""
EMPTY = """
  - name: nobody in Norway is suspended in Sweden
    never: {suspend: {}}
    where: {all: [{market: NO}, {market: SE}]}
"""
AS_OF = "prove --as-of 2026-11-23"


def _write(text: str) -> None:
    Path("policies/promises.yaml").write_text(text, encoding="utf-8")


def test_promises_that_hold_are_proved(lapse: Lapse) -> None:
    _write(PROMISES)
    ran = lapse(AS_OF)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("PROVED: ") == 2
    assert "2 promises: 2 proved, for every subscription" in ran.out


def test_a_broken_one_is_told_in_a_sentence_with_the_rule_and_a_case(lapse: Lapse) -> None:
    _write(PROMISES + BROKEN)
    ran = lapse(AS_OF)
    assert ran.code == 1
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    told = " ".join(ran.out.split())
    assert (
        "On 2026-11-23 a subscription with market NO, status active and past due since 2026-11-12 "
        "(11 days before) is suspended, after remind@1 on 2026-11-13 and remind@7 on 2026-11-19, "
        "although days past due <= 14. blame `suspend` (policies/base.yaml:12) and `grace_days` 10 "
        "(policies/norway.yaml:4) or the promise (policies/promises.yaml:8)"
    ) in told


def test_its_case_passes_as_it_stands(lapse: Lapse) -> None:
    _write(PROMISES + BROKEN)
    (broken,) = (
        promise
        for promise in json.loads(lapse(f"{AS_OF} --format json").out)["promises"]
        if promise["outcome"] == "refuted"
    )
    Path("policies/cases/broken.yaml").write_text(broken["example"]["case"], encoding="utf-8")
    ran = lapse("test")
    assert ran.code == 0, ran.out
    assert "2 cases passed, 0 failed" in ran.out


def test_what_nothing_could_break_is_told_apart(lapse: Lapse) -> None:
    _write(PROMISES + EMPTY)
    assert lapse(AS_OF).code == 0
    ran = lapse(f"{AS_OF} --strict")
    assert ran.code == 1
    assert "EMPTY: nobody in Norway is suspended in Sweden" in ran.out


def test_a_pull_request_shows_it_at_its_line(lapse: Lapse) -> None:
    _write(PROMISES + BROKEN)
    out = lapse(f"{AS_OF} --format github").out
    assert "::error file=policies/promises.yaml,line=8,col=11,title=promise-refuted::" in out


def test_a_wrong_promise_is_told_where_it_stands_and_the_others_are_proved(lapse: Lapse) -> None:
    _write(PROMISES + "  - name: nobody is deletd\n    never: {suspnd: {}}\n")
    ran = lapse(AS_OF)
    assert ran.code == 1
    assert "policies/promises.yaml:8:13: error[unknown-action]" in ran.err
    assert "did you mean `suspend`?" in ran.err
    assert "2 promises: 2 proved" in ran.out
    assert lapse("check").code == 1


def test_what_the_reference_does_not_confirm_is_a_bug_of_ours(
    lapse: Lapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(PROMISES + BROKEN)
    nothing = lambda situation, _: Decision(situation.moment.day)  # noqa: E731
    monkeypatch.setattr("lapse.analysis.counterexamples.decide", nothing)
    ran = lapse(AS_OF)
    assert ran.code == 70
    assert "`Norway waits two weeks` at policies/promises.yaml:8:11" in ran.err
    assert "this is a bug of ours" in ran.err


def test_what_proofs_do_not_compute_is_not_decided(lapse: Lapse) -> None:
    base = Path("policies/base.yaml")
    text = base.read_text(encoding="utf-8")
    lost = "{commitment_left: {gt: 10 EUR, lt: 10.01 EUR}, days_past_due: {gt: $grace_days}}"
    base.write_text(text.replace("{status: active, days_past_due: {gt: $grace_days}}", lost))
    _write("promises: [{name: nobody, never: {suspend: {}}}]")
    ran = lapse(AS_OF)
    assert ran.code == 1
    assert "NOT DECIDED: nobody" in ran.out
    assert "it turns on `commitment_left`, which proofs do not compute" in ran.out


def test_check_counts_promises(lapse: Lapse) -> None:
    _write(PROMISES)
    assert "policies: 2 layers, 3 rules, 1 case, 2 promises: no errors" in lapse("check").out


def test_without_promises_there_is_nothing_to_prove(lapse: Lapse) -> None:
    ran = lapse(AS_OF)
    assert ran.code == 0
    assert "no promises" in ran.out
