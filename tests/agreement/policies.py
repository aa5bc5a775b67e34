"""Generated policy sets as YAML text: a catalogue, a base layer and more specific ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from tests.agreement.rules import RuleTexts
from tests.agreement.terms import TERMS, TermTexts
from tests.agreement.words import Words

VALUES = {
    "program": ("legacy", "nce", "azure", "other"),
    "region": ("nordics", "dach"),
    "market": ('"NO"', "SE", "DE", "AT", "US", "FR"),
    "product": ("P1", "P2", "P3"),
    "segment": ("S1", "S2"),
    "customer": ("C1", "C2", "C3"),
}
SHAPES = (
    ("program",),
    ("program",),
    ("program",),
    ("region",),
    ("region",),
    ("market",),
    ("market",),
    ("product",),
    ("segment",),
    ("segment",),
    ("customer",),
    ("customer",),
    ("market", "program"),
    ("region", "program"),
    ("market", "product"),
    ("product", "segment"),
    ("market", "customer"),
    ("program", "region", "product"),
)
CASCADES = (
    "[program, region, market, product, segment, customer]",
    "[region, market, program, segment, product, customer]",
    "[customer, segment, product, market, region, program]",
)
TRACKS = (
    "dunning: {anchor: past_due_since}",
    "renewal: {anchor: term_end}",
    "seats: {anchor: term_start}",
    "request: {anchor: requested_on}",
    "provider: {anchor: term_end, by: provider}",
)
ACTIONS = (
    "notify: {}",
    "flag: {}",
    "refuse: {}",
    "reactivate: {sets: {status: active, suspended_on: none, suspended_for: none}}",
    "renew: {sets: {term_start: today, term_end: none}}",
    "expire: {harm: access, sets: {status: expired}}",
)
FACTS = (
    "  vip: {type: flag, blank: no}",
    "  reviewed_on: {type: date, blank: none}",
    "  patience: {type: days}",
    "  credit: {type: money}",
)
TIER = "{type: choice, of: [gold, silver, bronze], blank: BLANK}"
BLANKS = ("none", "unknown", "gold")
ZONES = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm", "US": "America/Los_Angeles"}
CALENDARS = ('"NO"', "DE", "US", "DE/BY", "none")


@dataclass(slots=True)
class PolicyTexts:
    """Draws a policy set; `files` maps paths to text."""

    draw: Random
    base: date
    words: Words
    scopes: dict[tuple[str, ...], set[str]] = field(default_factory=dict)

    def files(self) -> dict[str, str]:
        draw = self.draw
        terms = TermTexts(draw, self.base)
        rules = RuleTexts(draw, self.base, self.words)
        leaves_out = draw.random() < 0.5
        left = {name for name in TERMS if not leaves_out and draw.random() < 0.12}
        names = [name for name in TERMS if name not in left]
        found = {"catalogue.yaml": self.catalogue(terms, rules)}
        has_calendar = leaves_out or draw.random() < 0.6
        head = ["terms:", *self.clock(0.8, has_calendar=has_calendar)]
        entries = [terms.entry(name, is_base=True) for name in names]
        found["base.yaml"] = "\n".join(["layer: Base", *head, *entries, "rules:", *rules.of_base()])
        rules.has_calendar = has_calendar
        for number in range(draw.choice((3, 4, 5, 6, 7))):
            scope = self.scope()
            if scope:
                first = [] if has_calendar else list(self.clock(0.0, has_calendar=True))
                first += [terms.entry(name, is_base=False) for name in sorted(left)]
                text = self.layer(number, scope, first, terms, rules)
                if leaves_out and draw.random() < 0.3:
                    text = text.partition("terms:")[0] + "covers: no\nbecause: billed elsewhere"
                found[f"layers/{number}.yaml"] = text
                left, has_calendar = set(), True
        return {path: text + "\n" for path, text in found.items()}

    def catalogue(self, terms: TermTexts, rules: RuleTexts) -> str:
        draw = self.draw
        tracks = draw.sample(TRACKS, len(TRACKS))
        return "\n".join(
            [
                "catalogue: world",
                f"cascade: {draw.choice(CASCADES)}",
                'regions: {nordics: ["NO", SE], dach: [DE, AT]}',
                "tracks:",
                *(f"  {track}" for track in tracks),
                "facts:",
                *FACTS,
                f"  tier: {TIER.replace('BLANK', draw.choice(BLANKS))}",
                "terms:",
                *terms.declarations(),
                "actions:",
                *(f"  {action}" for action in ACTIONS),
                *rules.guarded_actions(),
            ]
        )

    def scope(self) -> dict[str, list[str]] | None:
        """Values for some keys, so that no two layers of one shape can match one subscription."""
        draw = self.draw
        shape = draw.choice(SHAPES)
        used = self.scopes.setdefault(shape, set())
        free = [value for value in VALUES[shape[0]] if value not in used]
        if not free:
            return None
        many = 1 if shape == ("region",) else draw.choice((1, 1, 2, 3))
        first = draw.sample(free, min(len(free), many))
        used.update(first)
        return {shape[0]: first} | {
            key: draw.sample(VALUES[key], draw.choice((1, 2))) for key in shape[1:]
        }

    def layer(
        self,
        number: int,
        scope: dict[str, list[str]],
        first: list[str],
        terms: TermTexts,
        rules: RuleTexts,
    ) -> str:
        """A layer's text; `first` are terms that it has to set because the base does not."""
        draw = self.draw
        keys = [
            f"{key}: {values[0] if len(values) == 1 else '[' + ', '.join(values) + ']'}"
            for key, values in scope.items()
        ]
        head = [f"layer: L{number}", f"applies_to: {{{', '.join(keys)}}}", *self.words.hold()]
        set_already = {line.partition(":")[0].strip() for line in first}
        market = scope.get("market", [""])[0].strip('"')
        has_own = "calendar" not in set_already and draw.random() < 0.3
        names = draw.sample(list(TERMS), draw.choice((1, 2, 3, 4, 5)))
        entries = [terms.entry(n, is_base=False) for n in names if n not in set_already]
        clock = self.clock(0.0, has_calendar=has_own, market=market)
        body = ["terms:", *clock, *first, *entries]
        found = list(rules.of_layer())
        return "\n".join([*head, *body, *(["rules:", *found] if found else [])])

    def clock(self, chance: float, *, has_calendar: bool, market: str = "") -> Iterator[str]:
        """The time zone and the calendar of a layer; `chance` is how often one has a zone."""
        draw = self.draw
        if market in ZONES:
            yield f"  time_zone: {ZONES[market]}"
        elif draw.random() < chance:
            yield f"  time_zone: {draw.choice(('UTC', 'UTC', 'Europe/Oslo', 'Pacific/Auckland'))}"
        if has_calendar:
            yield f"  calendar: {self.words.calendar(draw.choice(CALENDARS))}"
