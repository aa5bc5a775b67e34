"""`lapse history`: actions from before `lapse` was used, and receipts for its orders."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from getpass import getuser
from pathlib import Path
from typing import Literal

from lapse.cli import Exit
from lapse.cli.command_line import option
from lapse.cli.options import format_option, out_option, policies_option, sound_book
from lapse.cli.terminal import say_problems, telling
from lapse.model.place import MisuseError, Problem
from lapse.report.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsFile:
    file: Path = option("CSV with a header line", "FILE", Path, nargs=None)
    out: Path = out_option(None)
    format: Literal["text", "json"] = format_option()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import(ActionsFile):
    policies: Path = policies_option()


class Failed(ActionsFile): ...


class Done(ActionsFile): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(ActionsFile):
    by: str | None = option("who approves (default: who is logged in)", "NAME")


KINDS = {
    "import": ("make a folder for each day of a file of earlier actions", Import),
    "failed": ("take back actions that reached nobody", Failed),
    "done": ("confirm actions that were carried out", Done),
    "approve": ("give leave for orders that a run put into `to_approve`", Approve),
}


def execute(options: Import | Failed | Done | Approve) -> Exit:
    match options:
        case Import():
            return _imported(options)
        case Failed():
            return _reported(options, "failed")
        case Done():
            return _reported(options, "done")
        case Approve():
            return _approved(options)


def _imported(options: Import) -> Exit:
    from lapse.runs.importing import import_history

    book = sound_book(options.policies)
    imported = import_history(options.out, options.file, book, last_day=last_day_begun())
    folders = [str(folder) for folder in imported.folders]
    made = counted(len(folders), "new folder")
    text = f"{counted(imported.count, 'action')} read, and {made} made"
    return _told(options, imported.problems, text, {"imported": imported.count, "folders": folders})


def _reported(options: Failed | Done, kind: Literal["failed", "done"]) -> Exit:
    from lapse.runs.receipts import ReceiptKind
    from lapse.runs.reported import report

    reported = report(options.out, ReceiptKind(kind), options.file)
    text = f"{counted(reported.count, 'action')} recorded as {kind}"
    return _told(options, reported.problems, text, {kind: reported.count})


def _approved(options: Approve) -> Exit:
    from lapse.runs.approving import Leave, approve

    today = datetime.now(UTC).date()
    leave = Leave(options.by or _logged_in(), today, last_day_begun())
    reported = approve(options.out, options.file, leave)
    those = "it" if reported.count == 1 else "them"
    text = f"{counted(reported.count, 'order')} approved; the next run may give {those}"
    return _told(options, reported.problems, text, {"approved": reported.count})


def _logged_in() -> str:
    try:
        return getuser()
    except (OSError, KeyError) as error:  # no such user on this machine, as in some containers
        raise MisuseError("who approves is not known; say it with `--by NAME`") from error


def last_day_begun() -> date:
    """The latest civil day that has begun somewhere: clocks are up to 14 hours ahead of UTC."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


def _told(
    options: ActionsFile, problems: Sequence[Problem], text: str, content: dict[str, object]
) -> Exit:
    say_problems(problems, {})
    if problems:
        return Exit.FINDINGS
    with telling(text):
        print(json.dumps(content) if options.format == "json" else text)
    return Exit.FINE
