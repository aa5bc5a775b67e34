"""A run's folder is there whole or not at all, for its owner only, and stays as it is."""

import errno
import fcntl
import os
import re
import resource
import stat
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from lapse.model.guard import Guard
from lapse.model.place import LapseError
from lapse.model.tables import LAYOUTS
from lapse.nightly import Ending
from lapse.runs.failures import BackdatedError, HistoryError, OutputError, RefusedError
from lapse.runs.importing import import_history
from lapse.runs.private_files import PrivateFile
from lapse.runs.publish import exclusive
from lapse.runs.receipts import ReceiptKind, store_receipt
from lapse.runs.results.outputs import Files, OutputFormat, Written
from lapse.runs.watch import Stop
from lapse.scratch import ScratchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.runs.conftest import Nights

EXPORT = """
subscription_id,program,status,past_due_since,debt,currency,term_end,disputed
S1,legacy,active,2026-11-01,1200,NOK,2027-01-31,no
S2,legacy,active,2026-11-01,1200,NOK,2027-01-31,no
"""
DAY = "2026-11-10"
LATER = EXPORT.replace("S2,legacy,active", "S2,legacy,suspended")


def fail(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def largest_file(size: int) -> "Iterator[None]":
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_interrupted_run_leaves_nothing(nights: "Nights") -> None:
    with pytest.raises(KeyboardInterrupt):
        nights.run(DAY, EXPORT, decide=interrupt)
    assert not nights.out.exists()


@pytest.mark.parametrize("format_", OutputFormat)
def test_a_full_disk_is_told_and_leaves_nothing(
    nights: "Nights", monkeypatch: pytest.MonkeyPatch, format_: OutputFormat
) -> None:
    """Parquet is written into the temporary folder first."""
    write, told = Files.write, "cannot be written"
    if format_ is OutputFormat.PARQUET:
        told = "has no room"

    def on_a_small_disk(files: Files, empty: frozenset[str]) -> dict[str, Written]:
        with largest_file(300):
            return write(files, empty)

    with monkeypatch.context() as patched:
        patched.setattr(Files, "write", on_a_small_disk)
        with pytest.raises(LapseError, match=told):
            nights.run(DAY, EXPORT, format=format_)
    assert not nights.out.exists()
    assert nights.run(DAY, EXPORT, format=format_).ending is Ending.PUBLISHED


def test_a_full_temporary_folder_is_told_while_rows_are_decided(nights: "Nights") -> None:
    with largest_file(300), pytest.raises(ScratchError, match="has no room for what is decided"):
        nights.run(DAY, EXPORT)
    assert not nights.out.exists()


@pytest.mark.parametrize("step", ["fsync", "rename"])
def test_a_failure_at_the_end_leaves_nothing(
    nights: "Nights", monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patched:
        if step == "fsync":
            patched.setattr("os.fsync", fail)
        else:
            patched.setattr("pathlib.Path.rename", fail)
        with pytest.raises(OutputError, match=re.escape(f"`{nights.out / DAY}")) as caught:
            nights.run(DAY, EXPORT)
    assert "cannot be written: no space left on device" in str(caught.value)
    assert ".partial" not in str(caught.value)
    assert not nights.out.exists()


def test_what_a_killed_run_left_is_cleared_by_the_next(nights: "Nights") -> None:
    nights.out.mkdir()
    left = nights.out / f".{DAY}.12345.partial"
    left.mkdir()
    (left / "actions.csv").write_text("half a ro", encoding="utf-8")
    (nights.out / ".plan.json.12345.partial").write_text("half a pla", encoding="utf-8")
    (nights.out / ".link.12345.partial").symlink_to(nights.out / "elsewhere")
    nights.run("2026-11-11", EXPORT)
    assert nights.names() == {".lock", "2026-11-11"}


def test_a_folder_that_was_there_stays_and_one_of_two_is_made(nights: "Nights") -> None:
    nights = replace(nights, out=nights.out / "of" / "mine")
    nights.out.parent.mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt):
        nights.run(DAY, EXPORT, decide=interrupt)
    assert [*nights.out.parent.iterdir()] == []
    nights.out.mkdir()
    with pytest.raises(KeyboardInterrupt):
        nights.run(DAY, EXPORT, decide=interrupt)
    assert nights.names() == {".lock"}


def test_a_lock_that_was_taken_back_is_nobodys(
    nights: "Nights", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two commands may open the lock of a folder whose maker fails and takes it back."""
    flock = fcntl.flock
    opened: list[int] = []

    def late(lock: int, how: int) -> None:
        if not opened:
            (nights.out / ".lock").unlink()
        opened.append(lock)
        flock(lock, how)

    monkeypatch.setattr("fcntl.flock", late)
    with exclusive(nights.out):
        assert len(opened) == 2
        assert (nights.out / ".lock").exists()


@pytest.mark.parametrize("failure", [fail, interrupt])
def test_what_fails_after_publishing_tells_that_it_was(
    nights: "Nights", monkeypatch: pytest.MonkeyPatch, failure: "Callable[[], NoReturn]"
) -> None:
    rename, fsync = Path.rename, os.fsync

    def told_rename(self: Path, target: Path) -> Path:
        renamed = rename(self, target)
        monkeypatch.setattr("os.fsync", failure)
        return renamed

    monkeypatch.setattr("pathlib.Path.rename", told_rename)
    with pytest.raises((OutputError, KeyboardInterrupt)) as caught:
        nights.run(DAY, EXPORT)
    assert caught.value.__notes__ == [f"`{nights.out / DAY}` was published, and is whole"]
    monkeypatch.setattr("os.fsync", fsync)
    assert nights.run(DAY, EXPORT).ending is Ending.UNCHANGED


def test_a_file_is_on_the_disk_before_the_folder_appears(
    nights: "Nights", monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    rename, fsync, close = Path.rename, os.fsync, PrivateFile.close

    def told_rename(self: Path, target: Path) -> Path:
        steps.append("appears")
        return rename(self, target)

    def told_close(self: PrivateFile) -> None:
        close(self)
        steps.append(self.path.name)

    def told_fsync(file: int) -> None:
        steps.append("synced")
        fsync(file)

    monkeypatch.setattr("pathlib.Path.rename", told_rename)
    monkeypatch.setattr("os.fsync", told_fsync)
    monkeypatch.setattr("lapse.runs.private_files.PrivateFile.close", told_close)
    nights.run(DAY, EXPORT)
    files = [step for step in steps if "." in step]
    assert len(files) == len(LAYOUTS) + 1
    assert all(steps[steps.index(file) - 1] == "synced" for file in files)
    assert steps[-3:] == ["synced", "appears", "synced"]


def test_two_runs_into_one_folder_exclude_each_other(nights: "Nights") -> None:
    with exclusive(nights.out), pytest.raises(OutputError, match="another run is writing into"):
        nights.run(DAY, EXPORT)
    assert nights.run(DAY, EXPORT).ending is Ending.PUBLISHED


def test_the_lock_is_one_that_other_processes_see(nights: "Nights") -> None:
    nights.run(DAY, EXPORT)
    with (nights.out / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(OutputError, match="another run"):
            nights.run("2026-11-11", EXPORT)


def test_a_lock_that_is_a_link_is_not_followed(nights: "Nights", tmp_path: Path) -> None:
    nights.out.mkdir()
    (nights.out / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError):
        nights.run(DAY, EXPORT)
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_place_of_the_folder_is_told(nights: "Nights") -> None:
    nights.out.write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match=re.escape(str(nights.out))):
        nights.run(DAY, EXPORT)


@pytest.mark.parametrize("format_", OutputFormat)
@pytest.mark.parametrize("is_sorted", [False, True])
def test_only_the_owner_can_read_what_is_written(
    nights: "Nights", format_: OutputFormat, *, is_sorted: bool
) -> None:
    before = os.umask(0)
    try:
        nights.run(DAY, EXPORT, format=format_, is_sorted=is_sorted)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in nights.out.rglob("*") if p.is_file()}
    folders = {stat.S_IMODE(p.stat().st_mode) for p in (nights.out, nights.out / DAY)}
    assert (modes, folders) == ({0o600}, {0o700})
    names = {p.name for p in (nights.out / DAY).iterdir()}
    assert len(names) == len(LAYOUTS) + 1
    assert not any(name.startswith(".") for name in names)


def test_the_same_again_changes_nothing(nights: "Nights") -> None:
    first = nights.run(DAY, EXPORT)
    content = {p: p.read_bytes() for p in nights.out.rglob("*") if p.is_file()}
    second = nights.run(DAY, EXPORT)
    assert second.ending is Ending.UNCHANGED
    assert (second.folder, second.summary) == (first.folder, first.summary)
    assert {p: p.read_bytes() for p in nights.out.rglob("*") if p.is_file()} == content


def test_the_same_rows_in_another_order_are_the_same(nights: "Nights") -> None:
    header, *rows = EXPORT.split()
    nights.run(DAY, EXPORT)
    assert nights.run(DAY, "\n".join([header, *reversed(rows)])).ending is Ending.UNCHANGED


def test_a_day_run_with_something_else_is_refused(
    nights: "Nights", nights_with: "Callable[[str, str], Nights]"
) -> None:
    nights.run("2026-11-09", EXPORT)
    nights.run(DAY, EXPORT)
    with pytest.raises(RefusedError, match=f"other inputs.*`--again` writes `{DAY}.2`"):
        nights.run(DAY, LATER)
    with pytest.raises(RefusedError, match="other policies and inputs,"):
        nights_with("grace_days: 14", "grace_days: 15").run(DAY, LATER)
    with pytest.raises(RefusedError, match="other options,"):
        nights.run(DAY, EXPORT, assumed={"trial": False})
    with pytest.raises(RefusedError, match="other options,"):
        nights.run(DAY, EXPORT, format=OutputFormat.JSONL)
    store_receipt(nights.out, ReceiptKind.FAILED, [["2026-11-09", nights.ids("2026-11-09")[0]]])
    with pytest.raises(RefusedError, match="other history,"):
        nights.run(DAY, EXPORT)
    assert nights.names() == {".lock", DAY, "2026-11-09", "receipts"}


def test_again_writes_another_folder_that_has_the_first_as_history(nights: "Nights") -> None:
    nights.run(DAY, EXPORT)
    nights.run(DAY, LATER, is_again=True)
    third = nights.run(DAY, EXPORT, is_again=True)
    assert third.folder == nights.out / f"{DAY}.3"
    assert len(nights.ids(DAY)) == 2
    assert nights.ids(f"{DAY}.2") == nights.ids(f"{DAY}.3") == []
    assert nights.run(DAY, LATER).folder == nights.out / f"{DAY}.2"
    assert nights.run(DAY, EXPORT).folder == nights.out / f"{DAY}.3"
    assert nights.run("2026-11-11", EXPORT).summary.actions == 0


def test_a_day_before_the_newest_runs_is_refused(nights: "Nights") -> None:
    nights.run("2026-11-08", EXPORT)
    nights.run(DAY, EXPORT)
    told = re.escape(f"2026-11-09 is before the newest run, `{nights.out / DAY}`")
    for options in ({}, {"is_again": True}, {"is_over_limit": True, "despite": frozenset(Guard)}):
        with pytest.raises(BackdatedError, match=told):
            nights.run("2026-11-09", EXPORT, **options)
    with pytest.raises(BackdatedError):
        nights.run("2026-11-08", EXPORT, is_again=True)
    with pytest.raises(BackdatedError):  # not told to say --again, which would be refused
        nights.run("2026-11-08", LATER)
    assert nights.names() == {".lock", DAY, "2026-11-08"}


def test_a_past_day_that_is_there_is_left_as_it_is_and_any_may_be_previewed(
    nights: "Nights",
) -> None:
    nights.run("2026-11-08", EXPORT)
    nights.run(DAY, EXPORT)
    assert nights.run("2026-11-08", EXPORT).ending is Ending.UNCHANGED
    assert nights.run("2026-11-08", EXPORT, is_preview=True).stops == ()
    shown = nights.run("2026-11-09", EXPORT, is_preview=True)
    assert shown.ending is Ending.PREVIEWED
    (stop,) = shown.stops
    assert stop == Stop(f"2026-11-09 is before the newest run, `{nights.out / DAY}`")


def test_what_was_imported_for_a_later_day_is_no_run(nights: "Nights", tmp_path: Path) -> None:
    done = tmp_path / "done.csv"
    header = "subscription_id,track,anchor,rule,stage,step,action,due_on,day"
    row = "S1,dunning,2026-11-01,remind,1,1,notify,2026-11-02,2026-11-20"
    done.write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert import_history(nights.out, done, nights.book, last_day=date(2026, 11, 30)).problems == ()
    assert nights.run(DAY, EXPORT).ending is Ending.PUBLISHED


def test_a_later_instant_of_the_day_that_changes_nothing_is_the_same(nights: "Nights") -> None:
    nights.run("2026-11-10T02:00:00Z", EXPORT)
    later = nights.run("2026-11-10T05:00:00Z", EXPORT)
    assert (later.ending, later.folder) == (Ending.UNCHANGED, nights.out / DAY)
    assert nights.names() == {".lock", DAY}


def test_a_later_instant_that_changes_something_is_refused(
    nights_with: "Callable[[str, str], Nights]",
) -> None:
    nights = nights_with("time_zone: UTC", "time_zone: America/Los_Angeles")
    text = EXPORT.replace("2026-11-01", "2026-11-09")
    assert nights.run("2026-11-10T02:00:00Z", text).summary.actions == 0
    with pytest.raises(RefusedError, match="other as_of,"):
        nights.run("2026-11-10T20:00:00Z", text)
    assert nights.names() == {".lock", DAY}


def test_a_changed_folder_is_not_the_same_again(nights: "Nights") -> None:
    nights.run(DAY, EXPORT)
    with (nights.out / DAY / "held.csv").open("a", encoding="utf-8") as file:
        file.write("more\n")
    with pytest.raises(HistoryError, match=r"held\.csv` was changed"):
        nights.run(DAY, EXPORT)


def test_a_crossed_limit_publishes_nothing_unless_told(nights: "Nights") -> None:
    rows = "\n".join(f"S{n},legacy,active,2026-11-01,1200,NOK,2027-01-31,no" for n in range(6))
    text = EXPORT.strip().splitlines()[0] + "\n" + rows
    stopped = nights.run(DAY, text)
    assert stopped.ending is Ending.OVER_LIMIT
    assert stopped.crossed == ("notify: 6 of at most 5: S0, S1, S2 and 3 more",)
    assert stopped.summary.actions == 6
    assert not nights.out.exists()
    assert nights.run(DAY, text, is_preview=True).crossed == stopped.crossed
    assert nights.run(DAY, text, is_over_limit=True).ending is Ending.PUBLISHED
    assert len(nights.ids(DAY)) == 6
    assert nights.told(DAY)["crossed"] == list(stopped.crossed)
    assert nights.run(DAY, text).crossed == stopped.crossed
