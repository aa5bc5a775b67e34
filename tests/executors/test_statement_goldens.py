"""The statements of a batch, as texts for DuckDB and for Spark."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp
from tests.executors.billed import HOLDS, INVOICES, judging, table

from lapse.decide.known import Judging
from lapse.executors.lowered.pipeline import Beside, sorted_rows
from lapse.inputs.also import Also
from lapse.inputs.reading import open_exports
from lapse.model.days import AsOf
from lapse.policy.in_force import Scopes
from lapse.policy.load import load
from lapse.runs.approvals import Approvals
from lapse.runs.history import History
from lapse.runs.results.tally import Tally
from lapse.sql.expressions import parsed, render
from lapse.sql.named_tables import InDuckDB
from lapse.sql.spark import in_spark

ROOT = Path(__file__).parents[2]
GOLDENS = Path(__file__).parent / "statements"
CATALOGUE = """
catalogue: test
cascade: [market, customer]
tracks:
  dunning: {anchor: past_due_since}
  ending: {anchor: term_end, by: provider}
facts: {vip: {type: flag}}
actions:
  notify: {}
  suspend:
    harm: access
    sets: {status: suspended, suspended_for: debt, suspended_on: today}
    only_if: {disputed: no}
terms:
  grace_days: {type: days}
  notice_days: {type: days list}
  debt_tolerance: {type: money}
"""
BASE = """
layer: Base
terms:
  grace_days: 14
  notice_days: [3, 7]
  debt_tolerance: {NOK: 100, EUR: 10, other: 0}
  calendar: NO
  time_zone: Europe/Oslo
rules:
  remind:
    track: dunning
    step: 1
    for_each: $notice_days
    when: {days_past_due: {gte: $stage}, debt: {gt: $debt_tolerance}}
    do: notify
    because: "{debt} is {days_past_due} days late"
  suspend:
    track: dunning
    step: 2
    when: {days_past_due: {gte: $grace_days}, status: active}
    days: business
    after: {last_step: 2}
    do: suspend
  ends: {track: ending, step: 1, when: {days_until_term_end: {lte: 30}}, do: notify}
  spared: {when: {vip: yes}, forbid: [suspend], because: "vip"}
"""
MARKET = """
layer: Norway
applies_to: {market: NO}
terms: {grace_days: {value: 10, from: 2026-06-01}}
"""
ROWS = """
A1 C1 NO nce active 2026-11-01 250 NOK no no 2027-03-01
A2 C2 DE nce active 2026-10-01 90 EUR yes - 2026-12-01
A3 C2 SE legacy - 2026-11-20 - SEK - no -
"""
COLUMNS = (
    *("subscription_id", "customer_id", "market", "program", "status", "past_due_since", "debt"),
    *("currency", "vip", "disputed", "term_end"),
)


@dataclass(frozen=True, slots=True)
class Told(InDuckDB):
    """Tables in DuckDB, which keep every statement for DuckDB and for Spark, by what it makes."""

    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    @property
    def render(self) -> Callable[[exp.Expr], str]:  # type: ignore[override]  # kept, too
        return self._render

    def _render(self, tree: exp.Expr) -> str:
        told = in_spark(tree)
        text = render(tree)
        self.made[text] = told
        return text

    def _tell(self, name: str, text: str) -> str:
        told = self.made[text] if text in self.made else in_spark(parsed(text))
        self.texts[name] = (text.strip(), told)
        return text

    def make(self, name: str, rows: str) -> None:
        InDuckDB.make(self, name, self._tell(name, rows))

    def keep(self, name: str, rows: str) -> None:
        InDuckDB.keep(self, name, self._tell(name, rows))

    def add(self, name: str, rows: str) -> None:
        InDuckDB.add(self, name, self._tell(f"more {name}", rows))

    def result(self, name: str, rows: str) -> str:
        return InDuckDB.result(self, name, self._tell(f"result {name}", rows))

    def found(self, query: str) -> list[tuple[Any, ...]]:
        return InDuckDB.found(self, self._tell(f"query {len(self.texts)}", query))

    def blocks(self, query: str) -> Iterator[list[tuple[Any, ...]]]:
        return InDuckDB.blocks(self, self._tell(f"query {len(self.texts)}", query))


def told_of(by: Judging, export: Path, also: Also) -> Mapping[str, tuple[str, str]]:
    """All statements of a batch, as they are run: for DuckDB and for Spark."""
    with open_exports((str(export),), by.scopes.book.words, also=also) as opened:
        told = Told(opened.connection, opened.scratch)
        beside = Beside(tables=lambda _: told)
        batch = sorted_rows(opened, by, History(None, ()), Approvals(), beside=beside)
        batch.count(Tally(frozenset()))
        batch.queries()
        assert not list(batch.met())
    return told.texts


def test_statements_are_what_they_were(tmp_path: Path) -> None:
    by = judging(tmp_path, CATALOGUE, (BASE, MARKET))
    (export,) = table(tmp_path / "export.csv", COLUMNS, ROWS)
    invoices = table(tmp_path / "invoices.csv", INVOICES, "I1 A1 - 2026-11-01 250 NOK open")
    holds = table(tmp_path / "holds.csv", HOLDS, "A2 - 2026-12-24")
    found = told_of(by, Path(export), Also(invoices, holds, as_of=by.as_of))
    for place, dialect in enumerate(("duckdb", "spark")):
        golden = GOLDENS / f"in_{dialect}.sql"
        text = "\n".join(f"-- {name}\n{texts[place]}\n" for name, texts in found.items())
        if os.environ.get("LAPSE_APPROVE"):
            golden.parent.mkdir(exist_ok=True)
            golden.write_bytes(text.encode())
        assert text == golden.read_bytes().decode(), dialect


@pytest.mark.parametrize("as_of", [date(2026, 11, 23), datetime(2026, 11, 23, 12, tzinfo=UTC)])
def test_spark_is_told_the_whole_shipped_set(as_of: AsOf, tmp_path: Path) -> None:
    """Every statement is said in Spark; one that is not is an error as it is built."""
    book = load(ROOT / "policies").book
    assert book is not None
    by = Judging(Scopes(book), as_of, book.catalogue.assumed)
    invoices, holds = (str(ROOT / f"fixtures/{name}.csv") for name in ("invoices", "holds"))
    export = tmp_path / "export.csv"
    export.write_bytes((ROOT / "fixtures/subscriptions.csv").read_bytes())
    assert len(told_of(by, export, Also((invoices,), (holds,), as_of=as_of))) > 40
