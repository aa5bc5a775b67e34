"""A folder of policies: which files are read, and what stands in the way."""

import os
from pathlib import Path

import pytest
from tests.policy.marks import FILES

from lapse.policy.load import PolicySet, load
from lapse.policy.text import folder as folder_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound policy set."""
    root = tmp_path / "policies"
    root.mkdir()
    for name, text in FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def errors(policies: PolicySet) -> list[tuple[str, str]]:
    return [(p.code, Path(p.place.file).name) for p in policies.problems if p.is_error]


def test_a_sound_set(folder: Path) -> None:
    policies = load(folder)
    assert errors(policies) == []
    assert policies.is_sound
    assert policies.book is not None
    assert policies.sources[f"{folder}/base.yaml"][1] == "layer: Base"


def test_files_are_named_as_the_folder_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert sorted(load(Path("policies")).sources) == [
        "policies/base.yaml",
        "policies/catalogue.yaml",
    ]
    monkeypatch.chdir(folder)
    assert sorted(load(Path()).sources) == ["base.yaml", "catalogue.yaml"]


def test_layers_come_with_the_most_specific_first(folder: Path) -> None:
    (folder / "a.yaml").write_text("layer: A\napplies_to: {program: nce}\n")
    (folder / "b.yaml").write_text("layer: B\napplies_to: {customer: x}\n")
    book = load(folder).book
    assert book is not None
    assert [layer.name for layer in book.layers] == ["B", "A", "Base"]


def test_the_fingerprint_is_of_names_and_bytes_without_cases(folder: Path) -> None:
    def fingerprint() -> str:
        book = load(folder).book
        assert book is not None
        return book.fingerprint

    first = fingerprint()
    (folder / "cases").mkdir()
    (folder / "cases" / "a.yaml").write_text("cases: [{name: a}]\n")
    (folder / ".hidden.yaml").write_text("layer: [")
    assert fingerprint() == first
    (folder / "base.yaml").rename(folder / "basis.yaml")
    second = fingerprint()
    assert second != first
    with (folder / "basis.yaml").open("a") as stream:
        stream.write("# more\n")
    assert fingerprint() not in {first, second}


def test_hidden_files_and_other_files_are_left_out(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "x.yaml").write_text("[")
    (folder / "README.md").write_text("[")
    assert errors(load(folder)) == []


def test_a_missing_folder(tmp_path: Path) -> None:
    assert errors(load(tmp_path / "nowhere")) == [("folder-missing", "nowhere")]


def test_a_file_is_no_folder(folder: Path) -> None:
    assert errors(load(folder / "base.yaml")) == [("folder-missing", "base.yaml")]


def test_no_catalogue(folder: Path) -> None:
    (folder / "catalogue.yaml").unlink()
    (folder / "broken.yaml").write_text("a: [")
    assert errors(load(folder)) == [
        ("yaml-syntax", "broken.yaml"),
        ("catalogue-missing", "catalogue.yaml"),
    ]


def test_a_catalogue_that_is_no_yaml_is_all_that_is_reported(folder: Path) -> None:
    (folder / "catalogue.yaml").write_text("a: [")
    assert errors(load(folder)) == [("yaml-syntax", "catalogue.yaml")]


@pytest.mark.parametrize("name", ["a.yml", "a.YAML"])
def test_other_endings(folder: Path, name: str) -> None:
    (folder / name).write_text("layer: A\n")
    policies = load(folder)
    assert errors(policies) == [("file-ending", name)]
    assert policies.problems[0].help == "rename it to `a.yaml`"


def test_links(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("layer: Secret\n")
    (folder / "inside").mkdir()
    (folder / "..data").mkdir()
    (folder / "..data" / "norway.yaml").write_text("layer: Norway\napplies_to: {market: NO}\n")
    (folder / "norway.yaml").symlink_to(folder / "..data" / "norway.yaml")
    (folder / "file.yaml").symlink_to(outside)
    (folder / "folder").symlink_to(tmp_path)
    (folder / "again").symlink_to(folder / "inside")
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "nothing.yaml").symlink_to(folder / "nowhere.yaml")
    policies = load(folder)
    assert errors(policies) == [
        ("link-outside", "file.yaml"),
        ("link-outside", "folder"),
        ("file-unreadable", "loop.yaml"),
        ("file-unreadable", "nothing.yaml"),
    ]
    assert f"{folder}/norway.yaml" in policies.sources
    assert not any("Secret" in line for lines in policies.sources.values() for line in lines)


def test_what_is_no_file(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "folder.yaml").mkdir()
    assert errors(load(folder)) == [("file-unreadable", "pipe.yaml")]


def test_what_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def refuse(path: Path, mode: str = "r") -> object:
        if path.name == "base.yaml":
            raise PermissionError(13, "Permission denied")
        return real(path, mode)

    monkeypatch.setattr(Path, "open", refuse)
    (problem,) = load(folder).problems
    assert (problem.code, problem.place.file) == ("file-unreadable", f"{folder}/base.yaml")
    assert problem.message == "this cannot be read: permission denied"


def test_names_that_are_no_text(folder: Path) -> None:
    path = os.fsencode(folder) + b"/\xff.yaml"
    with open(path, "wb") as stream:  # noqa: PTH123  a name of bytes
        stream.write(b"x")
    (problem,) = load(folder).problems
    assert problem.place.file == f"{folder}/\N{REPLACEMENT CHARACTER}.yaml"


def test_too_many_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_of, "MOST_FILES", 1)
    assert errors(load(folder)) == [("too-many-files", "policies")]


def test_too_many_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_of, "MOST_BYTES_IN_ALL", 1_000)
    assert ("file-too-large", "catalogue.yaml") in errors(load(folder))


def test_the_order_of_files_does_not_matter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.yaml").write_text("layer: A\napplies_to: {market: NO}\nterms: {grace_days: x}\n")
    (folder / "b.yaml").write_text("layer: A\napplies_to: {market: SE}\n")
    forwards = load(folder)
    real = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: iter(sorted(real(path), reverse=True)))
    assert load(folder) == forwards


def test_the_shipped_policies_are_sound() -> None:
    policies = load(Path(__file__).parents[2] / "policies")
    assert policies.problems == ()
    assert policies.cases
