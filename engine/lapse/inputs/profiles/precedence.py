"""Columns by which a profile decides which of several rows with one key counts."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from lapse.inputs.day_forms import instant_text
from lapse.inputs.profiles.shape import Shape
from lapse.inputs.profiles.to_sql import holds
from lapse.inputs.sources import Source
from lapse.inputs.statements import Extra
from lapse.sql.expressions import all_of, sql
from lapse.sql.steps import Inline

PREFERRED, LATEST, LAST = "#preferred", "#latest", "#last"


def order_columns(shape: Shape) -> Sequence[tuple[str, str]]:
    profile = shape.profile
    if profile is None or (profile.one_row is None and profile.in_force is None):
        return ()
    return ((PREFERRED, "boolean"), (LATEST, "text"), (LAST, "text"))


def order_extras(source: Source) -> Iterator[Extra]:
    """The columns that decide which of several rows counts."""
    profile = source.shape.profile
    if profile is None:
        return
    if profile.one_row is not None:
        one_row = profile.one_row
        wanted = [holds(where, source.raw.columns) for where in one_row.prefer]
        yield Extra(PREFERRED, all_of(wanted) if wanted else exp.false())
        yield Extra(LATEST, _moment(one_row.latest, source))
    if profile.in_force is not None:
        yield Extra(LATEST, _moment(profile.in_force.first, source))
        yield Extra(LAST, _moment(profile.in_force.last, source))


def _moment(name: str | None, source: Source) -> exp.Expr:
    """A column as an instant that sorts as text; null where there is no such column."""
    cell = source.raw.columns.get(name or "")
    if cell is None or source.shape.profile is None:
        return sql("CAST(NULL AS text)")
    return instant_text(cell, source.shape.profile.dates, Inline())
