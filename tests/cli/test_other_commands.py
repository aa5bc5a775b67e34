"""`lapse check`, `test`, `init`, `explain` and `history` as people call them."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Ran

from lapse import cli
from lapse.runs.failures import OutputError
from lapse.runs.private_files import write_private

Lapse = Callable[[str], Ran]


def test_check_says_that_a_set_is_sound(lapse: Lapse) -> None:
    ran = lapse("check policies")
    assert (ran.code, ran.err) == (0, "")
    assert "policies: 2 layers, 3 rules, 1 case: no errors" in ran.out


def test_check_reports_every_problem_in_one_go(lapse: Lapse) -> None:
    Path("policies/norway.yaml").write_text(
        "layer: Norway\napplies_to: {market: NOR}\nterms: {grace_days: soon, gracedays: 3}\n",
        encoding="utf-8",
    )
    ran = lapse("check")
    assert ran.code == 1
    assert [line.split(" ")[0] for line in ran.err.splitlines() if "error[" in line] == [
        "policies/norway.yaml:2:22:",
        "policies/norway.yaml:3:21:",
        "policies/norway.yaml:3:27:",
    ]
    assert "    ^" in ran.err.replace("~", "")
    told = json.loads(lapse("check --format json").out)
    assert [problem["line"] for problem in told] == [2, 3, 3]
    assert lapse("check --format github").out.count("::error file=policies/norway.yaml") == 3


def test_test_passes_and_counts_what_is_covered(lapse: Lapse) -> None:
    ran = lapse("test")
    assert ran.code == 0, ran.out
    assert "1 case passed, 0 failed" in ran.out
    assert "2 of 3 rules" in ran.out
    assert "  hold" in lapse("test --coverage").out


def test_a_failed_case_tells_when_it_came_instead(lapse: Lapse) -> None:
    cases = Path("policies/cases/cases.yaml")
    cases.write_text(cases.read_text().replace("2026-11-12: suspend", "2026-11-13: suspend"))
    ran = lapse("test")
    assert ran.code == 1
    assert "FAILED reminded twice, then suspended" in ran.out
    assert "expected `suspend` on 2026-11-13, found nothing; it came on 2026-11-12" in ran.out
    assert "`suspend` on 2026-11-12 was not expected" in ran.out


def test_init_writes_the_shipped_set_which_is_sound(lapse: Lapse) -> None:
    assert lapse("init mine").code == 0
    assert lapse("check mine").code == 0
    again = lapse("init mine")
    assert again.code == 3
    assert "there already" in again.err


def test_explain_tells_why_why_not_and_what_next(lapse: Lapse) -> None:
    ran = lapse("explain export.csv --as-of 2026-11-23 --subscription A --out out")
    assert ran.code == 0, ran.err
    assert "notify: remind@7, due 2026-11-17, first given 2026-11-23" in ran.out
    assert "grace_days = 10: policies/norway.yaml:4" in ran.out
    assert "shadows 14: policies/base.yaml:3" in ran.out
    assert "2026-11-25  suspend: suspend" in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines())


def test_explain_names_the_leaf_that_fails_and_the_day_it_flips(lapse: Lapse) -> None:
    ran = lapse("explain export.csv --as-of 2026-11-23 --subscription B --out out")
    assert "suspend: days_past_due > grace_days: is 3, needed grace_days = 14; true from" in ran.out
    assert "2026-12-05" in ran.out


def test_explain_counts_with_what_was_given_before(lapse: Lapse) -> None:
    lapse("run export.csv --as-of 2026-11-22 --out out")
    ran = lapse("explain export.csv --as-of 2026-11-23 --subscription A --out out")
    assert "served: given on 2026-11-22" in ran.out
    told = json.loads(
        lapse("explain export.csv --as-of 2026-11-23 --subscription A --out out --format json").out
    )
    assert told["held"] == [{"rule": "suspend", "by": "after", "until": "2026-11-23"}]


@pytest.mark.parametrize("wanted", ["Z", "E"])
def test_explain_of_a_row_that_is_not_decided_says_so(lapse: Lapse, wanted: str) -> None:
    with Path("export.csv").open("a", encoding="utf-8") as file:
        file.write("E,C4,NO,paused,,,,\n")
    ran = lapse(f"explain export.csv --as-of 2026-11-23 --subscription {wanted}")
    assert ran.code == 3
    expected = {"Z": "there is no subscription `Z`", "E": "`E` is rejected: bad-choice"}
    assert expected[wanted] in ran.err


def test_failed_receipts_take_an_action_back(lapse: Lapse) -> None:
    lapse("run export.csv --as-of 2026-11-22 --out out")
    Path("failed.csv").write_text("action_id\nA:remind@7:2026-11-10\n", encoding="utf-8")
    told = lapse("history failed failed.csv --out out --format json")
    assert json.loads(told.out) == {"failed": 1}
    lapse("run export.csv --as-of 2026-11-23 --out out")
    assert "A:remind@7:2026-11-10" in Path("out/2026-11-23/actions.csv").read_text()


def test_what_was_done_before_is_history(lapse: Lapse) -> None:
    Path("before.csv").write_text(
        "subscription_id,track,anchor,rule,stage,step,action,due_on,day\n"
        "A,dunning,2026-11-10,remind,7,1,notify,2026-11-17,2026-11-17\n",
        encoding="utf-8",
    )
    assert lapse("history import before.csv --out out").code == 0
    lapse("run export.csv --as-of 2026-11-23 --out out")
    assert "A:suspend:2026-11-10" in Path("out/2026-11-23/actions.csv").read_text()


@pytest.mark.parametrize(
    "line", ["run e\udcff.csv", "run export.csv --out o\udcff", "check \udcff"]
)
def test_a_name_that_is_not_utf_8_is_refused_before_anything_is_done(
    lapse: Lapse, line: str
) -> None:
    ran = lapse(line)
    name = line.rsplit(maxsplit=1)[-1].replace("\udcff", "\\udcff")
    assert ran.code == 2
    assert ran.err == f"lapse: `{name}` is not UTF-8; rename the file or folder\n"


def test_a_name_that_a_pattern_finds_and_is_not_utf_8_is_refused(lapse: Lapse) -> None:
    shutil.copy("export.csv", "other\udcff.csv")
    ran = lapse("run *.csv --as-of 2026-11-23 --out out")
    assert ran.code == 3
    assert "other\\udcff.csv:1:1: error[bad-name]: its name is not UTF-8" in ran.err


def test_a_folder_that_is_not_utf_8_is_refused(
    lapse: Lapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("here\udcff").mkdir()
    monkeypatch.chdir("here\udcff")
    assert "here\\udcff` is not UTF-8; rename the file or folder" in lapse("check").err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["run", "e.csv", "--out", ""], "argument --out: no folder is named"),
        (["run", "e.csv", "--show", "abc"], "argument --show: `abc` is no number such as 8"),
        (["run", "e.csv", "--\x1b[31mx\u202e"], "\\x1b[31mx\\u202e"),
        (["forecast", "e.csv", "--until", "\x1b[31m"], "`\\x1b[31m` is no day"),
    ],
)
def test_what_was_typed_is_told_and_drives_no_terminal(
    workplace: Path, line: list[str], told: str
) -> None:
    words = [sys.executable, "-m", "lapse", *line]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, cwd=workplace)
    assert ran.returncode == 2
    assert told in ran.stderr
    assert not {"\x1b", "\u202e"} & {*ran.stderr}


@pytest.mark.parametrize("out", ["new/../runs/x", f"new/{'x' * 300}"])
def test_a_folder_that_cannot_be_made_leaves_none_of_those_above_it(lapse: Lapse, out: str) -> None:
    Path("runs").write_text("", encoding="utf-8")
    ran = lapse(f"run export.csv --as-of 2026-11-23 --out {out}")
    assert (ran.code, "cannot be written" in ran.err) == (3, True)
    assert not Path("new").exists()


def test_a_second_signal_does_not_end_the_clearing_away(monkeypatch: pytest.MonkeyPatch) -> None:
    ways: dict[int, object] = {}
    monkeypatch.setattr("signal.signal", ways.__setitem__)
    with pytest.raises(KeyboardInterrupt):
        cli._interrupt(signal.SIGTERM, None)  # noqa: SLF001  what the system calls
    assert ways == dict.fromkeys((signal.SIGTERM, signal.SIGHUP, signal.SIGINT), signal.SIG_IGN)


def test_misuse_exits_with_two(lapse: Lapse) -> None:
    assert lapse("run").code == 2
    assert lapse("fly").code == 2
    assert "no day such as" in lapse("run export.csv --as-of yesterday").err


def test_a_closed_pipe_ends_quietly(workplace: Path) -> None:
    line = f"{sys.executable} -m lapse explain export.csv --as-of 2026-11-23 --subscription A"
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{line} --all | head -1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=workplace,
    )
    assert ran.stdout == "A on 2026-11-23\n"
    assert ran.stderr == ""


@pytest.mark.parametrize("how", ["", " --format json"])
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("run export.csv --as-of 2026-11-23 --out out", 0),
        ("check wrong", 1),
        ("what-if export.csv --as-of 2026-11-23 --set grace_days=1 --limit suspend=0", 4),
    ],
)
def test_a_reader_who_leaves_changes_no_exit_code(
    workplace: Path, command: str, code: int, how: str
) -> None:
    """What a scheduler sees of `lapse run … | head -1` is whether the run published."""
    wrong = workplace / "wrong"
    wrong.mkdir()
    (wrong / "base.yaml").write_text("layer: Base\nlayer: Base\n", encoding="utf-8")
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "lapse", *f"{command}{how}".split()]
    ran = subprocess.run(line, stdout=writer, stderr=subprocess.PIPE, check=False, cwd=workplace)
    os.close(writer)
    assert ran.returncode == code, ran.stderr
    assert b"Traceback" not in ran.stderr
    assert (workplace / "out/2026-11-23/run.json").exists() is (code == 0)


@pytest.mark.parametrize(
    ("command", "stands"),
    [
        ("--help", ""),
        ("run --help", ""),
        ("check policies", ""),
        ("test", ""),
        ("profiles --format json", ""),
        ("forecast export.csv --as-of 2026-11-23", ""),
        ("run export.csv --as-of 2026-11-23 --out out --preview", ""),
        ("init mine", "mine: 29 files written"),
        ("history import done.csv --out out", "1 action read, and 1 new folder made"),
    ],
)
@pytest.mark.parametrize("both", [False, True])
def test_a_full_disk_behind_the_output_is_told_or_at_least_counts(
    workplace: Path, command: str, stands: str, *, both: bool
) -> None:
    done = "subscription_id,track,anchor,rule,stage,step,action,due_on,day\n"
    done += "A,dunning,2026-11-10,remind,1,1,notify,2026-11-11,2026-11-11\n"
    (workplace / "done.csv").write_text(done, encoding="utf-8")
    line = [sys.executable, "-m", "lapse", *command.split()]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        err = full if both else subprocess.PIPE
        ran = subprocess.run(line, stdout=full, stderr=err, text=True, check=False, cwd=workplace)
    assert ran.returncode == 3
    if not both:
        told = "lapse: the standard output cannot be written to: no space left on device\n"
        assert ran.stderr == told + (f"{stands}\n" if stands else "")


def test_a_full_disk_behind_the_output_is_no_bug_of_ours(workplace: Path) -> None:
    line = f"{sys.executable} -m lapse run export.csv --as-of 2026-11-23 --out out > /dev/full"
    ran = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, text=True, check=False, cwd=workplace
    )
    assert ran.returncode == 3
    assert ran.stderr == (
        "lapse: the standard output cannot be written to: no space left on device\n"
        "`out/2026-11-23` was published, and is whole\n"
    )
    assert (workplace / "out/2026-11-23/run.json").exists()


def test_only_the_owner_can_change_what_init_wrote(lapse: Lapse) -> None:
    before = os.umask(0)
    try:
        assert lapse("init new/mine").code == 0
    finally:
        os.umask(before)
    new = Path("new")
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in new.rglob("*")}
    assert modes == {(True, 0o700), (False, 0o600)}
    assert stat.S_IMODE(new.stat().st_mode) == 0o700


def test_init_on_a_full_disk_leaves_nothing_half_written(
    lapse: Lapse, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[Path] = []

    def copy(target: Path, content: bytes) -> None:
        if len(copied) == 3:
            raise OutputError(f"`{target.name}` cannot be written: no space left on device")
        write_private(target, content)
        copied.append(target)

    Path("there").mkdir()
    monkeypatch.setattr("lapse.cli.init.write_private", copy)
    for folder in ("there", "new/mine"):
        copied.clear()
        ran = lapse(f"init {folder}")
        assert ran.code == 3
        assert ran.err == "lapse: `germany.yaml` cannot be written: no space left on device\n"
        assert len(copied) == 3
    assert not any(Path("there").iterdir())
    assert not Path("new").exists()


def test_a_warning_is_an_error_where_somebody_is_strict(lapse: Lapse) -> None:
    path = Path("policies/norway.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("NO", "UK"), encoding="utf-8")
    told, strict = lapse("check"), lapse("check --strict")
    assert (told.code, strict.code) == (0, 1)
    assert "warning[unknown-market]: no country has the code `UK`" in told.err
    assert "error[unknown-market]" in strict.err


def test_what_is_over_is_so_by_a_day(lapse: Lapse) -> None:
    path = Path("policies/norway.yaml")
    dated = "grace_days: {value: 10, to: 2026-12-01}"
    text = path.read_text(encoding="utf-8").replace("grace_days: 10", dated)
    path.write_text(text, encoding="utf-8")
    assert lapse("check --strict --as-of 2026-12-01").code == 0
    after = lapse("check --strict --as-of 2026-12-02")
    assert "counted until 2026-12-01, and it is 14 now (policies/base.yaml:3)" in after.err


def test_the_shipped_set_is_not_warned_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    assert cli.main(["check", "--strict", "--as-of", "2026-12-01"]) == 0
    assert capsys.readouterr().err == ""
