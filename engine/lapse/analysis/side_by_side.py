"""What differs between what is in force for two scopes, or on two days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lapse.analysis.show import RuleShown, Shown, TermShown, rule_words
from lapse.analysis.unpaid import Unpaid
from lapse.model.facts import show
from lapse.model.rule import Rulebook

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Difference:
    """A term, a part of a rule, or an action of a ladder, as it is on each side."""

    what: str
    one: str
    other: str


def differences(one: Shown, other: Shown, book: Rulebook) -> tuple[Difference, ...]:
    """The terms with other values, then what is other about the rules, terms' values aside."""
    terms = dict.fromkeys(term.name for shown in (one, other) for term in shown.terms)
    rules = dict.fromkeys(each.rule.name for shown in (one, other) for each in shown.rules)
    pairs = [
        Difference(name, _value(one.term(name)), _value(other.term(name))) for name in sorted(terms)
    ]
    return (
        *(pair for pair in pairs if pair.one != pair.other),
        *(each for name in rules for each in _of_rule(one.rule(name), other.rule(name), book)),
    )


def dated_side_by_side(one: Unpaid, other: Unpaid) -> tuple[Difference, ...]:
    """The actions of two ladders that fall on other days, in order of their first day."""
    days: dict[str, list[str]] = {}
    first: dict[str, date] = {}
    for side, unpaid in enumerate((one, other)):
        for each in unpaid.foreseen:
            who = "" if each.is_ours else "provider: "
            told = days.setdefault(f"{who}{each.name}: {each.label}", [NOTHING, NOTHING])
            told[side] = f"{each.day} (day {(each.day - unpaid.due).days})"
            first.setdefault(f"{who}{each.name}: {each.label}", each.day)
    ordered = sorted(days.items(), key=lambda item: first[item[0]])
    return tuple(Difference(name, *told) for name, told in ordered if told[0] != told[1])


def _value(term: TermShown | None) -> str:
    return (show(term.value) or "none") if term else NOTHING


def _of_rule(
    one: RuleShown | None, other: RuleShown | None, book: Rulebook
) -> Iterator[Difference]:
    if one and other:
        if one.rule is not other.rule:
            left, right = rule_words(one.rule, book), rule_words(other.rule, book)
            for key in dict.fromkeys((*left, *right)):
                if left.get(key) != right.get(key):
                    sides = left.get(key, NOTHING), right.get(key, NOTHING)
                    yield Difference(f"{one.rule.name}: {key}", *sides)
        return
    there = one or other
    assert there is not None
    yield Difference(there.rule.name, *(_in_short(side) for side in (one, other)))


def _in_short(side: RuleShown | None) -> str:
    if side is None:
        return NOTHING
    return side.rule.action or f"forbids {side.words['forbid']}"
