"""Options that several commands share, and what their texts mean."""

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lapse.model.days import AsOf, parse_as_of, utc_day
from lapse.model.facts import Value, Vocabulary
from lapse.model.place import LapseError, MisuseError, did_you_mean

if TYPE_CHECKING:
    from lapse.decide.forecast import Decide
    from lapse.decide.reference import Judge
    from lapse.inputs.reading import Also
    from lapse.model.profile import Profile, ProfileSet
    from lapse.model.rule import Rulebook
    from lapse.policy.load import PolicySet
    from lapse.policy.text.revision import PolicyFolder

DURABLE_HELP = (
    "it cannot be compiled on Windows"
    if sys.platform == "win32"
    else "`CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject "
    "pip install --no-cache-dir --force-reinstall durable-rules` mends it"
)
"""Its last release calls what Python 3.13 took away; pip keeps what it built without the flag."""


def add_policies(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--policies",
        type=Path,
        default=Path("policies"),
        metavar="DIR",
        help="the policy set (default: policies)",
    )


def add_format(command: argparse.ArgumentParser, *more: str) -> None:
    command.add_argument(
        "--format",
        choices=("text", "json", *more),
        default="text",
        help="how results are shown (default: text)",
    )


def folder_named(text: str) -> Path:
    """A folder; an empty text, as of a variable that is not set, would be the current one."""
    if not text.strip():
        raise argparse.ArgumentTypeError("no folder is named")
    return Path(text)


def whole_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"`{text}` is no number such as 8")
    return int(text)


def add_exports(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "exports",
        nargs="+",
        metavar="EXPORT",
        help="CSV, TSV, JSON, JSON lines, Parquet or XLSX, also gzipped; globs are read",
    )
    command.add_argument(
        "--invoices",
        action="append",
        default=[],
        metavar="FILE",
        help="open items of your customers: what is owed, and since when",
    )
    add_holds(command)
    command.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="[FILE=]NAME",
        help="the profile that reads a file, or all that fit it; also the path of a profile",
    )


def add_holds(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--holds",
        action="append",
        default=[],
        metavar="FILE",
        help="subscriptions and customers that nothing is taken from until a day",
    )
    command.add_argument(
        "--ignore-hold",
        action="append",
        default=[],
        metavar="ID",
        help="the id of a hold that names nobody, or its FILE:ROW: it is nobody's",
    )


def add_deciding(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as-of",
        type=as_of,
        metavar="DAY",
        help="the day judged, or an instant such as 2026-11-23T06:00:00Z (default: now)",
    )
    command.add_argument(
        "--assume",
        action="append",
        default=[],
        metavar="FACT=VALUE",
        help="a fact's value where no column gives it, such as disputed=no",
    )


def add_history(command: argparse.ArgumentParser) -> None:
    """For commands that read what runs gave and write nothing there."""
    command.add_argument(
        "--out",
        type=folder_named,
        default=Path("runs"),
        metavar="DIR",
        help="the runs whose earlier days are the history (default: runs)",
    )


def add_executor(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--executor",
        choices=("durable", "reference"),
        help="which executor decides (default: durable, where durable_rules is installed)",
    )


def as_of(text: str) -> AsOf:
    """A day or an instant with an offset."""
    moment = parse_as_of(text)
    if moment is None:
        message = f"`{text}` is no day such as 2026-11-23, nor an instant with an offset"
        raise argparse.ArgumentTypeError(message)
    return moment


def moment_judged(arguments: argparse.Namespace) -> AsOf:
    """The moment asked for; now by default, and the same now each time."""
    if arguments.as_of is None:
        arguments.as_of = datetime.now(UTC)
    chosen: AsOf = arguments.as_of
    return chosen


def assumed(arguments: argparse.Namespace, book: "Rulebook") -> Mapping[str, Value]:
    """The facts that stand where no column gives them; the command line before the catalogue."""
    return {**book.catalogue.assumed, **stated(arguments, book.words)}


def stated(arguments: argparse.Namespace, words: Vocabulary) -> Mapping[str, Value]:
    """What the command line says of facts that no column gives."""
    found: dict[str, Value] = {}
    for text in arguments.assume:
        name, equals, value = text.partition("=")
        found[name.strip()] = _assumption(name.strip(), value.strip() if equals else "", words)
    return found


