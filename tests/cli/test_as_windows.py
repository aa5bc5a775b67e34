"""What can be shown of Windows without one: no command needs what it has not."""

import fcntl
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from lapse.cli import main
from lapse.policy.text.folder import shown_in, shown_path
from lapse.runs.publish import exclusive
from lapse.scratch import PREFIX

AS_WINDOWS = Path(__file__).with_name("as_windows.py")
DAY = "--as-of 2026-11-23"
ALONE = "durable_rules cannot be imported, so the reference decides alone; "
DONE = """\
subscription_id,track,anchor,rule,stage,step,action,due_on,day
A,dunning,2026-11-10,remind,1,1,notify,2026-11-11,2026-11-11
"""


@pytest.fixture(autouse=True)
def temporary(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of its own, for others take what this lock holds to be free."""
    folder = workplace / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def run(line: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(AS_WINDOWS), *line.split()]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("--version", "lapse "),
        ("test --help", "--coverage"),
        ("check policies", "no errors"),
        (f"forecast export.csv {DAY}", "suspend"),
        (f"what-if export.csv {DAY} --set grace_days=7 --where market=NO", "treated as today"),
        ("history import done.csv --out out", "1 action read"),
        ("init mine", "files written"),
        ("profiles", "subscriptions"),
    ],
)
def test_a_command_does_its_work(workplace: Path, line: str, told: str) -> None:
    (workplace / "done.csv").write_text(DONE, encoding="utf-8")
    ran = run(line)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert told in ran.stdout


@pytest.mark.parametrize("line", ["test", f"explain export.csv {DAY} --subscription A"])
def test_what_runs_both_executors_runs_the_reference(workplace: Path, line: str) -> None:
    assert workplace.is_dir()
    ran = run(line)
    assert (ran.returncode, ran.stderr.startswith(ALONE), ran.stderr.count("\n")) == (0, True, 1)


def test_a_run_writes_what_it_writes_elsewhere(workplace: Path) -> None:
    ran = run(f"run export.csv {DAY} --out out --to parquet")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert main(f"run export.csv {DAY} --out other --to parquet".split()) == 0
    one, other = (
        {path.name: path.read_bytes() for path in (workplace / out / "2026-11-23").iterdir()}
        for out in ("out", "other")
    )
    assert one == other


def test_a_run_is_refused_while_another_holds_the_lock(workplace: Path) -> None:
    with exclusive(workplace / "out"):
        ran = run(f"run export.csv {DAY} --out out")
    assert ran.returncode == 3
    assert "another run is writing into `out`" in ran.stderr


def test_a_temporary_folder_goes_once_nobody_holds_it(temporary: Path) -> None:
    held, left = (temporary / f"{PREFIX}{name}" for name in ("abcdefgh", "ijklmnop"))
    for folder in (held, left):
        folder.mkdir(0o700)
        (folder / "customers.plain").write_text("C1", encoding="utf-8")
    with (held / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert run(f"forecast export.csv {DAY}").returncode == 0
        assert [*temporary.iterdir()] == [held]
    assert run(f"forecast export.csv {DAY}").returncode == 0
    assert [*temporary.iterdir()] == []


def test_policies_are_shown_with_slashes() -> None:
    assert shown_path(PureWindowsPath(r"policies\markets\no.yaml")) == "policies/markets/no.yaml"
    shown = shown_in(PureWindowsPath(r"C:\mine"), "markets/no.yaml", None)
    assert shown == "C:/mine/markets/no.yaml"
