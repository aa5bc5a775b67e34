"""A folder of policies at a git revision: git's objects are read, nothing is checked out.

So no filter, hook or attribute of the repository takes part, its work tree and index are not read,
and nothing in it is written. The YAML files and links of the tree are written into a private
folder, which is then read like any other. A tree can be forged, so names that lead out of the
folder are refused. Folders are made first and no file is overwritten: no link is written through.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath, PurePosixPath
from shutil import which

from lapse.model.place import LapseError, did_you_mean, reason
from lapse.policy.text.folder import MOST_BYTES_IN_ALL, MOST_FILES, shown_in, shown_path
from lapse.policy.text.problems import MOST_SHOWN, shown
from lapse.policy.text.yaml import MOST_BYTES
from lapse.scratch import scratch_folder

REVISION = "git:"
MOST_REFS = 1_000
"""At most so many branches and tags are compared with an unknown revision, for a hint."""

_ENDINGS = (".yaml", ".yml")
_LINK = b"120000"
_FORGED = frozenset({"", ".", "..", ".git"})

# A hook's environment names the repository that it runs for, which need not be the one asked for.
_OF_A_HOOK = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
)
_QUIETLY = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",  # git before 2.45 fetches all the same, but by no protocol
}
_KNOWN_FAILURES = {
    b"dubious ownership": (
        "git does not trust the repository of {}, which belongs to another account; "
        "`git config --global --add safe.directory DIR` says that you do"
    ),
    b"could not fetch": (
        "this clone is partial and lacks some of {}; "
        "`git fetch --refetch --no-filter` brings what is missing"
    ),
}


@dataclass(frozen=True, slots=True)
class PolicyFolder:
    """A folder to read, and the name to show for its path."""

    folder: Path
    called: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """`git:REF` or `git:REF:PATH`; without a path it is null."""

    ref: str
    path: str | None

    @property
    def elsewhere(self) -> str:
        return shown(f"{REVISION}{self.ref}:PATH")


@dataclass(frozen=True, slots=True)
class _Tree:
    """A folder at a revision; `tree` is git's name for it when git is run in `inside`."""

    inside: Path
    tree: str
    called: str

    def shown(self, name: str = "") -> str:
        return shown(shown_in(Path(), name, self.called))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file or link of a tree; `blob` is git's id of its bytes."""

    name: str
    blob: bytes
    size: int
    is_link: bool


def is_revision(text: str) -> bool:
    return text.startswith(REVISION)


@contextmanager
def policies_at(text: str, beside: Path) -> Iterator[PolicyFolder]:
    """The folder that a text names; that of a revision exists until the block ends.

    `git:REF` is the folder `beside` at the revision REF. `git:REF:PATH` is another folder, its path
    from the top of the repository of `beside`, or else of the current folder.
    """
    if not is_revision(text):
        yield PolicyFolder(Path(text), shown_path(Path(text)))
        return
    tree = _tree(_wanted(text), beside)
    entries = _entries(tree)
    contents = _contents(tree, entries)
    with scratch_folder() as private:
        _lay(tree, entries, contents, private)
        yield PolicyFolder(private, tree.called)


def _wanted(text: str) -> _Wanted:
    ref, colon, path = text.removeprefix(REVISION).partition(":")
    if ref and "\0" not in text:
        return _Wanted(ref, path if colon else None)
    example = "write `git:REF` or `git:REF:PATH`, such as `git:main`"
    raise LapseError(f"{shown(text)} names no revision; {example}")


def _tree(wanted: _Wanted, beside: Path) -> _Tree:
    inside, path = _source(wanted, beside)
    root = _root(wanted.ref, inside)
    name = "/".join(path.parts)
    tree = _Tree(inside, f"{root}:{name}", shown_in(Path(), name, f"{wanted.ref}:"))
    if path.is_absolute() or ".." in path.parts:
        raise _no_folder(wanted, path)
    done = _git(inside, "cat-file -t", tree.tree)
    if done.stdout == b"tree\n":
        return tree
    if done.stdout:
        is_file = f"{shown(name)} at {shown(wanted.ref)} is no folder but a file or link"
        raise LapseError(f"{is_file}; name a folder: {wanted.elsewhere}")
    raise _known_failure(tree.shown(), done.stderr) or _no_folder(wanted, path)


