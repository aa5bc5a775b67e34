"""Where durable_rules cannot be imported the reference decides alone, and one line says so."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Ran

Lapse = Callable[[str], "Ran"]

DAY = "--as-of 2026-11-23"
MENDED = (
    "`CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject "
    "pip install --no-cache-dir --force-reinstall durable-rules` mends it\n"
)
ALONE = f"durable_rules cannot be imported, so the reference decides alone; {MENDED}"
EXPLAIN = f"explain export.csv {DAY} --subscription A"


def forbid(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "lapse.executors.durable.engine", raising=False)
    monkeypatch.setitem(sys.modules, module, None)


@pytest.mark.parametrize("line", [EXPLAIN, "test --coverage"])
def test_what_it_would_decide_is_the_same_and_said_to_be_the_references(
    lapse: Lapse, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    by_both = lapse(line)
    forbid("durable_rules_engine", monkeypatch)
    alone = lapse(line)
    assert (alone.code, alone.out) == (by_both.code, by_both.out)
    assert (by_both.err, alone.err) == ("", ALONE)


@pytest.mark.parametrize(
    "line",
    [
        "check policies",
        f"forecast export.csv {DAY}",
        f"what-if export.csv {DAY} --set grace_days=7 --where market=NO",
        f"run export.csv {DAY} --out out",
    ],
)
def test_what_does_without_it_says_nothing(
    lapse: Lapse, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    forbid("durable_rules_engine", monkeypatch)
    ran = lapse(line)
    assert (ran.code, ran.err) == (0, "")


def test_who_asks_for_it_is_told_how_to_get_it(
    lapse: Lapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid("durable_rules_engine", monkeypatch)
    ran = lapse(f"run export.csv {DAY} --out out --executor durable")
    assert (ran.code, ran.err) == (3, f"lapse: durable_rules cannot be imported; {MENDED}")


def test_what_else_cannot_be_imported_is_a_bug(
    lapse: Lapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid("lapse.executors.durable.plain", monkeypatch)
    ran = lapse(EXPLAIN)
    assert (ran.code, "a bug of ours" in ran.err) == (70, True)
