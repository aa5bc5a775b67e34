"""`lapse test`: the policy set's cases as timelines, and what they cover."""

import argparse

from lapse.cli import Exit
from lapse.cli.options import add_format, add_policies, executor, load_reporting
from lapse.cli.terminal import print_json, say_error
from lapse.report.printable import printable


def add_options(command: argparse.ArgumentParser) -> None:
    add_policies(command)
    add_format(command)
    command.add_argument("--only", metavar="TEXT", help="cases whose name contains it")
    command.add_argument("--coverage", action="store_true", help="also list what no case covers")


def execute(arguments: argparse.Namespace) -> Exit:
    from lapse.analysis.cases import run_case
    from lapse.analysis.coverage import Coverage
    from lapse.policy.in_force import Scopes
    from lapse.report.cases import cases_json, cases_text

    policies = load_reporting(arguments.policies)
    if policies.book is None:
        say_error("the policies have errors; no case was run")
        return Exit.FINDINGS
    decide, judge = executor(policies.book)
    scopes, coverage = Scopes(policies.book), Coverage(policies.book, judge)
    wanted = arguments.only or ""
    chosen = [case for case in policies.cases if wanted in case.name]
    results = [run_case(case, scopes, decide, coverage.watch) for case in chosen]
    if arguments.format == "json":
        print_json(cases_json(results, coverage))
    else:
        print(printable(cases_text(results, coverage, lists_gaps=arguments.coverage)))
    has_errors = any(problem.is_error for problem in policies.problems)
    is_sound = not has_errors and all(result.is_passed for result in results)
    return Exit.FINE if is_sound else Exit.FINDINGS
