# ruff: noqa: T201  its numbers are what it is for
"""Wall time of the commands that people wait for, beside that of starting Python alone."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DAY = "2026-11-23"
TRIES = 5


def test_commands_answer_at_once(tmp_path: Path) -> None:
    wide = tmp_path / "wide"
    two_hundred_markets(wide)
    start = best([sys.executable, "-c", "pass"])
    print(f"\npython -c pass: {start:.2f} s")
    for name, words in {
        "--help": ["--help"],
        "check of the shipped set": ["check", "policies"],
        "check of 200 more layers": ["check", str(wide)],
        "explain": [
            *("explain", "fixtures/subscriptions.csv", "--as-of", DAY),
            *("--subscription", "S-NO-010", "--out", str(tmp_path / "none")),
        ],
    }.items():
        took = best([sys.executable, "-m", "lapse", *words])
        print(f"lapse {name}: {took:.2f} s, {took / start:.0f} × python")


def best(words: list[str]) -> float:
    """The least of a few tries, in seconds; the command must succeed."""
    found = []
    for _ in range(TRIES):
        began = time.perf_counter()
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
        found.append(time.perf_counter() - began)
    return min(found)


def two_hundred_markets(folder: Path) -> None:
    """The shipped set and a layer for each of 200 markets that it does not name."""
    for path in (ROOT / "policies").rglob("*.yaml"):
        target = folder / path.relative_to(ROOT / "policies")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    codes = [a + b for a in letters for b in letters if a + b not in {"NO", "DE", "US", "CN"}]
    for code in codes[:200]:
        (folder / "markets" / f"x-{code}.yaml").write_text(LAYER.replace("XX", code))


LAYER = """
layer: Market XX
applies_to: {market: XX}
terms:
  time_zone: Europe/Oslo
  calendar: DE
  grace_days: [{from: 2024-01-01, value: 14, source: example}, {from: 2027-01-01, value: 21}]
  notice_days: {value: [1, 7, 12], source: example}
  debt_tolerance: {EUR: 25, other: 0}
  renewal_notice_days: [60, 30, 7]
  trial_notice_days: [7, 1]
  seat_minimum: 1
rules:
  greet:
    track: seats
    step: 20
    when: {status: active, seats: {gt: 900}}
    do: flag
"""
