"""What the steps of deciding find for one track, and the verdict on each rule."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lapse.model.decision import (
    Action,
    Candidate,
    GivesWay,
    Held,
    Hold,
    MayNotApply,
    NothingToDo,
    OfTrue,
    Served,
    Undetermined,
    Verdict,
)
from lapse.model.rule import Rule, Track


@dataclass(frozen=True, slots=True)
class Lacking:
    """The names that must be known before something else can be known; may be empty."""

    names: frozenset[str] = frozenset()


Finding = NothingToDo | Undetermined | MayNotApply | Hold | Candidate
"""The finding for a rule or stage before step 5, which decides about true ones."""
RuleFinding = tuple[Rule, int | None, Finding]


@dataclass(slots=True)
class Findings:
    """What was found for one track."""

    track: Track
    candidates: list[Candidate] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    """The rules and stages that dropped out because they, or a step above them, were given."""
    held: list[Held] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)
    winner: Action | Held | None = None
    """Null before step 5, and where the track has no winner."""
    is_silent: bool = True
    """No rule of the track was true or undetermined."""

    def ends(self) -> Iterator[OfTrue]:
        """What became of each true rule that the facts do not show."""
        yield from self.served
        yield from self.held
        if self.winner is not None:
            yield self.winner
            for candidate in self.candidates:
                if candidate is not self.winner.candidate:
                    yield GivesWay(candidate, self.winner)


def verdicts(placed: Iterable[RuleFinding], found: Iterable[Findings]) -> tuple[Verdict, ...]:
    """What became of each rule and stage, in the order in which they were placed."""
    ends = {
        (end.candidate.rule.name, end.candidate.stage): end
        for findings in found
        for end in findings.ends()
    }
    return tuple(
        (rule, stage, ends[rule.name, stage] if isinstance(finding, Candidate) else finding)
        for rule, stage, finding in placed
    )
