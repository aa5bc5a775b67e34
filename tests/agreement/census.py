"""What really happens in a case: which features of policies, facts and history decide in it.

A feature counts where it was evaluated and its result mattered, not where a file only has it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.agreement.leaves import decisive_leaves, leaf_features
from tests.agreement.play import Played
from tests.agreement.scopes import rule_scope_features, term_features, world_features

from lapse.analysis.explain import is_judged
from lapse.decide.orders import Orders
from lapse.decide.reference import Steps
from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.executors.each_change import by_jumps
from lapse.model.condition import Condition, NameKind, Sum, name_read
from lapse.model.days import is_working_day
from lapse.model.decision import (
    APPROVAL,
    NO_RULE,
    Action,
    Candidate,
    Decision,
    Given,
    GivesWay,
    Held,
    Hold,
    NotCovered,
    NothingToDo,
    Served,
    Undetermined,
)
from lapse.model.facts import DERIVED
from lapse.model.invoices import NEXT_DUE_ON
from lapse.model.rule import CALENDAR_TERM, Rule

OPERATORS = ("eq", "in", "ne", "not_in", "lt", "lte", "gt", "gte", "present")
SHAPES = (
    *("none", "program", "region", "market", "product", "segment", "customer"),
    *("of several keys", "with a list"),
)
DECISIVE = (
    *(f"{operator} {truth}" for operator in OPERATORS for truth in (True, False, None)),
    *(f"{operator} with something absent" for operator in OPERATORS),
    *("known True", "known False", "a side unknown"),
    *(f"subject {kind}" for kind in ("fact", "counter", "term")),
    *(f"compared with a {kind}" for kind in ("literal", "list", "fact", "term")),
    *(f"derived {name}" for name in DERIVED if name != "cancellation_open"),
    *(f"cancellation_open {shown}" for shown in ("yes", "no", "unknown")),
    *("term_end derived", "no term_end"),
    *("money zero", "money of unknown currency", "money of two currencies"),
    *("owed by invoices", "nothing owed by invoices", "owed by an invoice that is shared"),
    *("invoices are tolerated", "invoices perhaps tolerated", "partly paid by a credit"),
    *("invoices of several currencies", "invoices not all known"),
    *("money term names the currency", "money term lacks the currency", "money term other"),
    *("zero of no currency, amounts agree", "zero of no currency, amounts differ"),
    *(f"{what} of scope {shape}" for what in ("term", "rule") for shape in SHAPES),
    *("term unknown for its scope", "rule unknown for its scope", "forbid unknown for its scope"),
    *("unsure layers agree", "covers no", "perhaps not covered"),
    *("dated value", "term has no value that day", "falls back to a less specific layer"),
    *("override counts", "override expired"),
    *(f"pin {kind}" for kind in ("past", "future", "none", "unknown")),
    *("dated rule", "dated forbid", "rule outside its days", "replaced rule", "replaced forbid"),
    *("rule switched off", "forbid switched off", "forbid switched off no longer"),
    *("forbid True", "forbid False", "forbid None", "only_if True", "only_if False"),
    *("only_if None", "after first_step met", "after first_step not met", "after last_step met"),
    *("after is stale", "stages of a sum", "held on a closing day"),
    *("compared with a sum", "sum below 0", "a bill ahead"),
    "held by a layer",
    *("after last_step not met", "after nothing given", "after unknown"),
    *(f"working days of {calendar}" for calendar in ("NO", "DE", "DE/BY", "US", "none")),
    *("calendar unknown", "time zone unknown", "market's day is not the provider's"),
    *("due day moved to a working day", "held on a day off", "held on a holiday"),
    *("stages of a term", "stages of a literal", "list of stages unknown"),
    *("anchor of its own", "anchor past", "anchor not past", "anchor absent", "anchor unknown"),
    *("held always, anchor past", "held always, anchor not past", "due no earlier than the anchor"),
    *("sets of its own", "sets shown already", "sets unknown"),
    *("provider acts", "provider acts although forbidden", "request without an answer"),
    *("a step below acts while one above is held", "harm waits for something unknown above"),
    *("served itself", "silenced by a step above", "given again"),
    "waits for approval",
    *("given after earlier nights", "nights were missed", "the same day again"),
)
"""What has to happen in at least one case of a hundred."""

OVER_NIGHTS = (
    "given once more",
    "given anew after another action",
    "first_given carried on counts for after",
    "acts with approval",
)
"""What several nights have to lead up to: in at least one case of two hundred."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of one rule and stage of a case."""

    rule: Rule
    stage: int | None
    verdict: bool | None
    candidate: Candidate | None = None
    reasons: tuple[Hold, ...] = ()
    lacks: frozenset[str] = frozenset()
    is_shown: bool = False
    is_served: bool = False


