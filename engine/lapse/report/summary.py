"""The summary of a run in 80 columns: what it ordered, held back and could not know."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from lapse.inputs.told import unplaced_help, unplaced_text
from lapse.model.decision import HOLD_WORDS
from lapse.model.money import Money
from lapse.model.profile import CANONICAL, Gives
from lapse.model.record import DoubtKind, Joining
from lapse.report.words import in_lines
from lapse.runs.summary import MissingFact, Summary

OrderRows = Sequence[Mapping[str, str]]

MOST_LISTED = 8
MOST_EXAMPLES = 2
DOUBT_WORDS: Mapping[str, str] = {
    DoubtKind.OTHER_CUSTOMER: "in the name of a customer who is not the subscription's",
    DoubtKind.ALIKE: "equal to another in all columns, without an id",
    DoubtKind.OTHER_LETTERS: "with an id of the exports in other letters or with blanks",
    DoubtKind.NAMELESS: "not readable and in nobody's name, so that they may be anybody's credit",
}
NOT_KNOWN: Mapping[str, str] = {
    Gives.INVOICES: "what these may owe is not known",
    Gives.HOLDS: "whether these are on hold is not known",
}


def summary_text(summary: Summary) -> str:
    """The whole summary: holds that name nobody, counts, actions, money, and what is not known."""
    lines = [*_unplaced(summary.joining), _counts(summary)]
    lines += _section("Read", _inputs(summary))
    lines += _section("Together", _together(summary.joining))
    lines += _section("Actions", _actions(summary))
    lines += _section("Held", _held(summary))
    lines += _section("To approve", _to_approve(summary))
    lines += _section("Undetermined", _undetermined(summary))
    lines += _section("Foreseen from the provider", _tally(summary.provider_by_action))
    lines += _section("Money", _money(summary))
    lines += _section("Largest customers by debt", _largest(summary))
    lines += _section("Rejected rows", _tally(summary.rejected_by_code))
    lines += _section("Not covered", _not_covered(summary))
    lines += _section("Assumed by profiles", _assumed(summary.joining))
    lines += _section("Harm that rests on what is assumed", _resting(summary))
    lines += _section("What these files cannot tell", _cannot_tell(summary.joining))
    lines += _section("Not known in any input", _missing(summary.missing_facts))
    return "\n".join(lines)


def actions_text(actions: OrderRows, most: int, summary: Summary) -> str:
    """The first orders of each action, each with its reason, and how many more there are."""
    lines: list[str] = []
    for count in summary.by_action:
        rows = [row for row in actions if row["action"] == count.action][:most]
        lines += _orders(rows)
        more = count.new + count.again - len(rows)
        lines += [f"and {more} more to {count.action}"] if more and rows else []
    return "\n".join(lines)


def to_approve_text(orders: OrderRows, most: int, summary: Summary) -> str:
    """The first orders that wait for nothing but approval, and how many more there are."""
    rows = orders[:most]
    more = summary.to_approve - len(rows)
    lines = _orders(rows, "to approve: ")
    return "\n".join([*lines, f"and {more} more to approve"] if more and rows else lines)


def _orders(rows: OrderRows, first: str = "") -> list[str]:
    lines: list[str] = []
    for row in rows:
        rule = f"{row['rule']}@{row['stage']}" if row["stage"] else row["rule"]
        customer = f" ({row['customer_name']})" if row["customer_name"] else ""
        lines.append(f"{first}{row['action']} {row['subscription_id']}{customer}: {rule}")
        lines += in_lines(f"{row['because']} [{row['source']}]", "  ", "    ")
    return lines


def _counts(summary: Summary) -> str:
    return (
        f"{_rows(summary.read)} read: {summary.decided} decided, {summary.rejected} rejected, "
        f"{summary.not_covered} not covered"
    )


def _inputs(summary: Summary) -> Iterator[str]:
    """Each file with its rows; nothing when there is only one and it is read without a profile."""
    inputs = summary.joining.inputs
    if len(inputs) == 1 and inputs[0].profile == CANONICAL:
        return
    for each in inputs:
        by = "" if each.profile == CANONICAL else f", by the profile {each.profile}"
        lost = summary.rejected_elsewhere.get(each.name, 0)
        rejected = f"; {lost} rejected, see `rejected`" if lost else ""
        yield f"{each.name}: {_rows(each.rows)} of {each.gives}{by}{rejected}"


def _together(joining: Joining) -> Iterator[str]:
    """The conflicts, gaps and doubts that were found when the inputs were merged."""
    for conflict in joining.conflicts:
        yield (
            f"{conflict.fact}: {_subscriptions(conflict.subscriptions)} with different values, "
            f"such as {conflict.example}; {conflict.first} counts before the others"
        )
    for only in joining.only_in:
        names = ", ".join(only.examples[:MOST_EXAMPLES])
        more = ", …" if only.subscriptions > MOST_EXAMPLES else ""
        what = "not told of in" if only.is_missing else "only in"
        yield f"{_subscriptions(only.subscriptions)} {what} {only.input}: {names}{more}"
    for lost in joining.unmatched:
        names = "names" if lost.rows == 1 else "name"
        yield f"{lost.rows} of the {lost.gives} {names} nobody in the exports, see `unmatched`"
    for doubt in joining.doubts:
        what, unknown = DOUBT_WORDS[doubt.kind], NOT_KNOWN[doubt.gives]
        yield f"{doubt.rows} of the {doubt.gives} {what}, such as {doubt.example}: {unknown}"


def _unplaced(joining: Joining) -> Iterator[str]:
    """Holds that may be anybody's; they come first, because they hold harm back from everybody."""
    for unplaced in joining.unplaced_holds:
        yield f"{unplaced_text(unplaced)}: {unplaced_help(unplaced)}"


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _subscriptions(count: int) -> str:
    return f"{count} subscription{'' if count == 1 else 's'}"


