"""What Microsoft changed from 2024 to 2026, as rows of its own exports, with a price list.

`fixtures/scenarios/` says in each subscription's `friendlyName` what it shows.
"""

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from lapse.cli import main

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "fixtures" / "scenarios"
KNOWN = ("debt=0", "past_due_since=none", "vip=no", "legal_hold=no")

Row = dict[str, str]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on the Monday on which it is told what is assumed of the ledger."""
    out = tmp_path_factory.mktemp("out")
    files = [str(path) for path in sorted(SCENARIOS.iterdir())]
    assumed = [f"--assume={each}" for each in KNOWN]
    policies = ["--policies", str(ROOT / "policies")]
    code = main(["run", *files, *policies, *assumed, "--as-of=2026-11-23", "--out", str(out)])
    assert code == 0
    return out / "2026-11-23"


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(night: Path, name: str) -> dict[int, list[str]]:
    """The rules, with their stages, that each subscription is named by in an output."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows(night / f"{name}.csv"):
        label = f"{row['rule']}@{row['stage']}" if row["stage"] else row["rule"]
        found[int(row["subscription_id"][-3:])].append(label)
    return {number: sorted(labels) for number, labels in sorted(found.items())}


def because(night: Path, rule: str) -> str:
    (reason,) = [row["because"] for row in rows(night / "actions.csv") if row["rule"] == rule]
    return reason


def test_what_we_do(night: Path) -> None:
    assert told(night, "actions") == {
        1: ["renewal_notice@7"],
        4: ["in_extended_term"],  # by the name of its SKU in the bill
        5: ["end_not_chosen", "extension_notice@7"],
        7: ["migration_notice@7"],
        9: ["request_resume_blocked"],
        10: ["request_three_years"],
        11: ["request_longer_term"],
        12: ["expiry_notice@7"],
        13: ["request_more_seats"],
    }
    assert rows(night / "held.csv") == []


def test_what_microsoft_does(night: Path) -> None:
    """Of number 2 nobody knows: it renews for a year, or Microsoft set it to be extended."""
    assert told(night, "provider") == {
        3: ["provider_renews"],
        4: ["provider_extends"],
        6: ["provider_expires"],
        8: ["provider_moves_to_new_commerce"],
    }


def test_what_no_file_tells_is_said_once(night: Path) -> None:
    (missing,) = json.loads((night / "run.json").read_text(encoding="utf-8"))["missing_facts"]
    assert (missing["fact"], missing["assume"]) == ("backfilled", "--assume backfilled=no")
    assert "provider_renews" in missing["rules"]


def test_the_notice_tells_the_amount_before_and_after(night: Path) -> None:
    assert "it is 63.00 EUR a month now, and 73.50 EUR for" in because(night, "renewal_notice")
    assert "paid by the month costs 5 % more" in because(night, "renewal_notice")


def test_reasons_are_handed_on_as_told(night: Path) -> None:
    reason = because(night, "request_resume_blocked")
    assert "of which Microsoft says: Fraud; Under investigation;" in reason


@pytest.mark.parametrize("rule", ["request_more_seats", "request_longer_term"])
def test_who_changes_something_at_once_learns_what_it_drops(night: Path, rule: str) -> None:
    assert "what was scheduled for the renewal is dropped" in because(night, rule)


def test_without_a_price_list_no_amount_is_told(tmp_path: Path) -> None:
    files = [str(SCENARIOS / name) for name in ("subscriptions.json", "own.csv")]
    policies = ["--policies", str(ROOT / "policies")]
    main(["run", *files, *policies, "--as-of=2026-11-23", "--out", str(tmp_path)])
    reason = because(tmp_path / "2026-11-23", "renewal_notice")
    assert "the next one costs what the price list then says" in reason
    assert "unknown" not in reason
