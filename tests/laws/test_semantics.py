"""The page on what a decision means names laws, and each of them is a test or several."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "engine/lapse/decide/SEMANTICS.md").read_text(encoding="utf-8")
LAWS = re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE)
MOST_LINES = 100
"""One page, which a stranger reads in five minutes."""


def test_each_law_is_a_test() -> None:
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    written = {name for text in tests for name in re.findall(r"def test_(\w+)\(", text)}
    assert len(LAWS) > 20
    for law in LAWS:  # a law may be several tests, such as `…_in_an_export`
        assert any(name == law or name.startswith(f"{law}_") for name in written), law


def test_the_files_that_it_names_are_there() -> None:
    for name in re.findall(r"`(\w+\.py)`", PAGE):
        assert (ROOT / "engine/lapse/decide" / name).exists(), name


def test_it_is_one_page() -> None:
    assert len(PAGE.splitlines()) <= MOST_LINES
