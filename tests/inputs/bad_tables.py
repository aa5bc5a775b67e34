"""Tables of each kind with the same troubles in them, written in each format."""

import csv
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import duckdb
from tests.inputs.workbooks import header, row, text, workbook

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table: a sound row, and for each trouble what is put in it and the code of it.

    `names` is the column by which its rows are told apart; `has_one_row` says that a row may stand
    twice. An `option` is that by which it is given.
    """

    profile: str
    names: str
    sound: Cells
    troubles: Sequence[tuple[Cells, str]]
    fine: Sequence[Cells] = ()
    option: str = ""
    has_one_row: bool = False
    _ids: str = field(default="5ab5{:04}-0000-4000-8000-000000000000")

    def rows(self) -> list[Cells]:
        """A sound row, one for each trouble, those that only look odd, and a sound row."""
        changes: list[Cells] = [{}, *(cells for cells, _ in self.troubles), *self.fine, {}]
        numbered = enumerate(changes)
        return [{**self.sound, self.names: self._ids.format(n), **cells} for n, cells in numbered]

    def expected(self) -> list[tuple[int, str]]:
        return [(number, code) for number, (_, code) in enumerate(self.troubles, start=2)]


SUBSCRIPTIONS = Kind(
    "canonical",
    "subscription_id",
    {
        "subscription_id": "",
        "customer_name": "Fjordlys",
        "seats": "25",
        "unit_price": "12.50 EUR",
        "term_end": "2026-11-30",
        "auto_renew": "yes",
        "status": "active",
    },
    [
        ({"seats": "12,5"}, "bad-number"),
        ({"seats": "'25"}, "bad-number"),
        ({"seats": "1e400"}, "bad-number"),
        ({"unit_price": "1.234,50"}, "bad-money"),
        ({"unit_price": "12,50"}, "bad-money"),
        ({"unit_price": "=1+1"}, "bad-money"),
        ({"term_end": "30.11.2026"}, "bad-date"),
        ({"term_end": "11/30/2026"}, "bad-date"),
        ({"term_end": "2026-02-30"}, "bad-date"),
        ({"auto_renew": "ja"}, "bad-flag"),
        ({"status": "sleeping"}, "bad-choice"),
        ({"subscription_id": " "}, "missing-id"),
        ({"subscription_id": "twice"}, "duplicate-id"),
        ({"subscription_id": "twice"}, "duplicate-id"),
    ],
    [{"customer_name": "=HYPERLINK(1)"}, {"customer_name": "'Abc"}, {"customer_name": "…"}],
)
INVOICES = Kind(
    "canonical",
    "invoice_id",
    {
        "invoice_id": "",
        "subscription_id": "s-1",
        "due_date": "2026-11-08",
        "balance": "100.50",
        "currency": "EUR",
        "status": "open",
    },
    [
        ({"balance": "1.234,50"}, "bad-money"),
        ({"balance": "'100.50"}, "bad-money"),
        ({"balance": ""}, "missing-cell"),
        ({"due_date": "08.11.2026"}, "bad-date"),
        ({"due_date": "11/8/2026"}, "bad-date"),
        ({"due_date": ""}, "missing-cell"),
        ({"currency": "€"}, "bad-code"),
        ({"status": "offen"}, "bad-choice"),
        ({"subscription_id": ""}, "missing-id"),
        ({"invoice_id": "twice"}, "duplicate-id"),
        ({"invoice_id": "twice"}, "duplicate-id"),
    ],
    [{"balance": "-100.50"}],
    "invoices",
)
HOLDS = Kind(
    "canonical",
    "reason",
    {"subscription_id": "s-1", "hold_until": "2026-12-15", "owner": "Kari", "reason": ""},
    [
        ({"hold_until": "15.12.2026"}, "bad-date"),
        ({"hold_until": "12/15/2026"}, "bad-date"),
        ({"hold_until": "soon"}, "bad-date"),
        ({"subscription_id": ""}, "missing-id"),
    ],
    [{"hold_until": ""}, {"hold_until": "9999-12-31"}, {"owner": "=1+1"}],
    "holds",
)
PARTNER_CENTER = Kind(
    "partner-center-subscriptions",
    "id",
    {
        "id": "",
        "status": "active",
        "quantity": "25",
        "unitType": "Licenses",
        "creationDate": "2025-12-01T09:30:15.0966728Z",
        "effectiveStartDate": "2025-12-01T00:00:00Z",
        "commitmentEndDate": "2026-11-30T00:00:00Z",
        "autoRenewEnabled": "true",
    },
    [
        ({"quantity": "12,5"}, "bad-number"),
        ({"creationDate": "01.12.2025"}, "bad-date"),
        ({"commitmentEndDate": "11/30/2026"}, "bad-date"),
        ({"commitmentEndDate": "2026-02-30T00:00:00Z"}, "bad-date"),
        ({"status": "sleeping"}, "bad-choice"),
        ({"autoRenewEnabled": "ja"}, "bad-flag"),
        ({"id": ""}, "missing-id"),
        ({"id": "twice"}, "duplicate-id"),
        ({"id": "TWICE"}, "duplicate-id"),
    ],
    [{"quantity": "'25"}, {"quantity": '="25"'}, {"commitmentEndDate": "9999-12-31T00:00:00Z"}],
)
NCE = Kind(
    "nce-reconciliation",
    "SubscriptionId",
    {
        "SubscriptionId": "",
        "CustomerId": "c0570001-0000-4000-8000-000000000001",
        "CustomerCountry": "NO",
        "ProductId": "CFQ7TTC0XA01",
        "SkuId": "1",
        "ChargeType": "cycleCharge",
        "ChargeStartDate": "9/1/2026",
        "Quantity": "25",
        "TermAndBillingCycle": "One-Year commitment for monthly/yearly billing",
        "EffectiveUnitPrice": "229.50",
        "PricingCurrency": "NOK",
        "BillingFrequency": "Monthly",
        "SubscriptionStartDate": "3/1/2026",
        "SubscriptionEndDate": "2/28/2027",
    },
    [
        ({"Quantity": "12,5"}, "bad-number"),
        ({"EffectiveUnitPrice": "229,50"}, "bad-money"),
        ({"EffectiveUnitPrice": "1.229,50"}, "bad-money"),
        ({"SubscriptionStartDate": "1.3.2026"}, "bad-date"),
        ({"SubscriptionStartDate": "13/13/2026"}, "bad-date"),
        ({"SubscriptionEndDate": "2027-02-29"}, "bad-date"),
        ({"CustomerCountry": "Norway"}, "bad-code"),
        ({"SubscriptionId": ""}, "missing-id"),
    ],
    [
        {"Quantity": "'25"},
        {"SubscriptionStartDate": "2026-03-01"},
        {"SubscriptionEndDate": "2/28/2027 12:00:00 AM"},
        {"Quantity": "0E-20"},
    ],
    has_one_row=True,
)
KINDS = {
    "subscriptions": SUBSCRIPTIONS,
    "invoices": INVOICES,
    "holds": HOLDS,
    "partner center": PARTNER_CENTER,
    "nce reconciliation": NCE,
}


def as_csv(rows: Sequence[Cells], delimiter: str = ",") -> bytes:
    file = StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return file.getvalue().encode()


def as_parquet(rows: Sequence[Cells], names: Sequence[str] = ()) -> bytes:
    columns = [*(names or rows[0])]
    typed = ", ".join(f'"{name}" VARCHAR' for name in columns)
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({typed})")
        for each in rows:
            marks = ", ".join("?" * len(columns))
            connection.execute(f"INSERT INTO t VALUES ({marks})", [*each.values()])  # noqa: S608
        path = Path(folder) / "t.parquet"
        connection.execute(f"COPY t TO '{path}'")
        return path.read_bytes()


def as_workbook(rows: Sequence[Cells]) -> bytes:
    lines = [dict(zip(rows[0], rows[0], strict=True)), *rows]
    sheet = [
        row(
            at, *(text(f"{chr(ord('A') + n)}{at}", escape(c)) for n, c in enumerate(cells.values()))
        )
        for at, cells in enumerate(lines, start=1)
    ]
    return workbook({"Sheet1": "".join(sheet)})


def as_lines(rows: Sequence[Cells]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def as_document(rows: Sequence[Cells]) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


TEXT_FORMATS: Mapping[str, Callable[[Sequence[Cells]], bytes]] = {
    "csv": as_csv,
    "tsv": lambda rows: as_csv(rows, "\t"),
    "json": as_document,
    "jsonl": as_lines,
}
FORMATS: Mapping[str, Callable[[Sequence[Cells]], bytes]] = {
    **TEXT_FORMATS,
    "xlsx": as_workbook,
    "parquet": as_parquet,
    "csv.gz": lambda rows: gzip.compress(as_csv(rows), mtime=0),
    "jsonl.gz": lambda rows: gzip.compress(as_lines(rows), mtime=0),
}


def header_alone(ending: str, names: Sequence[str] | Cells) -> bytes:
    """A table of these columns that has no rows; not in JSON, whose rows name them."""
    if ending == "parquet":
        return as_parquet([], tuple(names))
    if ending == "xlsx":
        return workbook({"Sheet1": header(*names)})
    line = ("\t" if ending == "tsv" else ",").join(names).encode() + b"\n"
    return gzip.compress(line, mtime=0) if ending.endswith(".gz") else line
