"""What is owed by invoices on a day: a naive count that agrees, and laws.

The naive count pays in coins of one unit: every debt is a row of coins, every credit takes as many
from the front.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.play import Played, ledger_of, read
from tests.agreement.trials import trials
from tests.ladder import ACTIONS, REACTIVATE, REMIND, SUSPEND
from tests.laws.nights import Nights, rulebook
from tests.laws.trials import SEEDS, decide, harms

from lapse.decide.forecast import Life, carried_out, forecast, situation_of
from lapse.model.days import AsOf, moment_in, parse_as_of
from lapse.model.decision import Decision
from lapse.model.facts import ABSENT, UNKNOWN, Missing, Value
from lapse.model.invoices import Invoice, InvoiceStatus, Ledger, Owed, Tolerance, owed
from lapse.model.money import Money
from lapse.policy.in_force import Scopes

DAY = date(2026, 11, 10)
LACKING = frozenset({"debt_tolerance"})
FORESEEN_DAYS = 12

POLICY = """\
# catalogue.yaml
catalogue: invoices
cascade: [market]
tracks: {dunning: {anchor: past_due_since}}
terms:
  grace_days: {type: days}
  debt_tolerance: {type: money, PINNED}
"""
POLICY += ACTIONS
POLICY += """\
# base.yaml
layer: Base
terms:
  grace_days: 3
  debt_tolerance: TOLERATED
