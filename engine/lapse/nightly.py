"""`lapse run`: policies, exports and history in, one folder of decisions out.

`run` is the whole command; the functions below it are in the order in which it needs them.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from pathlib import Path

from lapse.decide.forecast import Decide
from lapse.executors.decided_rows import decide
from lapse.executors.row_by_row import EveryRow, Sorter
from lapse.model.days import AsOf, utc_day
from lapse.model.facts import Value, show
from lapse.model.guard import Guard
from lapse.model.place import Problem
from lapse.model.rule import Rulebook
from lapse.runs.account import Account, Origin, Question, account_text, options_fingerprint
from lapse.runs.export import AnyExport, Reader
from lapse.runs.failures import RefusedError
from lapse.runs.folders import RUN_FILE
from lapse.runs.past import Past
from lapse.runs.plan import Basis, Planned, assumptions_fingerprint
from lapse.runs.private_files import write_private
from lapse.runs.publish import appear, exclusive, partial_folder
from lapse.runs.results.customers import make_customers
from lapse.runs.results.first_orders import Order, decided_ids, first_orders
from lapse.runs.results.limits import crossed_limits
from lapse.runs.results.outputs import Files, OutputFormat, Written, empty_outputs
from lapse.runs.results.tally import summary
from lapse.runs.summary import Summary, nothing_decided
from lapse.runs.target import Target, target
from lapse.runs.watch import Guarded, Stop, backdated, guarded, over_limits, refuse_backdated

MOST_SHOWN = 1000
"""The most orders of each action that are kept for display."""


class Ending(Enum):
    """How a run ended; with `GUARDED`, a guard stopped it before anything was decided."""

    PUBLISHED = auto()
    UNCHANGED = auto()
    GUARDED = auto()
    OVER_LIMIT = auto()
    PREVIEWED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options of `lapse run`; a null `clock` skips the guard on days that are still ahead."""

    exports: tuple[str, ...]
    reader: Reader
    book: Rulebook
    decide: Decide
    as_of: AsOf
    out: Path
    sorter: Sorter = lambda export, *_: EveryRow(export)
    assumed: Mapping[str, Value] = field(default_factory=dict)
    format: OutputFormat = OutputFormat.CSV
    is_sorted: bool = False
    is_again: bool = False
    is_over_limit: bool = False
    despite: frozenset[Guard] = frozenset()
    clock: date | None = None
    is_preview: bool = False
    plan: Planned | None = None
    progress: Callable[[int], None] = lambda _: None

    @property
    def day(self) -> date:
        """The UTC day judged, which names its folder."""
        return utc_day(self.as_of)

    @property
    def every_assumption(self) -> Mapping[str, Value]:
        """The values of facts without a column; the command line overrides the catalogue."""
        return {**self.book.catalogue.assumed, **self.assumed}


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended, and the first orders of each action if it published or was a preview.

    `actions` were given; `to_approve` only lack approval. `crossed` describes the guards and limits
    crossed; `stops` has those that nobody lifted, and in a preview also a later run. `left_over` is
    how many rows SQL left to be decided one by one; null where it decided none.
    """

    ending: Ending
    summary: Summary
    folder: Path | None = None
    crossed: tuple[str, ...] = ()
    actions: tuple[Mapping[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    stops: tuple[Stop, ...] = ()
    to_approve: tuple[Mapping[str, str], ...] = ()
    left_over: int | None = None


def run(options: RunOptions) -> RunResult:
    """Decides for every row and writes a folder; a preview shows what it would write."""
    # Lock first: the reader looks up the history, into which another run may be publishing.
    lock = nullcontext() if options.is_preview else exclusive(options.out)
    with lock, options.reader(options.exports, options.book.words) as export:
        aim = _aim(options, export)
        if options.plan is not None:
            options.plan.check(_basis(options, export, aim.before))
        if aim.is_there and not options.is_preview:
            return _unchanged(aim, export)
        guards = guarded(options.book.catalogue, export, aim.before, options.day, options.clock)
        if options.is_preview:
            return _previewed(options, export, aim, guards)
        # With `like` it only compares: nothing is published, so there is nothing to guard.
        if aim.like is None and guards.stops(options.despite):
            return _stopped(options, export, guards)
        decided = _decided(options, export, aim.before)
        stops = over_limits(decided.over, is_lifted=options.is_over_limit)
        if stops:
            return decided.result(Ending.OVER_LIMIT, guards, export, stops=stops)
        with partial_folder(options.out, aim.name) as folder:
            written = _files(options, export, folder).write(decided.empty)
            if aim.like is not None:
                return _came_to_the_same(options, aim, written, export)
            account = _account(options, aim, guards, decided, written)
            write_private(folder / RUN_FILE, account_text(account))
            published = appear(folder, options.out, aim.name)
        return decided.result(Ending.PUBLISHED, guards, export, folder=published)


def _aim(options: RunOptions, export: AnyExport) -> Target:
    told = {
        "assumed": {name: show(value) for name, value in options.every_assumption.items()},
        "format": options.format,
        "is_sorted": options.is_sorted,
    }

    def ask(before: Past) -> Question:
        return Question(
            policies=options.book.fingerprint,
            inputs=export.fingerprint,
            history=before.fingerprint,
            options=options_fingerprint(told),
            as_of=show(options.as_of),
        )

    again, preview = options.is_again, options.is_preview
    return target(options.out, options.day, ask, is_again=again, is_preview=preview)


def _basis(options: RunOptions, export: AnyExport, before: Past) -> Basis:
    """What this run is computed from; a plan that it carries out must have the same basis."""
    assumptions = assumptions_fingerprint(options.every_assumption)
    policies, day = options.book.fingerprint, show(options.as_of)
    return Basis(policies, export.fingerprint, before.fingerprint, day, assumptions)


def _unchanged(aim: Target, export: AnyExport) -> RunResult:
    """The result where the day's folder exists already; refused if its outputs were changed."""
    assert aim.like is not None
    account, problems = aim.like.account, tuple(export.problems)
    for name in account.outputs:
        aim.like.output(name)
    path, crossed = aim.like.path, account.crossed
    return RunResult(Ending.UNCHANGED, account.summary, path, crossed, problems=problems)


