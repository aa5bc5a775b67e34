"""Bad input in each format: a located problem or rejected rows, and the sound rows survive."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.inputs.bad_tables import (
    FORMATS,
    HOLDS,
    INVOICES,
    KINDS,
    PARTNER_CENTER,
    SUBSCRIPTIONS,
    TEXT_FORMATS,
    Kind,
    as_document,
    as_lines,
    header_alone,
)
from tests.inputs.no_tables import NOT_JSON, REFUSED

from lapse.inputs.reading import Also, InputError, Rejected, open_exports
from lapse.model.facts import vocabulary
from lapse.model.place import Problem
from lapse.model.profile import ProfileSet
from lapse.policy.profiles.load import load_profiles

if TYPE_CHECKING:
    from tests.inputs.conftest import Write

WORDS = vocabulary()
POLICIES = Path(__file__).parents[2] / "policies"
OTHER = "subscription_id,seats\ns-1,5\n"
"""An export beside invoices and holds."""


@dataclass(frozen=True, slots=True)
class CameTo:
    """What came of one file among those read."""

    rows: int = 0
    rejected: tuple[Rejected, ...] = ()
    names: tuple[object, ...] = ()
    profile: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(each.row, each.code) for each in self.rejected]

    @property
    def refused(self) -> list[str]:
        return [problem.code for problem in self.problems]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads files as a run does, with the shipped profiles."""

    profiles: ProfileSet
    folder: Path

    def read(self, kind: Kind, path: Path) -> CameTo:
        """Nothing but a refusal is raised; every row is handed on or rejected, and counted once."""
        name, other = str(path), self.folder / "other.csv"
        other.write_text(OTHER)
        also = Also(
            invoices=(name,) if kind.option == "invoices" else (),
            holds=(name,) if kind.option == "holds" else (),
            profiles=self.profiles,
        )
        try:
            with open_exports([str(other) if kind.option else name], WORDS, also) as export:
                records = [record.facts["subscription_id"] for record in export.records()]
                every = [*export.rejected()]
                (told,) = (each for each in export.joining.inputs if each.name == name)
                subscriptions = [each for each in every if each.gives == "subscriptions"]
                assert export.read == len(records) + len(subscriptions)
        except InputError as refused:
            _are_located(refused.problems, name)
            return CameTo(problems=refused.problems)
        mine = tuple(each for each in every if each.input == name)
        assert all(len(each.found) <= 200 for each in mine)
        return CameTo(told.rows, mine, tuple(records), told.profile)


def _are_located(problems: tuple[Problem, ...], name: str) -> None:
    assert problems
    for problem in problems:
        assert problem.place.file == name
        assert problem.place.line >= 1
        assert problem.message
        assert "\n" not in problem.message
        assert "Error" not in problem.message


@pytest.fixture(scope="module")
def profiles() -> ProfileSet:
    loaded = load_profiles(POLICIES, WORDS).profiles
    assert loaded is not None
    return loaded


@pytest.fixture
def reader(profiles: ProfileSet, tmp_path: Path) -> Reader:
    return Reader(profiles, tmp_path)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "xlsx", "parquet", "jsonl.gz"])
def test_a_bad_cell_loses_its_row_alone(
    ending: str, kind: Kind, write: "Write", reader: Reader
) -> None:
    rows = kind.rows()
    came_to = reader.read(kind, write(f"t.{ending}", FORMATS[ending](rows)))
    assert came_to.refused == []
    assert came_to.codes == kind.expected()
    assert (came_to.profile, came_to.rows) == (kind.profile, len(rows))
    if not kind.option:
        bad = {number - 1 for number, _ in kind.expected()}
        sound = {row[kind.names] for number, row in enumerate(rows) if number not in bad}
        assert set(came_to.names) >= sound


@pytest.mark.parametrize("ending", FORMATS)
def test_a_cell_of_ten_megabytes_does_no_harm(ending: str, write: "Write", reader: Reader) -> None:
    rows = SUBSCRIPTIONS.rows()
    long = {**rows[0], "subscription_id": "long", "customer_name": "x" * 10_000_000}
    came_to = reader.read(
        SUBSCRIPTIONS, write(f"t.{ending}", FORMATS[ending]([rows[0], long, rows[-1]]))
    )
    kept = [rows[0]["subscription_id"], rows[-1]["subscription_id"]]
    match ending:
        case "json":
            assert [(p.code, p.place.line) for p in came_to.problems] == [("bad-json", 13)]
        case _:
            assert (list(came_to.names), came_to.codes) == (kept, [(2, "bad-row")])


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_a_byte_that_is_no_text_loses_its_row_alone(
    ending: str, kind: Kind, write: "Write", reader: Reader
) -> None:
    bad = {b"@2": b"\xe6", b"@3": b"\0", b"@4": b"\xed\xa0\x80", b"@5": b"\xc3"}
    rows = [{**kind.sound, kind.names: f"s-{n}@{n}"} for n in range(1, 7)]
    content = TEXT_FORMATS[ending](rows)
    for mark, replacement in bad.items():
        content = content.replace(mark, replacement)
    came_to = reader.read(kind, write(f"t.{ending}", content))
    assert came_to.codes == [(number, "bad-encoding") for number in (2, 3, 4, 5)]
    assert came_to.rows == len(rows)


