"""`lapse prove`: the promises of a policy set, for all subscriptions, days and histories."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from lapse.cli import Exit
from lapse.cli.command_line import option
from lapse.cli.foreseeing import a_day
from lapse.cli.options import format_option, load_reporting, policies_option
from lapse.cli.progress import bar
from lapse.cli.terminal import print_json, say_error
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.model.rule import Rulebook
    from lapse.policy.reading.promises import Promise
    from lapse.report.proved import Proved


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    policies: Path = policies_option()
    as_of: date | None = option("the first day judged (default: today)", "DAY", a_day)
    format: Literal["text", "json", "github"] = format_option()
    strict: bool = option("a promise that nothing could break is a finding, too")
    now: datetime = field(default_factory=partial(datetime.now, UTC), init=False)


def execute(options: Options) -> Exit:
    from lapse.proofs.proving import Outcome
    from lapse.report.problems import as_github
    from lapse.report.proved import proved_json, proved_problems, proved_text

    policies = load_reporting(options.policies)
    if policies.book is None:
        say_error("the policies have errors; nothing was proved")
        return Exit.FINDINGS
    first = options.as_of or options.now.date()
    results = list(_proved(policies.promises, policies.book, first))
    if options.format == "json":
        print_json(proved_json(results, policies.book, first))
    elif options.format == "github":
        print(printable(as_github(proved_problems(results))), end="")
    else:
        print(printable(proved_text(results, policies.book, first)))
    wrong = {Outcome.REFUTED, Outcome.UNDECIDED, *([Outcome.EMPTY] if options.strict else [])}
    is_fine = policies.is_sound and wrong.isdisjoint(result.outcome for result in results)
    return Exit.FINE if is_fine else Exit.FINDINGS


def _proved(promises: "tuple[Promise, ...]", book: "Rulebook", first: date) -> "Iterator[Proved]":
    from lapse.analysis.counterexamples import counterexample
    from lapse.policy.in_force import Scopes
    from lapse.proofs.proving import Prover
    from lapse.report.proved import Proved

    scopes, prover = Scopes(book), Prover(book, first)
    with bar("proving", len(promises)) as show:
        for number, promise in enumerate(promises):
            show(number)
            started = perf_counter()
            verdict = prover.prove(promise)
            broken = verdict.refutation
            example = counterexample(promise, broken, scopes) if broken else None
            yield Proved(verdict, example, perf_counter() - started)
