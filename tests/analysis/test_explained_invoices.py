"""What `explain` says of invoices: those that count, and what is still to fall due."""

from dataclasses import replace
from datetime import date

from tests.laws.nights import Nights, ledger, rulebook
from tests.laws.test_peers import POLICY

from lapse.analysis.explain import Explanation, explain
from lapse.decide.forecast import situation_of
from lapse.decide.known import KnownRow
from lapse.executors.durable.engine import DurableExecutor
from lapse.model.invoices import Ledger
from lapse.policy.in_force import Scopes
from lapse.report.explanation import explanation_json, explanation_text

FACTS = {"status": "active", "currency": "NOK"}
LINES = """
A 2026-11-01 100 NOK
B 2026-11-03 50 NOK
P 2026-11-04 -120 NOK
C 2026-11-20 10 NOK
"""
AHEAD = """
  2026-11-21  notify: remind@1
  2026-11-25  notify: remind@5
  2026-11-28  notify: remind@8
  2026-12-01  suspend: suspend
"""


def explained(found: Ledger | None, day: date = date(2026, 11, 4)) -> Explanation:
    book = rulebook(POLICY)
    scopes, durable = Scopes(book), DurableExecutor(book)
    owner = replace(Nights(POLICY, FACTS).subscription(scopes), ledger=found)
    at = situation_of(owner, scopes, day)
    return explain(KnownRow(at, (), None), scopes, durable.decide, durable.judge)


def section(found: Ledger) -> list[str]:
    text = explanation_text(explained(found))
    return text.partition("Invoices that count\n")[2].partition("\n\n")[0].splitlines()


def test_the_invoices_that_count_are_shown_with_what_credits_leave() -> None:
    assert section(ledger(LINES)) == [
        "  B, due 2026-11-03: 30.00 NOK left of 50.00 after credits",
    ]
    shared = ledger("A 2026-11-01 100 NOK")
    shared = replace(shared, invoices=(replace(shared.invoices[0], is_shared=True),))
    assert section(shared) == [
        "  A, due 2026-11-01: 100.00 NOK left, owed for all its customer's subscriptions"
    ]


def test_only_some_of_many_are_shown() -> None:
    many = ledger("\n".join(f"I{number:02} 2026-11-01 1 NOK" for number in range(10)))
    assert section(many)[0] == "  I00, due 2026-11-01: 1.00 NOK left"
    assert len(section(many)) == 9
    assert section(many)[-1] == "  and 2 more"


def test_it_says_why_a_debt_is_not_known() -> None:
    assert section(Ledger()) == ["  none"]
    assert section(Ledger(is_whole=False))[-1] == (
        "  not all of its invoices are known, so its debt is not"
    )
    assert section(ledger("A 2026-11-01 1 NOK\nB 2026-11-01 1 EUR"))[-1] == (
        "  they are in several currencies, so the debt is not known"
    )


def test_next_foresees_invoices_that_fall_due() -> None:
    """Paid up, by a credit of today, but for one that falls due on the 20th."""
    found = ledger("A 2026-11-20 100 NOK\nB 2026-11-03 50 NOK\nP 2026-11-04 -50 NOK")
    text = explanation_text(explained(found))
    assert f"Next, if nothing changes{AHEAD}" in text
    every = explanation_text(explained(found), shows_all=True)
    assert "- days_past_due >= 1: is none; invoices may change it from 2026-11-21 on" in every
    assert "- suspended_for is debt: is none; time alone will not change it" in every


def test_without_invoices_nothing_is_said_of_them() -> None:
    told = explained(None)
    assert "Invoices" not in explanation_text(told)
    assert explanation_json(told)["invoices"] is None


def test_json_tells_the_same_invoices() -> None:
    assert explanation_json(explained(ledger(LINES)))["invoices"] == [
        {"invoice_id": "B", "due_date": "2026-11-03", "left": "30.00 NOK", "is_shared": False}
    ]
