"""What a run reports about its inputs: how each was read, and which facts none of them has."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lapse.inputs.profiles.lost import no_form
from lapse.inputs.profiles.shape import column_problems
from lapse.inputs.records import Rejected, Row
from lapse.model.facts import show
from lapse.model.invoices import FACTS_OWED
from lapse.model.kinds import NEXT_PRICE, PRICE
from lapse.model.place import Place, Problem, Severity
from lapse.model.profile import Gives
from lapse.model.record import Assumed, CannotTell, InputRead, Joining, UnplacedHolds

if TYPE_CHECKING:
    from lapse.inputs.checking import Group
    from lapse.inputs.joining.together import Together
    from lapse.inputs.sources import Source

STAND_FOR = {
    Gives.INVOICES: frozenset(FACTS_OWED),
    Gives.HOLDS: frozenset({"hold_until"}),
    Gives.PRICES: frozenset({PRICE, NEXT_PRICE}),
}
"""The facts of a subscription that are made from rows of other lists."""


def every_source(groups: Sequence["Group"]) -> list["Source"]:
    return [item.source for group in groups for item in group.inputs]


def facts_given(source: "Source") -> frozenset[str]:
    """The facts of subscriptions that the columns of an input give."""
    gives = source.shape.table.gives
    return STAND_FOR.get(gives, frozenset(source.cells))


def joining_of(groups: Sequence["Group"], together: "Together | None") -> Joining:
    """How each input was read, and the result of merging them."""
    inputs = tuple(
        InputRead(item.source.name, group.shape.name, group.shape.table.gives, item.rows, item.bad)
        for group in groups
        for item in group.inputs
    )
    joining = Joining() if together is None else together.joining()
    return replace(
        joining,
        inputs=inputs,
        assumed=tuple(_assumed(groups)),
        cannot_tell=tuple(_cannot_tell(groups)),
    )


def _cannot_tell(groups: Sequence["Group"]) -> Iterator[CannotTell]:
    """The reasons that profiles give for facts that no input gives and none assumes."""
    said = {fact for source in every_source(groups) for fact in facts_given(source)}
    said |= {each.fact for each in _assumed(groups)}
    for source in every_source(groups):
        profile = source.shape.profile
        is_one = source.shape.table.gives is Gives.SUBSCRIPTIONS
        for fact, why in profile.cannot_know.items() if profile and is_one else ():
            if fact not in said:
                said.add(fact)
                yield CannotTell(fact, why)


def _assumed(groups: Sequence["Group"]) -> Iterator[Assumed]:
    """What profiles assume of facts that no input has a column for, ordered by profile name."""
    told = {fact for source in every_source(groups) for fact in facts_given(source)}
    said: set[tuple[str, str]] = set()
    for source in sorted(every_source(groups), key=lambda source: source.shape.name):
        for fact, value in source.told().assumed.items():
            shown = fact, show(value)
            if fact not in told and shown not in said:
                said.add(shown)
                yield Assumed(*shown, source.shape.name)


def unplaced_text(unplaced: UnplacedHolds) -> str:
    """The message about holds that name nobody."""
    names = "1 hold names" if unplaced.rows == 1 else f"{unplaced.rows} holds name"
    return f"{names} nobody in the exports and may be anybody's"


def unplaced_help(unplaced: UnplacedHolds) -> str:
    """The help for holds that name nobody, with the options quoted for a shell."""
    more = "" if unplaced.rows <= len(unplaced.ids) else ", and so on: see `unmatched`"
    what = "it, or say that it is" if unplaced.rows == 1 else "them, or say which are"
    return f"correct {what} nobody's: {' '.join(unplaced.ignore)}{more}"


def problems_of_holds(
    ignored: Sequence[str], groups: Sequence["Group"], together: "Together | None"
) -> Iterator[Problem]:
    """Warnings about holds that may be anybody's, and about ids that were ignored in vain."""
    holds = None if together is None else together.holds
    for unplaced in () if holds is None else holds.unplaced:
        place, help_ = Place(unplaced.input, 1), unplaced_help(unplaced)
        text = f"{unplaced_text(unplaced)}, so that nobody is known to be on none"
        yield Problem("unplaced-hold", text, place, help_, Severity.WARNING)
    files = (s.name for s in every_source(groups) if s.shape.table.gives is Gives.HOLDS)
    place = Place(next(files, "--holds"), 1)
    for id_ in ignored if holds is None else holds.needless:
        text = f"`--ignore-hold {id_}` ignores nothing: no hold of that id may be anybody's"
        help_ = "whom a hold names, also in other letters, it goes on protecting"
        yield Problem("needless-ignore", text, place, help_, Severity.WARNING)


def problems_of(groups: Sequence["Group"]) -> tuple[Problem, ...]:
    """Warnings about columns that are lost or nearly facts, unclear dates, and empty files."""
    inputs = [item for group in groups for item in group.inputs]
    empty = [
        Problem(
            "no-rows",
            "has no rows below its header",
            Place(item.source.name, 1),
            "was it downloaded to its end?",
            Severity.WARNING,
        )
        for item in inputs
        if not item.rows
    ]
    columns = [
        problem
        for item in inputs
        if item.rows or item.source.shape.profile is None
        for problem in column_problems(item.source.names, item.source.shape, item.source.name)
    ]
    dates = [problem for item in inputs for problem in _undated(item.source)]
    return (*columns, *dates, *empty)


def _undated(source: "Source") -> Iterator[Problem]:
    """A warning for each fact that is unknown because its dates have no clear order."""
    profile = source.shape.profile
    if profile is None:
        return
    for fact in sorted(source.undated):
        column = source.shape.column_of(fact, source.names.spelled)
        problem = no_form(column, profile, source.name)
        message = f"{problem.message}: `{fact}` is not known"
        yield replace(problem, message=message, severity=Severity.WARNING)


def rejected_row(source: "Source", row: Row) -> Rejected:
    """A rejected row, with its column spelled as in the file."""
    number, id_, code, at, found = row
    name = str(at)
    if name in source.cells:
        column = source.shape.column_of(name, source.names.spelled)
    else:
        column = source.names.spelled.get(name, name)
    gives = source.shape.table.gives
    return Rejected(source.name, int(str(number)), str(id_), str(code), column, str(found), gives)
