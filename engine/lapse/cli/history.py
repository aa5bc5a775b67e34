"""`lapse history`: what was done before `lapse` came, and receipts for what it gave."""

import argparse
import json
from datetime import UTC, date, datetime, timedelta
from getpass import getuser
from pathlib import Path

from lapse.cli import Exit
from lapse.cli.options import add_format, add_policies, folder_named, sound_book
from lapse.cli.terminal import say_problems, telling
from lapse.model.place import MisuseError
from lapse.report.words import counted


def add_options(command: argparse.ArgumentParser) -> None:
    kinds = command.add_subparsers(dest="kind", metavar="KIND", required=True)
    for kind, about in (
        ("import", "make a folder for each day of a file of earlier actions"),
        ("failed", "take back actions that reached nobody"),
        ("done", "confirm actions that were carried out"),
        ("approve", "give leave for orders that a run put into `to_approve`"),
    ):
        one = kinds.add_parser(kind, help=about, description=about.capitalize() + ".")
        one.add_argument("file", type=Path, metavar="FILE", help="CSV with a header line")
        one.add_argument("--out", type=folder_named, default=Path("runs"), metavar="DIR")
        add_format(one)
        if kind == "import":
            add_policies(one)
        if kind == "approve":
            one.add_argument(
                "--by", metavar="NAME", help="who approves (default: who is logged in)"
            )


def execute(arguments: argparse.Namespace) -> Exit:
    from lapse.runs.importing import import_history
    from lapse.runs.receipts import ReceiptKind
    from lapse.runs.reported import report

    if arguments.kind == "import":
        imported = import_history(
            arguments.out, arguments.file, sound_book(arguments), last_day=last_day_begun()
        )
        say_problems(imported.problems, {})
        if imported.problems:
            return Exit.FINDINGS
        folders = [str(folder) for folder in imported.folders]
        made = counted(len(folders), "new folder")
        text = f"{counted(imported.count, 'action')} read, and {made} made"
        return _told(arguments, text, {"imported": imported.count, "folders": folders})
    if arguments.kind == "approve":
        return _approved(arguments)
    reported = report(arguments.out, ReceiptKind(arguments.kind), arguments.file)
    say_problems(reported.problems, {})
    if reported.problems:
        return Exit.FINDINGS
    text = f"{counted(reported.count, 'action')} recorded as {arguments.kind}"
    return _told(arguments, text, {arguments.kind: reported.count})


def _approved(arguments: argparse.Namespace) -> Exit:
    from lapse.runs.approving import Leave, approve

    today = datetime.now(UTC).date()
    leave = Leave(arguments.by or _logged_in(), today, last_day_begun())
    found = approve(arguments.out, arguments.file, leave)
    say_problems(found.problems, {})
    if found.problems:
        return Exit.FINDINGS
    those = "it" if found.count == 1 else "them"
    text = f"{counted(found.count, 'order')} approved; the next run may give {those}"
    return _told(arguments, text, {"approved": found.count})


def _logged_in() -> str:
    try:
        return getuser()
    except (OSError, KeyError) as error:  # no such user on this machine, as in some containers
        raise MisuseError("who approves is not known; say it with `--by NAME`") from error


def last_day_begun() -> date:
    """The latest civil day that has begun somewhere: clocks are up to 14 hours ahead of UTC."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


def _told(arguments: argparse.Namespace, text: str, content: dict[str, object]) -> Exit:
    with telling(text):
        print(json.dumps(content) if arguments.format == "json" else text)
    return Exit.FINE
