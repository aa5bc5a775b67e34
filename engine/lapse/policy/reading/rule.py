"""A layer's rules: what acts, what forbids, what switches off."""

from lapse.model.condition import All, Condition, Name
from lapse.model.facts import Value, ValueType
from lapse.model.rule import ALWAYS, After, Off, Rule, RuleEntry, Sets, Track
from lapse.policy.reading.actions import date_facts, parse_sets
from lapse.policy.reading.catalogue import Declared
from lapse.policy.reading.condition import Nameable, parse_condition
from lapse.policy.reading.lexicon import check_hold_name
from lapse.policy.reading.sums import lacks_sign, parse_stages, term_named
from lapse.policy.text.literals import whole
from lapse.policy.text.nodes import Node, Scalar
from lapse.policy.text.problems import Problems, shown
from lapse.policy.text.shapes import (
    Fields,
    entries,
    fields,
    flag,
    is_name,
    items,
    one_of,
    override,
    span,
    text,
    written,
)
from lapse.policy.text.template import check_template, template_pieces

_DATED = ("from", "to", "override")
_KEYS = {
    "do": (
        "do",
        "track",
        "step",
        "for_each",
        "when",
        "with",
        "because",
        "days",
        "after",
        "anchor",
        "sets",
        "replaces",
        *_DATED,
    ),
    "forbid": ("forbid", "when", "because", "replaces", *_DATED),
    "off": ("off", *_DATED),
}
_EVERY_KEY = tuple(dict.fromkeys(key for keys in _KEYS.values() for key in keys))


def parse_rule(
    key: Scalar, node: Node, layer: str, declared: Declared, problems: Problems
) -> RuleEntry:
    """A rule, or its switching off; an `Off`, with a problem, when it is not clear which."""
    what = f"the rule {shown(key.text)}"
    body = fields(node, what, _EVERY_KEY, problems, key.place)
    is_name(key, "a rule", problems)
    kinds = [kind for kind in _KEYS if kind in body]
    if len(kinds) != 1 and body.is_mapping:
        has = " and ".join(f"`{kind}`" for kind in kinds) or "none of them"
        message = f"{what} needs one of `do`, `forbid` and `off`, and has {has}"
        place = body.key_place(kinds[1]) if kinds else key.place
        help_ = 'write one of them: `do: notify`, `forbid: [suspend]` or `off: "reason"`'
        if kinds:
            help_ = "keep one of them, or split the rule"
        problems.add("rule-kind", message, place, help_)
    if len(kinds) != 1:
        return Off(key.text, "", key.place, layer)
    for name in body.entries:
        if name not in _KEYS[kinds[0]]:
            message = f"a rule with `{kinds[0]}` takes no `{name}`"
            problems.add("misplaced-key", message, body.key_place(name), "delete it")
    match kinds[0]:
        case "do":
            return _do(key, body, layer, declared, problems)
        case "forbid":
            return _forbid(key, body, layer, declared, problems)
        case _:
            return _off(key, body, layer, problems)


def _off(key: Scalar, body: Fields, layer: str, problems: Problems) -> Off:
    reason = text(body.get("off"), "`off`", problems) or ""
    days, leave = span(body, problems) or ALWAYS, override(body, problems)
    return Off(key.text, reason, key.place, layer, days, leave)


def _forbid(key: Scalar, body: Fields, layer: str, declared: Declared, problems: Problems) -> Rule:
    check_hold_name(key.text, key.place, "a forbid", problems)
    node = body.get("forbid")
    actions: list[str] = []
    for item in items(node, "`forbid`", problems) if node else ():
        name = _action(item, declared, problems)
        if name in actions:
            message = f"{shown(name)} stands in the list twice"
            problems.add("duplicate-value", message, item.place, "keep one of them")
        elif name:
            actions.append(name)
    return Rule(
        name=key.text,
        when=_when(body, declared, problems, has_stage=False),
        place=key.place,
        layer=layer,
        because=_because(body, declared, problems, has_stage=False),
        forbids=frozenset(actions),
        span=span(body, problems) or ALWAYS,
        is_replacement=flag(body.get("replaces"), "`replaces`", problems) or False,
        override=override(body, problems),
    )


def _do(key: Scalar, body: Fields, layer: str, declared: Declared, problems: Problems) -> Rule:
    action = _action(body.get("do"), declared, problems)
    track = _track(body, declared, problems)
    step_node = body.required("step", problems, "number the steps of a track: `step: 1`")
    has_stage = "for_each" in body
    return Rule(
        name=key.text,
        when=_when(body, declared, problems, has_stage=has_stage),
        place=key.place,
        layer=layer,
        because=_because(body, declared, problems, has_stage=has_stage),
        action=action or "",
        track=track,
        step=(whole(step_node, "`step`", problems) if step_node else None) or 0,
        anchor=_anchor(body, track, declared, problems),
        stages=parse_stages(body.get("for_each"), declared.lexicon, problems),
        parameters=_parameters(body.get("with"), problems),
        is_business=_is_business(body, problems),
        after=_after(body, declared, problems),
        sets=_sets(body, action, declared, problems),
        span=span(body, problems) or ALWAYS,
        is_replacement=flag(body.get("replaces"), "`replaces`", problems) or False,
        override=override(body, problems),
    )


