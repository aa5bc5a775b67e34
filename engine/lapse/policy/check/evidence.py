"""Checks that actions that remove data wait until a status was seen without a break."""

from collections.abc import Iterator

from lapse.model.condition import names
from lapse.model.place import Place, Problem, Severity
from lapse.model.rule import ActionSpec, Harm, Rulebook

COUNTER = "days_unbroken"


def check_evidence(book: Rulebook) -> Iterator[Problem]:
    """`data-without-unbroken`: an action removes data without a test of `days_unbroken`.

    Between two sightings somebody may have paid and been let in again. Actions that only the
    provider takes are left out, since `only_if` does not apply to them.
    """
    tracks = [(rule.action, rule.track) for rule in book.every_rule() if rule.track is not None]
    for action in book.catalogue.actions.values():
        doers = [track for name, track in tracks if name == action.name]
        is_providers = bool(doers) and all(track.is_provider for track in doers)
        if action.harm is Harm.DATA and not is_providers and not _waits(action):
            place = book.catalogue.places.get(("actions", action.name), Place("catalogue.yaml", 1))
            yield Problem(
                "data-without-unbroken",
                f"`{action.name}` removes data, and its `only_if` does not test `{COUNTER}`",
                place,
                f"add `{COUNTER}: {{gt: 30}}`: runs that were missed then remove nothing early",
                Severity.WARNING,
            )


def _waits(action: ActionSpec) -> bool:
    return action.only_if is not None and COUNTER in {each.name for each in names(action.only_if)}