def _assumed(joining: Joining) -> Iterator[str]:
    by_profile: dict[str, list[str]] = {}
    for each in joining.assumed:
        by_profile.setdefault(each.profile, []).append(f"{each.fact}={each.value}")
    for profile, facts in by_profile.items():
        yield f"{', '.join(facts)} ({profile}; `--assume` can say otherwise)"


def _resting(summary: Summary) -> Iterator[str]:
    """Each assumed fact, and the number of harmful orders that rest on it."""
    for (fact, value), group in groupby(summary.resting, key=lambda each: (each.fact, each.value)):
        counts = list(group)
        orders = ", ".join(f"{each.count} {each.action}" for each in counts)
        verb = "rests" if [each.count for each in counts] == [1] else "rest"
        yield f"{fact}={value} is assumed: {orders} {verb} on it"


def _cannot_tell(joining: Joining) -> Iterator[str]:
    """Each reason once, with the facts it is about."""
    facts: dict[str, list[str]] = {}
    for each in joining.cannot_tell:
        facts.setdefault(each.why, []).append(each.fact)
    for why, about in facts.items():
        yield f"{', '.join(about)}: {why}"


def _section(title: str, lines: Iterator[str]) -> list[str]:
    body = [line for text in lines for line in in_lines(text, "  ", "    ")]
    return ["", title, *body] if body else []


def _actions(summary: Summary) -> Iterator[str]:
    if not summary.by_action:
        yield "none"
    for count in summary.by_action:
        again = f", {count.again} given again" if count.again else ""
        yield f"{count.action}: {count.new} new{again}"


def _held(summary: Summary) -> Iterator[str]:
    for count in summary.held_by:
        reasons = (_reason(reason) for reason in count.held_by.split("; "))
        yield f"{count.action}: {count.count}, {'; '.join(reasons)}"


def _reason(held_by: str) -> str:
    is_rule = held_by not in HOLD_WORDS and " " not in held_by
    return f"forbidden by {held_by}" if is_rule else HOLD_WORDS.get(held_by, held_by)


def _to_approve(summary: Summary) -> Iterator[str]:
    if summary.to_approve:
        waits = "1 order waits" if summary.to_approve == 1 else f"{summary.to_approve} orders wait"
        yield (
            f"{waits} in `to_approve` for nothing else: cut it to what may go, then "
            "`lapse history approve FILE`"
        )


def _undetermined(summary: Summary) -> Iterator[str]:
    if summary.undetermined == 1:
        yield "1 rule, for what is not known of its subscription"
    elif summary.undetermined:
        yield f"{summary.undetermined} rules, for what is not known of their subscriptions"


def _tally(counts: Mapping[str, int]) -> Iterator[str]:
    for name, count in counts.items():
        yield f"{name}: {count}"


def _money(summary: Summary) -> Iterator[str]:
    for money in summary.money:
        unit = money.currency or "of unknown currency"
        worth = Money(money.monthly_acted_on)
        by = "" if worth.is_zero else f", by subscriptions worth {worth} a month"
        yield f"{Money(money.debt)} {unit} owed, {Money(money.debt_acted_on)} of it acted on{by}"
    several = summary.in_several_currencies
    if several == 1:
        yield "1 subscription owes in several currencies: its debt is not known"
    elif several:
        yield f"{several} subscriptions owe in several currencies: their debt is not known"


def _largest(summary: Summary) -> Iterator[str]:
    for debt in summary.largest_debts:
        owed = Money(debt.debt, debt.currency or None)
        yield f"{debt.customer_name or debt.customer_id}: {owed}"


def _not_covered(summary: Summary) -> Iterator[str]:
    for count in summary.not_covered_by:
        yield f"{count.layer}: {count.count} ({count.because})"


def _missing(facts: Sequence[MissingFact]) -> Iterator[str]:
    """Each fact that no input has: what is undetermined or held without it, and how to state it."""
    for missing in facts:
        rules = ", ".join(list(missing.rules)[:MOST_LISTED])
        more = len(missing.rules) - MOST_LISTED
        rules += f" and {more} more" if more > 0 else ""
        undetermined = f"left undetermined: {rules}" if rules else ""
        actions = "1 action" if missing.held == 1 else f"{missing.held} actions"
        held = f"held {actions}" if missing.held else ""
        what = "; ".join(text for text in (undetermined, held) if text)
        whose = _subscriptions(missing.subscriptions)
        yield f"{missing.fact}: {what} ({whose}); {missing.assume}"
