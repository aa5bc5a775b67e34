"""Which folder a run is to write, and which earlier ones are history for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lapse.runs.account import Question
from lapse.runs.failures import RefusedError
from lapse.runs.folders import Folder, folder_name, folders
from lapse.runs.past import Past, past
from lapse.runs.watch import refuse_backdated

AS_OF = "as_of"
"""Another instant of the day may have the same outputs; only deciding shows whether it does."""


@dataclass(frozen=True, slots=True)
class Target:
    """The folder to write and its history; `like` is one of the same day to compare with."""

    number: int
    name: str
    before: Past
    asked: Question
    like: Folder | None = None

    @property
    def differs(self) -> tuple[str, ...]:
        """The names of what `like` was asked differently."""
        return self.asked.differs_from(self.like.account.asked) if self.like else ()

    @property
    def is_there(self) -> bool:
        """Whether `like` was asked exactly the same."""
        return self.like is not None and not self.differs


def target(
    out: Path, day: date, ask: Callable[[Past], Question], *, is_again: bool, is_preview: bool
) -> Target:
    """The folder to write; its `like` was asked the same on this day, except perhaps for `as_of`.

    Without one, raises `BackdatedError` if a later day was run, or `RefusedError` if this day was
    (unless `is_again`). A preview raises neither, and has the history of the day's first run.
    """
    there = [folder for folder in folders(out) if folder.day == day]
    number = there[-1].number + 1 if there else 1

    def aimed(at: int, like: Folder | None) -> Target:
        before = past(out, day, at)
        return Target(number, folder_name(day, number), before, ask(before), like)

    if not there or is_again:
        if not is_preview:
            refuse_backdated(out, day)
        return aimed(number, None)
    if is_preview:
        return aimed(1, there[0])
    rerun = [aimed(folder.number, folder) for folder in reversed(there)]
    nearest = min(rerun, key=lambda each: (len(set(each.differs) - {AS_OF}), each.differs))
    if set(nearest.differs) - {AS_OF}:
        refuse_backdated(out, day)
        raise RefusedError(there[-1].path, rerun[0].differs, nearest.name)
    return nearest
