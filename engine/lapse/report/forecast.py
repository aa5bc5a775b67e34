"""A forecast as text, as JSON and as CSV."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from lapse.analysis.futures import Foreseen, Future
from lapse.analysis.what_if.calendar import Calendar, Count, monday
from lapse.model.money import PLACES
from lapse.model.tables import CellKind, Cells, Column, Layout
from lapse.report.tables import table_text
from lapse.report.whatif import money_text, unknown_lines
from lapse.report.whatif_json import foreseen_json, not_known_json
from lapse.report.words import FACTS, HURTS, SOON, counted, happens, how_soon, wrapped
from lapse.runs.cells import csv_header, csv_line
from lapse.runs.rows import AMOUNTS, PARTNER, PROVIDER, parameters_text

MOST_WEEKS = 13
ENTRIES = Layout(
    (
        Column("day", CellKind.DATE),
        Column("action_id"),
        Column("subscription_id"),
        *(Column(name) for name in FACTS),
        Column("track"),
        Column("step", CellKind.WHOLE),
        Column("rule"),
        Column("stage", CellKind.WHOLE),
        Column("action"),
        Column("by", CellKind.OURS),
        Column("anchor", CellKind.OURS),
        Column("due_on", CellKind.DATE),
        Column("because"),
        Column("source"),
        *(Column(name, CellKind.OURS) for name in AMOUNTS),
        Column("currency", CellKind.OURS),
        Column("with", CellKind.OURS),
    ),
    ("day", "subscription_id"),
)


def forecast_text(calendar: Calendar, most: int) -> str:
    """A sentence, the counts by week and by market, and our first `most` actions."""
    lines = wrapped(sentence(calendar), "", "")
    left_out = f", {calendar.left_out:,} of them not covered" if calendar.left_out else ""
    lines += [f"{counted(len(calendar.futures), 'subscription')} foreseen{left_out}."]
    counts = calendar.counts()
    for is_ours, title in ((True, "Ours"), (False, "By the provider itself")):
        mine = [count for count in counts if count.is_ours is is_ours]
        if mine:
            lines += ["", f"{title}, by week", _by_week(mine)]
            lines += ["", f"{title}, by market", _by_market(mine)]
    ours = [(future, each) for future, each in calendar.entries if each.is_ours]
    if ours and most:
        lines += ["", "Ours, the first ones"]
        for future, each in ours[:most]:
            lines += _entry(future, each)
        more = len(ours) - most
        if more > 0:
            csv = "--format csv lists all"
            lines += wrapped(f"and {counted(more, 'more action')}; --show N lists more, {csv}")
    unknown = [line for text in unknown_lines(calendar.not_known) for line in wrapped(text)]
    lines += ["", "Not known", *unknown] if unknown else []
    return "\n".join(lines)


def sentence(calendar: Calendar) -> str:
    ours = [(future, each) for future, each in calendar.entries if each.is_ours]
    parts = []
    for harm in HURTS:
        for name in sorted(
            {each.name for _, each in ours if calendar.actions[each.name].harm is harm}
        ):
            hit = {future.customer for future, each in ours if each.name == name}
            soon = {
                future.customer
                for future, each in ours
                if each.name == name and each.day <= calendar.day + SOON
            }
            what = f"{counted(len(hit), 'customer')} {happens(name, harm, len(hit))}"
            parts.append(what + how_soon(len(hit), len(soon)))
    told = "; ".join(parts) or "nobody loses access or data"
    return f"If nothing changes until {calendar.until}, {told}."


def _by_week(counts: list[Count]) -> str:
    """A row for each week with an action; weeks after the first `MOST_WEEKS` share one row."""
    last = monday(min(count.week for count in counts) + timedelta(weeks=MOST_WEEKS))
    rows = [(count, str(count.week) if count.week < last else "later") for count in counts]
    return _table("week of", rows)


def _by_market(counts: list[Count]) -> str:
    return _table("market", [(count, count.market or "unknown") for count in counts])


def _table(what: str, counts: Iterable[tuple[Count, str]]) -> str:
    """A row for each group, a column for each action."""
    sums: Counter[tuple[str, str]] = Counter()
    for count, row in counts:
        sums[row, count.action] += count.count
    actions = sorted({action for _, action in sums})
    rows = [
        [row, *(f"{sums[row, action]:,}" if sums[row, action] else "-" for action in actions)]
        for row in sorted({row for row, _ in sums})
    ]
    return table_text([what, *actions], rows)


def _entry(future: Future, foreseen: Foreseen) -> Iterator[str]:
    name = future.text("customer_name") or future.text("customer_id")
    who = f" ({name})" if name else ""
    yield from wrapped(f"{foreseen.day}  {foreseen.name} {future.id}{who}: {foreseen.label}")
    money = money_text(foreseen)
    yield from wrapped(money, "    ", "    ") if money else ()


def forecast_json(calendar: Calendar) -> dict[str, Any]:
    """Days are ISO dates, money is text with its currency, and a missing value is null."""
    return {
        "sentence": sentence(calendar),
        "day": calendar.day.isoformat(),
        "until": calendar.until.isoformat(),
        "subscriptions": len(calendar.futures),
        "not_covered": calendar.left_out,
        "counts": [
            {
                "by": PARTNER if count.is_ours else PROVIDER,
                "week": count.week.isoformat(),
                "market": count.market or None,
                "action": count.action,
                "count": count.count,
            }
            for count in calendar.counts()
        ],
        "actions": [
            {
                "subscription_id": future.id,
                **{name: future.text(name) or None for name in FACTS},
                "track": each.track.name,
                "by": PARTNER if each.is_ours else PROVIDER,
                **(foreseen_json(future.id, each) or {}),
            }
            for future, each in calendar.entries
        ],
        "not_known": not_known_json(calendar.not_known),
    }


def forecast_csv(calendar: Calendar) -> Iterator[str]:
    """The header, then a line for each action, sorted by day and subscription."""
    yield csv_header(ENTRIES)
    for future, each in calendar.entries:
        yield csv_line(_cells(future, each), ENTRIES)


def _cells(future: Future, foreseen: Foreseen) -> Cells:
    rule, candidate = foreseen.rule, foreseen.action.candidate
    money = [foreseen.money.get(name) for name in AMOUNTS]
    return (
        foreseen.day.isoformat(),
        foreseen.action.id(future.id),
        future.id,
        *(future.text(name) for name in FACTS),
        foreseen.track.name,
        str(rule.step),
        rule.name,
        "" if foreseen.stage is None else str(foreseen.stage),
        foreseen.name,
        PARTNER if foreseen.is_ours else PROVIDER,
        candidate.anchor,
        candidate.due_on.isoformat(),
        foreseen.because,
        rule.place.source,
        *("" if each is None else f"{each.amount.quantize(PLACES):f}" for each in money),
        future.text("currency"),
        parameters_text(rule.parameters),
    )
