"""What a policy set declares: catalogue, layers, terms and rules, as checked when loaded.

Everything here is trusted: `policy.reading` lets no invalid value through.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum

from lapse.model.condition import Condition, Name, NameKind, Stages, bound, names
from lapse.model.facts import Known, Value, ValueType, Vocabulary
from lapse.model.guard import Guard, Limit
from lapse.model.place import Place

ZONE_TERM = "time_zone"
CALENDAR_TERM = "calendar"
CLOCK_TERMS = (ZONE_TERM, CALENDAR_TERM)
"""The two terms that every catalogue has; their values have no dates."""
TOLERANCE_TERM = "debt_tolerance"  # up to it a debt that a ledger tells is ignored


CARRIED_DAYS = 30
"""How many days the last sighting of a subscription counts without a new one."""
RUNS_EVERY = 7
"""The default, in days: runs on weekdays only, or once a week, still see a status unbroken."""


class Harm(StrEnum):
    """What an action takes from the customer."""

    ACCESS = "access"
    DATA = "data"
    MONEY = "money"


class Today(Enum):
    """In `sets`: the day the action is given."""

    TODAY = "today"


Sets = Mapping[str, Value | Today]


@dataclass(frozen=True, slots=True)
class Track:
    """A ladder of rules, of which one acts at a time; `index` is its position in the catalogue."""

    name: str
    anchor: str
    is_provider: bool
    index: int


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What an action takes and changes, and what it needs: a true condition, an approval."""

    name: str
    harm: Harm | None
    sets: Sets
    only_if: Condition | None
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class TermSpec:
    """A term's declaration; `at_least` and `at_most` are whole numbers or amounts of money."""

    name: str
    type: ValueType
    about: str = ""
    choices: tuple[str, ...] = ()
    at_least: int | Decimal | None = None
    at_most: int | Decimal | None = None
    harsher: str | None = None
    pinned_to: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """Approval to cross a floor or ceiling or drop a forbid, on days judged up to `expires`."""

    approved_by: str
    reason: str
    expires: date


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; null is an open end."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


ALWAYS = Span()


def held_back(actions: Mapping[str, ActionSpec]) -> frozenset[str]:
    """The actions that a layer's hold forbids: those that harm access or data, not money."""
    spared = (Harm.ACCESS, Harm.DATA)
    return frozenset(name for name, spec in actions.items() if spec.harm in spared)


@dataclass(frozen=True, slots=True)
class TermEntry:
    """One dated value of a term in one layer."""

    value: Known
    span: Span
    place: Place
    source: str | None = None
    override: Override | None = None
    at_least: int | Decimal | None = None
    at_most: int | Decimal | None = None

    def counts(self, day: date, judged: date) -> bool:
        """Whether it is in force on a day, as seen from the day judged."""
        return day in self.span and (self.override is None or judged <= self.override.expires)


@dataclass(frozen=True, slots=True)
class After:
    """The days to wait since the first or last lower step was given for the anchor.

    `within` is how many days ago the latest lower step may have been given at most.
    """

    is_last: bool
    days: int | Name
    within: int | Name | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition and what follows: an action with a track and step, or forbidden actions.

    Of `because`, the first text whose fields all have values is used, else the last.
    `stages` is null for a rule without stages. `sets` replaces the action's; `anchor` is the
    rule's own or its track's.
    """

    name: str
    when: Condition
    place: Place
    layer: str
    because: tuple[str, ...] = ()
    action: str | None = None
    forbids: frozenset[str] = frozenset()
    track: Track | None = None
    step: int = 0
    anchor: str = ""
    stages: Stages | None = None
    parameters: Mapping[str, Value] = field(default_factory=dict)
    is_business: bool = False
    after: After | None = None
    sets: Sets = field(default_factory=dict)
    span: Span = ALWAYS
    is_replacement: bool = False
    override: Override | None = None
    # Each made once, since executors know conditions by identity.
    _bound: dict[int, Condition] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def is_forbid(self) -> bool:
        return self.action is None

    def condition(self, stage: int | None) -> Condition:
        """The condition of one stage; the same object each time."""
        if stage is None:
            return self.when
        if stage not in self._bound:
            self._bound[stage] = bound(self.when, stage)
        return self._bound[stage]

    def names_beside(self) -> Iterator[Name]:
        """The terms that the rule reads outside its condition: in `stages` and in `after`."""
        if self.stages is not None:
            yield from self.stages.names()
        if self.after is not None:
            waits = self.after.days, self.after.within
            yield from (days for days in waits if isinstance(days, Name))


def terms_read(rule: Rule) -> frozenset[str]:
    """The terms that a rule's condition, stages and `after` read."""
    read = (*rule.names_beside(), *names(rule.when))
    return frozenset(name.name for name in read if name.kind is NameKind.TERM)


