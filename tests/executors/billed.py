"""Rows with invoices and holds: their facts in SQL beside those of their records."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.executors.settled import cells

from lapse.decide.known import Judging, RecordAndPast, known
from lapse.executors.lowered.facts.layout import Layout
from lapse.executors.lowered.facts.moments import Moments, completed
from lapse.executors.lowered.facts.settling import HOLD, Facts
from lapse.executors.lowered.facts.sighted import seen_facts, sighted
from lapse.executors.lowered.pipeline import sorted_rows
from lapse.executors.lowered.words.columns import LEFT, REGION, absent_column
from lapse.executors.lowered.words.names import Names
from lapse.executors.lowered.words.scopes import lexicon
from lapse.executors.lowered.words.term_tables import Terms
from lapse.inputs.also import Also
from lapse.inputs.reading import Export, open_exports
from lapse.model.days import AsOf
from lapse.model.invoices import FACTS_OWED
from lapse.model.tables import currency_of
from lapse.policy.in_force import Scopes
from lapse.policy.load import load
from lapse.runs.approvals import Approvals
from lapse.runs.history import History
from lapse.sql.expressions import render

TODAY = date(2026, 11, 23)
FACTS = ("subscription_id", "customer_id", "market", "status", "currency", "hold_until")
INVOICES = (
    *("invoice_id", "subscription_id", "customer_id"),
    *("due_date", "balance", "currency", "status"),
)
HOLDS = ("subscription_id", "customer_id", "hold_until")
CATALOGUE = """
catalogue: test
cascade: [market]
tracks: {dunning: {anchor: past_due_since}}
actions: {notify: {}}
terms:
  debt_tolerance: {type: money}
"""
BASE = """
layer: Base
terms:
  debt_tolerance: {NOK: 100, EUR: 10, other: 0}
rules:
  remind: {track: dunning, step: 1, when: {days_past_due: {gt: 300}}, do: notify}
"""


def judging(
    folder: Path, catalogue: str = CATALOGUE, layers: Sequence[str] = (BASE,), as_of: AsOf = TODAY
) -> Judging:
    policies = folder / "policies"
    policies.mkdir()
    for name, text in zip(("catalogue", "base", "market"), (catalogue, *layers), strict=False):
        (policies / f"{name}.yaml").write_text(text, encoding="utf-8")
    book = load(policies).book
    assert book is not None
    return Judging(Scopes(book), as_of, book.catalogue.assumed)


def table(file: Path, names: Sequence[str], lines: str) -> tuple[str, ...]:
    """A file of rows given as lines of words, of which `-` is a blank cell; none without rows."""
    rows = [["" if word == "-" else word for word in each.split()] for each in lines.splitlines()]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([names, *filter(None, rows)])
    return (str(file),) if lines else ()


def lists(folder: Path, by: Judging, invoices: str = "", holds: str = "") -> Also:
    found = table(folder / "invoices.csv", INVOICES, invoices)
    return Also(found, table(folder / "holds.csv", HOLDS, holds), as_of=by.as_of)


KINDS = """
SELECT sorted_rows.subscription_id, coalesce(verdicts.kind, sorted_rows.kind)
FROM sorted_rows LEFT JOIN verdicts USING ("#row")
"""


def kinds(folder: Path, by: Judging, rows: str, *, invoices: str = "", holds: str = "") -> set[str]:
    """What becomes of the rows, whose facts are those of their records unless they are left."""
    export = table(folder / "export.csv", FACTS, rows)
    also = lists(folder, by, invoices, holds)
    with open_exports(export, by.scopes.book.words, also=also) as opened:
        sorted_rows(opened, by, History(None, ()), Approvals())
        found = {row["subscription_id"]: row for row in settled(opened, by)}
        for record in opened.records():
            subscription = known(RecordAndPast(record), by).situation.subscription
            row = found[subscription.id]
            for name in (*FACTS_OWED, HOLD) if not row[LEFT] else ():
                expected = told(cells(name, subscription.fact(name)), name)
                assert told(row, name) == expected, (subscription.id, name)
        return {
            f"{id_} {kind}" if kind == "left" else kind
            for id_, kind in opened.connection.execute(KINDS).fetchall()
        }


def settled(export: Export, by: Judging) -> Iterator[Mapping[str, object]]:
    """The rows of an export that is sorted, with the facts of the day."""
    words = lexicon(by.scopes.book)
    facts = Facts(export.relation(), words.book.words, by.assumed)
    names = Names(words.book.words, Terms(words), facts.absent() | {REGION})
    dated = Moments(words, by.as_of).dated(Layout(words, names).placed(facts.settled()))
    rows = completed(sighted(dated, words.book.catalogue.runs_every), facts, seen_facts(facts))
    found = export.connection.execute(render(rows))
    columns = [each[0] for each in found.description or ()]
    for row in found.fetchall():
        yield dict(zip(columns, row, strict=True))


def told(row: Mapping[str, object], name: str) -> tuple[object, ...]:
    """A fact in a row of cells: whether it is absent, its value, and the currency of an amount."""
    value, is_absent = row.get(name), bool(row.get(absent_column(name)))
    if isinstance(value, str):
        value = Decimal(value)
    return is_absent, value, None if value is None else row.get(currency_of(name))


def rows(*ids: str, currency: str = "NOK") -> str:
    """Subscriptions, each of a customer of its own."""
    return "".join(f"{id_} C{id_} NO active {currency} -\n" for id_ in ids)
