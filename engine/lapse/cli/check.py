"""`lapse check`: every problem of a policy set, in one go."""

import argparse
import json
import sys

from lapse.cli import Exit
from lapse.cli.options import add_format, add_policies
from lapse.cli.terminal import has_colour


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("folder", nargs="?", help="the policy set (default: --policies)")
    add_policies(command)
    add_format(command, "github")


def execute(arguments: argparse.Namespace) -> Exit:
    from pathlib import Path

    from lapse.policy.load import load
    from lapse.report.problems import as_github, as_json, render

    folder = Path(arguments.folder) if arguments.folder else arguments.policies
    policies = load(folder)
    has_errors = any(problem.is_error for problem in policies.problems)
    if arguments.format == "json":
        print(json.dumps(as_json(policies.problems), indent=2, ensure_ascii=False))
    elif arguments.format == "github":
        print(as_github(policies.problems), end="")
    elif policies.problems:
        colour = has_colour(sys.stderr)
        text = render(policies.problems, policies.sources, colour=colour)
        print(text, end="", file=sys.stderr)
    if arguments.format == "text" and policies.book is not None and not has_errors:
        rules = sum(1 for _ in policies.book.every_rule())
        counts = {"layer": len(policies.book.layers), "rule": rules, "case": len(policies.cases)}
        found = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for word, n in counts.items())
        print(f"{folder}: {found}: no errors")
    return Exit.FINDINGS if has_errors else Exit.FINE
