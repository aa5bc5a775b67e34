"""Policies at a git revision: what is read, what is left alone, and what is told when it fails."""

import os
import subprocess
import zlib
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path, PureWindowsPath
from shutil import copytree, rmtree, which

import pytest
from tests.policy.marks import FILES

from lapse.model.facts import vocabulary
from lapse.model.place import LapseError
from lapse.policy.load import PolicySet, load
from lapse.policy.profiles.load import load_profiles
from lapse.policy.text import folder as folder_of
from lapse.policy.text import revision as git_of
from lapse.policy.text.revision import PolicyFolder, is_revision, policies_at
from lapse.policy.text.yaml import MOST_BYTES

GIT = which("git") or "git"
IDENTITY = ("-c", "user.name=Kari", "-c", "user.email=kari@example.com")
NORWAY = "layer: Norway\napplies_to: {market: NO}\nterms: {grace_days: 14}\n"

pytestmark = pytest.mark.skipif(which("git") is None, reason="git is not installed")


def git(folder: Path, *words: str, given: bytes = b"") -> str:
    command = [GIT, *IDENTITY, "-C", str(folder), *words]
    done = subprocess.run(command, input=given, capture_output=True, check=True)
    return done.stdout.decode().strip()


@dataclass(frozen=True)
class Repository:
    """A repository with a policy set in `policies`."""

    top: Path

    @property
    def policies(self) -> Path:
        return self.top / "policies"

    def commit(self, **texts: str) -> str:
        """The hash of a commit of all there is, with these texts as layers."""
        for name, text in texts.items():
            (self.policies / f"{name}.yaml").write_text(text, encoding="utf-8")
        git(self.top, "add", "--all")
        git(self.top, "commit", "--quiet", "--allow-empty", "--message", "a change")
        return git(self.top, "rev-parse", "HEAD")

    def blob(self, content: bytes) -> str:
        return git(self.top, "hash-object", "-w", "--stdin", given=content)

    def forged(self, *entries: tuple[str, bytes, str]) -> str:
        """The hash of a tree of mode, name and id, whatever git would say of them."""
        content = b"".join(
            mode.encode() + b" " + name + b"\0" + bytes.fromhex(id_) for mode, name, id_ in entries
        )
        raw = b"tree %d\0" % len(content) + content
        id_ = sha1(raw, usedforsecurity=False).hexdigest()
        path = self.object_file(id_)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zlib.compress(raw))
        return id_

    def object_file(self, id_: str) -> Path:
        return self.top / ".git" / "objects" / id_[:2] / id_[2:]


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No repository around the test's own and no settings of this machine."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """One commit of a sound set on `main`."""
    top = tmp_path / "repository"
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(top))
    made = Repository(top)
    (made.policies / "markets").mkdir(parents=True)
    for name, text in FILES.items():
        (made.policies / name).write_text(text, encoding="utf-8")
    (made.policies / "markets" / "no.yaml").write_text(NORWAY)
    made.commit()
    return made


def loaded(text: str, beside: Path) -> PolicySet:
    with policies_at(text, beside) as found:
        return load(found.folder, called=found.called)


def layers(text: str, beside: Path) -> list[str]:
    book = loaded(text, beside).book
    assert book is not None
    return [layer.name for layer in book.layers]


def laid(text: str, beside: Path) -> list[str]:
    """The names of the files and links that are there to be read."""
    with policies_at(text, beside) as found:
        return _names(found.folder)


def _names(folder: Path) -> list[str]:
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def errors(policies: PolicySet) -> list[tuple[str, str]]:
    return [(p.code, p.place.file) for p in policies.problems if p.is_error]


def failure(text: str, beside: Path) -> str:
    with pytest.raises(LapseError) as caught, policies_at(text, beside):
        pass
    return str(caught.value)


def test_an_older_commit_is_read_while_the_work_tree_differs(repository: Repository) -> None:
    repository.commit(sweden="layer: Sweden\napplies_to: {market: SE}\n")
    rmtree(repository.policies / "markets")
    (repository.policies / "base.yaml").write_text("layer: [")
    assert layers("git:HEAD", repository.policies) == ["Norway", "Sweden", "Base"]
    assert layers("git:HEAD~1", repository.policies) == ["Norway", "Base"]


