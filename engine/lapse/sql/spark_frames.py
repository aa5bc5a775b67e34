"""DataFrames of Spark as tables, all of which stay in their session, wherever it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from pyspark.sql import DataFrame
from pyspark.sql.functions import col, expr, monotonically_increasing_id

from lapse.sql.on_spark import MEANT, OnSpark
from lapse.sql.sandbox import pattern

if TYPE_CHECKING:
    from lapse.sql.sandbox import Connection

_UTC = """TIMESTAMP_NTZ'1970-01-01 00:00:00' + make_dt_interval(
    0, 0, 0, CAST(CAST(unix_micros({}) AS DECIMAL(20)) / 1000000 AS DECIMAL(18, 6))
)"""
"""An instant in UTC: a cast would show it in the session's time zone, in which hours may lack."""
_TYPES = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), "BIGINT"),
    "float": "FLOAT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp_ntz": "TIMESTAMP",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
}


class FramesOnSpark(OnSpark):
    """Tables of which none is a file: the executors may be other machines than the driver.

    What Python makes goes to the session as Arrow, and results stay there.
    """

    __slots__ = ()

    def give(self, name: str) -> None:
        """Nothing: who asks for rows asks these tables."""

    def read(self, name: str, file: Path) -> None:
        self.enter_arrow(name, self.connection.read_parquet(pattern(file)).to_arrow_table())

    def share(self, name: str) -> None:
        self.enter_arrow(name, self.connection.table(name).to_arrow_table())

    def result(self, name: str, rows: str) -> str:
        self.view(f"result_{name}", rows)
        return f'SELECT * FROM "result_{name}"'  # noqa: S608  names of ours

    def number(self, name: str, rows: str, column: str) -> None:
        """Makes a table of what a query says, with its rows numbered in no order."""
        numbered = self._said(rows).withColumn(column, monotonically_increasing_id() + 1)
        numbered.localCheckpoint().createOrReplaceTempView(name)

    def enter(self, frame: DataFrame, name: str) -> list[tuple[str, str]]:
        """Makes a frame of any session a table here; its columns, with DuckDB's names of types."""
        cells = [
            expr(_UTC.format(_quoted(each))).alias(each)
            if type_ == "timestamp"
            else col(_quoted(each))
            for each, type_ in frame.dtypes
        ]
        with _shared(frame) as shared:
            self.session.table(shared).select(*cells).createOrReplaceTempView(name)
        return [(each, _type_of(type_)) for each, type_ in frame.dtypes]

    def leave(self, rows: str, like: DataFrame) -> DataFrame:
        """What a query says, computed once, in the session of another frame."""
        with _shared(self._said(rows)) as shared:
            return like.sparkSession.table(shared).localCheckpoint()


def frames_on_spark(frame: DataFrame, connection: "Connection", scratch: Path) -> FramesOnSpark:
    """Tables beside a frame, in a session of their own: its user has tables named `orders`, too."""
    own = frame.sparkSession.newSession()
    partitions = "spark.sql.shuffle.partitions"
    settings = {**MEANT, partitions: str(frame.sparkSession.conf.get(partitions))}
    for name, value in settings.items():
        own.conf.set(name, value)
    return FramesOnSpark(own, connection, scratch)


@contextmanager
def _shared(frame: DataFrame) -> Iterator[str]:
    """The name by which all sessions of one Spark know a frame within the block."""
    name = f"lapse_{uuid4().hex}"
    frame.createOrReplaceGlobalTempView(name)
    try:
        yield f"global_temp.{name}"
    finally:
        frame.sparkSession.catalog.dropGlobalTempView(name)


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _type_of(type_: str) -> str:
    """DuckDB's name of a type; of one that is no cell, that of some other such type."""
    if type_.startswith("decimal"):
        return type_.upper()
    return "VARCHAR" if type_.startswith(("varchar", "char")) else _TYPES.get(type_, "STRUCT")
