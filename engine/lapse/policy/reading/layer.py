"""A layer: where it applies, the terms it sets, the rules it adds."""

from lapse.model.condition import All
from lapse.model.facts import FactSpec
from lapse.model.place import Place
from lapse.model.rule import Layer, Rule, RuleEntry, Span, TermEntry, held_back
from lapse.model.subscription import fact_of_key
from lapse.policy.reading.catalogue import Declared
from lapse.policy.reading.entries import parse_entries
from lapse.policy.reading.lexicon import check_hold_name, form_of
from lapse.policy.reading.rule import parse_rule
from lapse.policy.text.literals import fact_literal
from lapse.policy.text.nodes import Mapping, Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import Fields, day, entries, fields, flag, items, text, written

_KEYS = ("layer", "applies_to", "covers", "because", "hold", "terms", "rules")
_ELSEWHERE = {
    "cases": "move the cases into a file in the folder `cases`",
    "catalogue": "a set has one catalogue: `catalogue.yaml` in its own folder",
    "promises": "name the file `promises.yaml`, in the folder of the catalogue",
    "profile": "move the profile into the folder `profiles`",
}


def parse_layer(node: Node, declared: Declared, problems: Problems) -> Layer:
    """A layer; where it has problems, what is right in it."""
    if _is_of_another_kind(node, problems):
        return Layer("", Place(node.place.file, 1), {})
    node = _in_its_place(node, declared, problems)
    body = fields(node, "a layer", _KEYS, problems, Place(node.place.file, 1))
    name_node = body.required("layer", problems, "name it: `layer: Norway`")
    name = text(name_node, "`layer`", problems) or ""
    is_covered, because = _coverage(body, problems)
    return Layer(
        name=name,
        place=name_node.place if name_node else Place(node.place.file, 1),
        applies_to=_scope(body.get("applies_to"), declared, problems),
        terms=_terms(body.get("terms"), declared, problems),
        rules=_rules(body.get("rules"), name, declared, problems),
        is_covered=is_covered,
        because=because,
        hold=_hold(body, name, declared, problems),
        places={key: body.key_place(key) for key in body.entries},
    )


def _is_of_another_kind(node: Node, problems: Problems) -> bool:
    """Whether a file is of another kind and no layer; a problem for each key of another kind."""
    keys = {key.text: key for key, _ in node.entries} if isinstance(node, Mapping) else {}
    misplaced = [key for word, key in keys.items() if word in _ELSEWHERE]
    for key in misplaced:
        message = f"a file with `{key.text}` is no layer"
        problems.add("misplaced-file", message, key.place, _ELSEWHERE[key.text])
    return bool(misplaced) and "layer" not in keys


def _in_its_place(node: Node, declared: Declared, problems: Problems) -> Node:
    """The layer without what belongs elsewhere or one level deeper, which is reported."""
    if not isinstance(node, Mapping):
        return node
    kept = []
    for key, value in node.entries:
        where = None if key.text in _KEYS else _place_of(key.text, value, declared)
        if where is not None:
            message = f"{shown(key.text)} cannot stand at the top of a layer"
            problems.add("misplaced-key", message, key.place, where)
        elif key.text not in _ELSEWHERE:
            kept.append((key, value))
    return Mapping(tuple(kept), node.place)


def _place_of(word: str, value: Node, declared: Declared) -> str | None:
    """Where a key belongs that stands at the top of a layer; null where it is not known."""
    if word in declared.catalogue.terms:
        return f"write it, indented, below `terms:`, as `  {word}: …`"
    if word in declared.catalogue.cascade:
        return f"write `applies_to: {{{word}: …}}`"
    keys = {key.text for key, _ in value.entries} if isinstance(value, Mapping) else set()
    if keys & {"do", "forbid", "when", "replaces", "off"}:
        return f"write it, indented, below `rules:`, as `  {word}:`"
    return None


