"""The folders under `OUT`: one for each run, named by day, with a number from the second on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from lapse.model.days import parse_date
from lapse.runs.account import Account, account_in
from lapse.runs.failures import HistoryError, reading
from lapse.runs.kept_json import ShapeError
from lapse.runs.private_files import digest_of

RUN_FILE = "run.json"
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.([2-9]|[1-9]\d+))?")


@dataclass(frozen=True, order=True)
class Folder:
    """The folder of a run or an import; `number` is 1 for the first one of its day."""

    day: date
    number: int
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def account(self) -> Account:
        """The content of run.json."""
        try:
            return account_in(self._content)
        except ShapeError as error:
            file = self.path / RUN_FILE
            raise HistoryError(f"`{file}` is no account of a run: {error}") from error

    def check_name(self) -> None:
        """Refuses a folder that was renamed, since its day and number are its place in history."""
        told = self.account
        number = told.number or self.number
        if (told.day, number) != (self.day.isoformat(), self.number):
            day = parse_date(str(told.day))
            was = folder_name(day, number) if day else told.day
            raise HistoryError(f"`{self.path}` holds the run of `{was}`; give it its name back")

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of run.json, which contains the digests of the other files."""
        return sha256(self._content).hexdigest()

    def output(self, name: str) -> Path:
        """The file of an output; raises `HistoryError` if it is missing or was changed."""
        file = self.path / f"{name}.{self.account.format}"
        with reading(file):
            digest = digest_of(file)
        if digest != self.account.outputs[name].digest:
            raise HistoryError(f"`{file}` was changed after it was written; put it back as it was")
        return file

    @cached_property
    def _content(self) -> bytes:
        file = self.path / RUN_FILE
        with reading(file):
            return file.read_bytes()


def folders(out: Path) -> list[Folder]:
    """The folders of all runs, the earliest first; other names are ignored."""
    if not out.exists():
        return []
    with reading(out):
        return sorted(_named(out))


def trusted_folders(out: Path) -> list[Folder]:
    """The folders of all runs; raises `HistoryError` if one was renamed, and so is out of order."""
    trusted = folders(out)
    for folder in trusted:
        folder.check_name()
    return trusted


def _named(out: Path) -> Iterator[Folder]:
    for path in out.iterdir():
        match = _NAME.fullmatch(path.name)
        day = parse_date(match.group(1)) if match else None
        if match and day:
            yield Folder(day, int(match.group(2) or 1), path)


def folder_name(day: date, number: int) -> str:
    return day.isoformat() if number == 1 else f"{day.isoformat()}.{number}"
