"""Spark writes the folders that the reference and DuckDB write, byte for byte.

In ANSI mode, which is Spark's own choice, and in a time zone in which some hours do not exist. The
worlds have history, invoices, holds, instants and blanks: what `test_batch` says of them.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.agreement.test_batch import FIXTURES, asked, assert_same_folders, contents
from tests.agreement.worlds import world

from lapse.executors.lowered.batch import Batch
from lapse.executors.lowered.pipeline import ALONE, Beside, sorted_rows
from lapse.inputs.also import Also
from lapse.nightly import Ending, run
from lapse.policy.load import load
from lapse.runs.export import AnyExport

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WORLDS = {116: 2, 117: 1}
"""Worlds with some orders, and how many nights of each: one takes ten seconds and more."""


def has_java() -> bool:
    java = shutil.which("java")
    if java is None:
        return False
    told = subprocess.run([java, "-version"], capture_output=True, check=False, text=True).stderr
    return any(f'"{version}' in told for version in range(17, 30))


pytestmark = pytest.mark.skipif(not has_java(), reason="Spark needs Java 17")


@pytest.fixture(scope="module")
def session() -> "Iterator[SparkSession]":
    spark = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "America/New_York",
        # Of some thousand rows the stages take longer to begin than to compute.
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.ui.enabled": "false",
    }
    builder = spark.SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    yield made
    made.stop()


def on_spark(session: "SparkSession") -> Beside:
    from lapse.sql.on_spark import OnSpark  # noqa: PLC0415  it may not be installed

    def tables(export: AnyExport) -> OnSpark:
        return OnSpark(session, export.connection, export.scratch)

    return Beside(tables=tables)


@pytest.mark.parametrize("seed", WORLDS)
def test_a_world_on_spark_is_that_of_single_rows(
    seed: int, session: "SparkSession", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered: list[int] = []

    def sorter(export: AnyExport, *judging_and_past: Any, **_: object) -> Batch:  # noqa: ANN401
        found = sorted_rows(export, *judging_and_past, beside=on_spark(session))
        ordered.extend(rows for (rows,) in found.tables.found("SELECT count(*) FROM outcomes"))
        return found

    monkeypatch.setattr("tests.agreement.test_batch.NIGHTS", WORLDS[seed])
    assert_same_folders(world(seed), tmp_path, sorter)
    assert sum(ordered) >= 10, "nothing was tried here"


def test_the_shipped_set_on_spark_is_that_in_duckdb(
    session: "SparkSession", tmp_path: Path
) -> None:
    book = load(FIXTURES.parent / "policies").book
    assert book is not None
    invoices, holds = (str(FIXTURES / f"{name}.csv") for name in ("invoices", "holds"))
    also = Also((invoices,), (holds,), as_of=date(2026, 11, 23))
    export = FIXTURES / "subscriptions.csv"
    left: list[int | None] = []
    for name, beside in (("duckdb", ALONE), ("spark", on_spark(session))):
        options = asked(book, "2026-11-23", tmp_path / name, export, also)
        result = run(replace(options, sorter=partial(sorted_rows, beside=beside)))
        assert result.ending is Ending.PUBLISHED
        left.append(result.left_over)
    assert left[0] == left[1]
    assert left[0] in range(1, 10), "few rows are left to be decided one by one"
    assert contents(tmp_path / "spark") == contents(tmp_path / "duckdb")


def test_a_master_that_does_not_exist_is_told(tmp_path: Path) -> None:
    export = str(FIXTURES / "subscriptions.csv")
    asked_ = ("--executor", "spark", "--master", "nowhere", "--as-of", "2026-11-23")
    command = (sys.executable, "-m", "lapse", "run", export, *asked_, "--out", str(tmp_path))
    told = subprocess.run(command, capture_output=True, check=False, text=True, cwd=FIXTURES.parent)
    assert told.returncode == 3
    assert "Master must either be" in told.stderr
    assert told.stderr.splitlines()[-1].startswith("lapse: Spark: it did not start")
    assert not list(tmp_path.iterdir())
