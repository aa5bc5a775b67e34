"""JSON lines read by DuckDB, where it reads them exactly as `json_rows` does.

Each line must be a sound object: none of its keys twice, no path in two spellings, no nested value
where a cell is wanted, no number that a float would change, and nothing that DuckDB takes for JSON
beyond the standard. Any other file is read line by line in Python, which finds the flaw of each
line. Importing this module costs the import of sqlglot.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import exp

from lapse.inputs.formats.copy import REST
from lapse.inputs.formats.delimited import MOST_COLUMNS
from lapse.inputs.formats.json_rows import Wanted
from lapse.inputs.formats.json_text import normal
from lapse.inputs.formats.parquet import Raw, read_csv, without_idle_zeros
from lapse.inputs.plain_copy import PlainCopy, ends_in_long_line, occurrences
from lapse.model.profile import PAGE
from lapse.sql.expressions import any_of, column, query, render, sql

NO_DELIMITER = "\x1f"
"""A character that never occurs in sound JSON."""
MOST_SHAPES = 5_000
"""Distinct shapes of lines; a file with this many is read line by line in Python."""
MOST_GUESSED = 1_000
"""The first lines, from which the places to look at are guessed."""
MOST_BYTES = 1_000_000
"""Bytes of a line: half of the limit in Python, so that no row is too long only there."""
MOST_BRACKETS = 500
"""Brackets in a line, which bound how deeply it is nested."""
_TEXTS = r'"(?:[^"\\]|\\.)*"'
_NUL = r"\u0000"
_LOOSE = r",\s*[}\]]|(?i:inf|infinity|nan)\s*[,}\]]"
"""What DuckDB accepts though it is not JSON: an extra comma, and infinity and NaN."""
_INEXACT = r"[:\[,\s]-?([0-9][0-9.]{15,}|[0-9.]*[1-9][0-9.]*[eE])"
"""A number that a float would change, or that has its exponent for a reason."""
_OBJECT, _LIST, _NULL, _FLOAT = "OBJECT", "ARRAY", "NULL", "DOUBLE"
_NESTED = frozenset({_OBJECT, _LIST})
_BLANK = ("", "\r")

Spelling = tuple[str, ...]
"""The keys of a path as they are spelled in the file."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A file of JSON lines as a raw table; `paths` are the wanted ones found, and other keys."""

    raw: Raw
    paths: frozenset[str]


class UnfitError(Exception):
    """A file that has to be read line by line."""


def json_lines(connection: DuckDBPyConnection, source: PlainCopy, wanted: Wanted) -> Lines | None:
    """The file by DuckDB alone; null when it has to be read line by line."""
    # Worth the care: 100,000 rows cost DuckDB 1.06 s of CPU, our own reader 2.14 s.
    if occurrences(source.path, NO_DELIMITER) or ends_in_long_line(source.path, MOST_BYTES):
        return None
    of_rows = (path for path in wanted.paths if not path.startswith(f"{PAGE}."))
    wanted = replace(wanted, paths=frozenset(of_rows))
    try:
        survey = _survey(connection, source, wanted)
        types = survey.types()
    except (duckdb.Error, UnicodeDecodeError, UnfitError):
        # DuckDB quotes a broken line, cut within a letter, in an error that is then no text.
        return None
    leaves = {path: way for path, way in survey.leaves().items() if types[path]}
    if not leaves:
        return None
    rows = query(
        'SELECT json_extract_string(line, [$ways]) AS cells, md5(line) AS "#rest" FROM $lines',
        ways=[*map(_way, leaves.values())],
        lines=lines_of(source),
    )
    columns = {
        path: _plain(sql("list_extract(cells, $place)", place=place), types[path])
        for place, path in enumerate(leaves, start=1)
    }
    raw = Raw(rows.subquery("lines"), columns, rest=column(REST))
    return Lines(raw, frozenset((*leaves, *survey.other_keys())))


def lines_of(source: PlainCopy, most: int | None = None) -> exp.Subquery:
    """The lines that are not empty; a line of spaces is not JSON, so it makes the file unfit."""
    table = read_csv(source.path, ["line"], NO_DELIMITER, quote="", has_header=False)
    kept = query("SELECT line FROM $table WHERE line NOT IN ($blank)", table=table, blank=_BLANK)
    return (kept.limit(most) if most else kept).subquery("text")


