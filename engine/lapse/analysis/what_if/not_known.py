"""What is missing to know whether harm is due: it is held back, and so in no calendar."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from lapse.analysis.futures import Future
from lapse.model.facts import Vocabulary
from lapse.runs.summary import assumption


@dataclass(frozen=True, slots=True)
class NotKnown:
    """How many subscriptions harm is held back from, in all and by what is missing.

    `assume` holds, for facts that no input tells, the option that says what they are.
    """

    subscriptions: int
    counts: Mapping[str, int]
    assume: Mapping[str, str]


@dataclass(slots=True)
class NotKnownTally:
    """Counts subscriptions, each once."""

    subscriptions: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, *futures: Future) -> None:
        names = {name for future in futures for name in future.unknown}
        self.subscriptions += bool(names)
        self.counts.update(names)

    def found(self, words: Vocabulary, lacking: frozenset[str]) -> NotKnown:
        """The counts, the most frequent first."""
        ordered = sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))
        assume = {name: assumption(words.facts[name]) for name, _ in ordered if name in lacking}
        return NotKnown(self.subscriptions, dict(ordered), assume)
