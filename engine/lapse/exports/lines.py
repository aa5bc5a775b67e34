"""JSON lines read by DuckDB, where it reads them exactly as `objects` does.

Each line must be a sound object: none of its keys twice, no path in two spellings, no nested value
where a cell is wanted, no number that a float would change. Any other file is read line by line in
Python, which tells what is wrong with each line. Importing this module costs the import of sqlglot.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.exports.formats import Raw, read_csv
from lapse.exports.objects import Wanted
from lapse.exports.plain import Plain
from lapse.exports.typed import call, cast, column, literal, number, render, try_cast, when

LINE, SHAPE, CELLS = "line", "shape", "cells"
NO_DELIMITER = "\x1f"
"""A character that stands in no sound JSON."""
MOST_SHAPES = 5_000
_LONG_NUMBER = r"[:\[,\s]-?[0-9][0-9.]{15,}"
_NUMBERS = frozenset({"DOUBLE"})
_MIXED = "JSON"
_DECIMAL = "decimal(38,18)"


@dataclass(frozen=True, slots=True)
class Lines:
    """A file of JSON lines as a raw table, and every path met in it, in lower case."""

    raw: Raw
    paths: frozenset[str]


@dataclass(slots=True)
class _Paths:
    """What the shapes of all lines tell: the spellings and types of each path."""

    spelled: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    types: dict[str, set[str]] = field(default_factory=dict)

    def add(self, shape: object, at: tuple[str, ...] = ()) -> None:
        name = ".".join(at).lower()
        if at:
            self.spelled.setdefault(name, set()).add(at)
            self.types.setdefault(name, set()).add(_type_of(shape))
        if isinstance(shape, Mapping):
            for key, inner in shape.items():
                self.add(inner, (*at, key))
        elif isinstance(shape, list):
            for inner in shape[:1]:
                self.add(inner, (*at, "0"))

    def is_exact(self, wanted: Wanted) -> bool:
        """Whether every path wanted means one thing, and that a cell; and no line is a page."""
        if any("list" in self.types.get(key, ()) for key in wanted.rows):
            return False
        for path in wanted.paths:
            types = self.types.get(path, set()) - {"NULL"}
            if len(self.spelled.get(path, ())) > 1 or _MIXED in types:
                return False
            if path in wanted.as_json:
                continue
            if types & {"object", "list"} or (len(types) > 1 and types & _NUMBERS):
                return False
        return True


def _type_of(shape: object) -> str:
    if isinstance(shape, Mapping):
        return "object"
    return "list" if isinstance(shape, list) else str(shape)


def json_lines(connection: DuckDBPyConnection, source: Plain, wanted: Wanted) -> Lines | None:
    """The file by DuckDB alone; null when it has to be read line by line."""
    try:
        paths = _survey(connection, source)
    except duckdb.Error:
        return None
    if paths is None or not paths.is_exact(wanted):
        return None
    found = sorted(path for path in wanted.paths if path in paths.spelled)
    ways = [literal(_way(next(iter(paths.spelled[path])))) for path in found]
    cells = call("json_extract_string", column(LINE), exp.Array(expressions=ways))
    rows = exp.select(cells.as_(CELLS, quoted=True)).from_(_lines(source))
    columns = {
        path: _plain(call("list_extract", column(CELLS), number(place)), paths.types[path])
        for place, path in enumerate(found, start=1)
    }
    return Lines(Raw(rows.subquery("lines"), columns), frozenset(paths.spelled))


def _lines(source: Plain) -> exp.Subquery:
    """The lines that are not blank."""
    table = read_csv(source.path, [LINE], NO_DELIMITER, quote="", has_header=False)
    is_blank = exp.EQ(this=call("trim", column(LINE), literal(" \t\r")), expression=literal(""))
    kept = exp.select(column(LINE)).from_(table).where(exp.Not(this=is_blank))
    return kept.subquery("text")


def _survey(connection: DuckDBPyConnection, source: Plain) -> _Paths | None:
    """The shapes of all lines in one pass; null when a line is not plain."""
    shape = call("json_structure", column(LINE))
    selects: list[exp.Expr] = [cast(shape, "text").as_(SHAPE)]
    selects.append(call("bool_or", _has_twice()))
    long_number = call("regexp_matches", column(LINE), literal(_LONG_NUMBER))
    selects.append(call("bool_or", long_number))
    grouped = exp.select(*selects).from_(_lines(source)).group_by(number(1)).limit(MOST_SHAPES)
    rows = connection.execute(render(grouped)).fetchall()
    paths = _Paths()
    for text, *odd in rows:
        found = json.loads(text)
        if not isinstance(found, Mapping) or any(odd):
            return None
        paths.add(found)
    return paths if len(rows) < MOST_SHAPES else None


def _has_twice() -> exp.Expr:
    """Whether a line has some key twice."""
    keys = call("json_keys", column(LINE))
    distinct = call("len", call("list_distinct", keys.copy()))
    return exp.NEQ(this=call("len", keys), expression=distinct)


def _way(path: tuple[str, ...]) -> str:
    """A path as DuckDB writes it; numbers are places in a list."""
    return "$" + "".join(f"[{part}]" if part.isdigit() else f'."{part}"' for part in path)


def _plain(text: exp.Expr, types: Collection[str]) -> exp.Expr:
    """A number without exponent and idle zeros; any other value as it is."""
    if not _NUMBERS & set(types):
        return text
    exact = cast(try_cast(text, _DECIMAL), "text")
    bare = call("regexp_replace", exact, literal(r"\.0*$|(\.\d*[1-9])0+$"), literal(r"\1"))
    shown = call("coalesce", bare, text.copy())
    is_zero = exp.EQ(this=shown.copy(), expression=literal("-0"))
    return when(is_zero, literal("0")).else_(shown, copy=False)
