"""The shipped profiles read what Microsoft's exports look like: `fixtures/exports/` says how.

What each file comes to stands in `shipped_facts.py`, written from the documents, not from a run.
"""

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.inputs import shipped_facts

from lapse.inputs.reading import Also, Export, InputError, open_exports
from lapse.model.facts import UNKNOWN, Value, blank_value, show, vocabulary
from lapse.model.profile import ProfileSet
from lapse.model.record import Record
from lapse.policy.profiles.load import load_profile, load_profiles

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "exports"
WORDS = vocabulary()
AS_OF = datetime(2026, 11, 23, 6, tzinfo=UTC)
IDS = {"subscription_id": "5ab5", "customer_id": "c057"}
NOT_IN_A_COLUMN = {
    "disputed": "no",
    "hold_until": "none",
    "request": "none",
    "requested_on": "none",
    "requested_seats": "none",
    "requested_months": "none",
}
"""What profiles that tell a status assume, besides `at_term_end`."""
SHORT = {"?": "unknown", "-": "none"}
TOGETHER = (
    "subscriptions-*.json*",
    "analytics.json",
    "nce-*.csv*",
    "nce-*.json*",
    "legacy-*",
    "customers.csv",
    "portal-customers.csv",
    "offer-matrix.csv",
    "price-*.csv",
)

Row = dict[str, str]


@pytest.fixture(scope="module")
def profiles() -> ProfileSet:
    loaded = load_profiles(ROOT / "policies", WORDS)
    assert loaded.problems == ()
    assert loaded.profiles is not None
    return loaded.profiles


def opened(profiles: ProfileSet, *names: str, invoices: tuple[str, ...] = ()) -> Export:
    ledgers = tuple(str(FIXTURES / name) for name in invoices)
    patterns = [str(FIXTURES / name) for name in names]
    also = Also(invoices=ledgers, profiles=profiles, as_of=AS_OF)
    return open_exports(patterns, WORDS, also)


def by_number(export: Export, *columns: str) -> dict[int, tuple[str, ...]]:
    """These facts of each subscription, in short."""
    rows = {}
    for record in export.records():
        row = found(record, dict.fromkeys(columns))
        rows[int(str(record.facts["subscription_id"])[4:8])] = tuple(row.values())
    return rows


def expected(table: str) -> dict[str, Row]:
    """The rows of a table by id, with ids and words in full."""
    first, *lines = table.strip().splitlines()
    columns = [name.strip() for name in first.split("|")]
    rows = {}
    for line in lines:
        cells = [cell.strip() for cell in line.split("|")]
        row = dict(zip(columns, cells, strict=True))
        row = {name: full(name, cell) for name, cell in row.items()}
        rows[row["subscription_id"]] = row
    return rows


def full(name: str, cell: str) -> str:
    if name in IDS:
        return f"{IDS[name]}{int(cell):04d}-0000-4000-8000-{int(cell):012d}"
    return SHORT.get(cell, cell)


def found(record: Record, columns: Mapping[str, object]) -> Row:
    """What is known of a subscription: blanks settled, and assumptions where no column is."""
    status = record.facts.get("status") or UNKNOWN
    known: dict[str, Value] = dict(record.assumed)
    for name, value in record.facts.items():
        known[name] = blank_value(WORDS.facts[name], status) if value is None else value
    return {name: show(known.get(name, UNKNOWN)) for name in columns}


@pytest.mark.parametrize("name", shipped_facts.FILES)
def test_each_file_gives_the_facts_that_its_documents_promise(
    profiles: ProfileSet, name: str
) -> None:
    rows = expected(shipped_facts.FILES[name])
    columns = next(iter(rows.values()))
    with opened(profiles, name) as export:
        records = list(export.records())
        assert list(export.rejected()) == []
    assert {str(record.facts["subscription_id"]) for record in records} == set(rows)
    for record in records:
        assert found(record, columns) == rows[str(record.facts["subscription_id"])]
        assert set(record.facts) <= set(columns)


