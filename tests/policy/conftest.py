"""Policy sets written in the docstring of a test: files after lines such as `--- base.yaml`."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from lapse.model.place import Problem
from lapse.model.rule import Rulebook
from lapse.policy.check.rulebook import check
from lapse.policy.load import load

CATALOGUE = """
catalogue: test
cascade: [program, region, market, product, segment, customer]
regions: {nordics: ["NO", SE], dach: [DE]}
tracks:
  dunning: {anchor: past_due_since}
  care: {anchor: past_due_since}
facts:
  vip: {type: flag, blank: no}
  called_on: {type: date, blank: none}
terms:
  grace_days: {type: days, at_least: 0, at_most: 120}
  other_days: {type: days}
  pinned_days: {type: days, pinned_to: past_due_since}
  notice_days: {type: days list}
  debt_tolerance: {type: money, at_most: 500}
actions:
  notify: {}
  flag: {}
  suspend: {harm: access, sets: {status: suspended}}
"""
MARK = "--- "


def files_in(text: str) -> dict[str, str]:
    """The files of a docstring; line 1 of each is the line after its mark."""
    found: dict[str, str] = {"catalogue.yaml": CATALOGUE}
    for part in ("\n" + dedent(text)).split("\n" + MARK)[1:]:
        name, _, content = part.partition("\n")
        found[name.strip()] = content
    return found


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Rulebook]:
    """Gives the rulebook of a text, before its layers are checked against each other."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("lapse.policy.load.check", lambda _, **__: [])

    def load_text(text: str) -> Rulebook:
        for name, content in files_in(text).items():
            Path(name).write_text(content, encoding="utf-8")
        found = load(Path())
        assert found.book is not None, found.problems
        return found.book

    return load_text


@pytest.fixture
def problems(request: pytest.FixtureRequest, loaded: Callable[[str], Rulebook]) -> list[Problem]:
    """What is wrong with the policy set in the test's docstring."""
    summary_and_files = str(request.function.__doc__)
    return check(loaded(summary_and_files.partition("\n")[2]))


@pytest.fixture
def found(problems: list[Problem]) -> list[str]:
    """Each problem as `file:line: code`."""
    return [f"{problem.place.source}: {problem.code}" for problem in problems]
