"""The texts of a batch's statements, kept in `OUT` from one night to the next.

They depend on the policy set and on which facts an export has, not on its rows or the day: to build
them anew takes a sixth of a small night (10,000 rows). They are a cache. Texts count only for the
engine, policy set and facts that they were built for, and if the file is whole.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from sqlglot import exp

import lapse
from lapse.decide.known import Judging
from lapse.inputs.relation import Relation
from lapse.model.place import LapseError
from lapse.runs.kept_json import ShapeError, decoded, shaped
from lapse.runs.private_files import replace_private
from lapse.sql.expressions import render

FILE = ".statements.json"
MOST = 4
"""How many kinds of exports a folder keeps texts for, and variants of a statement, built last.

Which rules pass in some row differs from night to night.
"""

Texts = Mapping[str, str]


@dataclass(slots=True)
class Kept:
    """Where texts are kept, `OUT`, and those that are new."""

    out: Path
    _new: dict[str, Mapping[str, Texts]] = field(default_factory=dict, init=False)

    def read(self) -> Mapping[str, Mapping[str, Texts]]:
        """The texts of every key; none where there is no whole file."""
        try:
            found = shaped(decoded((self.out / FILE).read_bytes()), _File)
        except (OSError, ShapeError):
            return {}
        return found.texts if found.digest == _digest(found.texts) else {}

    def put(self, key: str, texts: Mapping[str, Texts]) -> None:
        """Notes new texts; `write` writes them."""
        self._new[key] = texts

    def write(self) -> None:
        """Keeps the new texts; without room, or a right to it, does without.

        Only once a run has published, since one that is stopped leaves nothing. No lock is needed:
        of two that write at once, one file stays, and it is whole.
        """
        if not self._new:
            return
        others = [each for each in self.read().items() if each[0] not in self._new]
        texts = {**dict(others[len(self._new) - MOST :]), **self._new}
        content = {"digest": _digest(texts), "texts": texts}
        try:
            replace_private(self.out / FILE, (json.dumps(content) + "\n").encode())
        except (OSError, LapseError):
            return


@dataclass(frozen=True, slots=True)
class _File:
    digest: str
    texts: dict[str, dict[str, dict[str, str]]]


@dataclass(slots=True)
class Statements:
    """The statements over one relation; nothing is kept where `kept` is null."""

    kept: Kept | None = None
    key: str = ""
    render: Callable[[exp.Expr], str] = render
    _texts: dict[str, Texts] = field(init=False)
    _is_new: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._texts = dict(self.kept.read().get(self.key, {})) if self.kept else {}

    def text(self, name: str, build: Callable[[], exp.Expr], *of: object) -> str:
        """As `texts`, of one statement."""
        return self.texts(name, lambda: {"": build()}, *of)[""]

    def texts(self, name: str, build: Callable[[], Mapping[str, exp.Expr]], *of: object) -> Texts:
        """The texts of statements, which are built if they are not kept.

        They depend on the relation and on nothing but `of`, whose `repr` must tell it all.
        """
        place = f"{name}: {of}"
        if place not in self._texts:
            self._texts[place] = {each: self.render(tree) for each, tree in build().items()}
            self._is_new = True
        return self._texts[place]

    def keep(self) -> None:
        """Hands on what was built to who keeps it, with the variants that were built last."""
        if self.kept is None or not self._is_new:
            return
        variants: dict[str, list[str]] = {}
        for place in self._texts:
            variants.setdefault(place.partition(":")[0], []).append(place)
        last = [place for places in variants.values() for place in places[-MOST:]]
        self.kept.put(self.key, {place: self._texts[place] for place in last})


def statements(
    kept: Kept | None,
    judging: Judging,
    relation: Relation,
    columns: Sequence[object],
    said: Callable[[exp.Expr], str] = render,
) -> Statements:
    """Those over a relation with these columns.

    Of a policy set that is in no files none are kept, and none that are not said for DuckDB.
    """
    fingerprint = judging.scopes.book.fingerprint
    if kept is None or not fingerprint or said is not render:
        return Statements(render=said)
    told = [(sorted(each.facts), _items(each.assumed), sorted(each.lost)) for each in relation.told]
    parts = (
        *(_engine(), fingerprint, columns, relation.facts, told),
        *(relation.has_invoices, relation.has_holds),
        # The moment itself is in a table: see `facts.moments`.
        *(_items(judging.assumed), isinstance(judging.as_of, datetime)),
    )
    return Statements(kept, sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest())


def _items(assumed: Mapping[str, object]) -> list[tuple[str, str]]:
    return sorted((name, repr(value)) for name, value in assumed.items())


def _digest(texts: Mapping[str, Mapping[str, Texts]]) -> str:
    return sha256(json.dumps(texts).encode()).hexdigest()


@cache
def _engine() -> str:
    """What builds the texts: a version, or where it is edited the state of its files."""
    root = Path(lapse.__file__).parent
    files = ((each, each.stat()) for each in sorted(root.rglob("*.py")))
    stands = [f"{each.relative_to(root)} {at.st_size} {at.st_mtime_ns}" for each, at in files]
    return sha256("\n".join([version("sqlglot"), *stands]).encode()).hexdigest()
