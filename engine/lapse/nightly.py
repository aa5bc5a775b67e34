"""The main job: exports, policies and history in, one folder of decisions out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from pathlib import Path

from lapse.decide.forecast import Decide
from lapse.decide.known import Judging
from lapse.executors.row_by_row import known_rows
from lapse.model.days import AsOf, utc_day
from lapse.model.facts import Value, show
from lapse.model.guard import Guard
from lapse.model.place import Problem
from lapse.model.rule import Rulebook
from lapse.night import Night
from lapse.policy.in_force import Scopes
from lapse.runs.account import Account, Asked, Source, account_text, options_fingerprint
from lapse.runs.export import Export, Reader, lacking_facts
from lapse.runs.failures import RefusedError
from lapse.runs.folders import RUN_FILE, Folder, folder_name, folders
from lapse.runs.history import Past, opened, past
from lapse.runs.limits import Limited
from lapse.runs.outputs import DECIDED, Files, Format, Noted, Outputs, Shown
from lapse.runs.plan import Basis, Planned, assumptions_fingerprint
from lapse.runs.private_files import write_private
from lapse.runs.publish import appear, exclusive, partial_folder
from lapse.runs.summary import Summary
from lapse.runs.tally import Tally
from lapse.runs.watch import Guarded, Stop, backdated, guarded, over_limits, refuse_backdated

MOST_SHOWN = 1000
"""Orders of each action kept to be shown."""
TOLD_EVERY = 500
"""Rows between two words of progress."""
AS_OF = "as_of"


class Ending(Enum):
    """How a run ended; `GUARDED` before anything was decided."""

    PUBLISHED = auto()
    UNCHANGED = auto()
    GUARDED = auto()
    OVER_LIMIT = auto()
    PREVIEWED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What `lapse run` is asked; without a `clock`, the day judged cannot be ahead of it."""

    exports: tuple[str, ...]
    reader: Reader
    book: Rulebook
    decide: Decide
    as_of: AsOf
    out: Path
    assumed: Mapping[str, Value] = field(default_factory=dict)
    format: Format = Format.CSV
    is_sorted: bool = False
    is_again: bool = False
    is_over_limit: bool = False
    despite: frozenset[Guard] = frozenset()
    clock: date | None = None
    is_preview: bool = False
    plan: Planned | None = None
    progress: Callable[[int], None] = lambda _: None

    @property
    def every_assumption(self) -> Mapping[str, Value]:
        """What stands where no column is; the command line before the catalogue."""
        return {**self.book.catalogue.assumed, **self.assumed}


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended; `actions` are the first orders of each action, where it was decided.

    `to_approve` are the first of those that only wait for leave. `crossed` tells the limits and
    guards crossed; `stops` is what nobody lifted.
    """

    ending: Ending
    summary: Summary
    folder: Path | None = None
    crossed: tuple[str, ...] = ()
    actions: tuple[Mapping[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    stops: tuple[Stop, ...] = ()
    to_approve: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The folder to write and its history; `like` is one that is there and was asked much alike."""

    number: int
    name: str
    before: Past
    asked: Asked
    like: Folder | None = None

    @property
    def differs(self) -> tuple[str, ...]:
        """What `like` was asked differently."""
        return self.asked.differs_from(self.like.account.asked) if self.like else ()


def run(options: RunOptions) -> RunResult:
    """Decides for every row and writes a folder, or shows what it would write."""
    words = options.book.words
    if options.is_preview:
        with options.reader(options.exports, words) as export:
            return _previewed(options, export)
    # The lock first: the reader asks the history, which another run may be publishing into.
    with exclusive(options.out), options.reader(options.exports, words) as export:
        plan = _plan(options, export)
        _check_planned(options, export, plan.before)
        if plan.like is not None and not plan.differs:
            return _unchanged(plan.like, export)
        found = _guarded(options, export, plan.before)
        if plan.like is None and found.stops(options.despite):
            return _stopped(options, export, found)
        return _published(options, export, plan, found)


def _guarded(options: RunOptions, export: Export, before: Past) -> Guarded:
    day = utc_day(options.as_of)
    return guarded(options.book.catalogue, export, before, day, clock=options.clock)


def _stopped(options: RunOptions, export: Export, found: Guarded) -> RunResult:
    """The result of a run that a guard stops: nothing was decided."""
    nothing = Tally(frozenset()).summary(export.read, options.book.words, export.joining)
    problems, stops = tuple(export.problems), found.stops(options.despite)
    return RunResult(Ending.GUARDED, nothing, None, found.told, problems=problems, stops=stops)


def _check_planned(options: RunOptions, export: Export, before: Past) -> None:
    """Refuses a run on another basis than that of the plan it is to carry out."""
    if options.plan is None:
        return
    assumptions = assumptions_fingerprint(options.every_assumption)
    policies, day = options.book.fingerprint, show(options.as_of)
    options.plan.check(Basis(policies, export.fingerprint, before.fingerprint, day, assumptions))


