"""A DataFrame of Spark as the export of a run; its rows are typed, judged and kept there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lapse.inputs.also import Also
from lapse.inputs.checking import Group
from lapse.inputs.files import Format, Input
from lapse.inputs.formats.parquet import LONG, Raw, flaws_of, is_nested, plain_text
from lapse.inputs.passing import Checked
from lapse.inputs.plain_copy import PlainCopy
from lapse.inputs.profiles.recognise import Look, Recogniser
from lapse.inputs.profiles.shape import names_read
from lapse.inputs.records import Rejected
from lapse.inputs.relation import ROW, TOLD, Relation, records
from lapse.inputs.sources import Opener, Source
from lapse.inputs.statements import accepted, rejected, repeated
from lapse.inputs.told import facts_given, joining_of, problems_of, rejected_row
from lapse.model.facts import Vocabulary
from lapse.model.place import MisuseError, Problem
from lapse.model.profile import Gives
from lapse.model.record import Joining, Record, Stray
from lapse.sql.expressions import aliased, column, query, sql
from lapse.sql.named_tables import Tables

if TYPE_CHECKING:
    from lapse.inputs.gauge import Gauge
    from lapse.sql.sandbox import Connection

FRAME, GIVEN, REPEATED = "frame", "given_facts", "repeated_ids"
NUMBER = "#given"


class Framed(Tables, Protocol):
    """Tables that a DataFrame can enter."""

    def leave(self, rows: str, like: Any) -> Any: ...  # noqa: ANN401
    def number(self, name: str, rows: str, column: str) -> None: ...
    def enter(self, frame: Any, name: str) -> list[tuple[str, str]]: ...  # noqa: ANN401


@dataclass
class SparkFacts:
    """The facts of a frame as `Export` has those of files."""

    tables: Framed
    scratch: Path
    words: Vocabulary
    group: Group

    @property
    def connection(self) -> "Connection":
        return self.tables.connection

    @property
    def source(self) -> Source:
        return self.group.inputs[0].source

    @property
    def read(self) -> int:
        return self.group.inputs[0].rows

    @property
    def columns(self) -> Mapping[str, frozenset[str]]:
        return {self.source.name: facts_given(self.source)}

    @property
    def problems(self) -> Sequence[Problem]:
        return problems_of((self.group,))

    @property
    def joining(self) -> Joining:
        return joining_of((self.group,), None)

    @property
    def fingerprint(self) -> str:
        """Blank: of a frame nothing is published."""
        return ""

    @property
    def gauge(self) -> "Gauge":
        raise AssertionError("of a frame nothing is published, so there is nothing to guard")

    def facts_in(self, tables: Tables, name: str) -> Relation:
        assert tables is self.tables
        rows = accepted(self.source, self.group.duplicates).select(aliased(0, TOLD), copy=False)
        self.tables.number(name, tables.render(rows), ROW)
        every = query("SELECT * FROM $rows", rows=name)
        return Relation(every, tuple(self.source.cells), (self.source.told(),))

    def records(self) -> Iterator[Record]:
        raise AssertionError("all rows of a frame are sorted")

    def records_of(self, relation: Relation, only: str) -> Iterator[Record]:
        return records(relation, self.tables, only, self.words)

    def rejected(self) -> Iterator[Rejected]:
        statement = rejected(self.source, self.group.duplicates)
        for block in self.tables.blocks(self.tables.render(statement)):
            yield from (rejected_row(self.source, row) for row in block)

    def strays(self) -> Iterator[Stray]:
        return iter(())

    def kept_holds(self) -> Iterator[tuple[str, str, str]]:
        return iter(())


def spark_facts(
    frame: object, tables: Framed, words: Vocabulary, also: Also, scratch: Path
) -> SparkFacts:
    """A frame, checked; an `InputError` if it has no subscriptions."""
    typed = tables.enter(frame, FRAME)
    name = str(Gives.SUBSCRIPTIONS)
    item = Input(name, scratch, Format.PARQUET, is_gzip=False)
    plain = PlainCopy(item, scratch, digest="", is_damaged=False, stamp=(0, 0))
    look = Look(plain, tuple(each for each, _ in typed))
    shape = Recogniser(also.profiles, words, also.named).shape(look, (Gives.SUBSCRIPTIONS,))
    if shape.has_several_rows:
        # Which of several rows counts is chosen in tables of DuckDB (`inputs.joining`).
        raise MisuseError(
            f"the profile `{shape.name}` takes one of several rows: not from Spark yet"
        )
    names = names_read(look.names, shape, name)
    at = {each.lower(): (each, type_) for each, type_ in typed}
    wanted = {lower: at[lower] for lower in names.spelled}
    # Once: a frame may be another each time it is computed, and no row may be lost between.
    kept = query(
        "SELECT $cells FROM $rows", cells=[column(n) for n, _ in wanted.values()], rows=FRAME
    )
    tables.number(GIVEN, tables.render(kept), NUMBER)
    raw = _raw(wanted)
    source = Opener(tables.connection, also.as_of, scratch).over(plain, shape, names, raw)
    ((rows,),) = tables.found(f"SELECT count(*) FROM {GIVEN}")  # noqa: S608  a name of ours
    duplicates = _duplicates(tables, source)
    bad = query("SELECT count(*) FROM $bad AS bad", bad=rejected(source, duplicates))
    ((lost,),) = tables.found(tables.render(bad))
    checked = Checked(source, rows, lost, GIVEN)
    return SparkFacts(tables, scratch, words, Group(0, shape, (checked,), duplicates))


def _duplicates(tables: Framed, source: Source) -> str | None:
    tables.make(REPEATED, tables.render(repeated(source)))
    ((any_of_them,),) = tables.found(f"SELECT count(*) FROM {REPEATED}")  # noqa: S608
    return REPEATED if any_of_them else None


def _raw(wanted: Mapping[str, tuple[str, str]]) -> Raw:
    """The columns of the frame as the texts that a file would hold."""
    never = aliased(sql("FALSE"), LONG)
    table = query("SELECT *, $never FROM $given", never=never, given=GIVEN)
    texts = {name: plain_text(column(at), type_) for name, (at, type_) in wanted.items()}
    nested = {name: column(at) for name, (at, type_) in wanted.items() if is_nested(type_)}
    row = sql("CAST($row AS bigint)", row=column(NUMBER))
    return Raw(table.subquery("given", copy=False), texts, row, flaws_of((), nested))
