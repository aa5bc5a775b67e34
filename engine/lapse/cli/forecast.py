"""`lapse forecast`: the calendar of what will happen if nothing changes."""

import argparse

from lapse.cli import Exit
from lapse.cli.foreseeing import (
    add_foreseeing,
    asked_of,
    basis_of,
    lost_rows,
    policies,
    population_of,
    save_plan,
    say_lost,
    show_csv,
)
from lapse.cli.options import also, sound_book_at
from lapse.cli.progress import bar
from lapse.cli.terminal import print_json, say_problems
from lapse.report.printable import printable


def add_options(command: argparse.ArgumentParser) -> None:
    add_foreseeing(command, "csv")


def execute(arguments: argparse.Namespace) -> Exit:
    from lapse.analysis.what_if.calendar import calendar
    from lapse.report.forecast import forecast_csv, forecast_json, forecast_text, sentence
    from lapse.runs.plan import refuse_target

    if arguments.save:
        refuse_target(arguments.save)
    with policies(arguments.policies) as at:
        book = sound_book_at(at.folder, at.called)
        people = population_of(arguments, book, also(arguments, book, at))
    say_problems(people.problems, {})
    say_lost(people, at.called)
    with bar("foreseeing", len(people.rows)) as advance:
        found = calendar(book, asked_of(arguments, book, advance), people)
    match arguments.format:
        case "json":
            print_json(forecast_json(found) | {"rejected": lost_rows(people)})
        case "csv":
            show_csv(forecast_csv(found))
        case _:
            print(printable(forecast_text(found, arguments.show)))
    if arguments.save:
        basis = basis_of(arguments, book, people)
        save_plan(arguments.save, basis, sentence(found), found.futures)
    return Exit.FINDINGS if people.lost else Exit.FINE
