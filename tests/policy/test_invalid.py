"""Every problem that a policy set can have: one folder each, with the exact text of `lapse check`.

A new code without a folder fails here, and so does a folder whose code is gone.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from tests.policy.invalid_sets import EXPECTED, FOLDER, load_invalid

import lapse.policy
from lapse.report.problems import render

NOT_CODES = {"utf-8"}
"""Constants of `lapse.policy` that are written like codes."""
LIKE_A_CODE = re.compile(r"[a-z]+(-[a-z0-9]+)+")
HEADER = re.compile(r"^(\S+):\d+:\d+: (?:error|warning)\[([a-z0-9-]+)\]: (.+)$", re.MULTILINE)
HELP = re.compile(r"^  = help: (.+)$", re.MULTILINE)
PYTHON_WORDS = re.compile(r"\b(None|True|False|str|int|bool|dict|tuple|Decimal)\b")

FOLDERS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
MODULES = {
    str(path): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(Path(lapse.policy.__path__[0]).glob("**/*.py"))
}


@cache
def code_positions() -> Mapping[str, int]:
    """Where a code stands among the arguments of each function that takes one."""
    found = {"Problem": 0}
    for tree in MODULES.values():
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


def codes_in(tree: ast.Module) -> Iterator[str]:
    """Each constant that is given as a code, and each that is written like one."""
    written = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    like = (node for node in written if LIKE_A_CODE.fullmatch(str(node.value)))
    for node in (*given_as_codes(tree), *like):
        if isinstance(node, ast.Constant):
            yield str(node.value)


def expected(code: str) -> str:
    return (FOLDER / code / EXPECTED).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", FOLDERS)
def test_a_mistake_is_told_in_these_words(code: str, tmp_path: Path) -> None:
    policies = load_invalid(code, tmp_path)
    assert render(policies.problems, policies.sources) == expected(code)


def test_every_code_has_a_folder() -> None:
    codes = {code for tree in MODULES.values() for code in codes_in(tree)}
    assert codes == NOT_CODES.union(FOLDERS)


def test_no_code_is_put_together_where_no_scan_finds_it() -> None:
    for name, tree in MODULES.items():
        for given in given_as_codes(tree):
            assert not isinstance(given, ast.JoinedStr | ast.BinOp), name


@pytest.mark.parametrize("code", FOLDERS)
def test_one_mistake_is_one_problem_with_help(code: str) -> None:
    ((file, named, message),) = HEADER.findall(expected(code))
    (help_,) = HELP.findall(expected(code))
    assert file.split("/")[0] == named == code
    for text in (message, help_):
        plain = re.sub("`[^`]*`", "", text)
        assert plain[:1] == plain[:1].lower()
        assert not text.endswith(".")
        assert not PYTHON_WORDS.search(plain)
