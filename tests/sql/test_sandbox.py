"""Memory that does not suffice is told as that, not as a fault of what is read."""

import os
from pathlib import Path

import pytest

from lapse.model.place import LapseError
from lapse.scratch import ScratchError
from lapse.sql.sandbox import sandbox

ONE_TEXT = "SELECT string_agg(repeat('x', 1000000), '') FROM range(1000)"
"""One value cannot be laid aside in part, so that no temporary folder helps."""


def test_what_cannot_spill_is_told_with_the_memory_allowed(tmp_path: Path) -> None:
    told = "^this takes more than the 64MB of memory allowed: "
    with pytest.raises(LapseError, match=told) as caught, sandbox(tmp_path, memory="64MB") as db:
        db.execute(ONE_TEXT).fetchall()
    assert not isinstance(caught.value, ScratchError)


@pytest.mark.parametrize(("memory", "most"), [("64MB", 1), ("512MB", 4), ("1GB", 7)])
def test_no_more_threads_than_the_memory_is_enough_for(
    memory: str, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    with sandbox(tmp_path, memory=memory) as db:
        assert db.execute("SELECT current_setting('threads')").fetchall() == [(most,)]
