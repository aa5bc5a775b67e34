"""The main job: exports, policies and history in, one folder of decisions out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from pathlib import Path

from lapse.batch.account import Account, Asked, Source, account_text, options_fingerprint
from lapse.batch.columns import Cells
from lapse.batch.export import Export, Reader, Rejection, lacking_facts
from lapse.batch.failures import RefusedError
from lapse.batch.files import write_private
from lapse.batch.folders import RUN_FILE, Folder, folder_name, folders
from lapse.batch.history import Past, opened, past
from lapse.batch.limits import crossed
from lapse.batch.outputs import Files, Format, Noted, Outputs, Shown
from lapse.batch.plan import Basis, Planned, assumptions_fingerprint
from lapse.batch.publish import appear, exclusive, partial_folder
from lapse.batch.rows import Judged, stray_cells
from lapse.batch.summary import Summary
from lapse.batch.tally import Tally
from lapse.because import because
from lapse.days import AsOf, utc_day
from lapse.decide.forecast import Decide
from lapse.decision import NotCovered
from lapse.exports.profile import Gives
from lapse.facts import Value, show
from lapse.place import Problem
from lapse.policy.in_force import Scopes
from lapse.rule import Rulebook
from lapse.situations import Judging, Known, known_rows

MOST_SHOWN = 1000
"""Orders of each action kept to be shown."""
TOLD_EVERY = 500
"""Rows between two words of progress."""
AS_OF = "as_of"


class Ending(Enum):
    PUBLISHED = auto()
    UNCHANGED = auto()
    OVER_LIMIT = auto()
    PREVIEWED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What `lapse run` is asked; `reader` opens the exports, `decide` is the executor."""

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
    is_preview: bool = False
    plan: Planned | None = None
    progress: Callable[[int], None] = lambda _: None

    @property
    def every_assumption(self) -> Mapping[str, Value]:
        """What stands where no column is; the command line before the catalogue."""
        return {**self.book.catalogue.assumed, **self.assumed}


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended; `actions` are the first orders of each action, where it was decided."""

    ending: Ending
    summary: Summary
    folder: Path | None = None
    crossed: tuple[str, ...] = ()
    actions: tuple[Mapping[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The folder to write and its history; `like` is one that is there and was asked much alike."""

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
    with exclusive(options.out), options.reader(options.exports, words) as export:
        plan = _plan(options, export)
        _check_planned(options, export, plan.before)
        if plan.like is not None and not plan.differs:
            return _unchanged(plan.like, export)
        return _published(options, export, plan)


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
    day = utc_day(options.as_of)
    there = _of_day(options)
    number = there[-1].number + 1 if there else 1
    name = folder_name(day, number)

    def planned(number: int, like: Folder | None) -> Plan:
        before = past(options.out, day, number)
        return Plan(name, before, _asked(options, export, before), like)

    if not there or options.is_again:
        return planned(number, None)
    plans = [planned(folder.number, folder) for folder in reversed(there)]
    nearest = min(plans, key=lambda plan: (len(set(plan.differs) - {AS_OF}), plan.differs))
    if set(nearest.differs) - {AS_OF}:
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
    there = _of_day(options)
    number = there[-1].number + 1 if there and options.is_again else 1
    before = past(options.out, utc_day(options.as_of), number)
    _check_planned(options, export, before)
    shown = Shown(MOST_SHOWN)
    summary, over = _decide_all(options, export, before, shown)
    return RunResult(Ending.PREVIEWED, summary, None, over, shown.actions, tuple(export.problems))


def _published(options: RunOptions, export: Export, plan: Plan) -> RunResult:
    with partial_folder(options.out, plan.name) as folder:
        files = Files(folder, options.format, is_sorted=options.is_sorted)
        try:
            shown = Shown(MOST_SHOWN, files)
            summary, over = _decide_all(options, export, plan.before, shown)
            problems = tuple(export.problems)
            if over and not options.is_over_limit:
                return RunResult(Ending.OVER_LIMIT, summary, None, over, problems=problems)
            written = files.finish()
        finally:
            files.abandon()
        if plan.like is not None:
            told = plan.like.account.outputs
            if any(told[name].fingerprint != written[name].fingerprint for name in told):
                raise RefusedError(plan.like.path, plan.differs, plan.name)
            return _unchanged(plan.like, export)
        day = utc_day(options.as_of).isoformat()
        account = Account(Source.RUN, day, plan.asked, summary, options.format, written, over)
        write_private(folder / RUN_FILE, account_text(account))
        target = appear(folder, options.out, plan.name)
    return RunResult(Ending.PUBLISHED, summary, target, over, shown.actions, problems)


def _decide_all(
    options: RunOptions, export: Export, before: Past, outputs: Outputs
) -> tuple[Summary, tuple[str, ...]]:
    """Writes every row of every output; the summary, and the limits that are crossed."""
    book = options.book
    tally = Tally(lacking_facts(export, book.words))
    given = Noted(outputs)
    night = Night(options.decide, tally, given if options.plan else outputs)
    judging = Judging(Scopes(book), options.as_of, options.every_assumption)
    with opened(before) as history:
        for done, row in enumerate(known_rows(export.records(), judging, history), start=1):
            night.decide_row(row)
            if done % TOLD_EVERY == 0:
                options.progress(done)
    if options.plan is not None:
        options.plan.check_actions(given.ids)
    for rejected in export.rejected():
        if rejected.gives == Gives.SUBSCRIPTIONS:
            tally.reject(rejected.input, rejected.row, rejected.code)
        else:
            tally.reject_elsewhere(rejected.input)
        outputs.write("rejected", _rejected_cells(rejected))
    for cells in tally.customers.rows():
        outputs.write("customers", cells)
    _write_beside(export, outputs)
    summary = tally.summary(export.read, book.words, export.joining)
    if summary.read != summary.decided + summary.rejected + summary.not_covered:
        raise AssertionError(f"rows were lost: {summary}")
    return summary, tuple(crossed(book.catalogue.limits, tally.given(), tally.decided))


def _write_beside(export: Export, outputs: Outputs) -> None:
    """What invoices and holds come to that is about no subscription of tonight alone."""
    for stray in export.strays():
        outputs.write("unmatched", stray_cells(stray))
    for owner_and_id in export.kept_holds():
        outputs.write("holds", owner_and_id)


@dataclass(frozen=True, slots=True)
class Night:
    """Decides row by row."""

    decide: Decide
    tally: Tally
    outputs: Outputs

    def decide_row(self, row: Known) -> None:
        situation, seen = row.situation, row.seen
        if seen is not None:
            id_ = situation.subscription.id
            self.outputs.write("seen", (id_, seen.status, seen.first_day.isoformat()))
        decision = self.decide(situation, row.orders)
        if isinstance(decision, NotCovered):
            self.tally.leave_out(decision)
            return
        why = partial(because, situation=situation)
        judged = Judged(situation.subscription, situation.moment, why)
        for name, cells in self.tally.rows(decision, judged, row.orders):
            self.outputs.write(name, cells)


def _rejected_cells(rejected: Rejection) -> Cells:
    return (
        rejected.input,
        str(rejected.row),
        rejected.subscription_id or "",
        rejected.code,
        rejected.column or "",
        rejected.found or "",
    )