def _no_folder(wanted: _Wanted, path: PurePosixPath) -> LapseError:
    missing = f"there is no folder {shown(path.as_posix())} at {shown(wanted.ref)}"
    hint = f"name one by its path from the top of the repository: {wanted.elsewhere}"
    return LapseError(f"{missing}; {hint}")


def _source(wanted: _Wanted, beside: Path) -> tuple[Path, PurePosixPath]:
    """A folder inside the repository, and the wanted path from the top of the repository."""
    own = _path_within(beside)
    name = shown(shown_path(beside))
    if wanted.path is None:
        if own is not None:
            return beside, own
        reason = "is in no git repository" if beside.is_dir() else "is no folder"
        hint = f"run `lapse` inside a repository and write {wanted.elsewhere}"
        raise LapseError(f"{name} {reason}; {hint}")
    if own is None and _path_within(Path()) is None:
        reason = f"neither {name} nor the current folder is in a git repository"
        raise LapseError(f"{reason}; run `lapse` inside one")
    return Path() if own is None else beside, PurePosixPath(wanted.path)


def _path_within(folder: Path) -> PurePosixPath | None:
    """A folder's path from the top of its repository; null where it is in none."""
    if not folder.is_dir():
        return None
    done = _git(folder, "rev-parse --show-prefix")
    if done.returncode == 0:
        return PurePosixPath(os.fsdecode(done.stdout.removesuffix(b"\n")))
    if b"not a git repository" in done.stderr:
        return None
    raise _failure(shown(shown_path(folder)), done.stderr)


def _root(ref: str, inside: Path) -> str:
    """The id of the tree at the top of a revision; a range or an exclusion has none."""
    done = _git(inside, "rev-parse --verify --quiet --end-of-options", ref + "^{tree}")
    tree_id = done.stdout.decode("ascii", "replace").removesuffix("\n")
    if done.returncode == 0 and tree_id.isalnum():
        return tree_id
    if b"fatal: " in done.stderr:
        raise _failure(shown(ref), done.stderr)
    hints = (_names_like(ref, inside), _way_to_the_rest(inside))
    raise LapseError("; ".join([f"there is no revision {shown(ref)}", *filter(None, hints)]))


def _names_like(ref: str, inside: Path) -> str | None:
    listing = f"for-each-ref --count={MOST_REFS} --format=%(refname:lstrip=2)"
    names = _git(inside, f"{listing} refs/heads refs/tags refs/remotes").stdout
    return did_you_mean(ref[:MOST_SHOWN], names.decode("utf-8", "replace").splitlines())


def _way_to_the_rest(inside: Path) -> str | None:
    is_shallow = _git(inside, "rev-parse --is-shallow-repository").stdout == b"true\n"
    hint = "this clone is shallow, and `git fetch --unshallow` brings what is missing"
    return hint if is_shallow else None


def _entries(tree: _Tree) -> tuple[_Entry, ...]:
    """The YAML files and links of a tree in git's order; submodules are left out."""
    done = _git(tree.inside, "ls-tree -r -z -l --full-tree", tree.tree)
    if done.returncode:
        raise _failure(tree.shown(), done.stderr)
    read = (_entry(line, tree) for line in done.stdout.split(b"\0") if line)
    entries = tuple(entry for entry in read if entry is not None)
    if len(entries) > MOST_FILES:
        too_many = f"{len(entries)} policy files and links in {tree.shown()} are too many"
        raise LapseError(f"{too_many}; a set has at most {MOST_FILES}")
    if sum(min(entry.size, MOST_BYTES + 1) for entry in entries) > MOST_BYTES_IN_ALL:
        most = f"a set has at most {MOST_BYTES_IN_ALL // 1_000_000} MB in all"
        raise LapseError(f"the policies in {tree.shown()} are too large; {most}")
    return entries


