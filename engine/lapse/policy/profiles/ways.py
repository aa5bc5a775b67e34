"""The ways to read one fact: columns, a value or a sum, and what is done to the text found."""

import re
from collections.abc import Sequence as SequenceOf

from lapse.model.facts import BUILT_IN, UNKNOWN, FactSpec, ValueType, parse_fact
from lapse.model.place import Place
from lapse.model.profile import Letters, ListSum, Unmapped, Way
from lapse.policy.profiles.draft import Draft, parse_where
from lapse.policy.profiles.values import MONTHS_COVERED, fact_text, means_blank, missing_word
from lapse.policy.text.nodes import Mapping, Node, Scalar, Sequence
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import Fields, entries, fields, one_of, text, written

MOST_WORDS = 5_000
LEAST_WIDTH, MOST_WIDTH = 2, 40

_SOURCES = ("column", "value", "sum")
_NEEDS = {
    **dict.fromkeys(("after", "before", "map", "blanks", "case", "join", "pad"), "column"),
    "otherwise": "map",
    "of": "sum",
    "until": "sum",
}
"""The keys of a way that need another key, and that other key."""
_OF_MONEY = ("currency", "covers_months")
_OWED = ("balance", "debt")
_KEYS = (*_SOURCES, *_NEEDS, *_OF_MONEY, "where")
_TEXT = FactSpec("text", ValueType.TEXT)
_CURRENCY = next(spec for spec in BUILT_IN if spec.name == "currency")
_UNQUOTABLE = re.compile(r'["\\]')


def parse_ways(node: Node, spec: FactSpec, draft: Draft) -> tuple[Way, ...]:
    """The ways to a fact in the order written, without those that are wrong."""
    nodes: tuple[Node, ...] = (node,)
    if isinstance(node, Sequence) and any(isinstance(item, Mapping) for item in node.items):
        nodes = draft.listed(node, shown(spec.name))
    ways = [_way(each, spec, draft) for each in nodes]
    for index, way in enumerate(ways[:-1]):
        if way is not None and _answers_everything(way):
            message = "this is never asked: what stands before it has an answer to everything"
            help_ = "move it up, or delete it"
            place, also = nodes[index + 1].place, nodes[index].place
            draft.problems.add("unreachable-way", message, place, help_, also=also)
    return tuple(way for way in ways if way is not None)


def _answers_everything(way: Way) -> bool:
    return way.otherwise is not Unmapped.REJECTED or (way.value is not None and not way.where)


def _way(node: Node, spec: FactSpec, draft: Draft) -> Way | None:
    if isinstance(node, Mapping):
        body = fields(node, f"a way to {shown(spec.name)}", _KEYS, draft.problems)
        return _built(body, spec, draft) if _is_one_way(body, spec, draft.problems) else None
    if isinstance(node, Scalar) and _may_be_value(node, spec):
        message = f"{shown(node.text)} may be a column or a value"
        word = node.text.strip()
        help_ = f"write `{{value: {word}}}` if it is always this, else `{{column: {word}}}`"
        draft.problems.add("value-or-column", message, node.place, help_)
        return None
    columns = draft.columns(node, shown(spec.name))
    return Way(columns, place=node.place) if columns else None


def _may_be_value(scalar: Scalar, spec: FactSpec) -> bool:
    """Whether a column in short form could be meant as a value; not asked for plain texts."""
    if spec.type is ValueType.TEXT and spec.pattern is None:
        return False
    is_code = spec.pattern is not None
    word = scalar.text.strip()
    return parse_fact(word, spec) is not None and (not is_code or word.isupper())


def _is_one_way(body: Fields, spec: FactSpec, problems: Problems) -> bool:
    """Whether a way names a source of its text; two sources and misplaced keys are problems."""
    sources = [key for key in _SOURCES if key in body]
    for key in sources[1:]:
        message = f"`{key}` and `{sources[0]}` cannot stand together"
        problems.add("misplaced-key", message, body.key_place(key), "keep one of them")
    for key, other in _NEEDS.items():
        if key in body and other not in body and (sources or other != "column"):
            message = f"`{key}` says more about `{other}`, which is not there"
            help_ = f"add `{other}`, or delete `{key}`"
            problems.add("misplaced-key", message, body.key_place(key), help_)
    for key in _OF_MONEY:
        if key in body and spec.type is not ValueType.MONEY:
            message = f"`{spec.name}` is no money: it has no `{key}`"
            problems.add("misplaced-key", message, body.key_place(key), "delete it")
    if "covers_months" in body and spec.name in _OWED:
        message = f"`{spec.name}` is owed at once: it covers no months"
        problems.add("misplaced-key", message, body.key_place("covers_months"), "delete it")
    if "sum" in body and not spec.type.is_number:
        message = f"`{spec.name}` is no number: it has no sum"
        problems.add("misplaced-key", message, body.key_place("sum"), "read it from a `column`")
    if not sources:
        body.required("column", problems, "say where it stands: `{column: Status}`")
    return bool(sources)


def _built(body: Fields, spec: FactSpec, draft: Draft) -> Way | None:
    problems = draft.problems
    value_node = body.get("value")
    blanks = frozenset(draft.columns(body.get("blanks"), "`blanks`"))
    value = fact_text(value_node, spec, problems) if value_node else None
    join, parts, columns = _columns(body, draft)
    total = _total(body, draft)
    case = one_of(body.get("case"), "`case`", tuple(Letters), "unknown-choice", problems)
    currency, months = body.get("currency"), body.get("covers_months")
    is_money = spec.type is ValueType.MONEY
    way = Way(
        columns=columns,
        value=value,
        total=total,
        where=parse_where(body.get("where"), "`where`", draft),
        blanks=blanks,
        after=_verbatim(body.get("after"), "`after`", problems),
        before=_verbatim(body.get("before"), "`before`", problems),
        pad=_width(body.get("pad"), problems),
        case=Letters(case) if case else None,
        join=join,
        parts=parts,
        words=_words(body.get("map"), blanks, spec, draft),
        otherwise=_otherwise(body.get("otherwise"), spec, problems),
        currency=parse_ways(currency, _CURRENCY, draft) if currency and is_money else (),
        covers_months=_months(months, draft) if months and is_money else (),
        place=_place(body),
    )
    return way if columns or parts or total or value is not None else None


