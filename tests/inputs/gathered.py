"""An export read with its invoices and holds, each written from text, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lapse.inputs.joining.together import HOLD
from lapse.inputs.reading import Also, Export, Rejected, open_exports
from lapse.inputs.records import Presence, facts_reader
from lapse.inputs.relation import HELD_OPEN, TOLD
from lapse.model.facts import UNKNOWN, vocabulary
from lapse.model.invoices import Ledger
from lapse.model.place import Problem
from lapse.model.record import Joining, Record, Stray
from lapse.model.tables import value_columns
from lapse.sql.expressions import render

WORDS = vocabulary()
EXPORT = """\
subscription_id,customer_id,status
A,C1,active
B,C1,active
C,C2,active
D,,active
"""
INVOICES = "invoice_id,subscription_id,customer_id,due_date,balance,currency,status\n"
HOLDS = "subscription_id,customer_id,hold_until,owner\n"


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an export with its invoices or holds."""

    records: Mapping[str, Record]
    rejected: list[Rejected]
    read: int
    joining: Joining
    strays: list[Stray]
    kept: set[tuple[str, str, str]]
    problems: tuple[Problem, ...]
    fingerprint: str

    def ledger(self, id_: str) -> Ledger:
        found = self.records[id_].ledger
        assert found is not None
        return found

    def owed(self, id_: str) -> set[tuple[str, str, bool]]:
        """Each open invoice: its id, its balance, and whether its customer shares it."""
        return {(one.id, str(one.balance), one.is_shared) for one in self.ledger(id_).invoices}

    def not_whole(self) -> set[str]:
        return {id_ for id_ in self.records if not self.ledger(id_).is_whole}

    def holds(self) -> dict[str, object]:
        """The end of each hold; a subscription without that fact is left out."""
        return {
            id_: record.facts["hold_until"]
            for id_, record in self.records.items()
            if "hold_until" in record.facts
        }

    def doubts(self) -> set[tuple[str, str, int, str]]:
        return {(each.gives, each.kind, each.rows, each.example) for each in self.joining.doubts}

    def unplaced(self) -> tuple[str, ...]:
        """The ids of holds that may be anybody's."""
        return tuple(id_ for each in self.joining.unplaced_holds for id_ in each.ids)


Give = Callable[..., Told]


def given(
    folder: Path,
    *,
    export: str = EXPORT,
    invoices: tuple[str | Path, ...] = (),
    holds: tuple[str | Path, ...] = (),
    **more: Any,  # noqa: ANN401  what else `Also` has
) -> Told:
    """Reads an export with files of invoices and of holds, each given by its text or path."""

    def files(kind: str, texts: tuple[str | Path, ...]) -> tuple[str, ...]:
        paths = []
        for number, text in enumerate(texts):
            path = folder / f"{kind}{number}.csv" if isinstance(text, str) else text
            if isinstance(text, str):
                path.write_text(text, encoding="utf-8")
            paths.append(str(path))
        return tuple(paths)

    also = Also(files("invoices", invoices), files("holds", holds), **more)
    with open_exports(files("export", (export,)), WORDS, also) as opened:
        records = list(opened.records())
        assert_relation_tells(opened, records)
        return Told(
            {str(record.facts["subscription_id"]): record for record in records},
            list(opened.rejected()),
            opened.read,
            opened.joining,
            list(opened.strays()),
            set(opened.kept_holds()),
            opened.problems,
            opened.fingerprint,
        )


def assert_relation_tells(opened: Export, records: Sequence[Record]) -> None:
    """The relation that is handed out holds the facts of the records."""
    relation = opened.relation()
    read = facts_reader(relation.facts, WORDS.facts)
    presence = Presence((), frozenset(relation.facts))
    width = sum(len(value_columns(WORDS.facts[fact])) for fact in relation.facts)
    rows = opened.connection.execute(render(relation.query))
    flags = [name for name, *_ in rows.description or ()][width:]
    found = {}
    for row in rows.fetchall():
        beside = dict(zip(flags, row[width:], strict=True))
        told, raw = relation.told[beside[TOLD]], read(row[:width])
        facts = presence.only_told(dict(raw), told)
        if relation.has_holds:
            facts[HOLD] = UNKNOWN if beside[HELD_OPEN] else facts.get(HOLD, raw[HOLD])
        found[facts["subscription_id"]] = facts, told.assumed
    expected = {each.facts["subscription_id"]: (dict(each.facts), each.assumed) for each in records}
    assert found == expected


def invoices(*rows: str) -> tuple[str, ...]:
    return (INVOICES + "".join(f"{row}\n" for row in rows),)


def holds(*rows: str) -> tuple[str, ...]:
    return (HOLDS + "".join(f"{row}\n" for row in rows),)
