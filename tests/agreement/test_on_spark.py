"""Spark decides as the reference and DuckDB do, in every cell.

In ANSI mode, which is Spark's own choice, and in a time zone in which some hours do not exist. The
worlds have history, invoices, holds, instants and blanks: what `test_batch` says of them.
"""

import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest
from tests.agreement.test_batch import FIXTURES, assert_same_folders
from tests.agreement.worlds import world
from tests.executors.test_statement_goldens import BASE, CATALOGUE, MARKET
from tests.frames.test_frames import TYPED

import lapse
from lapse.executors.lowered.batch import Batch
from lapse.executors.lowered.pipeline import Beside, sorted_rows
from lapse.runs.export import AnyExport

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

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
        # No row goes through Python: its workers cannot even start.
        "spark.pyspark.python": "no-python-here",
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


def rows_of(told: "DataFrame") -> list[str]:
    cells: list[tuple[object, ...]] = list(map(tuple, told.collect()))
    return sorted(map(repr, cells))


def test_the_shipped_set_on_a_frame_of_spark_is_that_on_any_other(
    session: "SparkSession",
) -> None:
    session.sql("SELECT 1 AS mine").createOrReplaceTempView("orders")
    before = len(session.catalog.listTables())
    export, policies = FIXTURES / "subscriptions.csv", FIXTURES.parent / "policies"
    facts = session.read.option("header", value=True).csv(str(export))
    told = lapse.decisions(facts, policies=policies, as_of="2026-11-23")
    expected = lapse.decisions(
        pl.read_csv(export, infer_schema=False), policies=policies, as_of="2026-11-23"
    )
    assert rows_of(told) == sorted(map(repr, expected.rows()))
    assert told.columns == expected.columns
    assert told.sparkSession is session
    # The tables of a batch have such names, too.
    assert session.table("orders").columns == ["mine"]
    assert len(session.catalog.listTables()) == before


def test_typed_columns_on_spark_say_what_they_say_in_arrow(
    session: "SparkSession", tmp_path: Path
) -> None:
    """An instant in the hour that New York has twice, money, flags, a list where none belongs."""
    for name, text in {"catalogue": CATALOGUE, "base": BASE, "norway": MARKET}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    vip = [None, None, None, None, [1]]
    twice = datetime(2026, 11, 1, 6, 30, 0, 250, tzinfo=UTC)
    facts = pa.table({**TYPED, "vip": vip, "cancellable_until": [twice, *[None] * 4]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = lapse.decisions(facts, policies=tmp_path, as_of="2026-11-23")
        given = session.createDataFrame(facts)
        told = lapse.decisions(given, policies=tmp_path, as_of="2026-11-23")
    cells: list[tuple[object, ...]] = [tuple(row.values()) for row in expected.to_pylist()]
    wanted = sorted(map(repr, cells))
    assert rows_of(told) == wanted
    assert any("rejected" in row for row in wanted)


def test_a_master_that_does_not_exist_is_told(tmp_path: Path) -> None:
    export = str(FIXTURES / "subscriptions.csv")
    asked_ = ("--executor", "spark", "--master", "nowhere", "--as-of", "2026-11-23")
    command = (sys.executable, "-m", "lapse", "run", export, *asked_, "--out", str(tmp_path))
    told = subprocess.run(command, capture_output=True, check=False, text=True, cwd=FIXTURES.parent)
    assert told.returncode == 3
    assert "Master must either be" in told.stderr
    assert told.stderr.splitlines()[-1].startswith("lapse: Spark: it did not start")
    assert not list(tmp_path.iterdir())
