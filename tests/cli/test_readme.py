"""What the README shows is what the commands print."""

import re
import shlex
from pathlib import Path

import pytest

from lapse.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NIGHTS = "fixtures/nights"
DAY = "--as-of 2026-11-23"
SETTING = "--set grace_days=7 --where market=NO"
OWN = "--invoices fixtures/exports/invoices.csv --holds fixtures/exports/holds.csv"
EXPORTS = "'fixtures/exports/subscriptions-*.json*' fixtures/exports/customers.csv"


def shown(after: str) -> list[str]:
    """The lines of the first block of text after some words, commands and cuts left out."""
    block = re.search(r"```text\n(.*?)```", README[README.index(after) :], re.DOTALL)
    assert block is not None
    lines = block[1].replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() not in {"", "…"}]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            "## Ask why",
            f"explain fixtures/subscriptions.csv {DAY} --subscription S-NO-010 --out none",
        ),
        ("## Change a policy", "test"),
        ("## Ask what if", f"what-if fixtures/subscriptions.csv {DAY} {SETTING} --out none"),
        (
            "## Feed it what you can download",
            f"run {EXPORTS} {OWN} {DAY} --out out/exports",
        ),
    ],
)
def test_each_line_shown_is_printed(
    words: str,
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("fixtures", "policies"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    main(shlex.split(line))
    printed = capsys.readouterr().out.splitlines()
    assert [text for text in shown(words) if not text.startswith("$") and text not in printed] == []


def test_the_demo_ends_as_the_readme_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("fixtures", "policies"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    main(shlex.split("history import fixtures/nights/before.csv --out out/demo"))
    for day in ("2026-11-23", "2026-11-24", "2026-11-25"):
        capsys.readouterr()
        files = f"{NIGHTS}/{day}/subscriptions.csv --invoices {NIGHTS}/{day}/invoices.csv"
        line = f"run {files} --holds {NIGHTS}/holds.csv --as-of {day} --out out/demo"
        assert main(shlex.split(line)) == 0
    printed = capsys.readouterr().out.splitlines()
    expected = shown("last of its three nights")
    assert [text for text in expected if text not in printed] == []
    assert expected[-1] == printed[-1]


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120
