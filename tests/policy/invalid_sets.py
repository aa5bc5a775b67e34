"""The sets of `fixtures/invalid`, one mistake each, and recipes for what git cannot hold."""

from collections.abc import Callable, Mapping
from contextlib import chdir
from pathlib import Path
from shutil import copytree

from lapse.policy.folder import MOST_FILES
from lapse.policy.load import PolicySet, load
from lapse.policy.parse.condition import MOST_LEAVES
from lapse.policy.parse.fields import MOST_NAMES
from lapse.policy.read import MOST_BYTES, MOST_CHARACTERS

FOLDER = Path(__file__).parents[2] / "fixtures" / "invalid"
EXPECTED = "expected.txt"


def load_invalid(code: str, scratch: Path) -> PolicySet:
    """The set of one code, its files named as below `fixtures/invalid`."""
    recipe = RECIPES.get(code)
    if recipe is None:
        with chdir(FOLDER):
            return load(Path(code))
    copytree(FOLDER / code, scratch / code)
    with chdir(scratch):
        return load(recipe(Path(code)))


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


RECIPES: Mapping[str, Callable[[Path], Path]] = {
    "condition-too-large": _with_many_tests,
    "file-too-large": _with_a_large_file,
    "file-unreadable": _with_a_link_to_nothing,
    "folder-missing": _named_wrongly,
    "link-outside": _with_a_link_outside,
    "text-too-long": _with_a_long_text,
    "too-many-files": _with_many_files,
    "too-many-names": _with_many_terms,
}
"""Each finishes a copy of its folder and names what to load."""
