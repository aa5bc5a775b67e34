"""Since when, and for what, a subscription is suspended, cancelled or deleted, as runs saw it.

No Microsoft export contains this. Where no column gives `suspended_on`, it is the first day of the
unbroken sightings. It may be too early if somebody reactivated and suspended again in a gap. That
is good enough for a warning; rules that remove data test `days_unbroken`. The reason is debt when
our latest order about the status was a suspend in the days before.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from lapse.model.decision import Given
from lapse.model.facts import ABSENT, STATUS, UNBROKEN, UNKNOWN, BlankRule, Value, Vocabulary
from lapse.model.rule import Rule, Rulebook, Today
from lapse.model.sightings import Seen
from lapse.model.subscription import settled, unbroken_since

SUSPENDED, DEBT = "suspended", "debt"
FACTS_SEEN = ("suspended_on", "cancelled_on", "deleted_on")
LONGEST_DELAY_DAYS = 7
"""Days that an order of ours may take to show up in an export."""


def known_facts(
    row: Mapping[str, Value | None], assumed: Mapping[str, Value], words: Vocabulary
) -> dict[str, Value]:
    """A row's facts: blanks settled, and what is assumed where there is no column."""
    facts = settled({**assumed, **row}, words)
    status = facts.get("status", UNKNOWN)
    for name in assumed.keys() - row.keys():
        spec = words.facts[name]
        if spec.blank is BlankRule.BY_STATUS and status not in {UNKNOWN, spec.status}:
            facts[name] = ABSENT
    return facts


def facts_seen(
    facts: Mapping[str, Value],
    now: Seen | None,
    orders: Iterable[Given],
    book: Rulebook,
    assumed: AbstractSet[str] = frozenset(),
) -> dict[str, Value]:
    """The facts that no column gives, from earlier runs; `assumed` facts do not count as seen.

    While the status is unknown, the only one is that its unbroken time is unknown.
    """
    status = facts.get(STATUS, UNKNOWN)
    since = now.unbroken(book.catalogue.runs_every) if now else None
    own = {name: value for name, value in facts.items() if name not in assumed - {STATUS}}
    seen: dict[str, Value] = {UNBROKEN: unbroken_since(own, since, book.words)}
    if status is UNKNOWN:
        return seen
    for name in FACTS_SEEN:
        if name not in facts:
            is_it = status == book.words.facts[name].status
            seen[name] = (now.first_day if now else UNKNOWN) if is_it else ABSENT
    if "suspended_for" not in facts:
        if status != SUSPENDED:
            seen["suspended_for"] = ABSENT
        else:
            is_ours = now is not None and is_by_our_order(now.first_day, orders, book)
            seen["suspended_for"] = DEBT if is_ours else UNKNOWN
    return seen


def is_by_our_order(first_day: date, orders: Iterable[Given], book: Rulebook) -> bool:
    """Whether our latest order about the status was a suspend for debt, not long before.

    A suspend that sets another reason, such as fraud, does not count: payment must not lift it.
    """
    tracks = book.catalogue.tracks
    ours = [
        (order.last_run, order.last_given, tracks[order.track].index, sets)
        for order in orders
        if order.track in tracks and not tracks[order.track].is_provider
        if (sets := statuses_set(order, book))
    ]
    if not ours:
        return False
    # By runs, not by days alone: a day may have several runs, and the later one counts.
    _, given, _, sets = max(ours, key=lambda order: order[:3])
    is_for_debt = sets == {(SUSPENDED, DEBT)}
    return is_for_debt and 0 <= (first_day - given).days <= LONGEST_DELAY_DAYS


def statuses_set(order: Given, book: Rulebook) -> set[tuple[Value | Today, Value | Today]]:
    """The statuses that an order set by today's rules, each with its reason (default: debt)."""
    rules: list[Rule] = [
        rule
        for rule in book.every_rule()
        if rule.name == order.rule and rule.action == order.action
    ]
    action = book.catalogue.actions.get(order.action)
    every = [rule.sets for rule in rules] or ([action.sets] if action else [])
    return {(sets["status"], sets.get("suspended_for", DEBT)) for sets in every if "status" in sets}
