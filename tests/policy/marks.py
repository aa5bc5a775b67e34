"""Policy sets in the docstrings of tests, with a mark on each line that has a mistake.

A file begins after a line such as `--- base.yaml`. A line that ends in `#! code` must bring a
problem of that code, and no other line may bring one. Files not written are those of `FILES`.
"""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from lapse.model.place import Problem
from lapse.policy.load import PolicySet, load

FILES = {
    "catalogue.yaml": """
catalogue: test
cascade: [program, region, market, product, segment, customer, vip_level]
regions: {nordics: ["NO", SE], dach: [DE]}
tracks:
  dunning: {anchor: past_due_since}
  provider: {anchor: term_end, by: provider}
facts:
  vip: {type: flag, blank: no}
  vip_level: {type: choice, of: [gold, silver]}
  called_on: {type: date, blank: none}
terms:
  grace_days: {type: days, at_least: 0, at_most: 120, harsher: lower, pinned_to: past_due_since}
  notice_days: {type: days list}
  debt_tolerance: {type: money}
  seat_minimum: {type: count}
  commitment: {type: months}
  billing: {type: choice, of: [monthly, annual]}
  is_strict: {type: flag}
  contact: {type: text}
  starts_on: {type: date}
actions:
  notify: {}
  suspend: {harm: access, sets: {status: suspended, suspended_on: today, suspended_for: debt}}
""",
    "base.yaml": """
layer: Base
terms:
  time_zone: UTC
  calendar: none
  grace_days: 30
  notice_days: [2]
  debt_tolerance: 0
  seat_minimum: 1
  commitment: 1
  billing: annual
  is_strict: no
  contact: desk
  starts_on: 2020-01-01
rules:
  remind:
    track: dunning
    step: 1
    for_each: [1, 7]
    when: {days_past_due: {gte: $stage}}
    do: notify
  hold:
    when: {days_until_hold_ends: {gte: 0}}
    forbid: suspend
""",
}
FILE_MARK, PROBLEM_MARK = "--- ", "#! "


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a set's marks ask for and what loading found, each as `file:line: code`."""

    marked: list[str]
    found: list[str]
    policies: PolicySet

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.policies.problems if problem.is_error]

    @property
    def error(self) -> Problem:
        """The only error."""
        (problem,) = self.errors
        return problem


def judged(docstring: str | None, folder: Path) -> Verdict:
    """A docstring's policy set, loaded."""
    files = FILES | files_in(docstring or "")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    policies = load(folder)
    errors = [problem for problem in policies.problems if problem.is_error]
    found = [
        f"{Path(p.place.file).relative_to(folder).as_posix()}:{p.place.line}: {p.code}"
        for p in errors
    ]
    return Verdict(sorted(marks_in(files)), sorted(found), policies)


def files_in(docstring: str) -> dict[str, str]:
    """The files after the docstring's first line; line 1 of each is the line after its name."""
    found: dict[str, str] = {}
    text = dedent(docstring.partition("\n")[2])
    for part in ("\n" + text).split("\n" + FILE_MARK)[1:]:
        name, _, content = part.partition("\n")
        found[name.strip()] = content
    return found


def marks_in(files: dict[str, str]) -> list[str]:
    return [
        f"{name}:{number}: {code}"
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), start=1)
        for code in line.partition(PROBLEM_MARK)[2].split()
    ]