def _place(body: Fields) -> Place:
    """The place of the key that names the source; the way itself may begin lines before."""
    return next(
        (body.key_place(key) for key in ("column", "of", "value") if key in body), body.place
    )


def _columns(body: Fields, draft: Draft) -> tuple[str | None, tuple[Way, ...], tuple[str, ...]]:
    """The text between joined parts and the parts; without `join` the columns."""
    node = body.get("column")
    if "join" not in body or node is None:
        return None, (), draft.columns(node, "`column`")
    join = _verbatim(body.get("join"), "`join`", draft.problems, may_be_empty=True)
    if not isinstance(node, Sequence) or len(node.items) == 1:
        message = "`join` needs several columns"
        help_ = 'write `{column: [ProductId, SkuId], join: ":"}`, or delete it'
        draft.problems.add("misplaced-key", message, body.key_place("join"), help_)
        return None, (), draft.columns(node, "`column`")
    ways = [_way(item, _TEXT, draft) for item in draft.listed(node, "`column`")]
    return join, tuple(way for way in ways if way is not None), ()


def _total(body: Fields, draft: Draft) -> ListSum | None:
    if "sum" not in body:
        return None
    of = body.required("of", draft.problems, "name the list: `{sum: quantity, of: details}`")
    number = _member(body.get("sum"), "`sum`", draft.problems)
    until = _member(body.get("until"), "`until`", draft.problems)
    column = draft.column(of, "`of`")
    return ListSum(column, number, until) if column and number else None


def _member(node: Node | None, what: str, problems: Problems) -> str | None:
    """The key of an object in a JSON list."""
    word = text(node, what, problems)
    if node is None or word is None or not _UNQUOTABLE.search(word):
        return word
    message = f"{what} cannot be {shown(word)}"
    problems.add("bad-value", message, node.place, "name a key without quotes and backslashes")
    return None


def _verbatim(
    node: Node | None, what: str, problems: Problems, *, may_be_empty: bool = False
) -> str | None:
    """A text with the spaces inside its quotes kept."""
    if node is None:
        return None
    if isinstance(node, Scalar) and node.is_quoted and (node.text or may_be_empty):
        return node.text
    scalar = written(node, what, problems)
    return scalar.text if scalar else None


def _width(node: Node | None, problems: Problems) -> int:
    scalar = None if node is None else written(node, "`pad`", problems)
    if scalar is None:
        return 0
    word = scalar.text.strip()
    if word.isascii() and word.isdigit() and LEAST_WIDTH <= int(word[:4]) <= MOST_WIDTH:
        return int(word)
    message = f"`pad` must be a number of characters, not {shown(word)}"
    help_ = f"write a number from {LEAST_WIDTH} to {MOST_WIDTH}"
    problems.add("bad-value", message, scalar.place, help_)
    return 0


def _words(
    node: Node | None, blanks: frozenset[str], spec: FactSpec, draft: Draft
) -> dict[str, str] | None:
    """What each word of a map means, by the word in lower case."""
    if node is None:
        return None
    words: dict[str, None] = {}
    meanings: dict[str, str] = {}
    listed: SequenceOf[tuple[Scalar, Node]] = tuple(entries(node, "`map`", draft.problems))
    if len(listed) > MOST_WORDS:
        message, help_ = f"`map` has {len(listed)} words", f"map at most {MOST_WORDS}"
        draft.problems.add("list-too-long", message, node.place, help_)
        return meanings
    for key, value in listed:
        if _is_word_of_map(key, blanks, words, draft):
            word = draft.spelled(key.text)
            words[word] = None
            meaning = fact_text(value, spec, draft.problems)
            meanings |= {} if meaning is None else {word: meaning}
    if isinstance(node, Mapping) and not listed:
        draft.problems.add(
            "empty-list", "`map` maps no word", node.place, "write `{Active: active}`"
        )
    return meanings


def _is_word_of_map(
    key: Scalar, blanks: frozenset[str], found: dict[str, None], draft: Draft
) -> bool:
    if not key.text.strip():
        help_ = "an empty cell says nothing by itself; delete it"
        draft.problems.add("bad-value", "`map` has an empty word", key.place, help_)
        return False
    if key.text.strip().lower() in blanks:
        message = f"{shown(key.text)} is blank already"
        help_ = "take it out of `blanks` or of `map`"
        draft.problems.add("duplicate-value", message, key.place, help_)
        return False
    return draft.is_new(key, found)


def _otherwise(node: Node | None, spec: FactSpec, problems: Problems) -> str | Unmapped:
    if node is None:
        return Unmapped.REJECTED
    if missing_word(node, spec) is UNKNOWN:
        means_blank(node, UNKNOWN, spec, problems)
        return Unmapped.UNKNOWN
    meaning = fact_text(node, spec, problems)
    return Unmapped.UNKNOWN if meaning is None else meaning


def _months(node: Node, draft: Draft) -> tuple[Way, ...]:
    """The ways to a number of months; a bare number is a value."""
    if isinstance(node, Scalar) and node.text.strip().isdigit():
        value = fact_text(node, MONTHS_COVERED, draft.problems)
        return (Way(value=value),) if value else ()
    return parse_ways(node, MONTHS_COVERED, draft)
