"""The limits and guards that stop a run from publishing, and those that were lifted."""

from collections.abc import Iterator, Sequence

from lapse.runs.watch import Stop


def stopped_text(stops: Sequence[Stop]) -> str:
    """Each reason on a line of its own, and below it the option that lifts only this one."""
    return "\n".join(line for stop in stops for line in _lines(stop))


def let_through_text(crossed: Sequence[str]) -> str:
    """The limits and guards that were crossed but lifted; blank when there are none."""
    return "\n".join(["", "Let through", *(f"  {each}" for each in crossed)]) if crossed else ""


def _lines(stop: Stop) -> Iterator[str]:
    yield f"  {stop.what}"
    if stop.lifted_by:
        yield f"    where that is as it should be: {stop.lifted_by}"
