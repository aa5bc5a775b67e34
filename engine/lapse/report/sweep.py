"""A sweep as text: a line for each value of the term, with today's value marked."""

from collections.abc import Iterator

from lapse.analysis.what_if.change import Direction
from lapse.analysis.what_if.sweep import Step, Sweep
from lapse.model.facts import show
from lapse.report.tables import table_text
from lapse.report.whatif import unknown_lines
from lapse.report.words import amount_text, counted, joined, wrapped


def sweep_text(sweep: Sweep) -> str:
    """For each value: how many are hit, from which day, and what is at stake compared to today."""
    lines = wrapped(_sentence(sweep), "", "")
    header = ["value", *sweep.actions, "first", "days", "worse", "better", "monthly at stake"]
    lines += ["", table_text(header, [_row(sweep, step) for step in sweep.steps]), ""]
    lines += wrapped(
        f"{joined(sweep.actions) or 'no action'}: subscriptions hit until {sweep.until}; first: "
        "the first day of one; days: gained (+) or lost (-) against today; worse, better: "
        "subscriptions; at stake: of those worse off",
        "",
        "",
    )
    unknown = [line for text in unknown_lines(sweep.not_known) for line in wrapped(text)]
    lines += ["", "Not known", *unknown] if unknown else []
    return "\n".join(lines)


def _sentence(sweep: Sweep) -> str:
    """Both ends of the range compared to today, or a sentence saying that nothing moves."""
    who = counted(sweep.compared, "subscription")
    if not any(step.totals for step in sweep.steps):
        values = f"{sweep.steps[0].value} to {sweep.steps[-1].value}"
        return f"Nothing moves: {sweep.name} of {values} comes to the same for {who}."
    ends = sweep.steps if len(sweep.steps) == 1 else (sweep.steps[0], sweep.steps[-1])
    told = joined(_against_today(step) for step in ends if not step.is_today)
    return f"Against today's {sweep.name} of {show(sweep.today)}, {told} ({who} compared)."


def _against_today(step: Step) -> str:
    """`7 makes 12 worse off (285,000 NOK monthly) and 3 better off`."""
    worse, better = (step.subscriptions(each) for each in (Direction.HARSHER, Direction.GENTLER))
    stakes = list(_at_stake(step))
    at_stake = f" ({joined(stakes)} monthly)" if stakes else ""
    parts = [f"{worse:,} worse off{at_stake}"] if worse else []
    parts += [f"{better:,} better off"] if better else []
    return f"{step.value} makes {joined(parts) or 'nobody worse or better off'}"


def _row(sweep: Sweep, step: Step) -> list[str]:
    mark = " (today)" if step.is_today else ""
    return [
        f"{step.value}{mark}",
        *(f"{step.harm.get(name, 0):,}" for name in sweep.actions),
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
