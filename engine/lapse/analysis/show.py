"""The terms and rules in force for a scope on a day: value, source, since when, and what is next.

A key of the cascade that the scope does not name is "any": layers that name it do not apply, and
are listed apart.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from lapse.analysis.scope import Where, scope_values
from lapse.model.condition import (
    Condition,
    Leaf,
    Literal,
    Name,
    NameKind,
    Sum,
    changed,
    is_staged,
    name_read,
)
from lapse.model.days import ONE_DAY
from lapse.model.facts import Known, Missing, Value, show
from lapse.model.money import MoneyTable
from lapse.model.rule import (
    CLOCK_TERMS,
    Layer,
    Off,
    Rule,
    Rulebook,
    RuleEntry,
    TermEntry,
    Today,
    entry_counts,
    terms_read,
)
from lapse.policy.check.meetings import MARKET, REGION, folded, joint
from lapse.policy.in_force import AppliedLayer, InForce, TermInForce, in_force
from lapse.policy.text.template import template_pieces


@dataclass(frozen=True, slots=True)
class TermShown:
    """A term in force; null `since` is always, null `changes_on` never.

    `next` is its value from that day on. `is_read` is whether a rule in force, or its text, does.
    """

    name: str
    about: str
    pinned_to: str | None
    value: Known | Missing
    entry: TermEntry | None
    layer: str
    since: date | None
    changes_on: date | None
    next: TermInForce | None
    shadowed: tuple[tuple[str, TermEntry], ...]
    is_read: bool


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule in force, in words with the terms' values, and what it replaces."""

    rule: Rule
    words: Mapping[str, str]
    replaced: tuple[RuleEntry, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A later day on which a rule begins, is replaced, or ends (null)."""

    day: date
    name: str
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is in force for a scope; `parts` are layers that apply in a part of it only."""

    where: Where
    any: tuple[str, ...]
    day: date
    layers: tuple[AppliedLayer, ...]
    parts: tuple[Layer, ...]
    left_out: Layer | None
    terms: tuple[TermShown, ...]
    unset: tuple[str, ...]
    rules: tuple[RuleShown, ...]
    off: tuple[Off, ...]
    changes: tuple[RuleChange, ...]

    def rule(self, name: str) -> RuleShown | None:
        return next((each for each in self.rules if each.rule.name == name), None)

    def term(self, name: str) -> TermShown | None:
        return next((each for each in self.terms if each.name == name), None)


def shown(book: Rulebook, where: Where, day: date, only: str = "") -> Shown:
    """What is in force for a scope on a day; with `only`, what has this text in its name."""
    force = in_force(book, scope_values(where, book))
    rules = [entry.rule for entry in force.rules(day)]
    read = {name for rule in rules for name in _terms_read(rule, book)} | {*CLOCK_TERMS}
    names = [name for name in book.catalogue.terms if only in name]
    terms = [_term(name, force, day, is_read=name in read) for name in names]
    left_out = force.not_covered_by()
    # A market says which region it is in.
    derived = {REGION} if MARKET in where else set()
    return Shown(
        where,
        tuple(key for key in book.catalogue.cascade if key not in {*where, *derived}),
        day,
        force.layers,
        parts(book, where),
        left_out.layer if left_out else None,
        tuple(term for term in terms if term.entry),
        tuple(term.name for term in terms if not term.entry),
        tuple(_rule(rule, force, day) for rule in sorted(rules, key=_order) if only in rule.name),
        tuple(_switched_off(force, day, only)),
        tuple(_rule_changes(force, day, only)),
    )


def parts(book: Rulebook, where: Where) -> tuple[Layer, ...]:
    """The layers that apply in a part of a scope, and not in all of it."""
    scope = folded({key: frozenset({value}) for key, value in where.items()}, book.words)
    force = in_force(book, scope_values(where, book))
    applied = {id(each.layer) for each in force.layers}
    return tuple(
        layer
        for layer in book.layers
        if id(layer) not in applied and joint(scope, folded(layer.applies_to, book.words))
    )


def _term(name: str, force: InForce, day: date, *, is_read: bool) -> TermShown:
    spec = force.book.catalogue.terms.get(name)
    term, span = force.term(name, day, day), force.stretch(name, day)
    changes_on = span.last + ONE_DAY if span.last else None
    by_entry = {id(e): each.layer for each in force.layers for e in each.layer.terms.get(name, ())}
    return TermShown(
        name,
        spec.about if spec else "",
        spec.pinned_to if spec else None,
        term.value,
        term.entry,
        by_entry[id(term.entry)].name if term.entry else "",
        span.first,
        changes_on,
        force.term(name, changes_on, changes_on) if changes_on else None,
        tuple((by_entry[id(entry)].name, entry) for entry in term.shadowed),
        is_read,
    )


def _terms_read(rule: Rule, book: Rulebook) -> set[str]:
    """The terms that a rule, its texts, or the last lock of its action read."""
    only_if = book.catalogue.actions[rule.action].only_if if rule.action else None
    texts = (
        piece for text in rule.because for piece, is_field in template_pieces(text) if is_field
    )
    locks = terms_read(replace(rule, when=only_if)) if only_if else ()
    return {*terms_read(rule), *texts, *locks}


def _rule(rule: Rule, force: InForce, day: date) -> RuleShown:
    below = [
        entry
        for each in force.layers
        if (entry := each.layer.rules.get(rule.name)) is not None and entry_counts(entry, day)
    ]
    # A layer's hold may share its name with a rule, and replaces none.
    is_hold = all(entry is not rule for entry in below)
    replaced = () if is_hold else tuple(entry for entry in below if entry is not rule)

    def value_of(term: str) -> Value:
        return force.term(term, day, day).value

    return RuleShown(rule, rule_words(rule, force.book, value_of), replaced)


def rule_words(
    rule: Rule, book: Rulebook, value_of: Callable[[str], Value] | None = None
) -> dict[str, str]:
    """A rule in words, by the keys that policy files have for them; a term's value in brackets."""
    words = {"do": rule.action} if rule.action else {"forbid": ", ".join(sorted(rule.forbids))}
    own = rule.sets if rule.action and rule.sets != book.catalogue.actions[rule.action].sets else {}
    words["with"] = ", ".join(show(value) for value in rule.parameters.values())
    words["sets"] = ", ".join(f"{name} {_set_text(value)}" for name, value in own.items())
    if rule.stages:
        stages = rule.stages.values(value_of) if value_of else None
        days = f" ({', '.join(map(str, stages)) or 'none'})" if stages is not None else ""
        words["for_each"] = f"{rule.stages}{days}"
    condition = with_values(rule.when, value_of) if value_of else rule.when
    words["when"] = str(condition)
    words["days"] = "business" if rule.is_business else ""
    if rule.after:
        step = "last" if rule.after.is_last else "first"
        days = _number_text(rule.after.days, value_of)
        words["after"] = f"at least {days} days after the {step} step below it was given"
        if rule.after.within is not None:
            within = _number_text(rule.after.within, value_of)
            words["after"] += f", the latest no more than {within} days ago"
    words |= {"from": str(rule.span.first or ""), "to": str(rule.span.last or "")}
    return {key: text for key, text in words.items() if text}


def _set_text(value: Value | Today) -> str:
    return str(value.value) if isinstance(value, Today) else show(value)


def _number_text(number: int | Name, value_of: Callable[[str], Value] | None) -> str:
    if isinstance(number, int) or value_of is None:
        return str(number)
    return f"{number} ({show(value_of(number.name))})"


def with_values(condition: Condition, value_of: Callable[[str], Value]) -> Condition:
    """A condition for people to read: each term that is compared with has its value beside it."""

    def valued(leaf: Leaf) -> Leaf:
        term = name_read(leaf.operand)
        # A sum with `$stage` has another value for each stage; a table of amounts is too long.
        if term is None or term.kind is not NameKind.TERM or is_staged(leaf):
            return leaf
        value = value_of(term.name)
        if isinstance(value, MoneyTable):
            return leaf
        known = leaf.operand.of(value) if isinstance(leaf.operand, Sum) else value
        return replace(leaf, operand=Literal(f"{leaf.operand} ({show(known)})"))

    return changed(condition, valued)


def _switched_off(force: InForce, day: date, only: str) -> Iterator[Off]:
    names = sorted({name for each in force.layers for name in each.layer.rules if only in name})
    for name in names:
        entries = (each.layer.rules.get(name) for each in force.layers)
        first = next((entry for entry in entries if entry and entry_counts(entry, day)), None)
        if isinstance(first, Off):
            yield first


def _rule_changes(force: InForce, day: date, only: str) -> Iterator[RuleChange]:
    for later in (each for each in force.rule_days if each > day):
        before = {entry.rule.name: entry.rule for entry in force.rules(later - ONE_DAY)}
        after = {entry.rule.name: entry.rule for entry in force.rules(later)}
        for name in sorted(before.keys() | after.keys()):
            if only in name and before.get(name) is not after.get(name):
                yield RuleChange(later, name, after.get(name))


def _order(rule: Rule) -> tuple[bool, int, int, str]:
    """By track and step as in the catalogue, then what nobody may do."""
    if rule.track is None:
        return True, 0, 0, rule.name
    return False, rule.track.index, rule.step, rule.name
