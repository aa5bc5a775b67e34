"""Reads a catalogue's own facts, regions, cascade and `assume`."""

from collections.abc import Mapping

from lapse.model.facts import (
    BUILT_IN,
    UNKNOWN,
    FactSpec,
    Value,
    ValueType,
    Vocabulary,
    vocabulary,
)
from lapse.model.invoices import MUST_BE_TOLD, may_be_assumed
from lapse.model.place import Place
from lapse.model.subscription import fact_of_key
from lapse.policy.reading.lexicon import Lexicon, fact_but_id, form_of, is_taken
from lapse.policy.text.literals import fact_literal, given_value
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import (
    MOST_NAMES,
    Fields,
    declarations,
    entries,
    fields,
    is_name,
    items,
    one_of,
    text,
    written,
)

FACT_TYPES = tuple(type_ for type_ in ValueType if type_ is not ValueType.DAYS_LIST)
CASCADE_KEYS = (
    "program",
    "region",
    "market",
    "product",
    "segment",
    "customer",
    "subscription",
)
_KEYS = ("type", "of", "blank", "about")


def parse_facts(
    node: Node | None, region_of: Mapping[str, str], problems: Problems
) -> tuple[Vocabulary, frozenset[str]]:
    """The vocabulary with a catalogue's own facts, and the names declared wrongly."""
    words = vocabulary(region_of=region_of)
    own: list[FactSpec] = []
    broken: set[str] = set()
    for key, value in declarations(node, "`facts`", problems):
        spec = _fact(key, value, words, problems)
        if spec is None:
            # With its counters: the use of a name that is declared wrongly is not reported again.
            broken |= {key.text, f"days_since_{key.text}", f"days_until_{key.text}"}
        else:
            own.append(spec)
            words = vocabulary(tuple(own), region_of)
    return words, frozenset(broken)


def _fact(key: Scalar, node: Node, words: Vocabulary, problems: Problems) -> FactSpec | None:
    what = f"the fact {shown(key.text)}"
    body = fields(node, what, _KEYS, problems, key.place)
    if not is_name(key, "a fact", problems) or is_taken(key, "a fact", words, problems):
        return None
    type_ = value_type(body, FACT_TYPES, problems)
    if type_ is None or _takes_counter(key, type_, words, problems):
        return None
    choices = parse_choices(body, type_, problems)
    about = text(body.get("about"), "`about`", problems) or ""
    spec = FactSpec(key.text, type_, UNKNOWN, choices, about=about)
    blank_node = body.get("blank")
    blank = given_value(blank_node, spec, problems) if blank_node else UNKNOWN
    return FactSpec(key.text, type_, UNKNOWN if blank is None else blank, choices, about=about)


def _takes_counter(key: Scalar, type_: ValueType, words: Vocabulary, problems: Problems) -> bool:
    """Whether a date fact's own counters would have the name of something else."""
    counters = (f"days_since_{key.text}", f"days_until_{key.text}")
    taken = [name for name in counters if words.type_of(name) is not None]
    if type_ is not ValueType.DATE or not taken:
        return False
    message = f"{shown(key.text)} cannot name a date: `{taken[0]}`, its counter, is there already"
    problems.add("reserved-name", message, key.place, "choose another name")
    return True


def value_type(
    body: Fields, allowed: tuple[ValueType, ...], problems: Problems
) -> ValueType | None:
    node = body.required("type", problems, "one of " + ", ".join(f"`{t}`" for t in allowed))
    word = one_of(node, "the type", [str(t) for t in allowed], "unknown-type", problems)
    return ValueType(word) if word else None