@dataclass(frozen=True, slots=True)
class Off:
    """Switches off a rule of less specific layers in the scope of its own layer."""

    name: str
    reason: str
    place: Place
    layer: str
    span: Span = ALWAYS
    override: Override | None = None


RuleEntry = Rule | Off


def entry_counts(entry: RuleEntry, day: date) -> bool:
    """Whether a rule or its switching off exists on the day judged."""
    return day in entry.span and (entry.override is None or day <= entry.override.expires)


@dataclass(frozen=True, slots=True)
class Layer:
    """One YAML file; `applies_to` holds the values it names for some keys of the cascade."""

    name: str
    place: Place
    applies_to: Mapping[str, frozenset[str]]
    terms: Mapping[str, tuple[TermEntry, ...]] = field(default_factory=dict)
    rules: Mapping[str, RuleEntry] = field(default_factory=dict)
    is_covered: bool = True
    because: str = ""
    hold: Rule | None = None
    """Forbids harm to access and data in the layer's scope up to a day, under the layer's name.

    No other layer can replace it or switch it off.
    """
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    """The places of the layer's keys, such as `applies_to`."""

    def every_rule(self) -> Iterator[Rule]:
        """Every rule that the layer defines, its hold included."""
        yield from (entry for entry in self.rules.values() if isinstance(entry, Rule))
        if self.hold is not None:
            yield self.hold


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The vocabulary of a policy set; `cascade` goes from the least specific key to the most.

    Sightings no more than `runs_every` days apart are unbroken. `places` is by section, such as
    `terms`, and name; with a blank name it is the place of the section.
    """

    name: str
    cascade: tuple[str, ...]
    words: Vocabulary
    tracks: Mapping[str, Track]
    terms: Mapping[str, TermSpec]
    actions: Mapping[str, ActionSpec]
    limits: tuple[Limit, ...] = ()
    guards: Mapping[Guard, Decimal] = field(default_factory=dict)
    runs_every: int = RUNS_EVERY
    assumed: Mapping[str, Value] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All layers of a policy set for all days, checked, the most specific first."""

    catalogue: Catalogue
    layers: tuple[Layer, ...]
    fingerprint: str = ""

    @property
    def words(self) -> Vocabulary:
        return self.catalogue.words

    def every_rule(self) -> Iterator[Rule]:
        """Every rule of every layer, switched on or not."""
        for layer in self.layers:
            yield from layer.every_rule()

    def every_term_value(self, name: str) -> Iterator[Known]:
        """Every value that some layer sets for a term on some day."""
        for layer in self.layers:
            yield from (entry.value for entry in layer.terms.get(name, ()))

    def is_harmful(self, rule: Rule) -> bool:
        return rule.action is not None and self.catalogue.actions[rule.action].harm is not None


def specificity(applies_to: Mapping[str, object], cascade: tuple[str, ...]) -> tuple[bool, ...]:
    """Whether a layer names each key, the most specific key first; the greater one wins."""
    return tuple(key in applies_to for key in reversed(cascade))


def layer_order(layer: Layer, cascade: tuple[str, ...]) -> tuple[tuple[bool, ...], str, str]:
    """A sort key: the most specific layer first; equal ones by name and file, for order only."""
    named = tuple(not key for key in specificity(layer.applies_to, cascade))
    return named, layer.name, layer.place.file
