"""Every problem that a policy set can have: one folder each, with the exact text of `lapse check`.

A new code without a folder fails here, and so does a folder whose code is gone.
"""

from datetime import date
from pathlib import Path

import pytest
from tests.policy.invalid_sets import (
    OF_PROFILES,
    check_wording,
    code_of,
    codes_in,
    composed_codes,
    expected,
    invalid_folders,
    load_invalid,
    modules_of,
)

import lapse.policy
from lapse.policy.check.meaning import unlikely
from lapse.report.problems import render

TODAY = date(2026, 12, 1)
NOT_CODES = {"utf-8"}
"""Constants of `lapse.policy` that are written like codes."""

FOLDERS = [name for name in invalid_folders() if not name.startswith(OF_PROFILES)]
MODULES = {
    name: tree for name, tree in modules_of(lapse.policy).items() if "/policy/profiles/" not in name
}
"""Those of profiles have folders of their own, and are scanned with them."""


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_mistake_is_told_in_these_words(folder: str, tmp_path: Path) -> None:
    policies = load_invalid(folder, tmp_path)
    warnings = unlikely(policies.book, TODAY) if policies.book else []
    assert render([*policies.problems, *warnings], policies.sources) == expected(folder)


def test_every_code_has_a_folder() -> None:
    assert codes_in(MODULES.values()) == NOT_CODES.union(map(code_of, FOLDERS))


def test_no_code_is_put_together_where_no_scan_finds_it() -> None:
    assert composed_codes(MODULES) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_one_mistake_is_one_problem_with_help(folder: str) -> None:
    check_wording(folder, code_of(folder))
