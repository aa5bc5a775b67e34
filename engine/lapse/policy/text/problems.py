"""Collecting problems, so that a reader reports one and goes on."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lapse.model.place import Place, Problem, did_you_mean
from lapse.policy.text.lookalikes import odd_space

MOST_SHOWN = 60
MOST_LISTED = 12
OTHER_WORDS = {
    **dict.fromkeys(("if", "condition", "conditions", "where"), "when"),
    **dict.fromkeys(("then", "action"), "do"),
    **dict.fromkeys(("since", "start", "valid_from", "starts"), "from"),
    **dict.fromkeys(("until", "end", "valid_to", "valid_until", "ends"), "to"),
    **dict.fromkeys(("scope", "match"), "applies_to"),
    **dict.fromkeys(("reason", "comment"), "because"),
    "name": "layer",
}
"""What other languages call some keys; how a word is spelled does not lead to these."""
MOST_SUGGESTIONS = 200
"""After so many problems no nearest words are looked up, since that takes time."""


@dataclass(frozen=True, slots=True)
class Problems:
    """The problems found so far, in the order found."""

    found: list[Problem] = field(default_factory=list)

    def add(
        self,
        code: str,
        message: str,
        place: Place,
        help: str | None = None,  # noqa: A002  the word of `Problem`
        *,
        also: Place | None = None,
    ) -> None:
        self.found.append(Problem(code, message, place, help, also=also))

    def nearest(self, word: str, known: Iterable[str]) -> str | None:
        """A help text as `did_you_mean` has it; null for long words and after many problems."""
        is_quick = len(word) <= MOST_SHOWN and len(self.found) < MOST_SUGGESTIONS
        return did_you_mean(word, known) if is_quick else None

    def near(self, word: str, known: Iterable[str]) -> str:
        """A help text for a word that is not known: what was meant, or what is known."""
        space = odd_space(word)
        if space is not None:
            return space
        if ":" in word:
            return "a space is missing after the colon"
        names = sorted(known)
        if OTHER_WORDS.get(word) in names:
            return f"did you mean `{OTHER_WORDS[word]}`?"
        near = self.nearest(word, names)
        listed = ", ".join(f"`{name}`" for name in names[:MOST_LISTED])
        more = ", …" if len(names) > MOST_LISTED else ""
        return near or (f"known here: {listed}{more}" if names else "none is declared yet")


def shown(text: str) -> str:
    r"""A user's text in backticks: one line, no control characters, not long.

    >>> print(shown("grace days"), shown("a\nb"))
    `grace days` `a\nb`
    """
    short = text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in short)
    return "`" + plain.replace("`", "'") + "`"