def _survey(connection: DuckDBPyConnection, source: PlainCopy, wanted: Wanted) -> "_Survey":
    """The paths of all lines: guessed from the first lines, then checked in one pass over all."""
    for most in (MOST_GUESSED, None):
        guess = _Survey(connection, source, wanted, most)
        guess.settle()
        survey = _Survey(connection, source, wanted, None, guess.parents)
        survey.look(guess.leaves())
        if survey.next_parents() == guess.parents and survey.leaves() == guess.leaves():
            return survey
    raise UnfitError


@dataclass(slots=True)
class _Survey:
    """The spelling of every path met, looked for in the objects at `parents`."""

    connection: DuckDBPyConnection
    source: PlainCopy
    wanted: Wanted
    most: int | None
    parents: tuple[Spelling, ...] = ((),)
    spelled: dict[str, Spelling] = field(default_factory=dict)
    _types: dict[str, set[str]] = field(default_factory=dict)

    def settle(self) -> None:
        """Looks deeper until no further object leads to a wanted path."""
        self.look({})
        while (parents := self.next_parents()) != self.parents:
            self.parents = parents
            self.look({})

    def look(self, leaves: Mapping[str, Spelling]) -> None:
        """One pass over the lines: keys of all parents, types of these leaves."""
        asked = query(
            """SELECT DISTINCT json_type(line) AS value0, json_keys(line, [$parents]) AS value1,
                json_type(line, [$leaves]) AS value2, [$lists] AS value3, $is_odd AS value4
            FROM $lines LIMIT $most""",
            most=MOST_SHAPES,
            parents=[*map(_way, self.parents)],
            leaves=[*map(_way, leaves.values())],
            lists=[_keys_of_items(way) for way in self._lists(leaves)],
            is_odd=_is_odd(),
            lines=lines_of(self.source, self.most),
        )
        rows = self.connection.execute(render(asked)).fetchall()
        is_sound = all(kind == _OBJECT and not is_odd for kind, *_, is_odd in rows)
        if len(rows) == MOST_SHAPES or not is_sound:
            raise UnfitError
        self.spelled = {}
        for place, parent in enumerate(self.parents):
            below = _spelled(parent, [keys[place] for _, keys, *_ in rows if keys[place]])
            if below.keys() & self.spelled.keys() or len(below) > MOST_COLUMNS:
                raise UnfitError
            self.spelled |= below
        for *_, lists, _ in rows:
            _refuse_twice(items for each in lists for items in each or ())
        if any(key in self.wanted.rows for key in self.spelled):
            raise UnfitError
        for path in self.wanted.paths - self.spelled.keys():
            self.spelled |= _places(path, self.spelled)
        self._types = {path: set() for path in leaves}
        for _, _, types, *_ in rows:
            for path, type_ in zip(leaves, types, strict=True):
                self._types[path] |= {type_} if type_ else set()

    def next_parents(self) -> tuple[Spelling, ...]:
        """The line itself, and every object in it that leads to a wanted path."""
        below = (way for path, way in self.spelled.items() if _leads_to(path, self.wanted.paths))
        return ((), *sorted(way for way in below if not any(key.isdigit() for key in way)))

    def leaves(self) -> dict[str, Spelling]:
        paths = sorted(self.wanted.paths & self.spelled.keys())
        return {path: self.spelled[path] for path in paths}

    def other_keys(self) -> Iterator[str]:
        """The outer keys of the lines that lead to nothing wanted, as they are spelled."""
        for path, way in self.spelled.items():
            is_outer = len(way) == 1 and path not in self.wanted.paths
            if is_outer and not _leads_to(path, self.wanted.paths):
                yield way[0]

    def _lists(self, leaves: Mapping[str, Spelling]) -> list[Spelling]:
        return [way for path, way in leaves.items() if path in self.wanted.as_json]

    def types(self) -> Mapping[str, Collection[str]]:
        """The types that the values at each path have; only lists wanted may be nested."""
        for path, its in self._types.items():
            types = its - {_NULL}
            is_mixed = _FLOAT in types and "VARCHAR" in types
            is_list = path in self.wanted.as_json
            if (types - {_LIST}) if is_list else (types & _NESTED or is_mixed):
                raise UnfitError
        if any(_FLOAT in its for its in self._types.values()):
            self._refuse_inexact()
        return self._types

    def _refuse_inexact(self) -> None:
        asked = query(
            "SELECT bool_or($is_inexact) FROM $lines",
            is_inexact=_holds_outside_texts(_INEXACT),
            lines=lines_of(self.source),
        )
        if self.connection.execute(render(asked)).fetchall()[0][0]:
            raise UnfitError


