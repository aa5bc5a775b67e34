"""The map in `lapse/__init__.py` names every room there is, in the order of the imports."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import lapse

ENGINE = Path(lapse.__file__).parent
LINES = re.findall(r"^    (\| )?(\w+) {2,}", lapse.__doc__ or "", re.MULTILINE)
ROOMS = [room for _, room in LINES]


def test_every_room_is_on_the_map() -> None:
    there = {path.stem for path in ENGINE.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert set(ROOMS) == {name for name in there if not name.startswith("__")}


def test_a_room_stands_below_all_that_it_may_import_or_beside_its_like() -> None:
    settings = tomllib.loads((ENGINE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each["id"] == "layers")
    height = {
        name: -number for number, layer in enumerate(layers) for name in re.findall(r"\w+", layer)
    }
    for (_, above), (is_beside, room) in pairwise(LINES):
        assert (height[room] == height[above]) if is_beside else (height[room] > height[above])


def test_the_modules_it_points_to_are_there() -> None:
    names = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", lapse.__doc__ or "")) - {"pyproject.toml"}
    for path in (ENGINE / Path(*name.split(".")) for name in names):
        assert path.is_dir() or path.with_suffix(".py").exists(), path
