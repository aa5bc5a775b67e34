"""The folders before a run, which of their orders failed, and the approvals."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from lapse.runs.account import Origin
from lapse.runs.approvals import Approvals, approvals
from lapse.runs.folders import Folder, trusted_folders
from lapse.runs.receipts import Entry, failed_entries


@dataclass(frozen=True, slots=True)
class Past:
    """The folders that are history for a run, which of their orders failed, and the approvals."""

    folders: tuple[Folder, ...]
    failed: frozenset[Entry] = frozenset()
    approvals: Approvals = field(default_factory=Approvals)

    @property
    def fingerprint(self) -> str:
        """A SHA-256 of all this; the order does not count."""
        used = [f"{folder.name} {folder.digest}" for folder in self.folders]
        used += [f"{entry.folder} failed {entry.action_id}" for entry in self.failed]
        used += [f"{each.action_id} approved {each.day}" for each in self.approvals.entries]
        return sha256("\n".join(sorted(used)).encode()).hexdigest()

    @property
    def runs(self) -> tuple[Folder, ...]:
        """The folders of runs, without imports, the latest last."""
        return tuple(f for f in self.folders if f.account.source is Origin.RUN)

    @property
    def last_run(self) -> Folder | None:
        """The folder of the latest run, imports aside."""
        return next((f for f in reversed(self.folders) if f.account.source is Origin.RUN), None)

    @property
    def nights(self) -> tuple[date, ...]:
        """The days of the runs, the latest first."""
        return tuple(folder.day for folder in reversed(self.runs))

    def of_day(self, day: date) -> list[str]:
        """The names of a day's folders."""
        return [folder.name for folder in self.folders if folder.day == day]


def past(out: Path, day: date, number: int) -> Past:
    """The history for a run: the folders of earlier days, and of lower numbers on its day."""
    every = trusted_folders(out)
    earlier = tuple(f for f in every if (f.day, f.number) < (day, number))
    names = {folder.name for folder in earlier}
    failed = frozenset(entry for entry in failed_entries(out) if entry.folder in names)
    return Past(earlier, failed, approvals(out, day))
