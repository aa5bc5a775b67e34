"""What the laws ask of worlds, and worlds with a file more or their files in another order."""

import re
from collections.abc import Container, Iterator
from dataclasses import replace
from functools import partial
from random import Random

from tests.agreement.play import Played, text_of
from tests.agreement.trials import Trial, trials, tried
from tests.agreement.worlds import World

from lapse.decide.reference import decide as decide_day_by_day
from lapse.decide.situation import Situation
from lapse.executors.each_change import by_jumps
from lapse.model.decision import Action, Decision, Given, NotCovered

SEEDS = range(60)

decide = partial(decide_day_by_day, reach=by_jumps)
"""As the reference, which is slow where it walks day by day."""

_PLACE = re.compile(r"[\w/]+\.yaml:\d+")


def sound(found: World) -> Trial:
    """A world with another file, whose policies have to stay sound."""
    trial = tried(found)
    assert trial is not None
    return trial


def every_case() -> Iterator[Played]:
    for trial in trials(SEEDS):
        yield from trial.cases


def decided(case: Played) -> Decision:
    """The decision of a case; one with nothing in it where the case is not covered."""
    if isinstance(case.decision, NotCovered):
        return Decision(case.situation.moment.day)
    return case.decision


def again(at: Situation, history: tuple[Given, ...], approved: Container[str]) -> Decision:
    decision = decide(at, history, approved)
    assert isinstance(decision, Decision)
    return decision


def harms(decision: Decision | NotCovered, at: Situation) -> set[str]:
    """The harmful actions of a decision, the provider's too."""
    if isinstance(decision, NotCovered):
        return set()
    book = at.force.book
    return {
        f"{action.candidate.label}:{action.candidate.anchor}"
        for action in decision.actions
        if book.is_harmful(action.candidate.rule)
    }


def is_ours(action: Action) -> bool:
    track = action.candidate.rule.track
    return track is not None and not track.is_provider


def shown(case: Played) -> list[str]:
    """What was decided, without the places of its rules."""
    return [_PLACE.sub("", line) for line in text_of(case.decision, case.situation)]


def with_file(found: World, path: str, text: str) -> World:
    return replace(found, files={**found.files, path: text})


def reordered(found: World, draw: Random) -> World:
    """The same policies: other names for the files, other orders for what stands in them."""
    layers = [path for path in found.files if path != "catalogue.yaml"]
    names = draw.sample([f"{number}/layer.yaml" for number in range(len(layers))], len(layers))
    files = {"catalogue.yaml": _shuffled(found.files["catalogue.yaml"], draw)}
    files |= {
        name: _shuffled(found.files[path], draw) for name, path in zip(names, layers, strict=True)
    }
    return replace(found, files=files)


def _shuffled(text: str, draw: Random) -> str:
    """The sections of a file in another order, and the lines in each of them, tracks aside."""
    sections: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("  "):
            sections[-1].append(line)
        else:
            sections.append([line])
    draw.shuffle(sections)
    for section in sections:
        if section[0] != "tracks:":
            section[1:] = draw.sample(section[1:], len(section) - 1)
    return "\n".join(line for section in sections for line in section) + "\n"