def test_the_fingerprint_is_that_of_the_folder(repository: Repository) -> None:
    at_main, there = loaded("git:main", repository.policies), load(repository.policies)
    assert at_main.book is not None
    assert there.book is not None
    assert at_main.book.fingerprint == there.book.fingerprint


def test_nothing_in_the_repository_is_touched(repository: Repository) -> None:
    def everything() -> dict[str, tuple[int, bytes]]:
        paths = [path for path in repository.top.rglob("*") if path.is_file()]
        return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in paths}

    repository.commit(sweden="layer: Sweden\napplies_to: {market: SE}\n")
    (repository.policies / "new.yaml").write_text("layer: New\n")
    (repository.policies / "base.yaml").unlink()
    status = git(repository.top, "status", "--porcelain")
    os.utime(repository.policies / "catalogue.yaml", (1, 1))
    before = everything()
    layers("git:HEAD~1", repository.policies)
    failure("git:mian", repository.policies)
    failure("git:main:polices", repository.policies)
    assert everything() == before
    assert git(repository.top, "status", "--porcelain") == status


def test_no_filter_of_the_repository_runs(repository: Repository, tmp_path: Path) -> None:
    (repository.top / ".gitattributes").write_text("*.yaml filter=mark diff=mark export-subst\n")
    repository.commit()
    for setting in ("filter.mark.smudge", "diff.mark.textconv"):
        git(repository.top, "config", setting, f"touch {tmp_path}/ran; cat")
    assert layers("git:main", repository.policies) == ["Norway", "Base"]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "ref",
    [
        "feature/nordics",
        "v1",
        "signed/v1",
        "HEAD~1",
        "main^",
        "main~1^{tree}",
        "HEAD^{/a change}~1",
    ],
)
def test_a_revision_is_named_as_in_git(repository: Repository, ref: str) -> None:
    git(repository.top, "branch", "feature/nordics")
    git(repository.top, "tag", "v1")
    git(repository.top, "tag", "--annotate", "signed/v1", "--message", "one")
    repository.commit(sweden="layer: Sweden\napplies_to: {market: SE}\n")
    assert layers(f"git:{ref}", repository.policies) == ["Norway", "Base"]
    with policies_at(f"git:{ref}", repository.policies) as found:
        assert found.called == f"{ref}:policies"


@pytest.mark.parametrize("peeled", ["HEAD", "HEAD^{tree}"])
@pytest.mark.parametrize("length", [40, 10])
def test_a_revision_is_named_by_its_hash(repository: Repository, peeled: str, length: int) -> None:
    hash_ = git(repository.top, "rev-parse", peeled)[:length]
    repository.commit(sweden="layer: Sweden\napplies_to: {market: SE}\n")
    assert layers(f"git:{hash_}", repository.policies) == ["Norway", "Base"]


def test_a_repository_with_long_hashes(repository: Repository, tmp_path: Path) -> None:
    top = tmp_path / "long"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "--object-format=sha256", str(top))
    copytree(repository.policies, top / "policies")
    hash_ = Repository(top).commit()
    assert len(hash_) == 64
    assert layers(f"git:{hash_}", top / "policies") == ["Norway", "Base"]


@pytest.mark.parametrize("path", ["sets/eu", "./sets/eu/", "sets//eu"])
def test_a_path_is_told_from_the_top(repository: Repository, path: str) -> None:
    copytree(repository.policies, repository.top / "sets" / "eu")
    repository.commit()
    with policies_at(f"git:main:{path}", repository.policies / "markets") as found:
        assert found.called == "main:sets/eu"
        assert _names(found.folder) == ["base.yaml", "catalogue.yaml", "markets/no.yaml"]


