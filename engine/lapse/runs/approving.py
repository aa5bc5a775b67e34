"""`history approve`: approves the orders in a file, which runs have put into `to_approve`.

The file is `to_approve` cut to the rows approved, or any file with a column `action_id`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lapse.model.days import parse_date
from lapse.model.place import Problem
from lapse.runs.approvals import Approval
from lapse.runs.folders import trusted_folders
from lapse.runs.history import asked_for
from lapse.runs.publish import exclusive
from lapse.runs.receipts import ReceiptKind, store_receipt
from lapse.runs.reported import Reported
from lapse.runs.table_file import TableRow, table

DAY, AS_OF, BY = "day", "as_of", "approved_by"


@dataclass(frozen=True, slots=True)
class Leave:
    """The approver and day where a file names none, and the latest day that has begun anywhere."""

    by: str
    today: date
    last_day: date


def approve(out: Path, file: Path, leave: Leave) -> Reported:
    """Stores the approvals in a file as a receipt; if a row has a problem, stores none."""
    rows = table(file, ("action_id",))
    with exclusive(out):
        asked = asked_for(trusted_folders(out))
        checked = [_approval(row, asked.get(row["action_id"], ()), leave) for row in rows]
        problems = tuple(each for each in checked if isinstance(each, Problem))
        kept = sorted({each for each in checked if isinstance(each, Approval)})
        if problems or not kept:
            return Reported(0, problems)
        lines = [[each.action_id, each.approved_by, each.day.isoformat()] for each in kept]
        return Reported(len(kept), (), store_receipt(out, ReceiptKind.APPROVED, lines))


def _approval(row: TableRow, asked: Sequence[date], leave: Leave) -> Approval | Problem:
    """The approval in a row, or its problem; `asked` are the days on which runs asked for it."""
    action_id = row["action_id"]
    if not action_id:
        return Problem("blank-cell", "`action_id` is blank", row.place)
    if not asked:
        message = f"no run put `{action_id}` into `to_approve`"
        help_ = "approve what stands there, by its `action_id` as it is"
        return Problem("not-asked-for", message, row.place, help_)
    column = next((name for name in (DAY, AS_OF) if name in row.cells), None)
    day = parse_date(row[column]) if column else leave.today
    if day is None:
        message = f"`{column}` is `{row[str(column)]}`, which is no day such as 2026-11-23"
        return Problem("bad-date", message, row.place)
    # Before the first day nobody was asked. After the last, the approval would count for longer
    # than anybody expects.
    first, last = min(asked), max(*asked, leave.last_day)
    if not first <= day <= last:
        message = f"`{action_id}` cannot be approved on {day}"
        help_ = f"a run first asked for it on {first}, and {last} is the last day there is"
        return Problem("day-outside", message, row.place, help_)
    return Approval(action_id, row[BY] or leave.by, day)