def _stopped(options: RunOptions, export: AnyExport, guards: Guarded) -> RunResult:
    """The result of a run that a guard stops: nothing was decided."""
    nothing, stops = nothing_decided(export.read, export.joining), guards.stops(options.despite)
    return Decided(nothing).result(Ending.GUARDED, guards, export, stops=stops)


def _previewed(options: RunOptions, export: AnyExport, aim: Target, guards: Guarded) -> RunResult:
    """The result that a run would have, with everything that would keep it from publishing."""
    decided = _decided(options, export, aim.before)
    stops = over_limits(decided.over, is_lifted=options.is_over_limit)
    if aim.like is None:
        late = backdated(options.out, options.day)
        stops = (*late, *guards.stops(options.despite), *stops)
    return decided.result(Ending.PREVIEWED, guards, export, stops=stops)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of all rows, in relations beside the export: counts and orders to show.

    `over` are the limits crossed, `empty` the outputs without rows; `left_over` is as in a result.
    """

    summary: Summary
    over: tuple[str, ...] = ()
    actions: tuple[Order, ...] = ()
    to_approve: tuple[Order, ...] = ()
    empty: frozenset[str] = frozenset()
    left_over: int | None = None

    def result(
        self,
        ending: Ending,
        guards: Guarded,
        export: AnyExport,
        *,
        folder: Path | None = None,
        stops: tuple[Stop, ...] = (),
    ) -> RunResult:
        crossed, problems = (*guards.told, *self.over), tuple(export.problems)
        if ending is Ending.OVER_LIMIT:
            return RunResult(ending, self.summary, None, crossed, problems=problems, stops=stops)
        orders, asked, left = self.actions, self.to_approve, self.left_over
        return RunResult(
            ending, self.summary, folder, crossed, orders, problems, stops, asked, left
        )


def _decided(options: RunOptions, export: AnyExport, before: Past) -> Decided:
    """Decides every row, and checks that none was lost."""
    book, connection = options.book, export.connection
    made = decide(options, export, before)
    tally = made.tally
    make_customers(connection)
    if options.plan is not None:
        options.plan.check_actions(decided_ids(connection))
    told = summary(tally, connection, book.words, export.read, export.joining)
    if told.read != told.decided + told.rejected + told.not_covered:
        raise AssertionError(f"rows were lost: {told}")
    limits = crossed_limits(connection, book.catalogue, made.earlier, tally.decided)
    over = tuple(limits if told.actions else ())
    first = first_orders(connection, MOST_SHOWN) if told.actions or told.to_approve else ((), ())
    return Decided(told, over, *first, empty_outputs(told, made.empty), made.left_over)


def _files(options: RunOptions, export: AnyExport, folder: Path) -> Files:
    format_, is_sorted = options.format, options.is_sorted
    return Files(export.connection, export.scratch, folder, format_, is_sorted=is_sorted)


def _came_to_the_same(
    options: RunOptions, aim: Target, written: Mapping[str, Written], export: AnyExport
) -> RunResult:
    """The result where an earlier run of the day wrote the same outputs; refused otherwise."""
    assert aim.like is not None
    told = aim.like.account.outputs
    if any(told[name].fingerprint != written[name].fingerprint for name in told):
        refuse_backdated(options.out, options.day)
        raise RefusedError(aim.like.path, aim.differs, aim.name)
    return _unchanged(aim, export)


def _account(
    options: RunOptions,
    aim: Target,
    guards: Guarded,
    decided: Decided,
    written: Mapping[str, Written],
) -> Account:
    return Account(
        source=Origin.RUN,
        day=options.day.isoformat(),
        asked=aim.asked,
        summary=decided.summary,
        format=options.format,
        outputs=written,
        crossed=(*guards.told, *decided.over),
        number=aim.number,
        intake=guards.intake,
    )
