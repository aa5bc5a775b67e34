"""A reach from change to change, with the same result as the walk from day to day.

Between two neighbouring change days every leaf keeps its truth: see `changes`.
"""

from collections.abc import Iterator
from datetime import date

from lapse.decide.reach import Walk
from lapse.decide.situation import Situation
from lapse.executors.changes import change_days
from lapse.model.condition import Condition


def each_change(condition: Condition, situation: Situation, is_later: bool) -> Iterator[date]:  # noqa: FBT001
    """The days on which a condition's truth can differ from the day before."""
    today = situation.moment.day
    days = change_days(condition, situation)
    if is_later:
        yield from sorted(day for day in days if day > today)
    else:
        yield from sorted((day for day in days if day <= today), reverse=True)


by_jumps = Walk(each_change)