def _is_odd() -> exp.Expr:
    """Whether a line has anything that the two readers may read differently."""
    return any_of(
        [
            sql("strlen(line) > $most", most=MOST_BYTES),
            sql("contains(line, $nul)", nul=_NUL),
            _holds_outside_texts(_LOOSE),
            _is_deep(),
        ]
    )


def _is_deep() -> exp.Expr:
    """Whether brackets may be nested too deeply; every opening bracket has a closing one."""
    return sql(
        r"""CASE WHEN strlen(line) > $least
            THEN strlen(line) - strlen(regexp_replace(line, '[\[{]', '', 'g')) > $most
            ELSE false END""",
        least=2 * MOST_BRACKETS,
        most=MOST_BRACKETS,
    )


def _holds_outside_texts(pattern: str) -> exp.Expr:
    """Whether a line matches the pattern outside its quoted texts.

    Few lines match at all, most of them only inside texts: texts are removed from these few only.
    """
    return sql(
        """CASE WHEN regexp_matches(line, $pattern)
            THEN regexp_matches(regexp_replace(line, $texts, '""', 'g'), $pattern)
            ELSE false END""",
        pattern=pattern,
        texts=_TEXTS,
    )


def _refuse_twice(objects: Iterable[Sequence[str] | None]) -> None:
    if any(keys and len(set(keys)) < len(keys) for keys in objects):
        raise UnfitError


def _spelled(above: Spelling, keys: Iterable[Sequence[str]]) -> dict[str, Spelling]:
    """The paths of an object's keys; `UnfitError` when a key stands twice or in two spellings."""
    ways: dict[str, Spelling] = {}
    for names in keys:
        if len({normal(name) for name in names}) < len(names):
            raise UnfitError
        for name in names:
            way = (*above, name)
            is_plain = normal(name) and not name.isdigit() and not set(name) & {'"', "\\"}
            if ways.setdefault(_path(way), way) != way or not is_plain:
                raise UnfitError
    return ways


def _places(path: str, found: Mapping[str, Spelling]) -> dict[str, Spelling]:
    """The spelling of a path through a list; empty where there is no such list."""
    parts = path.split(".")
    at = next((place for place, part in enumerate(parts) if part.isdecimal()), 0)
    above = found.get(".".join(parts[:at]))
    return {path: (*above, *parts[at:])} if at and above is not None else {}


def _path(way: Spelling) -> str:
    return ".".join(normal(key) for key in way)


def _leads_to(path: str, wanted: Collection[str]) -> bool:
    return any(each.startswith(f"{path}.") for each in wanted)


def _way(spelling: Spelling) -> str:
    """A path as DuckDB writes it; numbers are places in a list."""
    return "$" + "".join(f"[{key}]" if key.isdigit() else f'."{key}"' for key in spelling)


def _keys_of_items(spelling: Spelling) -> exp.Expr:
    return sql("json_keys(line, $way)", way=f"{_way(spelling)}[*]")


def _plain(text: exp.Expr, types: Collection[str]) -> exp.Expr:
    """A number without exponent and needless zeros; any other value as it is."""
    if _FLOAT not in types:
        return text
    exact = sql("CAST(try_cast($text AS decimal(38, 18)) AS text)", text=text)
    # Reading a decimal costs far more than looking for the exponent that few numbers have.
    return sql(
        """CASE WHEN $text = '-0.0' THEN '0'
            WHEN ends_with($text, '.0') THEN left($text, -2)
            WHEN contains($text, 'e') THEN coalesce($exact, $text)
            ELSE $text END""",
        text=text,
        exact=without_idle_zeros(exact),
    )
