"""`lapse explain`: one subscription's decision, down to each test of its rules."""

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lapse.cli import Exit
from lapse.cli.command_line import option
from lapse.cli.options import (
    Deciding,
    Files,
    also,
    assumed,
    executor,
    format_option,
    past_option,
    policies_option,
    sound_book,
)
from lapse.cli.terminal import print_json, say_problems
from lapse.model.place import LapseError
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.decide.known import Judging, KnownRow
    from lapse.model.rule import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    files: Files
    subscription: str = option(None, "ID", required=True)
    policies: Path = policies_option()
    deciding: Deciding
    out: Path = past_option()
    all: bool = option("every rule down to its leaves")
    format: Literal["text", "json"] = format_option()


def execute(options: Options) -> Exit:
    from lapse.analysis.explain import explain
    from lapse.decide.known import Judging
    from lapse.policy.in_force import Scopes
    from lapse.report.explanation import explanation_json, explanation_text

    book = sound_book(options.policies)
    judging = Judging(Scopes(book), options.deciding.moment, assumed(options.deciding, book))
    known, approved = _found(options, judging, book)
    decide, judge = executor(book)
    explanation = explain(known, judging.scopes, decide, judge, approved=approved)
    if options.format == "json":
        print_json(explanation_json(explanation))
    else:
        print(printable(explanation_text(explanation, shows_all=options.all)))
    return Exit.FINE


def _found(
    options: Options, judging: "Judging", book: "Rulebook"
) -> "tuple[KnownRow, Container[str]]":
    """The subscription asked for with its history, and the orders approved on the day judged.

    Raises `LapseError` if its row is rejected or there is none.
    """
    from lapse.executors.row_by_row import known_rows
    from lapse.inputs.reading import open_exports
    from lapse.model.days import utc_day
    from lapse.model.ids import same_id
    from lapse.runs.history import opened
    from lapse.runs.past import past

    wanted = options.subscription
    same = same_id(wanted)
    given = also(options, book, options.policies)
    with open_exports(options.files.exports, book.words, given) as export:
        say_problems(export.problems, {})
        rows = (r for r in export.records() if same_id(str(r.facts["subscription_id"])) == same)
        before = past(options.out, utc_day(judging.as_of), 1)
        with opened(before) as history:
            for known in known_rows(rows, judging, history):
                return known, before.approvals.on(known.situation.moment.day)
        for rejected in export.rejected():
            if same_id(rejected.subscription_id) == same:
                at = f" in column `{rejected.column}`" if rejected.column else ""
                where = f"row {rejected.row} of {rejected.input}"
                told = f"`{wanted}` is rejected: {rejected.code}{at}, {where}: `{rejected.found}`"
                raise LapseError(told)
    raise LapseError(f"there is no subscription `{wanted}` in {', '.join(options.files.exports)}")