@pytest.mark.parametrize("text", ["git:main", "git:main:", "git:main:."])
def test_the_top_of_a_repository_has_no_slash(repository: Repository, text: str) -> None:
    set_ = Repository(repository.policies)
    git(set_.top, "init", "--quiet", "--initial-branch=main")
    set_.commit()
    with policies_at(text, set_.top) as found:
        assert found.called == "main:"
        sources = load(found.folder, called=found.called).sources
    assert sorted(sources) == ["main:base.yaml", "main:catalogue.yaml", "main:markets/no.yaml"]
    (set_.top / "catalogue.yaml").unlink()
    set_.commit()
    assert errors(loaded(text, set_.top)) == [("catalogue-missing", "main:catalogue.yaml")]


def test_names_with_spaces_and_letters_of_all_kinds(repository: Repository) -> None:
    folder = repository.top / "Mahnung und Kündigung"
    copytree(repository.policies, folder)
    (folder / "markets" / "no.yaml").rename(folder / "på\tvent \N{SNOWMAN}.yaml")
    repository.commit()
    expected = "main:Mahnung und Kündigung/på\tvent \N{SNOWMAN}.yaml"
    assert expected in loaded("git:main", folder).sources
    assert expected in loaded("git:main:Mahnung und Kündigung", repository.top).sources


def test_names_that_are_no_text(repository: Repository) -> None:
    tree = repository.forged(("100644", b"\xff.yaml", repository.blob(b"x")))
    policies = loaded(f"git:{tree}:", repository.top)
    assert list(policies.sources) == [f"{tree}:\N{REPLACEMENT CHARACTER}.yaml"]


def test_only_yaml_and_links_are_laid(repository: Repository) -> None:
    (repository.policies / "README.md").write_text("x")
    (repository.policies / "se.yml").write_text("layer: Sweden\n")
    (repository.policies / "link").symlink_to("markets")
    repository.commit()
    assert laid("git:main", repository.policies) == [
        "base.yaml",
        "catalogue.yaml",
        "link",
        "markets/no.yaml",
        "se.yml",
    ]
    assert errors(loaded("git:main", repository.policies)) == [
        ("file-ending", "main:policies/se.yml")
    ]


def test_links_inside_are_followed_and_others_refused(repository: Repository) -> None:
    (repository.policies / "..data").symlink_to("markets")
    (repository.policies / "markets" / "no.yaml").rename(repository.policies / "markets" / "no")
    (repository.policies / "markets" / "no").rename(repository.policies / "markets" / ".no.yaml")
    (repository.policies / "norway.yaml").symlink_to("..data/.no.yaml")
    repository.commit()
    assert layers("git:main", repository.policies) == ["Norway", "Base"]
    (repository.top / "secret.yaml").write_text("layer: Secret\n")
    (repository.policies / "beside.yaml").symlink_to("../secret.yaml")
    (repository.policies / "here.yaml").symlink_to(repository.policies / "base.yaml")
    (repository.policies / "host.yaml").symlink_to("/etc/hostname")
    (repository.policies / "nothing.yaml").symlink_to("nowhere.yaml")
    repository.commit()
    assert errors(loaded("git:main", repository.policies)) == [
        ("link-outside", "main:policies/beside.yaml"),
        ("link-outside", "main:policies/here.yaml"),
        ("link-outside", "main:policies/host.yaml"),
        ("file-unreadable", "main:policies/nothing.yaml"),
    ]


def test_another_repository_in_the_folder_is_ignored(repository: Repository) -> None:
    entry = f"160000,{git(repository.top, 'rev-parse', 'HEAD')},policies/other.yaml"
    git(repository.top, "update-index", "--add", "--cacheinfo", entry)
    git(repository.top, "commit", "--quiet", "--message", "a submodule")
    assert "other.yaml" in git(repository.top, "ls-tree", "HEAD:policies")
    assert layers("git:main", repository.policies) == ["Norway", "Base"]


def test_places_and_problems_show_the_revision(repository: Repository) -> None:
    (repository.policies / "markets" / "no.yaml").write_text(NORWAY + "rule: {}\n")
    repository.commit()
    policies = loaded("git:main", repository.policies)
    assert errors(policies) == [("unknown-key", "main:policies/markets/no.yaml")]
    assert policies.sources["main:policies/markets/no.yaml"][0] == "layer: Norway"


