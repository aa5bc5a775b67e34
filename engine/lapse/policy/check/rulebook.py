"""Checks whether the layers of a rulebook fit together, which no single file shows."""

from lapse.model.place import Problem, problem_order
from lapse.model.rule import Rulebook
from lapse.policy.check.bounds import check_bounds
from lapse.policy.check.evidence import check_evidence
from lapse.policy.check.layers import (
    check_ambiguity,
    check_left_out,
    check_scopes,
    first_of_each_place,
)
from lapse.policy.check.meetings import meetings
from lapse.policy.check.rules import check_after, check_known, check_shadowing
from lapse.policy.check.shared_steps import check_shared_steps
from lapse.policy.check.sums import check_below_zero, check_minus, check_past_due
from lapse.policy.check.terms import check_calendar, check_gaps, check_never_set


def check(book: Rulebook, *, is_whole: bool = True) -> list[Problem]:
    """Every problem of a rulebook, in order of place.

    `is_whole` is false where layers are missing because they have errors. Then nothing is reported
    as missing, since those layers may have it.
    """
    met = meetings(book)
    problems = [
        *check_scopes(met),
        *check_left_out(met),
        *first_of_each_place(check_ambiguity(met)),
        *check_bounds(met),
        *check_known(met),
        *check_minus(met),
        *check_below_zero(met),
        *first_of_each_place(check_past_due(met)),
        *check_shared_steps(met),
    ]
    if is_whole:
        problems += check_gaps(met)
        problems += check_never_set(met)
        problems += check_calendar(met)
        problems += check_shadowing(met)
        problems += check_after(met)
        problems += check_evidence(book)
    return sorted(problems, key=problem_order)
