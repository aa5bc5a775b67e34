"""`lapse check`: every problem of a policy set and of its export profiles, in one go."""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lapse.cli import Exit
from lapse.cli.command_line import option
from lapse.cli.options import day_or_instant, format_option, policies_option
from lapse.cli.terminal import has_colour, print_json
from lapse.model.days import AsOf, utc_day
from lapse.model.place import Severity
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.policy.load import PolicySet
    from lapse.policy.profiles.load import LoadedProfiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    folder: str | None = option("the policy set (default: --policies)", nargs="?")
    policies: Path = policies_option()
    strict: bool = option("warnings count as errors")
    as_of: AsOf | None = option(
        "the day for what is over by then (default: now)", "DAY", day_or_instant
    )
    format: Literal["text", "json", "github"] = format_option()


def execute(options: Options) -> Exit:
    from lapse.policy.check.meaning import unlikely
    from lapse.policy.load import load
    from lapse.report.problems import as_github, as_json, render

    folder = Path(options.folder) if options.folder else options.policies
    policies = load(folder)
    profiles = _profiles(folder, policies)
    problems = policies.problems + (profiles.problems if profiles else ())
    if policies.book:
        problems += tuple(unlikely(policies.book, utc_day(options.as_of or datetime.now(UTC))))
    if options.strict:
        problems = tuple(replace(problem, severity=Severity.ERROR) for problem in problems)
    has_errors = any(problem.is_error for problem in problems)
    if options.format == "json":
        print_json(as_json(problems))
    elif options.format == "github":
        print(printable(as_github(problems)), end="")
    elif problems:
        sources = {**(profiles.sources if profiles else {}), **policies.sources}
        print(render(problems, sources, colour=has_colour(sys.stderr)), end="", file=sys.stderr)
    if options.format == "text" and not has_errors:
        print(f"{folder}: {_counted(policies, profiles)}: no errors")
    return Exit.FINDINGS if has_errors else Exit.FINE


def _profiles(folder: Path, policies: "PolicySet") -> "LoadedProfiles | None":
    """The profiles of a policy set; null if its catalogue, which names their facts, has errors."""
    from lapse.policy.profiles.load import load_profiles

    return load_profiles(folder, policies.words) if policies.words else None


def _counted(policies: "PolicySet", profiles: "LoadedProfiles | None") -> str:
    """The numbers of layers, rules, cases and, if any, of promises and of its own profiles."""
    book = policies.book
    counts = {
        "layer": len(book.layers) if book else 0,
        "rule": sum(1 for _ in book.every_rule()) if book else 0,
        "case": len(policies.cases),
    }
    if policies.promises:
        counts["promise"] = len(policies.promises)
    if profiles is not None and profiles.own:
        counts["profile"] = len(profiles.own)
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for word, n in counts.items())
