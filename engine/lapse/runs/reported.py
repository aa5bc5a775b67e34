"""`history failed` and `history done`: a file of action ids becomes a receipt.

A row may name the run by its folder in `day`, or by the day judged in `as_of`, as `actions` has it;
otherwise it means the latest run that gave the action. Reporting the same twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lapse.model.place import Problem
from lapse.runs.folders import trusted_folders
from lapse.runs.history import opened
from lapse.runs.past import Past
from lapse.runs.publish import exclusive
from lapse.runs.receipts import Entry, ReceiptKind, store_receipt
from lapse.runs.table_file import TableRow, table

Giving = tuple[str, date]
"""The name of a folder that has an action, and the day judged."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The number of actions or approvals kept, and their receipt; with problems, none is kept."""

    count: int
    problems: tuple[Problem, ...] = ()
    receipt: Path | None = None


def report(out: Path, outcome: ReceiptKind, file: Path) -> Reported:
    """Stores a receipt that the actions in a file failed, or were done; with problems, none."""
    rows = table(file, ("action_id",))
    with exclusive(out):
        with opened(Past(tuple(trusted_folders(out)))) as history:
            givings = history.givings([row["action_id"] for row in rows])
        checked = [_entry(row, givings.get(row["action_id"], ())) for row in rows]
        problems = tuple(entry for entry in checked if isinstance(entry, Problem))
        entries = [entry for entry in checked if isinstance(entry, Entry)]
        if problems or not entries:
            return Reported(0, problems)
        kept = sorted(set(entries))
        lines = [[entry.folder, entry.action_id] for entry in kept]
        return Reported(len(kept), (), store_receipt(out, outcome, lines))


def _entry(row: TableRow, givings: Sequence[Giving]) -> Entry | Problem:
    """The order that a row names, in the latest run that it can mean; or the row's problem."""
    action_id, name, judged = row["action_id"], row["day"], row["as_of"]
    if not action_id:
        return Problem("blank-cell", "`action_id` is blank", row.place)
    if not givings:
        return Problem("unknown-action", f"no run gave `{action_id}`", row.place)
    if name:
        meant = [folder for folder, _ in givings if folder == name]
    else:
        meant = [folder for folder, day in givings if judged in ("", day.isoformat())]
    if meant:
        return Entry(meant[-1], action_id)
    message = f"no run of `{name or judged}` gave `{action_id}`"
    return Problem("unknown-action", message, row.place, f"given by {_told(givings)}")


def _told(givings: Iterable[Giving]) -> str:
    return ", ".join(f"`{folder}`" for folder, _ in givings)
