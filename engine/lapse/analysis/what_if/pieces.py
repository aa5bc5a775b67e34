"""What counts of a rule, a value or a declaration: not where it stands, nor its texts."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from enum import Enum

from lapse.model.rule import Catalogue, Off, Override, Rule, RuleEntry, TermEntry

UNCOUNTED = frozenset(
    {
        "about",
        "also",
        "approved_by",
        "at_least",
        "at_most",
        "because",
        "column",
        "harsher",
        "index",
        "is_replacement",
        "layer",
        "place",
        "reason",
        "source",
    }
)
"""Fields that decide nothing once a policy set is checked."""


def essence(value: object) -> object:
    """A value without what does not count; two that are equal decide alike."""
    if isinstance(value, Enum) or not (
        is_dataclass(value) or isinstance(value, Mapping | tuple | AbstractSet)
    ):
        return value
    if isinstance(value, Mapping):
        return tuple(sorted(((str(key), essence(item)) for key, item in value.items()), key=repr))
    if isinstance(value, tuple):
        return tuple(essence(item) for item in value)
    if isinstance(value, AbstractSet):
        return tuple(sorted((essence(item) for item in value), key=repr))
    counted = [each.name for each in fields(value) if each.compare and each.name not in UNCOUNTED]
    return type(value).__name__, *((name, essence(getattr(value, name))) for name in counted)


def entry_essence(entry: TermEntry | None) -> object:
    return None if entry is None else (essence(entry.value), entry.span, _expiry(entry.override))


def rule_essence(entry: RuleEntry | None, catalogue: Catalogue) -> object:
    """A rule as it is written: what it takes from its track and action stands with them."""
    match entry:
        case None:
            return None
        case Off():
            return "off", entry.span, _expiry(entry.override)
        case Rule():
            return (
                essence(entry.when),
                entry.action,
                essence(entry.forbids),
                entry.track.name if entry.track else None,
                entry.step,
                None if takes_anchor(entry) else entry.anchor,
                essence(entry.stages),
                essence(entry.parameters),
                entry.is_business,
                essence(entry.after),
                None if takes_sets(entry, catalogue) else essence(entry.sets),
                entry.span,
                _expiry(entry.override),
            )


def hold_essence(hold: Rule | None) -> object:
    """A hold is its last day; whom it is for is its layer's scope, what it forbids its actions."""
    return None if hold is None else hold.span


def takes_anchor(rule: Rule) -> bool:
    """Whether a rule's clock is its track's."""
    return rule.track is None or rule.anchor == rule.track.anchor


def takes_sets(rule: Rule, catalogue: Catalogue) -> bool:
    """Whether what a rule sets is what its action does."""
    spec = catalogue.actions.get(rule.action or "")
    return spec is None or essence(rule.sets) == essence(spec.sets)


def _expiry(override: Override | None) -> object:
    return None if override is None else override.expires