def _action(node: Node | None, declared: Declared, problems: Problems) -> str | None:
    known = declared.catalogue.actions
    return one_of(node, "the action", known, "unknown-action", problems)


def _track(body: Fields, declared: Declared, problems: Problems) -> Track | None:
    known = declared.catalogue.tracks
    node = body.required("track", problems, "name the track whose step it is: `track: dunning`")
    word = one_of(node, "the track", known, "unknown-track", problems)
    return known.get(word) if word else None


def _when(body: Fields, declared: Declared, problems: Problems, *, has_stage: bool) -> Condition:
    node = body.required("when", problems, "write `when: {}` for a rule that always holds")
    if node is None:
        return All(())
    return parse_condition(node, Nameable(declared.lexicon, problems, has_stage))


def _because(
    body: Fields, declared: Declared, problems: Problems, *, has_stage: bool
) -> tuple[str, ...]:
    node = body.get("because")
    texts = [written(each, "`because`", problems) for each in _texts(node, problems)]
    known = declared.lexicon.every_name | ({"stage"} if has_stage else set())
    for place, scalar in enumerate(texts, start=1):
        if scalar is None:
            continue
        check_template(scalar, known, problems)
        if place < len(texts) and not any(is_field for _, is_field in template_pieces(scalar.text)):
            message = "this text names no field, so that none after it is ever used"
            problems.add("bad-template", message, scalar.place, "put it last")
    return tuple(" ".join(scalar.text.split()) for scalar in texts if scalar)


def _texts(node: Node | None, problems: Problems) -> tuple[Node, ...]:
    return () if node is None else items(node, "`because`", problems)


def _anchor(body: Fields, track: Track | None, declared: Declared, problems: Problems) -> str:
    node = body.get("anchor")
    dates = date_facts(declared.lexicon) if node else ()
    own = one_of(node, "the date fact", dates, "unknown-fact", problems)
    return own or (track.anchor if track else "")


def _parameters(node: Node | None, problems: Problems) -> dict[str, Value]:
    """The values of `with`, passed on as text."""
    parameters: dict[str, Value] = {}
    for key, value in entries(node, "`with`", problems) if node else ():
        scalar = written(value, "a value of `with`", problems)
        if scalar is not None:
            parameters[key.text] = scalar.text
    return parameters


def _is_business(body: Fields, problems: Problems) -> bool:
    known = ("business",)
    return one_of(body.get("days"), "the kind of day", known, "unknown-choice", problems) in known


def _after(body: Fields, declared: Declared, problems: Problems) -> After | None:
    node = body.get("after")
    if node is None:
        return None
    keys = ("first_step", "last_step")
    inner = fields(node, "`after`", (*keys, "within"), problems, body.key_place("after"))
    steps = [inner.entries[key] for key in keys if key in inner]
    if len(steps) != 1:
        message = "`after` needs one of `first_step` and `last_step`"
        problems.add("wrong-shape", message, node.place, "write `after: {last_step: 2}`")
        return None
    ((key, value),) = steps
    days = _days(value, f"`{key.text}`", declared, problems)
    limit = inner.get("within")
    within = None if limit is None else _days(limit, "`within`", declared, problems)
    if key.text == "last_step" and type(days) is type(within) is int and within < days:
        message = f"`within` is below `last_step`: {within} is less than {days}"
        help_ = "the rule would never act: write more days than it waits after the step"
        assert limit is not None
        problems.add("bounds-reversed", message, limit.place, help_, also=value.place)
        return None
    return None if days is None else After(key.text == "last_step", days, within)


def _days(node: Node, what: str, declared: Declared, problems: Problems) -> Name | int | None:
    """A number of days, or a term of them."""
    if isinstance(node, Scalar) and node.text.startswith("$"):
        return term_named(node, (ValueType.DAYS,), declared.lexicon, problems)
    if isinstance(node, Scalar) and lacks_sign(node, declared.lexicon, problems):
        return None
    return whole(node, what, problems)


def _sets(body: Fields, action: str | None, declared: Declared, problems: Problems) -> Sets:
    if "sets" in body:
        return parse_sets(body.get("sets"), declared.lexicon, problems)
    spec = declared.catalogue.actions.get(action or "")
    return spec.sets if spec else {}
