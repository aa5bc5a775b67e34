"""The one door to durable_rules: conditions become its rules, and what fires is their truth.

It runs one subscription at a time: `explain`, cases, the forecast of one. Only the truth of
conditions at the moment judged is decided here; steps 2 to 6 are the reference's.

How version 2.0.28 must be used, according to its source and measurements:

* Its engine is driven without its Python host, whose timer threads crash, whose closures swallow
  exceptions and give up after 10 s, and whose clock is an error under Python 3.12 with `-W error`.
* One flat fact at a time, under one id on one session: asserted, fired, retracted.
* Every rule begins with `kind`, and one tests only that: if it is silent, the engine failed.
* No `$or`, no `$nex`, no `none`. `$m` comes after `$ex` of its property: else it fires without one.
* A property always has one type, whole numbers or marked texts; absence is one of its own.
* At most 60 rules, so that no fact satisfies 64 conditions, and 240 of the 252 properties.
* A ruleset that never fired crashes when it is deleted: each fires once when it is made.
"""

import json
import weakref
from collections.abc import Container, Iterator, Mapping, Sequence

import durable_rules_engine as engine

from lapse.decide.reference import decide
from lapse.decide.situation import Situation
from lapse.executors.durable.branches import (
    Amount,
    Branch,
    Content,
    Field,
    Split,
    Standing,
    TruthOf,
    Units,
)
from lapse.executors.durable.plain import AmountSide, EngineValue, plain, sides, standing
from lapse.executors.each_change import by_jumps
from lapse.model.comparing import Truth
from lapse.model.condition import Condition, Literal, Name, Sum
from lapse.model.decision import EVERYTHING, Decision, Given, NotCovered
from lapse.model.facts import Missing, Value
from lapse.model.rule import Rule, Rulebook

# durable_rules 2.0.28, measured: a fact that meets more than 64 conditions is error 303 and loses
# all its matches; one of more than 252 properties is error 302. Both leave room for the anchor.
MOST_RULES = 60
MOST_FIELDS = 240

# Measured: facts without an id are identified by a 32-bit hash, which took three in 100,000 for
# others; one session for each subscription ends in a MemoryError at the 1,025th.
SUBSCRIPTION = {"id": "s", "kind": 1}
RETRACTION = json.dumps(SUBSCRIPTION)
ANSWER = "answer"

Says = tuple[int, bool]
"""A unit, and its verdict."""


class DurableExecutor:
    """Decides by rulesets that serve every scope and day of a rulebook; not thread-safe."""

    def __init__(self, book: Rulebook) -> None:
        units = Units()
        self._book = book  # holds the conditions, which are known by identity
        self._units = {id(condition): units.add(condition) for condition in conditions(book)}
        self.networks = tuple(networks(units.splits))
        self._latest: Truths | None = None

    def decide(
        self,
        situation: Situation,
        history: tuple[Given, ...],
        approved: Container[str] = EVERYTHING,
    ) -> Decision | NotCovered:
        return decide(situation, history, approved, self.judge, by_jumps)

    def judge(self, condition: Condition, situation: Situation) -> Truth:
        """A condition's truth in a situation; all truths of the latest situation are kept."""
        if self._latest is None or self._latest.situation is not situation:
            self._latest = self.truths(situation)
        return self._latest.of(condition)

    def truths(self, situation: Situation) -> "Truths":
        return Truths(situation, self._units, self.networks)


class Truths:
    """The truth of each condition in one situation; a network fires when it is first asked."""

    def __init__(
        self, situation: Situation, units: Mapping[int, int], networks: Sequence["Network"]
    ) -> None:
        self.situation = situation
        self._units = units
        self._networks = networks
        self._truths: dict[int, Truth] = {}
        self._values: dict[Name, Value] = {}
        self._amounts: dict[tuple[Name, Name | Literal], dict[AmountSide, int]] = {}

    def of(self, condition: Condition) -> Truth:
        return self._truth(self._units[id(condition)])

    def _truth(self, unit: int) -> Truth:
        if unit not in self._truths:
            network = self._networks[unit]
            truths: dict[int, Truth] = dict.fromkeys(network.units)
            for said, verdict in network.fire(self._fact(network)):
                if truths[said] is (not verdict):
                    raise AssertionError("durable_rules calls one condition both true and false")
                truths[said] = verdict
            self._truths |= truths
        return self._truths[unit]

    def _fact(self, network: "Network") -> dict[str, EngineValue]:
        pairs = ((key, self._plain(field)) for field, key in network.fields.items())
        return {key: value for key, value in pairs if value is not None}

    def _plain(self, field: Field) -> EngineValue | None:
        """The value of a field; null where it is not there."""
        match field:
            case Standing(name):
                return standing(self._value(name))
            case Content(name):
                value = self._value(name)
                return None if isinstance(value, Missing) else plain(value)
            case Amount(subject, operand, side):
                if (subject, operand) not in self._amounts:
                    self._amounts[subject, operand] = self._sides(subject, operand)
                return self._amounts[subject, operand].get(side)
            case TruthOf(unit):
                truth = self._truth(unit)
                return None if truth is None else int(truth)

    def _value(self, name: Name | Sum) -> Value:
        if isinstance(name, Sum):
            return name.of(self._value(name.term))
        if name not in self._values:
            self._values[name] = self.situation.value(name)
        return self._values[name]

    def _sides(self, subject: Name, operand: Name | Literal) -> dict[AmountSide, int]:
        left = self._value(subject)
        right = self._value(operand) if isinstance(operand, Name) else operand.value
        if isinstance(left, Missing) or isinstance(right, Missing):
            return {}
        return sides(left, right, self.situation.currency)