def parse_choices(body: Fields, type_: ValueType, problems: Problems) -> tuple[str, ...]:
    """The choices that `of` names, in lower case, as cells are read; none for other types."""
    if type_ is not ValueType.CHOICE:
        if "of" in body:
            place = body.key_place("of")
            problems.add("misplaced-key", f"{body.what} is no choice", place, "delete `of`")
        return ()
    node = body.required("of", problems, "name the choices: `of: [monthly, annual]`")
    words: dict[str, None] = {}
    for item in items(node, "`of`", problems) if node else ():
        word = (text(item, "a choice", problems) or "").lower()
        if word in words:
            message = f"{shown(word)} stands in the list twice"
            problems.add("duplicate-value", message, item.place, "keep one of them")
        elif word == UNKNOWN.value:
            help_ = "whatever is not known is unknown already; delete it"
            problems.add("reserved-name", "`unknown` cannot be a choice", item.place, help_)
        elif word:
            words[word] = None
    if len(words) > MOST_NAMES and node is not None:
        message = f"this list has {len(words)} choices"
        problems.add("list-too-long", message, node.place, f"name at most {MOST_NAMES}")
        return ()
    return tuple(words)


def parse_regions(node: Node | None, problems: Problems) -> tuple[dict[str, str], frozenset[str]]:
    """The region of each market, and the names of all regions."""
    region_of: dict[str, str] = {}
    places: dict[str, Place] = {}
    regions: set[str] = set()
    market = next(spec for spec in BUILT_IN if spec.name == "market")
    for key, value in declarations(node, "`regions`", problems):
        if is_name(key, "a region", problems):
            regions.add(key.text)
        for item in items(value, "a region", problems):
            code = fact_literal(item, form_of(market), problems)
            if not isinstance(code, str):
                continue
            if code in region_of:
                message = f"{shown(code)} is in the region `{region_of[code]}` already"
                help_ = "a market is in one region at most; take it out of one of them"
                problems.add("two-regions", message, item.place, help_, also=places[code])
                continue
            region_of[code], places[code] = key.text, item.place
    return region_of, frozenset(regions)


def parse_cascade(node: Node | None, lexicon: Lexicon, problems: Problems) -> tuple[str, ...]:
    """The keys that layers apply by, from the least specific to the most."""
    keys: list[str] = []
    for item in items(node, "`cascade`", problems) if node else ():
        scalar = written(item, "a key of the cascade", problems)
        if scalar is None:
            continue
        key = scalar.text
        if key in keys:
            message = f"{shown(key)} stands in the list twice"
            problems.add("duplicate-value", message, item.place, "keep one of them")
        elif not _is_cascade_key(key, lexicon):
            help_ = problems.near(key, CASCADE_KEYS)
            message = f"layers cannot apply by {shown(key)}"
            problems.add("unknown-cascade-key", message, item.place, help_)
        else:
            keys.append(key)
    return tuple(keys)


def _is_cascade_key(key: str, lexicon: Lexicon) -> bool:
    if key in CASCADE_KEYS or key in lexicon.broken:
        return True
    spec = lexicon.words.facts.get(fact_of_key(key))
    is_plain = spec is not None and spec.type in {ValueType.TEXT, ValueType.CHOICE}
    return is_plain and spec is not None and spec.is_testable


def parse_assumed(node: Node | None, lexicon: Lexicon, problems: Problems) -> dict[str, Value]:
    """The values to assume for facts for which a file has no column."""
    assumed: dict[str, Value] = {}
    for key, value in entries(node, "`assume`", problems) if node else ():
        refusal = "cannot be assumed: every row has its own"
        spec = fact_but_id(key, refusal, lexicon, problems)
        if spec is None:
            continue
        given = assumable(value, spec, problems)
        if given is not None:
            assumed[key.text] = given
    return assumed


def assumable(node: Node, spec: FactSpec, problems: Problems) -> Value | None:
    """A value to assume for a fact without a column; null, with a problem, if it may not be."""
    given = given_value(node, spec, problems)
    if given is None or may_be_assumed(spec.name, given):
        return given
    help_ = "write `0` or `none`, or delete this line and give `--invoices`"
    problems.add("bad-value", f"{shown(spec.name)} {MUST_BE_TOLD}", node.place, help_)
    return None
