"""`lapse run`: decides for every row of the exports and writes the actions."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lapse.cli import Exit
from lapse.cli.command_line import Texts, option
from lapse.cli.options import (
    Deciding,
    Files,
    also,
    assumed,
    executor,
    format_option,
    memory_option,
    out_option,
    policies_option,
    sound_book,
    whole_number,
    within_memory,
)
from lapse.cli.progress import steps
from lapse.cli.terminal import print_json, say, say_error, say_problems, telling
from lapse.model.place import LapseError, MisuseError, did_you_mean
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.executors.lowered.kept_statements import Kept
    from lapse.executors.lowered.pipeline import Telling
    from lapse.executors.row_by_row import Sorter
    from lapse.model.guard import Guard
    from lapse.nightly import RunResult
    from lapse.runs.export import AnyExport
    from lapse.runs.plan import Planned
    from lapse.runs.watch import Stop
    from lapse.sql.named_tables import Tables


BATCHES = ("duckdb", "spark")
"""The executors that decide all rows together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    files: Files
    policies: Path = policies_option()
    deciding: Deciding
    executor: Literal["duckdb", "spark", "direct", "durable", "reference"] = option(
        "which executor decides; all decide the same (default: duckdb)", default="duckdb"
    )
    master: str = option(
        "for `--executor spark`: where Spark runs (default: local[*])", "URL", default="local[*]"
    )
    remote: str = option("for `--executor spark`: a server of Spark Connect", "URL", default="")
    out: Path = out_option(
        "where each day's folder is written; earlier days are the history (default: runs)"
    )
    to: Literal["csv", "parquet", "jsonl"] = option("how outputs are written", default="csv")
    show: int = option("orders shown of each action (default: 2)", "N", whole_number, default=2)
    sort: bool = option("sort outputs by subscription, track")
    preview: bool = option("decide and show, write nothing")
    again: bool = option("write this day anew; what it gave before is history")
    plan: Path | None = option(
        "run only if all is as when `what-if` or `forecast` saved this plan", "FILE", Path
    )
    memory_limit: str = memory_option()
    over_limit: bool = option("publish although a limit is crossed")
    despite: Texts = option("publish although this guard is crossed, such as older_than", "GUARD")
    format: Literal["text", "json"] = format_option()


def execute(options: Options) -> Exit:
    from lapse.executors.lowered.kept_statements import Kept
    from lapse.inputs.reading import open_exports
    from lapse.nightly import Ending, RunOptions, run
    from lapse.runs.failures import BackdatedError, RefusedError
    from lapse.runs.plan import StalePlanError
    from lapse.runs.publish import published
    from lapse.runs.results.outputs import OutputFormat

    despite = _despite(options.despite)
    options, planned = _planned(options)
    book = sound_book(options.policies)
    in_batches = options.executor in BATCHES
    # What SQL leaves is decided by the executor that is fastest for single rows.
    decide, _ = executor(book, "direct" if in_batches else options.executor)
    kept = Kept(options.out)
    with steps("reading") as shown, _sorting(options, shown, kept) as sorting:
        asked = RunOptions(
            exports=options.files.exports,
            reader=partial(
                open_exports,
                also=also(options, book, options.policies),
                memory=options.memory_limit,
            ),
            book=book,
            decide=decide,
            as_of=options.deciding.moment,
            out=options.out,
            assumed=assumed(options.deciding, book),
            format=OutputFormat(options.to),
            is_sorted=options.sort,
            is_again=options.again,
            is_over_limit=options.over_limit,
            despite=despite,
            clock=datetime.now(UTC).date(),
            is_preview=options.preview,
            plan=planned,
            progress=lambda rows: shown(f"deciding: {rows} rows", None, None),
            **sorting,
        )
        try:
            with within_memory():
                result = run(asked)
        except (RefusedError, BackdatedError, StalePlanError) as refused:
            say_error(str(refused))
            return Exit.NOT_PUBLISHED
    if result.folder is None or result.ending is not Ending.PUBLISHED:
        return _report(result, options)
    with telling(published(result.folder)):
        kept.write()
        return _report(result, options)


