"""Worlds played night by night: what each subscription is, was given, and what is decided.

Everything here runs on the `lapse` that is imported when this module is: a copy of both judges an
executor with a fault (`faults.py`).
"""

import re
import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

from tests.agreement.populations import Cells as Row
from tests.agreement.populations import LedgerText
from tests.agreement.worlds import World

from lapse.analysis.explain import outcome_text
from lapse.decide.because import because
from lapse.decide.forecast import facts_set, situation_of
from lapse.decide.reference import decide
from lapse.decide.situation import Situation
from lapse.executors.durable.engine import DurableExecutor
from lapse.model.days import parse_as_of
from lapse.model.decision import (
    APPROVAL,
    Candidate,
    Decision,
    Given,
    Hold,
    NotCovered,
    label,
    recorded,
)
from lapse.model.facts import Missing, Value, Vocabulary, parse_fact, show
from lapse.model.invoices import Invoice, InvoiceStatus, Ledger
from lapse.model.money import Money, parse_money
from lapse.model.rule import Rulebook
from lapse.model.subscription import Subscription, settled, subscription
from lapse.model.tables import Cells
from lapse.policy.in_force import Scopes
from lapse.policy.load import load
from lapse.runs.rows import JudgedRow, action_cells, held_cells

PREFIX = "world-"
_FOLDER = re.compile(rf"/\S*/{PREFIX}\w+/")

Decide = Callable[[Situation, tuple[Given, ...], Container[str]], Decision | NotCovered]


@dataclass(frozen=True, slots=True)
class Case:
    """One subscription on one night: its cells then, and what was given to it before."""

    night: int
    row: int
    as_of: str
    cells: Row
    history: tuple[Given, ...]
    ledger: LedgerText | None = None
    approved: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        return f"night {self.night} ({self.as_of}), row {self.row}"


@dataclass(frozen=True, slots=True)
class Played:
    """A case, what the reference made of it, and what it was judged on."""

    case: Case
    situation: Situation
    decision: Decision | NotCovered

    @property
    def lines(self) -> list[str]:
        return text_of(self.decision, self.situation)


def rulebook(world: World) -> Rulebook | None:
    """The checked policies of a world; null when a check finds an error."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        return load(world.write(Path(folder))).book


def situation(case: Case, scopes: Scopes) -> Situation:
    as_of = parse_as_of(case.as_of)
    assert as_of is not None
    found = read(case.cells, scopes.book.words)
    return situation_of(replace(found, ledger=ledger_of(case.ledger)), scopes, as_of)


def ledger_of(text: LedgerText | None) -> Ledger | None:
    if text is None:
        return None
    return Ledger(tuple(_invoice(line) for line in text.lines), text.is_whole)


def _invoice(line: str) -> Invoice:
    id_, due_date, balance, currency, status, *marks = line.split()
    amount = parse_money(balance)
    assert amount is not None
    money = Money(amount.amount, None if currency in {"-", "~"} else currency)
    due, takes = date.fromisoformat(due_date), currency == "~"
    return Invoice(id_, due, money, InvoiceStatus(status), bool(marks), takes)


def read(cells: Row, words: Vocabulary) -> Subscription:
    values: dict[str, Value | None] = {}
    for name, cell in cells.items():
        values[name] = None if cell is None else parse_fact(cell, words.facts[name])
        assert cell is None or values[name] is not None, f"{name}: {cell}"
    return subscription(settled(values, words), words)


def played(world: World, scopes: Scopes, decide_: Decide = decide) -> Iterator[Played]:
    """Every case of a world in the order of its nights; what is decided becomes history."""
    rows = [dict(row) for row in world.rows]
    histories: list[tuple[Given, ...]] = [() for _ in rows]
    approved: list[frozenset[str]] = [frozenset() for _ in rows]
    draw = Random(f"approvals of {world.seed}")  # noqa: S311  leaves the rest of a world as it is
    for number, night in enumerate(world.nights):
        for index, row in enumerate(rows):
            row.update(night.edits.get(index, {}))
            ledger = world.ledgers[index]
            past = histories[index], ledger, approved[index]
            case = Case(number, index, night.as_of, dict(row), *past)
            at = situation(case, scopes)
            decision = decide_(at, case.history, case.approved)
            yield Played(case, at, decision)
            if isinstance(decision, Decision):
                given = recorded(case.history, decision.actions, decision.day)
                histories[index] = given
                asked = sorted(asked_for(decision, at))
                approved[index] |= {id_ for id_ in asked if draw.random() < 0.95}
                if world.takes_effect[index]:
                    row.update(effects(decision, row))


def asked_for(decision: Decision, at: Situation) -> Iterator[str]:
    """The orders that wait for somebody's leave, whatever else holds them."""
    for held in decision.held:
        if any(reason.by == APPROVAL for reason in held.reasons):
            yield held.action.id(at.subscription.id)


def replayed(world: World, cases: Iterable[Case]) -> Iterator[list[str]]:
    """What the durable executor makes of cases, as text."""
    book = rulebook(world)
    assert book is not None
    scopes, executor = Scopes(book), DurableExecutor(book)
    for case in cases:
        at = situation(case, scopes)
        yield text_of(executor.decide(at, case.history, case.approved), at)


def effects(decision: Decision, row: Mapping[str, str | None]) -> dict[str, str | None]:
    """The cells that the actions of a day change; a column that is not there stays away."""
    changed: dict[str, str | None] = {}
    for action in decision.actions:
        for name, value in facts_set(action.candidate.rule, decision.day).items():
            changed[name] = None if isinstance(value, Missing) else show(value)
    return {name: cell for name, cell in changed.items() if name in row}


def text_of(decision: Decision | NotCovered, at: Situation) -> list[str]:
    """A decision with all columns of its outputs and what they are made of, in one order."""
    if isinstance(decision, NotCovered):
        return [f"not covered|{decision.layer}|{decision.because}"]
    judged = JudgedRow(at.subscription, at.moment, partial(because, situation=at))
    lines = [_line("action", action_cells(a, judged), a.candidate) for a in decision.actions]
    lines += [_line("held", held_cells(held, judged), held.candidate) for held in decision.held]
    lines += [f"reason|{h.candidate.label}|{_reason(r)}" for h in decision.held for r in h.reasons]
    lines += [
        f"undetermined|{u.track}|{u.step}|{u.rule}|{_names(u.missing)}"
        for u in decision.undetermined
    ]
    lines += [f"verdict|{label(r.name, s)}|{outcome_text(r, b)}" for r, s, b in decision.verdicts]
    return [f"day|{decision.day}", *sorted(lines)]


def _line(what: str, cells: Cells, candidate: Candidate) -> str:
    shown = "|".join(cells)
    return f"{what}|{_FOLDER.sub('', shown)}|{candidate.rule.layer}|{candidate.stretch_from}"


def _reason(hold: Hold) -> str:
    return f"{hold.by}|{hold.until}|{_names(hold.missing)}"


def _names(names: frozenset[str]) -> str:
    return " ".join(sorted(names))


def differences(case: Played, other: Decision | NotCovered) -> list[str]:
    """The lines of two decisions that only one of them has."""
    mine, its = (text_of(decision, case.situation) for decision in (case.decision, other))
    lines = [f"- {line}" for line in mine if line not in its]
    return lines + [f"+ {line}" for line in its if line not in mine]