def test_a_plain_folder_is_itself(repository: Repository) -> None:
    assert not is_revision("./git:main")
    assert is_revision("git:main")
    with policies_at("repository//policies", Path("nowhere")) as found:
        assert found == PolicyFolder(Path("repository/policies"), "repository/policies")
        assert sorted(load(found.folder, called=found.called).sources) == sorted(
            load(found.folder).sources
        )
    with policies_at(".", repository.policies) as found:
        assert found == PolicyFolder(Path(), ".")


def test_a_plain_folder_called_by_its_path_shows_no_other(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.policies)
    assert load(Path(), called=".") == load(Path())


def test_the_folder_is_private_and_gone_in_the_end(repository: Repository) -> None:
    with policies_at("git:main", repository.policies) as found:
        assert found.folder.stat().st_mode & 0o777 == 0o700
        assert not found.folder.is_relative_to(repository.top)
    assert not found.folder.exists()


def test_the_folder_is_gone_after_an_interruption(repository: Repository) -> None:
    folders: list[Path] = []

    def be_interrupted() -> None:
        with policies_at("git:main", repository.policies) as found:
            folders.append(found.folder)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()
    assert [folder.exists() for folder in folders] == [False]


def test_the_repository_is_that_of_the_policies(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "elsewhere")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert layers("git:main", repository.policies) == ["Norway", "Base"]
    assert layers("git:main:policies", repository.policies) == ["Norway", "Base"]


@pytest.mark.parametrize("beside", ["plain", "nowhere"])
def test_the_repository_is_else_that_of_the_current_folder(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(repository.policies / "markets")
    assert layers("git:main:policies", tmp_path / beside) == ["Norway", "Base"]


def test_a_repository_without_a_work_tree(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository.top), "bare.git")
    monkeypatch.chdir(tmp_path / "bare.git")
    assert layers("git:main:policies", tmp_path) == ["Norway", "Base"]


def test_a_second_work_tree_has_its_own_head(repository: Repository, tmp_path: Path) -> None:
    second = tmp_path / "second"
    git(repository.top, "worktree", "add", "--quiet", "--detach", str(second))
    repository.commit(sweden="layer: Sweden\napplies_to: {market: SE}\n")
    assert layers("git:HEAD", second / "policies") == ["Norway", "Base"]


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"])
def test_the_repository_of_a_hook_is_not_meant(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(tmp_path))
    assert layers("git:main", repository.policies) == ["Norway", "Base"]


ELSEWHERE = "name one by its path from the top of the repository: `git:main:PATH`"
EXAMPLE = "write `git:REF` or `git:REF:PATH`, such as `git:main`"
FAILURES = {
    "git:": f"`git:` names no revision; {EXAMPLE}",
    "git::policies": f"`git::policies` names no revision; {EXAMPLE}",
    "git:a\0b": rf"`git:a\x00b` names no revision; {EXAMPLE}",
    "git:mian": "there is no revision `mian`; did you mean `main`?",
    "git:new/nordics": "there is no revision `new/nordics`; did you mean `news/nordics`?",
    "git:v2.0": "there is no revision `v2.0`; did you mean `v1.0`?",
    "git:zzz": "there is no revision `zzz`; known here: `main`, `news/nordics`, `v1.0`",
    "git:main:polices": f"there is no folder `polices` at `main`; {ELSEWHERE}",
    "git:main:/policies": f"there is no folder `/policies` at `main`; {ELSEWHERE}",
    "git:main:../policies": f"there is no folder `../policies` at `main`; {ELSEWHERE}",
    "git:main:a\nb": rf"there is no folder `a\nb` at `main`; {ELSEWHERE}",
    "git:main:policies/base.yaml": (
        "`policies/base.yaml` at `main` is no folder but a file or link; "
        "name a folder: `git:main:PATH`"
    ),
    "git:@{upstream}": (
        "git cannot read `@{upstream}`; it says `no upstream configured for branch 'main'`"
    ),
}


