"""Which facts an example need not set: those that a case would take for the same value.

As in `analysis.cases`: blanks get their meaning, keys of the scope that are not set are absent,
the next bill follows from the debt, and a status has lasted since its own day.
"""

from lapse.model.facts import ABSENT, STATUS, UNBROKEN, BlankRule, Missing
from lapse.model.invoices import DEBT, NEXT_DUE, NEXT_DUE_ON, PAST_DUE_SINCE
from lapse.proofs.formulas import Formula, conj, disj, either
from lapse.proofs.symbols import Cash, Plain
from lapse.proofs.unknowns import Unknowns


def is_blank(name: str, of: Unknowns) -> Formula:
    """Whether a fact has the value that a case gives it when it is not written there."""
    symbol, spec = of.fact(name), of.words.facts[name]
    if name == UNBROKEN:
        return _follows_from_status(of)
    if name in {NEXT_DUE_ON, NEXT_DUE}:
        return _follows_from_debt(symbol, of)
    if spec.blank is BlankRule.REJECTED:
        assert isinstance(symbol, Plain)
        return symbol.value == of.codes.code("case")
    if name in of.scope_facts:
        return symbol.absent
    if spec.blank is BlankRule.BY_STATUS:
        is_it = disj((of.plain(STATUS).unknown, of.is_status(str(spec.status))))
        return either(is_it, symbol.unknown, symbol.absent)
    if isinstance(spec.blank, BlankRule):
        return symbol.unknown
    if isinstance(spec.blank, Missing):
        return symbol.absent if spec.blank is ABSENT else symbol.unknown
    blank = of.codes.symbol(spec.blank)
    if isinstance(symbol, Cash):
        assert isinstance(blank, Cash)
        alike = symbol.amount == blank.amount, symbol.currency == of.currency
        return conj((symbol.known, *alike))
    assert isinstance(blank, Plain)
    return conj((symbol.known, symbol.value == blank.value))


def _follows_from_status(of: Unknowns) -> Formula:
    unbroken, has_own = of.plain(UNBROKEN), []
    alike = []
    for name, status in of.own_days():
        own = of.plain(name)
        has_own.append(conj((of.is_status(status), own.known)))
        alike.append(conj((has_own[-1], unbroken.known, unbroken.value == own.value)))
    return disj((unbroken.absent, unbroken.unknown, *alike))


def _follows_from_debt(symbol: Plain | Cash, of: Unknowns) -> Formula:
    since, debt = of.plain(PAST_DUE_SINCE), of.fact(DEBT)
    is_ahead = conj((since.known, since.value >= of.day))
    if isinstance(symbol, Plain):
        ahead, otherwise = conj((symbol.known, symbol.value == since.value)), symbol.absent
    else:
        assert isinstance(debt, Cash)
        is_same = symbol.amount == debt.amount, symbol.currency == debt.currency
        both_known = conj((symbol.known, debt.known, *is_same))
        ahead = disj((both_known, conj((symbol.unknown, debt.unknown))))
        nothing = symbol.amount == 0, symbol.currency == of.currency
        otherwise = conj((symbol.known, *nothing))
    rest = either(is_ahead, ahead, otherwise)
    return either(since.unknown, symbol.unknown, rest)