def _plan(options: RunOptions, export: Export) -> Plan:
    """The folder to write; refused when the day's folders were made with something else.

    An instant later on the same day may come to the same: that is seen when all is decided.
    """
    there, day = _of_day(options), utc_day(options.as_of)
    number = there[-1].number + 1 if there else 1
    name = folder_name(day, number)

    def planned(at: int, like: Folder | None) -> Plan:
        before = past(options.out, day, at)
        return Plan(number, name, before, _asked(options, export, before), like)

    if not there or options.is_again:
        refuse_backdated(options.out, day)
        return planned(number, None)
    plans = [planned(folder.number, folder) for folder in reversed(there)]
    nearest = min(plans, key=lambda plan: (len(set(plan.differs) - {AS_OF}), plan.differs))
    if set(nearest.differs) - {AS_OF}:
        refuse_backdated(options.out, day)
        raise RefusedError(there[-1].path, plans[0].differs, name)
    return nearest


def _of_day(options: RunOptions) -> list[Folder]:
    """The folders that are there for the day, the first one first."""
    day = utc_day(options.as_of)
    return [folder for folder in folders(options.out) if folder.day == day]


def _asked(options: RunOptions, export: Export, before: Past) -> Asked:
    told = {
        "assumed": {name: show(value) for name, value in options.every_assumption.items()},
        "format": options.format,
        "is_sorted": options.is_sorted,
    }
    return Asked(
        policies=options.book.fingerprint,
        inputs=export.fingerprint,
        history=before.fingerprint,
        options=options_fingerprint(told),
        as_of=show(options.as_of),
    )


def _unchanged(folder: Folder, export: Export) -> RunResult:
    """The folder that is there already, which must be whole."""
    for name in folder.account.outputs:
        folder.output(name)
    told, problems = folder.account, tuple(export.problems)
    return RunResult(Ending.UNCHANGED, told.summary, folder.path, told.crossed, problems=problems)


def _previewed(options: RunOptions, export: Export) -> RunResult:
    there, day = _of_day(options), utc_day(options.as_of)
    number = there[-1].number + 1 if there and options.is_again else 1
    before = past(options.out, day, number)
    _check_planned(options, export, before)
    found = _guarded(options, export, before)
    shown = Shown(MOST_SHOWN)
    summary, over = _decide_all(options, export, before, shown)
    late = () if there and not options.is_again else backdated(options.out, day)
    limits = over_limits(over, is_lifted=options.is_over_limit)
    stops = (*late, *found.stops(options.despite), *limits)
    crossed, problems = (*found.told, *over), tuple(export.problems)
    orders, asked = (shown.orders(name) for name in DECIDED)
    return RunResult(Ending.PREVIEWED, summary, None, crossed, orders, problems, stops, asked)


def _published(options: RunOptions, export: Export, plan: Plan, found: Guarded) -> RunResult:
    with partial_folder(options.out, plan.name) as folder:
        files = Files(folder, options.format, is_sorted=options.is_sorted)
        try:
            shown = Shown(MOST_SHOWN, files)
            summary, over = _decide_all(options, export, plan.before, shown)
            problems, crossed = tuple(export.problems), (*found.told, *over)
            stops = over_limits(over, is_lifted=options.is_over_limit)
            if stops:
                ending = Ending.OVER_LIMIT
                return RunResult(ending, summary, None, crossed, problems=problems, stops=stops)
            written = files.finish()
        finally:
            files.abandon()
        if plan.like is not None:
            told = plan.like.account.outputs
            if any(told[name].fingerprint != written[name].fingerprint for name in told):
                refuse_backdated(options.out, utc_day(options.as_of))
                raise RefusedError(plan.like.path, plan.differs, plan.name)
            return _unchanged(plan.like, export)
        day = utc_day(options.as_of).isoformat()
        kept = (written, crossed, plan.number, found.intake)
        account = Account(Source.RUN, day, plan.asked, summary, options.format, *kept)
        write_private(folder / RUN_FILE, account_text(account))
        target = appear(folder, options.out, plan.name)
    orders, asked = (shown.orders(name) for name in DECIDED)
    ending = Ending.PUBLISHED
    return RunResult(ending, summary, target, crossed, orders, problems, to_approve=asked)


def _decide_all(
    options: RunOptions, export: Export, before: Past, outputs: Outputs
) -> tuple[Summary, tuple[str, ...]]:
    """Writes every row of every output; the summary, and the limits that are crossed."""
    book, day = options.book, utc_day(options.as_of)
    tally = Tally(lacking_facts(export, book.words))
    given = Noted(outputs)
    judging = Judging(Scopes(book), options.as_of, options.every_assumption)
    with opened(before) as history:
        wanted = given if options.plan else outputs
        limited = Limited(wanted, book.catalogue, history.given_in(before.of_day(day)))
        night = Night(options.decide, before.approvals, tally, limited)
        for done, row in enumerate(known_rows(export.records(), judging, history), start=1):
            night.decide_row(row)
            if done % TOLD_EVERY == 0:
                options.progress(done)
        night.carry(history.unmet(), book, day)
    if options.plan is not None:
        options.plan.check_actions(given.ids)
    night.tell_of(export)
    summary = tally.summary(export.read, book.words, export.joining)
    if summary.read != summary.decided + summary.rejected + summary.not_covered:
        raise AssertionError(f"rows were lost: {summary}")
    return summary, tuple(limited.crossed(tally.decided))