@pytest.mark.parametrize(
    "name",
    ["subscriptions-list.json", "analytics.json", "insights.csv", "portal-subscriptions.csv"],
)
def test_what_no_microsoft_file_has_is_assumed(profiles: ProfileSet, name: str) -> None:
    with opened(profiles, name) as export:
        for record in export.records():
            assumed = {fact: show(value) for fact, value in record.assumed.items()}
            assumed.pop("at_term_end", None)
            assert assumed == NOT_IN_A_COLUMN


def test_together_they_tell_what_none_tells_alone(profiles: ProfileSet) -> None:
    rows = expected(shipped_facts.TOGETHER)
    with opened(profiles, *TOGETHER) as export:
        records = list(export.records())
        assert list(export.rejected()) == []
        conflicts = export.joining.conflicts
    assert {str(record.facts["subscription_id"]) for record in records} == set(rows)
    assert {each.fact: (each.subscriptions, each.first) for each in conflicts} == {
        "seats": (1, "partner-center-subscriptions"),
        "unit_price": (2, "nce-reconciliation"),
    }
    for record in records:
        row = rows[str(record.facts["subscription_id"])]
        assert found(record, row) == row


def test_a_price_list_prices_where_nothing_was_charged(profiles: ProfileSet) -> None:
    lists = ("customers.csv", "price-list.csv", "price-sheet.csv")
    with opened(profiles, "subscriptions-*.json*", *lists) as export:
        prices = by_number(export, "unit_price")
    assert prices[6] == ("16.50 EUR",)  # the price of 2024, when its term began
    assert prices[12] == ("21.45 USD",)  # it rose in February, before the term began
    assert prices[3] == ("41.40 NOK",)  # the later of two rows that overlap
    assert prices[5] == ("unknown",)  # the row ended before the term began


@pytest.mark.parametrize("name", ["offer-matrix.csv", "offer-matrix.xlsx"])
def test_the_offer_matrix_is_the_same_from_excel(profiles: ProfileSet, name: str) -> None:
    with opened(profiles, "subscriptions-page.json", name) as export:
        limits = by_number(export, "min_seats", "max_seats")
    assert limits == dict.fromkeys((3, 4, 5), ("1", "100000"))


def test_a_ledger_with_a_profile_of_its_own_tells_the_same_debts(profiles: ProfileSet) -> None:
    loaded = load_profile(FIXTURES / "my-ledger.yaml", WORDS)
    assert loaded.problems == ()
    assert loaded.profile is not None
    both = ProfileSet({**profiles.profiles, "my-ledger": loaded.profile}, profiles.order)
    ledgers = []
    for name in ("invoices.csv", "ledger.csv"):
        with opened(both, "subscriptions-*.json*", invoices=(name,)) as export:
            ledgers.append(
                {str(record.facts["subscription_id"]): record.ledger for record in export.records()}
            )
            assert list(export.rejected()) == []
    assert ledgers[0] == ledgers[1]
    whose = {invoice.is_shared for each in ledgers[0].values() if each for invoice in each.invoices}
    assert whose == {True, False}


def test_microsofts_invoices_are_no_export(profiles: ProfileSet) -> None:
    with pytest.raises(InputError), opened(profiles, "microsofts-invoices.json"):
        pass


def test_microsofts_invoices_are_no_debts_of_customers(profiles: ProfileSet) -> None:
    invoices = ("microsofts-invoices.json",)
    with (
        pytest.raises(InputError),
        opened(profiles, "subscriptions-list.json", invoices=invoices),
    ):
        pass


def test_the_generator_writes_what_is_committed(tmp_path: Path) -> None:
    script = ROOT / "fixtures" / "generate_exports.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    written = {path.name for path in tmp_path.iterdir()}
    assert written | {"README.md", "my-ledger.yaml"} == {path.name for path in FIXTURES.iterdir()}
    for name in written:
        assert unpacked(tmp_path / name) == unpacked(FIXTURES / name)


def unpacked(file: Path) -> bytes:
    """The content below compression, whose bytes differ between versions of zlib."""
    if file.suffix == ".gz":
        return gzip.decompress(file.read_bytes())
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return file.read_bytes()


def test_the_readme_names_every_file() -> None:
    text = (FIXTURES / "README.md").read_text(encoding="utf-8")
    for path in FIXTURES.iterdir():
        known = path.name in text or (path.suffix == ".xlsx" and "`.xlsx`" in text)
        assert known or path.name == "README.md"
