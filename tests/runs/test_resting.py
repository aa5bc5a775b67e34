"""What harm rests on: an assumption that lets an order through is told with how many it lets."""

from datetime import date
from pathlib import Path

import pytest
from tests.runs.conftest import BASE, CATALOGUE, Nights

from lapse.model.facts import UNKNOWN
from lapse.model.rule import Rulebook
from lapse.nightly import Ending
from lapse.policy.load import load
from lapse.report.summary import summary_text
from lapse.runs.resting import facts_of_rule

LOCKED = CATALOGUE.replace(
    "terms:\n",
    """facts:
  vip: {type: flag, blank: no}
  due_call: {type: date}
terms:
  close_days: {type: days, pinned_to: purchased_on}
""",
).replace(
    "  cancel: {harm: access",
    "  erase: {harm: data, only_if: {days_since_due_call: {gt: $close_days}}}\n"
    "  cancel: {harm: access",
)
RULES = (
    BASE.replace("  grace_days: 14\n", "  grace_days: 14\n  close_days: 5\n")
    + """
  erase:
    track: dunning
    step: 4
    when: {status: suspended, seats_floor: {gte: 0}, days_until_term_end: {gt: 0}}
    do: erase
  named:
    when: {vip: yes}
    forbid: [suspend, erase]
  trial_first:
    when: {trial: yes}
    forbid: [notify]
"""
)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = tmp_path_factory.mktemp("locked")
    (folder / "catalogue.yaml").write_text(LOCKED, encoding="utf-8")
    (folder / "base.yaml").write_text(RULES, encoding="utf-8")
    loaded = load(folder)
    assert loaded.book is not None, loaded.problems
    return loaded.book


def test_counters_derived_facts_and_pins_count_as_what_they_come_from(locked: Rulebook) -> None:
    rules = {rule.name: facts_of_rule(rule, locked.catalogue) for rule in locked.every_rule()}
    ends = {"term_end", "term_start", "commitment_months"}
    assert rules["erase"] == {"status", "seats", "seats_removable", *ends}
    assert rules["suspend"] == {"status", "past_due_since", "debt"}
    assert rules["named"] == {"vip"}


DUE = """
subscription_id,program,status,past_due_since,debt,currency,term_end
S1,legacy,active,2026-11-01,1200,NOK,2027-01-31
S2,legacy,active,2026-11-01,1200,NOK,2027-01-31
"""
DAY = date(2026, 11, 1)
ALL = {"disputed": False, "vip": False, "trial": False}


def test_an_assumption_is_told_with_the_harm_its_forbids_would_have_stopped(
    tmp_path: Path, locked: Rulebook
) -> None:
    nights = Nights(tmp_path / "runs", locked)
    first = nights.run("2026-11-10", DUE, assumed=ALL).summary
    assert (first.actions, first.resting) == (2, ())  # a reminder is no harm
    result = nights.run("2026-11-20", DUE, assumed=ALL)
    assert [(r.fact, r.value, r.action, r.count) for r in result.summary.resting] == [
        ("disputed", "no", "suspend", 2),
        ("vip", "no", "suspend", 2),
    ]
    assert "vip=no is assumed: 2 suspend rest on it" in summary_text(result.summary)
    told = nights.told("2026-11-20")["resting"]
    assert {"fact": "vip", "value": "no", "action": "suspend", "count": 2} in told
    again = nights.run("2026-11-20", DUE, assumed=ALL)
    assert (again.ending, again.summary) == (Ending.UNCHANGED, result.summary)


def test_what_a_column_tells_rests_on_no_assumption(tmp_path: Path, locked: Rulebook) -> None:
    nights = Nights(tmp_path / "runs", locked)
    text = DUE.replace("term_end\n", "term_end,vip,disputed\n").replace("01-31", "01-31,no,no")
    nights.run("2026-11-10", text, assumed=ALL)
    result = nights.run("2026-11-20", text, assumed=ALL)
    assert (result.summary.actions, result.summary.resting) == (2, ())


def test_only_if_is_read_too_and_what_is_assumed_unknown_lets_nothing_through(
    tmp_path: Path, locked: Rulebook
) -> None:
    text = """
    subscription_id,program,status,past_due_since,debt,currency,term_end,suspended_on,suspended_for
    S1,legacy,suspended,2026-11-01,1200,NOK,2027-01-31,2026-11-02,fraud
    """
    more = {"seats": 3, "seats_removable": 1, "disputed": UNKNOWN, "purchased_on": DAY}
    assumed = {**ALL, **more, "due_call": DAY}
    summary = Nights(tmp_path / "runs", locked).run("2026-11-20", text, assumed=assumed).summary
    assert [r.fact for r in summary.resting] == [
        "due_call",
        "purchased_on",
        "seats",
        "seats_removable",
        "vip",
    ]
    assert "vip=no is assumed: 1 erase rests on it" in summary_text(summary)