@contextmanager
def _sorting(options: Options, shown: "Telling", kept: "Kept") -> "Iterator[dict[str, Sorter]]":
    """The options of a run that decides in batches; none for the other executors."""
    from lapse.executors.lowered.pipeline import Beside, sort_rows, sorted_rows

    if options.executor == "duckdb":
        yield {"sorter": partial(sort_rows, beside=Beside(shown, kept))}
    elif options.executor == "spark":
        with _on_spark(options) as tables:
            yield {"sorter": partial(sorted_rows, beside=Beside(shown, tables=tables))}
    else:
        yield {}


@contextmanager
def _on_spark(options: Options) -> "Iterator[Callable[[AnyExport], Tables]]":
    try:
        from lapse.sql.on_spark import OnSpark, spark_session
    except ImportError as error:
        raise LapseError("Spark is not installed; `pip install 'lapse[spark]'` does") from error
    with spark_session(options.master, options.remote) as session:
        yield lambda export: OnSpark(session, export.connection, export.scratch)


def _despite(names: Texts) -> "frozenset[Guard]":
    """The guards of these names; raises `MisuseError` for an unknown one."""
    from lapse.model.guard import Guard

    for name in names:
        if name not in tuple(Guard):
            hint = did_you_mean(name, tuple(Guard))
            there = f"--despite: there is no guard `{name}`"
            raise MisuseError(there + (f"; {hint}" if hint else ""))
    return frozenset(map(Guard, names))


def _planned(options: Options) -> "tuple[Options, Planned | None]":
    """The options and the plan to carry out; without `--as-of` the plan's day is judged."""
    from lapse.runs.plan import Planned, day_of, read_plan

    if options.plan is None:
        return options, None
    saved = read_plan(options.plan)
    deciding = replace(options.deciding, as_of=options.deciding.as_of or day_of(saved))
    return replace(options, deciding=deciding), Planned(saved, options.plan)


def _report(result: "RunResult", options: Options) -> Exit:
    from lapse.nightly import Ending
    from lapse.report.stops import stopped_text

    say_problems(result.problems, {})
    if options.format == "json":
        _show_json(result)
    elif result.ending is not Ending.GUARDED:
        _show(result, options)
    match result.ending:
        case Ending.OVER_LIMIT:
            return _say_stopped("nothing was published; a limit is crossed", result.stops)
        case Ending.GUARDED:
            what = "nothing was published; the inputs are not what a run takes without asking"
            return _say_stopped(what, result.stops)
        case Ending.PREVIEWED:
            if result.stops:
                _say(options, "a run would publish nothing:\n" + stopped_text(result.stops))
            _say(options, "a preview: nothing was written")
        case Ending.PUBLISHED:
            _say(options, f"written to {result.folder}")
        case Ending.UNCHANGED:
            _say(options, f"{result.folder} was there already, and is the same")
    is_any_rejected = result.summary.rejected or result.summary.rejected_elsewhere
    return Exit.FINDINGS if is_any_rejected else Exit.FINE


def _show_json(result: "RunResult") -> None:
    told = {"ending": result.ending.name.lower(), "folder": str(result.folder or "")}
    stops = [asdict(stop) for stop in result.stops]
    more = {"left_over": result.left_over, "crossed": result.crossed, "stops": stops}
    print_json({**told, **more, **asdict(result.summary)})


def _show(result: "RunResult", options: Options) -> None:
    """Prints the summary and the limits and guards let through, then the first orders.

    The orders matter most, so they are last, at the end of a terminal or log.
    """
    from lapse.report.stops import let_through_text
    from lapse.report.summary import actions_text, summary_text, to_approve_text

    print(printable(summary_text(result.summary)))
    if result.crossed and not result.stops:
        print(printable(let_through_text(result.crossed)))
    for orders, text_of in ((result.actions, actions_text), (result.to_approve, to_approve_text)):
        most = len(orders) if options.preview else options.show
        if orders and most:
            print("\n" + printable(text_of(orders, most, result.summary)))


def _say_stopped(what: str, stops: "Sequence[Stop]") -> Exit:
    from lapse.report.stops import stopped_text

    say_error(what)
    say(stopped_text(stops))
    say("--preview shows what would be done")
    return Exit.NOT_PUBLISHED


def _say(options: Options, message: str) -> None:
    if options.format == "text":
        print(f"\n{printable(message)}")
