"""The sets of `fixtures/invalid`, one mistake each, and recipes for what git cannot hold.

Those of export profiles are in folders that begin with `profile-`.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import chdir
from functools import cache
from pathlib import Path
from shutil import copytree
from types import ModuleType

import lapse.policy
from lapse.model.facts import vocabulary
from lapse.policy.load import PolicySet, load
from lapse.policy.profiles.draft import MOST_ITEMS
from lapse.policy.profiles.load import LoadedProfiles, load_profiles
from lapse.policy.reading.condition import MOST_LEAVES
from lapse.policy.text.folder import MOST_FILES
from lapse.policy.text.shapes import MOST_NAMES
from lapse.policy.text.yaml import MOST_BYTES, MOST_CHARACTERS

FOLDER = Path(__file__).parents[2] / "fixtures" / "invalid"
EXPECTED = "expected.txt"
OF_PROFILES = "profile-"

LIKE_A_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
HEADER = re.compile(r"^(\S+):\d+:\d+: (?:error|warning)\[([a-z0-9-]+)\]: (.+)$", re.MULTILINE)
HELP = re.compile(r"^  = help: (.+)$", re.MULTILINE)
PYTHON_WORDS = re.compile(r"\b(None|True|False|str|int|bool|dict|tuple|Decimal)\b")


def code_of(folder: str) -> str:
    """The code of a folder's problem; several ways to the same one differ after a dot."""
    return folder.partition(".")[0]


def invalid_folders() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def expected(folder: str) -> str:
    return (FOLDER / folder / EXPECTED).read_text(encoding="utf-8")


def modules_of(package: ModuleType) -> dict[str, ast.Module]:
    return {
        str(path): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(Path(package.__path__[0]).glob("**/*.py"))
    }


@cache
def code_positions() -> Mapping[str, int]:
    """Where a code stands among the arguments of each function that takes one."""
    found = {"Problem": 0}
    for tree in modules_of(lapse.policy).values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [each.arg for each in node.args.args if each.arg != "self"]
                found |= {node.name: names.index("code")} if "code" in names else {}
    return found


def given_as_codes(tree: ast.Module) -> Iterator[ast.expr]:
    positions = code_positions()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            at = positions.get(name, len(node.args))
            yield from node.args[at : at + 1]


def codes_in(trees: Iterable[ast.Module]) -> set[str]:
    """Each constant that is given as a code, and each that is written like one."""
    found: set[str] = set()
    for tree in trees:
        written = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
        like = (node for node in written if LIKE_A_CODE.fullmatch(str(node.value)))
        codes = (*given_as_codes(tree), *like)
        found |= {str(node.value) for node in codes if isinstance(node, ast.Constant)}
    return found


def composed_codes(trees: Mapping[str, ast.Module]) -> list[str]:
    """The modules that put a code together where no scan finds it."""
    return [
        name
        for name, tree in trees.items()
        if any(isinstance(given, ast.JoinedStr | ast.BinOp) for given in given_as_codes(tree))
    ]


def check_wording(folder: str, code: str) -> None:
    """That the only problem of a folder has its code, a plain message and help."""
    ((file, named, message),) = HEADER.findall(expected(folder))
    (help_,) = HELP.findall(expected(folder))
    assert file.split("/")[0] == folder
    assert named == code
    for text in (message, help_):
        plain = re.sub("`[^`]*`", "", text)
        assert plain[:1] == plain[:1].lower()
        assert not text.endswith(".")
        assert not PYTHON_WORDS.search(plain)


def load_invalid(code: str, scratch: Path) -> PolicySet:
    """The set of one code, its files named as below `fixtures/invalid`."""
    recipe = RECIPES.get(code)
    if recipe is None:
        with chdir(FOLDER):
            return load(Path(code))
    copytree(FOLDER / code, scratch / code)
    with chdir(scratch):
        return load(recipe(Path(code)))


def load_invalid_profiles(folder: str, scratch: Path) -> LoadedProfiles:
    """The profiles of one folder, its files named as below `fixtures/invalid`."""
    recipe = RECIPES.get(folder)
    if recipe is None:
        with chdir(FOLDER):
            return load_profiles(Path(folder), vocabulary())
    copytree(FOLDER / folder, scratch / folder)
    with chdir(scratch):
        return load_profiles(recipe(Path(folder)), vocabulary())


def _named_wrongly(folder: Path) -> Path:
    return folder / "polices"


def _with_many_tests(folder: Path) -> Path:
    with (folder / "base.yaml").open("a") as stream:
        stream.writelines(f"        - customer_id: C{n}\n" for n in range(MOST_LEAVES + 1))
    return folder


def _with_a_large_file(folder: Path) -> Path:
    with (folder / "no.yaml").open("a") as stream:
        stream.write("# 2026-11-23 changed nothing\n" * (MOST_BYTES // 28))
    return folder


def _with_a_link_to_nothing(folder: Path) -> Path:
    (folder / "no.yaml").symlink_to("norway.yaml")
    return folder


def _with_a_link_outside(folder: Path) -> Path:
    outside = folder.parent / "shared.yaml"
    outside.write_text("layer: Shared\n")
    (folder / "no.yaml").symlink_to("../shared.yaml")
    return folder


def _with_a_long_text(folder: Path) -> Path:
    with (folder / "us.yaml").open("a") as stream:
        stream.write(
            "      and no debt may be set off against another.\n" * (MOST_CHARACTERS // 40)
        )
    return folder


def _with_many_files(folder: Path) -> Path:
    for number in range(MOST_FILES):
        (folder / f"{number}.yaml").touch()
    return folder


def _with_many_terms(folder: Path) -> Path:
    with (folder / "catalogue.yaml").open("a") as stream:
        stream.writelines(f"  grace_days_{n}: {{type: days}}\n" for n in range(MOST_NAMES))
    return folder


def _with_many_columns(folder: Path) -> Path:
    with (folder / "profiles" / "my-shop.yaml").open("a") as stream:
        stream.writelines(f"    - Menge {n}\n" for n in range(MOST_ITEMS + 1))
    return folder


RECIPES: Mapping[str, Callable[[Path], Path]] = {
    "condition-too-large": _with_many_tests,
    "file-too-large": _with_a_large_file,
    "file-unreadable": _with_a_link_to_nothing,
    "folder-missing": _named_wrongly,
    "link-outside": _with_a_link_outside,
    "profile-list-too-long": _with_many_columns,
    "text-too-long": _with_a_long_text,
    "too-many-files": _with_many_files,
    "too-many-names": _with_many_terms,
}
"""Each finishes a copy of its folder and names what to load."""
