"""Reads cases, the tests that policy authors write: facts, days and the whole expected timeline."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from lapse.model.days import AsOf, parse_as_of, utc_day
from lapse.model.decision import NO_RULE
from lapse.model.facts import Value
from lapse.model.place import Place
from lapse.model.rule import Rule
from lapse.policy.reading.catalogue import Declared
from lapse.policy.reading.lexicon import fact_named
from lapse.policy.text.literals import given_value
from lapse.policy.text.nodes import Mapping as MappingNode
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.nodes import Sequence as SequenceNode
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import (
    DATE_HELP,
    Fields,
    day,
    entries,
    fields,
    items,
    one_of,
    text,
    written,
)

# A three-year term with its retention and a year on either side, and then twice that: each day is
# judged, and a year typed wrong would take minutes.
MOST_DAYS = 4_000
_KEYS = ("name", "given", "before", "from", "until", "track", "expect", "then")
_LABEL = re.compile(r"([^@]+)(?:@(-?\d{1,5}))?", re.ASCII)
_T = TypeVar("_T")
_DAY_HELP = "write a day as `2026-11-30`, or an instant as `2026-11-30T12:00:00Z`"


class ExpectedKind(StrEnum):
    ACTS = "acts"
    HELD = "held"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Expectation:
    """`rule` or `rule@stage`, and what is expected of it on a day."""

    kind: ExpectedKind
    label: str
    place: Place


@dataclass(frozen=True, slots=True)
class Case:
    """Facts, the days from `first` to `until`, and all that must happen on them.

    `then` has facts that change on a day, `before` the orders given before `first`. Without a
    track, `expect` has what happens on all tracks.
    `expect` and `then` are in order of time.
    """

    name: str
    given: Mapping[str, Value]
    first: date
    until: date
    track: str | None
    expect: tuple[tuple[AsOf, tuple[Expectation, ...]], ...]
    then: tuple[tuple[AsOf, Mapping[str, Value]], ...]
    place: Place
    before: tuple[tuple[AsOf, tuple[Expectation, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a cases file is checked against; `rules` has every definition of a rule, by its name."""

    declared: Declared
    rules: Mapping[str, tuple[Rule, ...]]
    problems: Problems


def parse_cases(node: Node, ground: Ground) -> tuple[Case, ...]:
    """The cases of one file that can be run."""
    if isinstance(node, SequenceNode):
        message = "a cases file begins with `cases:`, and this one with a list"
        ground.problems.add("wrong-shape", message, node.place, "write `cases:` above it")
        return ()
    body = fields(node, "a cases file", ("cases",), ground.problems)
    list_node = body.required("cases", ground.problems, "write `cases:` and a list below it")
    cases: dict[str, Case] = {}
    if isinstance(list_node, MappingNode):
        help_ = "begin each case with `- `, in one column, its name too: `- name: …`"
        message = "`cases` is a list, and this is a mapping"
        ground.problems.add("wrong-shape", message, list_node.place, help_)
        list_node = None
    for item in items(list_node, "`cases`", ground.problems) if list_node else ():
        case = _case(item, ground)
        if case is None:
            continue
        if case.name in cases:
            message = f"there is another case {shown(case.name)}"
            also = cases[case.name].place
            ground.problems.add(
                "duplicate-case", message, case.place, "give each its own name", also=also
            )
        cases.setdefault(case.name, case)
    return tuple(cases.values())


def _case(node: Node, ground: Ground) -> Case | None:
    problems = ground.problems
    body = fields(node, "a case", _KEYS, problems)
    if not isinstance(node, MappingNode):
        return None
    name_node = body.required("name", problems, "say what it shows")
    name = text(name_node, "`name`", problems)
    days = _days(body, problems)
    track = one_of(
        body.get("track"),
        "the track",
        ground.declared.catalogue.tracks,
        "unknown-track",
        problems,
    )
    given_node = body.required("given", problems, "name the facts: `given: {status: active}`")
    given = _facts(given_node, ground)
    expect_node = body.required("expect", problems, "`expect: {}` says that nothing happens")
    expect = _by_day(expect_node, "`expect`", days, ground, _expectations)
    then = _by_day(body.get("then"), "`then`", days, ground, _facts)
    before = _before(body.get("before"), days, ground)
    if name is None or name_node is None or days is None:
        return None
    return Case(name, given, *days, track, expect, then, name_node.place, before)


def _before(
    node: Node | None, days: tuple[date, date] | None, ground: Ground
) -> tuple[tuple[AsOf, tuple[Expectation, ...]], ...]:
    """The orders given before the case begins, which is history to it."""
    before = _by_day(node, "`before`", None, ground, _orders)
    for at, orders in before:
        if days and utc_day(at) >= days[0] and orders:
            message = f"{utc_day(at)} is not before `from`, {days[0]}"
            help_ = "what is given from that day on stands in `expect`"
            ground.problems.add("day-outside", message, orders[0].place, help_)
    return before


def _orders(node: Node, ground: Ground) -> tuple[Expectation, ...]:
    orders: list[Expectation] = []
    for order in _labelled(ExpectedKind.ACTS, node, ground):
        name = order.label.partition("@")[0]
        rules = ground.rules[name]
        if rules and all(rule.is_forbid for rule in rules):
            message = f"{shown(name)} gives no orders"
            help_ = "name a rule with `do`"
            ground.problems.add("unknown-rule", message, order.place, help_)
        else:
            orders.append(order)
    return tuple(orders)


