"""Which files a run reads, and the refusal of what cannot be read.

A name is taken literally when such a file is there, and as a glob pattern otherwise. Nothing but
plain files is opened: no addresses, folders, pipes or devices.
"""

import re
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from glob import has_magic, iglob
from itertools import chain, takewhile
from pathlib import Path
from typing import TypeVar

from lapse.model.place import LapseError, Place, Problem, is_utf8, reason

T = TypeVar("T")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


class InputError(LapseError):
    """An input cannot be read at all; `problems` name the file and the reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        listed = tuple(problems)
        super().__init__("; ".join(f"{p.place.source}: {p.message}" for p in listed), listed)


def refusal(
    code: str, message: str, file: str, line: int = 1, help_: str | None = None
) -> InputError:
    return InputError([Problem(code, message, Place(file, line), help_)])


class Format(Enum):
    DELIMITED = "csv"
    TABBED = "tsv"
    JSON = "json"
    JSON_LINES = "jsonl"
    PARQUET = "parquet"
    WORKBOOK = "xlsx"


ENDINGS = {
    ".csv": Format.DELIMITED,
    ".tsv": Format.TABBED,
    ".tab": Format.TABBED,
    ".json": Format.JSON,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".parquet": Format.PARQUET,
    ".xlsx": Format.WORKBOOK,
}
_READ_HERE = "read here: .csv, .tsv, .json, .jsonl, .parquet and .xlsx, each also with .gz"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read; `name` is what the user wrote or what the pattern found."""

    name: str
    path: Path
    format: Format
    is_gzip: bool


def find_inputs(patterns: Sequence[str]) -> tuple[Input, ...]:
    """The files named, each once, in the order named; matches of a pattern are sorted by name."""
    if not patterns:
        raise refusal("no-such-file", "no export is named", "-")
    inputs: dict[Path, Input] = {}
    for item in chain.from_iterable(collected(partial(_inputs, name) for name in patterns)):
        inputs.setdefault(item.path.resolve(), item)
    return tuple(inputs.values())


def _inputs(pattern: str) -> list[Input]:
    return collected(partial(_input, name) for name in _matches(pattern))


def _matches(pattern: str) -> list[str]:
    if _ADDRESS.match(pattern):
        raise refusal("no-addresses", "addresses are not read, only files", pattern)
    if "\0" in pattern or not pattern.strip():
        raise refusal("no-such-file", "this is no file name", pattern)
    if Path(pattern).exists() or not has_magic(pattern):
        return [pattern]
    matches = sorted(name for name in iglob(pattern, recursive=True) if not Path(name).is_dir())  # noqa: PTH207  Path.glob takes no absolute pattern
    if not matches:
        raise refusal("no-such-file", "no file matches this pattern", pattern)
    for name in matches:
        _refuse_stray_link(name, pattern)
    return matches


def _refuse_stray_link(name: str, pattern: str) -> None:
    """Refuses a match outside the folder: who may add a link must not choose what else is read."""
    fixed = takewhile(lambda part: not has_magic(part), Path(pattern).parts[:-1])
    if not Path(name).resolve().is_relative_to(Path(*fixed).resolve()):
        raise refusal("stray-link", "this link leaves the folder that the pattern names", name)


def _input(name: str) -> Input:
    path = Path(name)
    if not is_utf8(f"{name}{path.resolve()}"):  # DuckDB opens no other, and no output could name it
        raise refusal("bad-name", "its name is not UTF-8", name, help_="rename the file")
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise refusal("no-such-file", "there is no such file", name) from None
        raise refusal("unreadable", f"cannot be read: {reason(error)}", name) from None
    if stat.S_ISDIR(mode):
        raise refusal(
            "not-a-file", "this is a folder, not a file", name, help_=f"name its files: `{name}/*`"
        )
    if not stat.S_ISREG(mode):
        raise refusal("not-a-file", "this is no plain file", name)
    return _of_format(name, path)


def _of_format(name: str, path: Path) -> Input:
    endings = [ending.lower() for ending in path.suffixes]
    is_gzip = endings[-1:] == [".gz"]
    ending = "".join((endings[:-1] if is_gzip else endings)[-1:])
    if ending not in ENDINGS:
        raise refusal(
            "unknown-format", f"the ending `{ending}` names no known format", name, help_=_READ_HERE
        )
    return Input(name, path, ENDINGS[ending], is_gzip)


def collected(attempts: Iterable[Callable[[], T]]) -> list[T]:
    """What all attempts return; if any fail, one `InputError` with the problems of all."""
    done: list[T] = []
    problems: list[Problem] = []
    for attempt in attempts:
        try:
            done.append(attempt())
        except InputError as refused:
            problems += refused.problems
    if problems:
        raise InputError(problems)
    return done
