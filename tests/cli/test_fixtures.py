"""Every row of `fixtures/subscriptions.csv` says in its note what is expected of it.

A note reads `why it is there -> outcome`: actions, then `provider:`, `held:` and `undetermined:`
each with a rule, joined by `; `; or `nothing`, `not covered`, or the whole note is `rejected: why`.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from lapse.cli import main

ROOT = Path(__file__).parents[2]
EXPORT = ROOT / "fixtures" / "subscriptions.csv"
MANY = 12
"""Where so many rules are undetermined, the note says `undetermined: most rules`."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one run on a Monday makes of each subscription, in the words of the notes."""
    out = tmp_path_factory.mktemp("out")
    policies = ["--policies", str(ROOT / "policies")]
    code = main(["run", str(EXPORT), *policies, "--as-of", "2026-11-23", "--out", str(out)])
    assert code == 1  # some rows are rejected on purpose
    found: defaultdict[str, list[str]] = defaultdict(list)
    for id_, outcome in told(out / "2026-11-23"):
        found[id_].append(outcome)
    return {id_: shortened(outcomes) for id_, outcomes in found.items()}


def told(folder: Path) -> Iterator[tuple[str, str]]:
    for name, word in (("actions", ""), ("provider", "provider: "), ("held", "held: ")):
        for row in rows(folder / f"{name}.csv"):
            label = f"{row['rule']}@{row['stage']}" if row["stage"] else row["rule"]
            held_by = f" ({row['held_by']})" if name == "held" else ""
            yield row["subscription_id"], f"{word}{label}{held_by}"
    for row in rows(folder / "undetermined.csv"):
        yield row["subscription_id"], f"undetermined: {row['rule']}"
    for row in rows(folder / "rejected.csv"):
        yield row["subscription_id"], "rejected"


def shortened(outcomes: list[str]) -> str:
    lacking = [outcome for outcome in outcomes if outcome.startswith("undetermined")]
    if len(lacking) > MANY:
        return "undetermined: most rules"
    return "; ".join(dict.fromkeys(outcomes))


def test_each_row_comes_out_as_its_note_says(outcomes: dict[str, str]) -> None:
    wrong = []
    for row in rows(EXPORT):
        expected = row["note"].partition(" -> ")[2] or row["note"].partition(":")[0]
        outcome = outcomes.get(row["subscription_id"], "nothing")
        if expected != outcome and (expected, outcome) != ("not covered", "nothing"):
            wrong.append(f"{row['subscription_id']}: {row['note']}, but found {outcome}")
    assert wrong == []


def test_every_state_and_market_is_there() -> None:
    found = rows(EXPORT)
    assert len(found) >= 200
    statuses = {row["status"] for row in found}
    assert statuses >= {
        "active",
        "suspended",
        "expired",
        "disabled",
        "cancelled",
        "deleted",
        "pending",
    }
    assert {row["market"] for row in found} >= {"NO", "DE", "US", "CN", "SE", "GB", "FR", ""}
