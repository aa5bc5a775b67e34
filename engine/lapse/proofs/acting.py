"""Whether an action is given on a day, for any facts and any history: steps 1 to 5 of deciding.

As in `decide/SEMANTICS.md`, with approvals given. Left out is that an earlier step is given once
more (`within`): whoever is given it then would be given it without a history, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import z3

from lapse.model.condition import Name, NameKind, names
from lapse.model.rule import CALENDAR_TERM, After, Rule, Today
from lapse.policy.in_force import InForce
from lapse.proofs.dated_terms import stretches, term_values
from lapse.proofs.encoding import Encoding
from lapse.proofs.formulas import Formula, Kleene, Number, conj, disj, either, neg
from lapse.proofs.history_of_orders import PastOrders
from lapse.proofs.symbols import Cash

COUNTED_BY_DAYS = frozenset({"cancellation_open", "commitment_left"})


@dataclass(frozen=True, slots=True)
class Doer:
    """A rule or stage that may act on the day judged.

    `true`: its condition holds, and it is neither shown nor undetermined. `free`: nothing holds it.
    `unsure`: it is undetermined, or held for something unknown.
    """

    rule: Rule
    stage: int | None
    true: Formula
    free: Formula
    unsure: Formula
    served: Formula

    @property
    def acts(self) -> Formula:
        """Whether it acts unless a higher step does."""
        return conj((self.true, self.free, neg(self.served)))


@dataclass(slots=True)
class Acting:
    """The decision of one scope as formulas."""

    encoding: Encoding
    past: PastOrders
    is_working: Formula = field(default_factory=lambda: z3.Bool("working day"))
    _ways: dict[str, tuple[tuple[Doer, Formula], ...]] = field(default_factory=dict)
    _doers: dict[int, tuple[Doer, ...]] = field(default_factory=dict)
    _forbidden: dict[str, Kleene] = field(default_factory=dict)
    _existing: list[tuple[Rule, Formula, Formula]] = field(default_factory=list)

    @property
    def force(self) -> InForce:
        return self.encoding.force

    def ways(self, action: str) -> tuple[tuple[Doer, Formula], ...]:
        """Each rule or stage of ours that can give an action, and whether it gives it."""
        if action not in self._ways:
            self._ways[action] = tuple(self._giving(action))
        return self._ways[action]

    def _giving(self, action: str) -> Iterator[tuple[Doer, Formula]]:
        for rule, sure, _ in self.existing():
            if (
                rule.action == action
                and rule.track
                and not rule.track.is_provider
                and sure is not False
            ):
                above = self._above(rule)
                for doer in self.doers(rule):
                    if doer.acts is not False:
                        yield doer, conj((doer.acts, neg(above)))

    def _above(self, rule: Rule) -> Formula:
        """Step 5: whether a higher step acts, or may act where the rule's action does harm.

        Rules of one step are never true together, which `check` sees to.
        """
        is_harmful = self.force.book.is_harmful(rule)
        found: list[Formula] = []
        for other, _, _ in self.existing():
            if other.track == rule.track and other.step > rule.step:
                for doer in self.doers(other):
                    found += [doer.acts, doer.unsure] if is_harmful else [doer.acts]
        return disj(found)

    def doers(self, rule: Rule) -> tuple[Doer, ...]:
        if id(rule) not in self._doers:
            self._doers[id(rule)] = tuple(self._made(rule))
        return self._doers[id(rule)]

    def existing(self) -> list[tuple[Rule, Formula, Formula]]:
        """Each rule with whether it exists on the day judged, and whether it only may."""
        if not self._existing:
            of = self.encoding.of
            found: dict[int, tuple[Rule, list[Formula], list[Formula]]] = {}
            for day, is_then in stretches(of.day, set(self.force.rule_days), self.encoding.first):
                for entry in self.force.rules(day):
                    rule, sure, may = found.get(id(entry.rule), (entry.rule, [], []))
                    (may if entry.missing else sure).append(is_then)
                    found[id(rule)] = rule, sure, may
            self._existing = [(rule, disj(sure), disj(may)) for rule, sure, may in found.values()]
        return self._existing

    def _made(self, rule: Rule) -> Iterator[Doer]:
        sure, may = next(exist for each, *exist in self.existing() if each is rule)
        listed, unknown = self._stages(rule) if sure is not False else ({}, False)
        unsure = disj((may, conj((sure, unknown))))
        yield Doer(rule, None, False, False, unsure, False)  # noqa: FBT003
        for stage, is_listed in listed.items():
            yield self._doer(rule, stage, conj((sure, is_listed)))

    def _stages(self, rule: Rule) -> tuple[dict[int | None, Formula], Formula]:
        """Each stage and whether it is in the list as of the day judged; whether none is known."""
        if rule.stages is None:
            return {None: True}, False
        every = sorted({name.name for name in rule.stages.names()})
        encoding = self.encoding
        each = [term_values(n, encoding.force, encoding.of, encoding.first) for n in every]
        listed: dict[int | None, list[Formula]] = {}
        unknown = []
        for values in product(*each):
            guard = conj(is_then for is_then, _ in values)
            of = dict(zip(every, (term.value for _, term in values), strict=True))
            stages = rule.stages.values(lambda name, of=of: of[name])  # type: ignore[misc]
            unknown += [guard] if stages is None else []
            for stage in stages or ():
                listed.setdefault(stage, []).append(guard)
        return {stage: disj(guards) for stage, guards in listed.items()}, disj(unknown)

    def _doer(self, rule: Rule, stage: int | None, exists: Formula) -> Doer:
        when = self.encoding.truth(rule.condition(stage))
        shown, lacks = self._shown(rule)
        lacks = disj((lacks, self._needed(rule)))
        holds = conj((exists, when.true, neg(shown)))
        undetermined = disj((conj((exists, when.unknown)), conj((holds, lacks))))
        true = conj((holds, neg(lacks)))
        held, unsure = self._held(rule)
        unsure = disj((undetermined, conj((true, unsure))))
        return Doer(rule, stage, true, neg(held), unsure, self._served(rule, stage))

    def _shown(self, rule: Rule) -> tuple[Formula, Formula]:
        """Whether the facts already show what is set, and whether too little of them is known."""
        of = self.encoding.of
        if not rule.sets:
            return False, False
        facts = {name: of.fact(name) for name in rule.sets}
        unknown = disj(fact.unknown for fact in facts.values())
        differs = disj(
            conj((neg(fact.unknown), neg(self._is_set(name, rule)))) for name, fact in facts.items()
        )
        return neg(disj((unknown, differs))), conj((unknown, neg(differs)))

    def _is_set(self, name: str, rule: Rule) -> Formula:
        fact, wanted = self.encoding.of.fact(name), rule.sets[name]
        if isinstance(wanted, Today):
            return neg(fact.absent)
        symbol = self.encoding.of.codes.symbol(wanted)
        if symbol.absent is True:
            return fact.absent
        there = fact.known
        if isinstance(fact, Cash):
            assert isinstance(symbol, Cash)
            return conj((there, fact.amount == symbol.amount, fact.currency == symbol.currency))
        return conj((there, fact.value == getattr(symbol, "value", 0)))

    def _needed(self, rule: Rule) -> Formula:
        calendar = self.encoding.term(CALENDAR_TERM) if rule.is_business else ()
        lacks = (conj((guard, symbol.unknown)) for guard, symbol in calendar)
        return disj((self.encoding.of.fact(rule.anchor).unknown, *lacks))

    def _held(self, rule: Rule) -> tuple[Formula, Formula]:
        """Whether something holds a true rule, and whether it does for something unknown."""
        assert rule.track is not None
        assert rule.action is not None
        closed: list[Formula] = []
        unsure: list[Formula] = []
        if not rule.track.is_provider:
            forbidden = self._forbids(rule.action)
            closed, unsure = [forbidden.possible], [forbidden.unknown]
            only_if = self.force.book.catalogue.actions[rule.action].only_if
            if only_if is not None:
                lock = self.encoding.truth(only_if)
                closed.append(neg(lock.true))
                unsure.append(lock.unknown)
        if rule.after is not None:
            met, lacks = self._waits(rule, rule.after)
            closed.append(neg(met))
            unsure.append(lacks)
        if rule.is_business:
            closed.append(neg(self.is_working))
        return disj(closed), disj(unsure)

    def _forbids(self, action: str) -> Kleene:
        if action not in self._forbidden:
            sure, unsure = [], []
            for rule, exists, may in self.existing():
                if action in rule.forbids:
                    when = self.encoding.truth(rule.when)
                    sure.append(conj((exists, when.true)))
                    unsure += [may, conj((exists, when.unknown))]
            # One that is unknown is missing something, whatever else forbids it, too.
            self._forbidden[action] = Kleene(disj(sure), disj(unsure))
        return self._forbidden[action]

    def _waits(self, rule: Rule, after: After) -> tuple[Formula, Formula]:
        """Whether an earlier step was given in time, and whether the time is not known."""
        today = self.encoding.of.day
        below = [order for order in self.past.ladder(rule) if order.rule.step < rule.step]
        days, lacks = self._number(after.days)
        ready = [(o.is_given, o.first_given + days <= today) for o in below]
        met = disj(conj(pair) for pair in ready)
        if after.is_last:
            met = conj((met, *(disj((neg(given), is_ready)) for given, is_ready in ready)))
        if after.within is not None:
            within, lacks_within = self._number(after.within)
            fresh = disj(conj((o.is_given, today - o.first_given <= within)) for o in below)
            met, lacks = conj((met, fresh)), disj((lacks, lacks_within))
        return conj((met, neg(lacks))), lacks

    def _number(self, days: int | Name) -> tuple[Number, Formula]:
        """A number of days, and whether it is not known."""
        if isinstance(days, int):
            return days, False
        number: Number = 0
        values = self.encoding.term(days.name)
        for guard, symbol in values:
            number = either(guard, getattr(symbol, "value", 0), number)
        return number, disj(conj((guard, symbol.unknown)) for guard, symbol in values)

    def _served(self, rule: Rule, stage: int | None) -> Formula:
        """Whether its own order serves it, or, where it has always held, one at or above its step.

        Orders above that were due before its stretch do not, and history may hold just those.
        """
        if rule.sets:
            return False
        ladder = self.past.ladder(rule)
        own = [o for o in ladder if (o.rule.name, o.stage) == (rule.name, stage)]
        above = [o for o in ladder if o.rule.step >= rule.step] if self._has_no_start(rule) else []
        return disj(order.is_given for order in (*own, *above))

    def _has_no_start(self, rule: Rule) -> bool:
        """Whether no day begins the stretch of days on which the rule holds."""
        read = [*names(rule.when), *(rule.stages.names() if rule.stages else ())]
        is_dated = any(
            name.kind is NameKind.COUNTER
            or name.name in COUNTED_BY_DAYS
            or (name.kind is NameKind.TERM and bool(self.force.term_days(name.name)))
            for name in read
        )
        return not is_dated and rule.span.first is None
