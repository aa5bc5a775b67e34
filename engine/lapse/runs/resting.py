"""Harmful orders that rest on assumed facts, which no column has.

`--assume vip=no` lets through orders that a rule forbids for VIPs. So the summary has the number of
harmful orders, which take something away, that read the fact.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lapse.model.condition import Condition, Name, NameKind, names
from lapse.model.decision import Action, Decision
from lapse.model.facts import UNKNOWN, Value, Vocabulary, show
from lapse.model.rule import Catalogue, Rule, Rulebook, terms_read
from lapse.model.subscription import parts_of
from lapse.policy.in_force import RuleInForce
from lapse.runs.rows import is_ours


@dataclass(frozen=True, slots=True, order=True)
class Rest:
    """An assumed fact, its value, and a harmful action that rests on it."""

    fact: str
    value: str
    action: str


def rests_on(
    decision: Decision,
    rules: Callable[[], Iterable[RuleInForce]],
    assumed: Mapping[str, Value],
    book: Rulebook,
) -> Iterator[Rest]:
    """Our harmful orders, with each assumed fact they read; `rules` returns those in force.

    Facts assumed unknown are left out, as they let nothing through.
    """
    for action in decision.actions:
        rule = action.candidate.rule
        if assumed and is_ours(action.candidate) and book.is_harmful(rule):
            read = _read_by(action, rules(), book)
            for fact in sorted(read & assumed.keys()):
                if assumed[fact] is not UNKNOWN:
                    yield Rest(fact, show(assumed[fact]), str(rule.action))


def _read_by(action: Action, rules: Iterable[RuleInForce], book: Rulebook) -> frozenset[str]:
    """The facts that decided about an order: those of its rule, of forbids and of `only_if`."""
    rule = action.candidate.rule
    spec = book.catalogue.actions[str(rule.action)]
    facts = facts_of_rule(rule, book.catalogue)
    if spec.only_if is not None:
        facts |= facts_of_condition(spec.only_if, book.catalogue)
    for entry in rules:
        if rule.action in entry.rule.forbids:
            facts |= facts_of_rule(entry.rule, book.catalogue)
    return facts


def facts_of_rule(rule: Rule, catalogue: Catalogue) -> frozenset[str]:
    """The facts that a rule reads, with the date facts to which its terms are pinned."""
    pins = (catalogue.terms[t].pinned_to for t in terms_read(rule) if t in catalogue.terms)
    pinned = frozenset(pin for pin in pins if pin is not None)
    return pinned | facts_of_condition(rule.when, catalogue)


def facts_of_condition(condition: Condition, catalogue: Catalogue) -> frozenset[str]:
    """The facts that a condition reads, directly or through counters, derived facts and pins."""
    return frozenset(fact for name in names(condition) for fact in _facts_of_name(name, catalogue))


def _facts_of_name(name: Name, catalogue: Catalogue) -> Iterator[str]:
    if name.kind is not NameKind.TERM:
        yield from _parts(name.name, catalogue.words)
    elif name.name in catalogue.terms and (pin := catalogue.terms[name.name].pinned_to):
        yield pin


def _parts(name: str, words: Vocabulary) -> Iterator[str]:
    """The facts that a name is computed from; `term_end` may follow from two other facts."""
    for part in parts_of(name, words):
        yield part
        if part == "term_end":
            yield from ("term_start", "commitment_months")
