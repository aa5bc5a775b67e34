"""Decisions in a notebook: a DataFrame of facts in, one of the same kind with decisions out."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lapse.executors.decided_rows import decide
from lapse.executors.direct import direct_executor
from lapse.executors.lowered.pipeline import sort_rows, sorted_rows
from lapse.inputs.also import Also
from lapse.inputs.data_frames import is_of_spark, kind_of
from lapse.inputs.files import Format, Input, InputError
from lapse.inputs.reading import MEMORY, Export, open_inputs
from lapse.inputs.spark_facts import SparkFacts, spark_facts
from lapse.model.assuming import assumed_value
from lapse.model.days import AsOf, parse_as_of, utc_day
from lapse.model.facts import Value, Vocabulary
from lapse.model.place import LapseError, MisuseError, Problem
from lapse.model.profile import Gives, ProfileSet
from lapse.model.rule import Rulebook
from lapse.nightly import RunOptions
from lapse.policy.load import load
from lapse.policy.profiles.load import load_profiles
from lapse.report.problems import render
from lapse.runs.known_ids import ids_known
from lapse.runs.past import Past, past
from lapse.runs.results.decisions import decisions_query
from lapse.runs.results.tally import Tally
from lapse.scratch import scratch_folder

Frame = TypeVar("Frame")
Stated = Mapping[str, str | bool | int | date]
Given = Mapping[Gives, Any]


def decisions(  # noqa: PLR0913  all but one are named
    facts: Frame,
    *,
    policies: str | Path,
    as_of: str | AsOf,
    history: str | Path | None = None,
    invoices: Frame | None = None,
    holds: Frame | None = None,
    assume: Stated | None = None,
) -> Frame:
    """What `lapse run` would decide, as a frame of the kind that `facts` is.

    It has a row for each order, held order, undetermined rule and rejected row, which the column
    `decision` tells apart (`action`, `provider`, `held`, `undetermined`, `rejected`), and the
    columns of the output `held`; what does not apply is null. Nothing is written.

    `facts` are a relation of DuckDB, an Arrow table, or a frame of pandas, Polars or Spark: a row
    for each subscription, with columns that have the names of facts, or those that a profile reads.
    A frame of Spark is decided in its own Spark. `as_of` is a day or an instant. `history` is the
    folder that runs write into; without it nothing was done before. `assume` has values of facts
    that no column gives.

    What is wrong with the policies, or with a whole frame, is a `LapseError`, whose text says all
    that the command line would; what should be looked at is warned of.
    """
    at = _moment(as_of)
    book, profiles = _policies(Path(policies))
    stated = _stated(assume or {}, book.words)
    given = {Gives.SUBSCRIPTIONS: facts, Gives.INVOICES: invoices, Gives.HOLDS: holds}
    folder = None if history is None else Path(history)
    also = Also(profiles=profiles, as_of=at)
    if folder is not None:
        also = replace(also, was_seen=partial(ids_known, folder, utc_day(at)))
    opened = _on_spark if is_of_spark(facts) else _in_files
    with opened(given, book, also) as export:
        options = RunOptions(
            exports=(),
            reader=lambda *_: nullcontext(export),
            book=book,
            decide=direct_executor(),
            as_of=at,
            out=folder or export.scratch,
            sorter=sorted_rows if is_of_spark(facts) else sort_rows,
            assumed=stated,
            is_preview=True,
        )
        before = Past(()) if folder is None else past(folder, utc_day(at), 1)
        tally = decide(options, export, before).tally
        _warn(export.problems, tally, book.words)
        return _as_frame(export, facts)


def _moment(as_of: str | AsOf) -> AsOf:
    moment = parse_as_of(as_of) if isinstance(as_of, str) else as_of
    is_local = isinstance(moment, datetime) and moment.tzinfo is None
    if moment is None or is_local:
        said = f"`{as_of}` is no day such as 2026-11-23, nor an instant with a time zone"
        raise MisuseError(f"as_of: {said}")
    return moment


def _policies(folder: Path) -> tuple[Rulebook, ProfileSet]:
    loaded = load(folder)
    if loaded.book is None:
        raise _refused(f"the policies in `{folder}` have errors", loaded.problems, loaded.sources)
    shelf = load_profiles(folder, loaded.book.words)
    if shelf.profiles is None:
        raise _refused(f"the profiles of `{folder}` have errors", shelf.problems, shelf.sources)
    return loaded.book, shelf.profiles


def _refused(
    what: str, problems: tuple[Problem, ...], sources: Mapping[str, tuple[str, ...]]
) -> LapseError:
    return LapseError(f"{what}; nothing was decided\n\n{render(problems, sources)}", problems)


def _stated(assume: Stated, words: Vocabulary) -> dict[str, Value]:
    """The values assumed, which may be texts as on the command line."""
    texts = {name: _text(value) for name, value in assume.items()}
    return {name: assumed_value(name, text, words, by="assume") for name, text in texts.items()}


def _text(value: str | bool | int | date) -> str:  # noqa: FBT001
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


@contextmanager
def _in_files(given: Given, book: Rulebook, also: Also) -> Iterator[Export]:
    """The frames as the export of a run; they are known by what they list."""
    with scratch_folder() as folder:
        inputs = []
        for gives, frame in given.items():
            if frame is not None:
                file = folder / f"{gives}.parquet"
                kind_of(frame).write(frame, file)
                inputs.append((Input(str(gives), file, Format.PARQUET, is_gzip=False), (gives,)))
        with _reading():
            export = open_inputs(inputs, book.words, also)
        with export:
            yield export


@contextmanager
def _on_spark(given: Given, book: Rulebook, also: Also) -> Iterator[SparkFacts]:
    """A frame of Spark as the export of a run, in its own Spark."""
    facts, *others = (frame for frame in given.values() if frame is not None)
    if others:
        raise MisuseError("invoices and holds beside a frame of Spark are not read yet")
    if ".connect." in type(facts).__module__:
        # There a checkpoint of one session is not known to another.
        raise MisuseError("a frame of Spark Connect is not read yet; one of a master is")
    from lapse.sql.on_spark import failing_on_spark  # noqa: PLC0415
    from lapse.sql.sandbox import sandbox  # noqa: PLC0415
    from lapse.sql.spark_frames import frames_on_spark  # noqa: PLC0415

    with (
        failing_on_spark(),
        scratch_folder() as folder,
        sandbox(folder, memory=MEMORY, folders=[folder]) as connection,
    ):
        tables = frames_on_spark(facts, connection, folder)
        with _reading():
            export = spark_facts(facts, tables, book.words, also, folder)
        yield export


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise _refused("the facts cannot be read", error.problems, {}) from None


def _as_frame(export: Export | SparkFacts, like: Frame) -> Frame:
    if is_of_spark(like):
        assert not isinstance(export, Export)
        return export.tables.leave(decisions_query(), like)  # type: ignore[no-any-return]
    rows = export.connection.sql(decisions_query())
    return kind_of(like).made(rows, like)  # type: ignore[no-any-return]


def _warn(problems: Sequence[Problem], tally: Tally, words: Vocabulary) -> None:
    if problems:
        warnings.warn(render(problems, {}), stacklevel=3)
    lacks = [f"`{lack.fact}` ({lack.subscriptions})" for lack in tally.missing_facts(words)]
    if lacks:
        told = f"no column gives {', '.join(lacks)}: so many subscriptions are not decided in full"
        warnings.warn(f"{told}; `assume` takes values", stacklevel=3)
