"""Values written in a profile, as the text of a cell that `lapse` reads without a profile."""

from lapse.model.facts import (
    UNKNOWN,
    BlankRule,
    FactSpec,
    Missing,
    ValueType,
    show,
)
from lapse.model.money import Money, parse_money
from lapse.policy.reading.lexicon import form_of
from lapse.policy.text.literals import is_word, literal
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import written

MONTHS_COVERED = FactSpec("covers_months", ValueType.MONTHS)
MOST_MONTHS = 120
BLANK_CELL = ""


def fact_text(node: Node, spec: FactSpec, problems: Problems) -> str | None:
    """A value of the fact as text; null, with a problem, when it does not fit."""
    missing = missing_word(node, spec)
    if missing is not None:
        return BLANK_CELL if means_blank(node, missing, spec, problems) else None
    if spec.type is ValueType.MONEY:
        return _amount(node, problems)
    value = literal(node, form_of(spec), problems)
    if value is None or not isinstance(node, Scalar):
        return None
    if spec is MONTHS_COVERED and isinstance(value, int) and not 1 <= value <= MOST_MONTHS:
        message = f"an amount cannot be for {value} months"
        problems.add("bad-value", message, node.place, f"write a number from 1 to {MOST_MONTHS}")
        return None
    return node.text.strip()


def missing_word(node: Node, spec: FactSpec) -> Missing | None:
    """The meaning of `none` or `unknown`, unless it is a choice of the fact; null for others."""
    for missing in Missing:
        if is_word(node, missing.value) and missing.value not in spec.choices:
            return missing
    return None


def means_blank(node: Node, missing: Missing, spec: FactSpec, problems: Problems) -> bool:
    """Whether an empty cell means the same for this fact; a problem when it does not."""
    is_by_status = spec.blank in (BlankRule.BY_STATUS, BlankRule.UNLESS_ACTIVE)
    if spec.blank is missing or (is_by_status and missing is UNKNOWN):
        return True
    message = f"`{missing.value}` cannot be told of `{spec.name}` here"
    help_ = "write a value"
    if is_by_status:
        help_ = f"write a value, or `{UNKNOWN.value}`"
    elif not isinstance(spec.blank, BlankRule):
        help_ = f"write a value; an empty cell means `{show(spec.blank)}` for this fact"
    problems.add("missing-as-value", message, node.place, help_)
    return False


def _amount(node: Node, problems: Problems) -> str | None:
    """An amount without a currency; the currency has its own way."""
    scalar = written(node, "an amount", problems)
    if scalar is None:
        return None
    word = scalar.text.strip()
    value = parse_money(word)
    if isinstance(value, Money) and value.currency is None:
        return word
    message = f"{shown(word)} is not an amount without a currency"
    help_ = "write `{value: 1200.50, currency: {value: NOK}}`"
    problems.add("bad-value", message, scalar.place, help_)
    return None
