# ruff: noqa: T201, S311  its numbers are what it is for; the rows are no secrets
"""What a night costs: `README.md` beside this file tells the workload and what was measured.

Every process is new, and its CPU and memory are those that the system counts for it.
"""

import csv
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import duckdb

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)
CURRENCIES = {"NO": "NOK", "DE": "EUR", "US": "USD", "JP": "JPY", "CN": "CNY", "SE": "SEK"}
SIZES = [int(rows) for rows in os.environ.get("LAPSE_BENCH_ROWS", "10000,100000").split(",")]
MOST_SINGLY = 20_000
"""Above so many rows, deciding one by one is not waited for."""
KEPT = ".statements.json"
"""What a night leaves for later ones."""
PAST_DUE = 0.02


@dataclass(frozen=True)
class Used:
    """What a process took, and what it wrote of actions and provider, where that is asked."""

    cpu: float
    wall: float
    mb: float
    digest: str = ""


def test_nights(tmp_path: Path) -> None:
    print(f"\nDuckDB {duckdb.__version__}, {os.cpu_count()} processors")
    print(
        "\n| rows | read from | executor | CPU s | wall s | MB | µs a row | × limit | × reading |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for rows in SIZES:
        export = tmp_path / "export.csv"
        write(export, rows, PAST_DUE)
        columns = tmp_path / "export.parquet"
        duckdb.sql(f"COPY (FROM read_csv('{export}', all_varchar = true)) TO '{columns}'")
        for file in (export, columns):
            found = nights(file, rows, tmp_path)
            for name, used in found.items():
                ratios = (used.cpu / found[other].cpu for other in ("limit", "reading"))
                told = " | ".join(f"{ratio:.1f}" for ratio in ratios)
                each = f"{used.cpu:.2f} | {used.wall:.2f} | {used.mb:.0f}"
                each += f" | {used.cpu / rows * 1e6:.0f} | {told}"
                print(f"| {rows:,} | {file.suffix[1:]} | {name} | {each} |", flush=True)


def nights(file: Path, rows: int, folder: Path) -> dict[str, Used]:
    """One night on a file, by executor; only reading it; and the limit."""
    singly = ["direct", "reference", "durable"] if rows <= MOST_SINGLY else []
    runs = {name: night(file, name, folder) for name in ("duckdb", *singly)}
    runs["duckdb, later"] = night(file, "duckdb", folder, is_first=False)
    assert len({used.digest for used in runs.values()}) == 1
    bare = {
        "reading": script(READING, file),
        "limit": script(LIMIT, file, folder / "ready.parquet"),
    }
    return bare | runs


def night(
    export: Path, executor: str, folder: Path, *, is_first: bool = True, policies: str = "policies"
) -> Used:
    """A night into a new folder; one that is not the first finds what earlier ones kept."""
    out = folder / executor
    if not is_first:
        out.mkdir()
        shutil.copyfile(folder / KEPT, out / KEPT)
    words = [
        *(sys.executable, "-m", "lapse", "run", str(export), "--as-of", TODAY.isoformat()),
        *("--out", str(out), "--over-limit", "--executor", executor, "--policies", policies),
    ]
    used = process(words)
    of_day = out / TODAY.isoformat()
    files = sorted(path for path in of_day.iterdir() if path.suffix == ".csv")
    digest = sha256(
        b"".join(b"".join(sorted(each.read_bytes().splitlines())) for each in files)
    ).hexdigest()
    names = [str(of_day / f"{name}.csv") for name in ("actions", "provider")]
    ready = folder / "ready.parquet"
    duckdb.sql(f"COPY (FROM read_csv({names}, all_varchar = true)) TO '{ready}'")
    if (out / KEPT).exists():
        shutil.copyfile(out / KEPT, folder / KEPT)
    shutil.rmtree(out)
    return replace(used, digest=digest)


def script(text: str, *files: Path) -> Used:
    return process([sys.executable, "-c", text, *map(str, files)])


def process(words: Sequence[str]) -> Used:
    # Compiled modules are kept, as they are where the engine is installed.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, env=env) as running:
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    wall, mb = time.perf_counter() - start, used.ru_maxrss / 1024
    return Used(used.ru_utime + used.ru_stime, wall, mb)


READING = """
import duckdb, sys
rows = duckdb.sql(
    f"FROM read_csv('{sys.argv[1]}', all_varchar = true)"
    if sys.argv[1].endswith("csv") else f"FROM '{sys.argv[1]}'"
)
rows.aggregate(", ".join(f"sum(strlen({name}))" for name in rows.columns)).fetchall()
"""
LIMIT = (
    READING
    + """
duckdb.sql(f"COPY (FROM '{sys.argv[2]}') TO '{sys.argv[2]}.csv'")
"""
)


def write(file: Path, rows: int, share: float, markets: Mapping[str, str] = CURRENCIES) -> None:
    """An export of rows in markets, each with its currency; a share of them is past due."""
    draw = Random(1)
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for number in range(rows):
            customer = draw.randrange(rows // 10 + 1)
            market = [*markets][customer % len(markets)]
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
                *(f"{draw.randrange(5, 60)}.50", markets[market], "monthly", 12, start),
                *(start + timedelta(days=364), "yes", "no", "no", start),
                *(suspended, why, since, debt, int(bool(since)), "no", "no"),
                *[""] * len(BLANK),
            ])  # fmt: skip


BLANK = (
    *("seats_removable", "at_term_end", "cancelled_on", "deleted_on"),
    *("cancellable_until", "hold_until", "request", "requested_on"),
)
"""Without these columns nine rules would be undetermined in every row."""
COLUMNS = (
    *("subscription_id", "customer_id", "customer_name", "product"),
    *("segment", "market", "program", "status", "seats"),
    *("unit_price", "currency", "billing_cycle", "commitment_months", "term_start"),
    *("term_end", "auto_renew", "trial", "disputed", "purchased_on"),
    *("suspended_on", "suspended_for", "past_due_since", "debt", "unpaid_invoices"),
    *("vip", "extended"),
    *BLANK,
)