@pytest.mark.parametrize("ending", TEXT_FORMATS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("kind", [SUBSCRIPTIONS, PARTNER_CENTER])
def test_text_with_a_mark_of_its_encoding_is_read(
    ending: str, encoding: str, kind: Kind, write: "Write", reader: Reader
) -> None:
    rows = kind.rows()
    content = TEXT_FORMATS[ending](rows).decode().encode(encoding)
    came_to = reader.read(kind, write(f"t.{ending}", content))
    assert (came_to.rows, came_to.codes) == (len(rows), kind.expected())


@pytest.mark.parametrize("ending", TEXT_FORMATS)
def test_every_row_of_latin_1_with_letters_beyond_ascii_is_told(
    ending: str, write: "Write", reader: Reader
) -> None:
    rows = [{"subscription_id": f"s-{n}", "customer_name": name} for n, name in enumerate("aæøb")]
    content = TEXT_FORMATS[ending](rows).decode().encode("latin-1")
    came_to = reader.read(SUBSCRIPTIONS, write(f"t.{ending}", content))
    assert came_to.codes == [(2, "bad-encoding"), (3, "bad-encoding")]
    assert came_to.names == ("s-0", "s-3")


@pytest.mark.parametrize(
    ("number", "case"),
    list(enumerate(REFUSED)),
    ids=[f"{ending} {content[:9]!r} {len(content)}" for ending, content in REFUSED],
)
def test_what_is_no_table_is_refused_where_it_is(
    number: int, case: tuple[str, bytes], write: "Write", reader: Reader
) -> None:
    kind = (SUBSCRIPTIONS, INVOICES, HOLDS)[number % 3]
    came_to = reader.read(kind, write(f"t.{case[0]}", case[1]))
    assert came_to.refused == [REFUSED[case]]


@pytest.mark.parametrize("ending", ["csv.gz", "jsonl.gz", "xlsx", "parquet", "json"])
@pytest.mark.parametrize("kind", [PARTNER_CENTER, HOLDS])
def test_a_file_cut_anywhere_is_refused(
    ending: str, kind: Kind, write: "Write", reader: Reader
) -> None:
    """A cut CSV or file of lines loses its last row, as other tests say."""
    whole = FORMATS[ending](kind.rows())
    for part in (30, 90):
        came_to = reader.read(kind, write(f"t.{ending}", whole[: len(whole) * part // 100]))
        assert len(came_to.problems) == 1


@pytest.mark.parametrize("text", NOT_JSON, ids=range(len(NOT_JSON)))
def test_json_that_is_not_json_is_refused_at_its_line(
    text: str, write: "Write", reader: Reader
) -> None:
    (problem,) = reader.read(PARTNER_CENTER, write("t.json", text)).problems
    assert (problem.code, problem.place.line) == ("bad-json", NOT_JSON[text])


def test_a_line_that_is_no_json_loses_itself_alone(
    kind: Kind, write: "Write", reader: Reader
) -> None:
    lines = as_lines(kind.rows()).decode().split("\n")
    broken = ["{", "...", "// and so on", lines[0][:-1] + ",}", "[" * 300_000 + "]" * 300_000]
    content = "\n".join([lines[0], *broken, lines[-1]])
    came_to = reader.read(kind, write("t.jsonl", content))
    assert came_to.codes == [(number, "bad-row") for number in range(2, 7)]
    assert came_to.rows == 7


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_header_alone_is_a_table_without_rows(
    ending: str, kind: Kind, write: "Write", reader: Reader
) -> None:
    came_to = reader.read(kind, write(f"t.{ending}", header_alone(ending, kind.sound)))
    assert (came_to.rows, came_to.rejected, came_to.refused) == (0, (), [])
    assert came_to.profile == kind.profile


@pytest.mark.parametrize("name", ["subscriptions", "invoices", "holds"])
def test_json_without_rows_is_a_table_without_rows(
    name: str, write: "Write", reader: Reader
) -> None:
    came_to = reader.read(KINDS[name], write("t.json", " [ ] \n"))
    assert (came_to.rows, came_to.rejected, came_to.refused) == (0, (), [])


def test_what_is_no_row_in_a_page_is_rejected(write: "Write", reader: Reader) -> None:
    rows = as_document(PARTNER_CENTER.rows()).decode()
    page = f'{{"totalCount": 2, "items": [7, null, [], {rows[1:]}}}'
    came_to = reader.read(PARTNER_CENTER, write("t.json", page))
    shifted = [(row + 3, code) for row, code in PARTNER_CENTER.expected()]
    assert came_to.codes == [(1, "bad-row"), (2, "bad-row"), (3, "bad-row"), *shifted]
