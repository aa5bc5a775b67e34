"""One subscription and what is known about it at a moment: facts, counters, derived facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import count

from lapse.model.days import Moment, add_months
from lapse.model.facts import (
    ABSENT,
    ACTIVE,
    STATUS,
    UNBROKEN,
    UNKNOWN,
    Clock,
    Missing,
    Value,
    ValueType,
    Vocabulary,
    blank_value,
)
from lapse.model.invoices import Ledger, Owed
from lapse.model.money import PLACES, Money

CYCLE_MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
DERIVED_WHEN_BLANK = frozenset({"term_end"})
_PARTS = {
    "region": ("market",),
    "cancellation_open": ("cancellable_until",),
    "seats_floor": ("seats", "seats_removable"),
    "monthly_amount": ("seats", "unit_price"),
    "next_monthly_amount": ("seats", "next_unit_price"),
    "commitment_left": ("seats", "unit_price", "billing_cycle", "term_start", "term_end"),
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """The facts about one subscription; a fact without an entry is unknown.

    Build it with `subscription`: money without a currency then has the row's. With a ledger, what
    is owed is computed for each day judged; `owed` is for the day that the facts are for.
    """

    facts: Mapping[str, Value]
    vocabulary: Vocabulary
    ledger: Ledger | None = None
    owed: Owed | None = None
    of_the_day: Mapping[str, Value] = field(default_factory=dict)
    """Facts that no column gives and that change with the day; those in `facts` come first."""
    lacks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names that are missing for an unknown fact, where that is not the fact itself."""

    @property
    def id(self) -> str:
        return str(self.facts["subscription_id"])

    def fact(self, name: str) -> Value:
        """A fact that is no counter and is not derived; an unknown `term_end` is computed."""
        value = self.facts.get(name, self.of_the_day.get(name, UNKNOWN))
        if value is UNKNOWN and name == "term_end":
            return self._end_of_term()
        return value

    def at(self, name: str, moment: Moment) -> Value:
        """A fact, counter or derived fact as it is at a moment."""
        counter = self.vocabulary.counters.get(name)
        if counter is None:
            return self._derived(name, moment) if name in _PARTS else self.fact(name)
        value = self.fact(counter.of)
        if isinstance(value, Missing):
            return value
        if counter.clock is Clock.MARKET and not moment.is_day_known:
            return UNKNOWN
        day = moment.provider_day if counter.clock is Clock.PROVIDER else moment.day
        return (day - civil_day(value)).days * counter.sign

    def missing(self, name: str) -> frozenset[str]:
        """The facts that are missing where a name is unknown; `time_zone` for a market's day."""
        counter = self.vocabulary.counters.get(name)
        parts = parts_of(name, self.vocabulary)
        unknown = frozenset(part for part in parts if self.fact(part) is UNKNOWN)
        lacks = dict(self.lacks)
        if self.fact(STATUS) is UNKNOWN:
            lacks[UNBROKEN] = frozenset({STATUS})  # the status decides whether there is such a day
        named = frozenset(lack for part in unknown for lack in lacks.get(part, {part}))
        return named or frozenset({"time_zone" if counter else name})

    def with_facts(self, changes: Mapping[str, Value]) -> "Subscription":
        """The subscription after facts changed; a `term_end` set to `ABSENT` is computed again."""
        derived = {
            name: UNKNOWN
            for name, value in changes.items()
            if name in DERIVED_WHEN_BLANK and value is ABSENT
        }
        return replace(self, facts={**self.facts, **changes, **derived})

    def owing(self, owed: Owed) -> "Subscription":
        """The subscription with what its ledger says is owed, in place of what columns say."""
        return replace(self, facts={**self.facts, **owed.facts}, owed=owed, lacks=owed.lacks)

    def scope(self, keys: tuple[str, ...]) -> tuple[Value, ...]:
        """Its value for each key of the cascade."""
        return tuple(self._scope_value(key) for key in keys)

    def _scope_value(self, key: str) -> Value:
        if key == "region":
            return self._region()
        return self.fact(fact_of_key(key))

    def _region(self) -> Value:
        market = self.fact("market")
        return market if market is UNKNOWN else self.vocabulary.region_of.get(str(market), ABSENT)

    def _end_of_term(self) -> Value:
        start, months = self.facts.get("term_start"), self.facts.get("commitment_months")
        if isinstance(start, date) and isinstance(months, int):
            # The last day belongs to the term: renewal begins on the day after it, from 00:00 UTC
            # (Microsoft, create-a-new-subscription.md).
            return add_months(start, months) - timedelta(days=1)
        return UNKNOWN

    def _derived(self, name: str, moment: Moment) -> Value:
        match name:
            case "region":
                return self._region()
            case "cancellation_open":
                return _is_open(self.fact("cancellable_until"), moment)
            case "seats_floor":
                seats, removable = self.fact("seats"), self.fact("seats_removable")
                if isinstance(seats, int) and isinstance(removable, int):
                    return seats - removable
                return _either(seats, removable)
            case "monthly_amount":
                return self._monthly("unit_price")
            case "next_monthly_amount":
                return self._monthly("next_unit_price")
            case _:
                return self._commitment_left(moment)

    def _monthly(self, at: str) -> Value:
        seats, price = self.fact("seats"), self.fact(at)
        if not isinstance(seats, int) or not isinstance(price, Money):
            return _either(seats, price)
        return Money((price.amount * seats).quantize(PLACES), price.currency)

    def _commitment_left(self, moment: Moment) -> Value:
        """What is still to be billed: the monthly amount for each month of every billing date left.

        The billing dates are `term_start` + k cycles; those left are after the provider's day and
        not after `term_end`. A term billed at once has none left.
        """
        monthly, cycle = self._monthly("unit_price"), self.fact("billing_cycle")
        start, end = self.fact("term_start"), self.fact("term_end")
        for part in (monthly, cycle, start, end):
            if isinstance(part, Missing):
                return UNKNOWN if UNKNOWN in (monthly, cycle, start, end) else ABSENT
        assert isinstance(monthly, Money)
        assert isinstance(start, date)
        assert isinstance(end, date)
        months = CYCLE_MONTHS.get(str(cycle))
        dates = 0 if months is None else _dates_left(start, end, months, moment.provider_day)
        return Money((monthly.amount * dates * (months or 0)).quantize(PLACES), monthly.currency)


