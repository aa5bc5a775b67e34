"""Temporary folders hold customers' data, and outlive nobody for long."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lapse.scratch import PREFIX, ScratchError, no_room, room_for, scratch_folder

HOLDS_ONE = (
    "from lapse.scratch import scratch_folder\n"
    "with scratch_folder() as folder:\n"
    "    (folder / 'customers.plain').write_text('C1')\n"
    "    print(folder, flush=True)\n"
    "    input()\n"
)


@pytest.fixture(autouse=True)
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@contextmanager
def holder() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process that holds a folder, and the folder."""
    line = [sys.executable, "-c", HOLDS_ONE]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        yield other, Path(other.stdout.readline().strip())


def test_a_folder_is_the_owners_and_is_gone_at_the_end(parent: Path) -> None:
    with scratch_folder() as folder:
        assert folder.parent == parent
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "export.plain").write_text("C1", encoding="utf-8")
    assert not folder.exists()


def test_what_a_killed_process_left_goes_and_what_one_holds_stays() -> None:
    with holder() as (killed, folder), holder() as (other, held):
        killed.kill()
        killed.wait()
        assert (folder / "customers.plain").exists()
        with scratch_folder():
            assert not folder.exists()
            assert (held / "customers.plain").exists()
        other.communicate("\n")
        assert not held.exists()


@pytest.mark.parametrize("name", ["lapse-invoices", f"{PREFIX}of-mine", f"{PREFIX}exports.d"])
def test_what_was_not_made_here_stays(parent: Path, name: str) -> None:
    (parent / name).mkdir(0o700)
    with scratch_folder():
        pass
    assert (parent / name).exists()


def test_what_only_looks_like_ours_stays(parent: Path) -> None:
    (parent / "elsewhere").mkdir(0o700)
    (parent / f"{PREFIX}12345678").symlink_to(parent / "elsewhere")
    (parent / f"{PREFIX}abcdefgh").mkdir()
    (parent / f"{PREFIX}abcdefgh").chmod(0o755)
    (parent / f"{PREFIX}ijklmnop").write_text("", encoding="utf-8")
    before = sorted(parent.iterdir())
    with scratch_folder():
        pass
    assert sorted(parent.iterdir()) == before


def test_no_temporary_folder_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    told = r"^no temporary folder can be made: no such file or directory; TMPDIR names another"
    with pytest.raises(ScratchError, match=told), scratch_folder():
        pass


def test_one_whose_name_is_not_utf_8_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/some\udcff")
    told = re.escape("the temporary folder `/some\udcff` is not UTF-8; TMPDIR names another")
    with pytest.raises(ScratchError, match=told), scratch_folder():
        pass


def test_a_full_one_is_told_by_its_name(parent: Path) -> None:
    told = (
        f"the temporary folder `{parent}` has no room for export.csv: no space left on device; "
        "TMPDIR names another temporary folder"
    )
    full = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(ScratchError) as caught, room_for("export.csv"):
        os.write(full, b"C1")
    os.close(full)
    assert str(caught.value) == told
    assert str(no_room("export.csv", "no space left on device")) == told


def test_another_failure_is_left_to_who_knows_more() -> None:
    with pytest.raises(FileNotFoundError), room_for("export.csv"):
        os.open("/nowhere", os.O_RDONLY)