@pytest.mark.parametrize("text", FAILURES)
def test_what_cannot_be_read_is_told(repository: Repository, text: str) -> None:
    git(repository.top, "branch", "news/nordics")
    git(repository.top, "tag", "v1.0")
    assert failure(text, repository.policies) == FAILURES[text]


@pytest.mark.parametrize("ref", ["main..v1", "main...v1", "^main", "main^@", "main^!"])
def test_a_range_is_no_revision(repository: Repository, ref: str) -> None:
    git(repository.top, "tag", "v1")
    assert failure(f"git:{ref}", repository.policies) == (
        f"there is no revision `{ref}`; did you mean `main`?"
    )


@pytest.mark.parametrize("ref", ["-x", "--all", "--git-dir", "--abbrev-ref=x", "--", "-h"])
def test_a_revision_is_never_an_option(repository: Repository, ref: str) -> None:
    assert failure(f"git:{ref}", repository.policies) == (
        f"there is no revision `{ref}`; known here: `main`"
    )


def test_a_policy_set_that_was_not_there_yet(repository: Repository) -> None:
    copytree(repository.policies, repository.top / "new")
    assert failure("git:main", repository.top / "new") == (
        f"there is no folder `new` at `main`; {ELSEWHERE}"
    )


def test_a_repository_without_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "empty")
    assert failure("git:HEAD", tmp_path / "empty") == "there is no revision `HEAD`"


