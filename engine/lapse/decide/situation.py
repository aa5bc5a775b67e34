"""One subscription under what is in force for it, at the moment judged: every name has a value."""

from dataclasses import dataclass, replace
from datetime import date

from lapse.model.condition import Name, NameKind
from lapse.model.days import ONE_DAY, Moment
from lapse.model.facts import ABSENT, UNKNOWN, Missing, Value
from lapse.model.rule import CLOCK_TERMS, ZONE_TERM
from lapse.model.subscription import Subscription, civil_day
from lapse.policy.in_force import InForce, RuleInForce, TermInForce


@dataclass(frozen=True, slots=True)
class Situation:
    """A subscription, what is in force for its scope, and the moment judged."""

    subscription: Subscription
    force: InForce
    moment: Moment

    def on(self, day: date) -> "Situation":
        """The same facts, judged on another day."""
        return replace(self, moment=self.moment.on(day))

    @property
    def currency(self) -> str | None:
        """The subscription's currency; null when it is not known."""
        named = self.subscription.fact("currency")
        return None if isinstance(named, Missing) else str(named)

    def value(self, name: Name) -> Value:
        if name.kind is NameKind.TERM:
            return self.term(name.name).value
        return self.subscription.at(name.name, self.moment)

    def term(self, name: str) -> TermInForce:
        """A term with the value that counts: that of the day judged, or of the day of its pin."""
        pin = None if name in CLOCK_TERMS else self.force.book.catalogue.terms[name].pinned_to
        pinned = ABSENT if pin is None else self.subscription.fact(pin)
        if pin is not None and pinned is UNKNOWN:
            return TermInForce(UNKNOWN, missing=self.subscription.missing(pin))
        fixed = None if pinned is ABSENT else civil_day(pinned)
        first, *others = (self._term(name, fixed or day, day) for day in self.days())
        if name in CLOCK_TERMS or all(other.value == first.value for other in others):
            return first
        return TermInForce(UNKNOWN, missing=self.zone_missing())

    def _term(self, name: str, day: date, judged: date) -> TermInForce:
        currency = self.subscription.fact("currency")
        term = self.force.term(name, day, judged)
        return term.in_currency(currency) if isinstance(currency, str) else term

    def rules(self) -> tuple[RuleInForce, ...]:
        """Every rule that exists, or may exist, at the moment judged."""
        first, *others = (self.force.rules(day) for day in self.days())
        if all(other == first for other in others):
            return first
        lacks = self.zone_missing()
        # By identity: a rule holds mappings, and so has no hash.
        every = {id(entry.rule): entry for rules in (first, *others) for entry in rules}
        return tuple(
            entry
            if all(entry in rules for rules in (first, *others))
            else RuleInForce(entry.rule, entry.missing | lacks)
            for entry in every.values()
        )

    def days(self) -> tuple[date, ...]:
        """The civil day judged; every possible day where the market's time zone is unknown."""
        day = self.moment.day
        # Zones reach from 12 hours behind UTC to 14 ahead of it: no other day is possible.
        return (day,) if self.moment.is_day_known else (day, day - ONE_DAY, day + ONE_DAY)

    def zone_missing(self) -> frozenset[str]:
        """The facts and terms that are missing to know the time zone."""
        return self.term(ZONE_TERM).missing

    def missing(self, name: Name) -> frozenset[str]:
        """The facts and terms that are missing to know a name's value."""
        if name.kind is NameKind.TERM:
            return self.term(name.name).missing
        names = self.subscription.missing(name.name)
        return self.zone_missing() if ZONE_TERM in names else names
