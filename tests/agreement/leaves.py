"""The leaves that decide a condition, and what is special about each."""

from collections.abc import Iterator

from lapse.decide.situation import Situation
from lapse.decide.truth import leaf_truth, operand_value
from lapse.model.comparing import Truth
from lapse.model.condition import (
    All,
    AnyOf,
    Choices,
    Condition,
    Leaf,
    Literal,
    Name,
    Not,
    Sum,
    leaves,
)
from lapse.model.facts import ABSENT, DERIVED, UNKNOWN, Value, show
from lapse.model.money import Money, MoneyTable
from lapse.model.subscription import DERIVED_WHEN_BLANK

TRUTHS: tuple[Truth, ...] = (True, False, None)


def decisive_leaves(condition: Condition, at: Situation) -> Iterator[Leaf]:
    """The leaves without whose truth the condition's would be another."""
    every = list(leaves(condition))
    truths = [leaf_truth(leaf, at) for leaf in every]
    verdict = combined(condition, iter(truths))
    for index, leaf in enumerate(every):
        for other in TRUTHS:
            if other is truths[index]:
                continue
            changed = [*truths[:index], other, *truths[index + 1 :]]
            if combined(condition, iter(changed)) is not verdict:
                yield leaf
                break


def combined(condition: Condition, truths: Iterator[Truth]) -> Truth:
    """A condition's truth from its leaves' in the order written."""
    match condition:
        case Leaf():
            return next(truths)
        case Not(part):
            inner = combined(part, truths)
            return None if inner is None else not inner
        case All(parts):
            found = [combined(part, truths) for part in parts]
            return False if False in found else None if None in found else True
        case AnyOf(parts):
            found = [combined(part, truths) for part in parts]
            return True if True in found else None if None in found else False


def leaf_features(leaf: Leaf, at: Situation) -> Iterator[str]:
    """Its operator and truth, the kinds of its sides, absence, and money's oddities."""
    left, right = at.value(leaf.subject), operand_value(leaf, at)
    yield f"{leaf.operator} {leaf_truth(leaf, at)}"
    if ABSENT in (left, right):
        yield f"{leaf.operator} with something absent"
    if UNKNOWN in (left, None if isinstance(leaf.operand, Choices) else right):
        yield "a side unknown"
    yield from _side_features(leaf, at)
    yield from _invoice_features(leaf, at)
    if isinstance(left, Money) and isinstance(right, Money | MoneyTable):
        yield from _money_features(left, right, at)


def _side_features(leaf: Leaf, at: Situation) -> Iterator[str]:
    yield f"subject {leaf.subject.kind.value}"
    if leaf.subject.name == "cancellation_open":
        yield f"cancellation_open {show(at.value(leaf.subject))}"
    if leaf.subject.name in DERIVED and leaf.subject.name != "cancellation_open":
        yield f"derived {leaf.subject.name}"
    match leaf.operand:
        case Name(kind=kind):
            yield f"compared with a {kind.value}"
        case Choices():
            yield "compared with a list"
        case Literal():
            yield "compared with a literal"
        case Sum():
            total = operand_value(leaf, at)
            yield "sum below 0" if isinstance(total, int) and total < 0 else "compared with a sum"
        case _:
            pass
    for name in DERIVED_WHEN_BLANK:
        counters = at.force.book.words.counters
        read = counters[leaf.subject.name].of if leaf.subject.name in counters else ""
        if read == name and at.subscription.facts.get(name, UNKNOWN) is UNKNOWN:
            yield f"{name} derived" if at.subscription.fact(name) is not UNKNOWN else f"no {name}"


def _invoice_features(leaf: Leaf, at: Situation) -> Iterator[str]:
    """What a ledger is like that tells the subject."""
    owed, ledger = at.subscription.owed, at.subscription.ledger
    counter = at.force.book.words.counters.get(leaf.subject.name)
    name = counter.of if counter else leaf.subject.name
    if ledger is None or owed is None or name not in owed.facts:
        return
    if not ledger.is_whole:
        yield "invoices not all known"
    elif owed.is_in_several_currencies or owed.debt is UNKNOWN:
        yield "invoices of several currencies"
    elif not owed.unpaid:
        yield "nothing owed by invoices"
    elif owed.past_due_since is ABSENT:
        yield "invoices are tolerated"
    elif owed.past_due_since is UNKNOWN:
        yield "invoices perhaps tolerated"
    else:
        yield "owed by invoices"
        if any(one.left.amount < one.invoice.balance.amount for one in owed.unpaid):
            yield "partly paid by a credit"
        if any(one.invoice.is_shared for one in owed.unpaid):
            yield "owed by an invoice that is shared"


def _money_features(left: Money, right: Value, at: Situation) -> Iterator[str]:
    currency = left.currency or _text(at.subscription.fact("currency"))
    if left.is_zero:
        yield "money zero"
        if currency is None and isinstance(right, MoneyTable):
            agree = right.other is not None and len(set(right.every_amount())) == 1
            yield f"zero of no currency, amounts {'agree' if agree else 'differ'}"
    elif currency is None:
        yield "money of unknown currency"
    if isinstance(right, MoneyTable) and currency is not None:
        if currency in right.amounts:
            yield "money term names the currency"
        else:
            yield "money term lacks the currency" if right.other is None else "money term other"
    if isinstance(right, Money) and right.currency and left.currency not in {None, right.currency}:
        yield "money of two currencies"


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
