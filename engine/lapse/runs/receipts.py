"""Receipts of failed and done actions, and approvals; a failed action counts as not given."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lapse.model.place import having
from lapse.runs.failures import HistoryError, reading
from lapse.runs.kept_json import ShapeError, texts
from lapse.runs.private_files import make_private_folder, replace_private, sync

RECEIPTS = "receipts"
_NAME = re.compile(r"(\d{6,})\.(failed|done|approved)\.jsonl")


class ReceiptKind(StrEnum):
    FAILED = "failed"
    DONE = "done"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One order of one run: its id, and the name of the run's folder."""

    folder: str
    action_id: str


def failed_entries(out: Path) -> set[Entry]:
    """Every order that failed, by the latest receipt that names it."""
    failed: set[Entry] = set()
    for path, outcome in receipts(out):
        if outcome is ReceiptKind.APPROVED:
            continue
        told = {Entry(*line) for line in lines_of(path, fields=2)}
        failed = failed | told if outcome is ReceiptKind.FAILED else failed - told
    return failed


def store_receipt(out: Path, outcome: ReceiptKind, lines: Iterable[Sequence[str]]) -> Path:
    """Writes a receipt with the next number, whole or not at all; the caller must lock `out`."""
    folder = out / RECEIPTS
    make_private_folder(folder)
    numbers = [_number(path) for path, _ in receipts(out)]
    path = folder / f"{max(numbers, default=0) + 1:06d}.{outcome}.jsonl"
    content = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    replace_private(path, content)
    with having(f"`{path}` was written, and counts"):
        sync(folder)
    return path


def receipts(out: Path) -> Iterator[tuple[Path, ReceiptKind]]:
    """Every receipt, the earliest first."""
    folder = out / RECEIPTS
    if not folder.exists():
        return
    with reading(folder):
        paths = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    # By number: as text the 1,000,000th would come before the second.
    for path in sorted(paths, key=lambda path: (_number(path), path.name)):
        yield path, ReceiptKind(path.name.split(".")[1])


def _number(path: Path) -> int:
    return int(path.name.split(".")[0])


def broken(path: Path, line: int) -> HistoryError:
    return HistoryError(f"`{path}` is broken in line {line}; put it back as it was")


def lines_of(path: Path, *, fields: int) -> Iterator[list[str]]:
    """The lines of a receipt, each with this number of `fields`."""
    with reading(path):
        lines = path.read_bytes().splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            parts = texts(line)
        except ShapeError:
            parts = []
        if len(parts) != fields:
            raise broken(path, number)
        yield parts