def features(case: Played) -> set[str]:
    """The names of all features that occur in a case."""
    at, decision = case.situation, case.decision
    if isinstance(decision, NotCovered):
        return {"covers no"}
    past, id_ = case.case, at.subscription.id
    orders = Orders(past.history, at.force.book, at.moment.day, id_, past.approved)
    steps = Steps(at, orders, truth, by_jumps)
    found = list(survey(decision, at))
    names = {name for one in found for name in rule_features(one, steps)}
    names |= {name for rule in steps_forbids(at) for name in forbid_features(rule, found, at)}
    names |= set(condition_features(found, at))
    names |= set(world_features(at))
    names |= set(decision_features(decision, at)) | set(approval_features(case, decision))
    names |= set(history_features(case, decision))
    return names


def survey(decision: Decision, at: Situation) -> Iterator[Found]:
    """Every rule and stage of a track that surely exists, with what was decided of it."""
    for rule, stage, became in decision.verdicts:
        if rule.track is None or not is_judged(rule, stage, became):
            continue
        verdict = truth(rule.condition(stage), at)
        match became:
            case Action(candidate) | GivesWay(candidate) | Served(candidate):
                is_served = isinstance(became, Served)
                yield Found(rule, stage, verdict, candidate, is_served=is_served)
            case Held():
                yield Found(rule, stage, verdict, became.candidate, became.reasons)
            case Undetermined(missing=lacks) if verdict:
                yield Found(rule, stage, verdict, lacks=lacks)
            case _:
                is_shown = became is NothingToDo.SHOWN
                yield Found(rule, stage, verdict, is_shown=is_shown)


def rule_features(found: Found, steps: Steps) -> Iterator[str]:
    at, rule = steps.situation, found.rule
    assert rule.track is not None
    if found.verdict is not False:
        yield from rule_scope_features(rule, at)
    if found.is_shown:
        yield "sets shown already"
    if rule.anchor in found.lacks:
        yield "anchor unknown"
    if found.lacks & rule.sets.keys():
        yield "sets unknown"
    if CALENDAR_TERM in found.lacks:
        yield "calendar unknown"
    if found.candidate is None:
        return
    yield from candidate_features(found, steps)
    yield from after_features(found, steps)
    if rule.is_business:
        yield from business_features(found, at)
    assert rule.action is not None
    spec = at.force.book.catalogue.actions[rule.action]
    if spec.only_if is not None and not rule.track.is_provider:
        yield f"only_if {truth(spec.only_if, at)}"


def candidate_features(found: Found, steps: Steps) -> Iterator[str]:
    candidate, rule = found.candidate, found.rule
    assert candidate is not None
    assert rule.track is not None
    assert rule.action is not None
    at = steps.situation
    today = at.moment.day
    if found.stage is not None:
        yield from stage_features(rule)
    if rule.anchor != rule.track.anchor:
        yield "anchor of its own"
    if rule.sets != at.force.book.catalogue.actions[rule.action].sets:
        yield "sets of its own"
    anchor = None if candidate.anchor == "none" else date.fromisoformat(candidate.anchor)
    kind = "absent" if anchor is None else "past" if anchor < today else "not past"
    yield f"anchor {kind}"
    if candidate.stretch_from is None:
        yield f"held always, anchor {'past' if kind == 'past' else 'not past'}"
    elif anchor is not None and candidate.stretch_from < anchor < today:
        yield "due no earlier than the anchor"
    if found.is_served:
        own = any(
            (g.rule, g.stage) == (rule.name, found.stage) for g in steps.orders.ladder(candidate)
        )
        yield "served itself" if own else "silenced by a step above"


def stage_features(rule: Rule) -> Iterator[str]:
    assert rule.stages is not None
    yield "stages of a term" if any(rule.stages.names()) else "stages of a literal"
    if any(isinstance(part, Sum) and part.number for part in rule.stages.parts):
        yield "stages of a sum"


def after_features(found: Found, steps: Steps) -> Iterator[str]:
    after, candidate = found.rule.after, found.candidate
    if after is None or candidate is None:
        return
    kind = "last_step" if after.is_last else "first_step"
    mine = [reason for reason in found.reasons if reason.by == "after"]
    if not mine:
        yield f"after {kind} met"
        if any(g.first_given < g.last_given for g in steps.orders.ladder(candidate)):
            yield "first_given carried on counts for after"
    elif mine[0].missing:
        yield "after unknown"
    elif mine[0].is_stale:
        yield "after is stale"
    else:
        yield f"after {kind} not met" if mine[0].until else "after nothing given"


