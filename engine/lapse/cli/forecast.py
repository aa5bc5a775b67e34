"""`lapse forecast`: the calendar of what will happen if nothing changes."""

import argparse
import json
import sys

from lapse.cli import Exit
from lapse.cli.foreseeing import (
    add_foreseeing,
    asked_of,
    basis_of,
    population_of,
    save_plan,
    say_lost,
)
from lapse.cli.options import add_policies, also, sound_book
from lapse.cli.progress import bar
from lapse.cli.terminal import printable, say_problems


def add_options(command: argparse.ArgumentParser) -> None:
    add_foreseeing(command, "csv")
    add_policies(command)


def execute(arguments: argparse.Namespace) -> Exit:
    from lapse.report.forecast import forecast_csv, forecast_json, forecast_text, sentence
    from lapse.whatif.calendar import calendar

    book = sound_book(arguments)
    people = population_of(arguments, book, also(arguments, book))
    say_problems(people.problems, {})
    say_lost(people)
    with bar("foreseeing", len(people.rows)) as advance:
        found = calendar(book, asked_of(arguments, book, advance), people)
    match arguments.format:
        case "json":
            json.dump(forecast_json(found), sys.stdout, indent=2, ensure_ascii=False)
            print()
        case "csv":
            for line in forecast_csv(found):
                print(line)
        case _:
            print(printable(forecast_text(found, arguments.show)))
    if arguments.save:
        basis = basis_of(arguments, book, people)
        save_plan(arguments.save, basis, sentence(found), found.futures)
    return Exit.FINDINGS if people.lost else Exit.FINE
