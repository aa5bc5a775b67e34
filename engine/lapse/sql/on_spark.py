"""Tables in a session of Spark; importing this module costs the imports of sqlglot and pyspark."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema
from sqlglot import exp

from lapse.model.place import LapseError
from lapse.sql.expressions import parsed
from lapse.sql.named_tables import AT_ONCE, Row
from lapse.sql.sandbox import literal, pattern, write_scratch
from lapse.sql.small_tables import SmallTable
from lapse.sql.spark import in_spark

if TYPE_CHECKING:
    from lapse.sql.sandbox import Connection


MEANT = {"spark.sql.ansi.enabled": "true", "spark.sql.caseSensitive": "false"}
"""What statements rely on: in ANSI mode what cannot be computed fails, and is not null."""
OURS = {
    **MEANT,
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""What a session of our own is started with; `SPARK_CONF_DIR` says all else."""


@contextmanager
def spark_session(master: str, remote: str = "") -> Iterator[SparkSession]:
    """A session on a master such as `local[2]`, or by Spark Connect; ours is stopped at the end."""
    with failing_on_spark():
        builder = SparkSession.builder.appName("lapse")
        builder = builder.remote(remote) if remote else builder.master(master)
        for name, value in () if remote else OURS.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()


@contextmanager
def failing_on_spark() -> Iterator[None]:
    """Raises Spark's errors within the block as `LapseError`."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise LapseError(f"Spark: {_said(error)}") from error


def _said(error: Exception) -> str:
    """The first line that tells something, without the names of classes and the trace."""
    text = str(error)
    if "JAVA_GATEWAY_EXITED" in text:
        return "it did not start, for the reason above; it needs Java 17 or later (JAVA_HOME)"
    lines = [line.strip(" :") for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("An error occurred while calling")]
    caused = [line.partition("Caused by: ")[2] for line in lines if line.startswith("Caused by: ")]
    return (caused or lines or [type(error).__name__])[-1 if caused else 0]


class InSpark(str):
    """A text in Spark's SQL, made of a tree: long texts of DuckDB's cannot be parsed again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OnSpark:
    """Tables as views of a session.

    They go to and from the `connection` of the exports through files of `scratch`, a private
    folder of the driver, which the executors must be able to read and write.
    """

    session: SparkSession
    connection: "Connection"
    scratch: Path

    @staticmethod
    def render(tree: exp.Expr) -> str:
        return InSpark(in_spark(tree))

    def make(self, name: str, rows: str) -> None:
        # A checkpoint, since the next tables are made of this one: without it, each would plan
        # and compute all those before it again.
        self._said(rows).localCheckpoint().createOrReplaceTempView(name)

    keep = make

    def add(self, name: str, rows: str) -> None:
        whole = self.session.table(name).unionByName(self._said(rows))
        whole.localCheckpoint().createOrReplaceTempView(name)

    def load(self, table: SmallTable, *, is_more: bool = False) -> None:
        # Through DuckDB, which has the types; as Arrow, whose size Spark knows: so it is broadcast.
        table.load(self.connection, is_more=is_more)
        self.enter_arrow(table.name, self.connection.table(table.name).to_arrow_table())

    def view(self, name: str, rows: str) -> None:
        self._said(rows).createOrReplaceTempView(name)

    def read(self, name: str, file: Path) -> None:
        self.session.read.parquet(str(file)).createOrReplaceTempView(name)

    def take(self, name: str, rows: str) -> None:
        file = self.scratch / f"{name}.parquet"
        write_scratch(self.connection.sql(rows), file)
        self.connection.read_parquet(pattern(file)).create_view(name, replace=True)
        self.read(name, file)

    def share(self, name: str) -> None:
        file = self.scratch / f"{name}.shared.parquet"
        write_scratch(self.connection.table(name), file)
        self.read(name, file)

    def give(self, name: str) -> None:
        given = self._written(self.session.table(name), name)
        self.connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS {given}')

    def result(self, name: str, rows: str) -> str:
        return self._written(self._said(rows), f"{name}.result")

    def columns(self, name: str) -> Sequence[tuple[str, str]]:
        return self.session.table(name).dtypes

    def found(self, query: str) -> list[Row]:
        return [tuple(row) for row in self._said(query).collect()]

    def blocks(self, query: str) -> Iterator[list[Row]]:
        rows = map(tuple, self._said(query).toLocalIterator())
        while block := list(islice(rows, AT_ONCE)):
            yield block

    def enter_arrow(self, name: str, rows: Any) -> None:  # noqa: ANN401  a table of Arrow
        """Makes a table of one of Arrow, which goes with the plan."""
        if rows.num_rows:
            self.session.createDataFrame(rows).createOrReplaceTempView(name)
            return
        # Without rows Spark Connect finds no types, and of an empty list Python's workers make it.
        cells = [
            f"CAST(NULL AS {each.dataType.simpleString()}) AS `{each.name}`"
            for each in from_arrow_schema(rows.schema)
        ]
        nothing = f"SELECT {', '.join(cells)} WHERE FALSE"
        self.session.sql(nothing).createOrReplaceTempView(name)

    def _said(self, query: str) -> DataFrame:
        is_said = isinstance(query, InSpark)
        return self.session.sql(query if is_said else in_spark(parsed(query)))

    def _written(self, rows: DataFrame, name: str) -> str:
        """Writes rows as files of Parquet, and returns the query that DuckDB reads them with."""
        folder = self.scratch / name
        rows.write.mode("overwrite").parquet(str(folder))
        return f"SELECT * FROM read_parquet({literal(f'{pattern(folder)}/*.parquet')})"  # noqa: S608