def business_features(found: Found, at: Situation) -> Iterator[str]:
    calendar = str(at.term(CALENDAR_TERM).value)
    country, _, closed = calendar.partition(" less ")
    yield f"working days of {country}"
    candidate = found.candidate
    assert candidate is not None
    anchor = None if candidate.anchor == "none" else date.fromisoformat(candidate.anchor)
    if candidate.stretch_from and candidate.due_on > max(
        candidate.stretch_from, anchor or candidate.stretch_from
    ):
        yield "due day moved to a working day"
    if any(reason.by == "days" for reason in found.reasons):
        yield "held on a day off"
        if at.moment.day.weekday() < 5:
            yield "held on a holiday"
        if closed and is_working_day(at.moment.day, country):
            yield "held on a closing day"


def steps_forbids(at: Situation) -> list[Rule]:
    return [
        entry.rule
        for entry in at.force.rules(at.moment.day)
        if entry.rule.is_forbid and not entry.missing
    ]


def forbid_features(forbid: Rule, found: list[Found], at: Situation) -> Iterator[str]:
    verdict = truth(forbid.when, at)
    for one in found:
        if one.candidate and one.rule.action in forbid.forbids:
            assert one.rule.track is not None
            if one.rule.track.is_provider:
                if verdict is not False:
                    yield "provider acts although forbidden"
                continue
            yield f"forbid {verdict}"
            if verdict is not False:
                yield from rule_scope_features(forbid, at)


def condition_features(found: list[Found], at: Situation) -> Iterator[str]:
    """Of every leaf that decides a condition: of rules, and of locks and forbids that matter."""
    conditions: list[Condition] = [one.rule.condition(one.stage) for one in found]
    acting = {one.rule.action for one in found if one.candidate}
    conditions += [forbid.when for forbid in steps_forbids(at) if forbid.forbids & acting]
    for name, action in at.force.book.catalogue.actions.items():
        if name in acting and action.only_if is not None:
            conditions.append(action.only_if)
    for condition in conditions:
        for leaf in decisive_leaves(condition, at):
            yield from leaf_features(leaf, at)
            for side in (leaf.subject, name_read(leaf.operand)):
                if side is not None and side.kind is NameKind.TERM:
                    yield from term_features(side.name, at)


def decision_features(decision: Decision, at: Situation) -> Iterator[str]:
    for action in decision.actions:
        rule = action.candidate.rule
        assert rule.track is not None
        if rule.track.is_provider:
            yield "provider acts"
        if any(
            held.candidate.rule.track == rule.track and held.candidate.rule.step > rule.step
            for held in decision.held
        ):
            yield "a step below acts while one above is held"
        if rule.anchor == NEXT_DUE_ON:
            yield "a bill ahead"
    for held in decision.held:
        if held.by.startswith("unknown "):
            yield "harm waits for something unknown above"
        if any(reason.by.startswith("L") for reason in held.reasons):
            yield "held by a layer"
    yield from undetermined_features(decision, at)


def undetermined_features(decision: Decision, at: Situation) -> Iterator[str]:
    without_list = {
        entry.rule.name
        for entry in at.force.rules(decision.day)
        if entry.rule.stages and any(entry.rule.stages.names()) and not entry.missing
    }
    for one in decision.undetermined:
        if one.rule == NO_RULE:
            yield "request without an answer"
        if one.missing and one.rule in without_list:
            yield "list of stages unknown"


def approval_features(case: Played, decision: Decision) -> Iterator[str]:
    if any(reason.by == APPROVAL for held in decision.held for reason in held.reasons):
        yield "waits for approval"
    id_ = case.situation.subscription.id
    if any(action.id(id_) in case.case.approved for action in decision.actions):
        yield "acts with approval"


def history_features(case: Played, decision: Decision) -> Iterator[str]:
    history = case.case.history
    for action in decision.actions:
        if action.first_given < decision.day:
            yield "given again"
        if action.candidate.is_once_more:
            yield "given once more"
        elif action.number > 1:
            yield "given anew after another action"
        if history and max(g.last_given for g in history) < decision.day:
            yield "given after earlier nights"
    if any(g.last_given == decision.day for g in history):
        yield "the same day again"
    if _missed(history, decision.day):
        yield "nights were missed"


def _missed(history: tuple[Given, ...], today: date) -> bool:
    return bool(history) and (today - max(g.last_given for g in history)).days > 1
