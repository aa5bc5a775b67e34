"""The reason of an action, as people read it.

A rule's template names facts, counters, derived facts, terms and `stage` in braces; nothing else
in it is evaluated, and `{{` and `}}` are braces. Of several templates the first one whose values
are all known is used, otherwise the last. Without a template the reason is the condition with the
values that made it true.
"""

from lapse.decide.situation import Situation
from lapse.decide.truth import operand_value, truth
from lapse.model.condition import (
    SIGNS,
    All,
    AnyOf,
    Condition,
    Leaf,
    Literal,
    Name,
    Not,
    Operator,
    Sum,
)
from lapse.model.decision import Candidate
from lapse.model.facts import Missing, Value, show
from lapse.model.money import Money, MoneyTable
from lapse.model.rule import CLOCK_TERMS, Rule
from lapse.policy.text.template import template_pieces

STAGE = "stage"


def because(candidate: Candidate, situation: Situation) -> str:
    """Why a candidate acts, or would."""
    return reason(candidate.rule, candidate.stage, situation)


def reason(rule: Rule, stage: int | None, situation: Situation) -> str:
    """Why a rule or stage holds; forbids have reasons, too."""
    if not rule.because:
        return sentence(rule.condition(stage), situation)
    reasons = [
        [_value_of(text, stage, situation) if is_field else text for text, is_field in pieces]
        for pieces in map(template_pieces, rule.because)
    ]
    told = (each for each in reasons if not any(isinstance(value, Missing) for value in each))
    return "".join(show(value) for value in next(told, reasons[-1]))


def _value_of(field: str, stage: int | None, situation: Situation) -> Value:
    if field == STAGE and stage is not None:
        return stage
    value = _named(field, situation)
    return f"{{{field}}}" if value is None else value


def _named(name: str, situation: Situation) -> Value | None:
    """A name's value in a text; money terms show the amount that counts. Null for no name."""
    book = situation.force.book
    if book.words.type_of(name) is not None:
        return situation.subscription.at(name, situation.moment)
    if name in book.catalogue.terms or name in CLOCK_TERMS:
        return _in_own_currency(situation.term(name).value, situation)
    return None


def _in_own_currency(value: Value, situation: Situation) -> Value:
    """A money term's amount in the subscription's currency, where that is known."""
    if not isinstance(value, MoneyTable):
        return value
    currency = situation.subscription.fact("currency")
    if not isinstance(currency, str):
        debt = situation.subscription.fact("debt")
        currency = debt.currency if isinstance(debt, Money) and debt.currency else ""
    amount = value.amount_in(currency or None)
    return value if amount is None else Money(amount, currency)


def sentence(condition: Condition, situation: Situation) -> str:
    """A condition with the values found, its parts separated by semicolons.

    Of alternatives only those that hold are shown; all of them where none holds.
    """
    if isinstance(condition, All):
        return "; ".join(_part(part, situation) for part in condition.parts) or "always"
    return _part(condition, situation)


def _part(condition: Condition, situation: Situation) -> str:
    match condition:
        case Leaf():
            return _leaf(condition, situation)
        case Not(part):
            return f"not ({_part(part, situation)})"
        case All(parts):
            return " and ".join(_bracketed(part, situation) for part in parts) or "always"
        case AnyOf(parts):
            holding = [part for part in parts if truth(part, situation)] or parts
            return " or ".join(_bracketed(part, situation) for part in holding) or "never"


def _bracketed(part: Condition, situation: Situation) -> str:
    text = _part(part, situation)
    return f"({text})" if isinstance(part, All | AnyOf) else text


def _leaf(leaf: Leaf, situation: Situation) -> str:
    """`days_past_due 15 > grace_days 14`; a value that only repeats the other is left out."""
    if leaf.operator in {Operator.PRESENT, Operator.KNOWN}:
        return str(leaf)
    left = _value(leaf.subject, situation)
    right = str(leaf.operand)
    if isinstance(leaf.operand, Name):
        right = f"{leaf.operand} {_value(leaf.operand, situation)}"
    elif isinstance(leaf.operand, Sum):
        right = f"{leaf.operand} ({show(operand_value(leaf, situation))})"
    elif leaf.operator is Operator.EQ and isinstance(leaf.operand, Literal) and left == right:
        return str(leaf)
    return f"{leaf.subject} {left} {SIGNS[leaf.operator]} {right}"


def _value(name: Name, situation: Situation) -> str:
    value = situation.value(name)
    return show(value if isinstance(value, Missing) else _in_own_currency(value, situation))
