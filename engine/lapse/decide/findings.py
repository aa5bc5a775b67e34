"""What the steps of deciding find for one track."""

from dataclasses import dataclass, field

from lapse.decision import Candidate, Held, Undetermined
from lapse.rule import Track


@dataclass(slots=True)
class Findings:
    """What was found for one track, before its winner is known."""

    track: Track
    candidates: list[Candidate] = field(default_factory=list)
    served: list[Candidate] = field(default_factory=list)
    """Those that dropped out because they, or a step above them, were given."""
    held: list[Held] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)
    is_silent: bool = True
    """No rule of the track was true or undetermined."""
