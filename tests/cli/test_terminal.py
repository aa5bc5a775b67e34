"""On a terminal nothing of an export or a policy is obeyed, in whatever format it is shown."""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lapse.executors.lowered.pipeline import FEWEST

EVIL = "ev\x1b[31mil\x9b2J\u202eC1\u2066"
AT = "export.csv --as-of 2026-11-23 --out out"


def on_a_terminal(line: str, folder: Path) -> str:
    """What a terminal is sent by a command, its errors included."""
    terminal, end = pty.openpty()
    words = [sys.executable, "-m", "lapse", *line.split()]
    with subprocess.Popen(words, stdout=end, stderr=end, stdin=end, cwd=folder) as running:
        os.close(end)
        sent = b""
        while chunk := _read(terminal):
            sent += chunk
    os.close(terminal)
    assert running.returncode in (0, 1, 4), sent
    return sent.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other end is closed
        return b""


@pytest.fixture
def evil(workplace: Path) -> Path:
    """Ids, and a key of a policy, that would colour, clear and turn round what is shown."""
    export = (workplace / "export.csv").read_text(encoding="utf-8")
    for own in "AB":
        export = export.replace(f"\n{own},C1", f"\n{own}{EVIL},{EVIL}")
    (workplace / "export.csv").write_text(export, encoding="utf-8")
    shutil.copytree(workplace / "policies", workplace / "wrong")
    wrong = workplace / "wrong/norway.yaml"
    wrong.write_text(f"{wrong.read_text(encoding='utf-8')}x\u202ey: 1\n", encoding="utf-8")
    return workplace


@pytest.mark.parametrize(
    "line",
    [
        f"run {AT}",
        f"run {AT} --preview --format json",
        f"forecast {AT}",
        f"forecast {AT} --format csv",
        f"forecast {AT} --format json",
        f"what-if {AT} --set grace_days=20",
        f"what-if {AT} --set grace_days=20 --format csv",
        f"what-if {AT} --set grace_days=20 --format json",
        f"what-if {AT} --set grace_days=20 --format markdown",
        "check wrong",
        "check wrong --format json",
        "check wrong --format github",
    ],
)
def test_what_stands_in_files_drives_no_terminal(evil: Path, line: str) -> None:
    sent = on_a_terminal(line, evil)
    assert "\\u202e" in sent
    assert not {"\u202e", "\u2066", "\x9b"} & {*sent}
    assert "\x1b[31mil" not in sent


def test_the_answer_stays_in_sight(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once more as the last line, with colours for harsher and gentler; not in a pipe."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    line = f"what-if {AT} --set grace_days=20 --where market=NO"
    sent = on_a_terminal(line, workplace).replace("\r\n", "\n")
    *_, answer = sent.rstrip().split("\n\n")
    assert "sooner" in answer
    assert sent.count(answer) == 2
    assert "\n\x1b[32mBetter off\x1b[0m\n" in sent
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in on_a_terminal(line, workplace)


def test_json_in_a_pipe_is_escaped_and_holds_all_the_same(evil: Path) -> None:
    line = [sys.executable, "-m", "lapse", *f"forecast {AT} --format json".split()]
    ran = subprocess.run(line, capture_output=True, text=True, check=True, cwd=evil)
    assert ran.stdout.isascii()
    assert repr(f"A{EVIL}") in repr(json.loads(ran.stdout))


STEPS = ("laying out", "sorting", "judging", "deciding", "writing what follows from")


def test_a_batch_tells_on_a_terminal_what_it_does(workplace: Path) -> None:
    header, *rows = (workplace / "export.csv").read_text(encoding="utf-8").splitlines()
    many = [f"{number}{row}" for number in range(FEWEST // len(rows) + 1) for row in rows]
    (workplace / "export.csv").write_text("\n".join([header, *many]), encoding="utf-8")
    line = f"run {AT} --over-limit --show 0"
    sent = on_a_terminal(line, workplace)
    # The terminal is written ten times a second, so that short steps are not seen.
    assert any(f"{doing} {len(many):,} rows" in sent for doing in STEPS)
    shutil.rmtree(workplace / "out")
    ran = subprocess.run(
        [sys.executable, "-m", "lapse", *line.split()],
        capture_output=True,
        text=True,
        check=False,
        cwd=workplace,
    )
    assert not any(doing in ran.stdout + ran.stderr for doing in STEPS)
