# ruff: noqa: T201  its numbers are what it is for
"""What a profile costs: a million rows of Microsoft's shape beside as many canonical ones.

Each pair has the same subscriptions; opening, checking and handing on every record is measured, in
CPU seconds of one process each, for the machines are noisy.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROWS = 1_000_000
ROOT = Path(__file__).parents[2]
READ = """
import resource, sys, time
from datetime import date
from pathlib import Path
from lapse.policy.profiles.load import load_profiles
from lapse.inputs.reading import Also, open_exports
from lapse.model.facts import vocabulary
words = vocabulary()
also = Also(profiles=load_profiles(Path(sys.argv[2]), words).profiles, as_of=date(2026, 11, 23))
began = time.process_time()
with open_exports([sys.argv[1]], words, also) as export:
    rows = sum(1 for _ in export.records())
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(rows, export.groups[0].shape.name, time.process_time() - began, memory)
"""


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_profile_costs_little_more_than_canonical_columns(tmp_path: Path, ending: str) -> None:
    canonical, vendors = tmp_path / f"canonical.{ending}", tmp_path / f"vendors.{ending}"
    write(canonical, map(canonical_row, range(ROWS)), ending)
    rows = reconciliation_row if ending == "csv" else partner_center_row
    write(vendors, map(rows, range(ROWS)), ending)
    usual, mapped = cpu_seconds(canonical), cpu_seconds(vendors)
    sizes = [path.stat().st_size / 2**20 for path in (canonical, vendors)]
    print(
        f"\n{ending}, {ROWS} rows: canonical {usual:.1f} CPU s ({sizes[0]:.0f} MB), "
        f"profile {mapped:.1f} CPU s ({sizes[1]:.0f} MB): {mapped / usual:.2f} ×"
    )


def cpu_seconds(path: Path) -> float:
    command = [sys.executable, "-c", READ, str(path), str(ROOT / "policies")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rows, name, seconds, memory = done.stdout.split()
    assert int(rows) == ROWS
    print(f"{name}: {float(seconds):.1f} CPU s, {memory} MB")
    return float(seconds)


def write(path: Path, rows: Iterator[Mapping[str, object]], ending: str) -> None:
    """Plain CSV, in which no cell needs quotes, or JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows):
            if ending == "jsonl":
                file.write(json.dumps(row) + "\n")
                continue
            if not number:
                file.write(",".join(row) + "\n")
            file.write(",".join(map(str, row.values())) + "\n")


def ids(number: int) -> tuple[str, str]:
    return f"{number:08x}-0000-4000-8000-{number:012x}", f"{number // 3:08x}-1111-4000-8000-0"


def canonical_row(number: int) -> Mapping[str, object]:
    subscription, customer = ids(number)
    return {
        "subscription_id": subscription,
        "customer_id": customer,
        "customer_name": f"Customer {number // 3}",
        "market": "NO",
        "product": "CFQ7TTC0XA01:0001",
        "product_name": "Microsoft 365 Business Premium",
        "program": "nce",
        "status": "active",
        "seats": 1 + number % 300,
        "unit_price": "43.20 NOK",
        "currency": "NOK",
        "billing_cycle": "monthly",
        "commitment_months": 12,
        "term_start": "2026-03-01",
        "term_end": "2027-02-28",
        "purchased_on": "2025-03-01",
        "auto_renew": "yes",
        "trial": "no",
    }


def reconciliation_row(number: int) -> Mapping[str, object]:
    """As new commerce bills it, with the columns that say something."""
    subscription, customer = ids(number)
    return {
        "PartnerId": "0c0ffee0-2222-4000-8000-000000000000",
        "CustomerId": customer.upper(),
        "CustomerName": f"Customer {number // 3}",
        "CustomerCountry": "NO",
        "InvoiceNumber": "G000000001",
        "ProductId": "CFQ7TTC0XA01",
        "SkuId": "1",
        "ProductName": "Microsoft 365 Business Premium",
        "ChargeType": "cycleCharge",
        "UnitPrice": "48",
        "Quantity": 1 + number % 300,
        "Currency": "NOK",
        "SubscriptionId": subscription,
        "ChargeStartDate": "11/1/2026",
        "ChargeEndDate": "11/30/2026",
        "TermAndBillingCycle": "One-Year commitment for monthly/yearly billing",
        "EffectiveUnitPrice": "43.2",
        "BillableQuantity": 1 + number % 300,
        "BillingFrequency": "Monthly",
        "PricingCurrency": "NOK",
        "SubscriptionStartDate": "3/1/2026",
        "SubscriptionEndDate": "2/28/2027",
    }


def partner_center_row(number: int) -> Mapping[str, object]:
    """As the Partner Center API tells it."""
    subscription, customer = ids(number)
    return {
        "id": subscription,
        "offerId": "CFQ7TTC0XA01:0001:CFQ7TTC0XAV1",
        "offerName": "Microsoft 365 Business Premium",
        "productType": {"id": "OnlineServicesNCE"},
        "quantity": 1 + number % 300,
        "unitType": "Licenses",
        "creationDate": "2025-03-01T16:57:15.0966728Z",
        "effectiveStartDate": "2026-03-01T00:00:00Z",
        "commitmentEndDate": "2027-02-28T00:00:00Z",
        "status": "active",
        "autoRenewEnabled": True,
        "isTrial": False,
        "billingCycle": "monthly",
        "termDuration": "P1Y",
        "links": {
            "product": {"uri": "/products/CFQ7TTC0XA01?country=NO"},
            "self": {"uri": f"/customers/{customer}/subscriptions/{subscription}"},
        },
    }
