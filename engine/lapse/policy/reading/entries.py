"""The values that a layer sets for a term: one alone, one with dates and a source, or a list."""

from lapse.model.facts import Known, ValueType
from lapse.model.place import Place
from lapse.model.rule import ALWAYS, CALENDAR_TERM, CLOCK_TERMS, ZONE_TERM, TermEntry, TermSpec
from lapse.policy.reading.clock import calendar, is_calendar_value, time_zone
from lapse.policy.reading.lexicon import Form
from lapse.policy.reading.terms import bounds
from lapse.policy.text.amounts import days_list, is_currency, money_table
from lapse.policy.text.literals import literal
from lapse.policy.text.nodes import Mapping, Node, Sequence
from lapse.policy.text.problems import Problems
from lapse.policy.text.shapes import described, fields, override, span, text

_KEYS = ("value", "from", "to", "source", "at_least", "at_most", "override")
_CLOCK_KEYS = ("value", "source")


def parse_entries(node: Node, spec: TermSpec, problems: Problems) -> tuple[TermEntry, ...]:
    """A term's entries in one layer, in the order written."""
    match node:
        case Sequence() if not _is_list_value(node, spec):
            if not node.items:
                help_ = "write a value, or `- {from: 2027-01-01, value: …}` entries"
                problems.add("empty-list", f"`{spec.name}` has no entries", node.place, help_)
            parsed = [_listed(item, spec, problems) for item in node.items]
        case Mapping() if not (_is_table(node, spec) or is_calendar_value(node, spec.name)):
            parsed = [_entry(node, spec, problems)]
        case _:
            parsed = [_bare(node, spec, problems)]
    entries = tuple(entry for entry in parsed if entry)
    _check_starts(entries, spec, problems)
    return entries


def _is_list_value(node: Sequence, spec: TermSpec) -> bool:
    """Whether a list is one value, not entries."""
    is_list = spec.type is ValueType.DAYS_LIST
    return is_list and not any(isinstance(item, Mapping) for item in node.items)


def _is_table(node: Mapping, spec: TermSpec) -> bool:
    """Whether a mapping is a table of currencies, not an entry, by its keys."""
    if spec.type is not ValueType.MONEY:
        return False
    keys = [key.text for key, _ in node.entries]
    return all(is_currency(key) for key in keys) or not any(key in _KEYS for key in keys)


def _listed(node: Node, spec: TermSpec, problems: Problems) -> TermEntry | None:
    if isinstance(node, Mapping):
        return _entry(node, spec, problems)
    help_ = "write `- {from: 2027-01-01, value: 21}`"
    if spec.type is ValueType.DAYS_LIST:
        help_ = "write either one list of days, or entries `- {from: 2027-01-01, value: [1, 7]}`"
    message = f"an entry of `{spec.name}` must be a mapping, not {described(node)}"
    problems.add("wrong-shape", message, node.place, help_)
    return None


def _bare(node: Node, spec: TermSpec, problems: Problems) -> TermEntry | None:
    value = term_value(node, spec, problems)
    return None if value is None else TermEntry(value, ALWAYS, node.place)


def _entry(node: Mapping, spec: TermSpec, problems: Problems) -> TermEntry | None:
    what = f"a value of `{spec.name}`"
    body = fields(node, what, _KEYS, problems)
    for key in body.entries if spec.name in CLOCK_TERMS else ():
        if key not in _CLOCK_KEYS:
            message = f"`{spec.name}` takes no `{key}`: it holds always"
            problems.add("misplaced-key", message, body.key_place(key), "delete it")
    value_node = body.required("value", problems, "write `{value: 14, from: 2027-01-01}`")
    value = None if value_node is None else term_value(value_node, spec, problems)
    at_least, at_most = bounds(body, spec.type, problems)
    days = span(body, problems)
    source = text(body.get("source"), "`source`", problems)
    leave = override(body, problems)
    if value_node is None or value is None or days is None:
        return None
    return TermEntry(value, days, value_node.place, source, leave, at_least, at_most)


def _check_starts(entries: tuple[TermEntry, ...], spec: TermSpec, problems: Problems) -> None:
    """Reports two entries with the same `from`: the entry with the latest `from` counts."""
    starts: dict[object, Place] = {}
    for entry in entries:
        first = entry.span.first
        if first in starts:
            since = f"from {first}" if first else "without `from`"
            message = f"`{spec.name}` has two values {since}"
            help_ = "the latest `from` counts; give each value its own"
            problems.add("same-start", message, entry.place, help_, also=starts[first])
        starts.setdefault(first, entry.place)


def term_value(node: Node, spec: TermSpec, problems: Problems) -> Known | None:
    """A value of the term's declared type."""
    if spec.name == ZONE_TERM:
        return time_zone(node, problems)
    if spec.name == CALENDAR_TERM:
        return calendar(node, problems)
    if spec.type is ValueType.MONEY:
        return money_table(node, problems)
    if spec.type is ValueType.DAYS_LIST:
        return days_list(node, problems)
    return literal(node, Form(spec.type, spec.choices), problems)
