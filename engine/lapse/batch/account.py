"""`run.json`: what a run was asked, what it came to, and the fingerprints that tell runs apart.

It holds no clock reading: the same run writes the same bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from hashlib import sha256
from typing import Any

from lapse import __version__
from lapse.batch.columns import SHAPES
from lapse.batch.customers import LargeDebt, MoneySum
from lapse.batch.outputs import Format, Written
from lapse.batch.summary import (
    ActionCount,
    HeldCount,
    MissingFact,
    NotCoveredCount,
    RestingCount,
    Summary,
)
from lapse.record import (
    Assumed,
    CannotTell,
    Conflict,
    Doubt,
    InputRead,
    Intake,
    Joining,
    OnlyIn,
    Part,
    Unmatched,
    UnplacedHolds,
)

COUNTS = ("read", "decided", "rejected", "not_covered", "actions", "provider", "held")
COUNTED = (*COUNTS, "undetermined")
"""Of a summary's fields, those that stand under `counts`."""
OUTPUTS_EVER = frozenset(
    {"actions", "provider", "held", "undetermined", "rejected", "customers", "seen"}
)
"""What every version has written: a folder that lacks one of these is broken, not old."""


class Source(StrEnum):
    """Where a folder comes from: a run, or an import of what was done before."""

    RUN = "run"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides a run's results: equal ones give equal folders."""

    policies: str
    inputs: str
    history: str
    options: str
    as_of: str

    def differs_from(self, other: "Asked") -> tuple[str, ...]:
        """The names of what is not the same."""
        mine, theirs = asdict(self), asdict(other)
        return tuple(name for name in mine if mine[name] != theirs[name])


@dataclass(frozen=True, slots=True)
class Account:
    """What run.json says of a folder."""

    source: Source
    day: str
    asked: Asked
    summary: Summary
    format: Format
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


def account_in(content: bytes) -> Account | None:
    """What a run.json says, or null when it is none."""
    try:
        found = json.loads(content)
        return Account(
            Source(found["source"]),
            found["day"],
            Asked(**found["fingerprints"], as_of=found["as_of"]),
            _summary(found),
            Format(found["format"]),
            {name: Written(**found["outputs"][name]) for name in _outputs_told(found)},
            tuple(found["crossed"]),
            found.get("number"),
            _intake(found.get("intake")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
        return None


def _outputs_told(found: Mapping[str, Any]) -> list[str]:
    """The outputs that we read; earlier versions did not have all of them."""
    return [name for name in SHAPES if name in OUTPUTS_EVER or name in found["outputs"]]


def _summary(found: Mapping[str, Any]) -> Summary:
    told = {name: found[name] for name in (f.name for f in fields(Summary)) if name in found}
    told["joining"] = _joining(found["joining"])
    for name, kind in (
        ("by_action", ActionCount),
        ("held_by", HeldCount),
        ("not_covered_by", NotCoveredCount),
        ("missing_facts", MissingFact),
        ("money", MoneySum),
        ("largest_debts", LargeDebt),
        ("resting", RestingCount),
    ):
        told[name] = tuple(kind(**_with_decimals(item)) for item in found.get(name, ()))
    return Summary(**found["counts"], **told)


def _intake(found: Mapping[str, Any] | None) -> Intake | None:
    if found is None:
        return None
    parts = {
        name: {gives: Part(**part) for gives, part in found[name].items()}
        for name in ("rejected", "unmatched")
    }
    return Intake(**{**found, **parts})


def _joining(found: Mapping[str, Any]) -> Joining:
    kinds: Mapping[str, type] = {
        "inputs": InputRead,
        "conflicts": Conflict,
        "only_in": OnlyIn,
        "unmatched": Unmatched,
        "assumed": Assumed,
        "cannot_tell": CannotTell,
        "doubts": Doubt,
        "unplaced_holds": UnplacedHolds,
    }
    return Joining(
        **{
            name: tuple(
                kind(**{k: _frozen(v) for k, v in item.items()}) for item in found.get(name, ())
            )
            for name, kind in kinds.items()
        }
    )


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _with_decimals(item: Mapping[str, Any]) -> dict[str, Any]:
    """An object of run.json with its amounts, which JSON keeps as text."""
    amounts = {"debt", "debt_acted_on", "monthly_acted_on"}
    return {name: Decimal(v) if name in amounts else v for name, v in item.items()}
