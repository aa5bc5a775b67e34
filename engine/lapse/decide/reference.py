"""The specification: facts, rules, history and a moment become a decision (`SEMANTICS.md`).

Every other executor must agree with it; none of it is optimised. Others bring their own `judge`
(is a condition true?) and `reach` (since when, until when?) and share the steps, which are numbered
as they are there.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import date

from lapse.decide.findings import Finding, Findings, Lacking, RuleFinding, verdicts
from lapse.decide.orders import Orders
from lapse.decide.reach import Reach, day_by_day
from lapse.decide.situation import Situation
from lapse.decide.truth import missing, truth
from lapse.decide.waiting import give_once_more, waits
from lapse.model.comparing import Truth
from lapse.model.condition import Condition
from lapse.model.days import ONE_DAY, is_working_day, next_working_day
from lapse.model.decision import (
    APPROVAL,
    DAYS,
    EVERYTHING,
    FALSE,
    NO_RULE,
    SHOWN,
    Action,
    Candidate,
    Decision,
    Given,
    Held,
    Hold,
    MayNotApply,
    NotCovered,
    NothingToDo,
    Served,
    Undetermined,
    anchor_text,
    label,
)
from lapse.model.facts import ABSENT, UNKNOWN, Missing
from lapse.model.rule import CALENDAR_TERM, Rule, Today

REQUEST, REQUESTED_ON = "request", "requested_on"

Judge = Callable[[Condition, Situation], Truth]
Forbid = tuple[Rule, Hold]


def decide(
    situation: Situation,
    history: tuple[Given, ...],
    approved: Container[str] = EVERYTHING,
    judge: Judge = truth,
    reach: Reach = day_by_day,
) -> Decision | NotCovered:
    """The decision for one subscription; `history` is what was given to it before.

    `approved` holds the ids of the orders that somebody approved.
    """
    left_out = situation.force.not_covered_by()
    if left_out and left_out.is_sure:
        return NotCovered(left_out.layer.because, left_out.layer.name)
    id_, book = situation.subscription.id, situation.force.book
    orders = Orders(history, book, situation.moment.day, id_, approved)
    steps = Steps(situation, orders, judge, reach)
    by_track = {track.name: Findings(track) for track in book.catalogue.tracks.values()}
    placed, tracks = list(steps.find(by_track)), by_track.values()
    for findings in tracks:
        findings.winner = steps.winner(findings)
    undetermined = [rule for findings in tracks for rule in findings.undetermined]
    return Decision(
        situation.moment.day,
        tuple(each.winner for each in tracks if isinstance(each.winner, Action)),
        tuple(held for findings in tracks for held in findings.held),
        (*undetermined, *steps.unanswered_request(by_track)),
        verdicts(placed, tracks),
    )


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps 1 to 6 for one subscription."""

    situation: Situation
    orders: Orders
    judge: Judge
    reach: Reach

    def find(self, found: dict[str, Findings]) -> Iterator[RuleFinding]:
        """Steps 1 to 4: the finding for every rule and stage."""
        forbids = self.forbids()
        holds = {id(rule): hold for rule, hold in forbids}
        for entry in self.situation.rules():
            rule = entry.rule
            if rule.track is None:
                became = holds.get(id(rule), FALSE)
                yield rule, None, MayNotApply(entry.missing) if entry.missing else became
                continue
            findings = found[rule.track.name]
            stages = Lacking(entry.missing) if entry.missing else self.stages(rule)
            if isinstance(stages, Lacking):
                findings.is_silent = False
                lacking = _undetermined(rule, None, stages.names)
                findings.undetermined.append(lacking)
                yield rule, None, MayNotApply(stages.names) if entry.missing else lacking
                continue
            for stage in stages:
                yield rule, stage, self.place(findings, rule, stage, forbids)
        for findings in found.values():
            give_once_more(findings, self.orders, self.rank)

    def forbids(self) -> list[Forbid]:
        """Step 1: the forbids that are true or unknown, and until when they last."""
        pairs: list[Forbid] = []
        for entry in self.situation.rules():
            if not entry.rule.is_forbid:
                continue
            lacks, until = entry.missing, None
            if not lacks:
                verdict = self.judge(entry.rule.when, self.situation)
                # An unknown forbid still forbids: see the law `unknown_never_harms`.
                if verdict is False:
                    continue
                if verdict is None:
                    lacks = missing(entry.rule.when, self.situation)
                else:
                    until = self.reach.last_day(entry.rule, self.situation)
            pairs.append((entry.rule, Hold(entry.rule.name, until, lacks)))
        return pairs

    def stages(self, rule: Rule) -> tuple[int | None, ...] | Lacking:
        """The stages as on the day judged, or what is missing to know them."""
        if rule.stages is None:
            return (None,)
        terms = {name.name: self.situation.term(name.name) for name in rule.stages.names()}
        values = rule.stages.values(lambda name: terms[name].value)
        if values is None:
            return Lacking(frozenset(lack for t in terms.values() for lack in t.missing))
        return values

    def place(
        self, findings: Findings, rule: Rule, stage: int | None, forbids: list[Forbid]
    ) -> Finding:
        """Steps 2 and 4: the candidate for a rule or stage, or why it is not one.

        Step 5 still decides about a rule or stage that is held or served.
        """
        condition = rule.condition(stage)
        if (verdict := self.judge(condition, self.situation)) is False:
            return FALSE
        findings.is_silent = False
        lacks = missing(condition, self.situation) if verdict is None else frozenset()
        if verdict:
            shown = self.shown(rule)
            if not isinstance(shown, Lacking):
                return shown
            lacks = shown.names | self.needed(rule)
        if lacks:
            lacking = _undetermined(rule, stage, lacks)
            findings.undetermined.append(lacking)
            return lacking
        candidate = self.candidate(rule, stage)
        reasons = tuple(self.holds(candidate, forbids))
        if reasons:
            findings.held.append(Held(self.orders.action(candidate), reasons))
        elif by := self.orders.served_by(candidate):
            findings.served.append(Served(candidate, by))
        else:
            findings.candidates.append(candidate)
        return candidate

    def shown(self, rule: Rule) -> NothingToDo | Lacking:
        """`SHOWN` when the facts already show what the action sets; it is then no candidate.

        Otherwise the unknown facts while all known ones agree; empty when a known one differs.
        """
        if not rule.sets:
            return Lacking()
        facts = {name: self.situation.subscription.fact(name) for name in rule.sets}
        unknown = frozenset(name for name, value in facts.items() if value is UNKNOWN)
        for name, value in facts.items():
            wanted = rule.sets[name]
            is_shown = value is not ABSENT if wanted is Today.TODAY else value == wanted
            if value is not UNKNOWN and not is_shown:
                return Lacking()
        return Lacking(unknown) if unknown else SHOWN

    def needed(self, rule: Rule) -> frozenset[str]:
        """What a true rule lacks to act: its anchor, its working days, the day they count from."""
        lacks: frozenset[str] = frozenset()
        if self.situation.subscription.fact(rule.anchor) is UNKNOWN:
            lacks |= self.situation.subscription.missing(rule.anchor)
        if rule.is_business:
            lacks |= self.situation.term(CALENDAR_TERM).missing
        if (rule.is_business or rule.after) and not self.situation.moment.is_day_known:
            lacks |= self.situation.zone_missing()
        return lacks

    def candidate(self, rule: Rule, stage: int | None) -> Candidate:
        """Step 3: a true rule with the day since which it is due."""
        today = self.situation.moment.day
        anchor = self.situation.subscription.fact(rule.anchor)
        text = anchor_text(anchor)
        # From facts, not from the days of runs: a missed night loses nothing, repeats nothing.
        since = self.reach.first_day(rule, stage, self.situation)
        past = date.fromisoformat(text) if anchor is not ABSENT else today
        if past < today:
            due_on = max(since or past, past)
        elif since is not None:
            due_on = since
        else:
            # No fact dates what has always held.
            due_on = self.orders.order(rule, stage, text)[1]
        if rule.is_business:
            due_on = next_working_day(due_on, str(self.situation.term(CALENDAR_TERM).value))
        return Candidate(rule, stage, text, due_on, since)

    def holds(self, candidate: Candidate, forbids: list[Forbid]) -> Iterator[Hold]:
        """Why a true rule may not act: forbidden, `only_if`, `after`, a day off, no approval."""
        rule = candidate.rule
        assert rule.action is not None
        assert rule.track is not None
        # What the provider does by itself is only foreseen: nothing of ours can stop it.
        if not rule.track.is_provider:
            yield from (hold for forbid, hold in forbids if rule.action in forbid.forbids)
            only_if = self.situation.force.book.catalogue.actions[rule.action].only_if
            if only_if is not None:
                verdict = self.judge(only_if, self.situation)
                if verdict is None:
                    yield Hold("only_if", None, missing(only_if, self.situation))
                elif not verdict:
                    yield Hold("only_if", self.reach.last_day_without(only_if, self.situation))
        yield from waits(candidate, self.situation, self.orders)
        today = self.situation.moment.day
        if rule.is_business:
            calendar = str(self.situation.term(CALENDAR_TERM).value)
            if not is_working_day(today, calendar):
                yield Hold(DAYS, next_working_day(today, calendar) - ONE_DAY)
        # Last: only what nothing else holds is put up for approval (`to_approve`).
        if self.orders.lacks_approval(candidate):
            yield Hold(APPROVAL)

    def winner(self, findings: Findings) -> Action | Held | None:
        """Step 5: the highest step, then the latest due day, then the later in its list.

        Nothing below it acts. While a higher step is undetermined, or held for something unknown,
        a winner that does harm is held too.
        """
        if not findings.candidates:
            return None
        best = max(findings.candidates, key=self.rank)
        unsure = [(rule.step, rule.rule, rule.missing) for rule in findings.undetermined]
        unsure += [
            (held.candidate.rule.step, held.candidate.label, held.missing)
            for held in findings.held
            if held.missing
        ]
        above = sorted(entry for entry in unsure if entry[0] > best.rule.step)
        # Were the step above known, it might win in place of this harm (law `unknown_never_harms`).
        if above and self.situation.force.book.is_harmful(best.rule):
            reasons = tuple(Hold.unsure(name, lacks) for _, name, lacks in above)
            waiting = Held(self.orders.action(best), reasons)
            findings.held.append(waiting)
            return waiting
        return self.orders.action(best)

    def rank(self, candidate: Candidate) -> tuple[int, date, int, str]:
        stages = self.stages(candidate.rule)
        assert isinstance(stages, tuple)
        position = stages.index(candidate.stage)
        # The latest due day: after an outage one reminder goes out, not three.
        return candidate.rule.step, candidate.due_on, position, candidate.rule.name

    def unanswered_request(self, found: dict[str, Findings]) -> list[Undetermined]:
        """Step 6: a request for which no rule is true or undetermined, and none was given."""
        subscription = self.situation.subscription
        if isinstance(subscription.fact(REQUEST), Missing):
            return []
        tracks = self.situation.force.book.catalogue.tracks.values()
        answering = [track.name for track in tracks if track.anchor == REQUESTED_ON]
        if not all(found[track].is_silent for track in answering):
            return []
        anchor = anchor_text(subscription.fact(REQUESTED_ON))
        if any(given for t in answering for given in self.orders.at(t, REQUESTED_ON, anchor)):
            return []
        return [Undetermined(NO_RULE, frozenset({REQUEST}))]


def _undetermined(rule: Rule, stage: int | None, lacks: frozenset[str]) -> Undetermined:
    assert rule.track is not None
    return Undetermined(label(rule.name, stage), lacks, rule.track.name, rule.step)
