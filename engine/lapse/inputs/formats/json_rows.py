"""JSON objects as rows of text: numbers as plain decimals, null as blank, flags as true or false.

A cell is named by its path: the keys that lead to it, in lower case and joined by dots; an item of
a list goes by its number. A path that starts with `page.` is one of the page around the row. A row
in which a path that matters occurs twice is rejected, because either value could count.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from lapse.inputs.files import refusal
from lapse.inputs.formats.copy import REST, FileRow, rest_of
from lapse.inputs.formats.delimited import refuse_too_many
from lapse.inputs.formats.documents import Item, items, pages
from lapse.inputs.formats.json_text import Number, Twice, compact, normal, plain_number
from lapse.inputs.plain_copy import DAMAGED, PlainCopy
from lapse.model.profile import PAGE

_IN_PAGE = f"{PAGE}."
_MOST_REMEMBERED = 1_000
"""Unwanted keys that are remembered below one path."""
_MOST_DEPTH = 8
_MOST_LISTED = 10
_MOST_PATHS = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """The paths to read, and the keys in lower case under which a page keeps its rows.

    Those `as_json` keep a list or an object as JSON text; any other value but null is a flaw.
    """

    paths: frozenset[str]
    rows: tuple[str, ...] = ()
    as_json: frozenset[str] = frozenset()


def joined(at: str, key: str) -> str:
    """The path of a key below a path."""
    return f"{at}.{normal(key)}" if at else normal(key)


def ways_to(paths: Collection[str]) -> frozenset[str]:
    """All paths above these, including the empty one."""
    parts = [path.split(".") for path in paths]
    return frozenset(".".join(part[:end]) for part in parts for end in range(len(part)))


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a value cannot be a cell, and its text."""

    code: str
    found: str


@dataclass(slots=True)
class _Found:
    """The cells found in one object; `twice` are the paths that occur twice."""

    cells: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, Unfit] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)


class _Walk:
    """Finds the wanted cells in one object after another.

    It finds either those of rows, or those of pages, whose paths start with `page.`.
    """

    def __init__(self, wanted: Wanted, *, of_pages: bool = False) -> None:
        every = wanted.paths | wanted.as_json
        self.paths = {path for path in every if path.startswith(_IN_PAGE) is of_pages}
        self._as_json = wanted.as_json
        self._start = PAGE if of_pages else ""
        self._ways = ways_to(self.paths) | {self._start}
        self._steps: dict[str, dict[str, str | None]] = {path: {} for path in self._ways}
        self._numbers = {path: self._numbers_below(path) for path in self._ways}

    @property
    def keys(self) -> dict[str, str | None]:
        """The path that each outer key met leads to; null when nothing there is wanted."""
        return self._steps[self._start]

    def found(self, value: dict[str, object]) -> _Found:
        found = _Found()
        self._visit(self._start, value, found)
        return found

    def _numbers_below(self, at: str) -> list[tuple[int, str]]:
        lead = f"{at}."
        below = {path for path in self.paths | self._ways if path.startswith(lead)}
        parts = {path.removeprefix(lead).partition(".")[0] for path in below}
        return [(int(p), lead + p) for p in parts if p.isdecimal() and str(int(p)) == p]

    def _visit(self, at: str, value: object, found: _Found) -> None:
        if isinstance(value, list):
            for number, path in self._numbers[at]:
                if number < len(value):
                    self._take(path, value[number], found)
        elif isinstance(value, dict):
            if isinstance(value, Twice):
                found.twice.add(at)
            steps = self._steps[at]
            for key, cell in value.items():
                step = steps[key] if key in steps else self._step(at, key)
                if step is not None:
                    self._take(step, cell, found)

    def _step(self, at: str, key: str) -> str | None:
        """The path that a key leads to; null when nothing there is wanted."""
        path, steps = joined(at, key), self._steps[at]
        is_wanted = path != at and (path in self.paths or path in self._ways)
        step = path if is_wanted else None
        if step is not None or at == self._start or len(steps) < _MOST_REMEMBERED:
            steps[key] = step
        return step

    def _take(self, path: str, cell: object, found: _Found) -> None:
        if path in found.reached:
            found.twice.add(path)
        found.reached.add(path)
        if path in self.paths:
            self._keep(path, cell, found)
        if path in self._ways:
            self._visit(path, cell, found)

    def _keep(self, path: str, cell: object, found: _Found) -> None:
        is_nested = isinstance(cell, list | dict)
        text = compact(cell) if is_nested else _text(cell)
        if path in self._as_json and _has_twice(cell):
            found.twice.add(path)
        is_shown = bool(text) or not is_nested
        if (is_nested != (path in self._as_json) and cell is not None) or not is_shown:
            found.unfit[path] = Unfit("bad-cell", text)
        elif "\0" in text:
            found.unfit[path] = Unfit("bad-encoding", text.replace("\0", DAMAGED))
        else:
            found.cells[path] = text


