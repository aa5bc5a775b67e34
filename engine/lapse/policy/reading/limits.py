"""Reads `limits` and `guards`: when a run would do too much, or its inputs look wrong."""

import re
from dataclasses import dataclass
from decimal import Decimal

from lapse.model.guard import Guard, Limit
from lapse.model.rule import ActionSpec
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import entries, fields, one_of, written

_AMOUNT = re.compile(r"(?:(\d{1,3}(?:\.\d{1,4})?)\s*(%)|(\d{1,9}))", re.ASCII)
_WHOLE_SHARE = 100


@dataclass(frozen=True, slots=True)
class LimitSize:
    """A percentage, or a whole number."""

    number: Decimal
    is_share: bool


def parse_limits(
    node: Node | None, actions: dict[str, ActionSpec], problems: Problems
) -> tuple[Limit, ...]:
    limits: list[Limit] = []
    for key, value in entries(node, "`limits`", problems) if node else ():
        one_of(key, "the action", actions, "unknown-action", problems)
        scalar = written(value, "a limit", problems)
        amount = _amount(scalar) if scalar else None
        if amount:
            limits.append(Limit(key.text, amount.number, amount.is_share))
        elif scalar:
            help_ = "write a share of the rows decided such as `2 %`, or a whole number such as `5`"
            problems.add("bad-value", f"{shown(scalar.text)} is no limit", scalar.place, help_)
    return tuple(limits)


def parse_guards(node: Node | None, problems: Problems) -> dict[Guard, Decimal]:
    """The most that each guard allows: a percentage, or whole days."""
    guards: dict[Guard, Decimal] = {}
    if node is None:
        return guards
    for name, (_, value) in fields(node, "`guards`", tuple(Guard), problems).entries.items():
        guard = Guard(name)
        scalar = written(value, f"`{guard}`", problems)
        amount = _amount(scalar) if scalar else None
        if amount and amount.is_share is guard.is_share:
            guards[guard] = amount.number
        elif scalar:
            kind, example = ("a share", "5 %") if guard.is_share else ("a number of days", "3")
            message = f"`{guard}` is {kind}, and {shown(scalar.text)} is none"
            problems.add("bad-value", message, scalar.place, f"write {kind} such as `{example}`")
    return guards


def _amount(scalar: Scalar) -> LimitSize | None:
    match = _AMOUNT.fullmatch(scalar.text.strip())
    if match is None:
        return None
    if match[3]:
        return LimitSize(Decimal(match[3]), is_share=False)
    share = Decimal(match[1])
    return LimitSize(share, is_share=True) if share <= _WHOLE_SHARE else None
