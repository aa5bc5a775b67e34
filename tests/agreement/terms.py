"""Generated terms as YAML text: declarations, and values with days, gaps, floors and overrides."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

TERMS = {
    "grace_days": "type: days, at_least: 1, at_most: 10, harsher: lower",
    "retention_days": "type: days, at_least: 2, harsher: lower",
    "wait_days": "type: days",
    "notice_days": "type: days list",
    "warning_days": "type: days list",
    "debt_tolerance": "type: money, harsher: lower",
    "seat_minimum": "type: count",
    "shortest_months": "type: months",
    "cutoff": "type: date",
    "is_strict": "type: flag",
    "plan": "type: choice, of: [a, b, c]",
    "house": "type: text",
}
PINS = {
    "grace_days": ("past_due_since", "past_due_since", "hold_until"),
    "retention_days": ("suspended_on", "suspended_on", "term_end"),
    "notice_days": ("past_due_since",),
    "debt_tolerance": ("reviewed_on",),
    "seat_minimum": ("term_start", "reviewed_on"),
    "is_strict": ("purchased_on",),
}
LISTS = ("[0]", "[1]", "[1, 3, 7]", "[0, 2, 5, 14]", "[2, 3]", "[1, 2, 3, 5, 7, 14]")
MONIES = (
    "{other: 0}",
    "{other: 100}",
    "{NOK: 100, other: 0}",
    "{USD: 50, EUR: 100, other: 0}",
    "{NOK: 100, EUR: 10}",
    "{EUR: 50}",
    "{EUR: 50, other: 50}",
    "{NOK: 0, EUR: 0, other: 0}",
)


@dataclass(frozen=True, slots=True)
class TermTexts:
    """Draws the terms of one policy set around a base day."""

    draw: Random
    base: date

    def declarations(self) -> list[str]:
        found = []
        for name, text in TERMS.items():
            pin = ""
            if name in PINS and self.draw.random() < 0.5:
                pin = f", pinned_to: {self.draw.choice(PINS[name])}"
            found.append(f"  {name}: {{{text}{pin}}}")
        return found

    def entry(self, name: str, *, is_base: bool) -> str:
        """One term in one layer: bare, sourced, dated, or across a floor with an override."""
        draw = self.draw
        kind = draw.random()
        if kind < 0.25 or (kind < 0.5 and is_base):
            return f"  {name}: {self.value(name)}"
        if kind < 0.45 and not is_base:
            return f"  {name}: {{value: {self.value(name)}, source: agreement}}"
        if kind < 0.65 and name in {"grace_days", "retention_days"}:
            return f"  {name}: {self.overridden(name)}"
        return f"  {name}: [{', '.join(self.dated(name))}]"

    def value(self, name: str) -> str:
        draw = self.draw
        match TERMS[name].partition(",")[0].removeprefix("type: "):
            case "days list":
                return draw.choice(LISTS)
            case "money":
                return draw.choice(MONIES)
            case "flag":
                return draw.choice(("yes", "no"))
            case "choice":
                return draw.choice(("a", "b", "c"))
            case "text":
                return draw.choice(("S1", "S2"))
            case "date":
                return self.day(-14, 14).isoformat()
            case "months":
                return str(draw.choice((1, 12, 36)))
            case _:
                return str(draw.choice((2, 2, 3)))

    def overridden(self, name: str) -> str:
        """A value below its floor, with leave until a day near the nights."""
        expires = self.day(-2, 8).isoformat()
        leave = f"override: {{approved_by: board, reason: trial, expires: {expires}}}"
        return f"{{value: {0 if name == 'grace_days' else 1}, {leave}}}"

    def dated(self, name: str) -> list[str]:
        """Two values that meet, leave a gap, or of which the later one outlives the first."""
        draw = self.draw
        first, second = sorted((self.day(-16, 0), self.day(-3, 9)))
        if first == second:
            second += timedelta(days=1)
        end = second + timedelta(days=draw.choice((0, 1, 2, 5)))
        value, other = self.value(name), self.value(name)
        match draw.randrange(4):
            case 0:
                last = second - timedelta(days=1)
                return [
                    f"{{from: {first}, to: {last}, value: {value}}}",
                    f"{{from: {second}, value: {other}}}",
                ]
            case 1:
                return [f"{{from: {first}, to: {second}, value: {value}, source: board}}"]
            case 2:
                return [
                    f"{{value: {value}}}",
                    f"{{from: {second}, to: {end}, value: {other}}}",
                ]
            case _:
                return [f"{{from: {second}, value: {value}}}"]

    def day(self, low: int, high: int) -> date:
        return self.base + timedelta(days=self.draw.randint(low, high))
