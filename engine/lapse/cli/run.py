"""`lapse run`: decides for every row of the exports and writes the actions."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.cli import Exit
from lapse.cli.options import (
    add_deciding,
    add_executor,
    add_exports,
    add_format,
    add_policies,
    also,
    assumed,
    executor,
    moment_judged,
    sound_book,
)
from lapse.cli.terminal import printable, say_error, say_problems

if TYPE_CHECKING:
    from lapse.batch.plan import Planned
    from lapse.pipeline import RunResult


def add_options(command: argparse.ArgumentParser) -> None:
    add_exports(command)
    add_policies(command)
    add_deciding(command)
    add_executor(command)
    command.add_argument(
        "--out",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="where each day's folder is written; earlier days are the history (default: runs)",
    )
    command.add_argument(
        "--to", choices=("csv", "parquet", "jsonl"), default="csv", help="how outputs are written"
    )
    command.add_argument(
        "--show", type=int, default=2, metavar="N", help="orders shown of each action (default: 2)"
    )
    command.add_argument("--sort", action="store_true", help="sort outputs by subscription, track")
    command.add_argument("--preview", action="store_true", help="decide and show, write nothing")
    command.add_argument(
        "--again", action="store_true", help="write this day anew; what it gave before is history"
    )
    command.add_argument(
        "--plan",
        type=Path,
        metavar="FILE",
        help="run only if all is as when `what-if` or `forecast` saved this plan",
    )
    command.add_argument(
        "--over-limit", action="store_true", help="publish although a limit is crossed"
    )
    add_format(command)


def execute(arguments: argparse.Namespace) -> Exit:
    from lapse.batch.failures import RefusedError
    from lapse.batch.outputs import Format
    from lapse.batch.plan import StalePlanError
    from lapse.exports.reading import open_exports
    from lapse.pipeline import RunOptions, run

    planned = _planned(arguments)
    book = sound_book(arguments)
    with progress() as advance:
        options = RunOptions(
            exports=tuple(arguments.exports),
            reader=partial(open_exports, also=also(arguments, book)),
            book=book,
            decide=executor(arguments, book),
            as_of=moment_judged(arguments),
            out=arguments.out,
            assumed=assumed(arguments, book),
            format=Format(arguments.to),
            is_sorted=arguments.sort,
            is_again=arguments.again,
            is_over_limit=arguments.over_limit,
            is_preview=arguments.preview,
            plan=planned,
            progress=advance,
        )
        try:
            result = run(options)
        except (RefusedError, StalePlanError) as refused:
            say_error(str(refused))
            return Exit.NOT_PUBLISHED
    return _report(result, arguments)


def _planned(arguments: argparse.Namespace) -> "Planned | None":
    """The plan to carry out; unless a day is given it is that of the plan."""
    from lapse.batch.plan import Planned, day_of, read_plan

    if arguments.plan is None:
        return None
    saved = read_plan(arguments.plan)
    arguments.as_of = arguments.as_of or day_of(saved)
    return Planned(saved, arguments.plan)


def _report(result: "RunResult", arguments: argparse.Namespace) -> Exit:
    from lapse.pipeline import Ending
    from lapse.report.summary import actions_text, summary_text

    say_problems(result.problems, {})
    if arguments.format == "json":
        told = {"ending": result.ending.name.lower(), "folder": str(result.folder or "")}
        content = {**told, "crossed": result.crossed, **asdict(result.summary)}
        print(json.dumps(content, indent=2, ensure_ascii=False, default=str))
    else:
        most = len(result.actions) if arguments.preview else arguments.show
        if result.actions and most:
            print(printable(actions_text(result.actions, most, result.summary)) + "\n")
        print(printable(summary_text(result.summary)))
    match result.ending:
        case Ending.OVER_LIMIT:
            say_error("nothing was published; a limit is crossed: " + "; ".join(result.crossed))
            print("look at it with --preview; --over-limit publishes all the same", file=sys.stderr)
            return Exit.NOT_PUBLISHED
        case Ending.PREVIEWED:
            _say(arguments, "a preview: nothing was written")
        case Ending.PUBLISHED:
            _say(arguments, f"written to {result.folder}")
        case Ending.UNCHANGED:
            _say(arguments, f"{result.folder} was there already, and is the same")
    is_any_rejected = result.summary.rejected or result.summary.rejected_elsewhere
    return Exit.FINDINGS if is_any_rejected else Exit.FINE


def _say(arguments: argparse.Namespace, message: str) -> None:
    if arguments.format == "text":
        print(f"\n{message}")


@contextmanager
def progress() -> Iterator[Callable[[int], None]]:
    """Rows decided so far, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("deciding") as status:
        yield lambda rows: status.update(f"deciding: {rows} rows")
