"""A small policy set on its own, run night by night or by the cases in a test's docstring."""

import inspect
import re
import tempfile
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from textwrap import dedent

from lapse.analysis.cases import case_subscription, run_case
from lapse.decide.forecast import situation_of
from lapse.decide.reference import decide
from lapse.model.days import parse_as_of
from lapse.model.decision import EVERYTHING, Decision, Given, recorded
from lapse.model.facts import UNKNOWN, parse_fact, show
from lapse.model.invoices import Invoice, InvoiceStatus, Ledger
from lapse.model.money import parse_money
from lapse.model.rule import Rulebook
from lapse.model.subscription import Subscription
from lapse.policy.in_force import Scopes
from lapse.policy.load import PolicySet, load

_HEAD = re.compile(r"^# (\S+\.yaml)\n", re.MULTILINE)


@cache
def policy_set(text: str) -> PolicySet:
    """Files in one text, each after a line `# name.yaml`."""
    _, *pieces = _HEAD.split(text)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in zip(pieces[::2], pieces[1::2], strict=True):
            file = Path(folder, name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(content, encoding="utf-8")
        found = load(Path(folder))
    assert found.is_sound, found.problems
    return found


def rulebook(text: str) -> Rulebook:
    book = policy_set(text).book
    assert book is not None
    return book


def holds(test: Callable[..., object], policy: str) -> None:
    """The cases in a test's docstring come out as they expect; text before `cases:` is prose."""
    prose, cases, rest = (inspect.getdoc(test) or "").partition("cases:\n")
    assert cases, prose
    found = policy_set(f"{policy}# cases/docstring.yaml\n{cases}{dedent(rest)}\n")
    assert found.cases
    scopes = Scopes(found.book) if found.book else None
    assert scopes is not None
    for case in found.cases:
        result = run_case(case, scopes, decide)
        assert result.is_passed, [mismatch.message for mismatch in result.mismatches]


@dataclass(slots=True)
class Nights:
    """One subscription run at chosen times; facts not given are blank, orders take no effect.

    Invoices read `id due_date amount currency [status]`, one a line; null: none were given. `-` is
    no currency, `~` that of the subscription.
    """

    policy: str
    facts: Mapping[str, str]
    history: tuple[Given, ...] = field(default=())
    unknown: tuple[str, ...] = ()
    invoices: str | None = None

    def run(self, as_of: str, *, approved: Container[str] = EVERYTHING) -> list[str]:
        """The actions given, by their ids."""
        decision = self.decide(as_of, approved=approved)
        self.history = recorded(self.history, decision.actions, decision.day)
        return [action.id("s") for action in decision.actions]

    def runs(self, times: Iterable[str]) -> dict[str, list[str]]:
        """The actions of every run that gave some."""
        found = {as_of: self.run(as_of) for as_of in times}
        return {as_of: ids for as_of, ids in found.items() if ids}

    def decide(self, as_of: str, *, approved: Container[str] = EVERYTHING) -> Decision:
        at = parse_as_of(as_of)
        assert at is not None
        scopes = Scopes(rulebook(self.policy))
        situation = situation_of(self.subscription(scopes), scopes, at)
        decision = decide(situation, self.history, approved)
        assert isinstance(decision, Decision)
        return decision

    def fact(self, name: str, as_of: str) -> str:
        """A fact as it is on a day."""
        at = parse_as_of(as_of)
        assert at is not None
        scopes = Scopes(rulebook(self.policy))
        return show(situation_of(self.subscription(scopes), scopes, at).subscription.fact(name))

    def held(self, as_of: str) -> dict[str, str]:
        """What is held, and by what."""
        return {held.candidate.label: held.by for held in self.decide(as_of).held}

    def undetermined(self, as_of: str) -> dict[str, frozenset[str]]:
        return {rule.rule: rule.missing for rule in self.decide(as_of).undetermined}

    def subscription(self, scopes: Scopes) -> Subscription:
        facts = scopes.book.words.facts
        read = {name: parse_fact(cell, facts[name]) for name, cell in self.facts.items()}
        known = {name: value for name, value in read.items() if value is not None}
        assert len(known) == len(read)
        found = case_subscription({"subscription_id": "s", **known}, scopes)
        found = found.with_facts(dict.fromkeys(self.unknown, UNKNOWN))
        return found if self.invoices is None else replace(found, ledger=ledger(self.invoices))


def ledger(lines: str) -> Ledger:
    return Ledger(tuple(_invoice(line) for line in lines.strip().splitlines()))


def _invoice(line: str) -> Invoice:
    id_, due_date, amount, currency, *status = line.split()
    balance = parse_money(amount if currency in {"-", "~"} else f"{amount} {currency}")
    assert balance is not None
    due, state = date.fromisoformat(due_date), InvoiceStatus(*status or ["open"])
    return Invoice(id_, due, balance, state, takes_currency=currency == "~")