def _assumption(name: str, text: str, words: Vocabulary) -> Value:
    from lapse.model.facts import ABSENT, UNKNOWN, parse_fact
    from lapse.model.invoices import MUST_BE_TOLD, may_be_assumed

    spec = words.facts.get(name)
    if spec is None:
        hint = did_you_mean(name, words.facts)
        raise LapseError(f"--assume: there is no fact `{name}`" + (f"; {hint}" if hint else ""))
    value = parse_fact(text, spec)
    if value is None and text in (ABSENT.value, UNKNOWN.value):
        value = ABSENT if text == ABSENT.value else UNKNOWN
    if value is not None and not may_be_assumed(name, value):
        raise MisuseError(f"--assume: `{name}` {MUST_BE_TOLD}")
    if value is not None:
        return value
    choices = f" (one of: {', '.join(spec.choices)})" if spec.choices else ""
    raise LapseError(f"--assume: `{text}` is no {spec.type} for `{name}`{choices}")


def also(
    arguments: argparse.Namespace, book: "Rulebook", at: "PolicyFolder | None" = None
) -> "Also":
    """What is given beside the exports, and the profiles that read all of them: those `at` a place.

    Without it they are those of `--policies`.
    """
    from lapse.cli.terminal import say_problems
    from lapse.inputs.reading import Also
    from lapse.policy.profiles.load import load_profiles
    from lapse.runs.known_ids import ids_known

    folder, called = (at.folder, at.called) if at else (arguments.policies, None)
    loaded = load_profiles(folder, book.words, called=called)
    say_problems(loaded.problems, loaded.sources)
    if loaded.profiles is None:
        raise LapseError(f"the profiles of `{called or folder}` have errors; nothing was decided")
    profiles, named = _named_profiles(arguments, loaded.profiles, book.words)
    return Also(
        tuple(arguments.invoices),
        tuple(arguments.holds),
        profiles,
        named,
        moment_judged(arguments),
        tuple(arguments.ignore_hold),
        partial(ids_known, arguments.out, utc_day(moment_judged(arguments))),
    )


def _named_profiles(
    arguments: argparse.Namespace, profiles: "ProfileSet", words: Vocabulary
) -> tuple["ProfileSet", dict[str, str]]:
    """What `--profile` names for each file, and the profiles with those that it gives by a path."""
    named: dict[str, str] = {}
    for text in arguments.profile:
        file, _, name = text.rpartition("=")
        if name.endswith(".yaml") and not Path(name).is_file():
            raise LapseError(f"--profile: there is no file `{name}`")
        if name.endswith(".yaml"):
            own = _own_profile(Path(name), words)
            profiles, name = profiles.having(own), own.name
        named[file] = name
    return profiles, named


def _own_profile(file: Path, words: Vocabulary) -> "Profile":
    """The profile in a file that is named itself."""
    from lapse.cli.terminal import say_problems
    from lapse.policy.profiles.load import load_profile

    loaded = load_profile(file, words)
    say_problems(loaded.problems, loaded.sources)
    if loaded.profile is None:
        raise LapseError(f"the profile `{file}` has errors; nothing was decided")
    return loaded.profile


def executor(book: "Rulebook", name: str | None = None) -> "tuple[Decide, Judge]":
    """What decides and what judges a condition, as `--executor` names it.

    Not named it is durable_rules where it can be imported, else the reference alone.
    """
    from lapse.cli.terminal import say
    from lapse.decide.reference import decide
    from lapse.decide.truth import truth

    if name == "reference":
        return decide, truth
    try:
        from lapse.executors.durable.engine import DurableExecutor
    except ImportError as error:
        if error.name != "durable_rules_engine":
            raise
        if name is not None:
            raise LapseError(f"durable_rules cannot be imported; {DURABLE_HELP}") from error
        say(f"durable_rules cannot be imported, so the reference decides alone; {DURABLE_HELP}")
        return decide, truth
    durable = DurableExecutor(book)
    return durable.decide, durable.judge


def sound_book(arguments: argparse.Namespace) -> "Rulebook":
    """The policy set's rulebook; every problem is reported, and errors end the command."""
    return sound_book_at(arguments.policies)


def sound_book_at(folder: Path, called: str | None = None) -> "Rulebook":
    """As `sound_book`, of a folder that may be shown by another name."""
    policies = load_reporting(folder, called)
    if policies.book is None:
        name = called or folder
        raise LapseError(f"the policies in `{name}` have errors; nothing was decided")
    return policies.book


def load_reporting(folder: Path, called: str | None = None) -> "PolicySet":
    """A policy set, its problems said on stderr."""
    from lapse.cli.terminal import say_problems
    from lapse.policy.load import load

    policies = load(folder, called=called)
    say_problems(policies.problems, policies.sources)
    return policies
