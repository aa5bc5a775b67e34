"""A file that has lost a column, or calls one by another name, never makes an action with harm.

Two nights are run, for a suspension waits for a reminder. What harm there is stands in the fixtures
and in a ledger of its own, whose profile leaves as much as it can to constants and conditions.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from lapse.cli import main

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
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
        code = main(["run", *exports, *more, *options])
        if code == REFUSED:
            return None
        with (out / day / "actions.csv").open(encoding="utf-8", newline="") as file:
            found |= {(row["subscription_id"], row["action"]) for row in csv.DictReader(file)}
    return frozenset(pair for pair in found if pair[1] in HARM)


def delimited(text: str, mark: str) -> tuple[list[str], list[list[str]]]:
    names, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=mark)
    return names, rows


def written(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]], mark: str) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=mark).writerows([names, *rows])
    return str(path)


def losses(text: str, mark: str) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """The text without each of its columns, and with each of them called by another name."""
    names, rows = delimited(text, mark)
    for place, name in enumerate(names):
        yield (
            f"without {name}",
            names[:place] + names[place + 1 :],
            [row[:place] + row[place + 1 :] for row in rows],
        )
        yield f"{name} renamed", [*names[:place], f"X{name}2", *names[place + 1 :]], rows


def test_a_lost_column_never_adds_harm_in_a_ledger_read_by_a_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "open-items.yaml"
    profile.write_text(PROFILE, encoding="utf-8")
    export = tmp_path / "estate.csv"
    export.write_text(ESTATE, encoding="utf-8")

    def harm(name: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> Harm | None:
        folder = tmp_path / name.replace(" ", "-")
        folder.mkdir()
        ledger = written(folder / "ledger.csv", names, rows, ";")
        named = ("--invoices", ledger, "--profile", f"{ledger}={profile}")
        return harms(folder, [str(export)], *named)

    whole = harm("whole", *delimited(LEDGER, ";"))
    assert whole is not None
    assert set(whole) == {("s-1", "suspend"), ("s-3", "suspend")}
    for name, names, rows in losses(LEDGER, ";"):
        assert (harm(name, names, rows) or frozenset()) <= whole, name
    assert "missing-column" in capsys.readouterr().err
