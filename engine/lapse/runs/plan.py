"""A plan: what a day's run will do, and the fingerprints of all that it was computed from.

A run that is asked to carry it out is refused if any of these has changed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from lapse import __version__
from lapse.model.days import AsOf, parse_as_of
from lapse.model.facts import Value, show
from lapse.model.place import LapseError, MisuseError, reason
from lapse.runs.account import options_fingerprint
from lapse.runs.failures import HistoryError
from lapse.runs.kept_json import ShapeError, decoded, shaped

KIND = "lapse plan"
# About 600,000 action ids. A plan is read whole, and the file named may be something else.
MOST_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Basis:
    """All that decides what a run does: fingerprints, the day or instant judged, the version."""

    policies: str
    inputs: str
    history: str
    day: str
    assumptions: str
    version: str = __version__

    def changed(self, other: "Basis") -> tuple[str, ...]:
        """The names of the fields that differ."""
        mine, theirs = asdict(self), asdict(other)
        return tuple(name for name in mine if mine[name] != theirs[name])


WORDS = {
    "policies": "the policies",
    "inputs": "the exports, invoices or holds",
    "history": "the history",
    "day": "the day judged",
    "assumptions": "what is assumed",
    "version": "the version of lapse",
    "actions": "the actions decided",
}
"""What may have changed, in words for people."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What was computed: a sentence for people, and the sorted ids of our actions on the day.

    `compared_with` is the fingerprint of the policies it was compared with; blank for none.
    """

    basis: Basis
    says: str
    actions: tuple[str, ...]
    compared_with: str = ""


class StalePlanError(LapseError):
    """A run differs from its plan in basis or actions."""

    def __init__(self, file: Path, changed: tuple[str, ...], hint: str = "") -> None:
        *most, last = (WORDS[name] for name in changed)
        what = f"{', '.join(most)} and {last}" if most else last
        verb = "are" if most or changed[0] in PLURALS else "is"
        super().__init__(
            f"nothing was published: {what} {verb} not what `{file}` was computed from; "
            + (hint or "make the plan anew and look at it")
        )


PLURALS = frozenset({"policies", "inputs", "actions"})


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan that the run is to carry out, and the file it was read from."""

    saved: SavedPlan
    file: Path

    def check(self, found: Basis) -> None:
        """Raises `StalePlanError` if the basis of the run differs."""
        basis = self.saved.basis
        changed = basis.changed(found)
        if "policies" in changed and found.policies == self.saved.compared_with:
            raise StalePlanError(self.file, ("policies",), "these are those it was held against")
        if changed == ("day",):
            raise StalePlanError(self.file, changed, f"it is for {basis.day}, not {found.day}")
        if changed:
            raise StalePlanError(self.file, changed)

    def check_actions(self, given: Iterable[str]) -> None:
        """Raises `StalePlanError` if the ids of the actions decided differ."""
        if sorted(given) != sorted(self.saved.actions):
            raise StalePlanError(self.file, ("actions",))


def assumptions_fingerprint(assumed: Mapping[str, Value]) -> str:
    return options_fingerprint({name: show(value) for name, value in assumed.items()})


def plan_text(plan: SavedPlan) -> bytes:
    content = {"kind": KIND, **asdict(plan)}
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def read_plan(file: Path) -> SavedPlan:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise HistoryError(f"`{file}` cannot be read: {reason(error)}") from error
    plan = _plan_in(content) if len(content) <= MOST_BYTES else None
    if plan is None:
        raise HistoryError(f"`{file}` is no plan; `lapse what-if … --save FILE` writes one")
    return plan


def refuse_target(file: Path) -> None:
    """Raises `MisuseError` if the file exists and is no plan, or cannot be written."""
    if not file.name or file.is_dir():
        raise MisuseError(f"--save: `{file}` is a folder; name a file in it")
    if not file.parent.is_dir():
        raise MisuseError(f"--save: there is no folder `{file.parent}`; make it first")
    # Only a plan is overwritten, since a name may be mistyped.
    if file.is_symlink() or (file.exists() and not _is_plan(file)):
        raise MisuseError(f"--save: `{file}` is there, and is no plan; name another file")


def _is_plan(file: Path) -> bool:
    if not file.is_file():
        return False
    try:
        read_plan(file)
    except HistoryError:
        return False
    return True


def day_of(plan: SavedPlan) -> AsOf | None:
    """The day or instant that a plan is for."""
    return parse_as_of(plan.basis.day)


def _plan_in(content: bytes) -> SavedPlan | None:
    try:
        whole = decoded(content)
        plan = shaped(whole, SavedPlan) if whole.get("kind") == KIND else None
    except ShapeError:
        return None
    return plan if plan is not None and day_of(plan) is not None else None