def subscription(
    facts: Mapping[str, Value], words: Vocabulary, ledger: Ledger | None = None
) -> Subscription:
    """A subscription whose money carries the row's currency where it names none."""
    currency = facts.get("currency", UNKNOWN)
    if not isinstance(currency, str):
        return Subscription(facts, words, ledger)
    owned = {
        name: Money(value.amount, currency)
        for name, value in facts.items()
        if isinstance(value, Money) and value.currency is None
    }
    return Subscription({**facts, **owned}, words, ledger)


def parts_of(name: str, words: Vocabulary) -> tuple[str, ...]:
    """The facts that a name is computed from: a counter's date, a derived fact's parts, itself."""
    counter = words.counters.get(name)
    return (counter.of,) if counter else _PARTS.get(name, (name,))


def settled(values: Mapping[str, Value | None], words: Vocabulary) -> dict[str, Value]:
    """A row's facts, each blank (null) replaced by what a blank means for that fact."""
    status = values.get("status", UNKNOWN)
    status = UNKNOWN if status is None else status
    return {
        name: blank_value(words.facts[name], status) if value is None else value
        for name, value in values.items()
    }


def unbroken_since(facts: Mapping[str, Value], seen: date | None, words: Vocabulary) -> Value:
    """The first day since which a status is known to have lasted without a break.

    A column decides first: that of `unbroken_since`, then that of the day of the status
    (`suspended_on` while suspended). What runs have `seen` counts only where no column says.
    Absent while active; unknown while the status is not known.
    """
    status = facts.get(STATUS, UNKNOWN)
    if status == ACTIVE or isinstance(status, Missing):
        return ABSENT if status == ACTIVE else UNKNOWN
    own = [n for n, s in words.facts.items() if s.status == status and s.type is ValueType.DATE]
    known = (facts.get(name) for name in (UNBROKEN, *own))
    return next((day for day in known if isinstance(day, date)), seen or UNKNOWN)


def fact_of_key(key: str) -> str:
    """The fact that a key of the cascade is matched with; for `region` it is the market."""
    return {"customer": "customer_id", "subscription": "subscription_id", "region": "market"}.get(
        key, key
    )


def civil_day(value: Value) -> date:
    """The day of a date, or the UTC day of an instant."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).date()
    assert isinstance(value, date)
    return value


def _either(left: Value, right: Value) -> Missing:
    return UNKNOWN if UNKNOWN in (left, right) else ABSENT


def _is_open(until: Value, moment: Moment) -> Value:
    """Whether the cancellation window is open; unknown for a whole day on which it closes."""
    if until is ABSENT:
        return False
    if not isinstance(until, datetime):
        return UNKNOWN
    # The window is 168 hours to the second, not seven days (kamind.com/licensing-portal).
    if moment.instant is not None:
        return moment.instant <= until
    last = civil_day(until)
    return UNKNOWN if moment.provider_day == last else moment.provider_day < last


@lru_cache(maxsize=10_000)
def _dates_left(start: date, end: date, months: int, day: date) -> int:
    left = 0
    for step in count():
        billed = add_months(start, step * months)
        if billed > end:
            return left
        left += billed > day
    raise AssertionError
