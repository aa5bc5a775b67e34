"""`run.json`: what a run was asked, its results, and the fingerprints that tell runs apart.

It does not record when it was written, so the same run writes the same bytes.
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
from lapse.runs.kept_json import ShapeError, decoded, shaped
from lapse.runs.results.outputs import OutputFormat, Written
from lapse.runs.summary import LargeDebt, MoneySum, Summary

MOST = Decimal(10) ** 20
"""Amounts in run.json are below this, so that 28 digits have room for four decimal places."""
COUNTS = ("read", "decided", "rejected", "not_covered", "actions", "provider", "held")
COUNTED = (*COUNTS, "undetermined")
"""The fields of a summary that run.json has under `counts`."""
OUTPUTS_EVER = frozenset(
    {"actions", "provider", "held", "undetermined", "rejected", "customers", "seen"}
)
"""The outputs of every version; a folder without one of them is broken, not old."""


class Origin(StrEnum):
    """The source of a folder: a run, or an import of earlier actions."""

    RUN = "run"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Question:
    """All that decides a run's results: fingerprints, and the day or instant judged in ISO form."""

    policies: str
    inputs: str
    history: str
    options: str
    as_of: str

    def differs_from(self, other: "Question") -> tuple[str, ...]:
        """The names of the fields that differ."""
        mine, theirs = asdict(self), asdict(other)
        return tuple(name for name in mine if mine[name] != theirs[name])


@dataclass(frozen=True, slots=True)
class Account:
    """The content of a folder's run.json."""

    source: Origin
    day: str
    asked: Question
    summary: Summary
    format: OutputFormat
    outputs: Mapping[str, Written]
    crossed: tuple[str, ...] = ()
    """The guards and limits that it crossed and somebody lifted, in words."""
    number: int | None = 1
    """Which run of its day it was, from 1; null where an earlier version did not record it."""
    intake: Intake | None = None
    """Null for an import, and where an earlier version did not record it."""


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
    """Reads the content of a run.json; raises `ShapeError` if it is broken."""
    whole = decoded(content)
    asked, counts, outputs = (_part(whole, name) for name in ("fingerprints", "counts", "outputs"))
    if not outputs.keys() >= OUTPUTS_EVER:
        raise ShapeError("broken at `outputs`")
    account = {
        **whole,
        "asked": {**asked, "as_of": whole.get("as_of")},
        "summary": {**whole, **counts},
        "outputs": {name: outputs[name] for name in LAYOUTS if name in outputs},
        "number": whole.get("number"),  # earlier versions did not record it
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
