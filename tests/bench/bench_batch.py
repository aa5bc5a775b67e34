# ruff: noqa: T201, S311  its numbers are what it is for; the rows are no secrets
"""CPU time and memory of a night in batches and row by row, on the same rows in one run.

The rows are of new commerce, legacy and other products in six markets, a tenth as many customers as
rows; of 100 rows a few are past due, and a third of those is suspended. Nothing was done before.
"""

import csv
import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)
CURRENCIES = {"NO": "NOK", "DE": "EUR", "US": "USD", "JP": "JPY", "CN": "CNY", "SE": "SEK"}
SIZES = (10_000, 50_000)
PAST_DUE = (0.01, 0.05)


def test_nights_in_batches_and_row_by_row(tmp_path: Path) -> None:
    print("\n| rows | past due | duckdb: CPU s | MB | direct: CPU s | MB | ratio |")
    print("|---|---|---|---|---|---|---|")
    for rows in SIZES:
        for share in PAST_DUE:
            export = tmp_path / "export.csv"
            write(export, rows, share)
            found = {name: night(export, name, tmp_path) for name in ("duckdb", "direct")}
            (batch, mb, written), (single, single_mb, expected) = found.values()
            assert written == expected
            told = f"{batch:.1f} | {mb:.0f} | {single:.1f} | {single_mb:.0f} | {single / batch:.1f}"
            print(f"| {rows:,} | {share:.0%} | {told} |")


def night(export: Path, executor: str, folder: Path) -> tuple[float, float, str]:
    """CPU seconds, the most memory in MB, and a digest of what was written."""
    out = folder / executor
    words = [
        *(sys.executable, "-m", "lapse", "run", str(export), "--as-of", TODAY.isoformat()),
        *("--out", str(out), "--over-limit", "--sort", "--executor", executor),
    ]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    files = sorted(path for path in out.rglob("*") if path.is_file())
    digest = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    shutil.rmtree(out)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, digest


def write(file: Path, rows: int, share: float) -> None:
    draw = Random(1)
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for number in range(rows):
            customer, market = draw.randrange(rows // 10 + 1), draw.choice([*CURRENCIES])
            program = draw.choice(("nce", "nce", "nce", "legacy", "other"))
            start = TODAY - timedelta(days=draw.randrange(40, 300))
            status, suspended, why, since, debt = "active", "", "", "", "0"
            if draw.random() < share:
                since = str(TODAY - timedelta(days=draw.randrange(1, 60)))
                debt = f"{draw.randrange(100, 90_000)}.00"
                if draw.random() < 1 / 3:
                    suspended = str(TODAY - timedelta(days=draw.randrange(1, 60)))
                    status, why = "suspended", "debt"
            table.writerow([
                *(f"S-{number:08}", f"C-{customer}", f"Customer {customer}", "microsoft365"),
                *("commercial", market, program, status, draw.randrange(1, 300)),
                *(f"{draw.randrange(5, 60)}.50", CURRENCIES[market], "monthly", 12, start),
                *(start + timedelta(days=364), "yes", "no", "no", start),
                *(suspended, why, since, debt, int(bool(since)), "no", "no"),
            ])  # fmt: skip


COLUMNS = (
    *("subscription_id", "customer_id", "customer_name", "product"),
    *("segment", "market", "program", "status", "seats"),
    *("unit_price", "currency", "billing_cycle", "commitment_months", "term_start"),
    *("term_end", "auto_renew", "trial", "disputed", "purchased_on"),
    *("suspended_on", "suspended_for", "past_due_since", "debt", "unpaid_invoices"),
    *("vip", "extended"),
)
