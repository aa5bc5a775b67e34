"""`history import`: makes a folder for each day of actions done before `lapse` was used."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lapse.model.days import parse_date
from lapse.model.decision import label
from lapse.model.facts import ABSENT
from lapse.model.place import Problem
from lapse.model.rule import Rulebook
from lapse.model.tables import ACTION, LAYOUTS, Cells
from lapse.runs.account import Account, Origin, Question, account_text
from lapse.runs.failures import HistoryError
from lapse.runs.folders import RUN_FILE, Folder, folders
from lapse.runs.import_checks import row_problems
from lapse.runs.private_files import write_private
from lapse.runs.publish import appear, exclusive, partial_folder
from lapse.runs.results.outputs import Files, OutputFormat
from lapse.runs.results.relations import Drafts, make_relations
from lapse.runs.rows import PARTNER
from lapse.runs.summary import nothing_decided
from lapse.runs.table_file import TableRow, table
from lapse.scratch import scratch_folder
from lapse.sql.named_tables import InDuckDB
from lapse.sql.sandbox import database

COLUMNS = ("subscription_id", "track", "anchor", "rule", "stage", "step", "action", "due_on", "day")
ANCHOR_OF = "anchor_of"
"""An optional column; without it, an order's clock is the anchor of the rule with its name."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The new folders, and the number of actions read; with problems, nothing is imported."""

    folders: tuple[Path, ...]
    count: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """An action done on a day; `first_day` is the first on which its id was done."""

    action_id: str
    day: date
    first_day: date
    row: TableRow


def import_history(out: Path, file: Path, book: Rulebook, *, last_day: date) -> Imported:
    """Makes a folder for each day in a file; one that exists must have the same content.

    A row with a day after `last_day` is a problem.
    """
    rows = table(file, COLUMNS)
    problems = [problem for row in rows for problem in row_problems(row, book, last_day)]
    if problems:
        return Imported((), 0, tuple(problems))
    done = list(_done(rows))
    twice = tuple(_given_twice(done))
    if twice or not done:
        return Imported((), 0, twice)
    with exclusive(out), ExitStack() as stack:
        ready = []
        for day in sorted({item.day for item in done}):
            name = day.isoformat()
            folder = stack.enter_context(partial_folder(out, name))
            _write(folder, day, [item for item in done if item.day == day])
            ready.append((folder, name))
        wanted = [(folder, name) for folder, name in ready if not _is_there(out, folder, name)]
        return Imported(tuple(appear(folder, out, name) for folder, name in wanted), len(done))


def _is_there(out: Path, folder: Path, name: str) -> bool:
    """Whether the day's folder exists with the same content; refused if it has another."""
    there = next((other for other in folders(out) if other.name == name), None)
    if there is None:
        return False
    if there.digest != Folder(there.day, 1, folder).digest:
        raise HistoryError(
            f"`{there.path}` is there and says something else of that day; nothing was imported"
        )
    return True


def _write(folder: Path, day: date, done: Iterable[Done]) -> None:
    with scratch_folder() as scratch, Drafts(scratch) as drafts, database([scratch]) as connection:
        for item in done:
            drafts.order("actions", _cells(item))
        make_relations(InDuckDB(connection, scratch), drafts, {})
        files = Files(connection, scratch, folder, OutputFormat.CSV, is_sorted=True)
        written = files.write(frozenset(LAYOUTS) - {"actions"})
    asked, told = Question("", "", "", "", day.isoformat()), nothing_decided()
    account = Account(Origin.IMPORT, day.isoformat(), asked, told, OutputFormat.CSV, written)
    write_private(folder / RUN_FILE, account_text(account))


def _cells(item: Done) -> Cells:
    due_on = parse_date(item.row["due_on"]) or item.day
    known: Mapping[str, str] = {
        **{name: item.row[name] for name in COLUMNS},
        "action_id": item.action_id,
        "by": PARTNER,
        "anchor": _anchor(item.row),
        ANCHOR_OF: item.row[ANCHOR_OF],
        "due_on": due_on.isoformat(),
        "days_late": str((item.day - due_on).days),
        "first_given": item.first_day.isoformat(),
        "as_of": item.day.isoformat(),
        "because": "imported",
    }
    return tuple(known.get(column.name, "") for column in ACTION)


def _done(rows: Iterable[TableRow]) -> Iterator[Done]:
    """Each row with its id and the first day of that id."""
    dated = [(_action_id(row), date.fromisoformat(row["day"]), row) for row in rows]
    first_days: dict[str, date] = {}
    for action_id, day, _ in dated:
        first_days[action_id] = min(day, first_days.get(action_id, day))
    for action_id, day, row in dated:
        yield Done(action_id, day, first_days[action_id], row)


def _action_id(row: TableRow) -> str:
    stage = int(row["stage"]) if row["stage"] else None
    return f"{row['subscription_id']}:{label(row['rule'], stage)}:{_anchor(row)}"


def _anchor(row: TableRow) -> str:
    return row["anchor"] or ABSENT.value


def _given_twice(done: Iterable[Done]) -> Iterator[Problem]:
    seen: set[tuple[str, date]] = set()
    for item in done:
        if (item.action_id, item.day) in seen:
            message = f"`{item.action_id}` stands twice on {item.day}"
            yield Problem("given-twice", message, item.row.place)
        seen.add((item.action_id, item.day))
