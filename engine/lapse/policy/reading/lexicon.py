"""Every name that a policy set may use, and the form of a literal compared with it."""

from collections.abc import Mapping
from dataclasses import dataclass

from lapse.model.condition import Name, NameKind
from lapse.model.decision import HOLD_WORDS
from lapse.model.facts import DERIVED, BlankRule, FactSpec, ValueType, Vocabulary
from lapse.model.place import Place
from lapse.model.rule import CLOCK_TERMS, TermSpec
from lapse.model.subscription import fact_of_key
from lapse.policy.text.nodes import Scalar
from lapse.policy.text.problems import Problems, shown

CONNECTIVES = ("all", "any", "not")
RESERVED = frozenset({*CONNECTIVES, "stage", "none", "unknown", "today", "other"})
"""Words of the language, which no fact or term may have as its name."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a literal of one type looks like; with `is_signed` a number may be negative."""

    type: ValueType
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The facts, counters and terms of a catalogue.

    `broken` holds the names that are declared wrongly. The problem is reported at the declaration,
    and not again where such a name is used.
    """

    words: Vocabulary
    terms: Mapping[str, TermSpec]
    broken: frozenset[str]
    names: Mapping[str, Name]

    @property
    def every_name(self) -> frozenset[str]:
        """Every name that a text may show, including those declared wrongly."""
        return self.broken.union(self.names)

    def form(self, name: Name) -> Form:
        if name.kind is NameKind.TERM:
            return Form(name.type, self.terms[name.name].choices)
        if name.kind is NameKind.COUNTER:
            return Form(name.type, is_signed=True)
        if name.name == "region":
            return Form(ValueType.CHOICE, tuple(sorted(set(self.words.region_of.values()))))
        spec = self.words.facts.get(name.name)
        return form_of(spec) if spec else Form(name.type)

    def is_testable(self, name: Name) -> bool:
        spec = self.words.facts.get(name.name)
        return name.type is not ValueType.DAYS_LIST and (spec is None or spec.is_testable)

    def testable(self) -> list[str]:
        """Every name that a condition may test, for *did you mean*."""
        return [word for word, name in self.names.items() if self.is_testable(name)]


def lexicon(words: Vocabulary, terms: Mapping[str, TermSpec], broken: frozenset[str]) -> Lexicon:
    """The lexicon of a vocabulary and terms; no name may be in both."""
    names = {
        **{spec.name: Name(spec.name, NameKind.FACT, spec.type) for spec in words.facts.values()},
        **{word: Name(word, NameKind.FACT, type_) for word, type_ in DERIVED.items()},
        **{word: Name(word, NameKind.COUNTER, ValueType.DAYS) for word in words.counters},
        **{spec.name: Name(spec.name, NameKind.TERM, spec.type) for spec in terms.values()},
    }
    return Lexicon(words, terms, broken, names)


def form_of(spec: FactSpec) -> Form:
    return Form(spec.type, spec.choices, spec.pattern)


def is_taken(key: Scalar, what: str, words: Vocabulary, problems: Problems) -> bool:
    """Whether a name already means something else; a problem when it does."""
    meaning = _meaning(key.text, words)
    if meaning is None:
        return False
    message = f"{shown(key.text)} cannot name {what}: it is {meaning}"
    problems.add("reserved-name", message, key.place, "choose another name")
    return True


def check_hold_name(word: str, place: Place, what: str, problems: Problems) -> None:
    """Reports a forbid or hold with the name of a built-in reason: both are shown by name."""
    if word in HOLD_WORDS:
        message = f"{shown(word)} cannot name {what}: it is what `held` says of one of its own"
        problems.add("reserved-name", message, place, "choose another name")


def _meaning(word: str, words: Vocabulary) -> str | None:
    if word in RESERVED:
        return "a word of the language"
    if fact_of_key(word) != word:
        return "a key of the cascade"
    if word in CLOCK_TERMS:
        return "a term that is always there"
    if word in words.facts:
        return "a fact"
    if word in words.counters:
        return f"the counter of `{words.counters[word].of}`"
    return "a derived fact" if word in DERIVED else None


def fact_named(key: Scalar, lexicon: Lexicon, problems: Problems) -> FactSpec | None:
    """The fact that a key names; null, with a problem, for derived facts, counters and the rest."""
    spec = lexicon.words.facts.get(key.text)
    if spec is None and key.text not in lexicon.broken:
        help_ = problems.near(key.text, lexicon.words.facts)
        if key.text in lexicon.names:
            help_ = "it is computed or set by layers; only facts can be given"
        problems.add("unknown-fact", f"{shown(key.text)} is no fact", key.place, help_)
    return spec


def fact_but_id(key: Scalar, refusal: str, lexicon: Lexicon, problems: Problems) -> FactSpec | None:
    """The fact that a key names, except the subscription's id, which is a problem."""
    spec = fact_named(key, lexicon, problems)
    if spec is None or spec.blank is not BlankRule.REJECTED:
        return spec
    problems.add("bad-value", f"{shown(key.text)} {refusal}", key.place, "delete this line")
    return None
