"""`lapse forecast`: the calendar of what will happen if nothing changes."""

from dataclasses import dataclass
from typing import Literal

from lapse.cli import Exit
from lapse.cli.foreseeing import (
    Foreseeing,
    asked_of,
    basis_of,
    lost_rows,
    policies,
    population_of,
    save_plan,
    say_lost,
    show_csv,
)
from lapse.cli.options import format_option, sound_book
from lapse.cli.progress import bar
from lapse.cli.terminal import print_json, say_problems
from lapse.report.printable import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Foreseeing):
    format: Literal["text", "json", "csv"] = format_option()


def execute(options: Options) -> Exit:
    from lapse.analysis.what_if.calendar import calendar
    from lapse.report.forecast import forecast_csv, forecast_json, forecast_text, sentence
    from lapse.runs.plan import refuse_target

    if options.save:
        refuse_target(options.save)
    with policies(options.policies) as at:
        book = sound_book(at.folder, at.called)
        people = population_of(options, book, at)
    say_problems(people.problems, {})
    say_lost(people, at.called)
    with bar("foreseeing", len(people.rows)) as advance:
        forecast = calendar(book, asked_of(options, book, advance), people)
    match options.format:
        case "json":
            print_json(forecast_json(forecast) | {"rejected": lost_rows(people)})
        case "csv":
            show_csv(forecast_csv(forecast))
        case "text":
            print(printable(forecast_text(forecast, options.show)))
    if options.save:
        basis = basis_of(options, book, people)
        save_plan(options.save, basis, sentence(forecast), forecast.futures)
    return Exit.FINDINGS if people.lost else Exit.FINE
