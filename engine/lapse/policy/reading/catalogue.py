"""`catalogue.yaml`: the vocabulary of a policy set."""

from collections.abc import Iterator
from dataclasses import dataclass

from lapse.model.facts import ValueType
from lapse.model.place import Place
from lapse.model.rule import CARRIED_DAYS, RUNS_EVERY, Catalogue
from lapse.policy.reading.actions import parse_actions, parse_tracks
from lapse.policy.reading.facts import parse_assumed, parse_cascade, parse_facts, parse_regions
from lapse.policy.reading.lexicon import Form, Lexicon, lexicon
from lapse.policy.reading.limits import parse_guards, parse_limits
from lapse.policy.reading.terms import parse_terms
from lapse.policy.text.literals import literal
from lapse.policy.text.nodes import Mapping, Node
from lapse.policy.text.problems import Problems
from lapse.policy.text.shapes import fields, text

_KEYS = (
    "catalogue",
    "cascade",
    "regions",
    "tracks",
    "facts",
    "terms",
    "actions",
    "limits",
    "guards",
    "runs_every",
    "assume",
)


@dataclass(frozen=True, slots=True)
class Declared:
    """A catalogue, and the names that layers and cases are checked against."""

    catalogue: Catalogue
    lexicon: Lexicon
    regions: frozenset[str]
    file: str


def parse_catalogue(node: Node, problems: Problems) -> Declared:
    """The catalogue; where it has problems, what is right in it."""
    body = fields(node, "a catalogue", _KEYS, problems)
    name_node = body.required("catalogue", problems, "name it: `catalogue: csp`")
    cascade_node = body.required("cascade", problems, "name the keys that layers apply by")
    region_of, regions = parse_regions(body.get("regions"), problems)
    words, wrong_facts = parse_facts(body.get("facts"), region_of, problems)
    terms, wrong_terms = parse_terms(body.get("terms"), words, wrong_facts, problems)
    known = lexicon(words, terms, wrong_facts | wrong_terms)
    actions = parse_actions(body.get("actions"), known, problems)
    catalogue = Catalogue(
        name=text(name_node, "`catalogue`", problems) or "",
        cascade=parse_cascade(cascade_node, known, problems),
        words=words,
        tracks=parse_tracks(body.get("tracks"), known, problems),
        terms=terms,
        actions=actions,
        limits=parse_limits(body.get("limits"), actions, problems),
        guards=parse_guards(body.get("guards"), problems),
        runs_every=_runs_every(body.get("runs_every"), problems),
        assumed=parse_assumed(body.get("assume"), known, problems),
        places=dict(_places(node)),
    )
    return Declared(catalogue, known, regions, node.place.file)


def _runs_every(node: Node | None, problems: Problems) -> int:
    """How many days two sightings may lie apart."""
    days = None if node is None else literal(node, Form(ValueType.DAYS), problems)
    if node is None or not isinstance(days, int):
        return RUNS_EVERY
    if not 1 <= days <= CARRIED_DAYS:
        message = f"`runs_every` is {days} days"
        help_ = f"write 1 to {CARRIED_DAYS} days: sightings further apart belong to no one row"
        problems.add("bad-value", message, node.place, help_)
    return days


def _places(node: Node) -> Iterator[tuple[tuple[str, str], Place]]:
    """The place of each section, with a blank name, and of each name in it."""
    for section, content in node.entries if isinstance(node, Mapping) else ():
        yield (section.text, ""), section.place
        for name, _ in content.entries if isinstance(content, Mapping) else ():
            yield (section.text, name.text), name.place
