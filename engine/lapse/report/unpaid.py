"""The ladder of a bill that is never paid: a sentence, a picture in 80 columns, and JSON."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from lapse.analysis.futures import Foreseen
from lapse.analysis.scope import Where
from lapse.analysis.unpaid import BEFORE, Unpaid
from lapse.model.facts import FactSpec, show
from lapse.model.rule import ActionSpec, Harm, Layer
from lapse.report.whatif_json import foreseen_json
from lapse.report.words import HURTS, amount_text, happens, joined, wrapped
from lapse.runs.rows import PARTNER, PROVIDER
from lapse.runs.summary import assumption

NOTIFY = "notify"
MOST_DAYS = 5
"""More notices in a row than this are counted in a sentence, and not listed by their days."""
MARKS = {None: "•", Harm.MONEY: "◆", Harm.ACCESS: "■", Harm.DATA: "✖"}
LANES = ((True, "ours"), (False, "provider"))
LEAD, STRIP = 12, 66
"""The columns before the picture, and its own: the last day stands in the 78th."""

Actions = Mapping[str, ActionSpec]
Parts = Iterable[tuple[Layer, Unpaid]]


def scope_text(where: Where) -> str:
    return ", ".join(f"{key} {value}" for key, value in where.items()) or "everybody"


def layer_scope(layer: Layer) -> str:
    named = (f"{key} {', '.join(sorted(values))}" for key, values in layer.applies_to.items())
    return "; ".join(named) or "everybody"


def unpaid_sentence(unpaid: Unpaid, actions: Actions) -> str:
    """What happens to the customer, in one sentence."""
    who = f"A customer ({scope_text(unpaid.where)})" if unpaid.where else "A customer"
    debt = amount_text(unpaid.debt.amount, unpaid.debt.currency or "")
    bill = f"a bill of {debt} that falls due on {unpaid.due}"
    return f"{who} who does not pay {bill} {outcome_text(unpaid, actions)}."


def outcome_text(unpaid: Unpaid, actions: Actions) -> str:
    """Such as `is notified on days 1 and 7, and is suspended on 2026-12-16 (day 15)`."""
    if unpaid.left_out:
        return f"is not covered by the policies: {unpaid.left_out.because}"
    parts = list(_events(unpaid, actions))
    if not any(actions[each.name].harm in HURTS for each in unpaid.foreseen):
        lacks = joined(sorted(unpaid.unknown))
        why = f", as long as it is not known: {lacks}" if lacks else ""
        parts.append(f"loses neither access nor data until {unpaid.until}{why}")
    return ", ".join(parts[:-1]) + (", and " if parts[1:] else "") + parts[-1]


def _events(unpaid: Unpaid, actions: Actions) -> Iterator[str]:
    told = (
        each
        for each in unpaid.foreseen
        if actions[each.name].harm in HURTS or (each.name == NOTIFY and each.is_ours)
    )
    for name, group in groupby(told, key=lambda each: (each.name, each.is_ours)):
        events = list(group)
        if name[0] == NOTIFY:
            yield _notified([_day(unpaid, each) for each in events])
            continue
        for each in events:
            waits = ", once that is approved" if actions[each.name].needs_approval else ""
            how = waits if each.is_ours else ", by the provider"
            what = happens(each.name, actions[each.name].harm, 1)
            yield f"{what} on {each.day} (day {_day(unpaid, each)}{how})"


def _notified(days: list[int]) -> str:
    if len(days) > MOST_DAYS:
        return f"is notified {len(days)} times from day {days[0]} to day {days[-1]}"
    return f"is notified on day{'s' if days[1:] else ''} {joined(map(str, days))}"


def unpaid_text(
    unpaid: Unpaid, parts: Parts, actions: Actions, facts: Mapping[str, FactSpec]
) -> str:
    """The sentence, the picture, each day with its action, and the parts where it differs."""
    lines = wrapped(unpaid_sentence(unpaid, actions), "", "")
    if unpaid.foreseen:
        lines += ["", *_picture(unpaid, actions), "", *_days(unpaid, actions)]
    others = [each for layer, part in parts for each in _part(layer, part, actions)]
    if others:
        lines += [
            "",
            "It differs where a layer names more (those of single customers aside)",
            *others,
        ]
    return "\n".join([*lines, "", *_basis(unpaid, facts)])


def _part(layer: Layer, part: Unpaid, actions: Actions) -> list[str]:
    return wrapped(f"{layer_scope(layer)}: {outcome_text(part, actions)}")


def _picture(unpaid: Unpaid, actions: Actions) -> Iterator[str]:
    """A lane for us and one for the provider, over a scale of days; harm hides what is gentler."""
    first, last = min(0, _day(unpaid, unpaid.foreseen[0])), _day(unpaid, unpaid.foreseen[-1])
    span = max(last - first, 1)
    for is_ours, title in LANES:
        mine = [each for each in unpaid.foreseen if each.is_ours is is_ours]
        lane = [" "] * STRIP
        for each in sorted(mine, key=lambda each: [*MARKS].index(actions[each.name].harm)):
            at = round((_day(unpaid, each) - first) * (STRIP - 1) / span)
            lane[at] = MARKS[actions[each.name].harm]
        if mine:
            yield f"  {title:<{LEAD - 2}}{''.join(lane)}".rstrip()
    due = round(-first * (STRIP - 1) / span)
    scale = "".join("┬" if column in {due, STRIP - 1} else "─" for column in range(STRIP))
    yield " " * LEAD + scale
    day = f"day {last}"
    yield " " * (LEAD + due) + "due" + day.rjust(STRIP - due - len("due"))
    yield " " * LEAD + "• notice or task  ◆ costs  ■ access lost  ✖ data lost"


def _day(unpaid: Unpaid, foreseen: Foreseen) -> int:
    return (foreseen.day - unpaid.due).days


def _days(unpaid: Unpaid, actions: Actions) -> Iterator[str]:
    for day, mark, what in dated(unpaid, actions):
        head = f"  {day:%a} {day}  day {(day - unpaid.due).days:>3}  {mark} "
        yield from wrapped(what, head, " " * len(head))


def dated(unpaid: Unpaid, actions: Actions) -> Iterator[tuple[date, str, str]]:
    """Each day with its mark and what happens, the due date of the bill among them."""
    events = [(each.day, MARKS[actions[each.name].harm], _what(each)) for each in unpaid.foreseen]
    due = unpaid.due, " ", "the bill falls due"
    # What is foreseen is in order already; what comes on the due date stands before it.
    yield from (event for event in events if event[0] <= unpaid.due)
    yield due
    yield from (event for event in events if event[0] > unpaid.due)


def _what(each: Foreseen) -> str:
    """Such as `notify: remind@1 (payment-reminder)`."""
    handed_on = ", ".join(show(value) for value in each.rule.parameters.values())
    who = "" if each.is_ours else "the provider: "
    return f"{who}{each.name}: {each.label}" + (f" ({handed_on})" if handed_on else "")


def _basis(unpaid: Unpaid, facts: Mapping[str, FactSpec]) -> Iterator[str]:
    taken = ", ".join(f"{name} {show(value)}" for name, value in unpaid.stated.items())
    how = f"Decided day by day from {unpaid.due - BEFORE} for a made-up subscription"
    other = "nothing else is known of it; `--assume FACT=VALUE` takes other facts"
    yield from wrapped(f"{how}: {taken}; {other}.", "", "")
    if unpaid.unknown:
        how = " ".join(assumption(facts[name]) for name in sorted(unpaid.unknown) if name in facts)
        yield from wrapped(
            f"Harm is held back on some day for want of {joined(sorted(unpaid.unknown))}"
            + (f"; to say what it is: {how}" if how else ""),
            "",
            "",
        )


def unpaid_json(unpaid: Unpaid, parts: Parts, actions: Actions) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "sentence": unpaid_sentence(unpaid, actions),
        "where": dict(unpaid.where),
        "due": unpaid.due.isoformat(),
        "until": unpaid.until.isoformat(),
        "debt": show(unpaid.debt),
        "taken": {name: show(value) for name, value in unpaid.stated.items()},
        "not_covered": unpaid.left_out.because if unpaid.left_out else None,
        "unknown": sorted(unpaid.unknown),
        "actions": [
            {
                "by": PARTNER if each.is_ours else PROVIDER,
                "days_after_due": _day(unpaid, each),
                **(foreseen_json("unpaid", each) or {}),
            }
            for each in unpaid.foreseen
        ],
        "differs": [
            {"layer": layer.name, **unpaid_json(part, (), actions)} for layer, part in parts
        ],
    }
