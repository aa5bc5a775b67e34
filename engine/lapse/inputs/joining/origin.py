"""The columns that distinguish rows of invoices or holds: a number, and a digest of unread cells.

Other rows do not have these columns: a subscription is identified by its id.
"""

from collections.abc import Iterator, Sequence

from lapse.inputs.formats.copy import REST
from lapse.inputs.profiles.shape import Shape
from lapse.inputs.sources import Source
from lapse.inputs.statements import Extra
from lapse.sql.expressions import sql

NUMBER = "#number"
"""The column with the number of a row in its file, from 1; `#row` is that of a rewritten copy."""


def origin_columns(shape: Shape) -> Sequence[tuple[str, str]]:
    return ((NUMBER, "bigint"), (REST, "text")) if shape.table.owners else ()


def origin_extras(source: Source) -> Iterator[Extra]:
    if source.shape.table.owners:
        yield Extra(NUMBER, source.raw.row or sql("row_number() OVER ()"))
        yield Extra(REST, source.raw.rest or sql("''"))
