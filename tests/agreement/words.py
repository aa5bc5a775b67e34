"""What is said beside thresholds: sums, fresh steps, closing days, holds of a layer, bills ahead.

They are drawn by a source of their own, so that the rest of each world stays as it is.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

PLUS = ("$wait_days + 1", "$grace_days + 2", "$wait_days + 3")
MINUS = ("$grace_days - 1", "$wait_days - 3", "$grace_days - 2")
STAGED = ("$wait_days - $stage", "$grace_days - $stage", "$wait_days + $stage")
STAGES = (
    "[$wait_days + 1, 1]",
    "[$grace_days + 2, $wait_days + 2, 0]",
    "$notice_days + 1",
    "$warning_days",
)
STAGES_OF_NOTICES = (*STAGES, "[$grace_days - 3, $wait_days - 2, 5]", "$notice_days - 2")

AHEAD = (
    "{status: active, days_until_next_due: {lte: $stage, gte: 0}}",
    "{status: active, days_until_next_due: {lte: $stage, gte: 0}, next_due: {gt: $debt_tolerance}}",
    "{days_until_next_due: {lt: 7}, next_due: {gt: 20 NOK}}",
)
"""What a reminder before the due date asks; the last one has a stage that it does not read."""


@dataclass(frozen=True, slots=True)
class Words:
    """Draws for one policy set around a base day."""

    draw: Random
    base: date

    def total(self, *, has_stage: bool, is_harmless: bool) -> str | None:
        """The right side of a test of days, where it is to be a sum."""
        if self.draw.random() < 0.7:
            return None
        staged: tuple[str, ...] = STAGED if is_harmless else STAGED[2:]
        staged = staged if has_stage else ()
        sums: list[str] = [*PLUS, *(MINUS if is_harmless else ()), *staged, *staged]
        chosen: str = self.draw.choice(sums)
        return chosen

    def stages(self, written: str, *, is_harmless: bool) -> str:
        if not written or self.draw.random() < 0.75:
            return written
        return self.draw.choice(STAGES_OF_NOTICES if is_harmless else STAGES)

    def within(self, kind: str, wait: str) -> str:
        """The end of an `after`; so few days mostly that what was given soon grows stale."""
        if self.draw.random() < 0.4:
            return ""
        least = wait if kind == "last_step" and wait.isdigit() else "0"
        return f", within: {self.draw.choice((least, least, least, least, '9'))}"

    def calendar(self, country: str) -> str:
        if self.draw.random() < 0.6:
            return country
        days = [self.base + timedelta(days=self.draw.randint(0, 9)) for _ in range(3)]
        closed = {day.isoformat() if day.day % 2 else f"'{day:%m-%d}'" for day in days}
        return f"{{country: {country}, closed: [{', '.join(sorted(closed))}]}}"

    def hold(self) -> list[str]:
        if self.draw.random() < 0.7:
            return []
        until = self.base + timedelta(days=self.draw.randint(-2, 7))
        return [f"hold: {{until: {until.isoformat()}, because: agreed}}"]

    def ahead(self) -> list[str]:
        """A reminder before the due date, on the track of the reminders after it."""
        if self.draw.random() < 0.1:
            return []
        stages = self.draw.choice(("[14, 5, 0]", "[7, 2]", "[3]"))
        where = f"track: dunning, step: 8, anchor: next_due_on, for_each: {stages}"
        return [f"  ahead: {{{where}, when: {self.draw.choice(AHEAD)}, do: notify}}"]
