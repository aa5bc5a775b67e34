"""Whether the layers of a rulebook fit together: what no single file can tell."""

from lapse.place import Problem, problem_order
from lapse.policy.check_bounds import check_bounds
from lapse.policy.check_layers import (
    check_ambiguity,
    check_left_out,
    check_scopes,
    first_of_each_place,
)
from lapse.policy.check_rules import check_after, check_known, check_shadowing
from lapse.policy.check_steps import check_shared_steps
from lapse.policy.check_terms import check_calendar, check_gaps, check_never_set
from lapse.policy.meetings import meetings
from lapse.rule import Rulebook


def check(book: Rulebook) -> list[Problem]:
    """Every problem of a rulebook, by place; what did not parse is not in it."""
    met = meetings(book)
    found = [
        *check_scopes(met),
        *check_left_out(met),
        *first_of_each_place(check_ambiguity(met)),
        *check_bounds(met),
        *check_gaps(met),
        *check_never_set(met),
        *check_calendar(met),
        *check_shadowing(met),
        *check_known(met),
        *check_after(met),
        *check_shared_steps(met),
    ]
    return sorted(found, key=problem_order)
