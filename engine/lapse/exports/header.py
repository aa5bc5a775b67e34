"""Which column of an input gives which fact."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from lapse.exports.columns import ID
from lapse.exports.delimited import cut_lines, delimiter_of, records
from lapse.exports.inputs import Format, refusal
from lapse.exports.plain import Plain
from lapse.facts import Vocabulary
from lapse.place import Place, Problem, Severity, did_you_mean

MOST_COLUMNS = 5_000
NEAR = 0.8
"""How alike a column and a fact are that are taken for the same, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The fact of each column, null for a column that is no fact; and those columns' names."""

    facts: tuple[str | None, ...]
    unknown: tuple[str, ...]

    @property
    def known(self) -> tuple[str, ...]:
        return tuple(fact for fact in self.facts if fact is not None)


@dataclass(frozen=True, slots=True)
class Header:
    columns: Columns
    delimiter: str
    text: str
    is_first_line: bool


def facts_by_name(words: Vocabulary) -> dict[str, str]:
    """Facts by the lower-case form of their names."""
    return {name.lower(): name for name in words.facts}


def columns_of(names: Iterable[str], words: Vocabulary, file: str) -> Columns:
    """The facts that columns of these names give, in any case and with spaces around.

    A fact in two columns, or none that gives the id, refuses the file.
    """
    trimmed = [name.strip() for name in names]
    if len(trimmed) > MOST_COLUMNS:
        raise refusal("too-many-columns", f"has more than {MOST_COLUMNS} columns", file)
    by_name = facts_by_name(words)
    facts = tuple(by_name.get(name.lower()) for name in trimmed)
    known = [fact for fact in facts if fact is not None]
    for fact in known:
        if known.count(fact) > 1:
            raise refusal("same-column-twice", f"has two columns `{fact}`", file)
    pairs = zip(trimmed, facts, strict=True)
    columns = Columns(facts, tuple(name for name, fact in pairs if fact is None and name))
    require_id(columns, file)
    return columns


def require_id(columns: Columns, file: str) -> None:
    if ID not in columns.known:
        near = did_you_mean(ID, columns.unknown)
        raise refusal("missing-column", f"has no column `{ID}`", file, help_=near)


def near_misses(columns: Columns, words: Vocabulary, file: str) -> list[Problem]:
    """A warning for each ignored column whose name is near that of a fact without a column."""
    free = [name for name in words.facts if name not in columns.known]
    near = {name: get_close_matches(name.lower(), free, 1, NEAR) for name in columns.unknown}
    return [
        Problem(
            "unknown-column",
            f"the column `{name}` is no fact and is ignored",
            Place(file, 1),
            did_you_mean(name, facts),
            Severity.WARNING,
        )
        for name, facts in near.items()
        if facts
    ]


def header_of(source: Plain, words: Vocabulary) -> Header:
    """The header of delimited text."""
    name = source.input.name
    tab = "\t" if source.input.format is Format.TABBED else None
    with source.path.open(encoding="utf-8-sig", newline="") as file:
        line = next((line for line in cut_lines(file) if line.strip()), "")
        delimiter = tab or delimiter_of(line)
        file.seek(0)
        first = next(records(file, delimiter), None)
    if first is None:
        raise refusal("empty-input", "holds only blank lines", name)
    if first.cells is None:
        raise refusal("not-a-table", "its first line is no header of a table", name, first.line)
    is_first_line = first.line == 1 and not {"\r", "\n"} & set(first.text.rstrip("\r\n"))
    return Header(columns_of(first.cells, words, name), delimiter, first.text, is_first_line)
