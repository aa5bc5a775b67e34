"""What `forecast` and `what-if` share: whom they foresee, how far, and the plan they can save."""

import argparse
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.cli.options import (
    add_deciding,
    add_exports,
    add_history,
    moment_judged,
    stated,
    whole_number,
)
from lapse.cli.terminal import say
from lapse.model.days import parse_date, utc_day
from lapse.model.place import MisuseError

if TYPE_CHECKING:
    from lapse.analysis.futures import Future
    from lapse.analysis.population import Population
    from lapse.analysis.what_if.compare import Outlook
    from lapse.inputs.reading import Also
    from lapse.model.rule import Rulebook
    from lapse.policy.text.revision import PolicyFolder
    from lapse.runs.plan import Basis

DEFAULT_POLICIES = "policies"
DEFAULT_DAYS = 365
MOST_DAYS = 3660


def add_foreseeing(command: argparse.ArgumentParser, *formats: str) -> None:
    add_exports(command)
    add_deciding(command)
    command.add_argument(
        "--until",
        type=_day,
        metavar="DAY",
        help=f"the last day foreseen (default: {DEFAULT_DAYS} days after the day judged)",
    )
    add_history(command)
    command.add_argument(
        "--policies",
        default=DEFAULT_POLICIES,
        metavar="DIR",
        help="the policy set of today, also git:REF or git:REF:PATH (default: policies)",
    )
    command.add_argument(
        "--show", type=whole_number, default=8, metavar="N", help="how many are listed (default: 8)"
    )
    command.add_argument(
        "--save", type=Path, metavar="FILE", help="write a plan for `lapse run --plan FILE`"
    )
    command.add_argument(
        "--format",
        choices=("text", "json", *formats),
        default="text",
        help="how results are shown (default: text)",
    )


@contextmanager
def policies(text: str, *, beside: str | None = None) -> Iterator["PolicyFolder"]:
    """A policy set by its folder; of `git:REF` it is the other side's, or the default one."""
    from lapse.policy.text.revision import is_revision, policies_at

    folder = beside if beside is not None and not is_revision(beside) else DEFAULT_POLICIES
    with policies_at(text, Path(folder)) as found:
        yield found


def _day(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no day such as 2026-11-23")
    return day


def last_day(arguments: argparse.Namespace) -> date:
    """The last day foreseen, which is not before the one judged."""
    first = utc_day(moment_judged(arguments))
    until: date = arguments.until or first + timedelta(days=DEFAULT_DAYS)
    if until < first:
        raise MisuseError(f"--until: {until} is before the day judged, {first}")
    if until - first > timedelta(days=MOST_DAYS):
        raise MisuseError(f"--until: {until} is more than {MOST_DAYS} days after {first}")
    return until


def asked_of(
    arguments: argparse.Namespace, book: "Rulebook", progress: Callable[[int], None]
) -> "Outlook":
    from lapse.analysis.what_if.compare import Outlook

    said = stated(arguments, book.words)
    return Outlook(moment_judged(arguments), last_day(arguments), said, progress)


def population_of(arguments: argparse.Namespace, book: "Rulebook", also: "Also") -> "Population":
    """The subscriptions of the exports, as some profiles read them."""
    from lapse.analysis.population import population
    from lapse.inputs.reading import open_exports

    reader = partial(open_exports, also=also)
    as_of = moment_judged(arguments)
    return population(reader, arguments.exports, book.words, arguments.out, as_of)


def say_lost(people: "Population", called: str) -> None:
    """Tells of rows that could not be read under some policies, and so are in no calendar."""
    lost = [(people.rejected, "rejected"), (people.rejected_elsewhere, "of other lists rejected")]
    told = [f"{count} row{'' if count == 1 else 's'} {what}" for count, what in lost if count]
    if told:
        why = "and not foreseen; `lapse run --preview` tells why"
        say(f"{', '.join(told)} under `{called}`, {why}")


def lost_rows(people: "Population") -> dict[str, int]:
    return {"subscriptions": people.rejected, "other_lists": people.rejected_elsewhere}


def show_csv(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def basis_of(arguments: argparse.Namespace, book: "Rulebook", people: "Population") -> "Basis":
    """All that decides what a run of the day judged does under a rulebook."""
    from lapse.cli.options import assumed
    from lapse.model.facts import show
    from lapse.runs.plan import Basis, assumptions_fingerprint

    return Basis(
        book.fingerprint,
        people.inputs,
        people.history,
        show(moment_judged(arguments)),
        assumptions_fingerprint(assumed(arguments, book)),
    )


def save_plan(
    file: Path, basis: "Basis", says: str, futures: Iterable["Future"], compared_with: str = ""
) -> None:
    """Writes the plan of the first day's actions of ours; whole or not at all."""
    from lapse.runs.plan import SavedPlan, plan_text
    from lapse.runs.private_files import replace_private

    ids = sorted(
        each.action.id(future.id)
        for future in futures
        for each in future.foreseen
        if each.is_ours and each.day == future.first.moment.day
    )
    replace_private(file, plan_text(SavedPlan(basis, says, tuple(ids), compared_with)))