def _entry(line: bytes, tree: _Tree) -> _Entry | None:
    """The entry of a line of `git ls-tree -l`; null for what is no YAML file or link."""
    about, _, raw = line.partition(b"\t")
    mode, kind, blob, size = about.split()
    name = os.fsdecode(raw)
    if kind != b"blob" or not (mode == _LINK or name.lower().endswith(_ENDINGS)):
        return None
    parts = tuple(name.split("/"))
    leads_elsewhere = PurePath(name).parts != parts  # as `C:x` and `..\x` do on Windows
    if leads_elsewhere or any(part.lower() in _FORGED for part in parts):
        raise LapseError(f"{tree.shown(name)} is a name that no file can have; the tree is forged")
    if not size.isdigit():
        lost = f"the repository has lost {tree.shown(name)}"
        raise LapseError(f"{lost}; `git fsck` tells what is damaged")
    return _Entry(name, blob, int(size), mode == _LINK)


def _contents(tree: _Tree, entries: Iterable[_Entry]) -> Mapping[bytes, bytes]:
    """The bytes of each blob that is not too large; git prints a line, the bytes, a line break."""
    sizes = {entry.blob: entry.size for entry in entries if entry.size <= MOST_BYTES}
    given = b"".join(blob + b"\n" for blob in sizes)
    done = _git(tree.inside, "cat-file --batch", given=given)
    stream = BytesIO(done.stdout)
    contents: dict[bytes, bytes] = {}
    for blob, size in sizes.items():
        if done.returncode or stream.readline() != b"%b blob %d\n" % (blob, size):
            raise _failure(tree.shown(), done.stderr)
        contents[blob] = stream.read(size)
        stream.read(1)
    return contents


def _lay(
    tree: _Tree, entries: Iterable[_Entry], contents: Mapping[bytes, bytes], folder: Path
) -> None:
    try:
        for entry in entries:
            (folder / entry.name).parent.mkdir(parents=True, exist_ok=True)
        for entry in entries:
            _put(folder / entry.name, contents.get(entry.blob), is_link=entry.is_link)
    except OSError as error:
        where = f"{tree.shown()} cannot be laid into a temporary folder"
        raise LapseError(f"{where}: {reason(error)}") from error


def _put(path: Path, content: bytes | None, *, is_link: bool) -> None:
    """Writes a file or link; without content, a file so large that its reader refuses it."""
    if content is not None and is_link:
        path.symlink_to(os.fsdecode(content.partition(b"\0")[0]))  # git, too, ends it there
        return
    with path.open("xb") as stream:
        if content is None:
            stream.truncate(MOST_BYTES + 1)
        else:
            stream.write(content)


def _failure(what: str, said: bytes) -> LapseError:
    _, _, words = said.decode("utf-8", "replace").partition("fatal: ")
    reason = shown(words.partition("\n")[0] or "nothing")
    return _known_failure(what, said) or LapseError(f"git cannot read {what}; it says {reason}")


def _known_failure(what: str, said: bytes) -> LapseError | None:
    known = (meaning for mark, meaning in _KNOWN_FAILURES.items() if mark in said)
    return next((LapseError(meaning.format(what)) for meaning in known), None)


def _git(
    inside: Path, command: str, *named: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """The result of a git command; `named` are words from outside, each one argument."""
    program = which("git")
    if program is None:
        raise LapseError("git is not installed; install it, or name a folder of policies instead")
    line = [program, "--no-pager", "-C", str(inside), *command.split(), *named]
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        return subprocess.run(  # noqa: S603  what users write follows an option's end or a hash
            line, input=given, capture_output=True, check=False, env=kept | _QUIETLY
        )
    except OSError as error:
        raise LapseError(f"git cannot be run: {reason(error)}") from error