def _has_twice(value: object) -> bool:
    """Whether the value contains an object with the same key twice."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Twice):
            return True
        waiting += (
            each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        )
    return False


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case Number():
            return plain_number(cell)
        case str():
            return cell
        case _:
            return ""


def document_rows(
    source: PlainCopy, wanted: Wanted, seen: set[str], *, has_rest: bool = False
) -> Iterator[FileRow]:
    """Every row of JSON; adds to `seen` the wanted paths that occur, and the other keys.

    With `has_rest`, each row has a cell with a digest of its whole text.
    """
    walk, around = _Walk(wanted), _Walk(wanted, of_pages=True)
    visits = [around.found(page) for page in pages(source, wanted.rows)] if around.paths else []
    for item in items(source, wanted.rows):
        page = visits[item.page] if visits and item.page is not None else None
        row = _row(item, walk, page, seen)
        refuse_too_many(len(walk.keys), source.input.name)
        yield replace(row, cells={**row.cells, REST: rest_of([item.text])}) if has_rest else row
    seen |= {key for key, path in walk.keys.items() if path is None}


def _row(item: Item, walk: _Walk, page: _Found | None, seen: set[str]) -> FileRow:
    """An object as a row; of several flaws, the one with the first path by name counts."""
    if not isinstance(item.value, dict):
        return FileRow({}, "bad-row", found=item.text)
    visit = walk.found(item.value)
    cells, unfit, twice = visit.cells, visit.unfit, visit.twice
    if page is not None:
        cells, unfit, twice = cells | page.cells, unfit | page.unfit, twice | page.twice
    if twice:
        return FileRow({}, "bad-row", min(twice), item.text)
    seen.update(cells, unfit)
    if not unfit:
        return FileRow(cells)
    path = min(unfit)
    return FileRow(cells, unfit[path].code, path, unfit[path].found)


def paths_of(source: PlainCopy, rows: Collection[str], most: int) -> tuple[str, ...]:
    """The paths met in the first objects, including those of lists and of objects.

    The input is refused when it is not JSON, or when it has items but no object with a key.
    """
    paths: dict[str, None] = {}
    is_empty = True
    objects = 0
    for item in items(source, rows):
        is_empty = False
        if isinstance(item.value, dict) and item.value:
            objects += 1
            paths |= dict.fromkeys(islice(_paths(item.value, ""), _MOST_PATHS))
        if objects == most or len(paths) > _MOST_PATHS:
            break
    if not paths and not is_empty:
        raise refusal("bad-json", "holds no JSON object with a key", source.input.name)
    return tuple(paths)


def _paths(value: object, at: str, depth: int = 0) -> Iterator[str]:
    if depth == _MOST_DEPTH:
        return
    inner: Iterator[tuple[str, object]] = iter(())
    if isinstance(value, dict):
        inner = ((joined(at, key), cell) for key, cell in value.items())
    elif isinstance(value, list):
        inner = ((f"{at}.{n}", cell) for n, cell in enumerate(value[:_MOST_LISTED]))
    for path, cell in inner:
        yield path
        yield from _paths(cell, path, depth + 1)
