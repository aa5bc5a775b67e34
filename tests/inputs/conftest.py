"""Exports written to a folder of their own, and read back whole."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from tests.inputs.gathered import Give, given

from lapse.inputs.reading import InputError, Rejected, open_exports
from lapse.model.facts import Value, Vocabulary, vocabulary
from lapse.model.place import Problem

Rows = list[Mapping[str, Value | None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of reading one export or several: rows and rejections, or refusals."""

    rows: Rows
    rejected: list[Rejected]
    refusals: tuple[Problem, ...] = ()

    @property
    def ids(self) -> list[object]:
        return [row["subscription_id"] for row in self.rows]

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(item.row, item.code) for item in self.rejected]

    @property
    def refused(self) -> list[str]:
        return [problem.code for problem in self.refusals]


def read(*names: str | Path, words: Vocabulary | None = None) -> Outcome:
    """Every row is either handed on or rejected, or the export is refused."""
    try:
        with open_exports([str(name) for name in names], words or vocabulary()) as export:
            outcome = Outcome(
                [record.facts for record in export.records()], list(export.rejected())
            )
            assert export.read == len(outcome.rows) + len(outcome.rejected)
            return outcome
    except InputError as error:
        return Outcome([], [], error.problems)


Write = Callable[[str, str | bytes], Path]


class Read(Protocol):
    def __call__(self, *names: str | Path, words: Vocabulary | None = None) -> Outcome: ...


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of this name and content; its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture(name="read")
def read_fixture() -> Read:
    return read


@pytest.fixture
def give(tmp_path: Path) -> Give:
    """Reads a small export with files of invoices and of holds."""
    return partial(given, tmp_path)
