"""A sweep as people read it: a line for each value, today's marked."""

from collections.abc import Iterator

from lapse.facts import show
from lapse.report.tables import table_text
from lapse.report.words import amount_text, counted, joined, wrapped
from lapse.whatif.change import Direction
from lapse.whatif.sweep import Step, Sweep


def sweep_text(found: Sweep) -> str:
    """How many are hit under each value, from when on, and what is at stake against today."""
    lines = wrapped(_sentence(found), "", "")
    header = [found.name, *found.actions, "first", "days", "worse", "better", "monthly at stake"]
    lines += ["", table_text(header, [_row(found, step) for step in found.steps]), ""]
    lines += wrapped(
        f"{joined(found.actions) or 'no action'}: subscriptions hit until {found.until}; first: "
        "the first day of one; days: gained (+) or lost (-) against today; worse, better: "
        "subscriptions; at stake: of those worse off",
        "",
        "",
    )
    return "\n".join(lines)


def _sentence(found: Sweep) -> str:
    today = next((step for step in found.steps if step.is_today), None)
    values = f"{found.name} from {found.steps[0].value} to {found.steps[-1].value}"
    who = counted(found.compared, "subscription")
    if all(step.harm == found.steps[0].harm and not step.totals for step in found.steps):
        return f"{values}: nothing moves for {who}."
    is_in = "" if today else f"; today's {show(found.today)} is not among them"
    return f"{values}, over {who}{is_in}."


def _row(found: Sweep, step: Step) -> list[str]:
    mark = " (today)" if step.is_today else ""
    return [
        f"{step.value}{mark}",
        *(f"{step.harm.get(name, 0):,}" for name in found.actions),
        step.first.isoformat() if step.first else "-",
        f"{step.days:+,}" if step.days else "0",
        f"{step.subscriptions(Direction.HARSHER):,}",
        f"{step.subscriptions(Direction.GENTLER):,}",
        "; ".join(_at_stake(step)) or "-",
    ]


def _at_stake(step: Step) -> Iterator[str]:
    for total in step.totals:
        if total.direction is Direction.HARSHER:
            for each in total.money:
                if each.monthly_amount:
                    yield amount_text(each.monthly_amount, each.currency)
