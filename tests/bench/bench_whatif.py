# ruff: noqa: T201  its numbers are what it is for
"""A forecast by jumps beside the day loop, and a what-if beside a forecast."""

import time
from collections.abc import Callable
from datetime import timedelta

from tests.analysis.other_policies import DAY, shipped_book, shipped_rows

from lapse.analysis.population import InputsRead, Population
from lapse.analysis.what_if.compare import Outlook
from lapse.analysis.what_if.result import what_if
from lapse.analysis.what_if.setting import parse_setting, with_settings
from lapse.analysis.what_if.versions import Versions
from lapse.decide.forecast import Life, forecast
from lapse.decide.known import Judging, RecordAndPast, known
from lapse.executors.direct import direct_executor
from lapse.policy.in_force import Scopes

AHEAD = 365


def test_a_year_ahead() -> None:
    """The sample subscriptions, most of which are on some edge: an ordinary estate is quieter."""
    book, rows = shipped_book(), shipped_rows()
    asked = Outlook(DAY, DAY + timedelta(days=AHEAD))
    setting = parse_setting("grace_days=7", book)
    versions = Versions(book, with_settings(book, [setting], {"market": "NO"}, DAY))
    people = Population(rows, InputsRead(0, 0, "", ""))
    foresight = asked.foresight(book)
    jumped = seconds(lambda: [foresight.future(row) for row in rows]) / len(rows)
    compared = seconds(lambda: what_if(versions, asked, people, people)) / len(rows)
    few = rows[::9]
    looped = seconds(lambda: [_loop(row, asked) for row in few]) / len(few)
    print(f"\nforecast of {AHEAD} days: {jumped * 1e3:.1f} ms a subscription")
    print(f"the same by the day loop: {looped / jumped:.1f} ×")
    print(f"what-if of one market's grace, causes told: {compared / jumped:.2f} × a forecast")


def _loop(row: RecordAndPast, asked: Outlook) -> int:
    book = shipped_book()
    scopes = Scopes(book)
    start = known(row, Judging(scopes, DAY, book.catalogue.assumed))
    life = Life(start.situation.subscription, start.orders)
    moment = start.situation.moment
    return sum(1 for _ in forecast(life, scopes, moment, asked.until, direct_executor()))


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
