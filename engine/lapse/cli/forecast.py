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
    reader_of,
    save_plan,
    say_lost,
    show_csv,
)
from lapse.cli.options import format_option, sound_book
from lapse.cli.progress import steps
from lapse.cli.terminal import print_json, say_problems
from lapse.report.printable import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Foreseeing):
    format: Literal["text", "json", "csv"] = format_option()


def execute(options: Options) -> Exit:
    from lapse.analysis.forecasting import estate, forecast
    from lapse.report.forecast import forecast_csv, forecast_json, forecast_text, sentence
    from lapse.runs.plan import refuse_target

    if options.save:
        refuse_target(options.save)
    with policies(options.policies) as at:
        book = sound_book(at.folder, at.called)
        reader = reader_of(options, book, at)
    asked = asked_of(options, book)
    with estate(reader, options.files.exports, book, options.out, asked) as opened:
        with steps("foreseeing") as shown:
            calendar, read = forecast(
                opened, book, asked, lambda done, of: shown("foreseeing", done, of)
            )
        say_problems(read.problems, {})
        say_lost(read, at.called)
        match options.format:
            case "json":
                print_json(forecast_json(calendar) | {"rejected": lost_rows(read)})
            case "csv":
                show_csv(forecast_csv(calendar))
            case "text":
                print(printable(forecast_text(calendar, options.show)))
        if options.save:
            ids = calendar.orders_of_the_first_day()
            save_plan(options.save, basis_of(options, book, read), sentence(calendar), ids)
    return Exit.FINDINGS if read.lost else Exit.FINE