rules:
"""
POLICY += REMIND.replace("$notice_days", "[1, 2, 4]")
POLICY += SUSPEND.replace("last_step: 2", "last_step: 1") + REACTIVATE
POLICY += """\
# norway.yaml
layer: Norway
applies_to: {market: "NO"}
terms: {time_zone: Europe/Oslo}
# united_states.yaml
layer: United States
applies_to: {market: US}
terms: {time_zone: America/Los_Angeles}
"""
CHANGED = "[{value: {other: 0}}, {from: 2026-11-05, value: {NOK: 50, other: 0}}]"


def policy(tolerated: str = "{NOK: 2, other: 0}", pinned: str = "harsher: lower") -> str:
    return POLICY.replace("TOLERATED", tolerated).replace("PINNED", pinned)


@dataclass(frozen=True, slots=True)
class Tolerated:
    """A tolerance that may differ from day to day and be unknown on some."""

    by_day: Mapping[date, int | None]

    def __call__(self, due_date: date, currency: str | None) -> Decimal | frozenset[str]:
        found = self.by_day.get(due_date, 2)
        return LACKING if found is None or currency == "EUR" else Decimal(found)


days = st.integers(-4, 3).map(lambda distance: DAY + timedelta(days=distance))
amounts = st.integers(-4, 5)
statuses = st.sampled_from([InvoiceStatus.OPEN] * 5 + list(InvoiceStatus))


@st.composite
def invoices(draw: st.DrawFn, currencies: st.SearchStrategy[str | None]) -> tuple[Invoice, ...]:
    return tuple(
        Invoice(
            f"I{number}",
            draw(days),
            Money(Decimal(draw(amounts)), currency),
            draw(statuses),
            draw(st.booleans()),
            takes_currency=currency is None and draw(st.booleans()),
        )
        for number in draw(st.permutations(range(draw(st.integers(0, 6)))))
        for currency in [draw(currencies)]
    )


mixed = invoices(st.sampled_from(["NOK", "NOK", "EUR", None]))
in_one_currency = invoices(st.sampled_from(["NOK"]))
tolerances = st.dictionaries(days, st.sampled_from([0, 1, 3, 5, None])).map(Tolerated)


@given(mixed, tolerances, st.sampled_from(["NOK", "NOK", "EUR", None]), st.integers(0, 9))
@settings(max_examples=600)
def test_owed_agrees_with_a_count_of_coins(
    found: tuple[Invoice, ...], tolerance: Tolerance, currency: str | None, odds: int
) -> None:
    whole = Ledger(found, is_whole=odds > 0)
    counted = owed(whole, DAY, tolerance, currency)
    naive = _coins_owed(whole, DAY, tolerance, currency)
    assert tuple(counted.facts.values()) == naive + _coins_next(whole, DAY, currency)
    named = {name for name, value in counted.facts.items() if value is UNKNOWN}
    assert counted.lacks.keys() <= named


def _unit_of(one: Invoice, currency: str | None) -> str:
    if one.takes_currency:
        return currency or "?"
    return one.balance.currency or NAMELESS


NAMELESS = "!"
"""In place of a currency: nobody says which."""


def _coins_owed(
    found: Ledger, day: date, tolerance: Tolerance, currency: str | None
) -> tuple[Value, Value, Value]:
    """`debt`, `past_due_since` and `unpaid_invoices`, slowly."""
    if not found.is_whole:
        return UNKNOWN, UNKNOWN, UNKNOWN
    debts: dict[str, list[tuple[date, str]]] = {}
    credits_: dict[str, int] = {}
    for one in found.invoices:
        units, unit = int(one.balance.amount), _unit_of(one, currency)
        last = one.due_date if units < 0 else one.due_date + timedelta(days=1)
        if one.status.value == "open" and units and day >= last:
            debts.setdefault(unit, []).extend([(one.due_date, one.id)] * max(units, 0))
            credits_[unit] = credits_.get(unit, 0) + max(-units, 0)
    if NAMELESS in debts and any(debts.values()):
        count = sum(len({coin[1] for coin in row}) for row in debts.values())
        return UNKNOWN, UNKNOWN, UNKNOWN if any(credits_.values()) else count
    coins = {unit: sorted(row)[credits_[unit] :] for unit, row in debts.items()}
    number = len({coin for row in coins.values() for coin in row})
    if not number:
        (unit,) = coins if len(coins) == 1 else (currency or "?",)
        return Money(Decimal(0), unit.strip("?!") or None), ABSENT, 0
    if len(coins) > 1:
        is_sure = "?" not in coins or not any(credits_.values())
        return UNKNOWN, UNKNOWN, number if is_sure else UNKNOWN
    ((unit, row),) = coins.items()
    named = unit.strip("?") or None
    since: Value = ABSENT
    for due_date, _ in row:
        most = tolerance(due_date, named)
        if isinstance(most, frozenset):
            since = UNKNOWN
            break
        if sum(coin[0] <= due_date for coin in row) > most:
            since = due_date
            break
    return Money(Decimal(len(row)), named), since, number


def _coins_next(found: Ledger, day: date, currency: str | None) -> tuple[Value, Value]:
    """`next_due_on` and `next_due`, slowly."""
    if not found.is_whole:
        return UNKNOWN, UNKNOWN
    debts: dict[str, list[tuple[date, str]]] = {}
    credits_: dict[str, int] = {}
    for one in found.invoices:
        units, unit = int(one.balance.amount), _unit_of(one, currency)
        if one.status.value == "open" and units and (units > 0 or day >= one.due_date):
            debts.setdefault(unit, []).extend([(one.due_date, one.id)] * max(units, 0))
            credits_[unit] = credits_.get(unit, 0) + max(-units, 0)
    is_any_ahead = any(coin[0] >= day for row in debts.values() for coin in row)
    is_unsure = NAMELESS in debts or ("?" in debts and len(debts) > 1)
    if is_any_ahead and is_unsure and any(credits_.values()):
        return UNKNOWN, UNKNOWN
    left = {unit: sorted(row)[credits_[unit] :] for unit, row in debts.items()}
    ahead = [(coin[0], unit) for unit, row in left.items() for coin in row if coin[0] >= day]
    if not ahead:
        return ABSENT, Money(Decimal(0), currency)
    due_on = min(ahead)[0]
    units_due = [unit for coin, unit in ahead if coin == due_on]
    if len(set(units_due)) > 1 or NAMELESS in units_due:
        return due_on, UNKNOWN
    return due_on, Money(Decimal(len(units_due)), units_due[0].strip("?") or None)


@given(mixed.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), tolerances)
def test_the_order_of_invoices_does_not_matter(
    found: tuple[tuple[Invoice, ...], list[Invoice]], tolerance: Tolerance
) -> None:
    one, other = found
    assert _owed(one, tolerance) == _owed(tuple(other), tolerance)


@given(in_one_currency, tolerances, st.data())
def test_paying_never_increases_what_is_owed(
    found: tuple[Invoice, ...], tolerance: Tolerance, data: st.DataObject
) -> None:
    """Of one currency: a debt in a second one makes the first unknown, which paying it ends."""
    before, after = _owed(found, tolerance), _owed(data.draw(_paid(found)), tolerance)
    assert isinstance(before.debt, Money)
    assert isinstance(after.debt, Money)
    assert after.debt.amount <= before.debt.amount
    assert isinstance(before.unpaid_invoices, int)
    assert isinstance(after.unpaid_invoices, int)
    assert after.unpaid_invoices <= before.unpaid_invoices


@given(in_one_currency, st.data())
def test_paying_never_moves_past_due_since_back(
    found: tuple[Invoice, ...], data: st.DataObject
) -> None:
    tolerance = Tolerated({})
    before, after = _owed(found, tolerance), _owed(data.draw(_paid(found)), tolerance)
    assert before.past_due_since is not UNKNOWN
    if isinstance(before.past_due_since, Missing):
        assert after.past_due_since is ABSENT
    elif not isinstance(after.past_due_since, Missing):
        assert after.past_due_since >= before.past_due_since


def _owed(found: tuple[Invoice, ...], tolerance: Tolerance) -> Owed:
    return owed(Ledger(found), DAY, tolerance, "NOK")


@st.composite
def _paid(draw: st.DrawFn, found: tuple[Invoice, ...]) -> tuple[Invoice, ...]:
    """A debt fewer, in part or in a status, or a credit more."""
    debts = [invoice for invoice in found if invoice.balance.amount > 0]
    if not debts or draw(st.booleans()):
        amount = Money(Decimal(draw(st.integers(-6, -1))), "NOK")
        return (*found, Invoice("C", draw(days), amount, InvoiceStatus.OPEN))
    one = draw(st.sampled_from(debts))
    rest = tuple(invoice for invoice in found if invoice is not one)
    left = draw(st.integers(0, int(one.balance.amount)))
    kept = replace(one, balance=Money(Decimal(left), "NOK"))
    return draw(
        st.sampled_from([rest, (*rest, kept), (*rest, replace(one, status=InvoiceStatus.PAID))])
    )


@given(in_one_currency, st.data())
@settings(max_examples=150, deadline=None)
def test_paying_never_adds_harm(found: tuple[Invoice, ...], data: st.DataObject) -> None:
    """Under terms that stay; a pin to a later due date may find harsher ones."""
    nights = Nights(policy(), {"status": "active", "currency": "NOK"})
    scopes = Scopes(rulebook(nights.policy))
    owner = replace(nights.subscription(scopes), ledger=Ledger(found))
    life = Life(owner)
    first = moment_in(DAY - timedelta(days=4), "UTC")
    last = DAY + timedelta(days=3)
    for day, decision in forecast(life, scopes, first, last, decide):
        if day < last:
            assert isinstance(decision, Decision)
            life = carried_out(life, decision)
    life = replace(life, subscription=owner)
    paid = replace(owner, ledger=Ledger(data.draw(_paid(found))))
    before, after = (situation_of(one, scopes, last) for one in (owner, paid))
    harmed = {text.partition(":")[0] for text in harms(decide(before, life.history), before)}
    now = {text.partition(":")[0] for text in harms(decide(after, life.history), after)}
    assert now <= harmed


def test_invoices_that_are_not_all_known_never_harm() -> None:
    harmed = 0
    for scopes, case in _with_ledgers():
        at, found = case.situation, case.situation.subscription.ledger
        assert found is not None
        blind = replace(at.subscription, ledger=replace(found, is_whole=False))
        unsure = situation_of(blind, scopes, _as_of(case))
        before = harms(case.decision, at)
        harmed += bool(before)
        after = harms(decide(unsure, case.case.history, case.case.approved), unsure)
        assert after <= before, case.case.label
    assert harmed > 20


def test_a_forecast_day_is_that_day_decided_afresh() -> None:
    """From the row as it is on that day; something falls due in some of the lives."""
    changed = 0
    for scopes, case in islice(_with_ledgers(), 0, None, 5):
        if isinstance(_as_of(case), datetime):
            continue
        row = read(case.case.cells, scopes.book.words)
        life = Life(replace(row, ledger=ledger_of(case.case.ledger)), case.case.history)
        first = case.situation.moment
        debts = set()
        until = first.day + timedelta(days=FORESEEN_DAYS)
        foreseen = forecast(
            replace(life, subscription=case.situation.subscription), scopes, first, until, decide
        )
        for day, decision in foreseen:
            at = situation_of(life.subscription, scopes, day)
            debts.add(str(at.subscription.fact("debt")))
            assert decision == decide(at, life.history)
            if isinstance(decision, Decision):
                life = carried_out(life, decision)
        changed += len(debts) > 1
    assert changed > 10


def _with_ledgers() -> Iterator[tuple[Scopes, Played]]:
    for trial in trials(SEEDS):
        for case in trial.cases:
            if case.situation.subscription.ledger is not None:
                yield trial.scopes, case


def _as_of(case: Played) -> AsOf:
    found = parse_as_of(case.case.as_of)
    assert found is not None
    return found


def test_an_unknown_day_is_known_where_all_its_days_agree() -> None:
    """In Los Angeles it is still the 19th; elsewhere, who knows: on the 20th two are due."""
    facts = {"status": "active", "currency": "NOK"}
    lines = "A 2026-11-10 100 NOK\nB 2026-11-18 100 NOK"
    nowhere = Nights(policy(), facts, unknown=("market",), invoices=lines)
    at = "2026-11-20T06:00:00Z"
    assert nowhere.fact("debt", at) == "200.00 NOK"
    nowhere.invoices = lines.replace("11-18", "11-19")
    assert nowhere.fact("debt", at) == "unknown"
    assert nowhere.fact("past_due_since", at) == "2026-11-10"
    assert nowhere.undetermined(at)["remind@4"] == {"market"}
    united_states = replace(nowhere, facts={**facts, "market": "US"}, unknown=())
    assert united_states.fact("debt", at) == "100.00 NOK"
    norway = replace(nowhere, facts={**facts, "market": "NO"}, unknown=())
    assert norway.fact("debt", at) == "200.00 NOK"


def test_a_tolerance_pinned_to_past_due_since_is_that_of_the_due_date() -> None:
    """50 are tolerated from the 5th on: what fell due before stands by the rule before."""
    lines = "A 2026-11-04 50 NOK\nB 2026-11-09 1 NOK"
    facts = {"status": "active", "currency": "NOK"}
    pinned = Nights(policy(CHANGED, "pinned_to: past_due_since"), facts, invoices=lines)
    assert pinned.fact("past_due_since", "2026-11-12") == "2026-11-04"
    judged = Nights(policy(CHANGED), facts, invoices=lines)
    assert judged.fact("past_due_since", "2026-11-12") == "2026-11-09"
    later = replace(pinned, invoices="A 2026-11-06 50 NOK\nB 2026-11-09 1 NOK")
    assert later.fact("past_due_since", "2026-11-12") == "2026-11-09"


def test_a_tolerance_pinned_to_another_fact_is_that_of_its_day() -> None:
    facts = {"status": "active", "currency": "NOK", "term_start": "2026-11-04"}
    nights = Nights(policy(CHANGED, "pinned_to: term_start"), facts, invoices="A 2026-11-09 9 NOK")
    assert nights.fact("past_due_since", "2026-11-12") == "2026-11-09"
    late = replace(nights, facts={**facts, "term_start": "2026-11-05"})
    assert late.fact("past_due_since", "2026-11-12") == "none"
    unknown = replace(nights, unknown=("term_start",))
    assert unknown.fact("past_due_since", "2026-11-12") == "unknown"
    assert unknown.undetermined("2026-11-12")["remind@1"] == {"term_start"}


def test_a_tolerance_that_is_not_known_matters_only_where_something_is_owed() -> None:
    facts = {"status": "active", "currency": "NOK"}
    nights = Nights(policy("{EUR: 5}"), facts, invoices="A 2026-11-09 9 NOK")
    assert nights.fact("past_due_since", "2026-11-12") == "unknown"
    assert nights.fact("debt", "2026-11-12") == "9.00 NOK"
    assert nights.undetermined("2026-11-12")["remind@1"] == {"debt_tolerance"}
    assert nights.fact("past_due_since", "2026-11-09") == "none"


def test_a_catalogue_without_a_tolerance_tolerates_nothing() -> None:
    """Not even where no currency is known."""
    lines = (line for line in policy().splitlines() if "debt_tolerance:" not in line)
    text = "\n".join(lines).replace("debt: {gt: $debt_tolerance}", "unpaid_invoices: {gt: 0}")
    text = text.replace("debt: {lte: $debt_tolerance}", "unpaid_invoices: 0") + "\n"
    nights = Nights(text, {"status": "active"}, unknown=("currency",))
    nights.invoices = "A 2026-11-09 0.01 ~"
    assert nights.fact("past_due_since", "2026-11-10") == "2026-11-09"
    assert nights.fact("debt", "2026-11-10") == "0.01"
    assert nights.run("2026-11-10") == ["s:remind@1:2026-11-09"]


def test_an_amount_in_no_known_currency_is_no_known_debt() -> None:
    """That of the subscription is no guess: a ledger may be kept in another."""
    facts = {"status": "active", "currency": "NOK"}
    nights = Nights(policy(), facts, invoices="A 2026-11-01 9 -")
    assert nights.fact("debt", "2026-11-12") == "unknown"
    assert nights.fact("unpaid_invoices", "2026-11-12") == "1"
    assert nights.run("2026-11-12") == []
    assert nights.undetermined("2026-11-12")["remind@1"] == {"currency"}
    nights.invoices = "A 2026-11-01 9 ~"
    assert nights.fact("debt", "2026-11-12") == "9.00 NOK"
    nights.invoices = "A 2026-11-01 9 NOK\nB 2026-11-01 -9 -"
    assert nights.fact("unpaid_invoices", "2026-11-12") == "unknown"
    for nothing in ("A 2026-11-01 0 -", "A 2026-11-12 9 -", "A 2026-11-01 -9 -"):
        nights.invoices = nothing
        assert nights.fact("past_due_since", "2026-11-12") == "none"


def test_debts_in_several_currencies_are_not_known() -> None:
    """But how many there are is; and where each currency's credits cover them, nothing is owed."""
    facts = {"status": "active", "currency": "NOK"}
    nights = Nights(policy(), facts, invoices="A 2026-11-01 9 NOK\nB 2026-11-01 9 EUR")
    assert nights.fact("debt", "2026-11-12") == "unknown"
    assert nights.fact("unpaid_invoices", "2026-11-12") == "2"
    assert nights.undetermined("2026-11-12")["suspend"] == {"debt", "past_due_since"}
    nights.invoices = "A 2026-11-01 9 NOK\nB 2026-11-01 9 EUR\nC 2026-11-01 -9 NOK"
    assert nights.fact("unpaid_invoices", "2026-11-12") == "1"
    assert nights.fact("debt", "2026-11-12") == "unknown"
    nights.invoices += "\nD 2026-11-12 -10 EUR"
    assert nights.fact("debt", "2026-11-12") == "0.00 NOK"
