"""A row of an export as a situation to judge, with its earlier orders and sightings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lapse.decide.forecast import situation_of
from lapse.decide.owing import situation_at
from lapse.decide.seen import facts_seen, known_facts
from lapse.decide.situation import Situation
from lapse.model.days import AsOf
from lapse.model.decision import Given
from lapse.model.facts import STATUS, UNKNOWN, Value
from lapse.model.invoices import FACTS_OWED
from lapse.model.record import Record
from lapse.model.sightings import Seen, sighting
from lapse.model.subscription import subscription
from lapse.policy.in_force import Scopes


@dataclass(frozen=True, slots=True)
class Judging:
    """What every row is judged by; `assumed` holds the values of facts without a column."""

    scopes: Scopes
    as_of: AsOf
    assumed: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class KnownRow:
    """All that is known about a row; `seen` is what this run saw, where it is worth keeping.

    `assumed` holds its values for facts without a column.
    """

    situation: Situation
    orders: tuple[Given, ...]
    seen: Seen | None
    assumed: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordAndPast:
    """A record with the orders that earlier runs gave to its subscription, and their sightings."""

    record: Record
    orders: tuple[Given, ...] = ()
    seen: Seen | None = None

    @property
    def id(self) -> str:
        return str(self.record.facts["subscription_id"])


def status_read(record: Record, facts: Mapping[str, Value]) -> Value:
    """The status that the exports give; unknown when no column gives it, even if it is assumed."""
    return facts.get(STATUS, UNKNOWN) if STATUS in record.facts else UNKNOWN


def known(row: RecordAndPast, judging: Judging) -> KnownRow:
    """A record's facts with what earlier runs saw and what it owes, under what is in force."""
    book, record = judging.scopes.book, row.record
    # `--assume` may say otherwise than a profile.
    assumed = {**record.assumed, **judging.assumed}
    facts = known_facts(record.facts, assumed, book.words)
    # Once as read, for the market's day: sightings and debts are counted by it.
    as_read = situation_of(subscription(facts, book.words), judging.scopes, judging.as_of)
    today, runs_every = as_read.moment.day, book.catalogue.runs_every
    now = sighting(status_read(record, facts), row.seen, today, runs_every)
    facts |= facts_seen(facts, now, row.orders, book, assumed.keys() - record.facts.keys())
    whole = subscription(facts, book.words, record.ledger)
    told = record.facts.keys() | (set() if record.ledger is None else set(FACTS_OWED))
    standing = {fact: value for fact, value in assumed.items() if fact not in told}
    situation = situation_at(whole, as_read.force, as_read.moment)
    return KnownRow(situation, row.orders, now, standing)
