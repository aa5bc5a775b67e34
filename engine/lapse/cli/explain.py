"""`lapse explain`: one subscription's decision, down to its leaves."""

import argparse
from collections.abc import Container
from typing import TYPE_CHECKING

from lapse.cli import Exit
from lapse.cli.options import (
    add_deciding,
    add_exports,
    add_format,
    add_history,
    add_policies,
    also,
    assumed,
    executor,
    moment_judged,
    sound_book,
)
from lapse.cli.terminal import print_json, say_problems
from lapse.model.place import LapseError
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.decide.known import Judging, KnownRow
    from lapse.model.rule import Rulebook


def add_options(command: argparse.ArgumentParser) -> None:
    add_exports(command)
    command.add_argument("--subscription", required=True, metavar="ID")
    add_policies(command)
    add_deciding(command)
    add_history(command)
    command.add_argument("--all", action="store_true", help="every rule down to its leaves")
    add_format(command)


def execute(arguments: argparse.Namespace) -> Exit:
    from lapse.analysis.explain import explain
    from lapse.decide.known import Judging
    from lapse.policy.in_force import Scopes
    from lapse.report.explanation import explanation_json, explanation_text

    book = sound_book(arguments)
    judging = Judging(Scopes(book), moment_judged(arguments), assumed(arguments, book))
    known, approved = _found(arguments, judging, book)
    decide, judge = executor(book)
    found = explain(known, judging.scopes, decide, judge, approved=approved)
    if arguments.format == "json":
        print_json(explanation_json(found))
    else:
        print(printable(explanation_text(found, shows_all=arguments.all)))
    return Exit.FINE


def _found(
    arguments: argparse.Namespace, judging: "Judging", book: "Rulebook"
) -> "tuple[KnownRow, Container[str]]":
    """The subscription asked for with its history, and the orders approved on its day.

    Says so when it is rejected or not there.
    """
    from lapse.executors.row_by_row import known_rows
    from lapse.inputs.reading import open_exports
    from lapse.model.days import utc_day
    from lapse.model.ids import same_id
    from lapse.runs.history import opened, past

    wanted: str = arguments.subscription
    same = same_id(wanted)
    with open_exports(tuple(arguments.exports), book.words, also(arguments, book)) as export:
        say_problems(export.problems, {})
        found = (r for r in export.records() if same_id(str(r.facts["subscription_id"])) == same)
        before = past(arguments.out, utc_day(judging.as_of), 1)
        with opened(before) as history:
            for known in known_rows(found, judging, history):
                return known, before.approvals.on(known.situation.moment.day)
        for rejected in export.rejected():
            if same_id(rejected.subscription_id) == same:
                at = f" in column `{rejected.column}`" if rejected.column else ""
                where = f"row {rejected.row} of {rejected.input}"
                told = f"`{wanted}` is rejected: {rejected.code}{at}, {where}: `{rejected.found}`"
                raise LapseError(told)
    raise LapseError(f"there is no subscription `{wanted}` in {', '.join(arguments.exports)}")
