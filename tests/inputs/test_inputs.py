"""Which files are read: names, patterns, gzip, and all that is refused unread."""

import gzip
import os
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from lapse.inputs import plain_copy as plain
from lapse.inputs.reading import InputError, open_exports
from lapse.model.facts import vocabulary
from lapse.sql.sandbox import sandbox

if TYPE_CHECKING:
    from tests.inputs.conftest import Read, Write

TABLE = b"subscription_id,customer_name\ns-1,a\n"
PACKED = gzip.compress(TABLE, mtime=0)


@pytest.mark.parametrize(
    "name", ['it\'s "1" [a]*?.csv', "æøå 東京.csv", "a;b--{c}%s.csv", "-x.csv", "[1].csv", "A.CSV"]
)
def test_any_file_name_is_read(name: str, write: "Write", read: "Read") -> None:
    assert read(write(name, TABLE)).ids == ["s-1"]


def test_a_pattern_names_its_files_once_and_in_order(
    write: "Write", read: "Read", tmp_path: Path
) -> None:
    for name in ("b", "a", "c"):
        write(f"{name}.csv", f"subscription_id\n{name}\n")
    (tmp_path / "x").mkdir()
    same = tmp_path / "x" / ".." / "c.csv"
    assert read(same, tmp_path / "*.csv", tmp_path / "**" / "a.csv").ids == list("cab")


def test_all_bad_names_and_all_bad_tables_are_told_in_one_go(write: "Write", read: "Read") -> None:
    tables = [write("a.csv", TABLE), write("b.csv", "x\n"), write("c.json", "{")]
    assert read(*tables).refused == ["missing-column", "bad-json"]
    assert read(*tables, "d.csv", "e.txt*").refused == ["no-such-file", "no-such-file"]


REFUSED = {
    "http://example.org/x.csv": "no-addresses",
    "s3://bucket/*.parquet": "no-addresses",
    "file:/etc/passwd": "no-addresses",
    "missing.csv": "no-such-file",
    "missing*.csv": "no-such-file",
    "": "no-such-file",
    "a\0b.csv": "no-such-file",
    "/dev/zero": "not-a-file",
    "/": "not-a-file",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_file_is_refused(name: str, read: "Read") -> None:
    assert read(name).refused == [REFUSED[name]]


@pytest.mark.parametrize("name", ["export.xml", "export", "export.csv.bz2", ".csv", "gz"])
def test_an_unknown_ending_is_refused(name: str, write: "Write", read: "Read") -> None:
    assert read(write(name, TABLE)).refused == ["unknown-format"]


def test_no_name_at_all_is_refused(read: "Read") -> None:
    assert read().refused == ["no-such-file"]


def test_a_pipe_is_not_waited_for(tmp_path: Path, read: "Read") -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert read(tmp_path / "pipe.csv").refused == ["not-a-file"]


def test_a_link_is_followed_when_named_but_not_out_of_a_pattern(
    tmp_path: Path, write: "Write", read: "Read"
) -> None:
    target = write("target.csv", TABLE)
    inbox = tmp_path / "inbox" / "x"
    inbox.mkdir(parents=True)
    (inbox / "link.csv").symlink_to(target)
    assert read(inbox / "link.csv").ids == ["s-1"]
    assert read(inbox / "*.csv").refused == ["stray-link"]
    assert read(tmp_path / "inbox" / "*" / "link.csv").refused == ["stray-link"]
    assert read(tmp_path / "*" / "x" / "link.csv").ids == ["s-1"]


def test_gzip_of_several_members_is_read(write: "Write", read: "Read") -> None:
    members = gzip.compress(TABLE) + gzip.compress(b"s-2,b\n")
    assert read(write("export.csv.gz", members)).ids == ["s-1", "s-2"]


def test_gzip_of_other_formats_is_read(tmp_path: Path, write: "Write", read: "Read") -> None:
    duckdb.execute(f"COPY (SELECT 's-1' AS subscription_id) TO '{tmp_path / 'x.parquet'}'")
    whole = (tmp_path / "x.parquet").read_bytes()
    assert read(write("export.parquet.gz", gzip.compress(whole))).ids == ["s-1"]
    text = '{"subscription_id": "s-ø"}'.encode("utf-16")
    assert read(write("export.jsonl.GZ", gzip.compress(text))).ids == ["s-ø"]


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        gzip.compress(TABLE)[:-5],
        gzip.compress(TABLE) + b"rest",
        b"\x1f\x8b\x08\0" + b"x" * 99,
    ],
    ids=["plain", "cut", "trailed", "damaged"],
)
def test_bad_gzip_is_refused(content: bytes, write: "Write", read: "Read") -> None:
    assert read(write("export.csv.gz", content)).refused == ["bad-gzip"]


def test_what_unpacks_to_too_much_is_refused(
    write: "Write", read: "Read", monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = write("export.csv.gz", gzip.compress(TABLE + b"s-2,b\n" * 200_000))
    assert len(read(bomb).codes) == 200_000
    monkeypatch.setattr(plain, "_SMALL", 1000)
    assert read(bomb).refused == ["too-large"]
    monkeypatch.setattr(plain, "_SMALL", 2**20)
    monkeypatch.setattr(plain, "MOST_UNPACKED", 2**20)
    assert read(bomb).refused == ["too-large"]


def test_duckdb_reaches_nothing_but_the_inputs(tmp_path: Path, write: "Write") -> None:
    named, other = write("named.csv", TABLE), write("other.csv", TABLE)
    private = tmp_path / "private"
    private.mkdir()
    with sandbox(private, memory="1GB", folders=[private], files=[named]) as connection:
        assert connection.read_csv(str(named)).fetchall() == [("s-1", "a")]
        for statement in (
            f"FROM read_csv('{other}')",
            f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
            "SELECT * FROM read_csv('http://localhost/x.csv')",
            f"ATTACH '{tmp_path / 'x.db'}'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET enable_external_access = true",
            "SET memory_limit = '100GB'",
            "SET allowed_paths = ['/etc/passwd']",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)


def test_the_private_folder_is_gone_afterwards(
    write: "Write", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "tmp"
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    good, bad = str(write("a.csv", TABLE)), str(write("b.csv", b"x"))
    with open_exports([good], vocabulary()) as export:
        assert list(private.iterdir())
        assert list(export.records())
    with pytest.raises(InputError):
        open_exports([bad], vocabulary())
    assert not list(private.iterdir())