def _days(body: Fields, problems: Problems) -> tuple[date, date] | None:
    first = day(body.required("from", problems, DATE_HELP), "`from`", problems)
    until_node = body.required("until", problems, DATE_HELP)
    until = day(until_node, "`until`", problems)
    if first is None or until is None or until_node is None:
        return None
    if until < first:
        message = f"`until` is before `from`: {until} is earlier than {first}"
        help_ = "both days are included; swap them"
        problems.add("dates-reversed", message, until_node.place, help_)
        return None
    if (until - first).days >= MOST_DAYS:
        message = f"a case of {(until - first).days + 1} days is too long"
        help_ = f"it spans at most {MOST_DAYS} days: is one of the years wrong?"
        problems.add("case-too-long", message, until_node.place, help_)
        return None
    return first, until


def _facts(node: Node | None, ground: Ground) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for key, value in entries(node, "facts", ground.problems) if node else ():
        spec = fact_named(key, ground.declared.lexicon, ground.problems)
        given = None if spec is None else given_value(value, spec, ground.problems)
        if given is not None:
            facts[key.text] = given
    return facts


def _by_day(
    node: Node | None,
    what: str,
    days: tuple[date, date] | None,
    ground: Ground,
    parse: Callable[[Node, Ground], _T],
) -> tuple[tuple[AsOf, _T], ...]:
    """What is written for each day or instant, in order of time."""
    by_time: dict[AsOf, _T] = {}
    places: dict[AsOf, Place] = {}
    for key, value in entries(node, what, ground.problems) if node else ():
        parsed = parse(value, ground)
        at = _as_of(key, days, ground.problems)
        if at is None:
            continue
        if at in by_time:
            message = f"{shown(key.text)} is there already, written otherwise"
            help_ = "write both under one key"
            ground.problems.add("duplicate-key", message, key.place, help_, also=places[at])
            continue
        by_time[at], places[at] = parsed, key.place
    return tuple(sorted(by_time.items(), key=lambda entry: _time_order(entry[0])))


def _time_order(at: AsOf) -> tuple[date, str]:
    return utc_day(at), at.isoformat()


def _as_of(key: Scalar, days: tuple[date, date] | None, problems: Problems) -> AsOf | None:
    at = parse_as_of(key.text.strip())
    if at is None:
        message = f"{shown(key.text)} is no day"
        problems.add("bad-value", message, key.place, _DAY_HELP)
        return None
    if days and not days[0] <= utc_day(at) <= days[1]:
        message = f"{utc_day(at)} lies outside `from` {days[0]} to `until` {days[1]}"
        help_ = "let `from` and `until` include that day, or delete this line"
        problems.add("day-outside", message, key.place, help_)
        return None
    return at


def _expectations(node: Node, ground: Ground) -> tuple[Expectation, ...]:
    """What is expected on one day; an empty list means that nothing happens."""
    parts = node.items if isinstance(node, SequenceNode) else (node,)
    return tuple(expectation for part in parts for expectation in _expectation(part, ground))


def _expectation(node: Node, ground: Ground) -> Iterator[Expectation]:
    if isinstance(node, MappingNode):
        kinds = [str(kind) for kind in ExpectedKind if kind is not ExpectedKind.ACTS]
        body = fields(node, "what is expected", kinds, ground.problems)
        if not node.entries:
            message = "this mapping is empty"
            ground.problems.add("wrong-shape", message, node.place, "write `{held: suspend}`")
        for key, value in body.entries.values():
            yield from _labelled(ExpectedKind(key.text), value, ground)
    else:
        yield from _labelled(ExpectedKind.ACTS, node, ground)


def _labelled(kind: ExpectedKind, node: Node, ground: Ground) -> Iterator[Expectation]:
    for item in items(node, f"`{kind}`", ground.problems):
        scalar = written(item, "a rule", ground.problems)
        if scalar is not None and _is_rule(kind, scalar, ground):
            yield Expectation(kind, scalar.text.strip(), scalar.place)


def _is_rule(kind: ExpectedKind, scalar: Scalar, ground: Ground) -> bool:
    """Whether a label names a rule, and a stage where the rule has stages."""
    word = scalar.text.strip()
    if word == NO_RULE and kind is ExpectedKind.UNDETERMINED:
        return True
    match = _LABEL.fullmatch(word)
    name, stage = (match.group(1), match.group(2)) if match else (word, None)
    rules = ground.rules.get(name)
    if rules is None:
        help_ = ground.problems.near(name, ground.rules)
        ground.problems.add("unknown-rule", f"{shown(name)} is no rule", scalar.place, help_)
        return False
    return kind is ExpectedKind.UNDETERMINED or _is_stage(name, stage, rules, scalar, ground)


def _is_stage(
    name: str, stage: str | None, rules: tuple[Rule, ...], scalar: Scalar, ground: Ground
) -> bool:
    if not rules or any((rule.stages is not None) == (stage is not None) for rule in rules):
        return True
    message = (
        f"the rule {shown(name)} has stages"
        if stage is None
        else (f"the rule {shown(name)} has no stages")
    )
    help_ = f"write which one, such as `{name}@7`" if stage is None else f"write `{name}`"
    ground.problems.add("stage-of-rule", message, scalar.place, help_)
    return False
