"""What tells one row of a ledger or of holds from another: its number, and all that is not read.

Only rows that name an owner have these columns: a subscription is told by its id.
"""

from collections.abc import Iterator, Sequence

from lapse.inputs.formats.copy import REST
from lapse.inputs.profiles.shape import Shape
from lapse.inputs.sources import Source
from lapse.inputs.statements import Extra
from lapse.sql.expressions import sql

NUMBER = "#number"
"""The number of a row in its file, from 1; `#row` is that of a copy, which may be read from."""


def origin_columns(shape: Shape) -> Sequence[tuple[str, str]]:
    return ((NUMBER, "bigint"), (REST, "text")) if shape.table.owners else ()


def origin_extras(source: Source) -> Iterator[Extra]:
    if source.shape.table.owners:
        yield Extra(NUMBER, source.raw.row or sql("row_number() OVER ()"))
        yield Extra(REST, source.raw.rest or sql("''"))
