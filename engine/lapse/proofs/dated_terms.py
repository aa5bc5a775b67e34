"""The values that a term can have, each with the days on which it has it.

Which value counts on a day is asked of `policy.in_force`, once for each stretch of days between
two changes; nothing here knows how layers overlay each other.
"""

from collections.abc import Iterator
from datetime import date

from lapse.model.days import ONE_DAY
from lapse.model.facts import UNKNOWN
from lapse.model.money import MoneyTable
from lapse.model.rule import CLOCK_TERMS
from lapse.policy.in_force import InForce, TermInForce
from lapse.proofs.formulas import Formula, Number, conj, either, neg
from lapse.proofs.symbols import NO_CURRENCY, Amounts, Symbol, scaled
from lapse.proofs.unknowns import Unknowns

Stretch = tuple[date, Formula]
"""One of its days, and whether a day lies in it."""
NO_CURRENCY_OF_ANY_TERM = "..."


def stretches(day: Number, changes: set[date], first: date = date.min) -> Iterator[Stretch]:
    """The stretches between days of change, from the one with the first day on."""
    starts = sorted(change for change in changes if change > first)
    for start, end in zip((first, *starts), (*starts, None), strict=True):
        after = True if start == first else day >= start.toordinal()
        yield start, conj((after, end is None or day < end.toordinal()))


def term_values(
    name: str, force: InForce, of: Unknowns, first: date
) -> Iterator[tuple[Formula, TermInForce]]:
    """Each value of a term, and when it counts; no two count at once, and one always does.

    `first` is the first day judged.
    """
    pin = None if name in CLOCK_TERMS else force.book.catalogue.terms[name].pinned_to
    if pin is None:
        changes = force.term_days(name)
        for day, is_then in stretches(of.day, changes, first):
            yield is_then, force.term(name, day, day)
        return
    pinned = of.plain(pin)
    yield pinned.unknown, TermInForce(UNKNOWN)
    asked = either(pinned.absent, of.day, of.day_of(pin))
    overrides = (entry.override for entry in force.entries(name))
    expiries = {override.expires + ONE_DAY for override in overrides if override}
    for day, is_then in stretches(asked, force.term_days(name)):
        for judged, is_judged in stretches(of.day, expiries, first):
            known = neg(pinned.unknown)
            yield conj((known, is_then, is_judged)), force.term(name, day, judged)


def term_symbols(
    name: str, force: InForce, of: Unknowns, first: date
) -> Iterator[tuple[Formula, Symbol]]:
    """The same as symbols; what it may be in the subscription's currency, where all agree on it."""
    for guard, term in term_values(name, force, of, first):
        tables = [entry.value for entry in term.may_be if isinstance(entry.value, MoneyTable)]
        codes = {code for table in tables for code in table.amounts}
        if not tables:
            yield guard, of.codes.symbol(term.value)
            continue
        named = [(of.currency == of.codes.code(code), code) for code in sorted(codes)]
        none_of_them = [neg(test) for test, _ in named]
        other = conj((of.currency != NO_CURRENCY, *none_of_them)), NO_CURRENCY_OF_ANY_TERM
        yield conj((guard, of.currency == NO_CURRENCY)), of.codes.symbol(term.value)
        for is_it, code in (*named, other):
            found = term.in_currency(code).value
            amount = found.amount_in(code) if isinstance(found, MoneyTable) else None
            symbol = of.codes.symbol(term.value)
            if amount is not None:
                symbol = Amounts(((of.currency, scaled(amount)),))
            yield conj((guard, is_it)), symbol