def test_no_repository(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    hint = "run `lapse` inside a repository and write `git:main:PATH`"
    assert failure("git:main", Path("plain")) == f"`plain` is in no git repository; {hint}"
    assert failure("git:main", Path("nowhere")) == f"`nowhere` is no folder; {hint}"
    assert failure("git:main:policies", Path("plain")) == (
        "neither `plain` nor the current folder is in a git repository; run `lapse` inside one"
    )


def test_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert failure("git:main", repository.policies) == (
        "git is not installed; install it, or name a folder of policies instead"
    )


def test_a_git_that_does_not_run(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "git").write_bytes(b"\x00")
    (tmp_path / "git").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert failure("git:main", repository.policies) == "git cannot be run: exec format error"


def test_a_repository_of_another_account(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.top)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert failure("git:main", Path("policies")) == (
        "git does not trust the repository of `policies`, which belongs to another account; "
        "`git config --global --add safe.directory DIR` says that you do"
    )


def test_a_partial_clone_fetches_nothing(repository: Repository, tmp_path: Path) -> None:
    git(repository.top, "config", "uploadpack.allowFilter", "true")
    url = f"file://{repository.top}"
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", url, "partial")
    partial = tmp_path / "partial"
    before = git(partial, "count-objects", "--verbose")
    assert failure("git:main:policies", partial) == (
        "this clone is partial and lacks some of `main:policies`; "
        "`git fetch --refetch --no-filter` brings what is missing"
    )
    assert git(partial, "count-objects", "--verbose") == before
    git(partial, "fetch", "--quiet", "--refetch", "--no-filter")
    assert layers("git:main:policies", partial) == ["Norway", "Base"]


def test_a_partial_clone_without_folders(repository: Repository, tmp_path: Path) -> None:
    git(repository.top, "config", "uploadpack.allowFilter", "true")
    url = f"file://{repository.top}"
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=tree:1", url, "partial")
    assert failure("git:main:policies", tmp_path / "partial") == (
        "this clone is partial and lacks some of `main:policies`; "
        "`git fetch --refetch --no-filter` brings what is missing"
    )


def test_a_shallow_clone_says_where_the_rest_is(repository: Repository, tmp_path: Path) -> None:
    repository.commit(sweden="layer: Sweden\napplies_to: {market: SE}\n")
    url = f"file://{repository.top}"
    git(tmp_path, "clone", "--quiet", "--depth=1", url, "shallow")
    shallow = tmp_path / "shallow"
    assert failure("git:zzz", shallow / "policies") == (
        "there is no revision `zzz`; known here: `main`, `origin/HEAD`, `origin/main`; "
        "this clone is shallow, and `git fetch --unshallow` brings what is missing"
    )
    git(shallow, "fetch", "--quiet", "--unshallow")
    assert layers("git:HEAD~1", shallow / "policies") == ["Norway", "Base"]


def test_a_lost_file(repository: Repository) -> None:
    id_ = git(repository.top, "rev-parse", "main:policies/markets/no.yaml")
    repository.object_file(id_).unlink()
    assert failure("git:main", repository.policies) == (
        "the repository has lost `main:policies/markets/no.yaml`; `git fsck` tells what is damaged"
    )


def test_a_lost_folder(repository: Repository) -> None:
    id_ = git(repository.top, "rev-parse", "main:policies/markets")
    repository.object_file(id_).unlink()
    assert failure("git:main", repository.policies).startswith("git cannot read `main:policies`; ")


@pytest.mark.parametrize("name", ["base.yaml", "markets/no.yaml"])
def test_a_damaged_file(repository: Repository, name: str) -> None:
    path = repository.object_file(git(repository.top, "rev-parse", f"main:policies/{name}"))
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[: len(content) // 2])
    assert failure("git:main", repository.policies).startswith("git cannot read `main:policies`; ")


def test_a_file_that_is_too_large_is_reported_unread(repository: Repository) -> None:
    repository.commit(large="# " + "x" * MOST_BYTES)
    with policies_at("git:main", repository.policies) as found:
        assert (found.folder / "large.yaml").stat().st_size == MOST_BYTES + 1
        with (found.folder / "large.yaml").open("rb") as stream:
            assert stream.read(2) == b"\0\0"
        policies = load(found.folder, called=found.called)
    assert errors(policies) == [("file-too-large", "main:policies/large.yaml")]


def test_a_set_that_is_too_large(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(path.stat().st_size for path in repository.policies.rglob("*.yaml"))
    monkeypatch.setattr(git_of, "MOST_BYTES_IN_ALL", size)
    assert layers("git:main", repository.policies) == ["Norway", "Base"]
    monkeypatch.setattr(git_of, "MOST_BYTES_IN_ALL", size - 1)
    assert failure("git:main", repository.policies) == (
        "the policies in `main:policies` are too large; a set has at most 0 MB in all"
    )


def test_a_set_of_too_many_files(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository.policies / "README.md").write_text("x")
    (repository.policies / "link").symlink_to("markets")
    repository.commit()
    monkeypatch.setattr(git_of, "MOST_FILES", 4)
    assert layers("git:main", repository.policies) == ["Norway", "Base"]
    monkeypatch.setattr(git_of, "MOST_FILES", 3)
    assert failure("git:main", repository.policies) == (
        "4 policy files and links in `main:policies` are too many; a set has at most 3"
    )


def test_too_many_files_are_reported_at_the_name_of_the_folder(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_of, "MOST_FILES", 1)
    assert errors(loaded("git:main", repository.policies)) == [("too-many-files", "main:policies")]


@pytest.mark.parametrize("name", [b"..", b".git", b".GIT", b"."])
def test_a_forged_name_is_refused(repository: Repository, tmp_path: Path, name: bytes) -> None:
    file = ("100644", b"x.yaml", repository.blob(b"layer: X\n"))
    tree = repository.forged(("40000", name, repository.forged(file)))
    assert failure(f"git:{tree}:", repository.top) == (
        f"`{tree}:{name.decode()}/x.yaml` is a name that no file can have; the tree is forged"
    )
    assert not list(tmp_path.rglob("x.yaml"))


def test_a_forged_path_is_refused(repository: Repository, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path / "x.yaml")
    tree = repository.forged(("100644", name, repository.blob(b"layer: X\n")))
    assert failure(f"git:{tree}:", repository.top).endswith("no file can have; the tree is forged")
    assert not (tmp_path / "x.yaml").exists()


@pytest.mark.parametrize("name", [rb"..\x.yaml", b"C:x.yaml", rb"a\..\..\x.yaml"])
def test_a_name_that_leads_elsewhere_on_windows_is_refused_there(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, name: bytes
) -> None:
    tree = repository.forged(("100644", name, repository.blob(b"layer: X\n")))
    assert "forged" not in str(errors(loaded(f"git:{tree}:", repository.top)))
    monkeypatch.setattr("lapse.policy.text.revision.PurePath", PureWindowsPath)
    assert failure(f"git:{tree}:", repository.top).endswith("no file can have; the tree is forged")


@pytest.mark.parametrize("inner", ["100644", "120000"])
def test_nothing_is_written_through_a_link(
    repository: Repository, tmp_path: Path, inner: str
) -> None:
    target = tmp_path / "target"
    target.mkdir()
    link = ("120000", b"a", repository.blob(os.fsencode(target)))
    below = repository.forged((inner, b"x.yaml", repository.blob(b"layer: X\n")))
    tree = repository.forged(link, ("40000", b"a", below))
    assert failure(f"git:{tree}:", repository.top) == (
        f"`{tree}:` cannot be laid into a temporary folder: file exists"
    )
    assert not list(target.iterdir())


def test_nothing_is_written_over_a_link(repository: Repository, tmp_path: Path) -> None:
    link = ("120000", b"x.yaml", repository.blob(os.fsencode(tmp_path / "target")))
    tree = repository.forged(link, ("100644", b"x.yaml", repository.blob(b"layer: X\n")))
    assert failure(f"git:{tree}:", repository.top) == (
        f"`{tree}:` cannot be laid into a temporary folder: file exists"
    )
    assert not (tmp_path / "target").exists()


def test_a_link_to_what_is_no_name(repository: Repository) -> None:
    odd = ("120000", b"odd.yaml", repository.blob(b"base.yaml\0/etc/passwd"))
    tree = repository.forged(odd)
    with policies_at(f"git:{tree}:", repository.top) as found:
        assert (found.folder / "odd.yaml").readlink() == Path("base.yaml")
    tree = repository.forged(("120000", b"empty.yaml", repository.blob(b"")))
    assert failure(f"git:{tree}:", repository.top) == (
        f"`{tree}:` cannot be laid into a temporary folder: no such file or directory"
    )


PROFILE = """profile: shop
about: "subscriptions of our web shop"
recognised_by: [Abo]
facts:
  subscription_id: Abo
"""


def test_the_profiles_of_a_revision(repository: Repository) -> None:
    profiles = repository.policies / "profiles"
    profiles.mkdir()
    (profiles / "shop.yaml").write_text(PROFILE)
    repository.commit()
    (profiles / "shop.yaml").write_text(PROFILE.replace("Abo", "Vertrag"))
    (profiles / "broken.yaml").write_text(PROFILE.replace("shop", "store") + "fact: {}\n")
    with policies_at("git:main", repository.policies) as found:
        offered = load_profiles(found.folder, vocabulary(), called=found.called)
    assert offered.problems == ()
    assert offered.profiles is not None
    assert offered.profiles.profiles["shop"].recognised_by == ("abo",)
    shipped = set(load_profiles(None, vocabulary()).sources)
    assert set(offered.sources) - shipped == {"main:policies/profiles/shop.yaml"}
    assert shipped < set(offered.sources)


def test_a_problem_in_a_profile_shows_the_revision(repository: Repository) -> None:
    profiles = repository.policies / "profiles"
    profiles.mkdir()
    (profiles / "shop.yaml").write_text(PROFILE + "fact: {}\n")
    (profiles / "outside.yaml").symlink_to("../../README.yaml")
    repository.commit()
    with policies_at("git:main", repository.policies) as found:
        offered = load_profiles(found.folder, vocabulary(), called=found.called)
    assert [(problem.code, problem.place.file) for problem in offered.problems] == [
        ("link-outside", "main:policies/profiles/outside.yaml"),
        ("unknown-key", "main:policies/profiles/shop.yaml"),
    ]
