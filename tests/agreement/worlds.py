"""Seeded worlds: a policy set as text, a population as cells, and the nights that judge it.

The same seed gives the same world on every machine. Edges are favoured everywhere: dates lie on
thresholds, months end, clocks change, holidays come, columns are missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.agreement.policies import PolicyTexts
from tests.agreement.populations import CHOSEN, DATED, Cells, LedgerText, Rows, ledger
from tests.agreement.words import Words

BASE_DAYS = (
    date(2026, 12, 23),
    date(2026, 3, 27),
    date(2028, 2, 27),
    date(2026, 7, 2),
    date(2026, 11, 24),
    date(2027, 5, 4),
)
"""Before Christmas; a weekend with a change of clocks; a leap day; a Friday off; weekends."""

TIMES = ("00:30:00Z", "06:00:00Z", "12:00:00+02:00", "22:30:00Z", "23:30:00Z")
ALWAYS = frozenset({"subscription_id", "status"})
STATUS_COLUMNS = ("status", "suspended_on", "suspended_for", "cancelled_on", "deleted_on")
COLUMNS = (*CHOSEN, *DATED, *STATUS_COLUMNS, "cancellable_until", "debt", "subscription_id")
ROWS = 8


@dataclass(frozen=True, slots=True)
class Night:
    """A run: when, which cells changed before it, and whether it runs its day again."""

    as_of: str
    edits: Mapping[int, Cells]
    is_again: bool


@dataclass(frozen=True, slots=True)
class World:
    """`takes_effect` tells for each row whether what is ordered shows in its facts later."""

    seed: int
    files: Mapping[str, str]
    rows: tuple[Cells, ...]
    nights: tuple[Night, ...]
    takes_effect: tuple[bool, ...]
    ledgers: tuple[LedgerText | None, ...]

    def write(self, folder: Path) -> Path:
        """The policy set as files in a folder."""
        for path, text in self.files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return folder


def world(seed: int) -> World:
    draw = Random(seed)  # noqa: S311  worlds are no secrets
    base = draw.choice(BASE_DAYS)
    words = Words(Random(f"words of {seed}"), base)  # noqa: S311
    files = PolicyTexts(draw, base, words).files()
    missing = 0.03 if draw.random() < 0.4 else 0.0
    columns = frozenset(c for c in COLUMNS if c in ALWAYS or draw.random() >= missing)
    rows = Rows(draw, base, columns)
    population = tuple(rows.row(number) for number in range(ROWS))
    invoices = Random(f"bills of {seed}")  # noqa: S311  leaves the rest of a world as it is
    return World(
        seed,
        files,
        population,
        _nights(draw, base, rows),
        tuple(draw.random() < 0.5 for _ in population),
        tuple(ledger(invoices, base) for _ in population),
    )


def _nights(draw: Random, base: date, rows: Rows) -> tuple[Night, ...]:
    """Five runs; some nights are missed, some days run again."""
    by_instant = draw.random() < 0.35
    time = draw.choice(TIMES)
    day = base
    found = []
    for number in range(5):
        gap = draw.choice((0, 1, 1, 1, 1, 1, 2, 2, 3, 6)) if number else 0
        is_again = number > 0 and gap == 0
        day += timedelta(days=gap)
        edits = {row: rows.edit() for row in range(ROWS) if number and draw.random() < 0.1}
        as_of = f"{day.isoformat()}T{time}" if by_instant else day.isoformat()
        found.append(Night(as_of, {} if is_again else edits, is_again))
    return tuple(found)
