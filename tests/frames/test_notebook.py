"""The page on notebooks says what comes out."""

import io
import re
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "engine/lapse/NOTEBOOK.md").read_text(encoding="utf-8")
RUNS = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_says_what_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    assert len(RUNS) == PAGE.count("```python") > 2
    for code, expected in RUNS:
        told = io.StringIO()
        with redirect_stdout(told), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, names)  # noqa: S102  the page's own
        assert told.getvalue() == expected
