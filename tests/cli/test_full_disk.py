"""A disk that is full, or a process that is killed, at any call that changes a file.

A shim counts those calls of a whole process and lets one fail (`at_call.c`). Each command is run
through once to count them, and then with a fault at the first, the last and some between.
"""

import gzip
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import pytest

LATE = 10**6
RUN = "run export.csv.gz --as-of 2026-11-23 --out out/runs"
IMPORTED = """\
subscription_id,track,anchor,rule,stage,step,action,due_on,day
A,dunning,2026-11-10,remind,1,1,notify,2026-11-11,2026-11-11
A,dunning,2026-11-10,remind,7,1,notify,2026-11-17,2026-11-17
"""
BETWEEN = 2
"""Calls tried besides the first and the last; each starts a process."""


@dataclass(frozen=True, slots=True)
class Desk:
    shim: Path
    folder: Path

    def run(self, line: str, fault: str, at: int, where: str) -> subprocess.CompletedProcess[str]:
        """A command with a fault at a call on paths below `where`."""
        (self.folder / "scratch").mkdir(exist_ok=True)
        told = {"FAULT": fault, "FAULT_AT": str(at), "FAULT_IN": f"{where}"}
        env = (
            os.environ
            | told
            | {
                "FAULT_COUNT": str(self.folder / "count"),
                "LD_PRELOAD": str(self.shim),
                "TMPDIR": str(self.folder / "scratch"),
                "PYTHONDONTWRITEBYTECODE": "1",
            }
        )
        words = [sys.executable, "-m", "lapse", *line.split()]
        return subprocess.run(
            words, env=env, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def calls(self, line: str, where: str) -> list[int]:
        """The first, the last and some calls between of a command that goes well."""
        ran = self.run(line, "once", LATE, where)
        assert ran.returncode == 0, ran.stderr
        count = int((self.folder / "count").read_text(encoding="utf-8"))
        self.clear()
        step = max(1, (count - 1) // BETWEEN)
        return sorted({*range(1, count, step), count})

    def clear(self) -> None:
        rmtree(self.folder / "out", ignore_errors=True)

    def left(self) -> list[str]:
        """What stands in the temporary folder, and below `out` but for locks, names in order."""
        found = [*self.folder.glob("scratch/*"), *self.folder.glob("out/**/*")]
        names = (path.relative_to(self.folder).as_posix() for path in found if path.name != ".lock")
        return sorted(names)


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled shim; the compiler that durable_rules needed is there."""
    made = tmp_path_factory.mktemp("shim") / "at_call.so"
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    source = Path(__file__).parent / "at_call.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return made


@pytest.fixture
def desk(shim: Path, workplace: Path) -> Desk:
    Path("export.csv.gz").write_bytes(gzip.compress(Path("export.csv").read_bytes()))
    Path("done.csv").write_text(IMPORTED, encoding="utf-8")
    return Desk(shim, workplace)


@pytest.mark.skipif(sys.platform != "linux", reason="the shim is one for Linux; CI runs on it")
@pytest.mark.parametrize(
    ("line", "where", "fault"),
    [
        (RUN, "out/runs", "full"),
        (RUN, "out/runs", "once"),
        (f"{RUN} --to parquet --sort", "out/runs", "full"),
        (f"{RUN} --sort", "scratch", "once"),
        ("init out/mine", "out/mine", "full"),
        ("history import done.csv --out out/runs", "out/runs", "once"),
        ("forecast export.csv --as-of 2026-11-23 --save plan.json", "plan.json", "once"),
    ],
)
def test_a_full_disk_is_told_and_leaves_all_or_nothing(
    desk: Desk, line: str, where: str, fault: str
) -> None:
    for at in desk.calls(line, where):
        ran = desk.run(line, fault, at, where)
        left, err = desk.left(), ran.stderr.splitlines()
        if ran.returncode == 0:  # Python tried whether the temporary folder can be written to
            assert where == "scratch"
        else:
            assert ran.returncode == 3, (at, ran.stderr)
            assert "no space left on device" in err[0].lower(), (at, err)
            assert ".partial" not in ran.stderr
            assert (where == "scratch") == ("TMPDIR names another" in err[0]), (at, err)
            published = [line for line in err[1:] if line.endswith("was published, and is whole")]
            folders = [name for name in left if name.count("/") == 2]
            assert sorted(told.split("`")[1] for told in published) == folders, (at, err)
        assert not [name for name in left if "partial" in name or name.startswith("scratch/")]
        desk.clear()


@pytest.mark.skipif(sys.platform != "linux", reason="the shim is one for Linux; CI runs on it")
@pytest.mark.parametrize(
    ("line", "where", "again"),
    [
        (RUN, "out/runs", RUN),
        (f"{RUN} --sort", "scratch", f"{RUN} --sort"),
        ("history import done.csv --out out/runs", "out/runs", RUN),
        ("forecast export.csv --as-of 2026-11-23 --save out/runs/plan.json", "plan.json", RUN),
    ],
)
def test_what_a_killed_command_left_goes_with_the_next(
    desk: Desk, line: str, where: str, again: str
) -> None:
    Path("out/runs").mkdir(parents=True)
    for at in desk.calls(line, where):
        Path("out/runs").mkdir(parents=True)
        assert desk.run(line, "kill", at, where).returncode == -9
        ran = desk.run(again, "once", LATE, where)
        assert ran.returncode == 0, (at, ran.stderr)
        assert not [
            name for name in desk.left() if "partial" in name or name.startswith("scratch/")
        ]
        desk.clear()
