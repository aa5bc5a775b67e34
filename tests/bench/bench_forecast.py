# ruff: noqa: T201  its numbers are what it is for
"""What a year of an estate costs to foresee, in batches and one by one; as `bench_batch` has it."""

import os
import sys
from datetime import timedelta
from pathlib import Path

from tests.bench.bench_batch import PAST_DUE, TODAY, Used, process, write

SIZES = [int(rows) for rows in os.environ.get("LAPSE_BENCH_LIVES", "10000,50000").split(",")]
SINGLY = 1_000
"""So few are foreseen one by one."""
AHEAD = timedelta(days=365)


def test_a_year(tmp_path: Path) -> None:
    print("\n| rows | foreseen | CPU s | wall s | MB | µs a row | × one by one |")
    print("|---|---|---|---|---|---|---|")
    singly = foreseen(SINGLY, tmp_path)
    for rows in (SINGLY, *SIZES):
        used = singly if rows == SINGLY else foreseen(rows, tmp_path)
        each, how = used.cpu / rows * 1e6, "one by one" if rows == SINGLY else "in batches"
        ratio = used.cpu / rows / (singly.cpu / SINGLY)
        told = f"{used.cpu:.1f} | {used.wall:.1f} | {used.mb:.0f} | {each:,.0f} | {ratio:.2f}"
        print(f"| {rows:,} | {how} | {told} |", flush=True)


def foreseen(rows: int, folder: Path) -> Used:
    export = folder / f"{rows}.csv"
    write(export, rows, PAST_DUE)
    words = [
        *(sys.executable, "-m", "lapse", "forecast", str(export), "--as-of", TODAY.isoformat()),
        *("--until", (TODAY + AHEAD).isoformat(), "--out", str(folder / "none")),
    ]
    return process(words)
