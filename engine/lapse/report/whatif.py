"""A what-if as text in 80 columns: the first sentence is the answer, and tables follow."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from lapse.analysis.futures import NotKnown
from lapse.analysis.what_if.change import Cause, Change, Direction, Kind
from lapse.analysis.what_if.compare import Difference
from lapse.analysis.what_if.edits import Edit
from lapse.analysis.what_if.in_flight import InFlight
from lapse.analysis.what_if.result import WhatIf
from lapse.analysis.what_if.totals import BY_FACT, Total, first_day, first_of_hardest
from lapse.model.money import Money
from lapse.report.printable import printable
from lapse.report.sentence import first_sentence
from lapse.report.tables import table_text
from lapse.report.words import amount_text, counted, joined, wrapped

MOST_EDITS = 12
MOST_GROUPS = 12
MOST_UNKNOWN = 6
MOST_NAMED = 4


def whatif_text(whatif: WhatIf, most: int) -> str:
    """The whole comparison; at most `most` subscriptions are listed for each direction."""
    lines = wrapped(first_sentence(whatif), "", "")
    lines += edit_lines(whatif.edits)
    for is_ours, title in ((True, "Changes"), (False, "Changes in what the provider does")):
        table = counts_table(whatif, is_ours=is_ours)
        if table:
            lines += ["", f"{title} until {whatif.until}", table_text(table[0], table[1:])]
    lines += _section("Worse off", _who(whatif, Direction.HARSHER, most))
    lines += _section("Better off", _who(whatif, Direction.GENTLER, most))
    lines += _section("Otherwise, for those neither worse nor better off", _others(whatif, most))
    for by in BY_FACT:
        table = totals_table(whatif.totals, by)
        if len(table) > 2:  # noqa: PLR2004  a header and one group repeat the first sentence
            lines += ["", f"By {by}", table_text(table[0], table[1:])]
    lines += _section("In flight", in_flight_lines(whatif.in_flight))
    lines += _section("Not compared", not_compared(whatif))
    lines += _section("Not known", unknown_lines(whatif.not_known))
    lines += _section("Limits crossed", iter(whatif.crossed))
    return "\n".join(lines)


def _section(title: str, lines: Iterator[str]) -> list[str]:
    body = [line for text in lines for line in _lines(text)]
    return ["", title, *body] if body else []


def _lines(text: str) -> list[str]:
    """The wrapped lines of a text; a text that begins with a blank is indented further."""
    return wrapped(text.strip(), "    ", "      ") if text.startswith(" ") else wrapped(text)


def edit_lines(edits: Sequence[Edit]) -> list[str]:
    """The first edits, each with its places on one line that is never wrapped."""
    lines = ["", "What differs in the policies"] if edits else []
    for edit in edits[:MOST_EDITS]:
        lines += wrapped(str(edit))
        lines += [f"    {printable(edit.sources)}"] if edit.sources else []
    return lines + ([f"  and {len(edits) - MOST_EDITS} more"] if len(edits) > MOST_EDITS else [])


def counts_table(whatif: WhatIf, *, is_ours: bool) -> list[list[str]]:
    """A header and a row for each action, with counts by kind; empty if all actions are `kept`."""
    counts = whatif.counts()
    names = sorted({name for ours, name, _ in counts if ours is is_ours})
    if not any(counts[is_ours, name, kind] for name in names for kind in Kind if kind != Kind.KEPT):
        return []
    kinds = [Kind.SOONER, Kind.LATER, Kind.ADDED, Kind.REMOVED, Kind.CHANGED, Kind.KEPT]
    rows = [
        [name, *(f"{number:,}" if number else "-" for number in numbers)]
        for name in names
        if any(numbers := [counts[is_ours, name, kind] for kind in kinds])
    ]
    return [["action", *(kind.value for kind in kinds)], *rows]


def _who(whatif: WhatIf, direction: Direction, most: int) -> Iterator[str]:
    """The first `most` subscriptions of a direction, with their changes, money and causes."""
    every = subscriptions(whatif, direction)
    for difference in every[:most]:
        yield named(difference)
        for change in difference.differing:
            if change.direction is direction:
                yield f"    {line_of(change)}"
        money = money_text(first_of_hardest(difference.differing)[1].latest.money)
        if money:
            yield f"    {money}"
        if len(whatif.edits) > 1:
            yield from (f"    by {edit}" for edit in causes_of(difference, direction))
    if len(every) > most:
        customers = {difference.future.customer for difference in every}
        more = counted(len(every) - most, "more subscription")
        yield f"and {more}, of {counted(len(customers), 'customer')} in all (--show N lists more)"


def subscriptions(whatif: WhatIf, direction: Direction) -> list[Difference]:
    """The subscriptions with this hardest direction, sorted by the first day of such a change."""
    every = [each for each in whatif.differing if each.direction is direction]
    return sorted(every, key=lambda each: (_first_day(each), each.id))


def _first_day(difference: Difference) -> date:
    if not difference.differing:
        return difference.future.first.moment.day
    return first_day(first_of_hardest(difference.differing)[1])


def named(difference: Difference) -> str:
    """`S-NO-008 (Solheim Eiendom AS)`."""
    name = difference.future.text("customer_name") or difference.future.text("customer_id")
    return f"{difference.id} ({name})" if name else difference.id


def line_of(change: Change) -> str:
    """`suspend 2026-11-25, 6 days sooner than 2026-12-01`."""
    by = "" if change.latest.is_ours else " by the provider"
    return f"{change.latest.name}{by} {change.latest.day}, {moved(change)}"


def causes_of(difference: Difference, direction: Direction) -> list[Edit]:
    """The distinct edits that cause the changes in one direction, sorted."""
    tracks = {
        each.latest.track.name for each in difference.differing if each.direction is direction
    }
    edits = (edit for track in tracks for edit in difference.causes.get(track, Cause()).edits)
    return sorted(set(edits))


def moved(change: Change) -> str:
    """How a change differs from today: `6 days sooner than 2026-12-01`."""
    old, new, days = change.old, change.new, change.days
    match change.kind:
        case Kind.SOONER | Kind.LATER:
            assert old is not None
            return f"{counted(abs(days or 0), 'day')} {change.kind.value} than {old.day}"
        case Kind.ADDED:
            return "not foreseen today"
        case Kind.REMOVED:
            return "foreseen today, no longer then"
        case Kind.CHANGED:
            assert old is not None
            assert new is not None
            was = old.name if old.name != new.name else old.label
            return f"in place of {was}, on the same day" if was != new.label else "done differently"
        case Kind.KEPT:
            return "as today"


def money_text(money: Mapping[str, Money]) -> str:
    words = {"debt": "owed", "monthly_amount": "monthly", "commitment_left": "of commitment left"}
    return ", ".join(
        f"{amount_text(amount.amount, amount.currency or '')} {words[name]}"
        for name, amount in money.items()
        if not amount.is_zero
    )


def _others(whatif: WhatIf, most: int) -> Iterator[str]:
    """A line for each subscription that is neither worse nor better off."""
    neutral = [each for each in whatif.differing if each.direction is Direction.NEUTRAL]
    for difference in neutral[:most]:
        moves = [f"{change.latest.label} {moved(change)}" for change in difference.differing]
        yield f"{named(difference)}: {'; '.join(moves) or 'covered by one of the policies only'}"
    if len(neutral) > most:
        yield f"and {counted(len(neutral) - most, 'more subscription')}"


def totals_table(totals: Sequence[Total], by: str) -> list[list[str]]:
    """A header and a row for each group, direction and currency."""
    rows = []
    for total in totals:
        if total.by != by or total.direction is Direction.NEUTRAL:
            continue
        for amounts in total.money or (None,):
            money = ["-"] * 3
            if amounts is not None:
                sums = amounts.debt, amounts.monthly_amount, amounts.commitment_left
                money = [amount_text(amount, "") for amount in sums]
            rows.append(
                [
                    total.value or "unknown",
                    total.direction.value,
                    f"{total.customers:,}",
                    *money,
                    amounts.currency if amounts else "",
                ]
            )
    header = [by, "direction", "customers", "debt", "monthly", "commitment", "currency"]
    more = len(rows) - MOST_GROUPS
    rest = [[f"and {more} more", *[""] * 6]] if more > 0 else []
    return [header, *rows[:MOST_GROUPS], *rest]


def in_flight_lines(keeping: Sequence[InFlight]) -> Iterator[str]:
    """How many subscriptions keep old terms, until when, and what would change without the pins."""
    if not keeping:
        return
    terms = sorted({name for each in keeping for name in each.pins})
    resting = [each.until for each in keeping if each.until]
    until = (
        f"the last action that rests on them is on {max(resting)}"
        if resting
        else ("no action foreseen rests on them")
    )
    who = counted(len(keeping), "subscription keeps", "subscriptions keep")
    yield f"{who} the old {joined(terms)}; {until}"
    told = [
        (sum(map(unpinned_worse, keeping)), "worse"),
        (sum(map(unpinned_better, keeping)), "better"),
    ]
    if any(number for number, _ in told):
        each = joined(f"{number:,} {how} off" for number, how in told if number)
        yield f"without the pins, by the value of each day, {each}"
    else:
        yield "without the pins nothing would come otherwise for them"


def unpinned_worse(each: InFlight) -> bool:
    return any(change.direction is Direction.HARSHER for change in each.unpinned)


def unpinned_better(each: InFlight) -> bool:
    is_gentler = any(change.direction is Direction.GENTLER for change in each.unpinned)
    return is_gentler and not unpinned_worse(each)


def not_compared(whatif: WhatIf) -> Iterator[str]:
    """Subscriptions that only one side can read; rejected ones have no actions to compare."""
    for ids, whose in ((whatif.only_today, "today's"), (whatif.only_other, "the other")):
        if ids:
            named_ = ", ".join(ids[:MOST_NAMED]) + (", …" if len(ids) > MOST_NAMED else "")
            who = counted(len(ids), "subscription is", "subscriptions are")
            yield f"{who} read under {whose} policies only, and rejected under the others: {named_}"


def unknown_lines(found: NotKnown) -> Iterator[str]:
    """How many subscriptions have harm held back, which facts are missing, how to state them."""
    if not found.subscriptions:
        return
    most = list(found.counts.items())
    told = [f"{name} ({number:,})" for name, number in most[:MOST_UNKNOWN]]
    more = [f"{len(most) - MOST_UNKNOWN} more"] if len(most) > MOST_UNKNOWN else []
    who = counted(found.subscriptions, "subscription")
    yield f"harm is held back from {who}, and not foreseen, for want of {joined([*told, *more])}"
    if found.assume:
        options = " ".join(list(found.assume.values())[:MOST_UNKNOWN])
        yield f"no input tells some of it; to say what it is: {options}"
