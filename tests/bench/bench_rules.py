# ruff: noqa: T201  its numbers are what it is for
"""How a night grows with rules and with markets, and beside the same rules in Polars.

`README.md` beside this file tells what was measured. All lines are of the same rows as Parquet.
"""

import csv
import shutil
import sys
from itertools import product
from pathlib import Path
from string import ascii_uppercase

import duckdb
from tests.bench.bench_batch import CURRENCIES, PAST_DUE, SIZES, TODAY, Used, night, process, write

HERE = Path(__file__).parent
SEVEN = HERE / "seven"
CODES = [
    code for code in map("".join, product(ascii_uppercase, repeat=2)) if code not in CURRENCIES
]


def test_rules_and_markets(tmp_path: Path) -> None:
    rows = max(SIZES)
    print("\n| rows | rules | markets | by | CPU s | wall s | MB |\n|---|---|---|---|---|---|---|")
    for markets in (len(CURRENCIES), 50, 200):
        named = {**CURRENCIES, **dict.fromkeys(CODES[: markets - len(CURRENCIES)], "EUR")}
        export = as_parquet(tmp_path, rows, named)
        policies = with_markets(tmp_path / f"seven{markets}", named)
        show(rows, "7", markets, "lapse", night(export, "duckdb", tmp_path, policies=policies))
        if named.keys() == CURRENCIES.keys():
            show(rows, "7", markets, "Polars", in_polars(export, tmp_path))
            show(rows, "whole set", markets, "lapse", night(export, "duckdb", tmp_path))


def show(rows: int, rules: str, markets: int, by: str, used: Used) -> None:
    each = f"{used.cpu:.2f} | {used.wall:.2f} | {used.mb:.0f}"
    print(f"| {rows:,} | {rules} | {markets} | {by} | {each} |", flush=True)


def as_parquet(folder: Path, rows: int, markets: dict[str, str]) -> Path:
    export = folder / "export.csv"
    write(export, rows, PAST_DUE, markets)
    columns = folder / "export.parquet"
    duckdb.sql(f"COPY (FROM read_csv('{export}', all_varchar = true)) TO '{columns}'")
    return columns


def with_markets(folder: Path, markets: dict[str, str]) -> str:
    """The seven rules with a layer of its own for each market; where it had one, that stays."""
    shutil.copytree(SEVEN, folder)
    own = {"NO", "JP"}
    for number, market in enumerate(each for each in markets if each not in own):
        layer = f"layer: {market}\napplies_to: {{market: {market}}}\n"
        terms = f"terms: {{retention_days: {30 + number % 60}}}\n"
        (folder / f"market-{market}.yaml").write_text(layer + terms, encoding="utf-8")
    return str(folder)


def in_polars(export: Path, folder: Path) -> Used:
    """The same rules by hand; the same orders as `lapse` gives, or the bench fails."""
    out = folder / "polars.csv"
    script = HERE / "in_polars.py"
    used = process([sys.executable, str(script), str(export), TODAY.isoformat(), str(out)])
    runs = folder / "ours"
    words = ("run", str(export), "--as-of", TODAY.isoformat(), "--out", str(runs), "--over-limit")
    process([sys.executable, "-m", "lapse", *words, "--policies", str(SEVEN)])
    assert ids(out) == ids(runs / TODAY.isoformat() / "actions.csv")
    return used


def ids(file: Path) -> set[str]:
    with file.open(encoding="utf-8", newline="") as rows:
        return {row["action_id"] for row in csv.DictReader(rows)}
