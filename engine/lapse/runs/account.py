"""`run.json`: what a run was asked, what it came to, and the fingerprints that tell runs apart.

It holds no clock reading: the same run writes the same bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from lapse import __version__
from lapse.model.record import Intake
from lapse.model.tables import LAYOUTS
from lapse.runs.customers import LargeDebt, MoneySum
from lapse.runs.kept_json import ShapeError, decoded, shaped
from lapse.runs.outputs import OutputFormat, Written
from lapse.runs.summary import Summary

MOST = Decimal(10) ** 20
"""No sum reaches it, and decimals of 28 digits can still show four places of one below it."""
COUNTS = ("read", "decided", "rejected", "not_covered", "actions", "provider", "held")
COUNTED = (*COUNTS, "undetermined")
"""Of a summary's fields, those that stand under `counts`."""
OUTPUTS_EVER = frozenset(
    {"actions", "provider", "held", "undetermined", "rejected", "customers", "seen"}
)
"""What every version has written: a folder that lacks one of these is broken, not old."""


class Origin(StrEnum):
    """Where a folder comes from: a run, or an import of what was done before."""

    RUN = "run"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Question:
    """What decides a run's results: equal ones give equal folders."""

    policies: str
    inputs: str
    history: str
    options: str
    as_of: str

    def differs_from(self, other: "Question") -> tuple[str, ...]:
        """The names of what is not the same."""
        mine, theirs = asdict(self), asdict(other)
        return tuple(name for name in mine if mine[name] != theirs[name])


@dataclass(frozen=True, slots=True)
class Account:
    """What run.json says of a folder."""

    source: Origin
    day: str
    asked: Question
    summary: Summary
    format: OutputFormat
    outputs: Mapping[str, Written]
    crossed: tuple[str, ...] = ()
    """The limits and guards that somebody let it cross."""
    number: int | None = 1
    """Which run of its day it was; null where the version that wrote it did not say."""
    intake: Intake | None = None
    """Null in a folder of an import, and of a version that kept none."""


def options_fingerprint(options: Mapping[str, object]) -> str:
    return sha256(json.dumps(options, sort_keys=True).encode()).hexdigest()


def account_text(account: Account) -> bytes:
    """The content of run.json."""
    fingerprints = asdict(account.asked)
    as_of = fingerprints.pop("as_of")
    told = asdict(account.summary)
    content = {
        "source": account.source,
        "version": __version__,
        "day": account.day,
        "number": account.number,
        "as_of": as_of,
        "format": account.format,
        "fingerprints": fingerprints,
        "counts": {name: told.pop(name) for name in COUNTED},
        **told,
        "crossed": account.crossed,
        "intake": None if account.intake is None else asdict(account.intake),
        "outputs": {name: asdict(written) for name, written in account.outputs.items()},
    }
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str)
    return (text + "\n").encode("utf-8", "replace")


def account_in(content: bytes) -> Account:
    """What a run.json says; `ShapeError` when it is none."""
    whole = decoded(content)
    asked, counts, outputs = (_part(whole, name) for name in ("fingerprints", "counts", "outputs"))
    if not outputs.keys() >= OUTPUTS_EVER:
        raise ShapeError("broken at `outputs`")
    account = {
        **whole,
        "asked": {**asked, "as_of": whole.get("as_of")},
        "summary": {**whole, **counts},
        "outputs": {name: outputs[name] for name in LAYOUTS if name in outputs},
        "number": whole.get("number"),  # earlier versions did not say it
    }
    told = shaped(account, Account)
    sums: tuple[MoneySum | LargeDebt, ...] = (*told.summary.money, *told.summary.largest_debts)
    for each in sums:
        amounts = (value for value in astuple(each) if isinstance(value, Decimal))
        if not all(amount.is_finite() and abs(amount) < MOST for amount in amounts):
            raise ShapeError("broken at an amount")
    return told


def _part(found: Mapping[str, object], name: str) -> dict[str, object]:
    part = found.get(name)
    if not isinstance(part, dict):
        raise ShapeError(f"broken at `{name}`")
    return part
