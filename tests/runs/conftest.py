"""Runs over small exports written as CSV, under one small policy set."""

import atexit
import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest
from tests.ladder import ACTIONS, REACTIVATE, REMIND, SUSPEND

from lapse.decide.reference import decide
from lapse.executors.each_change import by_jumps
from lapse.model.days import parse_as_of
from lapse.model.facts import Value, Vocabulary, parse_fact
from lapse.model.place import Problem
from lapse.model.record import Intake, Joining, Record, Stray
from lapse.model.rule import Rulebook
from lapse.nightly import RunOptions, RunResult, run
from lapse.policy.load import load
from lapse.scratch import scratch_folder
from lapse.sql.named_tables import InDuckDB
from lapse.sql.sandbox import database

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CATALOGUE = """
catalogue: test
cascade: [program, market]
tracks:
  dunning: {anchor: past_due_since}
  provider: {anchor: term_end, by: provider}
terms:
  grace_days: {type: days}
  notice_days: {type: days list}
  debt_tolerance: {type: money}
"""
CATALOGUE += ACTIONS
CATALOGUE += """\
  cancel: {harm: access, sets: {status: cancelled}}
limits: {suspend: 2 %, notify: 5}
"""
BASE = """
layer: Base
terms:
  time_zone: UTC
  calendar: none
  grace_days: 14
  notice_days: [1, 7]
  debt_tolerance: {NOK: 100, other: 0}
rules:
"""
BASE += REMIND
BASE += """\
    with: {urgent: "yes", template: payment}
    because: "{debt} owed, over {debt_tolerance}; day {stage} {{sic}}"
"""
BASE += SUSPEND + REACTIVATE
BASE += """\
  ends:
    track: provider
    step: 1
    when: {status: active, days_until_term_end: {lt: 0}}
    do: cancel
  dispute:
    when: {disputed: yes}
    forbid: [suspend]
"""
AZURE = """
layer: Azure
applies_to: {program: azure}
covers: no
because: billed by use
"""


@dataclass(frozen=True, slots=True)
class Flaw:
    input: str
    row: int
    subscription_id: str
    code: str
    column: str
    found: str
    gives: str = "subscriptions"


@dataclass(frozen=True, slots=True)
class TextGauge:
    """Rows and digest of a text; it has no files, and nothing else is counted."""

    rows: int
    digest: str

    def intake(self) -> Intake:
        return Intake(self.rows, {}, None, None, {}, {}, self.digest)

    def changed_on(self) -> Mapping[str, date]:
        return {}

    def absent(self, ids: Sequence[str]) -> Sequence[str]:
        return ids


@dataclass
class TextExport:
    """An export read from CSV text; a cell that cannot be read rejects its row."""

    text: str
    words: Vocabulary
    connection: "DuckDBPyConnection"
    scratch: Path
    problems: Sequence[Problem] = ()
    read: int = 0
    _flaws: list[Flaw] = field(default_factory=list)

    @property
    def tables(self) -> InDuckDB:
        return InDuckDB(self.connection, self.scratch)

    @property
    def columns(self) -> Mapping[str, frozenset[str]]:
        return {"export.csv": frozenset(next(csv.reader(StringIO(self.text))))}

    @property
    def fingerprint(self) -> str:
        return sha256("\n".join(sorted(self.text.splitlines())).encode()).hexdigest()

    def records(self) -> Iterator[Record]:
        for number, cells in enumerate(csv.DictReader(StringIO(self.text)), start=2):
            self.read += 1
            row: dict[str, Value | None] = {}
            for name, cell in cells.items():
                row[name] = parse_fact(cell, self.words.facts[name]) if cell else None
                if cell and row[name] is None:
                    id_ = cells["subscription_id"]
                    self._flaws.append(Flaw("export.csv", number, id_, "bad-cell", name, cell))
                    break
            else:
                yield Record(row)

    def rejected(self) -> Sequence[Flaw]:
        return self._flaws

    def strays(self) -> Sequence[Stray]:
        return ()

    def kept_holds(self) -> Sequence[tuple[str, str, str]]:
        return ()

    @property
    def joining(self) -> Joining:
        return Joining()

    @property
    def gauge(self) -> TextGauge:
        return TextGauge(len(self.text.splitlines()) - 1, self.fingerprint)


@cache
def desk() -> tuple["DuckDBPyConnection", Path]:
    """A connection for all runs of a process, and a folder that it may write."""
    stack = ExitStack()
    atexit.register(stack.close)
    scratch = stack.enter_context(scratch_folder())
    return stack.enter_context(database([scratch])), scratch


@contextmanager
def opened(text: str, _: Sequence[str], words: Vocabulary) -> Iterator[TextExport]:
    connection, folder = desk()
    with TemporaryDirectory(dir=folder) as scratch:
        yield TextExport(text, words, connection, Path(scratch))


@dataclass(frozen=True)
class Nights:
    """Runs into one folder; `out` is made by the first."""

    out: Path
    book: Rulebook

    def run(self, day: str, text: str, **options: Any) -> RunResult:  # noqa: ANN401
        return run(self.options(day, text, **options))

    def options(self, day: str, text: str, **changes: Any) -> RunOptions:  # noqa: ANN401
        as_of = parse_as_of(day)
        assert as_of is not None
        options = RunOptions(
            exports=("export.csv",),
            reader=partial(opened, dedent(text).strip() + "\n"),
            book=self.book,
            decide=partial(decide, reach=by_jumps),
            as_of=as_of,
            out=self.out,
        )
        return replace(options, **changes)

    def table(self, folder: str, name: str) -> list[dict[str, str]]:
        """The rows of a CSV output as they stand in the file."""
        with (self.out / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def column(self, folder: str, name: str, column: str) -> list[str]:
        return sorted(row[column] for row in self.table(folder, name))

    def ids(self, folder: str, name: str = "actions") -> list[str]:
        return self.column(folder, name, "action_id")

    def told(self, folder: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / folder / "run.json").read_text("utf-8"))
        return found

    def names(self) -> set[str]:
        return {path.name for path in self.out.iterdir()} if self.out.exists() else set()


def load_book(folder: Path, base: str = BASE) -> Rulebook:
    folder.mkdir()
    for name, text in (("catalogue", CATALOGUE), ("base", base), ("azure", AZURE)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder)
    assert loaded.book is not None, loaded.problems
    return loaded.book


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load_book(tmp_path_factory.mktemp("policies") / "set")


@pytest.fixture
def nights(tmp_path: Path, book: Rulebook) -> Nights:
    return Nights(tmp_path / "runs", book)


@pytest.fixture
def nights_with(tmp_path: Path) -> Callable[[str, str], Nights]:
    """Runs under the policy set with some words of its base layer replaced."""

    def changed(words: str, by: str) -> Nights:
        assert words in BASE
        book = load_book(tmp_path / f"set{len(list(tmp_path.iterdir()))}", BASE.replace(words, by))
        return Nights(tmp_path / "runs", book)

    return changed
