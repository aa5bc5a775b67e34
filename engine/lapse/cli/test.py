"""`lapse test`: runs the policy set's cases, which are timelines, and shows what they cover."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lapse.cli import Exit
from lapse.cli.command_line import option
from lapse.cli.options import executor, format_option, load_reporting, policies_option
from lapse.cli.terminal import print_json, say_error
from lapse.report.printable import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    policies: Path = policies_option()
    format: Literal["text", "json"] = format_option()
    only: str = option("cases whose name contains it", "TEXT", default="")
    coverage: bool = option("also list what no case covers")


def execute(options: Options) -> Exit:
    from lapse.analysis.cases import run_case
    from lapse.analysis.coverage import Coverage
    from lapse.policy.in_force import Scopes
    from lapse.report.cases import cases_json, cases_text

    policies = load_reporting(options.policies)
    if policies.book is None:
        say_error("the policies have errors; no case was run")
        return Exit.FINDINGS
    decide, judge = executor(policies.book)
    scopes, coverage = Scopes(policies.book), Coverage(policies.book, judge)
    chosen = [case for case in policies.cases if options.only in case.name]
    results = [run_case(case, scopes, decide, coverage.watch) for case in chosen]
    if options.format == "json":
        print_json(cases_json(results, coverage))
    else:
        print(printable(cases_text(results, coverage, lists_gaps=options.coverage)))
    has_errors = any(problem.is_error for problem in policies.problems)
    is_sound = not has_errors and all(result.is_passed for result in results)
    return Exit.FINE if is_sound else Exit.FINDINGS
