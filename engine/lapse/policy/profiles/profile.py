"""Reads one profile, written as `policies/profiles/README.md` says, into a `Profile`."""

from dataclasses import replace

from lapse.model.asked import columns_read
from lapse.model.facts import FactSpec, Value, Vocabulary
from lapse.model.kinds import facts_of, needed_of, owners_of
from lapse.model.place import Place, Problem, Severity
from lapse.model.profile import CANONICAL, Gives, OneRow, Profile, ValidDays, Way
from lapse.policy.profiles.draft import Draft, parse_where
from lapse.policy.profiles.forms import parse_dates
from lapse.policy.profiles.ways import parse_ways
from lapse.policy.reading.facts import assumable
from lapse.policy.text.nodes import Mapping, Node, Scalar, Sequence
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import Fields, entries, fields, is_name, one_of, text, written

_KEYS = (
    "profile",
    "about",
    "source",
    "gives",
    "recognised_by",
    "rows",
    "dates",
    "decimals",
    "facts",
    "assume",
    "cannot_know",
    "one_row",
    "in_force",
    "may_be_missing",
)
_ELSEWHERE = {
    "layer": "a layer stands in the folder above",
    "catalogue": "`catalogue.yaml` stands in the folder above",
    "cases": "cases stand in the folder `cases`",
    "order": "the order of profiles stands in `order.yaml`",
}
_ABOUT = "say for people what kind of file it reads"
_POINT, _COMMA = "point", "comma"
_WITH_ONE_ROW = (Gives.SUBSCRIPTIONS, Gives.CUSTOMERS, Gives.OFFERS)


def parse_profile(node: Node, words: Vocabulary, problems: Problems) -> Profile | None:
    """The profile, or what is right in it where it has problems; null for another kind of file."""
    if _is_of_another_kind(node, problems):
        return None
    draft = Draft(words, problems)
    body = fields(node, "a profile", _KEYS, problems, Place(node.place.file, 1))
    name_node = body.required("profile", problems, "name it: `profile: my-ledger`")
    gives = _gives(body, problems)
    facts = _facts(body, gives, draft)
    profile = Profile(
        name=_name(name_node, problems),
        place=name_node.place if name_node else body.place,
        about=text(body.required("about", problems, _ABOUT), "`about`", problems) or "",
        source=text(body.get("source"), "`source`", problems) or "",
        gives=gives or Gives.SUBSCRIPTIONS,
        recognised_by=_recognised_by(body.get("recognised_by"), gives, draft),
        rows=draft.columns(body.get("rows"), "`rows`"),
        dates=parse_dates(body.get("dates"), draft),
        has_decimal_comma=_decimals(body, problems) == _COMMA,
        facts=facts,
        assumed=_assumed(body.get("assume"), gives, draft),
        cannot_know=_cannot_know(body, facts, gives, draft),
        one_row=_one_row(body, gives, draft),
        in_force=_in_force(body, gives, draft),
        spelling=draft.spelling,
    )
    missing = _may_be_missing(body.get("may_be_missing"), profile, draft)
    return replace(profile, may_be_missing=missing)


def _is_of_another_kind(node: Node, problems: Problems) -> bool:
    keys = {key.text: key for key, _ in node.entries} if isinstance(node, Mapping) else {}
    misplaced = [key for word, key in keys.items() if word in _ELSEWHERE]
    if "profile" in keys or not misplaced:
        return False
    key = misplaced[0]
    message = f"a file with `{key.text}` is no profile"
    problems.add("misplaced-file", message, key.place, _ELSEWHERE[key.text])
    return True


def _name(node: Node | None, problems: Problems) -> str:
    scalar = None if node is None else written(node, "`profile`", problems)
    if scalar is None or not is_name(scalar, "a profile", problems):
        return ""
    if scalar.text == CANONICAL:
        message = f"`{CANONICAL}` cannot name a profile: it stands for files that need none"
        problems.add("reserved-name", message, scalar.place, "choose another name")
    return scalar.text


def _gives(body: Fields, problems: Problems) -> Gives | None:
    """What the rows are about; null when `gives` is wrong."""
    node = body.get("gives")
    word = one_of(node, "`gives`", tuple(Gives), "unknown-choice", problems)
    if word is None:
        return Gives.SUBSCRIPTIONS if node is None else None
    return Gives(word) if word in tuple(Gives) else None


def _recognised_by(node: Node | None, gives: Gives | None, draft: Draft) -> tuple[str, ...]:
    """The columns that such a file is recognised by.

    A warning when all are names of facts, since a file that needs no profile has these, too.
    """
    columns = draft.columns(node, "`recognised_by`")
    if node and gives and columns and set(columns) <= set(facts_of(gives, draft.words)):
        message = "a file that needs no profile has these columns, too"
        help_ = "add a column that is named like no fact"
        draft.problems.found.append(
            Problem("recognised-too-easily", message, node.place, help_, Severity.WARNING)
        )
    return columns


def _decimals(body: Fields, problems: Problems) -> str | None:
    known = (_POINT, _COMMA)
    return one_of(body.get("decimals"), "`decimals`", known, "unknown-choice", problems)


def _facts(body: Fields, gives: Gives | None, draft: Draft) -> dict[str, tuple[Way, ...]]:
    node = body.required("facts", draft.problems, "write `facts:` and a line for each fact")
    if node is None or gives is None:
        return {}
    facts: dict[str, tuple[Way, ...]] = {}
    named: list[str] = []
    for key, value in entries(node, "`facts`", draft.problems):
        named.append(key.text)
        spec = _fact(key, gives, draft)
        if spec is not None:
            facts[key.text] = parse_ways(value, spec, draft)
    if isinstance(node, Mapping) or (isinstance(node, Scalar) and node.is_blank):
        _check_required(body, named, gives, draft)
    return facts


