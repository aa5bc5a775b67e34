"""The texts of statements that a run leaves for the next one."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlglot import exp
from tests.executors.billed import judging as rulebook

from lapse.decide.known import Judging
from lapse.executors.lowered import kept_statements as module
from lapse.executors.lowered.facts.judged_rows import JudgedRows
from lapse.executors.lowered.kept_statements import FILE, MOST, Kept, Statements, statements
from lapse.inputs.records import Told
from lapse.inputs.relation import Relation
from lapse.sql.expressions import column, query

COLUMNS = [("market", "VARCHAR"), ("debt", "DECIMAL(18,4)")]
RELATION = Relation(query("SELECT * FROM exported"), ("market",), (Told(frozenset({"market"})),))


@pytest.fixture
def judging(tmp_path: Path) -> Judging:
    return rulebook(tmp_path)


def never() -> exp.Expr:
    raise AssertionError("it is kept")


def key(judging: Judging, relation: Relation = RELATION, columns: object = COLUMNS) -> str:
    kept = Kept(Path("nowhere"))
    assert isinstance(columns, list)
    return statements(kept, judging, relation, columns).key


def test_what_one_run_builds_the_next_one_reads(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    first = Statements(kept, "key")
    text = first.text("sorted", lambda: column("market"), [1, 2])
    first.keep()
    kept.write()
    assert Statements(kept, "key").text("sorted", never, [1, 2]) == text == '"market"'


def test_other_data_or_another_key_is_built_anew(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    first = Statements(kept, "key")
    first.text("sorted", lambda: column("market"), [1, 2])
    first.keep()
    kept.write()
    for other, of in (("key", [1]), ("another", [1, 2])):
        assert Statements(kept, other).text("sorted", lambda: column("x"), of) == '"x"'


def test_only_the_last_keys_are_kept(tmp_path: Path) -> None:
    for number in range(MOST + 3):
        kept = Kept(tmp_path)
        one = Statements(kept, str(number))
        one.text("sorted", lambda: column("market"))
        one.keep()
        kept.write()
    assert list(Kept(tmp_path).read()) == [str(number) for number in range(3, MOST + 3)]


def test_only_the_last_variants_of_a_statement_are_kept(tmp_path: Path) -> None:
    """A folder in which every night is another one does not grow."""
    for number in range(MOST + 3):
        kept = Kept(tmp_path)
        one = Statements(kept, "key")
        one.text("sorted", lambda: column("market"))
        one.text("found", lambda: column("market"), [number])
        one.keep()
        kept.write()
    last = [f"found: ([{number}],)" for number in range(3, MOST + 3)]
    assert sorted(Kept(tmp_path).read()["key"]) == sorted(["sorted: ()", *last])


def changed(content: str) -> str:
    return content.replace("market", "program")


def cut(content: str) -> str:
    return content[: len(content) // 2]


def without_digest(content: str) -> str:
    return json.dumps({"texts": json.loads(content)["texts"]})


def of_lists(_: str) -> str:
    return json.dumps({"digest": "", "texts": [["sorted"]]})


@pytest.mark.parametrize("broken", [changed, cut, without_digest, of_lists])
def test_a_file_that_is_not_whole_does_not_count(tmp_path: Path, broken: Any) -> None:  # noqa: ANN401
    kept = Kept(tmp_path)
    first = Statements(kept, "key")
    first.text("sorted", lambda: column("market"))
    first.keep()
    kept.write()
    file = tmp_path / FILE
    file.write_bytes(broken(file.read_text("utf-8")).encode())
    assert kept.read() == {}


def test_what_is_built_is_written_only_when_asked(tmp_path: Path) -> None:
    one = Statements(Kept(tmp_path), "key")
    one.text("sorted", lambda: column("market"))
    one.keep()
    assert not (tmp_path / FILE).exists()


def test_what_is_known_is_not_written_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    first = Statements(kept, "key")
    first.text("sorted", lambda: column("market"))
    first.keep()
    kept.write()
    (tmp_path / FILE).chmod(0o400)
    again = Kept(tmp_path)
    second = Statements(again, "key")
    second.text("sorted", never)
    second.keep()
    again.write()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o400


def test_without_a_place_to_write_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"no folder")
    kept = Kept(tmp_path / "out")
    one = Statements(kept, "key")
    assert one.text("sorted", lambda: column("market")) == '"market"'
    one.keep()
    kept.write()


def test_the_day_does_not_count(judging: Judging) -> None:
    assert key(judging) == key(replace(judging, as_of=date(2030, 1, 1)))


def test_all_that_statements_are_built_of_counts(judging: Judging) -> None:
    told, others = RELATION.told[0], {"vip": True}
    instant = datetime(2026, 11, 23, tzinfo=UTC)
    different: Mapping[str, str] = {
        "nothing": key(judging),
        "instant": key(replace(judging, as_of=instant)),
        "assumed": key(replace(judging, assumed={**judging.assumed, "vip": True})),
        "columns": key(judging, columns=COLUMNS[:1]),
        "types": key(judging, columns=[COLUMNS[0], ("debt", "DOUBLE")]),
        "facts": key(judging, replace(RELATION, facts=("market", "debt"))),
        "told": key(judging, replace(RELATION, told=(told, told))),
        "told assumed": key(judging, replace(RELATION, told=(replace(told, assumed=others),))),
        "lost": key(judging, replace(RELATION, told=(replace(told, lost=frozenset({"vip"})),))),
        "invoices": key(judging, replace(RELATION, has_invoices=True)),
        "holds": key(judging, replace(RELATION, has_holds=True)),
        "policies": key(_with_fingerprint(judging, "another")),
    }
    assert len({*different.values()}) == len(different)


def test_the_key_knows_everything_that_statements_are_built_of() -> None:
    """Who adds a field here adds it to the key, too: else a night decides by an old statement."""
    found = {kind: {each.name for each in fields(kind)} for kind in (JudgedRows, Relation, Told)}
    assert found == {
        JudgedRows: {"lexicon", "relation", "judging", "statements"},
        Relation: {"query", "facts", "told", "has_invoices", "has_holds"},
        Told: {"facts", "assumed", "lost"},
    }
    assert {each.name for each in fields(Judging)} == {"scopes", "as_of", "assumed"}


def _with_fingerprint(judging: Judging, fingerprint: str) -> Judging:
    scopes = type(judging.scopes)(replace(judging.scopes.book, fingerprint=fingerprint))
    return replace(judging, scopes=scopes)


def test_another_engine_counts(judging: Judging, monkeypatch: pytest.MonkeyPatch) -> None:
    before = key(judging)
    monkeypatch.setattr(module, "_engine", lambda: "another")
    assert key(judging) != before


def test_a_policy_set_that_is_in_no_files_has_none_kept(judging: Judging, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    assert statements(kept, _with_fingerprint(judging, ""), RELATION, COLUMNS).kept is None
