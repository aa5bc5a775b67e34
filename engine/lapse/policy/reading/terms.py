"""The terms that a catalogue declares: type, bounds, pin."""

from decimal import Decimal

from lapse.model.facts import MOST, ValueType, Vocabulary, parse_value
from lapse.model.money import parse_amount
from lapse.model.rule import CALENDAR_TERM, CLOCK_TERMS, ZONE_TERM, TermSpec
from lapse.policy.reading.facts import parse_choices, value_type
from lapse.policy.reading.lexicon import is_taken
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import Fields, declarations, fields, is_name, one_of, text, written

TERM_TYPES = tuple(type_ for type_ in ValueType if type_ is not ValueType.INSTANT)
CLOCK_SPECS = (
    TermSpec(ZONE_TERM, ValueType.TEXT, "the IANA time zone whose civil day counts"),
    TermSpec(CALENDAR_TERM, ValueType.TEXT, "whose working days count"),
)
HARSHER = ("lower", "higher")
_KEYS = ("type", "of", "about", "at_least", "at_most", "harsher", "pinned_to")
_CLOCK_KEYS = ("type", "about")

BoundValue = int | Decimal


def parse_terms(
    node: Node | None, words: Vocabulary, broken: frozenset[str], problems: Problems
) -> tuple[dict[str, TermSpec], frozenset[str]]:
    """The terms declared with the two that every catalogue has, and the names declared wrongly."""
    specs = {spec.name: spec for spec in CLOCK_SPECS}
    wrong: set[str] = set()
    for key, value in declarations(node, "`terms`", problems):
        if key.text in CLOCK_TERMS:
            _check_clock_term(key, value, problems)
            continue
        spec = _term(key, value, words, broken, problems)
        if spec is None:
            wrong.add(key.text)
        else:
            specs[spec.name] = spec
    return specs, frozenset(wrong)


def _check_clock_term(key: Scalar, node: Node, problems: Problems) -> None:
    """Reports a built-in term that is declared with another type or further keys."""
    what = f"the term `{key.text}`"
    body = fields(node, what, _KEYS, problems, key.place)
    for name in body.entries:
        if name not in _CLOCK_KEYS:
            message = f"{what} is always there and takes no `{name}`"
            problems.add("misplaced-key", message, body.key_place(name), "delete it")
    type_ = body.get("type")
    one_of(type_, "the type", [str(ValueType.TEXT)], "unknown-type", problems)


def _term(
    key: Scalar, node: Node, words: Vocabulary, broken: frozenset[str], problems: Problems
) -> TermSpec | None:
    body = fields(node, f"the term {shown(key.text)}", _KEYS, problems, key.place)
    if not is_name(key, "a term", problems) or is_taken(key, "a term", words, problems):
        return None
    type_ = value_type(body, TERM_TYPES, problems)
    if type_ is None:
        return None
    at_least, at_most = bounds(body, type_, problems)
    return TermSpec(
        name=key.text,
        type=type_,
        about=text(body.get("about"), "`about`", problems) or "",
        choices=parse_choices(body, type_, problems),
        at_least=at_least,
        at_most=at_most,
        harsher=_harsher(body, type_, problems),
        pinned_to=_pin(body, words, broken, problems),
    )


def bounds(
    body: Fields, type_: ValueType, problems: Problems
) -> tuple[BoundValue | None, BoundValue | None]:
    """`at_least` and `at_most`: whole numbers, or amounts, which count in each currency."""
    at_least = _bound(body, "at_least", type_, problems)
    at_most = _bound(body, "at_most", type_, problems)
    if at_least is None or at_most is None or at_least <= at_most:
        return at_least, at_most
    message = f"`at_most` is below `at_least`: {at_most} is less than {at_least}"
    node, other = body.get("at_most"), body.get("at_least")
    assert node is not None
    assert other is not None
    problems.add("bounds-reversed", message, node.place, "swap them", also=other.place)
    return None, None


def _bound(body: Fields, key: str, type_: ValueType, problems: Problems) -> BoundValue | None:
    node = body.get(key)
    if node is None:
        return None
    if not type_.is_number and type_ is not ValueType.MONEY:
        message = f"`{key}` needs a number or money, and {body.what} is a {type_}"
        problems.add("misplaced-key", message, body.key_place(key), "delete it")
        return None
    scalar = written(node, f"`{key}`", problems)
    if scalar is None:
        return None
    word = scalar.text.strip()
    bound = parse_amount(word) if type_ is ValueType.MONEY else parse_value(word, type_)
    if isinstance(bound, int | Decimal) and bound >= 0:
        return bound
    help_ = (
        f"write a whole number up to {MOST[type_]}"
        if type_.is_number
        else ("write an amount such as `25.50`; it counts in each currency")
    )
    problems.add("bad-value", f"{shown(word)} is no bound", scalar.place, help_)
    return None


def _harsher(body: Fields, type_: ValueType, problems: Problems) -> str | None:
    if "harsher" not in body:
        return None
    if not type_.is_ordered:
        message = f"`harsher` needs an order, and {body.what} is a {type_}"
        problems.add("misplaced-key", message, body.key_place("harsher"), "delete it")
        return None
    return one_of(body.get("harsher"), "the direction", HARSHER, "unknown-choice", problems)


def _pin(body: Fields, words: Vocabulary, broken: frozenset[str], problems: Problems) -> str | None:
    """The date or instant fact on whose day a term's value is taken."""
    dated = [
        spec.name
        for spec in words.facts.values()
        if spec.type in {ValueType.DATE, ValueType.INSTANT}
    ]
    node = body.get("pinned_to")
    return one_of(node, "the date fact", [*dated, *broken], "unknown-fact", problems)