def _check_required(body: Fields, named: list[str], gives: Gives, draft: Draft) -> None:
    place = body.key_place("facts")
    for name in needed_of(gives, draft.words):
        if name not in named:
            help_ = f"every row of `{gives}` must have it"
            draft.problems.add("missing-key", f"`facts` lacks `{name}`", place, help_)
    owners = owners_of(gives, draft.words)
    if owners and not set(owners) & set(named):
        listed = " or ".join(f"`{name}`" for name in owners)
        help_ = f"say whose it is: name {listed}"
        draft.problems.add("missing-key", f"`facts` lacks {listed}", place, help_)


def _fact(key: Scalar, gives: Gives, draft: Draft) -> FactSpec | None:
    """The fact or column that a key names; null, with a problem, if such files cannot have it."""
    allowed = facts_of(gives, draft.words)
    if key.text in allowed:
        return allowed[key.text]
    help_ = draft.problems.near(key.text, allowed)
    message = f"{shown(key.text)} is no fact"
    if key.text in draft.words.facts:
        message = f"{shown(key.text)} is nothing that `{gives}` tell"
    elif draft.words.type_of(key.text) is not None:
        help_ = "it is computed from facts, and no column gives it"
    draft.problems.add("unknown-fact", message, key.place, help_)
    return None


def _assumed(node: Node | None, gives: Gives | None, draft: Draft) -> dict[str, Value]:
    """The values of facts for which a file has no column."""
    assumed: dict[str, Value] = {}
    if node is None or gives is None:
        return assumed
    for key, value in entries(node, "`assume`", draft.problems):
        spec = _fact(key, gives, draft)
        if spec is None:
            continue
        if key.text in needed_of(gives, draft.words):
            message = f"{shown(key.text)} cannot be assumed: every row has its own"
            draft.problems.add("bad-value", message, key.place, "delete this line")
            continue
        given = assumable(value, spec, draft.problems)
        if given is not None:
            assumed[key.text] = given
    return assumed


def _cannot_know(
    body: Fields, facts: dict[str, tuple[Way, ...]], gives: Gives | None, draft: Draft
) -> dict[str, str]:
    """A sentence for each fact that no such file has."""
    node = body.get("cannot_know")
    sentences: dict[str, str] = {}
    if node is None or gives is None:
        return sentences
    for key, value in entries(node, "`cannot_know`", draft.problems):
        if key.text not in draft.words.facts and not _fact(key, gives, draft):
            continue
        if key.text in facts:
            message = f"{shown(key.text)} is told after all: `facts` has a way to it"
            help_ = "delete one of the two lines"
            draft.problems.add("told-after-all", message, key.place, help_)
        sentence = text(value, shown(key.text), draft.problems)
        sentences |= {key.text: sentence} if sentence else {}
    return sentences


def _one_row(body: Fields, gives: Gives | None, draft: Draft) -> OneRow | None:
    node = body.get("one_row")
    if node is None or _is_misplaced("one_row", body, gives, _WITH_ONE_ROW, draft):
        return None
    place = body.key_place("one_row")
    inner = fields(node, "`one_row`", ("prefer", "latest"), draft.problems, place)
    if inner.is_mapping and not inner.entries:
        help_ = "write `{latest: ChargeStartDate}`"
        draft.problems.add("missing-key", "`one_row` lacks `latest` or `prefer`", place, help_)
        return None
    prefer = parse_where(inner.get("prefer"), "`prefer`", draft)
    return OneRow(prefer, draft.column(inner.get("latest"), "`latest`"), place)


def _in_force(body: Fields, gives: Gives | None, draft: Draft) -> ValidDays | None:
    node = body.get("in_force")
    if node is None or _is_misplaced("in_force", body, gives, (Gives.PRICES,), draft):
        return None
    place = body.key_place("in_force")
    inner = fields(node, "`in_force`", ("from", "to"), draft.problems, place)
    help_ = "write `{from: EffectiveStartDate, to: EffectiveEndDate}`"
    first = draft.column(inner.required("from", draft.problems, help_), "`from`")
    last = draft.column(inner.get("to"), "`to`")
    return ValidDays(first, last, place) if first else None


def _may_be_missing(node: Node | None, profile: Profile, draft: Draft) -> frozenset[str]:
    """Columns that a file need not have; a problem for each that the profile does not read."""
    columns = draft.columns(node, "`may_be_missing`")
    read = columns_read(profile)
    spelled = {draft.spelling[name] for name in read}
    for column in columns:
        if node is not None and column not in read:
            name = draft.spelling[column]
            message = f"{shown(name)} is no column that this profile reads"
            place = _place_of(column, node)
            draft.problems.add("unknown-column", message, place, draft.problems.near(name, spelled))
    return frozenset(columns) & read


def _place_of(column: str, node: Node) -> Place:
    """Where a list names a column."""
    items = node.items if isinstance(node, Sequence) else (node,)
    named = (item for item in items if isinstance(item, Scalar))
    return next((item.place for item in named if item.text.strip().lower() == column), node.place)


def _is_misplaced(
    key: str, body: Fields, gives: Gives | None, allowed: tuple[Gives, ...], draft: Draft
) -> bool:
    if gives is None or gives in allowed:
        return False
    listed = ", ".join(f"`{each}`" for each in allowed)
    message = f"`{key}` says nothing of `{gives}`"
    help_ = f"delete it; it belongs to {listed}"
    draft.problems.add("misplaced-key", message, body.key_place(key), help_)
    return True
