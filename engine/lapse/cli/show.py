"""`lapse show`: what is in force for a scope, and what happens to a customer who does not pay."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lapse.cli import Exit
from lapse.cli.command_line import Texts, option
from lapse.cli.options import Deciding, format_option, policies_option, sound_book, stated
from lapse.cli.terminal import print_json, say
from lapse.model.days import utc_day
from lapse.model.place import MisuseError
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.analysis.scope import Where
    from lapse.analysis.unpaid import Unpaid
    from lapse.model.rule import Rulebook

Sides = list[tuple["Where", date]]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    where: Texts = option("whose terms, such as market=NO; a key not named is any", "KEY=VALUE")
    compare: Texts = option(
        "another scope or day beside it, such as market=DE or 2027-01-01; market=any is no market",
        "KEY=VALUE|DAY",
    )
    timeline: bool = option("what happens to a customer who does not pay, day by day")
    svg: Path | None = option("write that as a picture", "FILE", Path)
    only: str = option("terms and rules whose name contains it", "TEXT", default="")
    deciding: Deciding
    policies: Path = policies_option()
    format: Literal["text", "json"] = format_option()


def execute(options: Options) -> Exit:
    from lapse.analysis.scope import parse_beside, parse_where, unnamed

    if options.svg and options.compare:
        raise MisuseError("--svg draws one scope, and --compare shows two; leave one of them out")
    book = sound_book(options.policies)
    where, day = parse_where(options.where, book), utc_day(options.deciding.moment)
    sides = [(where, day)]
    if options.compare:
        sides.append(parse_beside(options.compare, where, day, book))
    for note in dict.fromkeys(note for scope, _ in sides for note in unnamed(scope, book)):
        say(note)
    is_dated = options.timeline or options.svg is not None
    content, text = (_dated if is_dated else _in_force)(options, book, sides)
    if options.format == "json":
        print_json(content)
    else:
        print(printable(text))
    return Exit.FINE


def _in_force(options: Options, book: "Rulebook", sides: Sides) -> tuple[Json, str]:
    from lapse.analysis.show import shown
    from lapse.analysis.side_by_side import differences
    from lapse.report.show import compare_json, compare_text, show_json, show_text

    views = [shown(book, where, day, options.only) for where, day in sides]
    if len(views) == 1:
        return show_json(views[0]), show_text(views[0])
    found = differences(views[0], views[1], book)
    content = compare_json([show_json(view) for view in views], found)
    return content, compare_text(sides[0], sides[1], found)


def _dated(options: Options, book: "Rulebook", sides: Sides) -> tuple[Json, str]:
    from lapse.analysis.side_by_side import dated_side_by_side
    from lapse.analysis.unpaid import differing, unpaid
    from lapse.report.show import compare_json, compare_text
    from lapse.report.unpaid import unpaid_json, unpaid_sentence, unpaid_text

    facts, actions = stated(options.deciding, book.words), book.catalogue.actions
    ladders = [unpaid(book, where, day, facts) for where, day in sides]
    if len(ladders) == 1:
        parts = tuple(differing(book, ladders[0], facts))
        if options.svg:
            _draw(options.svg, ladders[0], book)
        text = unpaid_text(ladders[0], parts, actions, book.words.facts)
        return unpaid_json(ladders[0], parts, actions), text
    found = dated_side_by_side(ladders[0], ladders[1])
    content = compare_json([unpaid_json(each, (), actions) for each in ladders], found)
    sentences = [unpaid_sentence(each, actions) for each in ladders]
    return content, compare_text(sides[0], sides[1], found, sentences)


def _draw(file: Path, ladder: "Unpaid", book: "Rulebook") -> None:
    from lapse.report.unpaid_svg import unpaid_svg
    from lapse.runs.private_files import replace_private

    replace_private(file, unpaid_svg(ladder, book.catalogue.actions).encode())
    say(f"{file} was written")
