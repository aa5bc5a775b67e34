"""No text may raise: whatever a stranger writes, loading ends in problems or in a rulebook."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.changed_texts import Texts, changed, mixed, with_a_tree
from tests.policy.marks import FILES

from lapse.policy.load import PolicySet, load
from lapse.policy.text.slips import SLIPS
from lapse.policy.text.yaml import read_yaml

CASES = """
cases:
  - name: a debt
    given: {market: "NO", past_due_since: 2026-11-01, debt: 1200 NOK, vip: no}
    from: 2026-11-01
    until: 2026-11-20
    track: dunning
    expect: {2026-11-02: remind@1, 2026-11-08: [remind@7, {held: hold}]}
    then: {2026-11-18: {debt: 0 NOK}}
"""
LAYER = """
layer: Norway
applies_to: {market: "NO", region: [nordics]}
terms:
  time_zone: Europe/Oslo
  calendar: {value: "NO", source: "law"}
  debt_tolerance: {NOK: 100, other: 0}
  notice_days: [1, 7, 12]
  grace_days:
    - {from: 2024-01-01, value: 14, at_least: 2}
    - {value: 130, to: 2023-01-01, override: {approved_by: K, reason: r, expires: 2027-06-30}}
rules:
  late:
    track: dunning
    step: 2
    for_each: $notice_days
    when:
      days_past_due: {gte: $stage, lt: 400}
      any: [{status: active}, not: {seats: [1, 2]}]
      debt: {gt: $debt_tolerance}
    days: business
    after: {last_step: 2}
    do: suspend
    with: {template: x}
    because: "{debt} is {{owed}} on day {stage}"
  hold: {off: "no holds", override: {approved_by: K, reason: r, expires: 2027-06-30}}
"""
SOUND = {**FILES, "norway.yaml": LAYER, "cases/a.yaml": CASES}
TEXTS = Texts(SOUND)


def loaded(files: dict[str, str]) -> PolicySet:
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return load(Path(folder))


def check_problems(policies: PolicySet) -> None:
    for problem in policies.problems:
        place = problem.place
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem.code)
        assert problem.message.isprintable()
        assert problem.message[0] == "`" or not problem.message[0].isupper()
        assert not problem.message.endswith(".")
        assert problem.help is None or problem.help.isprintable()
        lines = policies.sources.get(place.file, ("",))
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1


def test_the_set_to_change_is_sound() -> None:
    assert loaded(SOUND).problems == ()


@settings(deadline=None, max_examples=150)
@given(changed(TEXTS))
def test_changed_policies_never_raise(file: tuple[str, str]) -> None:
    check_problems(loaded({**SOUND, **dict([file])}))


@settings(deadline=None, max_examples=150)
@given(mixed(TEXTS))
def test_texts_never_raise(text: str) -> None:
    node, problems = read_yaml(text, "f")
    assert (node is not None) or problems
    check_problems(loaded({**FILES, "layer.yaml": text}))


@settings(deadline=None, max_examples=100)
@given(st.binary())
def test_bytes_never_raise(content: bytes) -> None:
    node, problems = read_yaml(content, "f")
    assert (node is not None) or problems


@settings(deadline=None, max_examples=150)
@given(with_a_tree(TEXTS))
def test_any_tree_may_stand_anywhere(file: tuple[str, str]) -> None:
    check_problems(loaded({**SOUND, **dict([file])}))


def slips() -> Iterator[str]:
    for slip in SLIPS:
        yield slip.message


@pytest.mark.parametrize("message", sorted(set(slips())))
def test_slips_are_worded_like_problems(message: str) -> None:
    assert message.isprintable()
    assert not message.endswith(".")
