"""Finds, checks and reads the files of a policy set as bytes; nothing outside its folder is read.

A folder may be shown under another name than its path: places and problems have that name. Hidden
files and what is not YAML are left out. A link to a file inside the folder is read like a file
(Kubernetes mounts configuration that way); a link that leaves the folder is refused. The folder
`profiles` has no layers; `profile_files` finds its files.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath

from lapse.model.place import Place, reason
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.yaml import MOST_BYTES

CATALOGUE = "catalogue.yaml"
PROMISES = "promises.yaml"
CASES = "cases"
PROFILES = "profiles"
# A folder named by mistake, such as a home folder, is refused before it is read.
MOST_FILES = 5_000
MOST_BYTES_IN_ALL = 64_000_000
_ENDING = ".yaml"
_NEAR_ENDINGS = (".yaml", ".yml")
# Editors on Windows add the ending, and its explorer does not show it.
_HIDDEN_ENDINGS = (".yaml.txt", ".yml.txt")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file's name inside the folder, the name to show, and its bytes."""

    name: str
    file: str
    content: bytes

    @property
    def is_catalogue(self) -> bool:
        return self.name == CATALOGUE

    @property
    def is_promises(self) -> bool:
        return self.name == PROMISES

    @property
    def is_case(self) -> bool:
        return self.name.startswith(f"{CASES}/")

    @property
    def is_layer(self) -> bool:
        return not (self.is_catalogue or self.is_promises or self.is_case)


def policy_files(
    folder: Path, problems: Problems, *, called: str | None = None
) -> list[PolicyFile] | None:
    """Every policy file except profiles, in order of name.

    Null, with a problem, where there is no such folder or it has too many files.
    """
    start = Place(shown_in(folder, "", called), 1)
    if not folder.is_dir():
        message = f"there is no folder {shown(start.file)}"
        help_ = "`lapse init DIR` writes a starter set; `--policies DIR` names yours"
        problems.add("folder-missing", message, start, help_)
        return None
    search = _Search(folder, problems, called)
    return _read(search, sorted(search.names(folder)))


def profile_files(
    folder: Path, problems: Problems, *, called: str | None = None
) -> list[PolicyFile]:
    """The files of a set's export profiles, in order of name; none without a `profiles` folder."""
    start = folder / PROFILES
    search = _Search(folder, problems, called)
    if not start.is_dir() or search.leaves(start):
        return []
    return _read(search, sorted(search.names(start))) or []


def one_file(path: Path, problems: Problems) -> PolicyFile | None:
    """A single file; null, with a problem, when it cannot be read."""
    content = _Search(path.parent, problems).content(path.name)
    return None if content is None else PolicyFile(path.name, shown_path(path), content)


def _read(search: "_Search", names: list[str]) -> list[PolicyFile] | None:
    """The files of these names; null, with a problem, when there are too many."""
    problems = search.problems
    if len(names) > MOST_FILES:
        message = f"{len(names)} policy files are too many"
        place = search.place(search.root)
        problems.add("too-many-files", message, place, f"a set has at most {MOST_FILES} files")
        return None
    files: list[PolicyFile] = []
    size = 0
    for name in names:
        place = search.place(search.root / name)
        content = search.content(name)
        size += len(content or b"")
        if size > MOST_BYTES_IN_ALL:
            message = "from this file on the policies are too large"
            help_ = f"a set has at most {MOST_BYTES_IN_ALL // 1_000_000} MB in all"
            problems.add("file-too-large", message, place, help_)
            break
        if content is not None:
            files.append(PolicyFile(name, place.file, content))
    return files


@dataclass(slots=True)
class _Search:
    """The walk through one folder; what cannot be read is reported at its own path.

    `called` is the name that the root is shown under; null means its path.
    """

    root: Path
    problems: Problems
    called: str | None = None
    folders: list[Path] = field(default_factory=list)

    def names(self, start: Path) -> list[str]:
        """The paths of policy files below a folder, from the root, with `/`.

        No link to a folder is followed: its files in the root are found at their own place.
        """
        file_names: list[str] = []
        self.folders = [start]
        while self.folders:
            folder = self.folders.pop()
            try:
                paths = list(folder.iterdir())
            except OSError as error:
                self._report_unreadable(folder, error)
                continue
            file_names += [
                path.relative_to(self.root).as_posix() for path in paths if self._is_policy(path)
            ]
        return file_names

    def place(self, path: Path) -> Place:
        name = "/".join(path.relative_to(self.root).parts)
        return Place(shown_in(self.root, name, self.called), 1)

    def content(self, name: str) -> bytes | None:
        """A file's bytes, at most one more than allowed; null, with a problem, if not readable."""
        path = self.root / name
        try:
            if path.is_file():
                with path.open("rb") as stream:
                    return stream.read(MOST_BYTES + 1)
        except OSError as error:
            self._report_unreadable(path, error)
            return None
        help_ = "delete it, or let the link point to a file in the folder"
        self._add("file-unreadable", "this is neither a file nor a link to one", path, help_)
        return None

    def leaves(self, path: Path) -> bool:
        """Whether a path is a link that leaves the root or leads nowhere; then a problem."""
        try:
            is_outside = path.is_symlink() and not path.resolve().is_relative_to(
                self.root.resolve()
            )
        except (OSError, RuntimeError):
            self._add("file-unreadable", "this link leads nowhere", path, "delete it")
            return True
        if is_outside:
            help_ = "copy what it points to into the folder"
            self._add("link-outside", "this link leaves the folder of the policies", path, help_)
        return is_outside

    def _is_policy(self, path: Path) -> bool:
        """Whether a path is a policy file; a folder is added to those to search."""
        if path.name.startswith(".") or path == self.root / PROFILES or self.leaves(path):
            return False
        if path.is_dir():
            self.folders += [] if path.is_symlink() else [path]
        elif path.suffix != _ENDING and path.suffix.lower() in _NEAR_ENDINGS:
            message = f"a policy file ends in `{_ENDING}`, not {shown(path.suffix)}"
            self._add("file-ending", message, path, f"rename it to {shown(path.stem + _ENDING)}")
        elif path.name.lower().endswith(_HIDDEN_ENDINGS):
            message = f"a policy file ends in `{_ENDING}`, and this one goes on after it"
            self._add("file-ending", message, path, f"rename it to {shown(path.stem)}")
        else:
            return path.suffix == _ENDING
        return False

    def _report_unreadable(self, path: Path, error: OSError) -> None:
        help_ = "give the account that runs `lapse` leave to read it"
        self._add("file-unreadable", f"this cannot be read: {reason(error)}", path, help_)

    def _add(self, code: str, message: str, path: Path, help_: str) -> None:
        self.problems.add(code, message, self.place(path), help_)


def shown_in(folder: PurePath, name: str, called: str | None) -> str:
    """The path to show for a file of a folder; with a blank name, for the folder itself.

    At the top of a revision there is no slash, as in git: `main:` and `main:catalogue.yaml`.
    """
    if called is None:
        return shown_path(folder / name)
    of_top = called.endswith(":")
    return printable(called + name if of_top else PurePosixPath(called, name).as_posix())


def shown_path(path: PurePath) -> str:
    """The path with `/` on every system, as text that can be printed whatever its bytes."""
    return printable(path.as_posix())


def printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")
