"""A life foreseen: by jumps it is what it is day by day."""

from collections import Counter
from collections.abc import Container, Iterator
from datetime import date, timedelta
from functools import partial

from tests.agreement.play import Played
from tests.agreement.trials import Trial, trials
from tests.laws.nights import Nights, rulebook
from tests.laws.trials import decide as decide_by_jumps

from lapse.decide.because import because
from lapse.decide.forecast import Life, forecast, situation_of
from lapse.decide.reference import decide
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.executors.direct import LazyJudge
from lapse.executors.each_change import by_jumps
from lapse.executors.jumps import Jumps
from lapse.model.decision import EVERYTHING, Decision, Given, NotCovered
from lapse.policy.in_force import Scopes
from lapse.runs.rows import JudgedRow, action_cells

SEEDS = range(14)
AHEAD = timedelta(days=75)


def test_jumping_equals_day_by_day() -> None:
    """Every column of every action, each night of generated worlds taken for the first day."""
    acted: Counter[str] = Counter()
    days = judged = 0
    for trial in trials(SEEDS):
        jumps = Jumps(trial.scopes, partial(decide, judge=LazyJudge(), reach=by_jumps))
        for case in _some(trial):
            life = Life(case.situation.subscription, case.case.history)
            until = case.situation.moment.day + AHEAD
            expected = list(_day_by_day(trial, life, case.situation, until))
            found = list(jumps.judged(life, case.situation, until))
            lines = [line for each in found for line in _lines(each.decision, each.situation)]
            assert lines == expected, (trial.world.seed, case.case.label)
            acted.update(line.split("|")[12] for line in lines)
            days += AHEAD.days + 1
            judged += len(found)
    assert sum(acted.values()) > 500
    assert judged * 2 < days


def test_reading_no_more_than_needed_is_as_true() -> None:
    judged: Counter[object] = Counter()
    for trial in trials(SEEDS):
        judge = LazyJudge()
        for case in trial.cases:
            for entry in case.situation.rules():
                own = entry.rule.stages
                stages = (None,) if own is None else own.every_value(lambda _: ()) or (2,)
                for stage in stages:
                    condition = entry.rule.condition(stage)
                    verdict = truth(condition, case.situation)
                    assert judge(condition, case.situation) is verdict
                    judged[verdict] += 1
    assert min(judged[True], judged[False], judged[None]) > 500


def _some(trial: Trial) -> Iterator[Played]:
    """Every row on some night."""
    for row in range(len(trial.world.rows)):
        mine = [case for case in trial.cases if case.case.row == row]
        yield mine[(trial.world.seed + row) % len(mine)]


def _day_by_day(trial: Trial, life: Life, first: Situation, until: date) -> Iterator[str]:
    situations: list[Situation] = []

    def watched(
        at: Situation, history: tuple[Given, ...], _: Container[str] = EVERYTHING, /
    ) -> Decision | NotCovered:
        situations.append(at)
        return decide_by_jumps(at, history)

    for _, decision in forecast(life, trial.scopes, first.moment, until, watched):
        yield from _lines(decision, situations[-1])


def _lines(decision: Decision | NotCovered, at: Situation) -> Iterator[str]:
    if isinstance(decision, Decision):
        judged = JudgedRow(at.subscription, at.moment, partial(because, situation=at))
        yield from ("|".join(action_cells(action, judged)) for action in decision.actions)


LADDER = """\
# catalogue.yaml
catalogue: ladder
cascade: [market]
tracks: {dunning: {anchor: past_due_since}}
facts: {vip: {type: flag, blank: unknown}}
terms: {debt_tolerance: {type: money}, notice_days: {type: days list}, wait_days: {type: days}}
actions:
  notify: {}
  flag: {}
  suspend: {harm: access, sets: {status: suspended}}
# base.yaml
layer: Base
terms:
  calendar: none
  debt_tolerance:
    - {value: {other: 0}}
    - {from: 2027-03-01, value: {other: 500}}
  notice_days:
    - {value: [1]}
    - {from: 2027-02-10, value: [1, 40]}
  wait_days:
    - {value: 900}
    - {from: 2027-04-05, value: 3}
rules:
  remind:
    track: dunning
    step: 1
    for_each: $notice_days
    when: {status: active, past_due_since: {present: yes}, days_past_due: {gte: $stage}}
    do: notify
  lower: {track: dunning, step: 2, when: {status: pending}, do: flag}
  suspend:
    track: dunning
    step: 3
    when: {past_due_since: {present: yes}}
    days: business
    after: {last_step: $wait_days}
    do: suspend
  special: {track: dunning, step: 4, when: {vip: yes}, do: flag}
"""


def test_what_moves_outside_of_conditions_is_not_jumped_over() -> None:
    """An invoice that begins to count, stages and a wait that come with a date."""
    first = date(2026, 12, 1)
    active = {"status": "active", "vip": "no"}
    assert _acts(Nights(LADDER, active, invoices="I1 2027-01-20 700 NOK"), first) == {
        "2027-01-21": "remind@1",
        "2027-03-01": "remind@40",
        "2027-04-05": "suspend",
    }


def test_a_tolerance_with_a_date_ends_a_debt() -> None:
    """On 1 March 400 kroner are tolerated: the reminder of that day is not due any more."""
    active = {"status": "active", "vip": "no"}
    found = _acts(Nights(LADDER, active, invoices="I1 2027-01-20 400 NOK"), date(2026, 12, 1))
    assert found == {"2027-01-21": "remind@1"}


def test_on_a_day_off_a_lower_step_may_win() -> None:
    """A suspension that waits to know who is a named account is no candidate on a Saturday."""
    pending = {"status": "pending", "past_due_since": "2027-04-01", "debt": "900 NOK"}
    given = Given(
        track="dunning",
        anchor="2027-04-01",
        rule="remind",
        stage=1,
        step=1,
        action="notify",
        due_on=date(2027, 4, 2),
        first_given=date(2027, 4, 2),
        last_given=date(2027, 4, 2),
    )
    waiting = Nights(LADDER, pending, (given,), unknown=("vip",))
    assert _acts(waiting, date(2027, 4, 14)) == {"2027-04-17": "lower"}


def _acts(nights: Nights, first: date) -> dict[str, str]:
    """The actions of the next 200 days, which jumping finds where the day loop does."""
    scopes = Scopes(rulebook(nights.policy))
    situation = situation_of(nights.subscription(scopes), scopes, first)
    life, until = Life(situation.subscription, nights.history), first + timedelta(days=200)
    by_loop = {
        day.isoformat(): action.candidate.label
        for day, decision in forecast(life, scopes, situation.moment, until, decide_by_jumps)
        if isinstance(decision, Decision)
        for action in decision.actions
    }
    jumps = Jumps(scopes, decide_by_jumps)
    assert by_loop == {
        each.situation.moment.day.isoformat(): action.candidate.label
        for each in jumps.judged(life, situation, until)
        if isinstance(each.decision, Decision)
        for action in each.decision.actions
    }
    return by_loop
