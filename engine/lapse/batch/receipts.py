"""What those who carry actions out report back: an action that reached nobody was not given."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lapse.batch.failures import HistoryError, reading, writing
from lapse.batch.files import make_private_folder, sync, write_private

RECEIPTS = "receipts"
_NAME = re.compile(r"(\d{6})\.(failed|done)\.jsonl")


class Outcome(StrEnum):
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One giving: an action id and the name of the folder that gave it."""

    folder: str
    action_id: str


def failed_entries(out: Path) -> set[Entry]:
    """Every giving that reached nobody, by the latest receipt that speaks of it."""
    failed: set[Entry] = set()
    for path, outcome in _receipts(out):
        told = set(_entries(path))
        failed = failed | told if outcome is Outcome.FAILED else failed - told
    return failed


def store_receipt(out: Path, outcome: Outcome, entries: Sequence[Entry]) -> Path:
    """Keeps a receipt under the next number; whole or not at all. Hold the lock of `out`."""
    folder = out / RECEIPTS
    make_private_folder(folder)
    numbers = [int(path.name[:6]) for path, _ in _receipts(out)]
    path = folder / f"{max(numbers, default=0) + 1:06d}.{outcome}.jsonl"
    draft = folder / f".{path.name}.partial"
    lines = (json.dumps([entry.folder, entry.action_id]) for entry in sorted(set(entries)))
    with writing(path):
        draft.unlink(missing_ok=True)
        write_private(draft, "".join(f"{line}\n" for line in lines).encode())
        draft.rename(path)
    sync(folder)
    return path


def _receipts(out: Path) -> Iterator[tuple[Path, Outcome]]:
    folder = out / RECEIPTS
    if not folder.exists():
        return
    with reading(folder):
        for path in sorted(folder.iterdir()):
            match = _NAME.fullmatch(path.name)
            if match:
                yield path, Outcome(match.group(2))


def _entries(path: Path) -> Iterator[Entry]:
    with reading(path):
        lines = path.read_text("utf-8").splitlines()
    for line in lines:
        try:
            folder, action_id = json.loads(line)
        except ValueError as error:
            raise HistoryError(f"`{path}` is broken; put it back as it was") from error
        yield Entry(folder, action_id)