class Network:
    """Branches as one ruleset of the engine, and the verdict of each when it fires."""

    def __init__(self, says: Mapping[Branch, Sequence[Says]]) -> None:
        fields = (field for branch in says for check in branch for field in check.fields)
        self.fields = {field: f"f{index}" for index, field in enumerate(dict.fromkeys(fields))}
        self.units = frozenset(unit for said in says.values() for unit, _ in said)
        self.says = tuple(says.values())
        rules = {ANSWER: self._rule(())}
        rules |= {str(index): self._rule(branch) for index, branch in enumerate(says)}
        self._definition = json.dumps(rules)
        self._open()

    def fire(self, fact: Mapping[str, EngineValue]) -> Iterator[Says]:
        """The verdicts of the rules that fire for a fact."""
        try:
            fired = self._fired(json.dumps({**SUBSCRIPTION, **fact}))
        except BaseException:  # Ctrl-C counts, and is handed on once the session is new
            # A rule left half fired would silence the session for a minute.
            self._close()
            self._open()
            raise
        for name in fired - {ANSWER}:
            yield from self.says[int(name)]

    def _fired(self, fact: str) -> set[str]:
        fired: set[str] = set()
        # Asserted, not posted: an event goes with the first rule that fires, and the others are
        # lost: 4,197 of 4,827 actions.
        _, session = engine.assert_fact(self.handle, fact)
        started = engine.start_action_for_state(self.handle, session)
        firing: str | None = started[1] if started else None
        while firing:  # {"rule": {"m": {the fact}}}
            name = firing[2 : firing.index('"', 2)]
            # `$or` and `any` fire once for each true branch, which is why no rule has them.
            if name in fired:
                raise AssertionError("durable_rules fires one rule twice")
            fired.add(name)
            firing = engine.complete_and_start_action(self.handle, session)
        if ANSWER not in fired:
            raise AssertionError("durable_rules did not answer")
        # A fact that is not taken back stays for ever: 3.7 kB each, 4 GB at a million.
        engine.retract_fact(self.handle, RETRACTION)
        return fired

    def _open(self) -> None:
        self.handle: int = engine.create_ruleset("lapse", self._definition)
        self._fired(json.dumps(SUBSCRIPTION))
        self._close = weakref.finalize(self, delete, self.handle)

    def _rule(self, branch: Branch) -> dict[str, object]:
        # Without a test of a field that every fact has, a rule also matches the engine's own state,
        # and hangs. `$m` names a field of the same fact; where it is missing the rule would fire.
        tests: list[object] = [{"kind": 1}]
        for check in branch:
            right: object = check.right
            if not isinstance(check.right, EngineValue):
                right = {"$m": self.fields[check.right]}
                tests.append({"$ex": {self.fields[check.right]: 1}})
            tests.append({check.sign.value: {self.fields[check.field]: right}})
        return {"all": [{"m": {"$and": tests}}]}


def delete(handle: int) -> None:
    """Frees a ruleset; its session first, which deleting the ruleset alone would leave behind."""
    engine.delete_state(handle, None)
    engine.delete_ruleset(handle)


def networks(splits: Sequence[Split]) -> Iterator[Network]:
    """The network of each unit; one that checks another's verdict has a later network."""
    first = 0
    says: dict[Branch, list[Says]] = {}
    fields: set[Field] = set()
    for unit, split in enumerate(splits):
        branches = [(branch, True) for branch in split.true]
        branches += [(branch, False) for branch in split.false]
        own = {field for branch, _ in branches for check in branch for field in check.fields}
        is_full = len(says.keys() | dict(branches).keys()) >= MOST_RULES
        is_wide = len(fields | own) > MOST_FIELDS
        if is_full or is_wide or any(isinstance(f, TruthOf) and f.unit >= first for f in own):
            yield from [Network(says)] * (unit - first)
            first, says, fields = unit, {}, set()
        fields |= own
        for branch, verdict in branches:
            says.setdefault(branch, []).append((unit, verdict))
    yield from [Network(says)] * (len(splits) - first)


def conditions(book: Rulebook) -> Iterator[Condition]:
    """Every condition that is judged: of rules and their stages, and each action's `only_if`."""
    for rule in book.every_rule():
        for stage in stages(rule, book):
            yield rule.condition(stage)
    for action in book.catalogue.actions.values():
        if action.only_if is not None:
            yield action.only_if


def stages(rule: Rule, book: Rulebook) -> tuple[int | None, ...]:
    """Every stage that a rule can have in some layer on some day."""
    return (None,) if rule.stages is None else rule.stages.every_value(book.every_term_value)
