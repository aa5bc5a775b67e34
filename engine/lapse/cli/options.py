"""Options that several commands share, and the parsing of their texts."""

import re
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lapse.cli.command_line import Texts, option
from lapse.model.days import AsOf, parse_as_of, utc_day
from lapse.model.facts import Value, Vocabulary
from lapse.model.place import LapseError

if TYPE_CHECKING:
    from lapse.decide.forecast import Decide
    from lapse.decide.reference import Judge
    from lapse.inputs.reading import Also
    from lapse.model.profile import Profile, ProfileSet
    from lapse.model.rule import Rulebook
    from lapse.policy.load import PolicySet

DURABLE_HELP = (
    "it cannot be compiled on Windows"
    if sys.platform == "win32"
    else "`CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject "
    "pip install --no-cache-dir --force-reinstall durable-rules` mends it"
)
"""Its last release calls a function that Python 3.13 lacks; pip caches builds without the flag."""


def folder_named(text: str) -> Path:
    """A folder; refuses a blank text (an unset variable), which would be the current folder."""
    if not text.strip():
        raise ArgumentTypeError("no folder is named")
    return Path(text)


def whole_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError(f"`{text}` is no number such as 8")
    return int(text)


def size(text: str) -> str:
    """An amount of memory, in the words of DuckDB."""
    if not re.fullmatch(r"[1-9]\d{0,4}(MB|GB)", text):
        raise ArgumentTypeError(f"`{text}` is no size such as 512MB or 2GB")
    return text


MEMORY = "768MB"
"""As in `inputs.reading`, which is not imported for `--help`; a test compares them."""


def memory_option() -> Any:  # noqa: ANN401
    return option(
        "memory for the rows of the exports; what needs more uses the temporary folder, "
        f"$TMPDIR (default: {MEMORY})",
        "SIZE",
        size,
        default=MEMORY,
    )


@contextmanager
def within_memory() -> Iterator[None]:
    """Adds to what is said of too little memory which option allows more."""
    from lapse.sql.sandbox import MemoryLimitError

    try:
        yield
    except MemoryLimitError as error:
        raise LapseError(f"{error}; `--memory-limit` allows more for the rows") from error


def day_or_instant(text: str) -> AsOf:
    """A day or an instant with an offset."""
    moment = parse_as_of(text)
    if moment is None:
        message = f"`{text}` is no day such as 2026-11-23, nor an instant with an offset"
        raise ArgumentTypeError(message)
    return moment