def _coverage(body: Fields, problems: Problems) -> tuple[bool, str]:
    covers = flag(body.get("covers"), "`covers`", problems)
    because = text(body.get("because"), "`because`", problems)
    if covers is False and "because" not in body:
        message = "a layer with `covers: no` lacks `because`"
        problems.add("missing-key", message, body.key_place("covers"), "say why not")
    if covers is not False and "because" in body:
        message = "`because` belongs to `covers: no` or to a rule"
        problems.add("misplaced-key", message, body.key_place("because"), "delete it")
    return covers is not False, because or ""


def _hold(body: Fields, layer: str, declared: Declared, problems: Problems) -> Rule | None:
    """A forbid of all harm to access and data up to a day, under the layer's name."""
    node = body.get("hold")
    if node is None:
        return None
    place = body.key_place("hold")
    check_hold_name(layer, place, "a layer with `hold`", problems)
    inner = fields(node, "a hold", ("until", "because"), problems, place)
    help_ = 'write `hold: {until: 2027-03-31, because: "a payment plan"}`'
    until = day(inner.required("until", problems, help_), "`until`", problems)
    because = text(inner.required("because", problems, help_), "`because`", problems)
    if until is None or because is None:
        return None
    return Rule(
        name=layer,
        when=All(()),
        place=place,
        layer=layer,
        # Braces mark fields in the texts of rules; here they are only braces.
        because=(because.replace("{", "{{").replace("}", "}}"),),
        forbids=held_back(declared.catalogue.actions),
        span=Span(None, until),
    )


def _scope(node: Node | None, declared: Declared, problems: Problems) -> dict[str, frozenset[str]]:
    """The values that a layer names for keys of the cascade."""
    scope: dict[str, frozenset[str]] = {}
    cascade = declared.catalogue.cascade
    for key, value in entries(node, "`applies_to`", problems) if node else ():
        if key.text not in cascade:
            message = f"{shown(key.text)} is no key of the cascade"
            help_ = problems.near(key.text, cascade)
            problems.add("unknown-cascade-key", message, key.place, help_)
            continue
        words: set[str] = set()
        for item in items(value, f"`{key.text}`", problems):
            word = _scope_value(key, item, declared, problems)
            if word in words:
                message = f"{shown(word)} stands in the list twice"
                problems.add("duplicate-value", message, item.place, "keep one of them")
            elif word is not None:
                words.add(word)
        scope[key.text] = frozenset(words)
    return scope


def _scope_value(key: Scalar, node: Node, declared: Declared, problems: Problems) -> str | None:
    if key.text == "region":
        return _region(node, declared, problems)
    spec: FactSpec | None = declared.catalogue.words.facts.get(fact_of_key(key.text))
    if spec is None:
        return text(node, f"`{key.text}`", problems)
    word = fact_literal(node, form_of(spec), problems)
    return word if isinstance(word, str) else None


def _region(node: Node, declared: Declared, problems: Problems) -> str | None:
    scalar = written(node, "a region", problems)
    if scalar is None or scalar.text in declared.regions:
        return scalar.text if scalar else None
    help_ = problems.near(scalar.text, declared.regions)
    problems.add("unknown-region", f"{shown(scalar.text)} is no region", scalar.place, help_)
    return None


def _terms(
    node: Node | None, declared: Declared, problems: Problems
) -> dict[str, tuple[TermEntry, ...]]:
    terms: dict[str, tuple[TermEntry, ...]] = {}
    specs = declared.catalogue.terms
    for key, value in entries(node, "`terms`", problems) if node else ():
        spec = specs.get(key.text)
        if spec is not None:
            terms[key.text] = parse_entries(value, spec, problems)
        elif key.text not in declared.lexicon.broken:
            message = f"the catalogue declares no term {shown(key.text)}"
            problems.add("unknown-term", message, key.place, problems.near(key.text, specs))
    return terms


def _rules(
    node: Node | None, layer: str, declared: Declared, problems: Problems
) -> dict[str, RuleEntry]:
    return {
        key.text: parse_rule(key, value, layer, declared, problems)
        for key, value in (entries(node, "`rules`", problems) if node else ())
    }
