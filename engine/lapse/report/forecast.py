"""A forecast as text, as JSON and as CSV."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from lapse.analysis.calendar import Calendar, Count, Entry
from lapse.model.decision import label
from lapse.model.money import PLACES, Money
from lapse.model.tables import CellKind, Cells, Column, Layout
from lapse.report.tables import table_text
from lapse.report.whatif import money_text, unknown_lines
from lapse.report.whatif_json import money_json, not_known_json, rule_json
from lapse.report.words import FACTS, HURTS, SOON, counted, happens, how_soon, wrapped
from lapse.runs.cells import csv_header, csv_line
from lapse.runs.rows import AMOUNTS, PARTNER, PROVIDER

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
    lines += [f"{counted(calendar.subscriptions, 'subscription')} foreseen{left_out}."]
    counts = calendar.counts()
    for is_ours, title in ((True, "Ours"), (False, "By the provider itself")):
        mine = [count for count in counts if count.is_ours is is_ours]
        if mine:
            lines += ["", f"{title}, by week", _by_week(mine)]
            lines += ["", f"{title}, by market", _by_market(mine)]
    ours = calendar.ours(most)
    if ours:
        lines += ["", "Ours, the harshest first"]
        for entry in ours:
            lines += _entry(entry)
        more = calendar.count_ours() - most
        if more > 0:
            csv = "--format csv lists all"
            lines += wrapped(f"and {counted(more, 'more action')}; --show N lists more, {csv}")
    unknown = [line for text in unknown_lines(calendar.not_known) for line in wrapped(text)]
    lines += ["", "Not known", *unknown] if unknown else []
    return "\n".join(lines)


def sentence(calendar: Calendar) -> str:
    hits, parts = calendar.hits(SOON), []
    for harm in HURTS:
        for hit in (each for each in hits if calendar.actions[each.action].harm is harm):
            number = hit.customers
            what = f"{counted(number, 'customer')} {happens(hit.action, harm, number)}"
            parts.append(what + how_soon(number, hit.soon))
    told = "; ".join(parts) or "nobody loses access or data"
    return f"If nothing changes until {calendar.until}, {told}."


def _by_week(counts: list[Count]) -> str:
    """A row for each week with an action; weeks after the first `MOST_WEEKS` share one row."""
    last = min(count.week for count in counts) + timedelta(weeks=MOST_WEEKS)
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


def _entry(entry: Entry) -> Iterator[str]:
    cells = entry.cells
    name = cells["customer_name"] or cells["customer_id"]
    who = f" ({name})" if name else ""
    what = label(cells["rule"], cells["stage"])
    yield from wrapped(f"{entry.day}  {cells['action']} {cells['subscription_id']}{who}: {what}")
    money = money_text(entry.money)
    yield from wrapped(money, "    ", "    ") if money else ()


def forecast_json(calendar: Calendar) -> dict[str, Any]:
    """Days are ISO dates, money is text with its currency, and a missing value is null."""
    return {
        "sentence": sentence(calendar),
        "day": calendar.day.isoformat(),
        "until": calendar.until.isoformat(),
        "subscriptions": calendar.subscriptions,
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
        "actions": [_action_json(entry) for entry in calendar.entries()],
        "not_known": not_known_json(calendar.not_known),
    }


def _action_json(entry: Entry) -> dict[str, Any]:
    cells = entry.cells
    return {
        "subscription_id": cells["subscription_id"],
        **{name: cells[name] or None for name in FACTS},
        "track": cells["track"],
        "by": PARTNER if cells["is_ours"] else PROVIDER,
        "day": entry.day.isoformat(),
        **{name: cells[name] for name in ("action_id", "action", "rule", "stage", "step")},
        "anchor": cells["anchor"],
        "due_on": cells["due_on"].isoformat(),
        **rule_json(entry.rule),
        "because": cells["because"],
        "source": cells["source"],
        **{name: money_json(money) for name, money in entry.money.items()},
    }


def forecast_csv(calendar: Calendar) -> Iterator[str]:
    """The header, then a line for each action, sorted by day and subscription."""
    yield csv_header(ENTRIES)
    for entry in calendar.entries():
        yield csv_line(_cells(entry), ENTRIES)


def _cells(entry: Entry) -> Cells:
    cells, money = entry.cells, entry.money
    amounts = [money.get(name) for name in AMOUNTS]
    told = {
        "by": PARTNER if cells["is_ours"] else PROVIDER,
        "stage": "" if cells["stage"] is None else str(cells["stage"]),
        **dict(zip(AMOUNTS, map(_amount, amounts), strict=True)),
    }
    return tuple(told[name] if name in told else str(cells[name]) for name in ENTRIES.names)


def _amount(money: Money | None) -> str:
    return "" if money is None else f"{money.amount.quantize(PLACES):f}"