format_option = partial(option, "how results are shown (default: text)", default="text")
policies_option = partial(
    option, "the policy set (default: policies)", "DIR", Path, default=Path("policies")
)
out_option = partial(option, value="DIR", read=folder_named, default=Path("runs"))
past_option = partial(out_option, "the runs whose earlier days are the history (default: runs)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The exports, and the files that are read with them."""

    exports: Texts = option(
        "CSV, TSV, JSON, JSON lines, Parquet or XLSX, also gzipped; globs are read",
        "EXPORT",
        nargs="+",
    )
    invoices: Texts = option("open items of your customers: what is owed, and since when", "FILE")
    holds: Texts = option(
        "subscriptions and customers that nothing is taken from until a day", "FILE"
    )
    ignore_hold: Texts = option(
        "the id of a hold that names nobody, or its FILE:ROW: it is nobody's", "ID"
    )
    profile: Texts = option(
        "the profile that reads a file, or all that fit it; also the path of a profile",
        "[FILE=]NAME",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """The day on which subscriptions are judged, and what is assumed about them."""

    as_of: AsOf | None = option(
        "the day judged, or an instant such as 2026-11-23T06:00:00Z (default: now)",
        "DAY",
        day_or_instant,
    )
    assume: Texts = option(
        "a fact's value where no column gives it, such as disputed=no", "FACT=VALUE"
    )
    now: datetime = field(default_factory=partial(datetime.now, UTC), init=False)

    @property
    def moment(self) -> AsOf:
        """The moment asked for; by default the time when the options were made, always the same."""
        return self.as_of or self.now


class JudgingOptions(Protocol):
    """The options of a command that judges the rows of exports."""

    @property
    def files(self) -> Files: ...
    @property
    def deciding(self) -> Deciding: ...
    @property
    def out(self) -> Path: ...


def assumed(deciding: Deciding, book: "Rulebook") -> Mapping[str, Value]:
    """The facts assumed where no column has them; the command line overrides the catalogue."""
    return {**book.catalogue.assumed, **stated(deciding, book.words)}


def stated(deciding: Deciding, words: Vocabulary) -> Mapping[str, Value]:
    """The values of facts that `--assume` states."""
    from lapse.model.assuming import assumed_value

    values: dict[str, Value] = {}
    for text in deciding.assume:
        name, equals, value = text.partition("=")
        values[name.strip()] = assumed_value(
            name.strip(), value.strip() if equals else "", words, by="--assume"
        )
    return values


def also(
    options: JudgingOptions, book: "Rulebook", folder: Path, called: str | None = None
) -> "Also":
    """The inputs beside the exports, and the profiles of a folder, which read all files."""
    from lapse.cli.terminal import say_problems
    from lapse.inputs.reading import Also
    from lapse.policy.profiles.load import load_profiles
    from lapse.runs.known_ids import ids_known

    loaded = load_profiles(folder, book.words, called=called)
    say_problems(loaded.problems, loaded.sources)
    if loaded.profiles is None:
        raise LapseError(f"the profiles of `{called or folder}` have errors; nothing was decided")
    files, moment = options.files, options.deciding.moment
    profiles, named = _named_profiles(files.profile, loaded.profiles, book.words)
    return Also(
        files.invoices,
        files.holds,
        profiles,
        named,
        moment,
        files.ignore_hold,
        partial(ids_known, options.out, utc_day(moment)),
    )


def _named_profiles(
    texts: Iterable[str], profiles: "ProfileSet", words: Vocabulary
) -> tuple["ProfileSet", dict[str, str]]:
    """All profiles, also those that `--profile` gives by path, and the name it gives each file."""
    named: dict[str, str] = {}
    for text in texts:
        file, _, name = text.rpartition("=")
        if name.endswith(".yaml") and not Path(name).is_file():
            raise LapseError(f"--profile: there is no file `{name}`")
        if name.endswith(".yaml"):
            own = _own_profile(Path(name), words)
            profiles, name = profiles.having(own), own.name
        named[file] = name
    return profiles, named


def _own_profile(file: Path, words: Vocabulary) -> "Profile":
    """The profile in a file that `--profile` gives by path."""
    from lapse.cli.terminal import say_problems
    from lapse.policy.profiles.load import load_profile

    loaded = load_profile(file, words)
    say_problems(loaded.problems, loaded.sources)
    if loaded.profile is None:
        raise LapseError(f"the profile `{file}` has errors; nothing was decided")
    return loaded.profile


def executor(book: "Rulebook", name: str | None = None) -> "tuple[Decide, Judge]":
    """The functions of an executor that decide and that judge a condition.

    Without a name it is durable_rules if that can be imported, else the reference.
    """
    from lapse.cli.terminal import say
    from lapse.decide.reference import decide
    from lapse.decide.truth import truth

    if name == "direct":
        from lapse.executors.direct import direct_executor

        return direct_executor(), truth
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


def sound_book(folder: Path, called: str | None = None) -> "Rulebook":
    """A policy set's rulebook; prints every problem, and raises `LapseError` if one is an error."""
    policies = load_reporting(folder, called)
    if policies.book is None:
        name = called or folder
        raise LapseError(f"the policies in `{name}` have errors; nothing was decided")
    return policies.book


def load_reporting(folder: Path, called: str | None = None) -> "PolicySet":
    """A policy set; its problems are printed to stderr."""
    from lapse.cli.terminal import say_problems
    from lapse.policy.load import load

    policies = load(folder, called=called)
    say_problems(policies.problems, policies.sources)
    return policies
