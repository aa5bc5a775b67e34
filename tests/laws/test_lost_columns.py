"""A file that has lost a column, or calls one by another name, never makes an action with harm.

Two nights are run, for a suspension waits for a reminder. The profile of the ledger leaves as much
as it can to constants and conditions. What a catalogue assumes of facts without a column is no harm
of the file's.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from lapse.cli import main
from lapse.policy import load

ROOT = Path(__file__).parents[2]
READ_ONCE = cache(load.load)
POLICIES = str(ROOT / "policies")
NIGHTS = ("2026-11-23", "2026-11-27")
REFUSED = 3
HARM = frozenset(
    {"suspend", "delete", "cancel", "expire", "disable", "renew", "extend", "allow", "refuse"}
)

PROFILE = """
profile: open-items
about: "what our customers owe, a row for each open item"
gives: invoices
dates: [day.month.year]
decimals: comma
facts:
  invoice_id: Nummer
  subscription_id: Vertrag
  customer_id: [Debitor, Konto]
  due_date: Faelligkeit
  balance: Offen
  currency: [{column: Waehrung, map: {kr: NOK}}, {value: NOK}]
  status:
    - {value: disputed, where: {Mahnsperre: [J, S]}}
    - {value: paid, where: {Ausgleich: "A*"}}
    - {value: open}
"""
LEDGER = """\
Nummer;Vertrag;Debitor;Konto;Faelligkeit;Offen;Waehrung;Mahnsperre;Ausgleich
1;s-1;c-1;c-1;01.11.2026;2.000,00;kr;;
2;s-2;c-1;c-1;01.11.2026;2.000,00;kr;J;
3;;c-2;c-2;01.11.2026;500,00;kr;;
4;;c-3;c-3;01.11.2026;500,00;kr;;A 17
5;s-5;c-4;c-4;01.11.2026;5,00;kr;;
6;s-5;c-4;c-4;01.11.2026;-5,00;kr;;
7;s-6;c-5;c-5;01.11.2026;700,00;kr;;
7;s-6;c-5;c-5;01.11.2026;700,00;kr;;
"""
PLAIN = """\
invoice_id,subscription_id,customer_id,due_date,balance,currency,status,note
1,s-1,c-1,2026-11-01,2000,NOK,open,
2,s-2,c-1,2026-11-01,2000,NOK,disputed,
3,,c-2,2026-11-01,500,NOK,open,
4,,c-3,2026-11-01,500,NOK,paid,
5,s-5,c-4,2026-11-01,5,NOK,open,
6,s-5,c-4,2026-11-01,-5,NOK,open,
7,s-6,c-5,2026-11-01,700,,open,
"""
_COLUMNS = (
    "subscription_id,customer_id,market,segment,program,status,seats,unit_price,currency,"
    "term_start,term_end,commitment_months,billing_cycle,auto_renew,trial,disputed,vip,legal_hold,"
    "hold_until,purchased_on,at_term_end,suspended_on,suspended_for,request,product"
)
_REST = "NO,commercial,legacy,active,5,100,NOK,2026-03-01,2027-02-28,12,monthly,yes,no,no,no,no"
ESTATE = _COLUMNS + "".join(
    f"\n{id_},{customer},{_REST},,2026-03-01,,,,,office365"
    for id_, customer in (
        *(("s-1", "c-1"), ("s-2", "c-1"), ("s-3", "c-2"), ("s-4", "c-3")),
        *(("s-5", "c-4"), ("s-6", "c-5"), ("s-7", "c-1")),
    )
)

Harm = frozenset[tuple[str, str]]


def harms(folder: Path, exports: Sequence[str], *more: str) -> Harm | None:
    """Who is harmed and how, in all nights; null where a run is refused."""
    out = folder / "out"
    found: set[tuple[str, str]] = set()
    for day in NIGHTS:
        options = ("--policies", POLICIES, "--as-of", day, "--out", str(out), "--over-limit")
        code = main(["run", *exports, *more, *options, "--despite", "same_inputs"])
        if code == REFUSED:
            return None
        with (out / day / "actions.csv").open(encoding="utf-8", newline="") as file:
            found |= {(row["subscription_id"], row["action"]) for row in csv.DictReader(file)}
    return frozenset(pair for pair in found if pair[1] in HARM)


def losses(text: str, mark: str, *, is_renamed: bool = True) -> Iterator[tuple[str, str]]:
    """The text without each of its columns, and with each of them called by another name."""
    names, *rows = csv.reader(io.StringIO(text), delimiter=mark)
    for place, name in enumerate(names):
        table = [names, *rows]
        yield f"without {name}", delimited([row[:place] + row[place + 1 :] for row in table], mark)
        if is_renamed:
            other = [*names[:place], f"X{name}2", *names[place + 1 :]]
            yield f"{name} renamed", delimited([other, *rows], mark)


def delimited(rows: Iterable[Sequence[str]], mark: str) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=mark, lineterminator="\n").writerows(rows)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Folder:
    """An estate with its ledger, of which columns are taken away."""

    path: Path

    def harm(self, name: str, *, export: str = ESTATE, ledger: str = LEDGER) -> Harm | None:
        folder = self.path / name.replace(" ", "-")
        folder.mkdir()
        for file, text in (("estate.csv", export), ("led.csv", ledger), ("led.yaml", PROFILE)):
            (folder / file).write_text(text, encoding="utf-8")
        given = str(folder / "led.csv")
        by = ("--profile", f"{given}={folder / 'led.yaml'}") if ";" in ledger else ()
        return harms(folder, [str(folder / "estate.csv")], "--invoices", given, *by)


@pytest.fixture(autouse=True)
def _policies_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes most of each night's time is not what is tested."""
    monkeypatch.setattr(load, "load", READ_ONCE)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


SUSPENDED = frozenset({("s-1", "suspend"), ("s-3", "suspend")})


def test_a_lost_column_never_adds_harm_in_a_ledger_read_by_a_profile(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.harm("whole") == SUSPENDED
    for name, text in losses(LEDGER, ";"):
        assert (folder.harm(name, ledger=text) or frozenset()) <= SUSPENDED, name
    assert "missing-column" in capsys.readouterr().err


def test_a_lost_column_never_adds_harm_in_an_export_without_a_profile(folder: Folder) -> None:
    for name, text in losses(ESTATE, ",", is_renamed=False):
        assert (folder.harm(name, export=text) or frozenset()) <= SUSPENDED, name


def test_a_lost_column_never_adds_harm_in_a_ledger_without_a_profile(folder: Folder) -> None:
    """But its `subscription_id`: without that column an item is owed for all of its customer's."""
    assert folder.harm("whole", ledger=PLAIN) == SUSPENDED
    for name, text in losses(PLAIN, ",", is_renamed=False):
        if name != "without subscription_id":
            assert (folder.harm(name, ledger=text) or frozenset()) <= SUSPENDED, name
