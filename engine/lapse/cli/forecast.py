"""`lapse forecast`: the calendar of what will happen if nothing changes."""

from dataclasses import dataclass
from typing import Literal

from lapse.cli import Exit
from lapse.cli.command_line import Texts, option
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
from lapse.cli.options import format_option, memory_option, sound_book, within_memory
from lapse.cli.progress import steps
from lapse.cli.terminal import print_json, say, say_problems, show_answer
from lapse.model.place import MisuseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Foreseeing):
    where: Texts = option("only of this scope, such as market=NO", "KEY=VALUE")
    memory_limit: str = memory_option()
    format: Literal["text", "json", "csv"] = format_option()


def execute(options: Options) -> Exit:
    from lapse.analysis.forecasting import estate, forecast
    from lapse.analysis.scope import parse_where
    from lapse.report.forecast import forecast_csv, forecast_json, forecast_text, sentence
    from lapse.runs.plan import refuse_target

    if options.save and options.where:
        raise MisuseError("--save plans a whole day; leave out --where")
    if options.save:
        refuse_target(options.save)
    with policies(options.policies) as at:
        book = sound_book(at.folder, at.called)
        reader = reader_of(options, book, at, options.memory_limit)
    asked, where = asked_of(options, book), parse_where(options.where, book)
    exports = options.files.exports
    with within_memory(), estate(reader, exports, book, options.out, asked) as opened:
        with steps("foreseeing") as shown:
            calendar, read = forecast(
                opened,
                book,
                asked,
                where=where,
                progress=lambda done, of: shown("foreseeing", done, of),
            )
        say_problems(read.problems, {})
        say_lost(read, at.called)
        if where and not calendar.subscriptions:
            say(f"no subscription is in the scope {' '.join(options.where)}")
        match options.format:
            case "json":
                print_json(forecast_json(calendar) | {"rejected": lost_rows(read)})
            case "csv":
                show_csv(forecast_csv(calendar))
            case "text":
                show_answer(forecast_text(calendar, options.show), sentence(calendar))
        if options.save:
            ids = calendar.orders_of_the_first_day()
            save_plan(options.save, basis_of(options, book, read), sentence(calendar), ids)
    return Exit.FINDINGS if read.lost else Exit.FINE
