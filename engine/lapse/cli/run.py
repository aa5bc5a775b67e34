"""`lapse run`: decides for every row of the exports and writes the actions."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
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
    folder_named,
    moment_judged,
    sound_book,
    whole_number,
)
from lapse.cli.terminal import print_json, say, say_error, say_problems, telling
from lapse.model.place import MisuseError, did_you_mean
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.model.guard import Guard
    from lapse.nightly import RunResult
    from lapse.runs.plan import Planned
    from lapse.runs.watch import Stop


def add_options(command: argparse.ArgumentParser) -> None:
    add_exports(command)
    add_policies(command)
    add_deciding(command)
    add_executor(command)
    command.add_argument(
        "--out",
        type=folder_named,
        default=Path("runs"),
        metavar="DIR",
        help="where each day's folder is written; earlier days are the history (default: runs)",
    )
    command.add_argument(
        "--to", choices=("csv", "parquet", "jsonl"), default="csv", help="how outputs are written"
    )
    command.add_argument(
        "--show",
        type=whole_number,
        default=2,
        metavar="N",
        help="orders shown of each action (default: 2)",
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
    command.add_argument(
        "--despite",
        action="append",
        default=[],
        metavar="GUARD",
        help="publish although this guard is crossed, such as older_than",
    )
    add_format(command)


def execute(arguments: argparse.Namespace) -> Exit:
    from lapse.inputs.reading import open_exports
    from lapse.nightly import Ending, RunOptions, run
    from lapse.runs.failures import BackdatedError, RefusedError
    from lapse.runs.outputs import OutputFormat
    from lapse.runs.plan import StalePlanError
    from lapse.runs.publish import published

    despite = _despite(arguments)
    planned = _planned(arguments)
    book = sound_book(arguments)
    decide, _ = executor(book, arguments.executor)
    with progress() as advance:
        options = RunOptions(
            exports=tuple(arguments.exports),
            reader=partial(open_exports, also=also(arguments, book)),
            book=book,
            decide=decide,
            as_of=moment_judged(arguments),
            out=arguments.out,
            assumed=assumed(arguments, book),
            format=OutputFormat(arguments.to),
            is_sorted=arguments.sort,
            is_again=arguments.again,
            is_over_limit=arguments.over_limit,
            despite=despite,
            clock=datetime.now(UTC).date(),
            is_preview=arguments.preview,
            plan=planned,
            progress=advance,
        )
        try:
            result = run(options)
        except (RefusedError, BackdatedError, StalePlanError) as refused:
            say_error(str(refused))
            return Exit.NOT_PUBLISHED
    if result.folder is None or result.ending is not Ending.PUBLISHED:
        return _report(result, arguments)
    with telling(published(result.folder)):
        return _report(result, arguments)


def _despite(arguments: argparse.Namespace) -> "frozenset[Guard]":
    """The guards that are lifted."""
    from lapse.model.guard import Guard

    for name in arguments.despite:
        if name not in tuple(Guard):
            hint = did_you_mean(name, tuple(Guard))
            there = f"--despite: there is no guard `{name}`"
            raise MisuseError(there + (f"; {hint}" if hint else ""))
    return frozenset(map(Guard, arguments.despite))


def _planned(arguments: argparse.Namespace) -> "Planned | None":
    """The plan to carry out; unless a day is given it is that of the plan."""
    from lapse.runs.plan import Planned, day_of, read_plan

    if arguments.plan is None:
        return None
    saved = read_plan(arguments.plan)
    arguments.as_of = arguments.as_of or day_of(saved)
    return Planned(saved, arguments.plan)


def _report(result: "RunResult", arguments: argparse.Namespace) -> Exit:
    from lapse.nightly import Ending
    from lapse.report.stops import stopped_text

    say_problems(result.problems, {})
    if arguments.format == "json":
        _show_json(result)
    elif result.ending is not Ending.GUARDED:
        _show(result, arguments)
    match result.ending:
        case Ending.OVER_LIMIT:
            return _say_stopped("nothing was published; a limit is crossed", result.stops)
        case Ending.GUARDED:
            what = "nothing was published; the inputs are not what a run takes without asking"
            return _say_stopped(what, result.stops)
        case Ending.PREVIEWED:
            if result.stops:
                _say(arguments, "a run would publish nothing:\n" + stopped_text(result.stops))
            _say(arguments, "a preview: nothing was written")
        case Ending.PUBLISHED:
            _say(arguments, f"written to {result.folder}")
        case Ending.UNCHANGED:
            _say(arguments, f"{result.folder} was there already, and is the same")
    is_any_rejected = result.summary.rejected or result.summary.rejected_elsewhere
    return Exit.FINDINGS if is_any_rejected else Exit.FINE


def _show_json(result: "RunResult") -> None:
    told = {"ending": result.ending.name.lower(), "folder": str(result.folder or "")}
    stops = [asdict(stop) for stop in result.stops]
    print_json({**told, "crossed": result.crossed, "stops": stops, **asdict(result.summary)})


def _show(result: "RunResult", arguments: argparse.Namespace) -> None:
    """The summary and what somebody let through; then the first orders, which matter most.

    Who reads the last lines of a terminal, or of a log, reads those.
    """
    from lapse.report.stops import let_through_text
    from lapse.report.summary import actions_text, summary_text, to_approve_text

    print(printable(summary_text(result.summary)))
    if result.crossed and not result.stops:
        print(printable(let_through_text(result.crossed)))
    for orders, text_of in ((result.actions, actions_text), (result.to_approve, to_approve_text)):
        most = len(orders) if arguments.preview else arguments.show
        if orders and most:
            print("\n" + printable(text_of(orders, most, result.summary)))


def _say_stopped(what: str, stops: "Sequence[Stop]") -> Exit:
    from lapse.report.stops import stopped_text

    say_error(what)
    say(stopped_text(stops))
    say("--preview shows what would be done")
    return Exit.NOT_PUBLISHED


def _say(arguments: argparse.Namespace, message: str) -> None:
    if arguments.format == "text":
        print(f"\n{printable(message)}")


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
