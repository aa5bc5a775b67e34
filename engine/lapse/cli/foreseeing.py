"""What `forecast` and `what-if` share: options, the reading of inputs, and the saved plan."""

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.cli.command_line import option
from lapse.cli.options import MEMORY, Deciding, Files, also, past_option, stated, whole_number
from lapse.cli.terminal import say
from lapse.model.days import parse_date, utc_day
from lapse.model.place import MisuseError

if TYPE_CHECKING:
    from lapse.analysis.futures import Future
    from lapse.analysis.population import InputsRead, Population
    from lapse.analysis.what_if.compare import Outlook
    from lapse.model.rule import Rulebook
    from lapse.policy.text.revision import PolicyFolder
    from lapse.runs.export import Reader
    from lapse.runs.plan import Basis

DEFAULT_POLICIES = "policies"
DEFAULT_DAYS = 365
MOST_DAYS = 3660


def a_day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise ArgumentTypeError(f"`{text}` is no day such as 2026-11-23")
    return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseeing:
    """The options of both commands."""

    files: Files
    deciding: Deciding
    until: date | None = option(
        f"the last day foreseen (default: {DEFAULT_DAYS} days after the day judged)", "DAY", a_day
    )
    out: Path = past_option()
    policies: str = option(
        "the policy set of today, also git:REF or git:REF:PATH (default: policies)",
        "DIR",
        default=DEFAULT_POLICIES,
    )
    show: int = option("how many are listed (default: 8)", "N", whole_number, default=8)
    save: Path | None = option("write a plan for `lapse run --plan FILE`", "FILE", Path)


@contextmanager
def policies(text: str, *, beside: str | None = None) -> Iterator["PolicyFolder"]:
    """Opens a policy set; `git:REF` reads the folder of the other side, or else the default one."""
    from lapse.policy.text.revision import is_revision, policies_at

    folder = beside if beside is not None and not is_revision(beside) else DEFAULT_POLICIES
    with policies_at(text, Path(folder)) as policy_folder:
        yield policy_folder


def last_day(options: Foreseeing) -> date:
    """The last day foreseen; refuses one before the day judged or too long after it."""
    first = utc_day(options.deciding.moment)
    until = options.until or first + timedelta(days=DEFAULT_DAYS)
    if until < first:
        raise MisuseError(f"--until: {until} is before the day judged, {first}")
    if until - first > timedelta(days=MOST_DAYS):
        raise MisuseError(f"--until: {until} is more than {MOST_DAYS} days after {first}")
    return until


def asked_of(
    options: Foreseeing, book: "Rulebook", progress: Callable[[int], None] = lambda _: None
) -> "Outlook":
    from lapse.analysis.what_if.compare import Outlook

    said = stated(options.deciding, book.words)
    return Outlook(options.deciding.moment, last_day(options), said, progress)


def population_of(options: Foreseeing, book: "Rulebook", at: "PolicyFolder") -> "Population":
    """The subscriptions of the exports, as the profiles of a policy set read them."""
    from lapse.analysis.population import population

    reader, moment = reader_of(options, book, at), options.deciding.moment
    return population(reader, options.files.exports, book.words, options.out, moment)


def reader_of(
    options: Foreseeing, book: "Rulebook", at: "PolicyFolder", memory: str = MEMORY
) -> "Reader":
    """What opens the exports, as the profiles of a policy set read them."""
    from lapse.inputs.reading import open_exports

    return partial(open_exports, also=also(options, book, at.folder, at.called), memory=memory)


def say_lost(read: "InputsRead", called: str) -> None:
    """Says how many rows were rejected under a policy set, which are therefore not foreseen."""
    lost = [(read.rejected, "rejected"), (read.rejected_elsewhere, "of other lists rejected")]
    told = [f"{count} row{'' if count == 1 else 's'} {what}" for count, what in lost if count]
    if told:
        why = "and not foreseen; `lapse run --preview` tells why"
        say(f"{', '.join(told)} under `{called}`, {why}")


def lost_rows(read: "InputsRead") -> dict[str, int]:
    return {"subscriptions": read.rejected, "other_lists": read.rejected_elsewhere}


def show_csv(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def basis_of(options: Foreseeing, book: "Rulebook", read: "InputsRead") -> "Basis":
    """Everything that determines what a run on the day judged does under a rulebook."""
    from lapse.cli.options import assumed
    from lapse.model.facts import show
    from lapse.runs.plan import Basis, assumptions_fingerprint

    return Basis(
        book.fingerprint,
        read.inputs,
        read.history,
        show(options.deciding.moment),
        assumptions_fingerprint(assumed(options.deciding, book)),
    )


def save_plan(
    file: Path, basis: "Basis", says: str, ids: Sequence[str], compared_with: str = ""
) -> None:
    """Writes a plan with the ids of our actions of the first day, completely or not at all."""
    from lapse.runs.plan import SavedPlan, plan_text
    from lapse.runs.private_files import replace_private

    replace_private(file, plan_text(SavedPlan(basis, says, tuple(ids), compared_with)))


def ids_of_the_first_day(futures: Iterable["Future"]) -> list[str]:
    return sorted(
        each.action.id(future.id)
        for future in futures
        for each in future.foreseen
        if each.is_ours and each.day == future.first.moment.day
    )
