"""`lapse what-if`: who is hit, when and what it costs, before terms change."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.cli import Exit
from lapse.cli.foreseeing import (
    add_foreseeing,
    asked_of,
    basis_of,
    population_of,
    save_plan,
    say_lost,
)
from lapse.cli.options import also, moment_judged, sound_book_at
from lapse.cli.progress import bar
from lapse.cli.terminal import printable, say_error, say_problems
from lapse.place import MisuseError

if TYPE_CHECKING:
    from lapse.policy.git import PolicyFolder
    from lapse.population import Population
    from lapse.rule import Rulebook
    from lapse.whatif.result import WhatIf


DEFAULT = "policies"
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Side:
    """A rulebook, and the subscriptions as its profiles read them."""

    book: "Rulebook"
    people: "Population"


def add_options(command: argparse.ArgumentParser) -> None:
    add_foreseeing(command, "markdown", "csv")
    command.add_argument(
        "--policies",
        default=DEFAULT,
        metavar="DIR",
        help="today's policy set, also git:REF or git:REF:PATH (default: policies)",
    )
    other = command.add_mutually_exclusive_group(required=True)
    other.add_argument(
        "--against", metavar="DIR", help="the other policy set: a folder, git:REF or git:REF:PATH"
    )
    other.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="TERM=VALUE",
        help="today's policies with another value, such as grace_days=14; see --where",
    )
    other.add_argument(
        "--sweep", metavar="TERM=A..B", help="every value of a term, such as grace_days=0..60"
    )
    command.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="for --set and --sweep: the scope, such as market=NO (default: the base layer)",
    )
    command.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="WHAT=MOST",
        help="exit with 4 if more become worse off: delete=0, suspend=0.5%%, debt.NOK=100000",
    )


def execute(arguments: argparse.Namespace) -> Exit:
    _refuse_misuse(arguments)
    with _policies(arguments.policies, beside=arguments.against) as today:
        side = _side(arguments, today)
        if arguments.sweep:
            return _sweep(arguments, side)
        if arguments.settings:
            return _compare(arguments, side, Side(_changed(arguments, side.book), side.people))
        with _policies(arguments.against, beside=arguments.policies) as other:
            return _compare(arguments, side, _side(arguments, other))


def _refuse_misuse(arguments: argparse.Namespace) -> None:
    if arguments.where and arguments.against:
        raise MisuseError(
            "--where goes with --set or --sweep; a folder says itself where it counts"
        )
    if arguments.save and not arguments.against:
        raise MisuseError(
            "--save goes with --against: a run reads policy files; write the change into them first"
        )
    if arguments.sweep and arguments.limit:
        raise MisuseError("--limit goes with --against or --set: a sweep has no one outcome")
    if arguments.sweep and arguments.format in {"csv", "markdown"}:
        raise MisuseError("a sweep is shown as text or json")


@contextmanager
def _policies(text: str, *, beside: str | None) -> Iterator["PolicyFolder"]:
    """A policy set by its folder; of `git:REF` it is the other side's, or the default one."""
    from lapse.policy.git import is_revision, policies_at

    is_folder = beside is not None and not is_revision(beside)
    with policies_at(text, Path(beside if is_folder and beside else DEFAULT)) as found:
        yield found


def _side(arguments: argparse.Namespace, at: "PolicyFolder") -> Side:
    book = sound_book_at(at.folder, at.called)
    people = population_of(arguments, book, also(arguments, book, at))
    say_problems(people.problems, {})
    say_lost(people)
    return Side(book, people)


def _changed(arguments: argparse.Namespace, book: "Rulebook") -> "Rulebook":
    from lapse.days import utc_day
    from lapse.whatif.setting import parse_setting, parse_where, with_settings

    where = parse_where(arguments.where, book)
    settings = [parse_setting(text, book) for text in arguments.settings]
    for setting in settings:
        _say_narrower(book, setting.name, where)
    return with_settings(book, settings, where, utc_day(moment_judged(arguments)))


def _say_narrower(book: "Rulebook", name: str, where: Mapping[str, str]) -> None:
    """Tells which values stay because they are set for less than the scope."""
    from lapse.whatif.setting import narrower

    places = narrower(book, name, where)
    if places:
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        print(
            f"`{name}` is set for narrower scopes, which keep their value: "
            f"{', '.join(places[:MOST_PLACES])}{more}; --where reaches them",
            file=sys.stderr,
        )


def _compare(arguments: argparse.Namespace, today: Side, other: Side) -> Exit:
    from lapse.report.sentence import first_sentence
    from lapse.whatif.limits import parse_limit
    from lapse.whatif.result import what_if
    from lapse.whatif.versions import Versions

    versions = Versions(today.book, other.book)
    limits = [parse_limit(text, versions.actions) for text in arguments.limit]
    with bar("comparing", len(today.people.rows)) as advance:
        asked = asked_of(arguments, today.book, advance)
        found = what_if(versions, asked, today.people, other.people, limits)
    _show(found, arguments)
    if found.crossed:
        say_error("a limit is crossed: " + "; ".join(found.crossed))
        return Exit.NOT_PUBLISHED
    if arguments.save:
        basis = basis_of(arguments, other.book, other.people)
        futures = (each.new for each in found.differences if each.new)
        says = first_sentence(found)
        save_plan(arguments.save, basis, says, futures, today.book.fingerprint)
    return Exit.FINDINGS if today.people.lost or other.people.lost else Exit.FINE


def _show(found: "WhatIf", arguments: argparse.Namespace) -> None:
    from lapse.report.whatif import whatif_text
    from lapse.report.whatif_csv import whatif_csv
    from lapse.report.whatif_json import whatif_json
    from lapse.report.whatif_markdown import whatif_markdown

    match arguments.format:
        case "json":
            json.dump(whatif_json(found), sys.stdout, indent=2, ensure_ascii=False)
            print()
        case "markdown":
            print(whatif_markdown(found, arguments.show), end="")
        case "csv":
            for line in whatif_csv(found):
                print(line)
        case _:
            print(printable(whatif_text(found, arguments.show)))


def _sweep(arguments: argparse.Namespace, today: Side) -> Exit:
    from lapse.report.sweep import sweep_text
    from lapse.report.whatif_json import sweep_json
    from lapse.whatif.setting import parse_where
    from lapse.whatif.sweep import parse_range, sweep

    asked_range = parse_range(arguments.sweep)
    where = parse_where(arguments.where, today.book)
    _say_narrower(today.book, asked_range.name, where)
    with bar("sweeping", len(today.people.rows)) as advance:
        asked = asked_of(arguments, today.book, advance)
        found = sweep(today.book, asked_range, where, asked, today.people.rows)
    if arguments.format == "json":
        json.dump(sweep_json(found), sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        print(printable(sweep_text(found)))
    return Exit.FINDINGS if today.people.lost else Exit.FINE
