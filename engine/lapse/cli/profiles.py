"""`lapse profiles`: the export profiles, and what each can and cannot know."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lapse.cli import Exit
from lapse.cli.command_line import option
from lapse.cli.options import format_option, policies_option
from lapse.cli.terminal import print_json, say_error, say_problems
from lapse.model.place import LapseError, did_you_mean
from lapse.report.printable import printable

if TYPE_CHECKING:
    from lapse.model.facts import Vocabulary

DEFAULT = Path("policies")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    name: str | None = option("one profile, in full", "NAME", nargs="?")
    policies: Path | None = policies_option(default=None)
    format: Literal["text", "json"] = format_option()


def execute(options: Options) -> Exit:
    from lapse.policy.profiles.load import load_profiles
    from lapse.report.profiles import profile_json, profile_text, profiles_json, profiles_text

    folder = options.policies or (DEFAULT if DEFAULT.is_dir() else None)
    words = _words(folder)
    if words is None:
        say_error("the catalogue has errors; what profiles may tell is not known")
        return Exit.FINDINGS
    loaded = load_profiles(folder, words)
    say_problems(loaded.problems, loaded.sources)
    known = loaded.profiles
    if known is None:
        say_error("the profiles have errors")
        return Exit.FINDINGS
    name = options.name
    if name is not None and name not in known.profiles:
        hint = did_you_mean(name, known.profiles) or "`lapse profiles` lists them all"
        raise LapseError(f"there is no profile `{name}`; {hint}")
    if options.format == "json":
        told = profiles_json(known) if name is None else profile_json(known.profiles[name], words)
        print_json(told)
    else:
        text = profiles_text(known) if name is None else profile_text(known.profiles[name], words)
        print(printable(text))
    return Exit.FINE


def _words(folder: Path | None) -> "Vocabulary | None":
    """A policy set's facts, null if its catalogue has errors; without a set, built-in ones."""
    from lapse.model.facts import vocabulary
    from lapse.policy.load import load

    if folder is None:
        return vocabulary()
    policies = load(folder)
    if policies.words is None:
        say_problems(policies.problems, policies.sources)
    return policies.words
