"""What layers, dates, pins and overrides do in a case."""

from collections.abc import Iterator
from datetime import date

from tests.agreement.populations import SCOPE_FACTS

from lapse.decide.situation import Situation
from lapse.decide.truth import truth
from lapse.model.facts import ABSENT, UNKNOWN, Value
from lapse.model.rule import CLOCK_TERMS, Layer, Off, Rule, RuleEntry, TermEntry, entry_counts
from lapse.model.subscription import civil_day
from lapse.policy.in_force import AppliedLayer


def shape_features(layer: Layer, what: str) -> Iterator[str]:
    """The shape of a layer's scope."""
    keys = sorted(layer.applies_to)
    yield f"{what} of scope {keys[0] if len(keys) == 1 else 'of several keys' if keys else 'none'}"
    if any(len(values) > 1 for values in layer.applies_to.values()):
        yield f"{what} of scope with a list"


def term_features(name: str, at: Situation) -> Iterator[str]:
    """How a term that decided came by its value."""
    if name in CLOCK_TERMS:
        return
    found = at.term(name)
    pin = at.force.book.catalogue.terms[name].pinned_to
    day = at.moment.day
    if pin is not None:
        value = at.subscription.fact(pin)
        yield f"pin {_pin_kind(value, at)}"
        if not isinstance(value, type(ABSENT)):
            day = civil_day(value)
    if found.missing and found.missing <= SCOPE_FACTS:
        yield "term unknown for its scope"
    if found.value is UNKNOWN and found.missing == {name}:
        yield "term has no value that day"
    yield from _layer_features(name, found.entry, day, at)


def _layer_features(name: str, entry: TermEntry | None, day: date, at: Situation) -> Iterator[str]:
    """Of the entry that counts, and of layers above it that do not."""
    judged = at.moment.day
    if entry is not None:
        yield from _entry_features(name, entry, at)
    for applied in at.force.layers:
        entries = applied.layer.terms.get(name, ())
        if entry is not None and entry in entries:
            if any(_is_unsure(other, name, at) for other in at.force.layers):
                yield "unsure layers agree"
            return
        if applied.is_sure and entries:
            expired = [e for e in entries if day in e.span and not e.counts(day, judged)]
            yield "override expired" if expired else "falls back to a less specific layer"


def _is_unsure(applied: AppliedLayer, name: str, at: Situation) -> bool:
    day = at.moment.day
    return not applied.is_sure and any(
        entry.counts(day, day) for entry in applied.layer.terms.get(name, ())
    )


def _pin_kind(value: Value, at: Situation) -> str:
    if value is ABSENT or value is UNKNOWN:
        return str(value.value)
    return "future" if civil_day(value) > at.moment.day else "past"


def _entry_features(name: str, entry: TermEntry, at: Situation) -> Iterator[str]:
    for applied in at.force.layers:
        if entry in applied.layer.terms.get(name, ()):
            yield from shape_features(applied.layer, "term")
    if entry.override is not None:
        yield "override counts"
    if entry.span.first or entry.span.last:
        yield "dated value"


def rule_scope_features(rule: Rule, at: Situation) -> Iterator[str]:
    """Of a rule that is not false: where it stands and what it hides."""
    kind = "forbid" if rule.is_forbid else "rule"
    for applied in at.force.layers:
        if any(entry is rule for entry in applied.layer.rules.values()):
            yield from shape_features(applied.layer, "rule")
    if rule.span.first or rule.span.last:
        yield f"dated {kind}"
    if rule.is_replacement:
        yield f"replaced {kind}"


def world_features(at: Situation) -> Iterator[str]:
    """Rules that would hold but are not in force: switched off, not yet or no longer there."""
    out = at.force.not_covered_by()
    if out is not None:
        yield "perhaps not covered"
    if not at.moment.is_day_known:
        yield "time zone unknown"
    if at.moment.instant is not None and at.moment.day != at.moment.provider_day:
        yield "market's day is not the provider's"
    found = at.force.rules(at.moment.day)
    if any(entry.missing and entry.rule.is_forbid for entry in found):
        yield "forbid unknown for its scope"
    if any(entry.missing and not entry.rule.is_forbid for entry in found):
        yield "rule unknown for its scope"
    for applied in at.force.layers:
        if applied.is_sure:
            for entry in applied.layer.rules.values():
                yield from _entry_out(entry, applied.layer, at)


def _entry_out(entry: RuleEntry, layer: Layer, at: Situation) -> Iterator[str]:
    day = at.moment.day
    if isinstance(entry, Rule):
        if day not in entry.span and _may_hold(entry, at):
            yield "rule outside its days"
        return
    hidden = _hidden(entry, layer, at)
    if hidden is None or not _may_hold(hidden, at):
        return
    kind = "forbid" if hidden.is_forbid else "rule"
    if entry_counts(entry, day):
        yield f"{kind} switched off"
    elif entry.override is not None and day > entry.override.expires:
        yield f"{kind} switched off no longer"


def _hidden(off: Off, layer: Layer, at: Situation) -> Rule | None:
    """The definition that a layer switches off."""
    is_below = False
    for applied in at.force.layers:
        entry = applied.layer.rules.get(off.name)
        if is_below and isinstance(entry, Rule):
            return entry
        is_below = is_below or applied.layer is layer
    return None


def _may_hold(rule: Rule, at: Situation) -> bool:
    if rule.stages is not None and any(rule.stages.names()):
        return False
    stages = (None,) if rule.stages is None else rule.stages.every_value(lambda _: ())
    return any(truth(rule.condition(stage), at) is not False for stage in stages)
